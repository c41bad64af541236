"""Comms coverage: a swarm of points spreads like the users that it serves, whose crowd moves back and forth between two places.

After the two-Gaussian coverage of M3FC-MARL (MIT; Cui, Fabian, Koeppl; reference A8), whose constants it has.

| | |
| --- | --- |
| domain | [-2, 2]^2 m |
| a drone's decision | x + 0.2 u / max(1, |u|) + 0.03 noise, clipped to the domain |
| users | 100, drawn anew in each decision from Gaussians at (-1, 0) and (1, 0), variance 0.05 m^2 along each axis |
| share of the left Gaussian | (1 + cos(2 pi t / 50)) / 2 |

The cost is optimal transport of drones to users under the squared distance, taken over four directions (sliced: twice the mean over
directions of the squared 2-Wasserstein distance of the projections). In place of the exact transport of the original it needs
O(N log N), never exceeds it, and equals it where one cloud is the other one shifted.

| observation | size | |
| --- | --- | --- |
| place | 2 m | own, without noise |
| beat | 2 | cos and sin of 2 pi t / 50 |

Reward (the same for all): minus the cost. Metric: the cost, mean over the episode. Horizon: 100 decisions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..physics.records import F8, record
from ..physics.swarm import begin_swarm, close_on_time, tally
from ..physics.vec import fn, write
from .coverage import COUNT as USERS
from .coverage import PERIOD, user_at
from .point_parts import HALF, LEVEL, drift_inside, line_cost, mean_effort, point_params, point_scenario, scatter, sort_ranks
from .scenario import Field, Layout, Metric, Term, pay

STEP, NOISE = 0.2, 0.03  # m
DIRECTIONS = 4
COUNT, HORIZON = 100, 100

LAYOUT = Layout("own", [Field("place", 2, "m", "domain", -2.01, 2.01), Field("beat", 2, "-", "cos, sin of the users' period", -1.01, 1.01)])
USER = record([("pos", F8, 2), ("rank", F8, 1)])
DRONE_FIELDS = [("term", F8, 2), ("returns", F8, 2)]
WORLD_FIELDS = [("users", USER, USERS), ("cost", F8), ("cost_now", F8)]
PARAM_FIELDS = [("weight", F8, 2)]


@fn
def reset(world, drones, params):
    begin_swarm(world, drones, params)
    world.cost = world.cost_now = 0.0
    for i in range(world.count):
        scatter(world, drones[i], params, i, HALF)
    draw_users(world)


@fn
def draw_users(world):
    for k in range(USERS):
        x, y = user_at(world, k)
        world.users[k].pos[0], world.users[k].pos[1] = x, y


@fn
def move(world, drone, params, action, i, tick):
    drift_inside(world, drone, action, i, STEP, NOISE)


@fn
def transport(world, drones):
    """m^2: the sliced cost of moving the drones to the users."""
    users, total = world.users, 0.0
    for k in range(DIRECTIONS):
        angle = math.pi * k / DIRECTIONS
        c, s = math.cos(angle), math.sin(angle)
        for i in range(world.count):
            drones[i].rank[0] = c * drones[i].pos[0] + s * drones[i].pos[1]
        for j in range(USERS):
            users[j].rank[0] = c * users[j].pos[0] + s * users[j].pos[1]
        sort_ranks(drones, world.count)
        sort_ranks(users, USERS)
        total += line_cost(drones, world.count, users, USERS)
    return 2.0 * total / DIRECTIONS


@fn
def judge(world, drones, params, actions, reward):
    draw_users(world)
    world.cost_now = transport(world, drones)
    world.cost += (world.cost_now - world.cost) / world.step
    effort = mean_effort(world, actions)
    tally(world, drones, params, effort)
    for i in range(world.count):
        reward[i] = pay(drones[i], params, (world.cost_now, effort))
    close_on_time(world, params)


@fn
def look(world, drones, params, cells, i, out):
    angle = 2.0 * math.pi * world.step / PERIOD
    write(out, 0, (drones[i].pos[0], drones[i].pos[1], math.cos(angle), math.sin(angle)))


def terms(options: Mapping[str, Any]) -> list[Term]:
    return [Term("cost", -1.0, "sliced optimal transport of drones to users, m^2"), Term("effort", 0.0, "mean |u|_1", shaping=True)]


def configure(options: Mapping[str, Any]) -> np.ndarray:
    return point_params(PARAM_FIELDS, terms(options), options, half=HALF, count=COUNT, reach=HALF, horizon=HORIZON)


def things(world: np.record) -> dict[str, np.ndarray]:
    """The users, as marks on the ground."""
    return {"marks": np.column_stack([world["users"]["pos"], np.full(USERS, 0.1 * LEVEL)])}


COMMS_COVERAGE = point_scenario(
    "comms-coverage",
    COUNT,
    DRONE_FIELDS,
    WORLD_FIELDS,
    summary="a swarm spreads like a crowd of users that moves back and forth",
    module=__name__,
    views={"own": LAYOUT},
    terms=terms,
    metric=Metric("cost", "cost", "sliced optimal transport of drones to users, m^2, mean over the episode", lower_is_better=True),
    configure=configure,
    info=("cost", "cost_now"),
    note=lambda world: f"cost {float(world['cost_now']):.2f}",
    things=things,
)
