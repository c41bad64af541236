"""Aggregate: a swarm gathers, each drone by what it alone can see (the rendezvous of swarms).

| | `mode="point"` (Aggregation of Dec-POMFC, reference A5.1) | `mode="quadrotor"` (after Huettenrauch et al. 2019, reference B4 S5) |
| --- | --- | --- |
| domain | [-2, 2]^2 m, whatever the number | 4 x 4 x 2 m for 20 drones; `size` says how it grows |
| a decision | x + 0.2 u + 0.03 noise, |u| <= 1, clipped to the domain | 10 control steps in the action mode `velocity` (or another) |
| view `field` | FIELD of those within 2 m, own velocity, distances to the six walls | the same |
| view `noisy` | own place with noise of 0.1, and no more | the same |
| reward | -E |x - x'|_1 - 0.1 E |u|_1 over pairs of the swarm | -mean over pairs of min(d, r_c) / r_c - 0.001 E u^2, r_c = 2 m |
| | | and -5 per touch begun, -1 per metre nearer than 0.4 m |
| horizon | 100 decisions | 100 decisions (20 s) |

| reward term (the same for all but hits and near) | weight | |
| --- | --- | --- |
| spread | -1 | the distance of pairs, as above |
| effort | -0.1, or -0.001 | mean size (square) of the actions |
| hits | -5 | an own touch began (quadrotors) |
| near | -1 | metres that the nearest other is nearer than 0.4 m (quadrotors) |

Points: with N drones spread uniformly E |x - x'|_1 is 8/3 (1 - 1/N), pairs of a drone with itself counted.
Metric: the spread, mean over the last half of the episode.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..physics.cells import around, strip
from ..physics.records import F8
from ..physics.rng import uniform
from ..physics.swarm import begin_swarm, clearance, close_on_time, fly_on, launch, normal2, note_clearance, obey, scattered, tally
from ..physics.vec import clip, fn, vec3
from .point_parts import HALF, START, drift_inside, sort_ranks
from .scenario import Field, Layout, Metric, Term, choice, pay
from .swarm_blocks import FIELD, FIELD_SIZE, show_field
from .swarm_parts import FLOWN, MODES, swarm_params, swarm_scenario

TICKS = 10  # control steps in a decision: 5 Hz
STEP, NOISE, BLUR = 0.2, 0.03, 0.1  # m: of points
SIDE, COUNT, REACH, SAFE = (4.0, 4.0, 2.0), 20, 2.0, 0.4  # m, drones, m, m
HORIZON = 100  # decisions
VEIL = 24  # a channel of draws
NOISY = 1  # the number of the view

VIEWS = {
    "field": Layout("field", [*FIELD, Field("velocity", 3, "m/s", "world"), Field("walls", 6, "m", "-x, +x, -y, +y, ground, ceiling")]),
    "noisy": Layout("noisy", [Field("place", 2, "m", "domain, noise 0.1")]),
}
DRONE_FIELDS = [("closeness", F8), ("term", F8, 4), ("returns", F8, 4)]
WORLD_FIELDS = [("spread", F8), ("spread_now", F8)]
PARAM_FIELDS = [("weight", F8, 4)]


@fn
def reset(world, drones, params):
    begin_swarm(world, drones, params)
    world.spread = world.spread_now = 0.0
    for i in range(world.count):
        drone = drones[i]
        if params.point == 1:
            pos = (uniform(world, i, START, -HALF, HALF), uniform(world, i, START + 1, -HALF, HALF), 1.0)
        else:
            pos = scattered(world, i, 3, params.contact)
            pos = (pos[0], pos[1], max(pos[2], 0.3))
        launch(drone, params.airframe, pos, uniform(world, i, START + 2, -math.pi, math.pi))
        drone.heading = 0.0


@fn
def prepare(world, drone, params, action, i, tick):
    if tick == 0:
        obey(drone, params, action)


@fn
def move(world, drone, params, action, i, tick):
    if params.point == 1:
        drift_inside(world, drone, action, i, STEP, NOISE)
        return
    prepare(world, drone, params, action, i, tick)
    fly_on(drone, params)


@fn
def sense(world, drones, params, cells, i):
    """How close the others within reach are: sum of 1 - d / r_c."""
    drone = drones[i]
    if params.point == 1:
        return
    pos, closeness = vec3(drone.pos), 0.0
    block = around(cells, pos, params.reach)
    for k in range(block[5]):
        first, last = strip(cells, block, k)
        for row in range(first, last):
            x, y, z = cells.near[row, 0] - pos[0], cells.near[row, 1] - pos[1], cells.near[row, 2] - pos[2]
            d2 = x * x + y * y + z * z
            if d2 < params.reach * params.reach and cells.order[row] != i:
                closeness += 1.0 - math.sqrt(d2) / params.reach
    drone.closeness = closeness
    note_clearance(drone, params, clearance(world, drones, params, cells, i, SAFE))


@fn
def judge(world, drones, params, actions, reward):
    share = 1.0 / world.count
    effort = 0.0
    for i in range(world.count):
        x, y, z = _clipped(actions[i, 0]), _clipped(actions[i, 1]), _clipped(actions[i, 2])
        effort += abs(x) + abs(y) if params.point == 1 else x * x + y * y + z * z
    effort *= share
    tally(world, drones, params, effort)
    world.spread_now = _pair_distance(world, drones, 0) + _pair_distance(world, drones, 1) if params.point == 1 else _loose(world, drones)
    late = world.step - params.max_steps // 2
    world.spread = world.spread_now if late <= 1 else world.spread + (world.spread_now - world.spread) / late
    for i in range(world.count):
        drone = drones[i]
        near = 0.0 if params.point == 1 else max(0.0, SAFE - drone.clearance)
        reward[i] = pay(drone, params, (world.spread_now, effort, float(drone.struck), near))
    close_on_time(world, params)


@fn
def _clipped(value):
    return clip(float(value), -1.0, 1.0)


@fn
def _loose(world, drones):
    """Mean over pairs of min(d, r_c) / r_c."""
    total = 0.0
    for i in range(world.count):
        total += drones[i].closeness
    pairs = world.count * (world.count - 1.0)
    return 1.0 - total / pairs if pairs > 0.0 else 0.0


@fn
def _pair_distance(world, drones, axis):
    """m: E |x - x'| along an axis over all pairs, each with itself too: 2 / N^2 sum_k (2 k - N + 1) x_k over sorted x, k from 0.

    Ranks come from a sort in O(N log N).
    """
    n = world.count
    for i in range(n):
        drones[i].rank[0] = drones[i].pos[axis]
    sort_ranks(drones, n)
    total = 0.0
    for k in range(n):
        total += (2.0 * k - n + 1.0) * drones[k].rank[0]
    return 2.0 * total / (float(n) * n)


@fn
def look(world, drones, params, cells, i, out):
    drone = drones[i]
    if drone.view_id == NOISY:
        nx, ny = normal2(world, i, VEIL)
        out[0] = clip(drone.pos[0] + BLUR * nx, -0.5 * world.side[0], 0.5 * world.side[0])
        out[1] = clip(drone.pos[1] + BLUR * ny, -0.5 * world.side[1], 0.5 * world.side[1])
        return
    show_field(world, drone, cells, i, params.reach, out, 0)
    for k in range(3):
        out[FIELD_SIZE + k] = drone.vel[k]
    for axis in range(2):
        out[FIELD_SIZE + 3 + 2 * axis] = drone.pos[axis] + 0.5 * world.side[axis]
        out[FIELD_SIZE + 4 + 2 * axis] = 0.5 * world.side[axis] - drone.pos[axis]
    out[FIELD_SIZE + 7] = drone.pos[2]
    out[FIELD_SIZE + 8] = world.side[2] - drone.pos[2]


def terms(options: Mapping[str, Any]) -> list[Term]:
    point = choice(options, "mode", MODES) == 1
    return [
        Term("spread", -1.0, "mean distance of pairs (points: 1-norm; quadrotors: min(d, 2 m) / 2 m)"),
        Term("effort", -0.1 if point else -0.001, "mean size (quadrotors: square) of the actions", shaping=True),
        Term("hits", -5.0, "an own touch began"),
        Term("near", -1.0, "metres that the nearest other is nearer than 0.4 m", shaping=True),
    ]


def configure(options: Mapping[str, Any]) -> np.ndarray:
    point = choice(options, "mode", MODES) == 1
    return swarm_params(
        PARAM_FIELDS,
        terms(options),
        {**options, "size": "domain"} if point else options,
        side=(2.0 * HALF, 2.0 * HALF, 2.0) if point else SIDE,
        count=COUNT,
        reach=REACH,
        horizon=HORIZON,
        ticks=1 if point else TICKS,
        dims=3,
        point=point,
    )


AGGREGATE = swarm_scenario(
    "aggregate",
    COUNT,
    DRONE_FIELDS,
    WORLD_FIELDS,
    {"mode": "quadrotor"},
    note=lambda world: f"spread {float(world['spread_now']):.2f}",
    summary="a swarm gathers without touching, each drone by what it sees around it",
    module=__name__,
    views=VIEWS,
    terms=terms,
    metric=Metric("spread", "spread", "mean distance of pairs, over the last half of the episode", lower_is_better=True),
    configure=configure,
    action_modes=FLOWN,
    info=("spread", "spread_now"),
)
