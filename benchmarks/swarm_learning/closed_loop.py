"""The price of deploying without the mean field: an upper level that sees it in every step, against its open-loop list of rules.

python benchmarks/swarm_learning/closed_loop.py runs/mean-field-flock-seed0 --populations 20 200
"""

from __future__ import annotations

from pathlib import Path
from statistics import fmean

import numpy as np
import tyro
import yaml

import skyrally
from skyrally.agents.field_agent import FieldAgent, RuleSpec
from skyrally.agents.policy import read_manifest, run_folder
from skyrally.agents.spec import find_agent
from skyrally.baselines.field_env import FieldEnv
from skyrally.baselines.mean_field import closed_loop
from skyrally.scenarios.registry import find
from skyrally.tournament.drills import play_drill


def compare(
    run: tyro.conf.Positional[Path], populations: tuple[int, ...] = (20, 200), episodes: int = 16, seed: int = 7, checkpoint: str = ""
) -> None:
    """Prints metric and return of both, per population: drones play the mean of their rule. checkpoint: its folder; the best if none."""
    config = yaml.safe_load((run / "config.yaml").read_text())
    scenario = find(config["run"]["scenario"])
    place = run / "checkpoints" / checkpoint if checkpoint else run_folder(str(run))
    manifest = read_manifest(place, run.name)
    agent = find_agent(f"file:{place}", scenario)
    assert isinstance(agent, FieldAgent)
    spec = RuleSpec.read(manifest["rule"])
    for count in populations:
        options = {**manifest["options"], "agents": count}
        seat = {"view": agent.view, "action_mode": agent.action_mode}
        env = FieldEnv(skyrally.make(scenario, episodes, seed=seed, threads=1, **options, **seat), spec)
        env.noisy = False
        metric, total = closed_loop(agent.upper, env)
        rows = play_drill(scenario, agent, episodes, seed=seed, threads=1, **options)
        open_metric, open_total = fmean(row.metric for row in rows), fmean(row.reward for row in rows)
        print(f"N {count}: closed {np.mean(metric):.4f} (return {np.mean(total):.2f}), open {open_metric:.4f} (return {open_total:.2f})")


if __name__ == "__main__":
    tyro.cli(compare)
