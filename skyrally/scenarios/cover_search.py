"""Cover and search: a swarm spreads over a map, to find what drifts there (`task="search"`) or to be where users are (`task="cover"`).

Constants of the reference (A8, B4 S6). A decision is 25 control steps (2 Hz); drones see the ground below them from 2 to 4 m.

| | `task="search"` (after DSSE) | `task="cover"` (the two Gaussians of M3FC) |
| --- | --- | --- |
| domain of 16 drones | 20 x 20 m, cells of 1.25 m (16 to a drone, whatever the number) | the same |
| the map | the chance that a target is there: two bumps of L / 8, drawn anew | share of 100 users, drawn anew every decision |
| it moves | 0.3 m/s as a whole, and spreads by 0.1 m per sqrt(s) | between Gaussians at x = -L/4 and L/4 in 50 decisions |
| a drone in a footprint of 1 m | finds a target with 0.9, and leaves 0.1 of a cell's chance | serves |
| end | 120 decisions (60 s), or all found | 120 decisions |

| observation | size | |
| --- | --- | --- |
| SELF | 18 | place relative to the map's middle at 3 m, velocity, rotation matrix, body rates |
| FIELD | 65 | the others within 5 m |
| map | 64 | 8 x 8 cells around, in shares of all times the number of cells: 1 if spread evenly, 0 beyond the map |
| side | 1 | m, L |

What a drone's map shows of a search is what it found out itself (it remembers 64 cells), or with `share_map=True` what all did.

| reward term (the team's, but hits) | weight | |
| --- | --- | --- |
| seen | 1 | chance looked at in this decision: what is gone from the map |
| found | 1 | targets found in this decision (one to two drones in all) |
| transport | -1 | OT of drones and users, in squares of L / 4 (squared distances; by Sinkhorn's iteration, smoothing 0.015) |
| hits | -1 | an own touch of another drone began |

Metric: score, the lower the better. Search: s until half of the targets were found (60 s if never). Cover: OT, mean over the last half of
the episode. `info`: ot (the present), coverage (share of the chance looked at), found, detection_time.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..errors import SkyrallyError
from ..physics.cells import around, strip
from ..physics.params import CONTROL_DT
from ..physics.records import F8, I4, I8
from ..physics.rng import uniform
from ..physics.swarm import begin_swarm, clearance, close_on_time, fly_on, launch, normal2, note_clearance, obey, scattered, tally
from ..physics.vec import clip, fn
from .cover_search_views import DETECT, HEIGHT, LAYOUT, look, things, told
from .coverage import USERS, draw_users, transport_to_users
from .scenario import Metric, Term, choice, pay
from .search_map import (
    BUMP,
    CELLS,
    DIFFUSION,
    FOOTPRINT,
    HIGHEST,
    LOWEST,
    MAP,
    PART,
    bump_of,
    draw_chance,
    map_users,
    place_of,
    remember,
    spread,
)
from .swarm_parts import FLOWN, mean_size, swarm_params, swarm_scenario

__all__ = ["COVER_SEARCH", "judge", "look", "move", "reset", "sense"]

SIDE, COUNT, REACH, TICKS = (20.0, 20.0, 5.0), 16, 5.0, 25  # m, drones, m, control steps
DRIFT, HORIZON = 0.3, 120  # m/s, decisions
FLOW, WHICH, TARGET, LOOK, SWAY, YAW = 17, 18, 20, 22, 24, 26  # channels of draws
TASKS = ("search", "cover")

DRONE_FIELDS = [
    *PART,
    ("looked", F8),  # the chance that went from this part in this decision
    ("target", F8, 2),  # m
    ("found", I4),
    ("potential", F8),
    ("term", F8, 4),
    ("returns", F8, 4),
]
WORLD_FIELDS = [
    *USERS,
    *MAP,
    ("flow", F8, 2),  # m/s
    ("targets", I8),
    ("found", I8),
    ("detection_time", F8),
    ("coverage", F8),
    ("ot", F8),
    ("score", F8),
]
PARAM_FIELDS = [("task", I8), ("share_map", I8), ("weight", F8, 4)]


@fn
def reset(world, drones, params):
    begin_swarm(world, drones, params)
    n, horizon = world.count, params.max_steps * TICKS * CONTROL_DT
    world.cells_across = int(math.sqrt(float(CELLS * n)) + 1e-9)
    world.targets = max(1, n // 2) if params.task == 0 else 0
    world.found = 0
    world.coverage = world.ot = 0.0
    world.detection_time, world.score = horizon, horizon if params.task == 0 else 0.0
    for i in range(n):
        pos = scattered(world, i, 2, params.contact)
        launch(drones[i], params.airframe, (pos[0], pos[1], HEIGHT), uniform(world, i, YAW, -math.pi, math.pi))
        drones[i].learned = 0
        drones[i].found, drones[i].looked = 1, 0.0
    if params.task == 0:
        _begin_search(world, drones, params, horizon)
    else:
        world.middle[0] = world.middle[1] = world.flow[0] = world.flow[1] = 0.0
        draw_users(world)
        map_users(world, drones)


@fn
def _begin_search(world, drones, params, horizon):
    """The map's flow, which passes the domain's middle half-way; its bumps; the targets under them."""
    angle = uniform(world, 0, FLOW, -math.pi, math.pi)
    world.flow[0], world.flow[1] = DRIFT * math.cos(angle), DRIFT * math.sin(angle)
    for axis in range(2):
        world.middle[axis] = -0.5 * horizon * world.flow[axis]
    draw_chance(world, drones)
    for k in range(world.targets):
        drone, bump = drones[k], 1 if uniform(world, k, WHICH, 0.0, 1.0) < 0.5 else 0
        a, b = normal2(world, k, TARGET)
        x, y = bump_of(world, bump)
        half, size = 0.5 * world.side[0], BUMP * world.side[0]
        drone.target[0] = world.middle[0] + clip(x + size * a, -half, half)
        drone.target[1] = world.middle[1] + clip(y + size * b, -half, half)
        drone.found = 0


@fn
def prepare(world, drone, params, action, i, tick):
    if tick == 0:
        obey(drone, params, action)


@fn
def move(world, drone, params, action, i, tick):
    prepare(world, drone, params, action, i, tick)
    fly_on(drone, params)


@fn
def sense(world, drones, params, cells, i):
    """Drone i: what all see of its part of the map and of the target of its number, and what it remembers."""
    drone = drones[i]
    note_clearance(drone, params, clearance(world, drones, params, cells, i, params.contact))
    if params.task != 0 or world.step == 0:
        return
    if drone.found == 0:
        lookers = _lookers(cells, drone.target[0], drone.target[1])
        drone.found = 1 if lookers > 0 and uniform(world, i, LOOK, 0.0, 1.0) < 1.0 - (1.0 - DETECT) ** lookers else 0
    drone.looked = 0.0
    for k in range(CELLS):
        c = CELLS * i + k
        if c < world.cells_across * world.cells_across and drone.chance[0, k] > 0.0:
            lookers = _lookers(cells, place_of(world, c % world.cells_across, 0), place_of(world, c // world.cells_across, 1))
            gone = drone.chance[0, k] * (1.0 - (1.0 - DETECT) ** lookers)
            drone.chance[0, k] -= gone
            drone.looked += gone
    if params.share_map == 0:
        remember(world, drone)


@fn
def _lookers(cells, x, y):
    """How many drones have a place in their footprint."""
    found, middle = 0, 0.5 * (LOWEST + HIGHEST)
    block = around(cells, (x, y, middle), FOOTPRINT + 0.5 * (HIGHEST - LOWEST))
    for k in range(block[5]):
        first, last = strip(cells, block, k)
        for row in range(first, last):
            dx, dy, z = cells.near[row, 0] - x, cells.near[row, 1] - y, cells.near[row, 2]
            found += 1 if dx * dx + dy * dy < FOOTPRINT * FOOTPRINT and LOWEST <= z <= HIGHEST else 0
    return found


@fn
def judge(world, drones, params, actions, reward):
    seen, found = 0.0, 0
    for i in range(world.count):
        seen += drones[i].looked
        found += drones[i].found if i < world.targets else 0
    tally(world, drones, params, mean_size(world, drones, actions))
    if params.task == 0:
        _book_search(world, drones, params, seen, found)
    else:
        world.ot = transport_to_users(world, drones)
        late = world.step - params.max_steps // 2
        world.score = world.ot if late <= 1 else world.score + (world.ot - world.score) / late
    new = float(found - world.found)
    world.found = found
    for i in range(world.count):
        reward[i] = pay(drones[i], params, (seen, new, world.ot, float(drones[i].struck)))
    close_on_time(world, params)
    if params.task == 1:
        draw_users(world)
        map_users(world, drones)


@fn
def _book_search(world, drones, params, seen, found):
    """What was found, and when half of it was; then all drifts on."""
    now, dt = world.step * TICKS * CONTROL_DT, TICKS * CONTROL_DT
    world.coverage += seen
    if found >= (world.targets + 1) // 2 and world.detection_time > now:
        world.detection_time = now
    world.score = world.detection_time
    world.terminated = 1 if found == world.targets else 0
    for axis in range(2):
        world.middle[axis] += dt * world.flow[axis]
    for k in range(world.targets):
        a, b = normal2(world, k, SWAY)
        drones[k].target[0] += dt * world.flow[0] + DIFFUSION * math.sqrt(dt) * a
        drones[k].target[1] += dt * world.flow[1] + DIFFUSION * math.sqrt(dt) * b
    spread(world, drones, dt)


def terms(options: Mapping[str, Any]) -> list[Term]:
    return [
        Term("seen", 1.0, "chance of targets looked at in this decision, by all"),
        Term("found", 1.0, "targets found in this decision, by all"),
        Term("transport", -1.0, "OT of drones and users, in squares of a quarter of the side"),
        Term("hits", -1.0, "an own touch of another drone began"),
    ]


def configure(options: Mapping[str, Any]) -> np.ndarray:
    block = swarm_params(PARAM_FIELDS, terms(options), options, side=SIDE, count=COUNT, reach=REACH, horizon=HORIZON, ticks=TICKS)
    block["task"] = choice(options, "task", TASKS)
    if not isinstance(options["share_map"], bool):
        raise SkyrallyError(f"share_map is {options['share_map']!r}; expected true or false")
    block["share_map"] = options["share_map"]
    return block


COVER_SEARCH = swarm_scenario(
    "cover-search",
    COUNT,
    DRONE_FIELDS,
    WORLD_FIELDS,
    {"task": "search", "share_map": False},
    things=things,
    note=told,
    summary="a swarm spreads over a drifting map to find targets, or to be where users are",
    module=__name__,
    views={"own": LAYOUT},
    terms=terms,
    metric=Metric("score", "score", "search: s until half of the targets were found; cover: OT over the last half", lower_is_better=True),
    configure=configure,
    action_modes=FLOWN,
    info=("score", "ot", "coverage", "found", "detection_time"),
)
