"""Set and Spike (Easy): a setter passes to an attacker, who spikes the ball over the net onto a target (reference 2.6).

Published success: MAPPO 0.99 (with shaping), 0.25 (without); MADDPG 0.23, QMIX 0.02 (with shaping); 1 B frames.

| observation | size | | start | | end | |
| --- | --- | --- | --- | --- | --- | --- |
| root | 23 | | anchors | (2, -2.5, 2.5) setter, (2, 2.5, 3.5) m attacker | wrong hit | out of turn, or with the airframe |
| from_anchor | 3 m | | drones | anchor +- (0.5, 0.5, 0.2) m | drone | z < 0.2 m or x < 0 |
| to_mate | 3 m | | roll, pitch | U(-0.1, 0.1) pi | ball | z < 0.2, z > 16 m, net or out of court |
| from_ball | 3 m | | yaw | U(0, 2) pi | horizon | 800 steps |
| ball_velocity | 3 m/s | | ball | 2 m above drone_0, at rest | | |
| turn, identity | 3 + 2 | | turn | 0 setter, then 1 attacker, then 2 nobody | | |

| reward term | weight | to | |
| --- | --- | --- | --- |
| hit | 5 | both | a hit in turn with the racket: the set, then the spike |
| spike | 5 | both | the ball falls (v_z < 0) right after the attacker's hit |
| cross | 5 | both | the ball passes x = -0.1 m with turn 2 |
| target | 5 | both | the ball lands (z < 0.2 m, turn 2) within 1 m of (-4.5, 0) |
| strayed | -0.05 | both | metres from the anchor beyond 0.5, mean of both drones |
| near | 0.05 | both | mean of s / (1 + horizontal distance to the ball), s = (1, 0), (-1, 1), (0, -1) by turn (shaping) |
| aim | 1 | hitter | cosine between the ball's way and the way to the attacker, or to the target (shaping) |
| power | 0.2 | both | max(0, 5 - v_z) at the attacker's hit (shaping) |
| landing | 0.2 | both | max(0, 10 - distance to the target) where the ball lands with turn 2 (shaping) |
| wrong | -10 | own | own wrong hit |
| drone, ball | -10 | both | any drone's fault, ball fault (the landing itself is one, as published) |
| place | 0 | own | metres come nearer to where the ball comes down, or if not to play to the anchor (for training: not published) |

Option `practice` (0): share of episodes that begin with a set in flight to the attacker, for training; evaluations leave it out.
Option `practice_tilt` (0): share of episodes in which the setter begins with roll and pitch beyond 0.06 pi; evaluations leave it out.

Metric: success = mean of the four stages set, downward spike, crossing, target. Deviations: see `pair`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..physics.native import play
from ..physics.records import world_record
from ..physics.vec import fn
from .pair import BALL_FLOOR, PRACTICE
from .scenario import Published, Scenario, Term
from .spike_parts import (
    DRONE_FIELDS,
    LAYOUT,
    METRIC,
    OPTIONS,
    STAGES,
    TARGET_RADIUS,
    WORLD_FIELDS,
    attack_terms,
    begin_attack,
    configure_attack,
    judge_attack,
    observe,
    stage,
    target_distance,
)

__all__ = ["SET_AND_SPIKE_EASY", "advance", "observe", "referee", "reset"]

advance, reset = play, begin_attack
DRONE_FLOOR = 0.2  # m


@fn
def referee(world, params, reward):
    landed = world.turn == 2 and world.ball.pos[2] < BALL_FLOOR
    judge_attack(world, params, reward, landed and target_distance(world.ball) < TARGET_RADIUS)


def terms(options: Mapping[str, Any]) -> list[Term]:
    return attack_terms("the ball lands within 1 m of (-4.5, 0)", landing=0.2)


def configure(options: Mapping[str, Any]) -> np.ndarray:
    return configure_attack(options, terms(options), DRONE_FLOOR)


SET_AND_SPIKE_EASY = Scenario(
    name="set-and-spike-easy",
    summary="a setter and an attacker bring the ball down on a target",
    family="drill",
    module=__name__,
    world=world_record(2, DRONE_FIELDS, WORLD_FIELDS),
    agents=("drone_0", "drone_1"),
    teams=(0, 0),
    views={"benchmark": LAYOUT},
    terms=terms,
    metric=METRIC,
    options=OPTIONS,
    configure=configure,
    stage=lambda options: stage("set-and-spike-easy", options),
    yardstick="scripted:set-and-spike-easy",
    published=(Published(0.99, "MAPPO"), Published(0.23, "MADDPG"), Published(0.02, "QMIX")),
    practice=tuple(PRACTICE),
    info=("success", *STAGES),
)
