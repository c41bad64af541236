"""Hover: one drone flies to (0, 0, 2) and stays there with a given heading (reference 2.1).

| observation | size | | start | | end | |
| --- | --- | --- | --- | --- | --- | --- |
| to_target | 3 m | | position | U([-2.5, -2.5, 1], [2.5, 2.5, 2.5]) m | too low | z < 0.2 m |
| root without position | 20 | | roll, pitch | U(-0.2, 0.2) pi | too far | d > 4 |
| heading_error | 3 | | yaw, target heading | U(0, 2) pi | horizon | 500 steps |

d = |(position error, heading error)|, p = 1 / (1 + (1.2 d)^2), upright = ((up_z + 1) / 2)^2, still = 1 / (1 + w_z^4);
reward = p + p (upright + still) + 0.1 exp(-sum of throttles). Metric: mean position error over the second half.
Option facing="forward": yaw starts as roll and pitch do, and the target heading is +x, as team skills are flown (default "any").
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..physics.native import fly
from ..physics.records import F8, I8, world_record
from ..physics.rng import uniform
from ..physics.vec import body_x, dot, fn, norm, put3, sub, to_world, vec3, vec4, write
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
from .scenario import Field, Layout, Metric, Scenario, Term, choice, pay

advance = fly
TARGET = (0.0, 0.0, 2.0)  # m
HORIZON = 500

LAYOUT = Layout("benchmark", [Field("to_target", 3, "m", "world"), *ROOT[1:], Field("heading_error", 3, "-", "world")])
DRONE_FIELDS = [("term", F8, 4), ("returns", F8, 4)]
WORLD_FIELDS = [("heading", F8, 3), ("error_sum", F8), ("position_error", F8)]
FACINGS = ("any", "forward")
PARAM_FIELDS = [("max_steps", I8), ("forward", I8), ("weight", F8, 4)]  # forward: 1 if facing is


@fn
def reset(world, params):
    start(world, params, 0.2 * math.pi)


@fn
def start(world, params, tilt):
    """A new episode, roll and pitch within `tilt` (rad); yaw too if all face forward."""
    begin_episode(world)
    pos = (uniform(world, 0, 1, -2.5, 2.5), uniform(world, 0, 2, -2.5, 2.5), uniform(world, 0, 3, 1.0, 2.5))
    low, high, yaw = 0.0, 2.0 * math.pi, uniform(world, 0, 7, 0.0, 2.0 * math.pi)
    if params.forward == 1:
        low, high, yaw = -tilt, tilt, 0.0
    begin_drone(world.drones[0], params.airframe, pos, random_attitude(world, 0, 4, tilt, low, high))
    put3(world.heading, (math.cos(yaw), math.sin(yaw), 0.0))
    world.error_sum = 0.0
    world.position_error = 0.0


@fn
def referee(world, params, reward):
    drone = world.drones[0]
    quat, rotor = vec4(drone.quat), drone.rotor
    gap = sub(TARGET, vec3(drone.pos))
    turn = sub(vec3(world.heading), body_x(quat))
    d2 = dot(gap, gap) + dot(turn, turn)
    near = 1.0 / (1.0 + 1.44 * d2)
    lift = 0.5 * (drone.up[2] + 1.0)
    spin2 = to_world(quat, vec3(drone.rate))[2] ** 2
    effort = math.exp(-(rotor[0] + rotor[1] + rotor[2] + rotor[3]))
    reward[0] = pay(drone, params, (near, near * lift * lift, near / (1.0 + spin2 * spin2), effort))
    if 2 * world.step > params.max_steps:
        world.error_sum += norm(gap)
        world.position_error = world.error_sum / (world.step - params.max_steps // 2)
    else:
        world.position_error = norm(gap)
    if drone.pos[2] < 0.2 or d2 > 16.0:
        world.terminated = 1
    elif world.step >= params.max_steps:
        world.truncated = 1


@fn
def observe(world, params, i, out):
    drone = world.drones[i]
    to_target, seen = sub(TARGET, vec3(drone.pos)), root_of(drone)
    write(out, 0, to_target + seen[3:] + sub(vec3(world.heading), body_x(vec4(drone.quat))))


def terms(options: Mapping[str, Any]) -> list[Term]:
    return [
        Term("near", 1.0, "p: nearness of position and heading"),
        Term("upright", 1.0, "p upright", shaping=True),
        Term("still", 1.0, "p still", shaping=True),
        Term("effort", 0.1, "exp(-sum of throttles)", shaping=True),
    ]


def configure(options: Mapping[str, Any]) -> np.ndarray:
    block = drill_params(PARAM_FIELDS, terms(options), options, HORIZON)
    block["forward"] = choice(options, "facing", FACINGS)
    return block


HOVER = Scenario(
    name="hover",
    summary="one drone flies to a point and stays there",
    family="drill",
    module=__name__,
    world=world_record(1, DRONE_FIELDS, WORLD_FIELDS, ball=False),
    agents=("drone_0",),
    teams=(0,),
    views={"benchmark": LAYOUT},
    terms=terms,
    metric=Metric("position error", "position_error", "m, mean over the second half of the episode", lower_is_better=True),
    options={**COMMON_OPTIONS, **REWARD_OPTIONS, "max_cycles": None, "facing": "any"},
    configure=configure,
    stage=lambda options: stage_of("hover", ("drone_0",), (0,), None, False, options),
    info=("position_error",),
)
