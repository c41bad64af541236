"""What can be disturbed: the knobs, their ranges and the presets, as data; `docs/disturbances.md` has the table with sources.

`disturb` is a preset ("none", "mild", "hard"), knobs by name ({"wind": 3, "mass": 0.1}; with "preset" to begin from one), or
both as text ("mild,wind=3"). `disturb.py` has the functions that apply them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import SkyrallyError, unknown
from .records import F8, I8, Fields

SHARE, STEPS = "share", "steps"
PRESETS = ("none", "mild", "hard")


@dataclass(frozen=True)
class Knob:
    """One disturbance: 0 is off. `share`: drawn per world and episode from U(1 - x, 1 + x) times the nominal value."""

    name: str
    unit: str
    most: float  # the largest value taken
    mild: float
    hard: float
    meaning: str


KNOBS = {
    knob.name: knob
    for knob in (
        Knob("mass", SHARE, 0.5, 0.05, 0.15, "mass of the drones"),
        Knob("inertia", SHARE, 0.5, 0.1, 0.3, "principal inertias of the drones, each on its own"),
        Knob("thrust", SHARE, 0.5, 0.05, 0.15, "force of the rotors at a given throttle"),
        Knob("rotor_lag", SHARE, 0.9, 0.15, 0.4, "time constant of the rotors"),
        Knob("ball_mass", SHARE, 0.5, 0.05, 0.2, "mass of the ball"),
        Knob("restitution", SHARE, 0.25, 0.02, 0.1, "restitution of ball on racket and airframe"),
        Knob("action_delay", STEPS, 25, 0, 1, "control steps from an action to its effect"),
        Knob("observation_delay", STEPS, 25, 1, 2, "control steps from a state to its observation"),
        Knob("position_noise", "m", 1.0, 0.003, 0.01, "standard deviation of a drone's measured position, per axis"),
        Knob("velocity_noise", "m/s", 5.0, 0.01, 0.05, "the same of its velocity"),
        Knob("attitude_noise", "rad", 0.5, 0.005, 0.02, "the same of its attitude, as a rotation about each body axis"),
        Knob("rate_noise", "rad/s", 5.0, 0.02, 0.1, "the same of its body rates"),
        Knob("ball_noise", "m", 1.0, 0.003, 0.02, "the same of the ball's position"),
        Knob("ball_velocity_noise", "m/s", 5.0, 0.03, 0.15, "the same of the ball's velocity"),
        Knob("wind", "m/s", 20.0, 1.0, 4.0, "steady and level: direction any, speed U(0, x), per world and episode"),
        Knob("gust", "m/s", 10.0, 0.3, 1.0, "standard deviation of gusts along x and y; half of it along z"),
    )
}

DISTURB: Fields = [
    *((knob.name, I8 if knob.unit == STEPS else F8) for knob in KNOBS.values()),
    ("on", I8),  # 1: some knob is not 0
    ("noisy", I8),  # 1: some noise is not 0
]


def disturbances(given: Any) -> dict[str, float]:
    """Every knob's value. Raises SkyrallyError for unknown names, with the nearest ones, and for values out of range."""
    values = dict.fromkeys(KNOBS, 0.0)
    for name, value in _pairs(given):
        if name == "preset":
            if value not in PRESETS:
                raise unknown("disturb preset", value, PRESETS)
            values = {knob.name: 0.0 if value == "none" else getattr(knob, value) for knob in KNOBS.values()}
        elif name in KNOBS:
            values[name] = _checked(KNOBS[name], value)
        else:
            raise unknown("disturbance", name, [*PRESETS, *KNOBS])
    return values


def _pairs(given: Any) -> Iterable[tuple[str, Any]]:
    """(name, value) of each thing asked for; ("preset", name) first."""
    if given is None:
        return []
    if isinstance(given, str):
        words = [word.strip().partition("=") for word in given.split(",")]
        return [(name.strip(), value) if sign else ("preset" if name in PRESETS else name, name) for name, sign, value in words]
    if isinstance(given, Mapping):
        return sorted(given.items(), key=lambda pair: pair[0] != "preset")
    raise SkyrallyError(f"disturb is {given!r}; expected {', '.join(PRESETS)}, or knobs by name such as {{'wind': 3.0}}")


def _checked(knob: Knob, value: Any) -> float:
    try:
        number = np.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = np.nan
    if not 0.0 <= number <= knob.most or (knob.unit == STEPS and number != int(number)):
        kind = "a whole number" if knob.unit == STEPS else "a number"
        raise SkyrallyError(f"disturbance {knob.name!r} is {value!r}; expected {kind} from 0 to {knob.most:g} ({knob.unit})")
    return number


def write_disturbances(block: Any, given: Any) -> None:
    """Fills a record of DISTURB."""
    values = disturbances(given)
    for name, value in values.items():
        block[name] = value
    block["on"] = any(values.values())
    block["noisy"] = any(value for name, value in values.items() if name.endswith("_noise"))
