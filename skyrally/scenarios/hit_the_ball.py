"""Hit the Ball: one hit, as far as possible towards -x (reference 2.3). Published best: 11.40 +- 0.06 m (PPO, 500 M frames).

| observation | size | | start | | end | |
| --- | --- | --- | --- | --- | --- | --- |
| root | 23 | | drone | (4.5, 0, 2) +- (0.5, 0.5, 0.2) m | landed | after exactly one true hit, the ball falling, z <= 2.0 m |
| from_anchor | 3 m | | roll, pitch | U(-0.1, 0.1) pi | wrong hit | a touch within 25 steps of a true hit |
| from_ball | 3 m | | yaw | U(0, 2) pi | drone | z < 0.4 or abs(x) < 0.01 m |
| ball_velocity | 3 m/s | | ball | 3 m above the drone, at rest | ball | z < 0.15 or z > 16 m |
| | | | | | horizon | 500 steps |

| reward term | weight | |
| --- | --- | --- |
| hit | 1 | true hits |
| far | -0.05 | the drone is more than 1 m from the anchor (4.5, 0, 2) |
| distance | 2 | 4.5 - x of the ball, when it has landed |
| wrong, drone, ball | -10 | how the episode ended |

Metric: hitting distance (m) = 4.5 - x of the ball when it has landed; 0 if it never does. Contacts of one step are one touch.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..physics.native import play
from ..physics.records import F8, I4, I8, world_record
from ..physics.vec import add, dot, fn, sub, vec3
from .parts import (
    COMMON_OPTIONS,
    REWARD_OPTIONS,
    begin_drone,
    begin_episode,
    drill_params,
    drop_ball,
    jitter3,
    random_attitude,
    stage_of,
    touched,
)
from .scenario import Metric, Published, Scenario, Term, pay
from .solo_bump import ANCHOR, APART, LAYOUT, observe  # noqa: F401 (the same view)
from .stage import Court

advance = play
HORIZON = 500
DROP = 3.0  # m: the ball above the drone
LANDED = 2.0  # m
TERMS = 6
DRONE_FIELDS = [("term", F8, TERMS), ("returns", F8, TERMS)]
WORLD_FIELDS = [("hits", I4), ("last_hit", I8), ("distance", F8)]  # true hits; step of the last; m, of the landed ball
PARAM_FIELDS = [("max_steps", I8), ("weight", F8, TERMS)]


@fn
def reset(world, params):
    begin_episode(world)
    drone = world.drones[0]
    pos = add(ANCHOR, jitter3(world, 0, 1, (0.5, 0.5, 0.2)))
    begin_drone(drone, params.airframe, pos, random_attitude(world, 0, 4, 0.1 * math.pi, 0.0, 2.0 * math.pi))
    drop_ball(world.ball, add(pos, (0.0, 0.0, DROP)))
    world.hits = 0
    world.last_hit = -APART - 1
    world.distance = 0.0


@fn
def referee(world, params, reward):
    drone, ball = world.drones[0], world.ball
    z = ball.pos[2]
    hit, wrong = _touch(world)
    away = sub(vec3(drone.pos), ANCHOR)
    far = 1.0 if dot(away, away) > 1.0 else 0.0
    landed = world.hits == 1 and ball.vel[2] < 0.0 and z <= LANDED and wrong == 0.0
    if landed:
        world.distance = ANCHOR[0] - ball.pos[0]
    lost_drone = drone.pos[2] < 0.4 or abs(drone.pos[0]) < 0.01
    lost_ball = z < 0.15 or z > 16.0
    terms = (hit, far, world.distance, wrong, 1.0 if lost_drone else 0.0, 1.0 if lost_ball else 0.0)
    reward[0] = pay(drone, params, terms)
    if landed or wrong > 0.0 or lost_drone or lost_ball:
        world.terminated = 1
    elif world.step >= params.max_steps:
        world.truncated = 1


@fn
def _touch(world):
    """(true hit, wrong hit) of this step, each 0 or 1; books the hit."""
    if not touched(world):
        return 0.0, 0.0
    if world.step - world.last_hit <= APART:
        return 0.0, 1.0
    world.hits += 1
    world.last_hit = world.step
    return 1.0, 0.0


def terms(options: Mapping[str, Any]) -> list[Term]:
    return [
        Term("hit", 1.0, "true hits"),
        Term("far", -0.05, "the drone is more than 1 m from its anchor", shaping=True),
        Term("distance", 2.0, "m towards -x from the anchor to where the ball landed"),
        Term("wrong", -10.0, "a touch too soon"),
        Term("drone", -10.0, "the drone left its zone"),
        Term("ball", -10.0, "the ball left its zone"),
    ]


def configure(options: Mapping[str, Any]) -> np.ndarray:
    return drill_params(PARAM_FIELDS, terms(options), options, HORIZON)


HIT_THE_BALL = Scenario(
    name="hit-the-ball",
    summary="one drone hits a falling ball once, as far as it can",
    family="drill",
    module=__name__,
    world=world_record(1, DRONE_FIELDS, WORLD_FIELDS),
    agents=("drone_0",),
    teams=(0,),
    views={"benchmark": LAYOUT},
    terms=terms,
    metric=Metric("hitting distance", "distance", "m towards -x from (4.5, 0, 2) to where the ball comes down to 2 m; 0 if it does not"),
    options={**COMMON_OPTIONS, **REWARD_OPTIONS, "max_cycles": None},
    configure=configure,
    stage=lambda options: stage_of("hit-the-ball", ("drone_0",), (0,), Court(18.0, 9.0, 2.43), True, options),
    yardstick="scripted:hit-the-ball",
    published=(Published(11.40, "PPO", 0.06), Published(5.29, "TD3", 1.28), Published(3.87, "SAC", 2.34)),
    info=("distance", "hits"),
)
