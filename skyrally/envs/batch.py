"""The batch environment: thousands of worlds behind one `step`, written straight into the caller's memory.

Letters: W worlds, N drones, O observation numbers, A action numbers. Arrays are NumPy; `.torch()` views the same memory.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from types import ModuleType
from typing import Any

import numpy as np

from ..errors import SkyrallyError
from ..physics.compile import announced, batch
from ..physics.control import ACTION_MODES, ACTION_SIZE
from ..physics.seeds import world_seeds
from ..scenarios.scenario import Scenario
from ..scenarios.sight import Sight
from ..scenarios.stage import Frame, Stage
from .arguments import finite_actions, mask_row, memory, seed_row, step_memory, whole
from .choices import DEFAULT_SET, DISCRETE, choices_of
from .crowd import Crowd
from .faults import compiling
from .rigging import NO_RIG, chunks_of, rigging
from .seats import Seats
from .step import Step

__all__ = ["BatchEnv", "Step"]

SKIP, RESET, LOOK, FORGET = range(4)  # what a restart does with a world: see physics/compile.py


class BatchEnv:
    """W worlds of one scenario. It never resets itself: reset the rows where `step.done` is true.

    A world that ended and was not reset stands still and pays nothing.
    """

    action_size = ACTION_SIZE
    semi_markov = False  # whether steps last as long as decisions do, and tell so (`Step.lasted`)

    def __init__(
        self,
        scenario: Scenario,
        worlds: int = 1,
        *,
        seed: int = 0,
        threads: int | None = None,
        view: str | None = None,
        action_mode: Any = None,
        discrete: Any = DEFAULT_SET,
        sight: Any = None,
        **options: Any,
    ):
        self.options = scenario.resolved(options)
        self.scenario = scenario = scenario.sized(scenario, self.options)
        self.num_worlds = whole("worlds", worlds, 1)
        self.num_drones = scenario.drones
        self.seed = whole("seed", seed, 0)
        self.params = scenario.configure(self.options)
        self._crowd = Crowd(scenario, self.num_worlds, self.params, threads) if scenario.swarm is not None else None
        self.worlds = np.zeros(self.num_worlds, scenario.world) if self._crowd is None else self._crowd.worlds
        world_seeds(self.seed, 0, self.worlds["seed"])
        for name, value in scenario.initial.items():
            self.worlds[name] = value
        self._sight = None if sight is None else Sight(sight, scenario)
        self.views = scenario.views if self._sight is None else self._sight.views
        self._all = np.ones(self.num_worlds, np.uint8)
        self.seats = Seats(scenario, self.worlds, self.views, choices_of(scenario, self.options, self.params, discrete))
        self._started = np.zeros(self.num_worlds, bool)
        self._all_started = False
        self._chunks = chunks_of(self.num_worlds, threads) if self._crowd is None else self._crowd.chunks
        self._rigging = rigging(self.worlds, self.params, len(self._chunks), ACTION_SIZE)
        self.assign(view=view or scenario.default_view, action_mode=action_mode or scenario.action_modes[0])
        self._step, self._restart, built = self._build()
        self._pool = ThreadPoolExecutor(len(self._chunks), "skyrally") if len(self._chunks) > 1 else None
        name = scenario.name + (" (disturbed)" if self._rigging else "")
        first = "step" if self._crowd is None else self._crowd.first_function
        with announced(name, built, first, pack=self.num_drones > 1), compiling(scenario, self.params):
            self._warm()

    @property
    def agents(self) -> tuple[str, ...]:
        """[N] names: red_0.., blue_0.. in matches, drone_0.. elsewhere."""
        return self.scenario.agents

    @property
    def layout(self) -> Any:
        """The widest layout among the views in use: its size is O; narrower rows are zero-padded."""
        return self.seats.layout

    @property
    def action_mode(self) -> str:
        """The action mode of the first drone (see `assign` for mixing them)."""
        return DISCRETE if self.seats.choosing[0, 0] else list(ACTION_MODES)[int(self.worlds["drones"]["mode"][0, 0])]

    @cached_property
    def stage(self) -> Stage:
        """What a picture needs to know."""
        return self.scenario.stage(self.options)

    @cached_property
    def terms(self) -> list[str]:
        """Names of the reward terms, in the order of `reward_terms`."""
        return [term.name for term in self.scenario.terms(self.options)]

    @property
    def reward_terms(self) -> np.ndarray:
        """[W, N, K] float64 view: the unweighted terms of the last step."""
        return self.worlds["drones"]["term"]

    @property
    def returns(self) -> np.ndarray:
        """[W, N, K] float64 view: weighted terms summed over the episode so far."""
        return self.worlds["drones"]["returns"]

    @property
    def alive(self) -> np.ndarray:
        """[W, N] int32 view of the worlds: 1 while the drone takes part."""
        return self.worlds["drones"]["alive"]

    @property
    def players(self) -> np.ndarray:
        """[W] how many drones there are in each world's episode: N, but in swarms with a population of their own."""
        return np.full(self.num_worlds, self.num_drones) if self._crowd is None else self.worlds["count"]

    @property
    def info(self) -> dict[str, np.ndarray]:
        """name -> [W] view of the worlds: the scenario's own numbers."""
        return {name: self.worlds[name] for name in self.scenario.info}

    def frame(self, world: int = 0) -> Frame:
        """A picture's moving part, of one world."""
        frame = self.scenario.picture(self.worlds[world], self.stage)
        frame.lines = self.scenario.narrate(self.worlds[world], self.stage)
        row = slice(world, world + 1)
        frame.world = self.worlds[row].copy() if self._rigging is None else self._rigging.snapshot(row)
        return frame

    def assign(self, *, team: int | None = None, view: Any = None, action_mode: Any = None, mask: Any = None) -> None:
        """Gives the drones of a team (None: all), in the worlds of `mask` [W] (None: all), a view or an action mode.

        Instead of one name, a mapping of agents or groups to names: `action_mode={"red": "ctbr", "blue_0": "discrete"}`.
        The observation buffers of the environment are made anew: O is the widest view in use.
        """
        self.seats.assign(team, view, action_mode, mask)
        self._own = self.buffers()
        self._own_is_new = False
        if self._rigging is not None and self._rigging.widen(self.layout.size) and self._started.any():
            self._run(self._restart, np.where(self._started, FORGET, SKIP).astype(np.uint8), self._own.obs)

    def buffers(self) -> Step:
        """Fresh memory for `step(out=...)`."""
        w, n = self.num_worlds, self.num_drones
        obs, reward = np.zeros((w, n, self.layout.size), np.float32), np.zeros((w, n), np.float32)
        return Step(obs, reward, np.zeros(w, bool), np.zeros(w, bool), self.alive)

    def reset(self, mask: Any = None, seeds: Any = None, out: Any = None) -> np.ndarray:
        """Resets the worlds of `mask` [W] (None: all) and returns obs [W, N, O], rows of other worlds unchanged.

        `seeds` [W] (or one number for all): new world seeds for the rows that are reset; their episode count starts anew.
        `out`: a float32 buffer [W, N, O] to write into instead of the environment's own.
        """
        obs = self._own.obs if out is None else self._observations(out)
        self._own_is_new = out is None
        what = self._all if mask is None else mask_row(mask, self.num_worlds)
        if seeds is not None:
            rows = what == 1
            self.worlds["seed"][rows] = seed_row(seeds, self.num_worlds)[rows]
            self.worlds["episode"][rows] = 0
        self._run(self._restart, what, obs)
        self._hide(obs, what)
        if not self._all_started:
            self._started |= what == 1
            self._all_started = bool(self._started.all())
        return obs

    def step(self, actions: Any, out: Step | None = None) -> Step:
        """One control step (20 ms with drones) of all worlds. actions: [W, N, A] floats in [-1, 1], NumPy or torch; clipped.

        Where all drones choose (action mode `discrete`): [W, N] whole numbers; where some do, the first of their A numbers.
        `out`: buffers of one's own, from `buffers()`; else the environment's, valid until the next step.
        Raises SkyrallyError for a wrong shape, a step before reset, and (outside matches) actions that are not finite.
        """
        if not self._all_started:
            raise SkyrallyError(f"step before reset: {int((~self._started).sum())} of {self.num_worlds} worlds were never reset")
        actions = self._actions(actions)
        result = self._own if out is None else step_memory(out, self._observations(out.obs))
        self._own_is_new = out is None
        self._run(self._step, actions, result.obs, *self._outputs(result))
        self._hide(result.obs, self._all)
        return result if out is None else out

    def observe(self, out: Any = None) -> np.ndarray:
        """obs [W, N, O] of the worlds as they are: after `restore`, or after worlds or seats were changed."""
        obs = self._own.obs if out is None else self._observations(out)
        self._own_is_new = self._own_is_new or out is None
        self._look(obs)
        self._hide(obs, self._all)
        return obs

    @property
    def masked(self) -> bool:
        """Whether drones see less than `state` tells: there is a `sight`."""
        return self._sight is not None

    def state(self, out: Any = None) -> np.ndarray:
        """[W, N * O] float32 for centralised critics: all drones' observations side by side. Valid until the next step.

        A `sight` hides nothing of it (flags are 1). `out`: then a float32 buffer [W, N, O] to write into.
        """
        if self._sight is not None:
            obs = np.zeros_like(self._own.obs) if out is None else self._observations(out)
            self._look(obs)
            self._hide(obs, self._all, self._sight.open_eye)
            return obs.reshape(self.num_worlds, -1)
        if not self._own_is_new:  # the last observations went into the caller's memory
            self.observe()
        return self._own.obs.reshape(self.num_worlds, -1)

    def action_mask(self) -> np.ndarray | None:
        """[W, N, K] bool: which choices are possible now (all are); None where no drone chooses: other modes mask nothing."""
        return np.ones((*self.seats.choosing.shape, len(self.seats.choices)), bool) if self.seats.any_choosing else None

    def snapshot(self) -> np.ndarray:
        """[W] a copy of the worlds: the whole truth (with delays also what is on its way)."""
        return self.worlds.copy() if self._rigging is None else self._rigging.snapshot()

    def restore(self, worlds: np.ndarray, mask: Any = None) -> np.ndarray:
        """Puts worlds [W] from a snapshot back, in the rows of `mask` (None: all). Returns obs [W, N, O]."""
        kind = self.worlds.dtype if self._rigging is None else self._rigging.carrier
        if not isinstance(worlds, np.ndarray) or worlds.dtype != kind or worlds.shape != self.worlds.shape:
            got = f"{worlds.shape} worlds of another kind" if isinstance(worlds, np.ndarray) else type(worlds).__name__
            raise SkyrallyError(f"this snapshot holds {got}; expected what snapshot() of {self.scenario.name} x {self.num_worlds} gives")
        rows = slice(None) if mask is None else mask_row(mask, self.num_worlds) == 1
        if self._rigging is None:
            self.worlds[rows] = worlds[rows]
        else:
            self._rigging.restore(worlds, rows)
        self.seats.refresh()
        self._started[rows] = self.worlds["episode"][rows] > 0  # a snapshot from before the first reset is no world to step
        self._all_started = bool(self._started.all())
        if self.layout.size > self._own.obs.shape[2]:  # the snapshot's drones had wider views
            self._own = self.buffers()
        return self.observe()

    def close(self) -> None:
        """Ends the worker threads."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None
            self._chunks = [(0, self.num_worlds)]

    @staticmethod
    def _outputs(step: Step) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return step.reward, step.terminated, step.truncated

    def _build(self) -> tuple[Any, Any, ModuleType]:
        """The compiled functions of a step and of a restart, and the module that holds them."""
        if self._crowd is not None:
            return self._crowd.step, self._crowd.restart, self._crowd.built
        return batch(self.scenario.name, self.scenario.module, self._rigging is not None)

    def _warm(self) -> None:
        """Calls the compiled functions for no world: compiles them if they were not yet."""
        if self._crowd is not None:
            self._crowd.warm(self._own.obs)
            return
        nothing = np.zeros((self.num_worlds, self.num_drones, ACTION_SIZE), np.float32)
        lead = self._leads()[0]
        self._step(*lead, nothing, self._own.obs, *self._outputs(self._own), 0, 0)
        self._restart(*lead, np.zeros(self.num_worlds, np.uint8), self._own.obs, 0, 0)

    def _run(self, function: Any, *arguments: Any) -> None:
        """Calls a compiled batch function over all worlds, in chunks on threads when there are many."""
        if self._crowd is not None and self._crowd.large:
            self._crowd.run(self._pool, *arguments)
            return
        self._spread(function, [(*lead, *arguments) for lead in self._leads()])

    def _look(self, obs: np.ndarray) -> None:
        """Writes the observations of the worlds as they are."""
        self._run(self._restart, np.full(self.num_worlds, LOOK, np.uint8), obs)

    def _hide(self, obs: np.ndarray, what: np.ndarray, eye: np.ndarray | None = None) -> None:
        """Masks what the drones do not see, where there is a `sight`; with another `eye` what that would not."""
        if self._sight is not None:
            eye = self._sight.eye if eye is None else eye
            self._spread(self._sight.hide, [(self.worlds, eye, self._sight.rows, what, obs)] * len(self._chunks))

    def _spread(self, function: Any, arguments: list[tuple[Any, ...]]) -> None:
        """`function` over all worlds, one chunk of them and one row of arguments per thread. Releases the GIL."""
        if self._pool is None:
            function(*arguments[0], 0, self.num_worlds)
            return
        jobs = zip(arguments, self._chunks, strict=True)
        for future in [self._pool.submit(function, *row, first, last) for row, (first, last) in jobs]:
            future.result()

    def _leads(self) -> list[tuple[Any, ...]]:
        """What a compiled function is given first, per thread: worlds, shared block, the thread's own memory."""
        if self._crowd is not None:
            return self._crowd.leads(len(self._chunks))
        rigs = [NO_RIG] * len(self._chunks) if self._rigging is None else self._rigging.rigs()
        return [(self.worlds, self.params, *rig) for rig in rigs]

    def _observations(self, out: Any) -> np.ndarray:
        """The caller's memory for observations."""
        return memory("observations", out, self._own.obs.shape, np.float32, wider=True)

    def _actions(self, actions: Any) -> np.ndarray:
        """[W, N, A] float32, contiguous. Checks shape and, where it is the user's mistake, finiteness."""
        shape = (self.num_worlds, self.num_drones, ACTION_SIZE)
        return finite_actions(self.seats.decided(actions), shape, self.agents, not self.scenario.stop_invalid)
