"""Potential field: a swarm of points pushes a passive body to a target that wanders.

After the task of the same name of M3FC-MARL (MIT; Cui, Fabian, Koeppl; reference A8), whose constants it has.

| | |
| --- | --- |
| domain | [-2, 2]^2 m, closed to a torus |
| a drone's decision | x + 0.2 u / max(1, |u|) + 0.03 noise |
| the body's move | 0.1 m times the mean over drones of max(0, 1 - d / m), away from each |
| the target's move | 0.99 of its place + N(0, 0.005) along each axis, clipped to the domain |
| start | drones and body uniform, the target in the middle |

| observation | size | |
| --- | --- | --- |
| to_body | 2 m | from the drone, the short way round |
| to_target | 2 m | from the body, the short way round |

Reward (the same for all): minus the distance of body and target. Metric: that distance, mean over the episode. Horizon: 100 decisions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..physics.manifolds import TORUS, wrap
from ..physics.records import F8
from ..physics.rng import uniform
from ..physics.swarm import begin_swarm, close_on_time, normal2, tally
from ..physics.vec import clip, fn, write
from .point_parts import HALF, LEVEL, SHAKE, drift, mean_effort, point_params, point_scenario, scatter
from .scenario import Field, Layout, Metric, Term, pay

STEP, NOISE = 0.2, 0.03  # m: of drones
PUSH, RANGE = 0.1, 1.0  # m: of the body when all push at no distance; how far pushes reach
KEEP, VARIANCE = 0.99, 0.005  # of the target's place in a step; m^2 that are added along each axis
COUNT, HORIZON = 100, 100
BODY, TARGET = 1_000_000, 1_000_001  # in place of a drone's number in draws

LAYOUT = Layout("own", [Field("to_body", 2, "m", "torus", -2.01, 2.01), Field("to_target", 2, "m", "from the body, torus", -2.01, 2.01)])
DRONE_FIELDS = [("term", F8, 2), ("returns", F8, 2)]
WORLD_FIELDS = [("body", F8, 2), ("target", F8, 2), ("distance", F8), ("distance_now", F8)]
PARAM_FIELDS = [("weight", F8, 2)]


@fn
def reset(world, drones, params):
    begin_swarm(world, drones, params)
    world.distance = world.distance_now = 0.0
    for axis in range(2):
        world.body[axis] = uniform(world, BODY, axis, -HALF, HALF)
        world.target[axis] = 0.0
    for i in range(world.count):
        scatter(world, drones[i], params, i, HALF)


@fn
def short(gap):
    """A difference along an axis, the short way round."""
    return gap - 2.0 * HALF * round(gap / (2.0 * HALF))


@fn
def move(world, drone, params, action, i, tick):
    drift(world, drone, action, i, STEP, NOISE)
    drone.pos[0], drone.pos[1], _, _ = wrap(TORUS, world.side, drone.pos[0], drone.pos[1], 1.0, 0.0)


@fn
def judge(world, drones, params, actions, reward):
    push_x, push_y = 0.0, 0.0
    for i in range(world.count):
        x, y = short(world.body[0] - drones[i].pos[0]), short(world.body[1] - drones[i].pos[1])
        d = math.sqrt(x * x + y * y)
        if 1e-9 < d < RANGE:
            push_x += (1.0 - d / RANGE) * x / d
            push_y += (1.0 - d / RANGE) * y / d
    share = PUSH / world.count
    x, y, _, _ = wrap(TORUS, world.side, world.body[0] + share * push_x, world.body[1] + share * push_y, 1.0, 0.0)
    world.body[0], world.body[1] = x, y
    eps = normal2(world, TARGET, SHAKE)
    for axis in range(2):
        world.target[axis] = clip(KEEP * world.target[axis] + math.sqrt(VARIANCE) * eps[axis], -HALF, HALF)
    x, y = short(world.target[0] - x), short(world.target[1] - y)
    world.distance_now = math.sqrt(x * x + y * y)
    world.distance += (world.distance_now - world.distance) / world.step
    effort = mean_effort(world, actions)
    tally(world, drones, params, effort)
    for i in range(world.count):
        reward[i] = pay(drones[i], params, (world.distance_now, effort))
    close_on_time(world, params)


@fn
def look(world, drones, params, cells, i, out):
    drone = drones[i]
    at = write(out, 0, (short(world.body[0] - drone.pos[0]), short(world.body[1] - drone.pos[1])))
    write(out, at, (short(world.target[0] - world.body[0]), short(world.target[1] - world.body[1])))


def terms(options: Mapping[str, Any]) -> list[Term]:
    return [Term("distance", -1.0, "of body and target, m"), Term("effort", 0.0, "mean |u|_1", shaping=True)]


def configure(options: Mapping[str, Any]) -> np.ndarray:
    return point_params(PARAM_FIELDS, terms(options), options, half=HALF, count=COUNT, reach=RANGE, horizon=HORIZON)


def things(world: np.record) -> dict[str, np.ndarray]:
    """The body as a pillar, the target as a mark."""
    x, y = world["body"]
    return {"pillars": np.array([[x, y, 0.12, LEVEL]]), "marks": np.array([[*world["target"], LEVEL]])}


POTENTIAL_FIELD = point_scenario(
    "potential-field",
    COUNT,
    DRONE_FIELDS,
    WORLD_FIELDS,
    summary="a swarm pushes a passive body to a target that wanders",
    module=__name__,
    views={"own": LAYOUT},
    terms=terms,
    metric=Metric("distance", "distance", "of body and target, m, mean over the episode", lower_is_better=True),
    configure=configure,
    info=("distance", "distance_now"),
    note=lambda world: f"distance {float(world['distance_now']):.2f} m",
    things=things,
)
