"""Back and Forth: one drone flies between two points, as often as it can (reference 2.2).
Published best: 10.04 +- 0.20 (PPO, 500 M frames).

| observation | size | | start | | end | |
| --- | --- | --- | --- | --- | --- | --- |
| root | 23 | | drone | at A = (4.5, 0, 2) m | drone | z < 0.4 or z > 5 m, |
| to_target | 3 m | | roll, pitch | U(-0.1, 0.1) pi | | or d > 7.5 m from the target |
| | | | yaw | U(0, 2) pi | horizon | 800 steps |
| | | | first target | B = (9, 4.5, 2) m | | |

The target is reached after 5 consecutive steps within 0.6 m of it; then the other point is the target. c counts those steps, 0 to 5.

| reward term | weight | |
| --- | --- | --- |
| inside | 2.5 | c |
| near | 0.5 | 0.02 (50 - c) / (1 + d^2) (shaping) |
| drone | -10 | the drone left its zone |
| progress | 0 | metres come nearer to the target in this step (shaping, for training: not published) |

Metric: waypoints = targets reached.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..physics.native import fly
from ..physics.records import F8, I4, I8, world_record
from ..physics.vec import dot, fn, norm, sub, vec3, write
from .parts import (
    COMMON_OPTIONS,
    REWARD_OPTIONS,
    ROOT,
    begin_drone,
    begin_episode,
    drill_params,
    random_attitude,
    root_of,
    stage_of,
)
from .scenario import Field, Layout, Metric, Published, Scenario, Term, pay
from .stage import Court

advance = fly
START, OTHER = (4.5, 0.0, 2.0), (9.0, 4.5, 2.0)  # m
REACH = 0.6  # m
STAY = 5  # steps
HORIZON = 800

LAYOUT = Layout("benchmark", [*ROOT, Field("to_target", 3, "m", "world")])
TERMS = 4
DRONE_FIELDS = [("term", F8, TERMS), ("returns", F8, TERMS)]
WORLD_FIELDS = [("inside", I4), ("waypoints", I4), ("distance", F8)]  # steps at the target in a row; targets reached; m to the target
PARAM_FIELDS = [("max_steps", I8), ("weight", F8, TERMS)]


@fn
def reset(world, params):
    begin_episode(world)
    begin_drone(world.drones[0], params.airframe, START, random_attitude(world, 0, 1, 0.1 * math.pi, 0.0, 2.0 * math.pi))
    world.inside = world.waypoints = 0
    world.distance = norm(sub(target(world), START))


@fn
def target(world):
    """m: the first target and every second one is OTHER."""
    return OTHER if world.waypoints % 2 == 0 else START


@fn
def referee(world, params, reward):
    drone = world.drones[0]
    gap = sub(target(world), vec3(drone.pos))
    d2 = dot(gap, gap)
    distance = math.sqrt(d2)
    count = world.inside + 1 if d2 < REACH * REACH else 0
    lost = drone.pos[2] < 0.4 or drone.pos[2] > 5.0 or d2 > 7.5 * 7.5
    near = 0.02 * (50.0 - count) / (1.0 + d2)
    reward[0] = pay(drone, params, (float(count), near, 1.0 if lost else 0.0, world.distance - distance))
    if count == STAY:
        world.waypoints += 1
        count, distance = 0, norm(sub(target(world), vec3(drone.pos)))
    world.inside, world.distance = count, distance
    if lost:
        world.terminated = 1
    elif world.step >= params.max_steps:
        world.truncated = 1


@fn
def observe(world, params, i, out):
    drone = world.drones[i]
    write(out, 0, root_of(drone) + sub(target(world), vec3(drone.pos)))


def terms(options: Mapping[str, Any]) -> list[Term]:
    return [
        Term("inside", 2.5, "consecutive steps within 0.6 m of the target, up to 5"),
        Term("near", 0.5, "0.02 (50 - inside) / (1 + distance^2)", shaping=True),
        Term("drone", -10.0, "the drone left its zone"),
        Term("progress", 0.0, "metres come nearer to the target in this step", shaping=True),
    ]


def configure(options: Mapping[str, Any]) -> np.ndarray:
    return drill_params(PARAM_FIELDS, terms(options), options, HORIZON)


BACK_AND_FORTH = Scenario(
    name="back-and-forth",
    summary="one drone flies between two points 6.4 m apart, as often as it can",
    family="drill",
    module=__name__,
    world=world_record(1, DRONE_FIELDS, WORLD_FIELDS, ball=False),
    agents=("drone_0",),
    teams=(0,),
    views={"benchmark": LAYOUT},
    terms=terms,
    metric=Metric("waypoints", "waypoints", "targets reached: 5 consecutive steps within 0.6 m"),
    options={**COMMON_OPTIONS, **REWARD_OPTIONS, "max_cycles": None},
    configure=configure,
    stage=lambda options: stage_of("back-and-forth", ("drone_0",), (0,), Court(18.0, 9.0, 2.43), False, options),
    yardstick="scripted:back-and-forth",
    published=(Published(10.04, "PPO", 0.20), Published(0.99, "TD3", 0.01), Published(0.83, "SAC", 0.25)),
    info=("waypoints",),
)
