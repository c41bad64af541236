"""Foraging: a swarm of points collects from sites that appear and run out, and brings what it carries to a slow truck.

After the foraging task of M3FC-MARL (MIT; Cui, Fabian, Koeppl; reference A8): moves, ranges, how sites appear, reward. Where the
reference leaves room, the rules are ours: what a site holds, how fast it is taken, and how the truck drives.

| | |
| --- | --- |
| domain | [-2, 2]^2 m; the truck drives along the strip y = -1.8 |
| a drone's decision | x + 0.3 u / max(1, |u|) + 0.03 noise, clipped to the domain |
| the truck | at most 0.1 m a decision, to the mean place of what is carried (ours) |
| sites | Poisson(0.2) new ones a decision, at most five at a time, uniform in y > -1 |
| a site holds | U(0.5, 1.5) tenths of a load per drone of the swarm (the tenth is ours) |
| within 0.5 m of a site | a drone takes up to 0.2 loads a decision (ours) and carries at most 1; what is short is shared evenly |
| within 0.5 m of the truck | it drops all |

| observation | size | |
| --- | --- | --- |
| place | 2 m | own |
| load | 1 | 0 to 1 |
| to_truck | 2 m | |
| site_0 .. site_4 | 3 each | vector (m), and what is left of its fullest: 0 if there is none |

Reward (the same for all): 100 times the loads collected and dropped in this decision, mean over drones.
Metric: loads dropped per drone. Horizon: 200 decisions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..physics.records import F8, I8
from ..physics.rng import uniform
from ..physics.swarm import begin_swarm, close_on_time, tally
from ..physics.vec import clip, fn, write
from .point_parts import HALF, LEVEL, drift_inside, mean_effort, point_params, point_scenario, scatter
from .scenario import Field, Layout, Metric, Term, pay

STEP, TRUCK_STEP, NOISE = 0.3, 0.1, 0.03  # m
STRIP, LOWEST = -1.8, -1.0  # m: where the truck drives; sites lie above
SITES, RATE, RANGE = 5, 0.2, 0.5  # sites; new ones per decision; m
LEAST, MOST, TENTH, TAKE = 0.5, 1.5, 0.1, 0.2  # of a site's stock; loads per drone; loads a decision
COUNT, HORIZON = 100, 200
FRESH, SPOT = 1_000_000, 1_000_010  # in place of a drone's number in draws: how many are new, what a new one is like

LAYOUT = Layout(
    "own",
    [
        Field("place", 2, "m", "domain", -2.01, 2.01),
        Field("load", 1, "-", "-", -0.01, 1.01),
        Field("to_truck", 2, "m", "from the drone", -4.01, 4.01),
        *(Field(f"site_{k}", 3, "m, m, share", "from the drone; the last is 0 if there is none", -4.01, 4.01) for k in range(SITES)),
    ],
)
DRONE_FIELDS = [("load", F8), ("wish", F8), ("term", F8, 3), ("returns", F8, 3)]
WORLD_FIELDS = [
    ("site", F8, (SITES, 2)),  # m
    ("stock", F8, SITES),  # loads per drone
    ("truck", F8),  # m, along the strip
    ("delivered", F8),  # loads per drone
    ("collected", F8),
    ("opened", I8),  # sites so far
]
PARAM_FIELDS = [("weight", F8, 3)]


@fn
def reset(world, drones, params):
    begin_swarm(world, drones, params)
    world.truck = world.delivered = world.collected = 0.0
    world.opened = 0
    for k in range(SITES):
        world.stock[k] = 0.0
        world.site[k][0] = world.site[k][1] = 0.0
    for i in range(world.count):
        scatter(world, drones[i], params, i, HALF)
        drones[i].load = 0.0
    open_sites(world)


@fn
def open_sites(world):
    """Poisson(0.2) new sites, as far as there is room: counted off by one uniform number (inversion)."""
    chance, number, total = math.exp(-RATE), 0, math.exp(-RATE)
    u = uniform(world, FRESH, 0, 0.0, 1.0)
    while u > total and number < SITES:
        number += 1
        chance *= RATE / number
        total += chance
    for k in range(SITES):
        if number > 0 and world.stock[k] <= 0.0:
            world.site[k][0] = uniform(world, SPOT + k, 0, -HALF, HALF)
            world.site[k][1] = uniform(world, SPOT + k, 1, LOWEST, HALF)
            world.stock[k] = TENTH * uniform(world, SPOT + k, 2, LEAST, MOST)
            world.opened += 1
            number -= 1


@fn
def move(world, drone, params, action, i, tick):
    drift_inside(world, drone, action, i, STEP, NOISE)


@fn
def near(drone, x, y):
    """Whether a drone is within range of a place."""
    return (drone.pos[0] - x) ** 2 + (drone.pos[1] - y) ** 2 < RANGE * RANGE


@fn
def take_from(world, drones, k):
    """Loads per drone that the swarm takes from site k: what it wishes, or shares of what there is."""
    wished = 0.0
    for i in range(world.count):
        drone = drones[i]
        drone.wish = min(TAKE, 1.0 - drone.load) if near(drone, world.site[k][0], world.site[k][1]) else 0.0
        wished += drone.wish
    held = world.stock[k] * world.count
    if wished <= 0.0 or held <= 0.0:
        return 0.0
    share = min(1.0, held / wished)
    for i in range(world.count):
        drones[i].load += share * drones[i].wish
    world.stock[k] = 0.0 if share < 1.0 else max(0.0, world.stock[k] - wished / world.count)
    return share * wished / world.count


@fn
def drop(world, drones):
    """Loads per drone that reach the truck."""
    dropped = 0.0
    for i in range(world.count):
        if near(drones[i], world.truck, STRIP):
            dropped += drones[i].load
            drones[i].load = 0.0
    return dropped / world.count


@fn
def drive(world, drones):
    """The truck goes to where the load is."""
    load, x = 0.0, 0.0
    for i in range(world.count):
        load += drones[i].load
        x += drones[i].load * drones[i].pos[0]
    if load > 1e-9:
        world.truck += clip(x / load - world.truck, -TRUCK_STEP, TRUCK_STEP)


@fn
def judge(world, drones, params, actions, reward):
    drive(world, drones)
    dropped, collected = drop(world, drones), 0.0
    for k in range(SITES):
        collected += take_from(world, drones, k)
    world.delivered += dropped
    world.collected += collected
    open_sites(world)
    effort = mean_effort(world, actions)
    tally(world, drones, params, effort)
    for i in range(world.count):
        reward[i] = pay(drones[i], params, (collected, dropped, effort))
    close_on_time(world, params)


@fn
def look(world, drones, params, cells, i, out):
    drone = drones[i]
    x, y = drone.pos[0], drone.pos[1]
    at = write(out, 0, (x, y, drone.load, world.truck - x, STRIP - y))
    for k in range(SITES):
        left = world.stock[k] / (TENTH * MOST)
        at = write(out, at, (world.site[k][0] - x, world.site[k][1] - y, left) if left > 0.0 else (0.0, 0.0, 0.0))


def terms(options: Mapping[str, Any]) -> list[Term]:
    return [
        Term("collected", 100.0, "loads taken from sites, per drone"),
        Term("dropped", 100.0, "loads dropped at the truck, per drone"),
        Term("effort", 0.0, "mean |u|_1", shaping=True),
    ]


def configure(options: Mapping[str, Any]) -> np.ndarray:
    return point_params(PARAM_FIELDS, terms(options), options, half=HALF, count=COUNT, reach=HALF, horizon=HORIZON)


def things(world: np.record) -> dict[str, np.ndarray]:
    """The truck as a pillar, the sites as marks."""
    open_now = world["stock"] > 0.0
    return {
        "pillars": np.array([[world["truck"], STRIP, 0.15, 0.5 * LEVEL]]),
        "marks": np.column_stack([world["site"][open_now], np.full(int(open_now.sum()), LEVEL)]),
    }


FORAGING = point_scenario(
    "foraging",
    COUNT,
    DRONE_FIELDS,
    WORLD_FIELDS,
    summary="a swarm collects from sites that run out and brings it to a slow truck",
    module=__name__,
    views={"own": LAYOUT},
    terms=terms,
    metric=Metric("delivered", "delivered", "loads dropped at the truck, per drone"),
    configure=configure,
    info=("delivered", "collected"),
    note=lambda world: f"delivered {float(world['delivered']):.2f}",
    things=things,
)
