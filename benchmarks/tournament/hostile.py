"""A league with hostile entrants: each meets `hover` once. Prints what became of each; every fault must be named and the league finish.

    python benchmarks/tournament/hostile.py

The entrants are those of tests/tournament/hostile_entrants.py.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
import time
from pathlib import Path

from skyrally.tournament.league import Tournament

FILE = Path(__file__).parents[2] / "tests" / "tournament" / "hostile_entrants.py"


def main() -> None:
    spec = importlib.util.spec_from_file_location("hostile_entrants", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    entrants = {"hover": "hover", **{name: f"{FILE}:{name}" for name in module.SAYS}}
    with tempfile.TemporaryDirectory() as home:
        league = Tournament(
            entrants,
            scenario="volleyball-1v1",
            format="gauntlet",
            points=3,
            time_limit=2.0,
            start_limit=15.0,
            memory_limit=512,
            replays=0,
            out=Path(home) / "league",
        )
        start = time.monotonic()
        finished = league.run(workers=2)
        seconds, told = time.monotonic() - start, league.results()
    wrong = 0
    for match in told["matches"]:
        said, expected = "; ".join(match["faults"]), module.SAYS[match["away"]]
        right = not said if expected is None else expected in said
        wrong += not right
        print(f"{'ok ' if right else 'NOT'} {match['score'][0]}:{match['score'][1]}  {match['away']}: {said or 'no fault'}")
    print(f"{len(told['matches'])} hostile entrants, finished: {finished}, not as expected: {wrong}; {seconds:.0f} s")
    sys.exit(bool(wrong) or not finished)


if __name__ == "__main__":
    main()
