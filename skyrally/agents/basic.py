"""The plainest players: random actions, and hovering in place."""

from __future__ import annotations

import numpy as np

from ..errors import SkyrallyError
from ..physics.airframes import IRIS
from ..physics.rng import GOLDEN
from ..physics.seeds import scramble
from ..scenarios.scenario import Scenario
from .agent import Agent

HOVER = 2.0 * IRIS.hover() ** 2 - 1.0  # rotor action that carries the weight


def hover_action(params: np.ndarray, mode: str, size: int = 4) -> np.ndarray:
    """[size] float32: the action that carries a level drone's weight, where the mode speaks of thrust; else zeros.

    params: the shared block of a BatchEnv.
    """
    airframe = params["airframe"][0]
    weight = 4.0 * airframe["hover"] ** 2 * airframe["max_force"]  # N
    action = np.zeros(size, np.float32)
    if mode == "rotor":  # unequal arms need unequal thrusts
        action[:] = 2.0 * airframe["mixer"][:, 0] * weight / airframe["max_force"] - 1.0
    elif mode == "ctbr":
        action[0] = 2.0 * airframe["hover"] ** 2 - 1.0
    return action


class Random(Agent):
    """Uniform actions: a hash of (seed, row, steps since the row's memory was zeroed), the same whatever the batch size and chunks."""

    memory_size = 1  # steps so far

    def __init__(self, seed: int = 0, action_mode: str = "rotor"):
        self.name, self.action_mode = "random", action_mode
        self._seed = scramble(np.array([seed], np.uint64) + GOLDEN)

    def act(self, obs: np.ndarray, memory: np.ndarray, out: np.ndarray) -> None:
        rows, width = out.shape
        row = np.arange(self.first_row, self.first_row + rows, dtype=np.uint64)
        key = row[:, None] * np.uint64(width) + np.arange(width, dtype=np.uint64)
        key = scramble(key * GOLDEN ^ self._seed) + memory[:, :1].astype(np.uint64)
        out[:] = (scramble(key * GOLDEN + GOLDEN) >> np.uint64(40)).astype(np.float32) * np.float32(2.0**-23) - np.float32(1.0)
        memory += 1.0


class Hover(Agent):
    """Holds its place with a position and attitude controller; where the layout names no place, it gives the hover thrust."""

    action_mode = "ctbr"

    def __init__(self, scenario: Scenario):
        if self.action_mode not in scenario.action_modes:
            raise SkyrallyError(f"hover flies drones and {scenario.name} has none; try {scenario.yardstick}")
        self.name = "hover"
        self.view = "match" if "match" in scenario.views else scenario.default_view
        layout = scenario.views[self.view]
        self._fields = {name: layout.slices[name] for name in ("position", "quaternion", "velocity") if name in layout.slices}
        self._place = next((name for name in ("anchor", "from_anchor", "to_target") if name in layout.slices), None)
        self._place_slice = layout.slices[self._place] if self._place else slice(0, 0)

    def act(self, obs: np.ndarray, memory: np.ndarray, out: np.ndarray) -> None:
        place = obs[:, self._place_slice].astype(float)
        if self._place == "anchor":
            gap = place - obs[:, self._fields["position"]]
        else:
            gap = place if self._place == "to_target" else -place
        hold_rows(gap, obs[:, self._fields["velocity"]].astype(float), obs[:, self._fields["quaternion"]].astype(float), out)


class Still(Agent):
    """Hover in a swarm: asks for no velocity and no turning, so drones stay within centimetres of where they are."""

    action_mode = "velocity"

    def __init__(self, scenario: Scenario):
        if self.action_mode not in scenario.action_modes:
            raise SkyrallyError(f"hover stands still and the drones of {scenario.name} always go; try {scenario.yardstick} or random")
        self.name, self.view = "hover", scenario.default_view

    def act(self, obs: np.ndarray, memory: np.ndarray, out: np.ndarray) -> None:
        out[:] = 0.0


def hover(scenario: Scenario) -> Agent:
    """The agent that holds its place in a scenario."""
    return Hover(scenario) if scenario.swarm is None else Still(scenario)


def hold_rows(gap: np.ndarray, vel: np.ndarray, quat: np.ndarray, out: np.ndarray) -> None:
    """Writes ctbr actions [B, 4] that close `gap` [B, 3] m: pilot.fly_to over plain arrays, for a cold start without compiling."""
    gap = gap * np.minimum(1.0, 1.5 / np.maximum(np.linalg.norm(gap, axis=1, keepdims=True), 1e-9))
    force = 6.0 * gap - 4.0 * vel + (0.0, 0.0, 9.81)
    force[:, 2] = np.maximum(force[:, 2], 2.0)
    up = force / np.linalg.norm(force, axis=1, keepdims=True)
    aim = to_body_rows(quat, up)
    sine = np.hypot(aim[:, 0], aim[:, 1])
    gain = 9.0 * np.arctan2(sine, aim[:, 2]) / np.maximum(sine, 1e-9) / IRIS.rate_limit[0]
    body_z = 1.0 - 2.0 * (quat[:, 1] ** 2 + quat[:, 2] ** 2)
    out[:, 0] = 2.0 * IRIS.mass * force[:, 2] / np.maximum(body_z, 0.5) / (4.0 * IRIS.max_force) - 1.0
    out[:, 1] = -gain * aim[:, 1]
    out[:, 2] = gain * aim[:, 0]
    out[:, 3] = 0.0
    np.clip(out, -1.0, 1.0, out=out)


def to_body_rows(quat: np.ndarray, v: np.ndarray) -> np.ndarray:
    """[B, 3] world vectors in body coordinates."""
    u = -quat[:, 1:]
    t = 2.0 * np.cross(u, v)
    return v + quat[:, :1] * t + np.cross(u, t)
