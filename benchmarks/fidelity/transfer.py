"""Agents of the zoo in every engine: python benchmarks/fidelity/transfer.py [AGENT ...]. One JSON row per agent and engine.

EPISODES (default 100) and DISTURB (default none) come from the environment.
The same starts everywhere (episodes 0 to N - 1 of seed 0), evaluated as `skyrally eval` does.
"""

from __future__ import annotations

import json
import os
import sys

from skyrally.tournament.evaluation import evaluate

AGENTS = ("zoo:solo-bump", "zoo:bump-and-pass", "zoo:back-and-forth", "zoo:hit-the-ball", "zoo:set-and-spike-hard")
SETTINGS: tuple[tuple[str, dict[str, int]], ...] = (("native", {}), ("native", {"substeps": 4}), ("genesis", {}))
episodes, disturb = int(os.environ.get("EPISODES", "100")), os.environ.get("DISTURB", "none")
for agent in sys.argv[1:] or AGENTS:
    for engine, options in SETTINGS:
        done = evaluate(agent, episodes=episodes, engine=engine, disturb=disturb, **options)
        row = {"agent": agent, "engine": engine, **options, "disturb": disturb, "metric": done.metric.name}
        print(json.dumps({**row, "mean": done.metric.mean, "low": done.metric.low, "high": done.metric.high}), flush=True)
