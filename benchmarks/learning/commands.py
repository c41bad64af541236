"""The exact command of every learning curve: python benchmarks/learning/commands.py prints them all."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ACTIONS = ("rotor", "ctbr")
SEEDS = (0, 1, 2)
EPISODES, EPISODE_SEED = 1000, 1000  # of the final evaluation: starts that neither training nor its evaluations saw
OUT = Path("runs/learning")
EVERYWHERE = ("evaluate_every=500000",)  # physics and rules are the published benchmark's unless told otherwise


@dataclass(frozen=True)
class Stage:
    """One training. Each but the first begins with the weights of the one before."""

    algorithm: str
    frames: int  # world steps; a drill for two drones gives two samples each
    keys: tuple[str, ...] = ()  # KEY=VALUE that differ from the algorithm's own


@dataclass(frozen=True)
class Curve:
    """How a drill is learned, in one stage or several; once per seed and action mode."""

    drill: str
    stages: tuple[Stage, ...]


# `near` pays for waiting beside the target, and runs that have it end there; `progress` tells the way from afar. With a fault of -10
# some seeds fly through the first target as fast as they can and are lost behind it.
FORTH = ('weights={"near": 0.0, "progress": 2.0, "drone": -30.0}', "gamma=0.99", "entropy=0.0", "std_init=0.4", "std_final=0.08")

# Whole episodes are bumps 5 to 13 for the most part, which are like each other; what is lost is lost in the first few.
SHORT = ("practice_cycles=260",)

# MAPPO learns one touch of two (first_runs/README.md tells what was tried), so pairs learn from their scripted players.
AFTER_A_TEACHER = ("frame=own", "hidden=256,128", "led=0.2", "epochs=3")

# Who sets and who spikes do different things: with networks of their own they learn them sooner.
APART = ("share=false",)

# Most sets that are lost begin with a setter that is tilted much; a network of its own for it needs to see more of them.
TILTED = ("practice_tilt=0.4",)

# MAPPO goes on with the teacher beside, whose lessons fade, and with what is wanted in the end as its only reward: terms that pay at every
# step (`near`, `strayed`) improve what they speak of and wear the touches away (learning.md).
GOING_ON = (
    "frame=own",
    "hidden=256,128",
    "critic_first=400000",
    "steps=64",
    "learning_rate=2e-4",
    "entropy=0.0",
)
# The landing that ends an episode well is a ball fault too: unless that is free, an attacker that flies through the net's plane, which
# ends it before, pays no more than one that does not.
SPIKES = (
    *("gamma=0.995", "std_init=0.15", "std_final=0.05", "average=0.999"),
    *("teacher=scripted:set-and-spike-easy", "lesson=8.0", "final_lesson=0.3", "practice_tilt=0.3"),
    'weights={"strayed": 0.0, "near": 0.0, "aim": 0.0, "power": 0.0, "landing": 0.0, "ball": 0.0}',
)
PASSES = (
    *("std_final=0.03", "final_lesson=0.1", "gamma=0.99", "std_init=0.12"),
    *("teacher=scripted:bump-and-pass", "lesson=20.0", "practice_cycles=170"),
    'weights={"hit": 4.0, "strayed": -0.005, "near": 0.0, "cross": 0.0, "aim": 0.0, "wrong": -5.0, "drone": -5.0, "ball": -5.0}',
)

CURVES = (
    Curve("back-and-forth", (Stage("ppo", 20_000_000, FORTH),)),
    Curve("hit-the-ball", (Stage("ppo", 15_000_000, ("entropy=0.01", "std_init=0.6", "std_final=0.1")),)),
    Curve("solo-bump", (Stage("ppo", 10_000_000, SHORT),)),
    Curve(
        "bump-and-pass",
        (Stage("imitate", 16_000_000, (*AFTER_A_TEACHER, *SHORT)), Stage("mappo", 14_000_000, (*GOING_ON, *PASSES))),
    ),
    Curve(
        "set-and-spike-easy",
        (Stage("imitate", 10_000_000, (*AFTER_A_TEACHER, *APART, *TILTED)), Stage("mappo", 14_000_000, (*GOING_ON, *SPIKES, *APART))),
    ),
    Curve("set-and-spike-hard", (Stage("imitate", 14_000_000, AFTER_A_TEACHER),)),
)


@dataclass(frozen=True)
class Job:
    """The training of one seed, and its final evaluation."""

    curve: Curve
    actions: str
    seed: int
    out: Path
    short: int | None = None  # world steps of each stage, in place of the curve's
    threads: int = 0  # 0: all cores

    @property
    def name(self) -> str:
        return f"{self.curve.drill}-{self.actions}-seed{self.seed}"

    @property
    def folders(self) -> list[Path]:
        """Of the stages' runs; the last has the job's name."""
        root, names = self.out / "runs", [f"{self.name}-stage{k}" for k in range(1, len(self.curve.stages))]
        return [root / name for name in (*names, self.name)]

    @property
    def frames(self) -> list[int]:
        """World steps, per stage."""
        return [self.short or stage.frames for stage in self.curve.stages]

    @property
    def row(self) -> Path:
        """The file that keeps what came of it."""
        return self.out / "rows" / f"{self.name}.json"

    def train(self, k: int) -> list[str]:
        """The command of stage k."""
        stage, folder = self.curve.stages[k], self.folders[k]
        place = () if self.actions == "rotor" else (f"action_mode={self.actions}",)
        budget = ("--frames", str(self.frames[k]), "--seed", str(self.seed), "--out", str(folder))
        cores = (f"threads={self.threads}",) if self.threads else ()
        before = (f"initial=run:{self.folders[k - 1]}",) if k else ()
        return ["train", stage.algorithm, self.curve.drill, *budget, *EVERYWHERE, *cores, *place, *before, *stage.keys]

    @property
    def judge(self) -> list[str]:
        count = ("--episodes", str(EPISODES), "--seed", str(EPISODE_SEED))
        return ["eval", f"run:{self.folders[-1]}", *count, "--out", str(self.folders[-1] / "eval" / "final"), "--force"]


def jobs(
    curves: Sequence[Curve] = CURVES,
    actions: Sequence[str] = ACTIONS,
    seeds: Sequence[int] = SEEDS,
    short: int | None = None,
    out: Path = OUT,
    threads: int = 0,
) -> list[Job]:
    """All runs: rotor before ctbr, and one seed of every drill before the next seed."""
    return [Job(curve, mode, seed, out, short, threads) for mode in actions for seed in seeds for curve in curves]


def command(words: Sequence[str]) -> str:
    """A command as one types it."""
    return shlex.join(["skyrally", *words])


if __name__ == "__main__":
    for job in jobs():
        for k in range(len(job.curve.stages)):
            print(command(job.train(k)))
        print(command(job.judge))
