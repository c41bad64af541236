"""What swarm scenarios share: options, the shared block, the scenario for any number of drones, stage and picture."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from ..errors import SkyrallyError
from ..physics.airframes import AIRFRAMES
from ..physics.manifolds import OPEN
from ..physics.params import CONTROL_DT, make_params
from ..physics.records import Fields, record
from ..physics.swarm import POINT_SECONDS
from ..physics.swarm_records import COLLISIONS, PHYSICAL, SIZES, SWARM_PARAMS, parts_of, swarm_record
from ..physics.vec import clip, fn
from .parts import stage_of
from .populations import populated
from .scenario import Scenario, Term, choice, set_weights, steps_of
from .stage import Disc, Frame, Stage

MOST = 1_000_000  # drones in a world
VALUES = record(SWARM_PARAMS)["sizes"].shape[0]  # of a population
MODES = ("quadrotor", "point")
FLOWN = ("velocity", "ctbr", "rotor", "waypoint", "discrete")  # action modes of swarms whose drones are flown directly
DRAWN = 0.022  # of the domain's side: drones are never drawn smaller (their radius)
MANY = 24  # drones up to which pictures show what they are; of more, arrows
SWARM_INFO = ("count", "moving", "hits", "collision_rate", "min_separation", "effort")
SWARM_OPTIONS = {
    "population": None,
    "collisions": None,  # what the scenario says for its drones; none for points
    "size": "density",
    "physics": "benchmark",
    "airframe": "crazyflie",
    "substeps": None,
    "gravity": 9.81,
    "shaping": True,
    "weights": None,
    "max_cycles": None,
    "disturb": "none",  # nothing else: see `_check_disturb`
}


@cache
def names(count: int) -> tuple[str, ...]:
    """drone_0 and so on."""
    return tuple(f"drone_{k}" for k in range(count))


@fn
def size_of(action):
    """The norm of an action row [4], clipped."""
    total = 0.0
    for k in range(4):
        u = clip(float(action[k]), -1.0, 1.0)
        total += u * u
    return math.sqrt(total)


@fn
def mean_size(world, drones, actions):
    """Mean over the drones of the norm of their actions, 0 of those that take no part."""
    total = 0.0
    for i in range(world.count):
        total += size_of(actions[i]) if drones[i].alive == 1 else 0.0
    return total / world.count


Roles = Callable[[Mapping[str, Any]], tuple[tuple[str, ...], tuple[int, ...]]]


def agents_of(options: Mapping[str, Any]) -> int:
    """The number of drones there is room for in a world: the option `agents`."""
    count = options["agents"]
    if not isinstance(count, (int, np.integer)) or isinstance(count, bool) or not 1 <= count <= MOST:
        raise SkyrallyError(f"agents is {count!r}; expected a whole number from 1 to {MOST:,}")
    return int(count)


def sized(scenario: Scenario, options: Mapping[str, Any]) -> Scenario:
    """The scenario with as many drones as its options say: names, teams and record; nothing compiled knows the number."""
    count = agents_of(options)
    if count == len(scenario.agents):
        return scenario
    assert scenario.swarm is not None
    return replace(scenario, agents=names(count), teams=(0,) * count, world=swarm_record(count, *scenario.swarm))


def alike(options: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Names and colours of drones that are all the same."""
    count = agents_of(options)
    return names(count), (0,) * count


def _called(scenario: Scenario, agents: tuple[str, ...]) -> Scenario:
    return scenario if agents == scenario.agents else replace(scenario, agents=agents)


def swarm_params(
    fields: Fields,
    terms: list[Term],
    options: Mapping[str, Any],
    *,
    side: tuple[float, float, float],
    count: int,
    reach: float,
    horizon: int,
    ticks: int = 1,
    dims: int = 2,
    manifold: int = OPEN,
    point: bool = False,
    collisions: str = "penalty",
) -> np.ndarray:
    """[1] the shared block of a swarm. `side`: m, the domain of `count` drones, which grows with their number along `dims` axes unless
    the option size says domain. `reach`: m, how far drones see. `horizon`: decisions, of `ticks` control steps each. `collisions`: of
    drones, unless the option says otherwise.
    """
    physics = {name: options[name] for name in ("physics", "airframe", "substeps", "gravity")}
    block = make_params([*SWARM_PARAMS, *fields], **physics)
    row = block[0]
    row["ticks"], row["point"], row["manifold"], row["reach"] = ticks, point, manifold, reach
    given = options["collisions"] or ("none" if point else collisions)
    row["collisions"] = choice({"collisions": given}, "collisions", COLLISIONS)
    row["contact"] = 2.0 * AIRFRAMES[options["airframe"]].body_radius
    row["base_side"], row["dims"] = side, dims
    row["base_count"] = float(count) if choice(options, "size", SIZES) == 0 else 0.0
    row["max_steps"] = steps_of(options, "max_cycles", horizon)
    if "weight" in (block.dtype.names or ()):
        set_weights(block, terms, options)
    _check_disturb(options)
    _set_population(row, options)
    _check_room(row, options, side, dims)
    return block


def _check_disturb(options: Mapping[str, Any]) -> None:
    if options["disturb"] not in ("none", None):
        raise SkyrallyError(f"disturb is {options['disturb']!r}; swarms fly undisturbed, unlike drills and matches; leave disturb out")


def sizes_of(options: Mapping[str, Any]) -> list[int]:
    """How many drones an episode may have: all, one number, the ends of a range, or a list (for names see `populated`)."""
    most, asked = agents_of(options), options["population"]
    sizes: list[Any] = [most if asked is None else asked]
    if isinstance(asked, Mapping) and set(asked) == {"low", "high"}:
        sizes = [asked["low"], asked["high"]]
    elif isinstance(asked, Mapping) and set(asked) == {"values"}:
        sizes = list(asked["values"])
    whole = all(isinstance(size, (int, np.integer)) and not isinstance(size, bool) and 1 <= size <= most for size in sizes)
    falling = whole and isinstance(asked, Mapping) and "low" in asked and sizes[0] > sizes[1]
    if not whole or falling or not 1 <= len(sizes) <= VALUES:
        raise SkyrallyError(
            f"population is {asked!r}; expected numbers of drones from 1 to agents ({most}): one, "
            f"{{'low': ..., 'high': ...}}, {{'values': [...]}} with at most {VALUES}, or a split's name such as train"
        )
    return sizes


def _set_population(row: Any, options: Mapping[str, Any]) -> None:
    sizes = sizes_of(options)
    row["least"], row["most"] = min(sizes), max(sizes)
    if isinstance(options["population"], Mapping) and "values" in options["population"]:
        row["n_sizes"] = len(sizes)
        row["sizes"][: len(sizes)] = sizes


def _check_room(row: Any, options: Mapping[str, Any], side: tuple[float, float, float], dims: int) -> None:
    """In a domain of fixed size, drones that may not touch need a cell each to start from."""
    if row["point"] or row["base_count"] > 0 or row["collisions"] != PHYSICAL:
        return
    fit = int(min(side[:dims]) / float(row["contact"])) ** dims
    if agents_of(options) > fit:
        raise SkyrallyError(f"agents is {options['agents']}; with size='domain' and collisions='physical' at most {fit} fit")


def swarm_scenario(
    name: str,
    agents: int,
    drone_fields: Fields,
    world_fields: Fields,
    options: Mapping[str, Any],
    configure: Callable[[Mapping[str, Any]], np.ndarray],
    info: tuple[str, ...] = (),
    note: Callable[[np.record], str] = lambda world: "",
    things: Callable[[np.record], dict[str, np.ndarray]] = lambda world: {},
    discs: Callable[[Mapping[str, Any], float], tuple[Disc, ...]] = lambda options, radius: (),
    roles: Roles = alike,
    arena: bool = False,
    **tables: Any,
) -> Scenario:
    """A swarm's scenario with `agents` drones unless the option says another number.

    `note` gives the number that pictures tell, `things` what else they show, by the names of a frame's fields (`pillars`, `marks` ...),
    `discs` the bodies that are no drones, from the options and the radius (m) that drones are drawn with; their places are among
    `things`. `roles`: the agents' names, and which of two colours each has. `arena`: the domain is round.
    """

    def configured(options: Mapping[str, Any]) -> np.ndarray:
        return configure(populated(name, options))

    head, drone = parts_of(drone_fields, world_fields)
    return Scenario(
        name=name,
        family="swarm",
        world=swarm_record(agents, head, drone),
        swarm=(head, drone),
        sized=lambda scenario, options: _called(sized(scenario, options), roles(options)[0]),
        agents=names(agents),
        teams=(0,) * agents,
        options={"agents": agents, **SWARM_OPTIONS, **options},
        info=(*info, *SWARM_INFO),
        yardstick=f"scripted:{name}",
        configure=configured,
        stage=lambda options: replace(swarm_stage(name, configured(options), options, discs, *roles(options)), round=arena),
        picture=lambda world, stage: picture(world, stage, note(world), things(world)),
        **tables,
    )


def swarm_stage(
    name: str,
    params: np.ndarray,
    options: Mapping[str, Any],
    discs: Callable[[Mapping[str, Any], float], tuple[Disc, ...]],
    agents: tuple[str, ...],
    teams: tuple[int, ...],
) -> Stage:
    """The still part of a swarm's pictures: its domain at its largest."""
    row, count = params[0], agents_of(options)
    grow = (float(row["most"]) / row["base_count"]) ** (1.0 / row["dims"]) if row["base_count"] > 0 else 1.0
    side = [float(row["base_side"][axis]) * (grow if axis < row["dims"] else 1.0) for axis in range(3)]
    still = stage_of(name, agents, teams, None, False, options)
    arrow = 0.55 * (side[0] * side[1] / count) ** 0.5 if count > MANY else 0.0
    larger = max(1.0, DRAWN * max(side[:2]) / still.body_radius)  # small drones in a large room are drawn larger than they are
    return replace(
        still,
        body_radius=larger * still.body_radius,
        body_half_height=larger * still.body_half_height,
        rotor_radius=larger * still.rotor_radius,
        rotor_xy=tuple((larger * x, larger * y) for x, y in still.rotor_xy),
        dt=CONTROL_DT * int(row["ticks"]) if not row["point"] else POINT_SECONDS,
        space=(0.5 * side[0], 0.5 * side[1], side[2]),
        glyph=min(arrow, 0.6),
        discs=discs(options, larger * still.body_radius),
    )


def picture(world: np.record, stage: Stage, note: str, things: dict[str, np.ndarray]) -> Frame:
    """What pictures need of a swarm's world. Drones that do not take part are nowhere."""
    drones = world["drones"]
    pos = np.where((drones["alive"] == 1)[:, None], drones["pos"], np.nan)
    struck = np.flatnonzero((drones["struck"] == 1) & (drones["alive"] == 1))
    frame = Frame(
        step=int(world["step"]),
        pos=pos,
        quat=drones["quat"].copy(),
        rotor=drones["rotor"].copy(),
        ball=None,
        note=note,
        contacts=[("drone-drone", int(i), (float(pos[i, 0]), float(pos[i, 1]), float(pos[i, 2]))) for i in struck],
    )
    places = things.pop("discs", frame.discs)
    return replace(frame, discs=places[: len(stage.discs)], **things)  # type: ignore[arg-type]
