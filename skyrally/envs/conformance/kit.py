"""What the checks share: batches of the thing under test, random play, and the comparison of two plays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...scenarios.scenario import Layout
from ..batch import BatchEnv
from .compare import first_difference, record_difference


class Failure(AssertionError):
    """A promise that is not kept."""


@dataclass
class Trace:
    """T steps of W worlds; worlds that ended were reset at once."""

    start: np.ndarray  # [T + 1, W, N, O] what the policy saw: after resets
    obs: np.ndarray  # [T, W, N, O] true successors
    reward: np.ndarray  # [T, W, N]
    terminated: np.ndarray  # [T, W]
    truncated: np.ndarray  # [T, W]
    info: dict[str, np.ndarray]  # name -> [T, W]
    last: np.ndarray  # [W] the worlds after the last step, and after resets

    def world(self, k: int) -> Trace:
        """World k alone, still with its axis."""
        return Trace(
            start=self.start[:, k : k + 1],
            obs=self.obs[:, k : k + 1],
            reward=self.reward[:, k : k + 1],
            terminated=self.terminated[:, k : k + 1],
            truncated=self.truncated[:, k : k + 1],
            info={name: values[:, k : k + 1] for name, values in self.info.items()},
            last=self.last[k : k + 1],
        )


class Kit:
    """Makes and plays batches. `worlds`, `steps` and `seed` are those of a check; all play is drawn from `seed`."""

    def __init__(self, factory: Callable[..., BatchEnv], worlds: int, steps: int, seed: int):
        self._factory = factory
        self.worlds, self.steps, self.seed = worlds, steps, seed
        self._made: list[BatchEnv] = []
        first = self.make()
        self.scenario, self.layout, self.views, self.names = first.scenario, first.layout, first.views, list(first.agents)

    def make(self, worlds: int | None = None, **options: Any) -> BatchEnv:
        """A batch of the thing under test: one thread and the kit's seed and number of worlds unless told."""
        made = self._factory(**{"worlds": worlds or self.worlds, "seed": self.seed, "threads": 1, **options})
        self._made.append(made)
        return made

    def close(self) -> None:
        """Ends the batches made so far."""
        while self._made:
            self._made.pop().close()

    def actions(self, batch: BatchEnv, steps: int | None = None, stream: int = 0) -> np.ndarray:
        """[T, W, N, A] float32 random actions; the same for the same stream."""
        return batch.seats.random(np.random.default_rng([self.seed, stream]), steps or self.steps)

    def play(self, batch: BatchEnv, actions: np.ndarray, seeds: Any = None, *, begin: bool = True) -> Trace:
        """Resets all worlds (unless `begin` is False) and plays the actions, resetting each world as it ends."""
        begun = (batch.reset(seeds=seeds) if begin else batch.observe()).copy()
        player = Player(batch, begun)
        for action in actions:
            player.step(action)
        return player.trace()

    def agree(self, a: Trace, b: Trace, what: str, *, records: bool = True) -> None:
        """Raises Failure, saying where, unless two traces are equal bit for bit, info and (if `records`) final worlds included."""
        self.equal(a.start[:1], b.start[:1], f"{what}: the first observation")
        for name in ("obs", "reward", "terminated", "truncated"):
            self.equal(getattr(a, name), getattr(b, name), f"{what}: {name}")
        self.equal(a.start[1:], b.start[1:], f"{what}: the observation after the resets")
        for name, values in a.info.items():
            self.equal(values, b.info[name], f"{what}: info {name!r}")
        found = record_difference(a.last, b.last) if records else None
        if found is not None:
            raise Failure(f"{what}: after {len(a.obs)} steps {found}")

    def equal(self, a: np.ndarray, b: np.ndarray, what: str) -> None:
        """Raises Failure unless two arrays [T, W, N, O] (or fewer axes) are equal bit for bit."""
        at = first_difference(a, b)
        if at is not None:
            raise Failure(f"{what} differs at {self.place(at)}: {a[at]} against {b[at]}")

    def place(self, at: tuple[int, ...], layout: Layout | None = None) -> str:
        """An index (step, world, drone, number) in words."""
        words = [f"step {at[0]}"]
        if len(at) > 1:
            words.append(f"world {at[1]}")
        if len(at) > 2:
            words.append(self.names[at[2]])
        if len(at) > 3:
            words.append((layout or self.layout).at(at[3]))
        return ", ".join(words)


class Player:
    """Steps one batch and remembers everything."""

    def __init__(self, batch: BatchEnv, begun: np.ndarray):
        self._batch = batch
        self._start: list[np.ndarray] = [begun]
        self._steps: list[tuple[np.ndarray, ...]] = []
        self._info: list[dict[str, np.ndarray]] = []

    def step(self, action: np.ndarray) -> None:
        """One step, and a reset of the worlds that ended."""
        result = self._batch.step(action)
        self._steps.append((result.obs.copy(), result.reward.copy(), result.terminated.copy(), result.truncated.copy()))
        self._info.append({name: values.copy() for name, values in self._batch.info.items()})
        seen = result.obs
        if result.done.any():
            seen = self._batch.reset(result.done)
        self._start.append(seen.copy())

    def trace(self) -> Trace:
        """All of it."""
        info = {name: np.stack([row[name] for row in self._info]) for name in self._info[0]}
        obs, reward, terminated, truncated = (np.stack(column) for column in zip(*self._steps, strict=True))
        return Trace(np.stack(self._start), obs, reward, terminated, truncated, info, self._batch.snapshot())
