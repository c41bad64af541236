"""How scripted:rally plays: python benchmarks/scripted.py [RALLIES]. Sport rules, sides swapped every rally; one JSON line per pair."""

import json
import sys
from dataclasses import asdict

import numpy as np

import skyrally
from skyrally.agents.spec import find_agent
from skyrally.scenarios.registry import find
from skyrally.tournament.match import Format, MatchRunner
from skyrally.tournament.statistics import summarise

rallies = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
form = Format(points=4, swap="rally", max_rallies=4)
for scenario, opponent in [
    ("volleyball-3v3", "scripted:rally"),
    ("volleyball-3v3", "hover"),
    ("volleyball-3v3", "random"),
    ("volleyball-1v1", "scripted:rally"),
    ("volleyball-2v2", "scripted:rally"),
    ("volleyball-6v6", "scripted:rally"),
]:
    rows = MatchRunner(scenario, "scripted:rally", opponent, matches=rallies // 4, form=form, seed=1).play()
    print(json.dumps({"scenario": scenario, "opponent": opponent, **asdict(summarise(rows))}), flush=True)

env = skyrally.make("solo-bump", worlds=rallies, seed=3)
agent = find_agent("scripted:rally", find("solo-bump"))
env.assign(view=agent.view, action_mode=agent.action_mode)
obs, actions = env.reset(), np.zeros((rallies, 1, 4), np.float32)
for _ in range(800):
    agent.act(obs[:, 0], np.zeros((rallies, 0), np.float32), actions[:, 0])
    obs = env.step(actions).obs
bumps = env.info["bumps"]
print(
    json.dumps(
        {"scenario": "solo-bump", "episodes": rallies, "bumps": float(bumps.mean()), "low": int(bumps.min()), "high": int(bumps.max())}
    )
)
