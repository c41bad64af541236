"""How rallies of two teams end, as a row of the table in docs/outside_policies.md.

python benchmarks/isaac_fit/rallies.py file:agents/sp file:agents/sp --rules benchmark --rallies 1000
"""

from __future__ import annotations

import argparse
from collections import Counter

from skyrally.agents.volleybots import AIRFRAME, PHYSICS
from skyrally.tournament.evaluation import play_rallies
from skyrally.tournament.match import find_match
from skyrally.tournament.statistics import summarise


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("first")
    words.add_argument("second")
    words.add_argument("--rules", default="benchmark")
    words.add_argument("--rallies", type=int, default=1000)
    words.add_argument("--airframe", default=AIRFRAME)
    words.add_argument("--physics", default=PHYSICS)
    given = words.parse_args()
    options = {"rules": given.rules, "airframe": given.airframe, "physics": given.physics, "threads": 1}
    rows = play_rallies(find_match("volleyball-3v3"), given.first, given.second, given.rallies, 0, **options)
    n = len(rows)
    won = [sum(row.winner == agent for row in rows) for agent in (0, 1)]
    print(f"{n} rallies: first won {won[0]}, second {won[1]}, drawn {n - sum(won)}; {summarise(rows).interval}")
    print(f"touches {sum(r.touches for r in rows) / n:.2f}, crossings {sum(r.crossings for r in rows) / n:.2f}", end=", ")
    print(f"{0.02 * sum(r.steps for r in rows) / n:.2f} s, server won {sum(r.winner == r.server for r in rows)}")
    for (winner, reason), count in Counter((row.winner, row.reason) for row in rows).most_common():
        print(f"  {count:5d}  {reason}: {('first', 'second', 'nobody')[winner]} won")


if __name__ == "__main__":
    main()
