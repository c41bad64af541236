"""Puts the best agent of a training run, or that of one checkpoint, into the package, with where it comes from and what it came to.

python benchmarks/keep_agent.py runs/mean-field-flock-seed0 flock --episodes 200 -o agents=100
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import tyro

from skyrally.agents.policy import MANIFEST, WEIGHTS, ZOO, run_folder
from skyrally.cli_words import Option, parse_options
from skyrally.tournament.evaluation import evaluate

SEED = 1000  # of the episodes that it is judged by: none that training saw


def keep(run: tyro.conf.Positional[Path], name: tyro.conf.Positional[str], episodes: int = 1000, option: Option = ()) -> None:
    """Judges the agent and writes it to skyrally/zoo/NAME.

    Args:
        run: the run's folder, or that of a checkpoint.
        name: of the agent.
        episodes: that it is judged by.
        option: an option of the scenario to judge it with, beside those that it learned with.
    """
    given = parse_options(option)
    source, target = run if (run / MANIFEST).exists() else run_folder(str(run)), ZOO / name
    done = evaluate(f"file:{source}", episodes=episodes, seed=SEED, **given)
    metric = {key: float(f"{getattr(done.metric, key):.4g}") for key in ("mean", "low", "high")}
    manifest = json.loads((source / MANIFEST).read_text())
    told = manifest["provenance"]
    told["command"] = re.sub(r"run:\S*/", "run:runs/", re.sub(r" --out \S+", "", told["command"]))
    told["result"] = {"metric": done.metric.name, **metric, "episodes": episodes, "seed": SEED, **({"options": given} if given else {})}
    target.mkdir(exist_ok=True)
    shutil.copyfile(source / WEIGHTS, target / WEIGHTS)
    (target / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n")
    print(f"zoo:{name}: {done.metric.name} {done.metric} over {episodes} episodes")


if __name__ == "__main__":
    tyro.cli(keep)
