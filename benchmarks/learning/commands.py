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
class Curve:
    """How a drill is learned; one run per seed and action mode."""

    drill: str
    algorithm: str
    frames: int  # world steps; a drill for two drones gives two samples each
    keys: tuple[str, ...] = ()  # KEY=VALUE that differ from the algorithm's own


# `near` pays for waiting beside the target, and runs that have it end there; `progress` tells the way from afar. With a fault of -10
# some seeds fly through the first target as fast as they can and are lost behind it.
FORTH = ('weights={"near": 0.0, "progress": 2.0, "drone": -30.0}', "gamma=0.99", "entropy=0.0", "std_init=0.4", "std_final=0.08")

# MAPPO learns one touch of two (first_runs/README.md tells what was tried), so pairs learn from their scripted players.
AFTER_A_TEACHER = ("frame=own", "hidden=256,128", "led=0.2", "epochs=3")

CURVES = (
    Curve("back-and-forth", "ppo", 15_000_000, FORTH),
    Curve("hit-the-ball", "ppo", 15_000_000, ("entropy=0.01", "std_init=0.6", "std_final=0.1")),
    Curve("solo-bump", "ppo", 10_000_000),
    Curve("bump-and-pass", "imitate", 24_000_000, (*AFTER_A_TEACHER, "practice_cycles=260")),
    Curve("set-and-spike-easy", "imitate", 14_000_000, AFTER_A_TEACHER),
    Curve("set-and-spike-hard", "imitate", 14_000_000, AFTER_A_TEACHER),
)


@dataclass(frozen=True)
class Job:
    """One training run and its final evaluation."""

    curve: Curve
    actions: str
    seed: int
    frames: int
    out: Path
    threads: int = 0  # 0: all cores

    @property
    def name(self) -> str:
        return f"{self.curve.drill}-{self.actions}-seed{self.seed}"

    @property
    def folder(self) -> Path:
        return self.out / "runs" / self.name

    @property
    def row(self) -> Path:
        """The file that keeps what came of it."""
        return self.out / "rows" / f"{self.name}.json"

    @property
    def train(self) -> list[str]:
        place = () if self.actions == "rotor" else (f"action_mode={self.actions}",)
        budget = ("--frames", str(self.frames), "--seed", str(self.seed), "--out", str(self.folder))
        cores = (f"threads={self.threads}",) if self.threads else ()
        return ["train", self.curve.algorithm, self.curve.drill, *budget, *EVERYWHERE, *cores, *place, *self.curve.keys]

    @property
    def resume(self) -> list[str]:
        return ["resume", str(self.folder)]

    @property
    def judge(self) -> list[str]:
        count = ("--episodes", str(EPISODES), "--seed", str(EPISODE_SEED))
        return ["eval", f"run:{self.folder}", *count, "--out", str(self.folder / "eval" / "final"), "--force"]


def jobs(
    curves: Sequence[Curve] = CURVES,
    actions: Sequence[str] = ACTIONS,
    seeds: Sequence[int] = SEEDS,
    frames: int | None = None,
    out: Path = OUT,
    threads: int = 0,
) -> list[Job]:
    """All runs: rotor before ctbr, and one seed of every drill before the next seed."""
    return [Job(curve, mode, seed, frames or curve.frames, out, threads) for mode in actions for seed in seeds for curve in curves]


def command(words: Sequence[str]) -> str:
    """A command as one types it."""
    return shlex.join(["skyrally", *words])


if __name__ == "__main__":
    for job in jobs():
        print(command(job.train), command(job.judge), sep="\n")
