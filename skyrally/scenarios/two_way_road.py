"""Two-way road: two learning cars meet on a road with one lane each way; whoever overtakes drives where the other side comes from.

Red drives one way, blue the other, each behind three slower cars in its lane. To get on one must overtake in the oncoming lane, before
those cars and the rival arrive: two that overtake at the same place crash head on. Staying behind is safe.
After the risk task `two-way-v0` of highway-env, whose cars, drivers and starts these are (checked: docs/two_way_road.md); it has one
learner, no crash cost and no time limit. The rules for two learners are ours: those that were used in publications are not known.

| observation, own direction | size | | start | | end | |
| --- | --- | --- | --- | --- | --- | --- |
| offset | 1 m | | own car | 30 m from its end, 30 m/s | crash | a learner touches a car: over for both |
| heading | 1 rad | | leaders | 70 + 40 k + 10 N(0, 1) m | horizon | 25 steps of 1 s |
| speed, target_speed | 1 + 1 m/s | | their speed | 24 + 2 N(0, 1) m/s, | | |
| changing | 1 | | | to 20 m/s at most | | |
| rival | ahead, left m, along, left m/s | | road | 800 m | | |
| leaders, oncoming | ahead m, along m/s of 3 each | | | | | |

| choice | |
| --- | --- |
| left, right | steer for the oncoming lane, for the own one |
| keep | as it is |
| faster, slower | from the present speed to the next of `speeds` (0, 10, 20, 30 m/s) |

| reward term | weight | |
| --- | --- | --- |
| progress | 1 | metres along its way over those at top speed |
| left | 0 | share of the step in the oncoming lane (published: 0.2) |
| crash | -10 | it touched a car |

Drivers of the other cars keep their lane and their distance (IDM), also to a learner that comes towards them in it.
Metric: progress = metres per car and episode. `info` tells it for each, `crashes` (learners that crashed), and `overtakes` of both.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..errors import SkyrallyError
from ..physics.cars import CAR, FOLLOWER, IN_LANE, OWN_LANE, control, follow, move_car, move_follower, set_car, touching
from ..physics.records import F8, I4, I8, game_record, record
from ..physics.rng import bells, moment
from ..physics.vec import fn
from .game_parts import AGENTS, GAME_MODES, GAME_OPTIONS, TEAMS, begin_game, choose, game_params
from .scenario import Field, Layout, Metric, Scenario, Term, number, pay
from .two_way_views import narrate, picture, stage_of_road

CHOICES = ("left", "keep", "right", "faster", "slower")
LEFT, KEEP, RIGHT, FASTER, SLOWER = range(5)
LEADERS = 3  # cars ahead of each learner
SUBSTEPS, DT = 15, 1.0 / 15.0  # of a step; s
HORIZON = 25  # steps of 1 s
MOST_SPEEDS = 8

OWN = "own direction"
LAYOUT = Layout(
    "own",
    [
        Field("offset", 1, "m", "left of the own lane's middle"),
        Field("heading", 1, "rad", OWN),
        Field("speed", 1, "m/s", OWN),
        Field("target_speed", 1, "m/s", OWN),
        Field("changing", 1, "0 or 1", "steers for the oncoming lane", 0.0, 1.0),
        Field("rival", 4, "m, m/s", "ahead, left, and so its velocity"),
        Field("leaders", 2 * LEADERS, "m, m/s", "ahead, and velocity along"),
        Field("oncoming", 2 * LEADERS, "m, m/s", "ahead, and velocity along"),
    ],
)
PLAYER_FIELDS = [*CAR, ("begun", F8), ("crashed", I4), ("wrong", F8), ("passed", I4), ("term", F8, 3), ("returns", F8, 3)]
# begun: s at the start of the step; wrong: substeps of it in the oncoming lane; passed: leaders behind it
WORLD_FIELDS = [
    ("traffic", record(FOLLOWER), (2, LEADERS)),  # the leaders of red, of blue
    ("progress", F8),  # m, mean of both; each below
    ("progress_red", F8),
    ("progress_blue", F8),
    ("crashes", I4),
    ("crash_red", I4),
    ("crash_blue", I4),
    ("overtakes", I4),
]
PARAM_FIELDS = [("half", F8), ("limit", F8), ("n_speeds", I8), ("speeds", F8, MOST_SPEEDS), ("weight", F8, 3)]


@fn
def reset(world, params):
    begin_game(world)
    when = moment(world.seed, world.episode, world.step)
    for i in range(2):
        car = world.drones[i]
        set_car(car, 30.0 - params.half, OWN_LANE, params.speeds[params.n_speeds - 1])
        car.begun, car.crashed, car.wrong, car.passed = car.s, 0, 0.0, 0
        for k in range(LEADERS):
            place, speed, _ = bells(when, i, 1 + k)
            leader = world.traffic[i, k]
            leader.s, leader.speed, leader.pull = 70.0 + 40.0 * k + 10.0 * place - params.half, 24.0 + 2.0 * speed, 0.0
            leader.desired = min(leader.speed, params.limit)
    world.progress = world.progress_red = world.progress_blue = 0.0
    world.crashes = world.crash_red = world.crash_blue = world.overtakes = 0


@fn
def advance(world, params, actions):
    choose(world, params, actions)
    for i in range(2):
        decide(world.drones[i], params)
    for _ in range(params.substeps):
        if world.drones[0].crashed == 0 and world.drones[1].crashed == 0:
            drive(world, params)
            collide(world)


@fn
def decide(car, params):
    """What a choice does to a car's aims."""
    car.begun, car.wrong = car.s, 0.0
    if car.choice == LEFT:
        car.left = 1
    elif car.choice == RIGHT:
        car.left = 0
    elif car.choice != KEEP:
        last = params.n_speeds - 1
        low, high = params.speeds[0], params.speeds[last]
        nearest = math.floor((car.speed - low) / (high - low) * last + 0.5)
        k = int(nearest) + (1 if car.choice == FASTER else -1)
        car.target_speed = params.speeds[min(max(k, 0), last)]


@fn
def drive(world, params):
    """One substep of all cars; the drivers look before anybody moves."""
    for i in range(2):
        for k in range(LEADERS):
            leader = world.traffic[i, k]
            gap, along = in_front(world, i, k)
            leader.pull = follow(leader.speed, leader.desired, gap, leader.speed - along)
    for i in range(2):
        for k in range(LEADERS):
            move_follower(world.traffic[i, k], DT)
        car = world.drones[i]
        acceleration, steering = control(car)
        move_car(car, acceleration, steering, DT)
        car.wrong += 1.0 if car.y > 0.0 else 0.0


@fn
def in_front(world, i, k):
    """(gap m, velocity along m/s) of the nearest car before leader k of direction i; (infinity, 0) where there is none."""
    own = world.traffic[i, k]
    gap, along = math.inf, 0.0
    for j in range(LEADERS):
        ahead = world.traffic[i, j].s - own.s
        if j != k and 0.0 <= ahead < gap:
            gap, along = ahead, world.traffic[i, j].speed
    for j in range(2):
        car, side = world.drones[j], 1.0 if j == i else -1.0
        ahead = side * car.s - own.s
        if 0.0 <= ahead < gap and abs(side * car.y - OWN_LANE) <= IN_LANE:
            gap, along = ahead, side * car.speed * math.cos(car.heading)
    return gap, along


@fn
def collide(world):
    """Marks the learners that touch a car."""
    red, blue = world.drones[0], world.drones[1]
    if touching(-blue.s - red.s, -blue.y - red.y, red.heading, blue.heading + math.pi):
        red.crashed = blue.crashed = 1
    for i in range(2):
        own = world.drones[i]
        for k in range(LEADERS):
            ahead, oncoming = world.traffic[i, k].s - own.s, -world.traffic[1 - i, k].s - own.s
            if touching(ahead, OWN_LANE - own.y, own.heading, 0.0) or touching(oncoming, -OWN_LANE - own.y, own.heading, 0.0):
                own.crashed = 1


@fn
def referee(world, params, reward):
    top = params.speeds[params.n_speeds - 1]
    world.overtakes = 0
    for i in range(2):
        car = world.drones[i]
        way = (car.s - car.begun) / (top * DT * params.substeps)
        reward[i] = pay(car, params, (way, car.wrong / params.substeps, float(car.crashed)))
        car.passed = 0
        for k in range(LEADERS):
            car.passed += 1 if car.s > world.traffic[i, k].s else 0
        world.overtakes += car.passed
    red, blue = world.drones[0], world.drones[1]
    world.crash_red, world.crash_blue, world.crashes = red.crashed, blue.crashed, red.crashed + blue.crashed
    world.progress_red, world.progress_blue = red.s + params.half - 30.0, blue.s + params.half - 30.0
    world.progress = 0.5 * (world.progress_red + world.progress_blue)
    if world.crashes > 0:
        world.terminated = 1
    elif world.step >= params.max_steps:
        world.truncated = 1


@fn
def observe(world, params, i, out):
    own, rival = world.drones[i], world.drones[1 - i]
    out[0], out[1], out[2], out[3], out[4] = own.y - OWN_LANE, own.heading, own.speed, own.target_speed, float(own.left)
    out[5], out[6] = -rival.s - own.s, -rival.y - own.y
    out[7], out[8] = -rival.speed * math.cos(rival.heading), -rival.speed * math.sin(rival.heading)
    for k in range(LEADERS):
        mate, foe = world.traffic[i, k], world.traffic[1 - i, k]
        out[9 + 2 * k], out[10 + 2 * k] = mate.s - own.s, mate.speed
        out[9 + 2 * (LEADERS + k)], out[10 + 2 * (LEADERS + k)] = -foe.s - own.s, -foe.speed


def terms(options: Mapping[str, Any]) -> list[Term]:
    return [
        Term("progress", 1.0, "metres along its way over those at top speed"),
        Term("left", 0.0, "share of the step in the oncoming lane"),
        Term("crash", -10.0, "it touched a car"),
    ]


def configure(options: Mapping[str, Any]) -> np.ndarray:
    given = options["speeds"]
    speeds = (
        np.asarray(given, float) if isinstance(given, (list, tuple)) and all(isinstance(v, (int, float)) for v in given) else np.zeros(0)
    )
    even = np.allclose(np.diff(speeds, 2), 0.0) if np.isfinite(speeds).all() else False
    if not 2 <= len(speeds) <= MOST_SPEEDS or not even or speeds[0] < 0.0 or not 0.0 < speeds[-1] <= 40.0 or speeds[1] <= speeds[0]:
        raise SkyrallyError(f"speeds is {given!r}; expected 2 to {MOST_SPEEDS} rising numbers from 0 to 40 m/s, evenly spaced")
    block = game_params(PARAM_FIELDS, terms(options), options, HORIZON, len(CHOICES), SUBSTEPS)
    block["n_speeds"] = len(speeds)
    block["speeds"][0, : len(speeds)] = speeds
    block["half"], block["limit"] = 0.5 * number(options, "length", 400.0, 4000.0), number(options, "limit", 1.0, 40.0)
    return block


TWO_WAY_ROAD = Scenario(
    name="two-way-road",
    summary="two cars on a two-lane road overtake against the oncoming traffic, and each other",
    family="game",
    module=__name__,
    world=game_record(2, PLAYER_FIELDS, WORLD_FIELDS),
    agents=AGENTS,
    teams=TEAMS,
    views={"own": LAYOUT},
    terms=terms,
    metric=Metric("progress", "progress", "m per car and episode"),
    options={"speeds": (0, 10, 20, 30), "length": 800.0, "limit": 20.0, **GAME_OPTIONS},
    configure=configure,
    stage=stage_of_road,
    action_modes=GAME_MODES,
    narrate=narrate,
    info=("progress", "crashes", "crash_red", "crash_blue", "progress_red", "progress_blue", "overtakes"),
    yardstick="scripted:safe",
    choices=lambda options: CHOICES,
    picture=picture,
    crash="crashes",
)
