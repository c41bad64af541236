"""A training run: learner, worlds, folder. `start` begins one, `resume` goes on with it, `Run.go` trains to the end.

Interrupted and resumed, a run gives the same numbers as one that was let alone (on one machine, with the threads of its manifest).
"""

from __future__ import annotations

import json
import os
import platform
import shlex
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from types import FrameType
from typing import Any, Protocol

import torch

from ..agents.policy import NetworkAgent, manifest_of, write_agent
from ..envs.batch import BatchEnv
from ..errors import SkyrallyError, checked_options, unknown
from ..scenarios.registry import find
from ..scenarios.scenario import Scenario
from ..version import __version__
from .config import Range, configured, option, plain
from .evaluate import evaluate
from .folder import RunFolder
from .ppo import PPO, PPOConfig

ALGORITHMS: dict[str, tuple[type, type, dict[str, Any]]] = {
    "ppo": (PPO, PPOConfig, {}),
    "ippo": (PPO, PPOConfig, {}),
    "mappo": (PPO, PPOConfig, {"critic": "state"}),
}
PLACE = ("view", "action_mode")  # how drones see and act: neither the scenario's options nor the algorithm's


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
    tensorboard: bool = option(False, "also write TensorBoard's files")


class Watcher(Protocol):
    """What is told of a run's progress: see panel."""

    def show(self, row: Mapping[str, Any]) -> None: ...


class Run:
    """One training run, ready to `go`."""

    def __init__(self, folder: RunFolder, config: Mapping[str, Any], manifest: Mapping[str, Any]):
        self.folder, self.manifest = folder, manifest
        self.config: RunConfig = configured(RunConfig, config["run"])
        kind, options, _ = ALGORITHMS[self.config.algorithm]
        self.scenario = find(self.config.scenario)
        threads = manifest["threads"]
        torch.set_num_threads(threads)
        torch.manual_seed(self.config.seed)
        hyper = configured(options, config["algorithm"])
        world_options = {**config["options"], **config["place"], "threads": threads}
        self.env = BatchEnv(self.scenario, hyper.worlds, seed=self.config.seed, **world_options)
        self.learner = kind(self.env, hyper, self.config.frames)
        self.judge = _judge(self.scenario, self.config, world_options)
        self.best: float | None = None
        self.seconds = 0.0  # of training so far, over all sittings
        self.evaluated = 0  # world steps at the last evaluation
        self._stop = False
        state = folder.last_state()
        if state is not None:
            self.learner.load(state["learner"])
            self.best, self.seconds, self.evaluated = state["best"], state["seconds"], state["evaluated"]
        folder.rewind(self.learner.carry.frames)

    @property
    def done(self) -> bool:
        return self.learner.carry.frames >= self.config.frames

    def go(self, watcher: Watcher | None = None) -> bool:
        """Trains until the frames are spent (True) or an interrupt (False): then, as at the end, a checkpoint is saved."""
        saved, begun = perf_counter(), self.seconds - perf_counter()
        with _interruptible(self._interrupt), _tensorboard(self.folder.root, self.config.tensorboard) as board:
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

    def agent(self) -> NetworkAgent:
        """The agent as it is now."""
        return NetworkAgent(f"run:{self.folder.root}", self.learner.actors, self.learner.policy.view, self.learner.policy.action_mode)

    def _interrupt(self) -> None:
        self._stop = True

    def _evaluate(self, row: dict[str, Any]) -> bool:
        """Judges the agent when it is time and adds what comes of it to the row. True when it is the best so far."""
        frames = self.learner.carry.frames
        due = frames // self.config.evaluate_every > self.evaluated // self.config.evaluate_every
        if self.judge is None or not (due or self.done):
            return False
        self.evaluated = frames
        result = evaluate(self.judge, self.agent())
        row.update({f"evaluation/{name}": value for name, value in result.items()})
        self.folder.write(f"eval/{frames:012d}.json", json.dumps({"frames": frames, **result}) + "\n")
        value = -result["metric"] if self.scenario.metric.lower_is_better else result["metric"]
        if self.best is not None and value <= self.best:
            return False
        self.best = value
        return True

    def _save(self, best: bool) -> None:
        learner, frames = self.learner, self.learner.carry.frames
        spent = {"algorithm": self.config.algorithm, "seed": self.config.seed, "frames": frames, "seconds": round(self.seconds, 1)}
        keys = ("command", "version", "machine", "threads")
        provenance = {**spent, **{key: self.manifest[key] for key in keys}}
        manifest = manifest_of(self.scenario, learner.policy.view, learner.policy.action_mode, learner.actors.spec, provenance)
        state = {"learner": learner.state(), "best": self.best, "seconds": self.seconds, "evaluated": self.evaluated}
        self.folder.save(frames, lambda path: write_agent(path, learner.actors, manifest), state, self.config.keep, best)


def _judge(scenario: Scenario, config: RunConfig, options: Mapping[str, Any]) -> BatchEnv | None:
    """The worlds of evaluations. None for matches: who is good there depends on the opponent."""
    if scenario.family == "match":
        return None
    return BatchEnv(scenario, config.evaluate_episodes, seed=config.seed + 2**40, **options)


def start(algorithm: str, scenario: str, keys: Mapping[str, Any], *, out: Path | None = None, **given: Any) -> Run:
    """A new run. keys: of the run, the algorithm and the scenario, all in one; `given`: frames, seed.

    SkyrallyError for unknown keys (with the nearest), values out of range, or a folder that holds a run.
    """
    if algorithm not in ALGORITHMS:
        raise unknown("algorithm", algorithm, ALGORITHMS)
    found = find(scenario)
    _, kind, defaults = ALGORITHMS[algorithm]
    named = {"algorithm": algorithm, "scenario": scenario, **given}
    parts = {"run": plain(RunConfig()), "algorithm": plain(kind()), "options": dict(found.options), "place": dict.fromkeys(PLACE)}
    checked_options("key", keys, [name for part in parts.values() for name in part if name not in named])
    chosen = {part: {name: value for name, value in keys.items() if name in known} for part, known in parts.items()}
    chosen["run"] = plain(configured(RunConfig, {**chosen["run"], **named}))
    chosen["algorithm"] = plain(configured(kind, {**defaults, **chosen["algorithm"]}))
    root = out or Path("runs") / f"{algorithm}-{scenario}-seed{chosen['run']['seed']}"
    BatchEnv(found, 1, threads=1, **chosen["options"], **chosen["place"]).close()  # refuses bad options before anything is written
    folder = RunFolder.create(root, chosen, _manifest(chosen["run"]["threads"]))
    return Run(folder, chosen, RunFolder.open(root)[2])


def resume(root: Path) -> Run:
    """Goes on with a run from its last checkpoint. SkyrallyError when there is none, or when it is done."""
    folder, config, manifest = RunFolder.open(root)
    run = Run(folder, config, manifest)
    if run.done:
        raise SkyrallyError(f"{root} is done: {run.config.frames} frames of {run.config.frames}")
    return run


def _manifest(threads: int) -> dict[str, Any]:
    """Where and how the run was made; `threads` is frozen for every sitting."""
    return {
        "format": 1,
        "version": __version__,
        "torch": torch.__version__,
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {torch.backends.cpu.get_cpu_capability()}",
        "device": "cpu",
        "dtype": "float32",
        "threads": threads or torch.get_num_threads(),
        "command": shlex.join(["skyrally", *sys.argv[1:]]),
    }


@contextmanager
def _interruptible(stop: Callable[[], None]) -> Iterator[None]:
    """The first interrupt stops after the present iteration; the second one at once. Outside the main thread: nothing."""

    def handle(number: int, frame: FrameType | None) -> None:
        stop()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    try:
        before = signal.signal(signal.SIGINT, handle)
    except ValueError:
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _tensorboard(root: Path, wanted: bool) -> Iterator[Callable[[Mapping[str, Any]], None]]:
    """A function that writes rows for TensorBoard, or does nothing."""
    if not wanted:
        yield lambda row: None
        return
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        raise SkyrallyError("tensorboard=true needs tensorboard: pip install 'skyrally[track]'") from None
    writer = SummaryWriter(str(root / "tensorboard"))

    def write(row: Mapping[str, Any]) -> None:
        for name, value in row.items():
            writer.add_scalar(name, value, row["frames"])

    try:
        yield write
    finally:
        writer.close()
