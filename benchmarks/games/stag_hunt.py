"""The stag hunt by PSRO: which equilibrium risk-neutral and risk-averse meta-solvers reach from the same start.

    python benchmarks/games/stag_hunt.py --runs runs/stag-hunt --seeds 0 1 2 3 4

Payoffs: catch 9, maul 0, plant 1, so that the 2 x 2 game between hunting and foraging is near [[9, 0], [1, 1]] when divided by 15: the
rewarding equilibrium is what risk-neutral play selects. Stop it and call it again as you like: runs go on, finished ones are kept.
It writes stag_hunt.jsonl (a row per run) and stag_hunt_cross_play.json (populations against each other and against plain players).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from psro_runs import finished, learn, self_played

from skyrally.games.intervals import clopper_pearson
from skyrally.tournament.crossplay import cross_play

HERE = Path(__file__).parent
GAME = {"catch": 9, "maul": 0, "plant": 1, "scale": 0.0667, "max_cycles": 50}
PPO = {"worlds": 128, "steps": 25, "hidden": (32, 32), "gamma": 0.95}
COMMON = {**GAME, **PPO, "iterations": 2, "episodes": 200}
STARTS = {
    "scripted": {"start": "scripted:stag,scripted:plant", "learning_rate": 0.003, "response": 150_000},
    "learned": {"start": "run:{runs}/skill-hunt,run:{runs}/skill-forage", "warm": "best", "learning_rate": 0.002, "response": 80_000},
}
METHODS = {  # Nash selects the equilibrium of the highest sum of payoffs; rae takes what play from uniform beliefs comes to
    "nash": {"meta": "nash", "select": "welfare"},
    "rae": {"meta": "rae", "aversion": 1.0, "patience": 2},
    "rae-neutral": {"meta": "rae", "aversion": 0.0},
    "uniform": {"meta": "uniform"},
}
SKILLS = {  # learned by self-play, each for one kind of reward
    "skill-forage": (100, 700_000, {"catch": 0, "maul": 1, "plant": 1}),
    "skill-hunt": (101, 500_000, {"catch": 9, "maul": 0, "plant": 0}),
}
EPISODES, SEED = 1000, 77


def learn_skill(runs: Path, name: str) -> None:
    """A policy to start from, unless it is there."""
    seed, frames, payoffs = SKILLS[name]
    keys = {**GAME, **PPO, **payoffs, "learning_rate": 0.003, "threads": 1, "evaluate_every": 300_000}
    self_played(runs / name, "stag-hunt", keys, frames, seed)


def row_of(root: Path, begin: str, method: str, seed: int) -> dict:
    """What a run came to: its population against itself on fresh worlds, and what its best responses found."""
    (played,) = cross_play("stag-hunt", [f"run:{root}"], episodes=EPISODES, seed=SEED + seed, threads=1, **GAME).played[0]
    low, high = clopper_pearson(int(played.crashed.sum()), EPISODES)
    payoff = played.payoffs[0]
    row = {"start": begin, "method": method, "seed": seed, "episodes": EPISODES}
    row |= {name: round(float(played.info[name].mean()), 3) for name in ("catches", "maulings", "forages")}
    row |= {"mauled_episodes": [round(float(v), 4) for v in (played.crashed.mean(), low, high)]}
    row |= {"mean": round(float(payoff.mean()), 4), "variance": round(float(payoff.var(ddof=1)), 4), "least": round(float(payoff.min()), 3)}
    return row | finished(root)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--runs", type=Path, default=Path("runs/stag-hunt"))
    words.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    words.add_argument("--starts", nargs="+", choices=STARTS, default=list(STARTS))
    words.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    given = words.parse_args()
    if "learned" in given.starts:
        for name in SKILLS:
            learn_skill(given.runs, name)
    file, rows, roots = HERE / "stag_hunt.jsonl", [], []
    for begin in given.starts:
        for seed in given.seeds:
            for method in given.methods:
                print(f"{begin} {method} {seed}", flush=True)
                keys = {**COMMON, **STARTS[begin], **METHODS[method]}
                keys["start"] = str(keys["start"]).format(runs=given.runs)
                roots.append(learn(given.runs / f"{begin}-{method}-{seed}", "stag-hunt", keys, seed))
                rows.append(row_of(roots[-1], begin, method, seed))
                file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    agents = [f"run:{root}" for root in roots]
    met = cross_play("stag-hunt", agents, ["scripted:stag", "scripted:plant", "random"], episodes=200, seed=SEED, threads=1, **GAME)
    told = [{**vars(one), "agent": Path(one.agent[4:]).name} for one in met.standings()]
    (HERE / "stag_hunt_cross_play.json").write_text("[\n" + ",\n".join(json.dumps(one) for one in told) + "\n]\n")


if __name__ == "__main__":
    main()
