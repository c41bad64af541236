"""Set and Spike (Hard): as set-and-spike-easy, against a scripted defender board that returns what it reaches (reference 2.7).

Published success: MAPPO 0.75 (with shaping), 0.25 (without); MADDPG 0.22, QMIX 0.02 (with shaping); 1 B frames.

Observation, start, ends, reward terms and metric are those of `set_and_spike_easy`, but:

| | |
| --- | --- |
| board | waits at (-4, 0, 0.5), moves at most at 8 m/s (module `board`); drones do not see it and do not touch it |
| drone | ends the episode at z < 0.4 m or x < 0 |
| target (weight 5) | the ball lands (z < 0.2, turn 2) and the board went for it without returning it, or returned it into the net or out |
| landing | weight 0: published, computed but not added |

Deviations: the published engine books the board's touch as one of the nearest drone, out of turn, which ends the episode; here it is an
event of its own and play goes on. The published code wants a ball returned into the net or out to be down in that same step; here it
counts as it is. The board hits once and rests. Further: see `pair`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ..physics.native import play
from ..physics.records import record, world_record
from ..physics.vec import fn
from .board import BOARD, HALF_HEIGHT, RADIUS, defend, move_and_hit, wait
from .pair import BALL_FLOOR, PRACTICE, ball_in_net, ball_out
from .scenario import Published, Scenario, Term
from .spike_parts import (
    DRONE_FIELDS,
    LAYOUT,
    METRIC,
    OPTIONS,
    STAGES,
    WORLD_FIELDS,
    attack_terms,
    begin_attack,
    configure_attack,
    judge_attack,
    observe,
    stage,
)
from .stage import Disc

__all__ = ["SET_AND_SPIKE_HARD", "advance", "observe", "referee", "reset"]

DRONE_FLOOR = 0.4  # m


@fn
def reset(world, params):
    begin_attack(world, params)
    wait(world.board)


@fn
def prepare(world, params, actions):
    defend(world, params)


@fn
def conclude(world, params):
    move_and_hit(world, params)


@fn
def advance(world, params, actions):
    prepare(world, params, actions)
    play(world, params, actions)
    conclude(world, params)


@fn
def referee(world, params, reward):
    judge_attack(world, params, reward, _board_beaten(world, params))


@fn
def _board_beaten(world, params):
    if world.board.returned == 1:
        return ball_in_net(world, params) or ball_out(world.ball)
    return world.turn == 2 and world.board.engaged == 1 and world.ball.pos[2] < BALL_FLOOR


def terms(options: Mapping[str, Any]) -> list[Term]:
    return attack_terms("the ball lands past the board, or the board returns it into the net or out", landing=0.0)


def configure(options: Mapping[str, Any]) -> np.ndarray:
    return configure_attack(options, terms(options), DRONE_FLOOR)


SET_AND_SPIKE_HARD = Scenario(
    name="set-and-spike-hard",
    summary="a setter and an attacker bring the ball down past a defending board",
    family="drill",
    module=__name__,
    world=world_record(2, DRONE_FIELDS, [("board", record(BOARD)), *WORLD_FIELDS]),  # in front: no extension of easy's record
    agents=("drone_0", "drone_1"),
    teams=(0, 0),
    views={"benchmark": LAYOUT},
    terms=terms,
    metric=METRIC,
    options=OPTIONS,
    configure=configure,
    stage=lambda options: replace(stage("set-and-spike-hard", options), discs=(Disc("board", RADIUS, HALF_HEIGHT),)),
    yardstick="scripted:set-and-spike-hard",
    published=(Published(0.75, "MAPPO"), Published(0.22, "MADDPG"), Published(0.02, "QMIX")),
    practice=tuple(PRACTICE),
    info=("success", *STAGES),
)
