"""Solo Bump: one drone keeps a ball in the air, high (reference 2.4). Published best: 10.83 +- 1.24 bumps (PPO, 500 M frames).

| observation | size | | start | | end | |
| --- | --- | --- | --- | --- | --- | --- |
| root | 23 | | drone | (4.5, 0, 2) +- (0.5, 0.5, 0.2) m | wrong hit | a touch within 25 steps of a true hit |
| from_anchor | 3 m | | roll, pitch | U(-0.1, 0.1) pi | drone | z < 0.4, z > 2.5 or abs(x) < 0.01 m |
| from_ball | 3 m | | yaw | U(0, 2) pi | ball | z < 0.15, z > 4.5 m or out of court |
| ball_velocity | 3 m/s | | ball | 2 m above the drone, at rest | horizon | 800 steps |

| reward term | weight | |
| --- | --- | --- |
| hit | 2 | true hits |
| high | 8 | a true hit while the mean apex since the first hit exceeds 3.5 m |
| under | 1 | 1 / (1 + horizontal distance to the ball) (shaping) |
| above | 0.5 | ball over the drone, clip(z_ball - max(z_drone, 1), 0, 2) (shaping) |
| wrong, drone, ball | -10 | how the episode ended |

Option `practice_cycles` (800): the horizon in training, where what is lost is lost in the first bumps; evaluations leave it out.

Metric: bumps = true hits after the first whose preceding apex exceeded 3.5 m. Contacts of one step are one touch.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..physics.native import play
from ..physics.records import F8, I4, I8, world_record
from ..physics.vec import add, clip, fn, sub, vec3, write
from .parts import (
    COMMON_OPTIONS,
    REWARD_OPTIONS,
    ROOT,
    begin_drone,
    begin_episode,
    drill_params,
    drop_ball,
    jitter3,
    random_attitude,
    root_of,
    stage_of,
    touched,
)
from .scenario import BALL, Field, Layout, Metric, Published, Scenario, Term, pay, steps_of
from .stage import Court

advance = play
ANCHOR = (4.5, 0.0, 2.0)  # m
HORIZON = 800
APART = 25  # steps between true hits
APEX = 3.5  # m
HALF_LENGTH, HALF_WIDTH = 9.0, 4.5  # m

LAYOUT = Layout(
    "benchmark",
    [
        *ROOT,
        Field("from_anchor", 3, "m", "world"),
        Field("from_ball", 3, "m", "world", shows=(BALL,)),
        Field("ball_velocity", 3, "m/s", "world", shows=(BALL,)),
    ],
)
TERMS = 7
DRONE_FIELDS = [("term", F8, TERMS), ("returns", F8, TERMS)]
WORLD_FIELDS = [
    ("hits", I4),  # true hits
    ("last_hit", I8),  # step of the last true hit
    ("apex", F8),  # m, highest ball since the last true hit
    ("apex_sum", F8),  # m, over the hits after the first
    ("bumps", I4),
]
PARAM_FIELDS = [("max_steps", I8), ("weight", F8, TERMS)]


@fn
def reset(world, params):
    begin_episode(world)
    pos = add(ANCHOR, jitter3(world, 0, 1, (0.5, 0.5, 0.2)))
    begin_drone(world.drones[0], params.airframe, pos, random_attitude(world, 0, 4, 0.1 * math.pi, 0.0, 2.0 * math.pi))
    drop_ball(world.ball, add(pos, (0.0, 0.0, 2.0)))
    world.hits = world.bumps = 0
    world.last_hit = -APART - 1
    world.apex = world.apex_sum = 0.0


@fn
def referee(world, params, reward):
    drone, ball = world.drones[0], world.ball
    z = ball.pos[2]
    world.apex = max(world.apex, z)
    hit, high, wrong = _touch(world)
    lost_drone = drone.pos[2] < 0.4 or drone.pos[2] > 2.5 or abs(drone.pos[0]) < 0.01
    lost_ball = z < 0.15 or z > 4.5 or abs(ball.pos[0]) > HALF_LENGTH or abs(ball.pos[1]) > HALF_WIDTH
    gap = sub(vec3(ball.pos), vec3(drone.pos))
    under = 1.0 / (1.0 + math.sqrt(gap[0] * gap[0] + gap[1] * gap[1]))
    above = clip(z - max(drone.pos[2], 1.0), 0.0, 2.0)
    reward[0] = pay(drone, params, (hit, high, under, above, wrong, 1.0 if lost_drone else 0.0, 1.0 if lost_ball else 0.0))
    if wrong > 0.0 or lost_drone or lost_ball:
        world.terminated = 1
    elif world.step >= params.max_steps:
        world.truncated = 1


@fn
def _touch(world):
    """(true hit, high, wrong hit) of this step, each 0 or 1; books the hit."""
    if not touched(world):
        return 0.0, 0.0, 0.0
    if world.step - world.last_hit <= APART:
        return 0.0, 0.0, 1.0
    high = 0.0
    if world.hits > 0:
        world.apex_sum += world.apex
        if world.apex > APEX:
            world.bumps += 1
        if world.apex_sum / world.hits > APEX:
            high = 1.0
    world.hits += 1
    world.last_hit = world.step
    world.apex = 0.0
    return 1.0, high, 0.0


@fn
def observe(world, params, i, out):
    drone, ball = world.drones[i], world.ball
    pos = vec3(drone.pos)
    write(out, 0, root_of(drone) + sub(pos, ANCHOR) + sub(pos, vec3(ball.pos)) + vec3(ball.vel))


def terms(options: Mapping[str, Any]) -> list[Term]:
    return [
        Term("hit", 2.0, "true hits"),
        Term("high", 8.0, "true hits while the mean apex exceeds 3.5 m"),
        Term("under", 1.0, "1 / (1 + horizontal distance to the ball)", shaping=True),
        Term("above", 0.5, "ball over the drone, up to 2 m", shaping=True),
        Term("wrong", -10.0, "a touch too soon"),
        Term("drone", -10.0, "the drone left its zone"),
        Term("ball", -10.0, "the ball left its zone"),
    ]


def configure(options: Mapping[str, Any]) -> np.ndarray:
    return drill_params(PARAM_FIELDS, terms(options), options, steps_of(options, "practice_cycles", HORIZON))


SOLO_BUMP = Scenario(
    name="solo-bump",
    summary="one drone keeps the ball in the air, over 3.5 m",
    family="drill",
    module=__name__,
    world=world_record(1, DRONE_FIELDS, WORLD_FIELDS),
    agents=("drone_0",),
    teams=(0,),
    views={"benchmark": LAYOUT},
    terms=terms,
    metric=Metric("bumps", "bumps", "true hits after the first with an apex over 3.5 m before them"),
    options={**COMMON_OPTIONS, **REWARD_OPTIONS, "max_cycles": None, "practice_cycles": None},
    configure=configure,
    stage=lambda options: stage_of("solo-bump", ("drone_0",), (0,), Court(2 * HALF_LENGTH, 2 * HALF_WIDTH, 2.43), True, options),
    yardstick="scripted:rally",
    published=(Published(10.83, "PPO", 1.24), Published(3.68, "TD3", 1.43), Published(1.36, "SAC", 0.60)),
    info=("bumps", "hits"),
    practice=("practice_cycles",),
)
