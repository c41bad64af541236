"""The memory of a disturbed batch: traits of its worlds, actions and observations on their way, and each thread's desk.

Nothing here exists in undisturbed batches. Traits are hashes of (seed, episode), so a snapshot needs only the two delays.
"""

from __future__ import annotations

import os
from itertools import pairwise
from typing import Any

import numpy as np

from ..physics.disturb import TRAITS, Rig, kept_record
from ..physics.records import BALL, record
from .arguments import whole

NO_BALLS = np.zeros(0, record(BALL))
WORLDS_PER_THREAD = 128  # fewer worlds than this are not worth waking another thread
NO_RIG = (None,) * len(Rig._fields)


class Rigging:
    """Makes one `Rig` per thread, and carries the delays in snapshots. W worlds, N drones, A action and O observation numbers."""

    def __init__(self, worlds: np.ndarray, params: np.ndarray, threads: int, actions: int):
        knobs = params["disturb"][0]
        count, drones = worlds["drones"].shape
        self._worlds, self._params = worlds, params.view(np.uint8)
        self._traits = np.zeros(count, TRAITS)
        self._desks = [params.copy() for _ in range(threads)]
        self._kept = [np.zeros(1, kept_record(drones)) for _ in range(threads)]
        self._balls = worlds["ball"] if "ball" in (worlds.dtype.names or ()) else NO_BALLS
        delay = int(knobs["action_delay"])
        self._sent = np.zeros((count if delay else 0, delay, drones, actions), np.float32)
        self._delay = int(knobs["observation_delay"])
        self.widen(0)

    def widen(self, size: int) -> bool:
        """Memory for observations of `size` numbers. Whether there is any: what was on its way then is to be forgotten."""
        worlds, drones = self._worlds["drones"].shape
        self._seen = np.zeros((worlds if self._delay else 0, self._delay + 1, drones, size), np.float32)
        shared = (self._balls, self._sent, self._seen)
        self._rigs = [Rig(self._traits, desk, kept, *shared) for desk, kept in zip(self._desks, self._kept, strict=True)]
        return self._delay > 0

    def rigs(self) -> list[Rig]:
        """One per thread, the desks laid out as the shared block is now (as bytes: field by field it would take 50 us)."""
        for rig in self._rigs:
            np.copyto(rig.desk.view(np.uint8), self._params)
        return self._rigs

    @property
    def carrier(self) -> np.dtype:
        """The record of a snapshot: the worlds', extended at its end by what is on its way."""
        extra = [(name, "f4", memory.shape[1:]) for name, memory in self._delayed.items()]
        known = self._worlds.dtype
        return record([*((name, known[name]) for name in known.names or ()), *extra])

    def snapshot(self, rows: slice = slice(None)) -> np.ndarray:
        """[W] a copy of the worlds (of `rows`: of these) and of what is on its way (`sent`, `seen`)."""
        worlds = self._worlds[rows]
        whole = np.zeros(len(worlds), self.carrier)
        for name in worlds.dtype.names or ():
            whole[name] = worlds[name]
        for name, memory in self._delayed.items():
            whole[name] = memory[rows]
        return whole

    def restore(self, snapshot: np.ndarray, rows: Any) -> None:
        """Puts back worlds and what was on its way."""
        for name in self._worlds.dtype.names or ():
            self._worlds[name][rows] = snapshot[name][rows]
        for name, memory in self._delayed.items():
            memory[rows] = snapshot[name][rows]

    @property
    def _delayed(self) -> dict[str, np.ndarray]:
        return {name: memory for name, memory in (("sent", self._sent), ("seen", self._seen)) if len(memory)}


def rigging(worlds: np.ndarray, params: np.ndarray, threads: int, actions: int) -> Rigging | None:
    """The memory that the shared block's disturbances ask for; None when it has none."""
    if "disturb" not in (params.dtype.names or ()) or not params["disturb"]["on"][0]:
        return None
    return Rigging(worlds, params, threads, actions)


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def chunks_of(worlds: int, threads: int | None) -> list[tuple[int, int]]:
    """Ranges of worlds, one per thread: None uses all cores as far as the worlds are worth it."""
    if threads is None:
        threads = min(cores(), worlds // WORLDS_PER_THREAD)
    return ranges(worlds, max(1, min(whole("threads", threads, 0) or 1, worlds)))


def ranges(worlds: int, threads: int) -> list[tuple[int, int]]:
    """The numbers below `worlds` in so many ranges of nearly equal length."""
    edges = [worlds * k // threads for k in range(threads + 1)]
    return list(pairwise(edges))
