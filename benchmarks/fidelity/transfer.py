"""Agents in every engine: python benchmarks/fidelity/transfer.py [AGENT ...]. One JSON row per agent and setting.

EPISODES (default 200), SEED (1000: starts that no training saw) and DISTURB (default none) come from the environment. The same starts
everywhere, evaluated as `skyrally eval` does. The row of Genesis has the drop too: what the agent makes natively with the substeps that
it learned with, less what it makes in Genesis, episode by episode, with its 95 % interval.
"""

from __future__ import annotations

import json
import os
import sys

from skyrally.agents.spec import home
from skyrally.tournament.evaluation import evaluate
from skyrally.tournament.statistics import bootstrap

AGENTS = (
    "zoo:solo-bump",
    "zoo:bump-and-pass",
    "zoo:back-and-forth",
    "zoo:hit-the-ball",
    "zoo:set-and-spike-easy",
    "zoo:set-and-spike-hard",
)
SETTINGS = (("native", 1), ("native", 4), ("genesis", 4))
episodes, seed, disturb = int(os.environ.get("EPISODES", "200")), int(os.environ.get("SEED", "1000")), os.environ.get("DISTURB", "none")
for agent in sys.argv[1:] or AGENTS:
    own = home(agent)[1].get("substeps") or 1
    settings = SETTINGS if own in (1, 4) else (("native", own), *SETTINGS)
    for engine, substeps in settings:
        done = evaluate(agent, episodes=episodes, seed=seed, engine=engine, disturb=disturb, substeps=substeps)
        values = [row.metric for row in done.rows]
        row = {"agent": agent, "engine": engine, "substeps": substeps, "disturb": disturb, "episodes": episodes, "seed": seed}
        row |= {"metric": done.metric.name, "mean": done.metric.mean, "low": done.metric.low, "high": done.metric.high}
        if (engine, substeps) == ("native", own):
            kept = values
        if engine == "genesis":
            lost = [native - value for native, value in zip(kept, values, strict=True)]
            low, high = bootstrap(lost)
            row |= {"drop": sum(lost) / episodes, "drop_low": low, "drop_high": high}
        print(json.dumps({key: round(value, 4) if isinstance(value, float) else value for key, value in row.items()}), flush=True)
