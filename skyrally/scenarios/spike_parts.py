"""What set-and-spike easy and hard share: the start, the turn of three, the stages of success, the reward terms.

Turn 0 is the setter's (drone_0), 1 the attacker's (drone_1), 2: nobody may touch the ball any more. The metric is the mean of
the four stages that the published rewards pay for: set, downward spike, crossing, target (reference 2.6: its values cluster near quarters).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..physics.records import F8, I4, I8, Fields
from ..physics.vec import fn
from .pair import (
    BALL_FLOOR,
    HALF_LENGTH,
    HALF_WIDTH,
    NET_HEIGHT,
    PRACTICE,
    PRACTICE_FIELDS,
    aim,
    ball_lost,
    begin,
    come_nearer,
    drone_fields,
    flat,
    judge_touch,
    layout,
    nearness,
    pair_params,
    strayed,
    write_pair,
)
from .parts import COMMON_OPTIONS, REWARD_OPTIONS, stage_of
from .scenario import Metric, Term, pay
from .stage import Court, Stage

ANCHORS = ((2.0, -2.5, 2.5), (2.0, 2.5, 3.5))  # m: setter, attacker
TARGET, TARGET_RADIUS = (-4.5, 0.0), 1.0  # m
CROSSED = -0.1  # m: the ball has crossed the net at this x
HORIZON = 800
STAGES = ("was_set", "spiked", "crossed", "on_target")
OPTIONS = {**COMMON_OPTIONS, **REWARD_OPTIONS, "max_cycles": None, **PRACTICE}
METRIC = Metric("success", "success", "mean of four stages: set, downward spike, over the net, on target")

TERMS = 13
LAYOUT = layout(turns=3)
DRONE_FIELDS = drone_fields(TERMS)
WORLD_FIELDS: Fields = [
    ("turn", I4),  # 0 setter, 1 attacker, 2 done hitting
    ("last_x", F8),  # m, the ball's in the step before
    *((stage, I4) for stage in STAGES),
    ("success", F8),
]
PARAM_FIELDS: Fields = [("max_steps", I8), *PRACTICE_FIELDS, ("drone_floor", F8), ("weight", F8, TERMS)]


@fn
def begin_attack(world, params):
    begin(world, params, ANCHORS, 1)
    world.last_x = world.ball.pos[0]
    world.was_set = world.spiked = world.crossed = world.on_target = 0
    world.success = 0.0


@fn
def judge_attack(world, params, reward, on_target):
    """Touches, stages, terms and ends of this step. `on_target`: the ball has come to where the drill wants it."""
    ball = world.ball
    set0, wrong0 = judge_touch(world, 0)
    hit1, wrong1 = judge_touch(world, 1)
    world.turn += int(max(set0, hit1))
    spike = 1.0 if hit1 > 0.0 and ball.vel[2] < 0.0 else 0.0
    cross = 1.0 if world.turn == 2 and ball.pos[0] <= CROSSED < world.last_x else 0.0
    world.last_x = ball.pos[0]
    down = world.turn == 2 and ball.pos[2] < BALL_FLOOR
    _book(world, set0 > 0.0, spike > 0.0, cross > 0.0, on_target)
    power = hit1 * max(5.0 - ball.vel[2], 0.0)
    landing = max(10.0 - target_distance(ball), 0.0) if down else 0.0
    target = 1.0 if on_target else 0.0
    away, near = strayed(world, ANCHORS), _near(world)
    lost_drone = _strayed_out(world.drones[0], params) or _strayed_out(world.drones[1], params)
    lost_ball = ball_lost(world, params)
    drone_fault, ball_fault = 1.0 if lost_drone else 0.0, 1.0 if lost_ball else 0.0
    for i in range(2):
        own_hit, own_wrong = (set0, wrong0) if i == 0 else (hit1, wrong1)
        aimed = _aim(world, i) if own_hit > 0.0 else 0.0
        nearer = come_nearer(world, params, ANCHORS, i, max(set0, hit1) > 0.0)
        terms = (max(set0, hit1), spike, cross, target, away, near, aimed, power, landing, own_wrong, drone_fault, ball_fault, nearer)
        reward[i] = pay(world.drones[i], params, terms)
    if wrong0 + wrong1 > 0.0 or lost_drone or lost_ball:
        world.terminated = 1
    elif world.step >= params.max_steps:
        world.truncated = 1


@fn
def _book(world, was_set, spiked, crossed, on_target):
    """Keeps which stages were reached, and the metric."""
    if was_set:
        world.was_set = 1
    if spiked:
        world.spiked = 1
    if crossed:
        world.crossed = 1
    if on_target:
        world.on_target = 1
    world.success = 0.25 * (world.was_set + world.spiked + world.crossed + world.on_target)


@fn
def target_distance(ball):
    """m: horizontally from the ball to the target's centre."""
    return flat(ball.pos[0] - TARGET[0], ball.pos[1] - TARGET[1])


@fn
def _near(world):
    """Mean of s / (1 + horizontal distance to the ball), s = (1, 0), (-1, 1), (0, -1) for turn 0, 1, 2."""
    if world.turn == 0:
        return 0.5 * nearness(world, 0)
    if world.turn == 1:
        return 0.5 * (nearness(world, 1) - nearness(world, 0))
    return -0.5 * nearness(world, 1)


@fn
def _strayed_out(drone, params):
    return drone.pos[2] < params.drone_floor or drone.pos[0] < 0.0


@fn
def _aim(world, i):
    """The setter aims at the attacker, the attacker at the target's centre."""
    own, mate = world.drones[i].pos, world.drones[1].pos
    if i == 0:
        return aim(world, mate[0] - own[0], mate[1] - own[1])
    return aim(world, TARGET[0] - own[0], TARGET[1] - own[1])


@fn
def observe(world, params, i, out):
    write_pair(world, i, ANCHORS[i], 3, out)


def attack_terms(target: str, landing: float) -> list[Term]:
    """The reward terms; `target` says what on target means, `landing` is the weight of coming near it."""
    return [
        Term("hit", 5.0, "hits in turn with the racket: the set, then the spike"),
        Term("spike", 5.0, "the attacker's hit sends the ball down"),
        Term("cross", 5.0, "the ball crosses the net after the attacker's hit"),
        Term("target", 5.0, target),
        Term("strayed", -0.05, "m from the anchor beyond 0.5, mean of both"),
        Term("near", 0.05, "near the ball for the drone to play, far for the one that has played", shaping=True),
        Term("aim", 1.0, "cosine between the ball's way and the way to attacker or target, at the own hit", shaping=True),
        Term("power", 0.2, "max(0, 5 - v_z) m/s of the ball at the attacker's hit", shaping=True),
        Term("landing", landing, "max(0, 10 - distance to the target) m where the ball lands", shaping=True),
        Term("wrong", -10.0, "own touch out of turn or with the airframe"),
        Term("drone", -10.0, "a drone too low or past the net"),
        Term("ball", -10.0, "the ball down, too high, in the net or out"),
        Term("place", 0.0, "m come nearer to where the ball comes down, for the drone to play, else to the anchor", shaping=True),
    ]


def configure_attack(options: Mapping[str, Any], terms: list[Term], drone_floor: float) -> np.ndarray:
    block = pair_params(PARAM_FIELDS, terms, options, HORIZON)
    block["drone_floor"] = drone_floor
    return block


def stage(name: str, options: Mapping[str, Any]) -> Stage:
    return stage_of(name, ("drone_0", "drone_1"), (0, 0), Court(2 * HALF_LENGTH, 2 * HALF_WIDTH, NET_HEIGHT), True, options)
