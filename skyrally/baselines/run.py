"""A training run: learner, worlds, folder. `start` begins one, `resume` goes on with it, `Run.go` trains to the end.

Interrupted and resumed, a run gives the same numbers as one that was let alone (on one machine, with the threads of its manifest).
"""

from __future__ import annotations

import json
import math
import os
import platform
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from time import perf_counter
from typing import Any, Protocol

import torch

from ..agents.agent import Agent
from ..envs.choices import DISCRETE
from ..errors import SkyrallyError, checked_options
from ..scenarios.registry import find
from ..tournament.drills import DrillRunner, Episode
from ..version import __version__, commit
from ..workers import interruptible
from .algorithms import ALGORITHMS, kind_of
from .config import Range, configured, option, plain
from .folder import RunFolder
from .macro_env import PLACE as OF_CAPTAINS
from .macro_env import gamma_of, worlds_for
from .precision import FORMATS, choose
from .qmix import KINDS, QConfig

PLACE = ("view", "action_mode", "discrete", *OF_CAPTAINS)  # how drones see and act: neither the scenario's options nor the algorithm's
CARRIED = ("best", "best_at", "seconds", "evaluated")  # of a run, from sitting to sitting
JUDGE_SEED = 2**40  # of the worlds of evaluations while training: the same episodes for every run


@dataclass(frozen=True)
class RunConfig:
    """What every algorithm's run has. Every one but the first four can be set as key=value on the command line."""

    algorithm: str = option("ppo", "which", tuple(ALGORITHMS))
    scenario: str = option("solo-bump", "which", None)
    frames: int = option(15_000_000, "world steps in all", Range(1))
    seed: int = option(0, "of worlds and networks", Range(0, 2.0**62))
    threads: int = option(0, "of worlds and networks; 0: all cores", Range(0))
    evaluate_every: int = option(1_000_000, "world steps between evaluations", Range(1))
    evaluate_episodes: int = option(256, "per evaluation", Range(1))
    save_seconds: float = option(60.0, "between checkpoints", Range(0.0))
    keep: int = option(2, "checkpoints kept, besides the best", Range(1))
    dtype: str = option("float32", "number format of matrix products while it learns; auto: what measures faster here", FORMATS)
    learner: str = option("ppo", "of sp and fsp", ("ppo", *KINDS))
    tensorboard: bool = option(False, "also write TensorBoard's files")
    video: bool = option(False, "film the best agent at the end: best.mp4")


class Watcher(Protocol):
    """What is told of a run's progress: see panel."""

    def show(self, row: Mapping[str, Any]) -> None: ...


class Run:
    """One training run, ready to `go`."""

    def __init__(self, folder: RunFolder, config: Mapping[str, Any], manifest: Mapping[str, Any]):
        self.folder, self.manifest = folder, manifest
        self.config: RunConfig = configured(RunConfig, config["run"])
        kind, options, _ = kind_of(self.config.algorithm, self.config.learner)
        self.scenario = find(self.config.scenario)
        self.options: dict[str, Any] = dict(config["options"])  # of the scenario, those that were given
        threads = manifest["threads"]
        torch.set_num_threads(threads)
        torch.manual_seed(self.config.seed)
        hyper = configured(options, config["algorithm"])
        world_options = {**config["options"], **config["place"], "threads": threads}
        given = {**config["options"], "threads": threads}
        self.env = worlds_for(self.scenario, hyper.worlds, gamma_of(hyper), config["place"], seed=self.config.seed, **given)
        self.learner = kind(self.env, hyper, self.config.frames)
        self.learner.dtype = manifest["dtype"]
        self.judge = self._judge(manifest["evaluation"], self.scenario.judged(world_options))
        self.best: float | None = None
        self.best_at: int | None = None  # its world steps
        self.seconds = 0.0  # of training so far, over all sittings
        self.evaluated = 0  # world steps at the last evaluation
        self._stop = False
        folder.hold()
        folder.sweep()
        state = folder.last_state()
        if state is None:
            if config["algorithm"].get("initial"):
                self.learner.begin_with(config["algorithm"]["initial"])
        else:
            self.learner.load(state["learner"])
            for key in CARRIED:
                setattr(self, key, state[key])
            folder.name_best(self.best_at)  # a kill may have come before it was named
        folder.rewind(self.learner.carry.frames)

    @property
    def done(self) -> bool:
        return self.learner.carry.frames >= self.config.frames

    def go(self, watcher: Watcher | None = None) -> bool:
        """Trains until the frames are spent (True) or an interrupt (False): then, as at the end, a checkpoint is saved."""
        saved, begun = perf_counter(), self.seconds - perf_counter()
        frames = self.learner.carry.frames
        with self.folder.held(), interruptible(self._interrupt), _tensorboard(self.folder.root, self.config.tensorboard, frames) as board:
            while not self.done and not self._stop:
                row = self.learner.iterate()
                self.seconds = begun + perf_counter()
                better = self._evaluate(row)
                row = {"frames": self.learner.carry.frames, "seconds": round(self.seconds, 3), **row}
                self.folder.log(row)
                board(row)
                if watcher:
                    watcher.show(row)
                if better or self.done or self._stop or perf_counter() - saved >= self.config.save_seconds:
                    self._save(better)
                    saved = perf_counter()
        return self.done

    def agent(self) -> Agent:
        """The agent as it is now."""
        self.learner.settle()
        return self.learner.agent(f"run:{self.folder.root}")

    def _judge(self, protocol: Mapping[str, Any], options: Mapping[str, Any]) -> DrillRunner | None:
        """Plays the evaluations. None for matches: who is good there depends on the opponent."""
        if self.scenario.family == "match":
            return None
        return DrillRunner(self.scenario, self.agent(), worlds=protocol["episodes"], seed=protocol["seed"], **options)

    def _interrupt(self) -> None:
        self._stop = True

    def _evaluate(self, row: dict[str, Any]) -> bool:
        """Judges the agent when it is time and adds what comes of it to the row. True when it is the best so far."""
        frames = self.learner.carry.frames
        due = frames // self.config.evaluate_every > self.evaluated // self.config.evaluate_every
        if self.judge is None or not (due or self.done):
            return False
        self.evaluated = frames
        self.learner.settle()
        self.judge.begin()
        result = _summed(self.judge.play())
        row.update({f"evaluation/{name}": value for name, value in result.items()})
        self.folder.write(f"eval/{frames:012d}.json", json.dumps({"frames": frames, **result}) + "\n")
        value = -result["metric"] if self.scenario.metric.lower_is_better else result["metric"]
        if self.best is not None and value <= self.best:
            return False
        self.best, self.best_at = value, frames
        return True

    def _save(self, best: bool) -> None:
        learner, frames = self.learner, self.learner.carry.frames
        spent = {"algorithm": self.config.algorithm, "seed": self.config.seed, "frames": frames, "seconds": round(self.seconds, 1)}
        keys = ("command", "version", "commit", "machine", "threads")
        provenance = {**spent, **{key: self.manifest[key] for key in keys}}
        learner.settle()
        options = self.scenario.judged(self.options)
        state = {
            "learner": learner.state(),
            "seconds": self.seconds,
            "evaluated": self.evaluated,
            "best": self.best,
            "best_at": self.best_at,
        }
        self.folder.save(frames, lambda path: learner.write(path, self.scenario, options, provenance), state, self.config.keep, best)


def _summed(rows: list[Episode]) -> dict[str, float]:
    """Mean, standard error, return and length of an evaluation's episodes."""
    metric = [row.metric for row in rows]
    return {
        "episodes": len(rows),
        "metric": fmean(metric),
        "error": stdev(metric) / math.sqrt(len(metric)) if len(metric) > 1 else 0.0,
        "return": fmean(row.reward for row in rows),
        "length": fmean(row.steps for row in rows),
    }


def start(algorithm: str, scenario: str, keys: Mapping[str, Any], *, out: Path | None = None, **given: Any) -> Run:
    """A new run. keys: of the run, the algorithm and the scenario, all in one; `given`: frames, seed.

    SkyrallyError for unknown keys (with the nearest), values out of range, or a folder that holds a run.
    """
    found = find(scenario)
    learner = configured(RunConfig, {name: keys[name] for name in ("learner",) if name in keys}).learner
    _, kind, defaults = kind_of(algorithm, learner)
    named = {"algorithm": algorithm, "scenario": scenario, **given}
    parts = {"run": plain(RunConfig()), "algorithm": plain(kind()), "options": dict(found.options), "place": dict.fromkeys(PLACE)}
    checked_options("key", keys, [name for part in parts.values() for name in part if name not in named])
    chosen = {part: {name: value for name, value in keys.items() if name in known} for part, known in parts.items()}
    chosen["run"] = plain(configured(RunConfig, {**chosen["run"], **named}))
    chosen["algorithm"] = plain(configured(kind, {**defaults, **chosen["algorithm"]}))
    if chosen["run"]["tensorboard"]:
        _summary_writer()
    if issubclass(kind, QConfig):
        chosen["place"].setdefault("action_mode", DISCRETE)
    root = out or Path("runs") / f"{algorithm}-{scenario}-seed{chosen['run']['seed']}"
    hyper = configured(kind, chosen["algorithm"])  # refuses bad options before anything is written:
    place = worlds_for(found, 1, gamma_of(hyper), chosen["place"], threads=1, **chosen["options"])
    place.close()
    samples = hyper.worlds * hyper.steps * place.num_drones // hyper.minibatches
    chosen["run"]["dtype"] = choose(chosen["run"]["dtype"], place.layout.size, hyper.hidden, samples)
    folder = RunFolder.create(root, chosen, manifest_for(configured(RunConfig, chosen["run"])))
    return Run(folder, chosen, RunFolder.open(root)[2])


def resume(root: Path) -> Run:
    """Goes on with a run from its last checkpoint. SkyrallyError when there is none, or when it is done."""
    folder, config, manifest = RunFolder.open(root)
    run = Run(folder, config, manifest)
    if run.done:
        raise SkyrallyError(f"{root} is done: {run.config.frames} frames of {run.config.frames}")
    return run


def manifest_for(config: RunConfig) -> dict[str, Any]:
    """Where and how the run was made; `dtype`, `threads` and how it is judged are frozen for every sitting."""
    return {
        "format": 1,
        "version": __version__,
        "commit": commit(),
        "torch": torch.__version__,
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {torch.backends.cpu.get_cpu_capability()}",
        "device": "cpu",
        "dtype": config.dtype,
        "threads": config.threads or torch.get_num_threads(),
        "evaluation": {
            "seed": JUDGE_SEED,
            "episodes": config.evaluate_episodes,
            "every": config.evaluate_every,
            "plays": "the mean action",
        },
        "command": shlex.join(["skyrally", *sys.argv[1:]]),
    }


@contextmanager
def _tensorboard(root: Path, wanted: bool, frames: int) -> Iterator[Callable[[Mapping[str, Any]], None]]:
    """A function that writes rows for TensorBoard, or does nothing. What was written after these frames is made again, and hidden."""
    if not wanted:
        yield lambda row: None
        return
    with _summary_writer()(str(root / "tensorboard"), purge_step=frames + 1) as writer:

        def write(row: Mapping[str, Any]) -> None:
            for name, value in row.items():
                writer.add_scalar(name, value, row["frames"])

        yield write


def _summary_writer() -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        raise SkyrallyError("tensorboard=true needs tensorboard: pip install 'skyrally[track]'") from None
    return SummaryWriter
