"""Populations on the court: self-play, fictitious self-play and PSRO on volleyball-1v1, with equal budgets from one start.

    python benchmarks/games/court.py --list                     # the exact commands, nothing else
    python benchmarks/games/court.py --runs runs/court          # carries them out; stop it and call it again as you like
    python benchmarks/games/court.py --scale 0.01 --runs /tmp/c  # everything, tiny
    python benchmarks/games/court.py --captains --runs runs/captains  # the same with captains, who lead a team of scripted skills
    python benchmarks/games/court.py --captains --scenario volleyball-3v3 --runs runs/captains-3v3
    python benchmarks/games/court.py --captains --seed 1 --exploiters 0 1 2 --runs runs/captains-1

Networks begin with what imitation learned from `scripted:rally`, captains as the rules (`scripted:team`). Every method then has
RESPONSES best responses' worth of world steps with the same networks and hyperparameters; those `-after-sp` begin with what self-play
came to, and `sp-twice` has as many steps as both together. Finished runs are kept, half-finished ones go on. It writes court.jsonl or
captains.jsonl (a row per pair of agents and per trained exploiter) and the tables, court.md or captains.md; another match and another
seed than 0 are added to these names.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from psro_runs import finished, has_ended

from skyrally.atomic import PendingFile
from skyrally.baselines.exploit import exploit
from skyrally.markdown import table
from skyrally.tournament.crossplay import cross_play
from skyrally.tournament.duel import Played
from skyrally.tournament.statistics import wilson

HERE = Path(__file__).parent
SCENARIO, TEACHER = "volleyball-1v1", "scripted:rally"
PLACE = {"view": "match", "action_mode": "ctbr"}
NET = {"hidden": (128, 128), "frame": "own"}
LESSON, RESPONSE, RESPONSES, EXPLOITER = 1_500_000, 50_000, 4, 50_000  # world steps; best responses of a population
CRASH_COST = 0.5  # points that a point lost by a crash costs besides
# Rewards are the points alone (100 each, a crash 100 * CRASH_COST more): no shaping, so that learners and tables mean the same.
REWARD = {"shaping": False, "weights": {"crash": -100.0 * CRASH_COST}}
PPO = {"worlds": 64, "steps": 32, "epochs": 3, "minibatches": 4, "learning_rate": 3e-4, "clip": 0.1, "entropy": 0.0}
PPO |= {"gamma": 0.995, "lambda": 0.97, "std_init": 0.12, "std_final": 0.05, "critic_first": 10_000}
OF_CAPTAINS = {"worlds": 256, "steps": 16, "gamma": 0.9985, "entropy": 0.003}
PSRO = {"iterations": RESPONSES, "warm": "best", "join": "always", "episodes": 100, "most": 100}
METHODS: dict[str, tuple[str, dict[str, Any]]] = {
    "sp": ("sp", {}),
    "fsp": ("fsp", {"window": 8, "period": 12}),
    "psro-uniform": ("psro", {**PSRO, "meta": "uniform"}),
    "psro-nash": ("psro", {**PSRO, "meta": "nash"}),
    "psro-rae": ("psro", {**PSRO, "meta": "rae", "aversion": 0.5, "crash_cost": CRASH_COST}),
}
METHODS |= {f"{name}-after-sp": METHODS[name] for name in ("psro-nash", "psro-rae")}
METHODS["sp-twice"] = METHODS["sp"]
RALLIES, SEED = 1000, 9000  # of every pair with a target; no training saw this seed
CROSS, EXPLOITED = 200, 500  # of every other pair; of a trained exploiter


@dataclass(frozen=True)
class Kind:
    """What learns."""

    name: str  # of the files
    place: dict[str, Any]
    hyper: dict[str, Any]
    lesson: int  # world steps of imitation before; 0: it begins as `scripted:team`
    response: int  # world steps of a best response
    exploiter: int


NETWORKS = Kind("court", PLACE, {**NET, **PPO}, LESSON, RESPONSE, EXPLOITER)
CAPTAINS = Kind("captains", {"action_mode": "tactics"}, OF_CAPTAINS, 0, 3_000_000, 3_000_000)
RULES = "scripted:team"


@dataclass(frozen=True)
class Plan:
    """Where the runs lie, and the share of the full budget that each has."""

    runs: Path
    scale: float = 1.0
    seed: int = 0
    kind: Kind = NETWORKS
    scenario: str = SCENARIO

    @property
    def name(self) -> str:
        """Of the files."""
        parts = [self.kind.name]
        parts += [self.scenario.rpartition("-")[2]] if self.scenario != SCENARIO else []
        return "-".join(parts + [f"seed{self.seed}"] * bool(self.seed))

    def hyper(self, lesson: Path) -> dict[str, Any]:
        """Hyperparameters; of those that begin with a lesson, where it lies and how long the critic learns alone."""
        known = self.kind.hyper
        if not self.kind.lesson:
            return known
        return {**known, "critic_first": self.frames(known["critic_first"]), "initial": f"run:{lesson}"}

    def frames(self, full: int) -> int:
        return max(1, round(self.scale * full))

    def rallies(self, full: int) -> int:
        return max(8, round(min(1.0, 20 * self.scale) * full))

    @property
    def lesson(self) -> Path:
        return self.runs / "lesson"

    def run(self, method: str) -> Path:
        return self.runs / method


def commands(plan: Plan) -> dict[str, tuple[list[str], int]]:
    """name -> (the words of `skyrally`, the world steps of its training; 0 where the run counts them itself)."""
    same, kind = ("--seed", str(plan.seed), "--out"), plan.kind
    told: dict[str, tuple[list[str], int]] = {}
    if kind.lesson:
        teaching = {"teacher": TEACHER, **PLACE, **NET, "led": 0.2, "epochs": 3, "threads": 1}
        frames = plan.frames(kind.lesson)
        told["lesson"] = (["train", "imitate", plan.scenario, "--frames", str(frames), *same, str(plan.lesson), *keyed(teaching)], frames)
    for name, (algorithm, keys) in METHODS.items():
        keys = {**kind.place, **REWARD, **plan.hyper(plan.lesson), "threads": 1, **keys}
        words = ["train", algorithm, plan.scenario, *same, str(plan.run(name))]
        if algorithm == "psro":
            words += ["--meta", keys.pop("meta")]
            begun = keys.pop("initial", RULES)
            start = f"run:{plan.run('sp')}" if name.endswith("-after-sp") else begun
            keys |= {"start": start, "response": plan.frames(kind.response)}
            told[name] = ([*words, *keyed(keys)], 0)
        else:
            frames = plan.frames(RESPONSES * kind.response) * (2 if name == "sp-twice" else 1)
            told[name] = ([*words, "--frames", str(frames), *keyed(keys)], frames)
    return told


def keyed(keys: dict[str, Any]) -> list[str]:
    """KEY=VALUE words."""
    return [f"{name}={','.join(map(str, value)) if isinstance(value, tuple) else value}" for name, value in keys.items()]


def carry_out(root: Path, words: list[str], frames: int) -> None:
    """Brings a run to its end from wherever it stands."""
    if has_ended(root, frames):
        return
    verb = ["resume", str(root)] if (root / "config.yaml").exists() else words
    print(shlex.join(["skyrally", *verb]), flush=True)
    subprocess.run([sys.executable, "-m", "skyrally", *verb], check=True, stdout=subprocess.DEVNULL)


def agents(plan: Plan) -> dict[str, str]:
    """name -> spec of what they begin with and of every method that is trained to its end."""
    done = [name for name, (_, frames) in commands(plan).items() if has_ended(plan.runs / name, frames)]
    return {**({} if plan.kind.lesson else {"rules": RULES}), **{name: f"run:{plan.runs / name}" for name in done}}


def row_of(first: str, second: str, played: Played) -> dict[str, Any]:
    """A pair as a row: points of the first, draws, crashes."""
    gained = np.rint(played.payoffs[0]).astype(int)
    won, lost = int((gained == 1).sum()), int((gained == -1).sum())
    low, high = wilson(won, won + lost)
    row = {"first": first, "second": second, "rallies": len(gained), "won": won, "lost": lost, "drawn": len(gained) - won - lost}
    row |= {"share": round(won / max(1, won + lost), 4), "low": round(low, 4), "high": round(high, 4)}
    return row | {"crashed": int(played.crashed.sum()), "steps": round(float(played.steps.mean()), 1)}


def meet(plan: Plan, rows: list[dict], firsts: list[str], seconds: list[str], rallies: int) -> None:
    """Plays the pairs that `rows` lacks. One pair at a time, so that it may be stopped anywhere."""
    specs = {**agents(plan), TEACHER: TEACHER}
    known = {(row["first"], row["second"]) for row in rows if "second" in row}
    for first in firsts:
        for second in (name for name in seconds if name != first and (first, name) not in known):
            met = cross_play(plan.scenario, [specs[first]], [specs[second]], episodes=rallies, seed=SEED, threads=1)
            rows.append(row_of(first, second, met.played[0][0]))
            keep(plan, rows)


def attack(plan: Plan, rows: list[dict], seeds: tuple[int, ...]) -> None:
    """Trains the exploiters that `rows` lacks: PPO from where every method began."""
    known = {(row["exploited"], row["seed"]) for row in rows if "exploited" in row}
    hyper = plan.hyper(plan.lesson.resolve())
    for seed in seeds:
        for name, spec in agents(plan).items():
            if name in ("lesson", "rules") or (name, seed) in known:
                continue
            (found,) = exploit(
                plan.scenario,
                [spec],
                out=plan.runs / f"exploit-{name}-{seed}",
                frames=plan.frames(plan.kind.exploiter),
                seeds=(seed,),
                hyper=hyper,
                episodes=plan.rallies(EXPLOITED),
                place=plan.kind.place,
                **REWARD,
            )
            low, high = found.interval
            row = {"exploited": name, "seed": seed, "frames": found.frames, "rallies": found.episodes, "mean": round(found.mean, 4)}
            rows.append(row | {"gain": round(found.gain, 4), "low": round(low, 4), "high": round(high, 4)})
            keep(plan, rows)


def keep(plan: Plan, rows: list[dict]) -> None:
    """Writes the raw rows and the tables: beside this file at full scale, else among the runs."""
    folder = HERE if plan.scale == 1.0 else plan.runs
    for name, text in ((".jsonl", "".join(json.dumps(row) + "\n" for row in rows)), (".md", tables(plan, rows))):
        file = PendingFile(folder / (plan.name + name), force=True)
        file.temporary.write_text(text)
        file.commit()


def known_rows(plan: Plan) -> list[dict]:
    path = (HERE if plan.scale == 1.0 else plan.runs) / f"{plan.name}.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def tables(plan: Plan, rows: list[dict]) -> str:
    """The tables in Markdown."""
    pairs = {(row["first"], row["second"]): row for row in rows if "second" in row}
    attacks = [row for row in rows if "exploited" in row]
    names = list(dict.fromkeys(first for first, _ in pairs))
    lines = []
    for name in names:
        told: dict[str, Any] = {"frames": 0} if name == "rules" else finished(plan.runs / name)
        gains = [row for row in attacks if row["exploited"] == name]
        best = max(gains, key=lambda row: row["gain"], default=None)
        lines.append([name, str(len(told.get("population", ())) or 1), f"{told['frames'] / 1e6:.2f} M", share(pairs.get((name, TEACHER))),
                      share(pairs.get((name, "sp"))), gain(best)])  # fmt: skip
    head = [
        "agent",
        "policies",
        "world steps",
        f"points against {TEACHER}",
        "points against sp",
        "largest gain of an exploiter (points a rally)",
    ]
    cross = [[first, *(share(pairs.get((first, second)), short=True) for second in names)] for first in names]
    return f"{table(head, lines)}\n\n{table(['points of', *(f'against {name}' for name in names)], cross)}\n"


def share(row: dict | None, short: bool = False) -> str:
    if row is None:
        return "-"
    return f"{row['share']:.2f}" if short else f"{row['share']:.3f} [{row['low']:.3f}, {row['high']:.3f}]"


def gain(row: dict | None) -> str:
    return "-" if row is None else f"{row['gain']:.2f} [{row['low']:.2f}, {row['high']:.2f}]"


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--runs", type=Path, default=Path("runs/court"))
    words.add_argument("--scale", type=float, default=1.0, help="share of the budgets")
    words.add_argument("--seed", type=int, default=0, help="of all trainings")
    words.add_argument("--exploiters", type=int, nargs="*", default=[0], help="seeds of the exploiters")
    words.add_argument("--captains", action="store_true", help="captains instead of networks that fly")
    words.add_argument("--scenario", default=SCENARIO, help="the match")
    words.add_argument("--list", action="store_true", help="print the commands and stop")
    given = words.parse_args()
    plan = Plan(given.runs, given.scale, given.seed, CAPTAINS if given.captains else NETWORKS, given.scenario)
    todo = commands(plan)
    if given.list:
        print("\n".join(shlex.join(["skyrally", *verb]) for verb, _ in todo.values()))
        return
    rows = known_rows(plan)
    for name, (verb, frames) in todo.items():
        carry_out(plan.runs / name, verb, frames)
        meet(plan, rows, [name], [TEACHER], plan.rallies(RALLIES))
    everybody = list(todo) if plan.kind.lesson else ["rules", *todo]
    meet(plan, rows, everybody, [TEACHER], plan.rallies(RALLIES))
    meet(plan, rows, everybody, ["sp"], plan.rallies(RALLIES))
    attack(plan, rows, tuple(given.exploiters))
    meet(plan, rows, everybody, everybody, plan.rallies(CROSS))
    print(tables(plan, rows))


if __name__ == "__main__":
    main()
