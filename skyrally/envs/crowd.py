"""The memory of a batch of swarms, and how their steps are shared out among threads.

Worlds of fewer than LARGE drones: each thread steps a range of worlds by one compiled function. Larger worlds go phase by phase: each
thread with a range of the worlds, or, where worlds are few, all threads with a range of one world's drones. Which of them depends on
the number of drones only, so neither the number of worlds nor that of threads changes a bit of the results.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any

import numpy as np

from ..physics.cells import make_cells
from ..physics.swarm_batch import swarm_batch
from ..physics.swarm_records import PHYSICAL, views
from ..scenarios.scenario import Scenario
from .arguments import whole
from .rigging import cores, ranges

PER_THREAD = 512  # drones in all, fewer of which are not worth waking another thread
LARGE = 1024  # drones of a world that is worth being shared out
GO = 3  # what a world does: step (see physics/swarm_batch.py)


class Crowd:
    """W worlds of N drones: one array of whole records, the views of it that compiled code sees, a cell list per thread."""

    def __init__(self, scenario: Scenario, worlds: int, params: np.ndarray, threads: int | None):
        assert scenario.swarm is not None
        self._params, self._drones = params, scenario.drones
        params["view_sizes"][0, : len(scenario.views)] = [layout.size for layout in scenario.views.values()]
        memory = np.zeros(worlds + 1, scenario.world)  # one more than there are: see `views`
        self.worlds = memory[:worlds]
        self._views = views(memory, *scenario.swarm)
        free = min(cores(), worlds * self._drones // PER_THREAD) if threads is None else whole("threads", threads, 0)
        self.large = self._drones >= LARGE
        self._wide = self.large and worlds < 2 * free
        self.chunks = ranges(self._drones if self._wide else worlds, max(1, min(free, self._drones if self._wide else worlds)))
        self._cells = [make_cells(self._drones) for _ in range(1 if self._wide else len(self.chunks))]
        self.built: ModuleType = swarm_batch(scenario.name, scenario.module)
        self._go = np.full(worlds, GO, np.uint8)
        self._idle = (np.zeros((worlds, self._drones, 4), np.float32), *self._outputs())

    def _outputs(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        worlds = len(self.worlds)
        return np.zeros((worlds, self._drones), np.float32), np.zeros(worlds, bool), np.zeros(worlds, bool)

    @property
    def first_function(self) -> str:
        """The compiled function that tells whether this form was compiled before."""
        return "move_part" if self.large else "step"

    def leads(self, threads: int) -> list[tuple[Any, ...]]:
        """What compiled functions are given first, per thread."""
        return [(*self._views, self._params, cells) for cells in self._cells[:threads]]

    def step(self, heads: Any, drones: Any, params: Any, cells: Any, actions: np.ndarray, obs: np.ndarray, *rest: Any) -> None:
        """A step of small worlds. `rest`: reward, terminated, truncated, first, last."""
        self.built.step(heads, drones, params, cells, self._go, actions, obs, *rest)

    def restart(self, heads: Any, drones: Any, params: Any, cells: Any, what: np.ndarray, obs: np.ndarray, first: int, last: int) -> None:
        """Resets and observes small worlds."""
        actions, *outputs = self._idle
        self.built.step(heads, drones, params, cells, what, actions, obs, *outputs, first, last)

    def warm(self, obs: np.ndarray) -> None:
        """Compiles what this form needs."""
        actions, *outputs = self._idle
        if not self.large:
            self.built.step(*self.leads(1)[0], self._go, actions, obs, *outputs, 0, 0)
            return
        lead, built = self.leads(1)[0], self.built
        built.reset_part(*lead, -1)
        built.list_part(*lead, -1, False)
        built.judge_part(*lead, actions, outputs[0], -1)
        built.move_part(*lead, actions, 0, 0, 0, 0, 0)
        built.couple_part(*lead, 0, 0, 0)
        for function in (built.touch_part, built.sense_part):
            function(*lead, 0, 0, 0)
        built.look_part(*lead, obs, 0, 0, 0)

    def run(self, pool: ThreadPoolExecutor | None, *arguments: Any) -> None:
        """Large worlds: a step (actions, obs, reward, terminated, truncated) or a restart (what, obs)."""
        if self._wide or pool is None:
            chunks = self.chunks if pool is not None else [(0, self._drones)]
            self._run_worlds(Phases(self.built, self.leads(1)[0], self._params[0], pool, chunks), (0, len(self.worlds)), arguments)
            return
        whole_world = [(0, self._drones)]
        jobs = [
            pool.submit(self._run_worlds, Phases(self.built, lead, self._params[0], None, whole_world), chunk, arguments)
            for lead, chunk in zip(self.leads(len(self.chunks)), self.chunks, strict=True)
        ]
        for job in jobs:
            job.result()

    def _run_worlds(self, phases: Phases, worlds: tuple[int, int], arguments: tuple[Any, ...]) -> None:
        for k in range(*worlds):
            if len(arguments) == 2:
                what, obs = arguments
                if what[k]:
                    phases.restart(k, what[k] == 1, obs)
            else:
                phases.step(self.worlds[k], k, *arguments)


class Phases:
    """The phases of one world after the other; with a pool each phase is shared out by ranges of drones."""

    def __init__(
        self, built: ModuleType, lead: tuple[Any, ...], params: Any, pool: ThreadPoolExecutor | None, chunks: list[tuple[int, int]]
    ):
        self._built, self._lead, self._pool, self._chunks = built, lead, pool, chunks
        self._ticks, self._physical = int(params["ticks"]), int(params["collisions"]) == PHYSICAL
        self._linked = int(params["linked"]) == 1

    def step(
        self, world: Any, k: int, actions: np.ndarray, obs: np.ndarray, reward: np.ndarray, terminated: np.ndarray, truncated: np.ndarray
    ) -> None:
        """World k: what the compiled `step` does."""
        reward[k] = 0.0
        going = world["terminated"] == 0 and world["truncated"] == 0
        if going:
            world["step"] += 1
            self._move(k, actions)
        self._built.list_part(*self._lead, k, False)
        if going:
            moving = int(world["moving"])
            self._all(self._built.sense_part, k)
            self._built.judge_part(*self._lead, actions, reward, k)
            if world["moving"] != moving:
                self._built.list_part(*self._lead, k, False)
        terminated[k], truncated[k] = world["terminated"], world["truncated"]
        self._all(self._built.look_part, obs, k)

    def restart(self, k: int, fresh: bool, obs: np.ndarray) -> None:
        """World k: resets it if it is to begin, and observes."""
        if fresh:
            self._built.reset_part(*self._lead, k)
        self._built.list_part(*self._lead, k, False)
        if fresh:
            self._all(self._built.sense_part, k)
        self._all(self._built.look_part, obs, k)

    def _move(self, k: int, actions: np.ndarray) -> None:
        if not self._physical and not self._linked:
            self._all(self._built.move_part, actions, k, 0, self._ticks)
            return
        for tick in range(self._ticks):
            self._all(self._built.move_part, actions, k, tick, tick + 1)
            if self._linked:
                self._all(self._built.couple_part, k)
            if self._physical:
                self._built.list_part(*self._lead, k, True)
                self._all(self._built.touch_part, k)

    def _all(self, function: Callable, *arguments: Any) -> None:
        """A phase for all drones. The calling thread takes the last range itself. Releases the GIL."""
        others = self._chunks[:-1]
        futures = [self._pool.submit(function, *self._lead, *arguments, *part) for part in others] if self._pool else []
        function(*self._lead, *arguments, *self._chunks[-1])
        for future in futures:
            future.result()
