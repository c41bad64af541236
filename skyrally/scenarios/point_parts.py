"""What scenarios of point masses share: a point's move, sorting by rank, the distance of two distributions on a line."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..physics.records import Fields
from ..physics.rng import uniform
from ..physics.swarm import launch, normal2
from ..physics.vec import clip, fn, put4, quat_from_euler
from .scenario import Scenario, Term
from .swarm_parts import swarm_params, swarm_scenario

HALF = 2.0  # m: domains are [-2, 2]^2
LEVEL = 1.0  # m, the height at which points are drawn
START, SHAKE = 16, 20  # channels of draws


@fn
def scatter(world, drone, params, i, half):
    """Puts a point anywhere in [-half, half]^2."""
    pos = (uniform(world, i, START, -half, half), uniform(world, i, START + 1, -half, half), LEVEL)
    launch(drone, params.airframe, pos, uniform(world, i, START + 2, -math.pi, math.pi))


@fn
def drift(world, drone, action, i, way, noise):
    """A point's move by its action u: x + way u / max(1, |u|) + noise eps (m), nose first. Who calls it keeps it in its domain."""
    x, y = clip(float(action[0]), -1.0, 1.0), clip(float(action[1]), -1.0, 1.0)
    share = way / max(1.0, math.sqrt(x * x + y * y))
    nx, ny = normal2(world, i, SHAKE)
    drone.vel[0], drone.vel[1] = share * x, share * y
    drone.pos[0] += share * x + noise * nx
    drone.pos[1] += share * y + noise * ny
    if x != 0.0 or y != 0.0:
        put4(drone.quat, quat_from_euler(0.0, 0.0, math.atan2(y, x)))


@fn
def drift_inside(world, drone, action, i, way, noise):
    """The same, and its place is clipped to [-HALF, HALF]^2."""
    drift(world, drone, action, i, way, noise)
    drone.pos[0] = clip(drone.pos[0], -HALF, HALF)
    drone.pos[1] = clip(drone.pos[1], -HALF, HALF)


@fn
def mean_effort(world, actions):
    """Mean over the drones of |u|_1."""
    effort = 0.0
    for i in range(world.count):
        effort += abs(clip(float(actions[i, 0]), -1.0, 1.0)) + abs(clip(float(actions[i, 1]), -1.0, 1.0))
    return effort / world.count


@fn
def sort_ranks(things, n):
    """Sorts the numbers `rank[0]` of the first n records upwards (heap sort, in place), leaving the records where they are."""
    for i in range(n // 2 - 1, -1, -1):
        _sift(things, i, n)
    for k in range(n - 1, 0, -1):
        top = things[0].rank[0]
        things[0].rank[0] = things[k].rank[0]
        things[k].rank[0] = top
        _sift(things, 0, k)


@fn
def _sift(things, i, n):
    """Moves entry i of a heap of n down to its place, the largest on top."""
    value = things[i].rank[0]
    while True:
        child = 2 * i + 1
        if child >= n:
            break
        if child + 1 < n and things[child + 1].rank[0] > things[child].rank[0]:
            child += 1
        if things[child].rank[0] <= value:
            break
        things[i].rank[0] = things[child].rank[0]
        i = child
    things[i].rank[0] = value


@fn
def line_cost(things, n, others, m):
    """Squared 2-Wasserstein distance of two sets of numbers, sorted `rank[0]`: int_0^1 (F^-1(q) - G^-1(q))^2 dq."""
    i, j, at, cost = 0, 0, 0.0, 0.0
    while i < n and j < m:
        upto = min((i + 1.0) / n, (j + 1.0) / m)
        gap = things[i].rank[0] - others[j].rank[0]
        cost += (upto - at) * gap * gap
        at = upto
        if (i + 1.0) / n <= upto:
            i += 1
        if (j + 1.0) / m <= upto:
            j += 1
    return cost


def point_params(
    fields: Fields, terms: list[Term], options: Mapping[str, Any], *, half: float, count: int, reach: float, horizon: int
) -> np.ndarray:
    """[1] the shared block of a swarm of points in [-half, half]^2, whatever their number."""
    fixed = {**options, "size": "domain"}
    side = (2.0 * half, 2.0 * half, 2.0 * LEVEL)
    return swarm_params(fields, terms, fixed, side=side, count=count, reach=reach, horizon=horizon, point=True)


def point_scenario(name: str, agents: int, drone_fields: Fields, world_fields: Fields, **tables: Any) -> Scenario:
    """A swarm's scenario whose points go by the first two numbers of the action mode velocity."""
    return swarm_scenario(name, agents, drone_fields, world_fields, {}, **{"action_modes": ("velocity",), **tables})
