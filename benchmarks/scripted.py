"""How the scenarios' own players do, one JSON line each: python benchmarks/scripted.py [EPISODES] [SCENARIO ...] [--write].

First the yardstick of every scenario, or of those named (`--write` puts these numbers into the package, for `skyrally scenarios`
and the pages); then, if none was named, how scripted:rally plays matches: sport rules, sides swapped every rally.
"""

import json
import sys
from dataclasses import asdict

from skyrally.scenarios.registry import SCENARIOS, find
from skyrally.tournament import yardsticks
from skyrally.tournament.evaluation import play_rallies
from skyrally.tournament.statistics import summarise

numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
episodes = numbers[0] if numbers else yardsticks.EPISODES
named = [word for word in sys.argv[1:] if word in SCENARIOS]
for name in named or SCENARIOS:
    done = yardsticks.measure(name, episodes)
    print(json.dumps(done.result()), flush=True)
    if "--write" in sys.argv:
        yardsticks.write([done])

matches = [
    ("volleyball-3v3", "scripted:rally"),
    ("volleyball-3v3", "hover"),
    ("volleyball-3v3", "random"),
    ("volleyball-1v1", "scripted:rally"),
    ("volleyball-2v2", "scripted:rally"),
    ("volleyball-6v6", "scripted:rally"),
]
for scenario, opponent in [] if named else matches:
    rows = play_rallies(find(scenario), "scripted:rally", opponent, episodes, seed=1)
    print(json.dumps({"scenario": scenario, "opponent": opponent, **asdict(summarise(rows))}), flush=True)
