"""The Gymnasium door for one drone: a scenario's only world as an Env. `vector.py` has the one for many worlds."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium.spaces import Box

from ..errors import SkyrallyError, checked_options
from ..scenarios.registry import SCENARIOS, find
from ..scenarios.scenario import Scenario
from . import doors, spaces
from .action_row import action_row
from .registration import register_all
from .reset_options import ResetOptions
from .viewer import FPS, RENDER_MODES, Viewed, Viewer

register_all()


def single_drone(scenario: str | Scenario, options: dict[str, Any], door: tuple[str, ...]) -> Scenario:
    """The scenario, if it has one drone and knows the options (beside those of the `door`). Raises SkyrallyError."""
    found = find(scenario) if isinstance(scenario, str) else scenario
    if found.drones != 1:
        singles = ", ".join(name for name, known in SCENARIOS.items() if known.drones == 1)
        raise SkyrallyError(
            f"{found.name} has {found.drones} drones and Gymnasium knows one agent; "
            f"use skyrally.parallel_env({found.name!r}), or one of: {singles}"
        )
    checked_options(f"option of {found.name}", options, [*found.options, *doors.BATCH_OPTIONS, *door])
    return found


class SingleDroneEnv(Viewed, gymnasium.Env):
    """One world of a scenario with one drone, for Gymnasium.

    `render_mode`: None, "human" (a window) or "rgb_array". `max_cycles`: steps until truncation (None: the scenario's own).
    `options`: what `skyrally.make` takes, `seed` included; without `seed` the first unseeded reset starts anywhere.
    """

    metadata = {"render_modes": list(RENDER_MODES), "render_fps": FPS}  # noqa: RUF012 (Gymnasium's own form)

    def __init__(self, scenario: str | Scenario, render_mode: str | None = None, max_cycles: int | None = None, **options: Any):
        self.scenario = single_drone(scenario, options, ("seed", "render_mode"))
        self.batch = doors.make(self.scenario, max_cycles=max_cycles, **{"seed": spaces.fresh_seed(), **options})
        self.render_mode = render_mode
        self.observation_space: Box = spaces.observation_space(self.batch.layout)
        self.action_space: gymnasium.Space = spaces.action_space(self.batch, 0)
        self._choices = len(self.batch.seats.choices) if self.batch.seats.any_choosing else 0
        self._viewer = None if render_mode is None else Viewer(self.batch, render_mode)
        self._options = ResetOptions(self.batch)
        self._fields = [(name, self.batch.worlds[name]) for name in self.scenario.info]
        self._ended = False

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[np.ndarray, dict[str, Any]]:
        """A new episode: (obs [O] float32, info). With `seed` the same one each time. `options`: see `reset_options`."""
        seeds = None if seed is None else spaces.world_seed(seed)
        super().reset(seed=seed)
        known = self._options.known(options)
        snapshot = self._options.snapshot(known)
        if snapshot is not None:
            obs = self.batch.restore(snapshot)
        else:
            with self._options.applied(known):
                obs = self.batch.reset(seeds=seeds)
        self._ended = False
        if self._viewer is not None:
            self._viewer.observe()
        return obs[0, 0].copy(), self._info()

    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """One control step (20 ms). `action`: four floats in [-1, 1], or the number of a choice.

        Raises SkyrallyError for any other, and after the end.
        """
        if self._ended:
            raise SkyrallyError("the episode is over: call reset() before the next step")
        row = action_row(self.scenario.agents[0], action, self._choices)
        result = self.batch.step(row.reshape(1, 1, -1))
        terminated, truncated = bool(result.terminated[0]), bool(result.truncated[0])
        self._ended = terminated or truncated
        if self._viewer is not None:
            self._viewer.observe()
        return result.obs[0, 0].copy(), float(result.reward[0, 0]), terminated, truncated, self._info()

    def snapshot(self) -> np.ndarray:
        """[1] a copy of the world: give it back as `reset(options={"snapshot": ...})`."""
        return self.batch.snapshot()

    def _info(self) -> dict[str, Any]:
        return {name: values.item() for name, values in self._fields}
