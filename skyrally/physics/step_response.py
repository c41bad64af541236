"""How an airframe answers a step of one axis of an action mode: rise, overshoot, settling, cross-coupling.

Every axis is measured in its action's own units (1: its limit), so that axes of different units compare.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .control import ACTION_MODES, settle
from .native import fly
from .params import CONTROL_DT, make_params
from .records import world_record
from .vec import body_x

AXES = {
    "rotor": ("thrust",),  # all four at once: the rotors' lag alone
    "ctbr": ("thrust", "roll rate", "pitch rate", "yaw rate"),
    "velocity": ("x", "y", "z", "yaw rate"),
    "waypoint": ("x", "y", "z", "heading"),
}
SECONDS = {"rotor": 1.0, "ctbr": 1.0, "velocity": 4.0, "waypoint": 8.0}
SETTLED = 0.05  # of the step
SETTLING = 250  # steps of hover before the step


@dataclass(frozen=True)
class Response:
    """One measured step. Shares are of the step's height."""

    airframe: str
    mode: str
    axis: str
    rise: float  # s from 10 % to 90 %
    overshoot: float  # share beyond the target
    settle: float  # s until it stays within 5 %
    error: float  # share left at the end
    coupling: float  # largest excursion of another axis, in that axis's action units over the step's


def measure(airframe: str, mode: str, axis: int, step: float = 0.3, physics: str = "benchmark") -> Response:
    """Steps one axis of a hovering drone by `step` action units and watches all axes."""
    signals = record_step(airframe, mode, axis, step, physics)
    own = signals[:, axis] / step
    others = np.delete(signals, axis, axis=1) / abs(step)
    late = np.flatnonzero(np.abs(own - 1.0) > SETTLED)
    return Response(
        airframe=airframe,
        mode=mode,
        axis=AXES[mode][axis],
        rise=_crossing(own, 0.9) - _crossing(own, 0.1),
        overshoot=max(float(own.max()) - 1.0, 0.0),
        settle=CONTROL_DT * float(late[-1] + 1 if len(late) else 0),
        error=abs(float(own[-1]) - 1.0),
        coupling=float(np.abs(others).max()) if others.size else 0.0,
    )


def record_step(airframe: str, mode: str, axis: int, step: float, physics: str = "benchmark") -> np.ndarray:
    """[T + 1, axes] what the axes do, from 0 before the step to `step` in the end."""
    params = make_params(physics=physics, airframe=airframe)[0]
    world = np.zeros(1, world_record(1, ball=False))[0]
    drone, rest = world.drones[0], 2.0 * params.airframe.hover**2 - 1.0
    drone.quat[0] = drone.up[2] = 1.0
    drone.pos[2] = 0.5 * params.airframe.zone[2] if mode == "waypoint" else 100.0
    settle(drone, params.airframe)
    drone.mode = ACTION_MODES["velocity"]
    for _ in range(SETTLING):  # arms of unequal length hover with unequal rotors: to rest first
        fly(world, params, np.zeros((1, 4)))
    drone.mode = ACTION_MODES[mode]
    start = _state(drone, params, mode)
    still = {"rotor": [rest] * 4, "ctbr": [rest, 0.0, 0.0, 0.0], "velocity": [0.0] * 4, "waypoint": start}[mode]
    action = np.array([still], float)
    action[0, slice(None) if mode == "rotor" else axis] += step
    rows = [start - start]
    for _ in range(round(SECONDS[mode] / CONTROL_DT)):
        fly(world, params, action)
        rows.append(_state(drone, params, mode) - start)
    return np.array(rows)[:, : len(AXES[mode])]


def _state(drone: np.record, params: np.record, mode: str) -> np.ndarray:
    """[4] what the mode's axes are now, in action units."""
    frame = params.airframe
    if mode in ("rotor", "ctbr"):
        return np.array([drone.thrust / (2.0 * frame.max_force) - 1.0, *(drone.rate / frame.rate_limit)])
    if mode == "velocity":
        return np.array([*(drone.vel / frame.speed_limit), drone.rate[2] / frame.rate_limit[2]])
    nose = body_x(tuple(drone.quat))
    x, y, z = drone.pos / frame.zone
    return np.array([x, y, 2.0 * z - 1.0, np.arctan2(nose[1], nose[0]) / np.pi])


def _crossing(signal: np.ndarray, level: float) -> float:
    """s: when the signal first reaches a level, between samples; infinite when it never does."""
    above = np.flatnonzero(signal >= level)
    if not len(above):
        return float("inf")
    k = int(above[0])
    return CONTROL_DT * float(k - (signal[k] - level) / (signal[k] - signal[k - 1]))
