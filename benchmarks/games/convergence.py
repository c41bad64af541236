"""Convergence of stochastic fictitious play on random games: python benchmarks/games/convergence.py (about 20 minutes on one core).

20 random 5x5 games of each class, payoffs U(-1, 1), epsilon 0.01, 5,000 iterations from uniform beliefs. Rows go to convergence.jsonl (one
per game), medians and maxima of RiskNashConv are printed beside the reference's. Then one zero-sum game under every step rule.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from skyrally.games import Game, equilibria, zero_sum

ROWS = Path(__file__).with_suffix(".jsonl")
GAMES, SIZE, ITERATIONS, EPSILON = 20, 5, 5000, 0.01
GAMMAS = (0.0, 0.5, 5.0)
STEPS = ("1/(t+1)", "2/(t+2)")
# RiskNashConv median and maximum that the reference measured (on games of its own), step 1/(t+1), by gamma
REFERENCE = {
    "zero-sum": ((1.1e-2, 1.9e-2), (5.6e-5, 1.4e-4), (4.4e-5, 1.8e-4)),
    "identical interest": ((5.2e-4, 2.6e-3), (4.3e-4, 9.6e-4), (1.2e-4, 5.0e-3)),
    "potential": ((3.5e-4, 1.9e-3), (3.8e-4, 1.0e-3), (5.8e-4, 3.1e-3)),
    "general-sum": ((3.9e-4, 1.5e-2), (4.3e-4, 1.6e-2), (4.3e-4, 7.0e-3)),
}


def random_game(kind: str, seed: int) -> Game:
    """A random game of a class. potential: a common part plus what depends on the opponent's action only."""
    rng = np.random.default_rng(seed)
    a, b = rng.uniform(-1, 1, (2, SIZE, SIZE))
    if kind == "zero-sum":
        return zero_sum(a)
    if kind == "identical interest":
        return Game((a, a))
    if kind == "potential":
        return Game((a + rng.uniform(-1, 1, (1, SIZE)), a + rng.uniform(-1, 1, (SIZE, 1))))
    return Game((a, b))


def measure(kind: str, gamma: float, step: str | float, seed: int, iterations: int) -> dict:
    """One game, as a row."""
    game = random_game(kind, seed)
    limit = equilibria(game, gamma=gamma, epsilon=EPSILON, step=step, iterations=iterations, tolerance=0.0, settle=0)[0]
    return {
        "class": kind, "gamma": gamma, "step": step, "seed": seed, "iterations": iterations,
        "risk_nash_conv": limit.risk_nash_conv, "residual": limit.residual,
    }  # fmt: skip


def main() -> None:
    with ROWS.open("w") as file:
        print("| class | step | gamma | median | max | reference median | max |\n| --- | --- | --- | --- | --- | --- | --- |")
        for kind, known in REFERENCE.items():
            for step in STEPS:
                for gamma, (median, worst) in zip(GAMMAS, known, strict=True):
                    rows = [measure(kind, gamma, step, seed, ITERATIONS) for seed in range(GAMES)]
                    file.writelines(json.dumps(row) + "\n" for row in rows)
                    left = [row["risk_nash_conv"] for row in rows]
                    print(
                        f"| {kind} | {step} | {gamma:g} | {np.median(left):.1e} | {max(left):.1e} | {median:.1e} | {worst:.1e} |",
                        flush=True,
                    )
        print("\nzero-sum, gamma 0.5, 1,000 iterations, 20 games: median RiskNashConv by step rule")
        for step in ("1/(t+1)", "2/(t+2)", "t^-0.6", 0.01):
            rows = [measure("zero-sum", 0.5, step, seed, 1000) for seed in range(GAMES)]
            file.writelines(json.dumps(row) + "\n" for row in rows)
            print(f"{step}: {np.median([row['risk_nash_conv'] for row in rows]):.1e}", flush=True)


if __name__ == "__main__":
    main()
