"""A round robin of 8 entrants in 3v3 with 1,000 points a match: its time, process CPU time, world steps and points per second.

    python benchmarks/tournament/round_robin.py [--points 1000] [--workers 2]

Entrants: two scripted teams that rally, two that hover, one that acts at random, and three untrained networks (256-128-128).
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

from speed import network

from skyrally.tournament.league import Tournament


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        entrants = {"rally": "scripted:rally", "rally too": "scripted:rally", "hover": "hover", "hover too": "hover", "random": "random"}
        entrants |= {f"network {k}": network(Path(home) / str(k), k) for k in (1, 2, 3)}
        league = Tournament(entrants, scenario="volleyball-3v3", points=given.points, count="total", replays=0, out=Path(home) / "league")
        start = time.monotonic()
        league.run(workers=given.workers)
        seconds = time.monotonic() - start
        (row,) = league.store.rows("SELECT sum(steps) AS steps, count(*) AS rallies FROM rallies")
        told = league.results()
    cpu = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"{len(told['matches'])} matches, {row['rallies']} rallies, {row['steps'] / 1e6:.1f} M world steps, {given.workers} workers")
    print(f"{seconds:.0f} s, {cpu:.0f} s of process CPU time; {row['steps'] / cpu / 1e6:.3f} M world steps per CPU second,")
    print(f"{row['rallies'] / seconds:.0f} rallies/s, mean rally {row['steps'] * 0.02 / row['rallies']:.2f} s")
    for one in told["entrants"]:
        print(f"{one['rank']}. {one['name']}: {one['rating']:+.0f} [{one['low']:+.0f}, {one['high']:+.0f}]")


if __name__ == "__main__":
    main()
