"""Pursuit: a swarm hunts faster evaders among pillars, in a round arena (after thu-uav's hide-and-seek and Huettenrauch et al.).

Constants of the reference (B3, B4 S7), at 50 Hz instead of 100; n pursuers. The pursuers are the agents; evaders are quadrotors as
they are, steered by a rule: away from every pursuer in sight, the wall, ground, ceiling and pillars, each by the inverse distance.

| arena | radius 0.9 sqrt(n / 3) m, 1.2 m high | | episode | 400 steps (8 s), or until all are caught |
| --- | --- | --- | --- | --- |
| pillars | 5 to 3 pursuers, radius 0.1 m, in cells of 0.45 m | | evaders | one to 4 pursuers (`evaders`), 1.3 m/s (`evader_speed`) |
| caught | within 0.3 m of a pursuer that sees it | | sight | 3 m, not through pillars |

| observation | size | |
| --- | --- | --- |
| SELF | 18 | place relative to the arena's middle at 0.6 m, velocity, rotation matrix, body rates |
| neighbours | 6 x 7 | the other pursuers, by distance plus closing rate, within 3 m |
| evader | 7 | the nearest in sight: relative place and velocity, 1; else zeros |
| pillars | 9 | gaps to the nearest pillar, at most 0.35 m |
| wall | 1 | m to the arena's wall |

| reward term | weight | |
| --- | --- | --- |
| distance | -1 | m to the nearest evader at large, 0 within 0.3 m |
| caught | 20 | evaders caught in this step, by anybody |
| hits | -100 | a touch of a drone or a pillar began |
| speeding | -10 | above 1 m/s |

Metric: capture, the share of the evaders caught. `info`: caught, first_capture (s; the episode's length if nobody was), pillar_hits.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..errors import SkyrallyError
from ..physics.params import CONTROL_DT
from ..physics.records import DRONE, F8, I4, I8, VELOCITY, record
from ..physics.rng import uniform
from ..physics.swarm import ask_velocity, begin_swarm, clearance, close_on_time, fly_on, launch, note_clearance, obey, speed_of, tally
from ..physics.vec import fn, norm, put3, sub, vec3, write
from .evaders import flee
from .pillars import (
    PILLARS,
    cell_at,
    cells_key,
    clear_pillars,
    has_pillar,
    in_sight,
    meet_pillar,
    middle,
    pillar_places,
    set_pillar,
    show_pillars,
    strike_pillar,
)
from .scenario import Field, Layout, Metric, Term, number, pay
from .stage import Disc
from .swarm_blocks import NEIGHBOURS, SELF, show_neighbours, show_self
from .swarm_parts import square_effort, swarm_params, swarm_scenario

SIDE, COUNT, REACH = (1.8, 1.8, 1.2), 3, 3.0  # m, drones, m
CELL, RADIUS, CLEAR, EDGE = 0.45, 0.1, 0.35, 0.1  # m: cells, pillars, gaps told apart, room of starts and pillars to the wall
POSTS = 5.0 / 3.0  # pillars to a pursuer
CATCH, FASTEST = 0.3, 1.0  # m, m/s
HORIZON = 400
PER_EVADER = 4  # pursuers
CELLS, HEIGHT, YAW = 16, 17, 18  # channels of draws
MOST_SHOWN = 64  # evaders in pictures

LAYOUT = Layout(
    "own",
    [
        *SELF,
        *NEIGHBOURS,
        Field("evader", 7, "m, m/s, -", "world, relative; the last is 1 if one is seen"),
        Field("pillars", 9, "m", "3 x 3 points, rows from -y", -1.01, 1.01),
        Field("wall", 1, "m", "to the arena's wall"),
    ],
)
DRONE_FIELDS = [
    ("evader", record([("caught", I4), *DRONE])),  # evader number k is kept with drone k; caught: 1 if it is out
    ("wish", F8, 3),  # m/s, the evader's
    ("seen", I4),  # the evader that the drone sees nearest, -1: none
    ("seen_at", F8),  # m
    ("distance", F8),  # m, to the nearest evader at large, seen or not
    ("pillar", I4),  # 1 while it is in a pillar
    ("pillar_struck", I4),  # 1 if that began in this step
    ("term", F8, 4),
    ("returns", F8, 4),
]
WORLD_FIELDS = [
    *PILLARS,
    ("evaders", I8),
    ("caught", I8),
    ("capture", F8),
    ("first_capture", F8),
    ("pillar_hits", I8),
]
PARAM_FIELDS = [("evaders", I8), ("evader_speed", F8), ("weight", F8, 4)]  # evaders: 0, one to PER_EVADER pursuers


@fn
def reset(world, drones, params):
    begin_swarm(world, drones, params)
    n = world.count
    world.evaders = min(params.evaders, n) if params.evaders > 0 else (n + PER_EVADER - 1) // PER_EVADER
    world.caught = world.pillar_hits = 0
    world.capture = 0.0
    world.first_capture = params.max_steps * CONTROL_DT
    clear_pillars(world, int(world.side[0] / CELL), CELL, RADIUS, CLEAR)
    key = cells_key(world, CELLS)
    rank = _raise_pillars(world, key, int(POSTS * n + 0.5))
    for i in range(n):
        drone = drones[i]
        rank = _begin(world, drone, params, key, rank, i)
        drone.pillar = drone.pillar_struck = 0
        drone.evader.caught, drone.seen = 1, -1
        if i < world.evaders:
            rank = _begin(world, drone.evader, params, key, rank, n + i)
            drone.evader.mode = VELOCITY
            drone.evader.turned = drone.evader.caught = 0
            put3(drone.wish, (0.0, 0.0, 0.0))


@fn
def _raise_pillars(world, key, posts):
    """Pillars in the first cells of the random order that lie inside; gives the rank of the next cell."""
    total, rank = world.across * world.across, 0
    while posts > 0 and rank < total:
        cell = cell_at(key, rank, world.across)
        if _inside(world, cell):
            set_pillar(world, cell, world.across)
            posts -= 1
        rank += 1
    return rank


@fn
def _inside(world, cell):
    """Whether a cell's middle lies in the arena, clear of the wall."""
    x, y, most = middle(world, cell % world.across), middle(world, cell // world.across), 0.5 * world.side[0] - EDGE
    return x * x + y * y < most * most


@fn
def _begin(world, body, params, key, rank, i):
    """Puts a body in the next free cell of the random order, around again and higher when all are taken; gives the next rank."""
    total = world.across * world.across
    for _ in range(total):
        cell = cell_at(key, rank % total, world.across)
        if _inside(world, cell) and not has_pillar(world, cell // world.across, cell % world.across):
            break
        rank += 1
    layer = rank // total
    z = min(uniform(world, i, HEIGHT, 0.3, 0.5) + 0.3 * layer, world.side[2] - 0.1)
    pos = (middle(world, cell % world.across), middle(world, cell // world.across), z)
    launch(body, params.airframe, pos, uniform(world, i, YAW, -math.pi, math.pi))
    return rank + 1


@fn
def move(world, drone, params, action, i, tick):
    obey(drone, params, action)
    fly_on(drone, params)
    _stay_inside(world, drone)
    strike_pillar(world, drone, params)
    if drone.evader.caught == 0:
        ask_velocity(drone.evader, params.airframe, vec3(drone.wish), 0.0)
        fly_on(drone.evader, params)
        _stay_inside(world, drone.evader)
        meet_pillar(world, drone.evader, params.airframe.body_radius, params.drone_restitution, True)


@fn
def _stay_inside(world, body):
    """The wall and the ceiling stop a body; a place that is no number is left to be found out."""
    x, y, most = body.pos[0], body.pos[1], 0.5 * world.side[0]
    r = math.sqrt(x * x + y * y)
    if r > most:
        nx, ny = x / r, y / r
        body.pos[0], body.pos[1] = most * nx, most * ny
        out = max(body.vel[0] * nx + body.vel[1] * ny, 0.0)
        body.vel[0] -= out * nx
        body.vel[1] -= out * ny
    if body.pos[2] > world.side[2]:
        body.pos[2] = world.side[2]
        body.vel[2] = min(body.vel[2], 0.0)


@fn
def sense(world, drones, params, cells, i):
    """Drone i: which evaders it sees; and where the evader of its number flees."""
    drone, pos = drones[i], vec3(drones[i].pos)
    note_clearance(drone, params, clearance(world, drones, params, cells, i, params.contact))
    drone.seen, drone.seen_at, drone.distance = -1, params.reach, 2.0 * world.side[0]
    for e in range(world.evaders):
        if drones[e].evader.caught == 0:
            distance = norm(sub(vec3(drones[e].evader.pos), pos))
            drone.distance = min(drone.distance, distance)
            if distance < drone.seen_at and in_sight(world, pos, drones[e].evader.pos):
                drone.seen, drone.seen_at = e, distance
    if drone.evader.caught == 0:
        put3(drone.wish, flee(world, drone.evader, params, cells))


@fn
def judge(world, drones, params, actions, reward):
    effort, caught = 0.0, 0
    for i in range(world.count):
        drone = drones[i]
        effort += math.sqrt(square_effort(actions[i])) / world.count
        if drone.seen >= 0 and drone.seen_at < CATCH and drones[drone.seen].evader.caught == 0:
            drones[drone.seen].evader.caught = 1
            caught += 1
    if caught > 0 and world.caught == 0:
        world.first_capture = world.step * CONTROL_DT
    world.caught += caught
    world.capture = world.caught / world.evaders
    for i in range(world.count):
        drone = drones[i]
        away = drone.distance if drone.distance > CATCH else 0.0
        fast = 1.0 if speed_of(drone) > FASTEST else 0.0
        reward[i] = pay(drone, params, (away, float(caught), float(drone.struck + drone.pillar_struck), fast))
        world.pillar_hits += drone.pillar_struck
    tally(world, drones, params, effort)
    world.terminated = 1 if world.caught == world.evaders else 0
    close_on_time(world, params)


@fn
def look(world, drones, params, cells, i, out):
    drone = drones[i]
    at = show_self(drone, (0.0, 0.0, 0.5 * world.side[2]), out, 0)
    at = show_neighbours(drone, cells, i, params.reach, out, at)
    if drone.seen >= 0 and drones[drone.seen].evader.caught == 0:
        evader = drones[drone.seen].evader
        at = write(out, at, sub(vec3(evader.pos), vec3(drone.pos)) + sub(vec3(evader.vel), vec3(drone.vel)))
        at = write(out, at, (1.0,))
    else:
        at = write(out, at, (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0))
    at = show_pillars(world, drone, out, at)
    out[at] = 0.5 * world.side[0] - math.sqrt(drone.pos[0] * drone.pos[0] + drone.pos[1] * drone.pos[1])


def terms(options: Mapping[str, Any]) -> list[Term]:
    return [
        Term("distance", -1.0, f"m to the nearest evader at large, 0 within {CATCH} m"),
        Term("caught", 20.0, "evaders caught in this step, by anybody"),
        Term("hits", -100.0, "a touch of a drone or a pillar began"),
        Term("speeding", -10.0, f"above {FASTEST:g} m/s"),
    ]


def configure(options: Mapping[str, Any]) -> np.ndarray:
    block = swarm_params(PARAM_FIELDS, terms(options), options, side=SIDE, count=COUNT, reach=REACH, horizon=HORIZON, collisions="physical")
    evaders = options["evaders"]
    whole = isinstance(evaders, (int, np.integer)) and not isinstance(evaders, bool)
    if evaders is not None and not (whole and 1 <= evaders <= options["agents"]):
        raise SkyrallyError(f"evaders is {evaders!r}; expected a whole number from 1 to agents ({options['agents']})")
    block["evaders"] = evaders or 0
    block["evader_speed"] = number(options, "evader_speed", 0.0, 3.0)
    return block


def things(world: np.record) -> dict[str, np.ndarray]:
    """The pillars and the evaders at large, for pictures."""
    drones = world["drones"][:MOST_SHOWN]
    places = np.concatenate([drones["evader"]["pos"], drones["evader"]["quat"]], axis=1)
    places[drones["evader"]["caught"] == 1] = np.nan
    return {"pillars": pillar_places(world, 0.75 * float(world["side"][2])), "discs": places}


def evader_discs(options: Mapping[str, Any], radius: float) -> tuple[Disc, ...]:
    """How evaders look: one disc to each that there may be."""
    most = options["evaders"] or -(-options["agents"] // PER_EVADER)
    return tuple(Disc(f"evader_{k}", radius, 0.35 * radius, colour="red") for k in range(min(most, MOST_SHOWN)))


PURSUIT = swarm_scenario(
    "pursuit",
    COUNT,
    DRONE_FIELDS,
    WORLD_FIELDS,
    {"evaders": None, "evader_speed": 1.3},
    things=things,
    discs=evader_discs,
    arena=True,
    note=lambda world: f"caught {int(world['caught'])} of {int(world['evaders'])}",
    summary="drones hunt faster evaders among pillars; those in sight flee by a rule",
    module=__name__,
    views={"own": LAYOUT},
    terms=terms,
    metric=Metric("capture", "capture", "share of the evaders caught"),
    configure=configure,
    action_modes=("ctbr", "velocity", "rotor", "waypoint", "discrete"),
    info=("capture", "caught", "first_capture", "pillar_hits"),
)
