"""Risk-averse double oracle on random 15x15 games: python benchmarks/games/double_oracle.py (about 15 minutes on one core).

8 games of each class, payoffs U(-1, 1), epsilon 0; the two oracles of skyrally/games/double_oracle.py. Rows go to double_oracle.jsonl;
medians and maxima of RiskNashConv in the whole game are printed beside the reference's, and the largest certificate.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from skyrally.games import Game, double_oracle, zero_sum

ROWS = Path(__file__).with_suffix(".jsonl")
GAMES, SIZE = 8, 15
GAMMAS = (0.2, 1.0, 5.0)
REFERENCE = {  # RiskNashConv median and maximum, by gamma, that the reference measured on games of its own
    ("zero-sum", "alone"): ((1.5e-3, 0.027), (5.0e-2, 0.20), (0.12, 0.42)),
    ("zero-sum", "marginal"): ((2.3e-4, 3e-4), (4e-6, 1e-5), (1e-8, 7e-8)),
    ("general-sum", "alone"): ((1e-5, 0.05), (1e-5, 0.20), (7e-3, 0.28)),
    ("general-sum", "marginal"): ((1e-5, 0.05), (2e-5, 0.08), (5e-6, 0.04)),
}


def measure(kind: str, oracle: str, gamma: float, seed: int) -> dict:
    """One game, as a row."""
    a, b = np.random.default_rng(seed).uniform(-1, 1, (2, SIZE, SIZE))
    found = double_oracle(zero_sum(a) if kind == "zero-sum" else Game((a, b)), gamma=gamma, oracle=oracle)
    return {
        "class": kind, "oracle": oracle, "gamma": gamma, "seed": seed, "rounds": found.rounds,
        "risk_nash_conv": found.risk_nash_conv, "certificate": max(found.gaps), "found": [len(a) for a in found.actions],
    }  # fmt: skip


def main() -> None:
    with ROWS.open("w") as file:
        print("| class | oracle | gamma | median | max | certificate, max | reference median | max |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- |")
        for (kind, oracle), known in REFERENCE.items():
            for gamma, (median, worst) in zip(GAMMAS, known, strict=True):
                rows = [measure(kind, oracle, gamma, seed) for seed in range(GAMES)]
                file.writelines(json.dumps(row) + "\n" for row in rows)
                left, gap = [row["risk_nash_conv"] for row in rows], max(row["certificate"] for row in rows)
                print(
                    f"| {kind} | {oracle} | {gamma:g} | {np.median(left):.1e} | {max(left):.1e} | {gap:.1e} | {median:.1e} | {worst:.1e} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
