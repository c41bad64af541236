"""How the populations that VolleyBots published play each other here: one JSON line per pair and rule set, and the methods' table.

    for method in sp fsp psro_uniform psro_nash; do
        skyrally zoo import-volleybots VolleyBots/checkpoints/crossplay/${method}_population --out agents/$method  # sp: crossplay/sp
    done
    python benchmarks/isaac_fit/populations.py agents --write

Members are mixed as published: one, all alike, all alike, and by the Nash mixture of the meta-game. `--write` keeps the lines in
`populations.jsonl` beside this file, and goes on behind those that are there.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

from rallies import HERE, RULES, row_of

from skyrally.agents.volleybots import AIRFRAME, PHYSICS
from skyrally.tournament.evaluation import play_rallies
from skyrally.tournament.match import find_match

METHODS: dict[str, Sequence[float]] = {  # what each member is played with
    "sp": (1.0,),
    "fsp": (0.1,) * 10,
    "psro_uniform": (0.25,) * 4,
    "psro_nash": (0.0, 0.0, 0.0, 0.0, 0.0, 0.7444, 0.1829, 0.0727),  # mean of the two mixtures that it was published with
}


def win_rate(rows: dict[tuple[str, str], tuple[int, int]], first: str, second: str) -> float:
    """The first method's share of decided rallies when both draw a member per rally."""
    won, lost = 0.0, 0.0
    for a, p in enumerate(METHODS[first]):
        for b, q in enumerate(METHODS[second]):
            pair = (f"{first}/{a}", f"{second}/{b}")
            wins = rows.get(pair) or (rows[pair[::-1]][::-1] if p * q else (0, 0))
            won, lost = won + p * q * wins[0], lost + p * q * wins[1]
    return won / (won + lost) if won + lost else float("nan")


def table(rows: list[dict[str, Any]], rules: str) -> str:
    """Win rates of the methods against each other as Markdown."""
    found = {(row["teams"][0], row["teams"][1]): (row["won"][0], row["won"][1]) for row in rows if row["rules"] == rules}
    lines = [f"| {rules} | {' | '.join(METHODS)} | mean of the others |", f"|{' --- |' * (len(METHODS) + 2)}"]
    for one in METHODS:
        shares = {other: win_rate(found, one, other) for other in METHODS if other != one}
        cells = (f"{shares[other]:.2f}" if other in shares else "" for other in METHODS)
        lines.append(f"| {one} | {' | '.join(cells)} | {sum(shares.values()) / len(shares):.2f} |")
    return "\n".join(lines)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("folder", type=Path, help="what import-volleybots wrote")
    words.add_argument("--rallies", type=int, default=20)
    words.add_argument("--write", action="store_true")
    given = words.parse_args()
    kept = HERE / "populations.jsonl"
    rows = [json.loads(line) for line in kept.read_text().splitlines()] if given.write and kept.exists() else []
    done = {(*row["teams"], row["rules"]) for row in rows}
    members = [(f"{method}/{k}", weight) for method, weights in METHODS.items() for k, weight in enumerate(weights)]
    for (one, p), (other, q) in combinations_with_replacement(members, 2):
        if not (p * q or one == other or one == "sp/0"):  # who is never drawn plays itself and sp only
            continue
        for rules in RULES:
            if (one, other, rules) in done:
                continue
            options = {"rules": rules, "airframe": AIRFRAME, "physics": PHYSICS, "threads": 1}
            agents = (f"file:{given.folder / name}" for name in (one, other))
            rows.append(row_of((one, other), rules, list(play_rallies(find_match("volleyball-3v3"), *agents, given.rallies, 0, **options))))
            print(json.dumps(rows[-1]), flush=True)
            if given.write:
                kept.write_text("".join(json.dumps(row) + "\n" for row in rows))
    for rules in RULES:
        print(table(rows, rules))


if __name__ == "__main__":
    main()
