"""What a scenario is: a module of compiled functions and the tables that describe it.

The module named by `Scenario.module` holds four compiled functions of one world:
`reset(world, params)`, `advance(world, params, actions)`, `referee(world, params, reward)`, `observe(world, params, i, out)`.
Everything else here is data: fields of the record, layouts, reward terms, options.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..errors import SkyrallyError, checked_options, unknown
from ..physics.vec import fn, write
from .frames import frame_of
from .stage import Frame, Stage

# What a field may show: the ball, the other drones of the team, the whole team with oneself, the other team.
BALL, MATES, OURS, FOES = "ball", "mates", "ours", "foes"


@dataclass(frozen=True)
class Field:
    """A named part of an observation. `shows`: whose numbers these are, equally many for each, for `sight` to hide."""

    name: str
    size: int
    unit: str = "-"
    frame: str = "-"
    low: float = -np.inf
    high: float = np.inf
    shows: tuple[str, ...] = ()


class Layout:
    """The named fields of one view, in order."""

    def __init__(self, name: str, fields: list[Field]):
        self.name = name
        self.fields = fields
        self.slices: dict[str, slice] = {}
        at = 0
        for part in fields:
            self.slices[part.name] = slice(at, at + part.size)
            at += part.size
        self.size = at

    def __getitem__(self, name: str) -> slice:
        """The slice of the last observation axis that holds the field."""
        if name not in self.slices:
            raise unknown("observation field", name, self.slices)
        return self.slices[name]

    def at(self, number: int) -> str:
        """The name of the field that an observation's number belongs to, with its place in it."""
        for name, part in self.slices.items():
            if part.start <= number < part.stop:
                return f"{name}[{number - part.start}]"
        return f"number {number} (no field)"

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """([O], [O]) float32: low and high."""
        low = np.concatenate([np.full(f.size, f.low, np.float32) for f in self.fields])
        high = np.concatenate([np.full(f.size, f.high, np.float32) for f in self.fields])
        return low, high


@dataclass(frozen=True)
class Term:
    """A named reward term and its default weight. Shaping terms are what `shaping=False` turns off."""

    name: str
    weight: float
    meaning: str
    shaping: bool = False


@dataclass(frozen=True)
class Metric:
    """What the scenario is judged by: a field of the world record, read at the end of an episode."""

    name: str
    field: str
    meaning: str
    lower_is_better: bool = False


@dataclass(frozen=True)
class Published:
    """A result that was published for the scenario's metric."""

    value: float
    by: str  # who: the learner
    spread: float | None = None  # over the published seeds

    def __str__(self) -> str:
        return f"{self.value:g} {'' if self.spread is None else f'± {self.spread:g} '}({self.by})"


@dataclass(frozen=True)
class Scenario:
    """One scenario. `configure(options)` gives the shared block, `stage(options)` the picture's still part."""

    name: str
    summary: str
    family: str  # match, drill, game or swarm
    module: str
    world: np.dtype
    agents: tuple[str, ...]
    teams: tuple[int, ...]
    views: Mapping[str, Layout]  # in the order of the record's view numbers
    terms: Callable[[Mapping[str, Any]], list[Term]]
    metric: Metric
    options: Mapping[str, Any]  # name -> default
    configure: Callable[[Mapping[str, Any]], np.ndarray]
    stage: Callable[[Mapping[str, Any]], Stage]
    action_modes: tuple[str, ...] = ("rotor", "ctbr", "velocity", "waypoint", "discrete")
    narrate: Callable[[np.record, Stage], list[str]] = field(default=lambda world, stage: [])
    stop_invalid: bool = False  # True: an action that is not finite is a fault in the game; False: an error
    info: tuple[str, ...] = ()  # fields of the world record that step reports
    yardstick: str = "hover"  # the spec of the player one watches or compares with by default
    published: tuple[Published, ...] = ()  # the best first
    practice: tuple[str, ...] = ()  # options that make starts to learn from: training has them, evaluations never
    initial: Mapping[str, int] = field(default_factory=dict)  # fields that no reset sets, and their first value
    choices: Callable[[Mapping[str, Any]], tuple[str, ...]] | None = None  # what players choose from, in words; None: drones, see envs
    picture: Callable[[np.record, Stage], Frame] = frame_of  # a world's moment, without its lines
    crash: str = ""  # a field of the world record that is above 0 at the end of an episode with an accident; none: no accidents
    swarm: tuple[np.dtype, np.dtype] | None = None  # of a swarm: the records of a world's head and of a drone (physics/swarm_records.py)
    sized: Callable[[Scenario, Mapping[str, Any]], Scenario] = lambda scenario, options: scenario  # the scenario for these options' number
    alike: Callable[[Mapping[str, Any]], bool] = lambda options: True  # whether one policy can play either side, given the options

    @property
    def drones(self) -> int:
        return len(self.agents)

    @property
    def default_view(self) -> str:
        return next(iter(self.views))

    def resolved(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The options with their defaults. Raises for unknown names, with the nearest ones."""
        checked_options(f"option of {self.name}", given, self.options)
        return {**self.options, **given}

    def judged(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """The options that an agent is judged with: without those that only make practice starts."""
        return {name: value for name, value in options.items() if name not in self.practice}


def set_weights(block: np.ndarray, terms: list[Term], options: Mapping[str, Any]) -> None:
    """Writes the terms' weights into `params.weight`: defaults, less shaping if it is off, then the user's own."""
    known = {term.name: k for k, term in enumerate(terms)}
    row = block["weight"][0]
    for k, term in enumerate(terms):
        row[k] = 0.0 if term.shaping and not options["shaping"] else term.weight
    weights = options["weights"] or {}
    if not isinstance(weights, Mapping):
        raise SkyrallyError(
            f"weights is {weights!r}; expected a mapping of reward terms to numbers, for example {{'{terms[0].name}': 1.0}}"
        )
    for name, weight in weights.items():
        if name not in known:
            raise unknown("reward term", name, known)
        if not isinstance(weight, (int, float)) or not np.isfinite(weight):
            raise SkyrallyError(f"weight of reward term {name!r} is {weight}; expected a finite number")
        row[known[name]] = weight


def choice(options: Mapping[str, Any], name: str, values: tuple[str, ...]) -> int:
    """The index of an option's value among `values`; an error that names the nearest for any other."""
    if options[name] not in values:
        raise unknown(name, options[name], values)
    return values.index(options[name])


def steps_of(options: Mapping[str, Any], name: str, default: int) -> int:
    """A positive number of steps, or the default for None."""
    value = default if options[name] is None else options[name]
    if not isinstance(value, (int, np.integer)) or value < 1:
        raise SkyrallyError(f"{name} is {value!r}; expected a whole number of steps, 1 or more")
    return int(value)


def number(options: Mapping[str, Any], name: str, low: float = -np.inf, high: float = np.inf) -> float:
    """A finite number from `low` to `high`."""
    value = options[name]
    plain = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    if not plain or not np.isfinite(value) or not low <= value <= high:
        span = "" if (low, high) == (-np.inf, np.inf) else f" from {low:g} to {high:g}" if high < np.inf else f", {low:g} or more"
        raise SkyrallyError(f"{name} is {value!r}; expected a finite number{span}")
    return float(value)


@fn
def pay(drone, params, terms):
    """Books a drone's terms: keeps them raw in `term`, adds them weighted to `returns`; gives the weighted sum."""
    total = 0.0
    write(drone.term, 0, terms)
    for k in range(len(terms)):
        gain = params.weight[k] * drone.term[k]
        drone.returns[k] += gain
        total += gain
    return total
