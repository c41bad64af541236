"""Kills a league with SIGKILL at many random moments, resumes it each time, and compares it with one that was let alone.

    python benchmarks/tournament/kill.py --kills 100

Four scripted entrants climb a ladder in volleyball-1v1: many rounds of small matches, so that much is scheduled and stored. A league that
comes to its end is begun anew: all kills hit a league at work. Each life is a fork of a process that has imported and compiled
everything (a hundred fresh interpreters would do little but import), on one worker. Prints every difference: there must be none.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from skyrally.tournament.league import Tournament
from skyrally.tournament.store import Store

ENTRANTS = {"a": "hover", "b": "random", "c": "scripted:rally", "d": "hover"}
LEAGUE = {"scenario": "volleyball-1v1", "format": "ladder", "rounds": 24, "points": 8, "count": "total", "replays": 5, "seed": 5}
TABLES = ("matches", "results", "rallies", "events", "entrants", "league")


def contents(folder: Path) -> list[list[tuple]]:
    """Every table, row by row."""
    return [[tuple(row.values()) for row in Store(folder).rows(f"SELECT * FROM {name} ORDER BY 1, 2")] for name in TABLES]


def stored(folder: Path) -> int:
    """How many results there are; 0 before the first table."""
    return len(Store(folder).rows("SELECT match FROM results")) if Store(folder).exists else 0


def life(folder: Path, seconds: float) -> bool:
    """Plays in a process of its own for at most so long, then kills it. Whether it had to be killed."""
    child = os.fork()
    if child == 0:
        try:
            Tournament(ENTRANTS, **LEAGUE, out=folder).run(resume=True, workers=1)
            os._exit(0)
        finally:
            os._exit(1)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            assert status == 0, f"a life ended with {status}"
            return False
        time.sleep(0.0005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    rng, differences, amid, leagues, kills = random.Random(given.seed), 0, 0, 0, 0
    with tempfile.TemporaryDirectory() as home:
        whole, broken = Path(home) / "whole", Path(home) / "broken"
        Tournament(ENTRANTS, **LEAGUE, out=Path(home) / "warm").run(workers=1)
        start = time.monotonic()
        Tournament(ENTRANTS, **LEAGUE, out=whole).run(workers=1)
        span, truth = time.monotonic() - start, contents(whole)
        while kills < given.kills or stored(broken):
            before, began = stored(broken), time.monotonic()
            if life(broken, rng.uniform(0.0, 0.5) * span if kills < given.kills else 600.0):
                kills += 1
                amid += stored(broken) > before
                continue
            span = span if before else min(span, time.monotonic() - began)  # the machine may have been busier before
            leagues, differences = leagues + 1, differences + (contents(broken) != truth)
            shutil.rmtree(broken)
    print(f"{kills} kills, {amid} of them after results of the same life; {len(truth[1])} matches, {len(truth[2])} rallies, {span:.1f} s")
    print(f"{leagues} leagues came to their end, {differences} of them differ from the one that was let alone (asked: 0)")
    sys.exit(bool(differences))


if __name__ == "__main__":
    main()
