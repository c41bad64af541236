"""How often populations crash on the two-way road: risk-averse PSRO against self-play and the other meta-solvers.

    python benchmarks/games/two_way_crashes.py --runs runs/two-way-road --seeds 0 1 2 3 4
    python benchmarks/games/two_way_crashes.py --runs runs/two-way-road-long --response 500000

Every method has the same budget of world steps, networks and hyperparameters. Stop it and call it again as you like: runs go on, finished
ones are kept. It brings two_way_crashes.jsonl up to date, a row per budget, cost of a crash, method and seed: 1,000 fresh episodes of
the population against itself.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from psro_runs import finished, learn, self_played

from skyrally.games.intervals import clopper_pearson
from skyrally.tournament.crossplay import cross_play

HERE = Path(__file__).parent
SCENARIO = "two-way-road"
PPO = {"worlds": 256, "steps": 25, "hidden": (64, 64), "gamma": 0.98, "learning_rate": 0.003, "minibatches": 8}
ROUNDS, RESPONSE = 4, 200_000  # world steps of a best response
CRASH_COST = 10.0  # metres are paid at 1 a 30 m: two thirds of what a fast episode earns
PSRO = {**PPO, "iterations": ROUNDS, "warm": "best", "patience": 2}
METHODS = {
    # Who crashes in every episode has little variance, so aversion comes after two risk-neutral responses.
    "rae": {"meta": "rae", "aversion": 0.1, "objective": "episodic", "neutral_rounds": 2},
    "rae-at-once": {"meta": "rae", "aversion": 0.1, "objective": "episodic"},
    "rae-marginal": {"meta": "rae", "aversion": 0.1},
    "rae-neutral": {"meta": "rae", "aversion": 0.0, "objective": "neutral"},
    "nash": {"meta": "nash"},
    "uniform": {"meta": "uniform"},
    "alpha-rank": {"meta": "alpha-rank"},
    "self-play": None,
}
EPISODES, SEED = 1000, 4321


def row_of(root: Path, method: str, seed: int) -> dict:
    """What a run came to on fresh worlds."""
    (played,) = cross_play(SCENARIO, [f"run:{root}"], episodes=EPISODES, seed=SEED + seed, threads=1).played[0]
    crashed = int(played.crashed.sum())
    payoff = played.payoffs[0]
    row = {"method": method, "seed": seed, "episodes": EPISODES, "crashed": crashed, "crash_rate": crashed / EPISODES}
    row |= {"interval": [round(float(v), 4) for v in clopper_pearson(crashed, EPISODES)]}
    row |= {name: round(float(played.info[name].mean()), 3) for name in ("progress", "overtakes", "crashes")}
    row |= {"mean": round(float(payoff.mean()), 4), "variance": round(float(payoff.var(ddof=1)), 4), "least": round(float(payoff.min()), 3)}
    return row | {"quantile": round(float(np.quantile(payoff, 0.05)), 3)} | finished(root)


def ratio_of(rows: Sequence[dict], method: str, other: str, draws: int = 10_000) -> tuple[float, float, float]:
    """Crashes of `other` over those of `method`, and its 95 % bootstrap interval: seeds are drawn, then episodes (half a crash added)."""
    rng = np.random.default_rng(0)
    rates = [np.array([row["crash_rate"] for row in rows if row["method"] == name]) for name in (other, method)]
    sums = []
    for rate in rates:
        drawn = rng.binomial(EPISODES, rng.choice(rate, (draws, len(rate)))).sum(1) + 0.5
        sums.append(drawn)
    low, high = np.quantile(sums[0] / sums[1], [0.025, 0.975])
    whole = [rate.sum() * EPISODES + 0.5 for rate in rates]
    return whole[0] / whole[1], float(low), float(high)


def key(row: dict) -> tuple:
    """What a row is known by."""
    return row["response"], row["crash_cost"], row["method"], row["seed"]


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--runs", type=Path, default=Path("runs/two-way-road"), help="a folder for each budget and cost")
    words.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    words.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    words.add_argument("--response", type=int, default=RESPONSE, help="world steps of a best response; self-play has as many as all")
    words.add_argument("--crash-cost", type=float, default=CRASH_COST)
    words.add_argument("--file", type=Path, default=HERE / "two_way_crashes.jsonl", help="other rows in it stay")
    given = words.parse_args()
    file, asked = given.file, (given.response, given.crash_cost)
    rows = {key(row): row for row in map(json.loads, file.read_text().splitlines() if file.exists() else ())}
    place = {"weights": {"crash": -given.crash_cost}}
    for seed in given.seeds:
        for method in given.methods:
            root, keys = given.runs / f"{method}-{seed}", METHODS[method]
            if keys is None:
                self_played(root, SCENARIO, {**PPO, **place, "threads": 1, "evaluate_every": 400_000}, ROUNDS * given.response, seed)
            else:
                learn(root, SCENARIO, {**PSRO, "response": given.response, **place, **keys}, seed)
            row = {"response": given.response, "crash_cost": given.crash_cost, **row_of(root, method, seed)}
            rows[key(row)] = row
            print(json.dumps(row), flush=True)
            file.write_text("".join(json.dumps(known) + "\n" for known in rows.values()))
    for other in (name for name in given.methods if name != "rae" and "rae" in given.methods):
        ratio, low, high = ratio_of([row for row in rows.values() if key(row)[:2] == asked], "rae", other)
        print(f"{other}: {ratio:.1f} times the crashes of rae [{low:.1f}, {high:.1f}]")


if __name__ == "__main__":
    main()
