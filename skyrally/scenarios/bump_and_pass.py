"""Bump and Pass: two drones pass a ball to each other, high, in strict alternation (reference 2.5).

Published: MAPPO 13.71 +- 0.58 bumps (with shaping), 11.32 +- 0.91 (without); MADDPG 0.84, QMIX 0.09 (with shaping); 1 B frames.

| observation | size | | start | | end | |
| --- | --- | --- | --- | --- | --- | --- |
| root | 23 | | anchors | (4.5, -2.5, 2), (4.5, 2.5, 2) m | wrong hit | out of turn, or with the airframe |
| from_anchor | 3 m | | drones | anchor +- (0.5, 0.5, 0.2) m | drone | z < 0.4 m, or in the net (abs(x) < 0.2 m) |
| to_mate | 3 m | | roll, pitch | U(-0.1, 0.1) pi | ball | z < 0.2, z > 16 m, net or out of court |
| from_ball | 3 m | | yaw | U(0, 2) pi | horizon | 800 steps |
| ball_velocity | 3 m/s | | ball | 2 m above drone_0, at rest | | |
| turn, identity | 2 + 2 | | first turn | drone_0 | | |

| reward term | weight | to | |
| --- | --- | --- | --- |
| hit | 1 | both | a hit in turn with the racket |
| cross | 1 | both | the ball at abs(y) <= 0.1 m and z > 4 m, more than 3 steps after it was there last |
| strayed | -0.05 | both | metres from the anchor beyond 0.5, mean of both drones |
| near | 0.05 | both | mean of s / (1 + horizontal distance to the ball), s = 1 for the drone to play, -1 for the other (shaping) |
| aim | 1 | hitter | cosine between the ball's way and the way to the mate, at a hit (shaping) |
| wrong, drone | -10 | own | own wrong hit, own fault |
| ball | -10 | both | ball fault |
| place | 0 | own | metres come nearer to where the ball comes down, or if not to play to the anchor (for training: not published) |

Option `practice` (0): share of episodes that begin with a pass in flight to either drone, for training; evaluations leave it out.
Option `practice_tilt` (0): share of episodes in which drone_0 begins with roll and pitch beyond 0.06 pi; evaluations leave it out.
Option `practice_cycles` (800): the horizon in training, where what is lost is lost in the first five bumps; evaluations leave it out.

Metric: bumps = hits. `info` has `high_passes` too, the passes that cross the middle above 4 m: low quick bumps count as bumps.
View `own` (38 numbers) shows each drone the drill as drone_0 sees it, so that one policy learns from both: the distance from its anchor in
place of its position, its turn or not, no identity; and where and when the ball comes down to its height (if nobody touches it). It is
for modes that steer in the body's frame (rotor, ctbr).
The published layout has 39 numbers, as here, or 43 with the time t/T four times, which is not offered. Further deviations: see `pair`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..physics.native import play
from ..physics.records import F8, I4, I8, world_record
from ..physics.vec import fn, sub, vec3, write
from .mirror import half_turn, team_root
from .pair import (
    HALF_LENGTH,
    HALF_WIDTH,
    NET_HEIGHT,
    NEVER,
    PRACTICE,
    PRACTICE_FIELDS,
    SAME_TOUCH,
    aim,
    ball_lost,
    begin,
    come_nearer,
    drone_fields,
    in_net,
    judge_touch,
    layout,
    meeting,
    nearness,
    pair_params,
    strayed,
    write_pair,
)
from .parts import COMMON_OPTIONS, REWARD_OPTIONS, ROOT, flags, stage_of
from .scenario import BALL, MATES, Field, Layout, Metric, Published, Scenario, Term, pay, steps_of
from .stage import Court

advance = play
ANCHORS = ((4.5, -2.5, 2.0), (4.5, 2.5, 2.0))  # m
HORIZON = 800
DRONE_FLOOR, DRONE_NET = 0.4, 0.2  # m
MIDDLE, HIGH = 0.1, 4.0  # m: where a pass crosses, and how high it should be there

LAYOUT = layout(turns=2)
OWN_FRAME = "own: turned by pi about z for drone_1"
OWN = Layout(
    "own",
    [
        Field("from_anchor", 3, "m", OWN_FRAME),
        *(Field(f.name, f.size, f.unit, f.frame.replace("world", OWN_FRAME), f.low, f.high) for f in ROOT[1:]),
        Field("to_mate", 3, "m", OWN_FRAME, shows=(MATES,)),
        Field("from_ball", 3, "m", OWN_FRAME, shows=(BALL,)),
        Field("ball_velocity", 3, "m/s", OWN_FRAME, shows=(BALL,)),
        Field("to_ball_meeting", 3, "m", OWN_FRAME, shows=(BALL,)),
        Field("ball_meeting_in", 1, "s", shows=(BALL,)),
        Field("turn", 2, "mine or the mate's", "-", 0.0, 1.0),
    ],
)
TERMS = 9
WORLD_FIELDS = [
    ("turn", I4),  # who plays next
    ("bumps", I4),
    ("high_passes", I4),
    ("last_middle", I8),  # step in which the ball was last in the middle
]
PARAM_FIELDS = [("max_steps", I8), *PRACTICE_FIELDS, ("weight", F8, TERMS)]


@fn
def reset(world, params):
    begin(world, params, ANCHORS, -1)
    world.bumps = world.high_passes = 0
    world.last_middle = NEVER


@fn
def referee(world, params, reward):
    hit0, wrong0 = judge_touch(world, 0)
    hit1, wrong1 = judge_touch(world, 1)
    hit = max(hit0, hit1)
    if hit > 0.0:
        world.turn = 1 - world.turn
        world.bumps += 1
    cross = _high_pass(world)
    away = strayed(world, ANCHORS)
    play_next = world.turn
    near = 0.5 * (nearness(world, play_next) - nearness(world, 1 - play_next))
    lost_ball = ball_lost(world, params)
    lost = False
    for i in range(2):
        drone = world.drones[i]
        own_hit, own_wrong = (hit0, wrong0) if i == 0 else (hit1, wrong1)
        lost_drone = drone.pos[2] < DRONE_FLOOR or in_net(vec3(drone.pos), DRONE_NET)
        aimed = _aim_at_mate(world, i) if own_hit > 0.0 else 0.0
        nearer = come_nearer(world, params, ANCHORS, i, hit > 0.0)
        faults = own_wrong, 1.0 if lost_drone else 0.0, 1.0 if lost_ball else 0.0
        reward[i] = pay(drone, params, (hit, cross, away, near, aimed, *faults, nearer))
        lost = lost or lost_drone or own_wrong > 0.0
    if lost or lost_ball:
        world.terminated = 1
    elif world.step >= params.max_steps:
        world.truncated = 1


@fn
def _high_pass(world):
    """1 if the ball came to the middle in this step, high; books it."""
    if abs(world.ball.pos[1]) > MIDDLE:
        return 0.0
    came = world.step - world.last_middle > SAME_TOUCH
    world.last_middle = world.step
    if not came or world.ball.pos[2] <= HIGH:
        return 0.0
    world.high_passes += 1
    return 1.0


@fn
def _aim_at_mate(world, i):
    own, mate = world.drones[i].pos, world.drones[1 - i].pos
    return aim(world, mate[0] - own[0], mate[1] - own[1])


@fn
def observe(world, params, i, out):
    if world.drones[i].view_id == 0:
        write_pair(world, i, ANCHORS[i], 2, out)
    else:
        _write_own(world, params, i, out)


@fn
def _write_own(world, params, i, out):
    """The view `own`: half a turn about the middle of the anchors leaves the drill as it is, so both drones can see it as drone_0 does."""
    drone, ball = world.drones[i], world.ball
    pos = vec3(drone.pos)
    to_mate = half_turn(i, sub(vec3(world.drones[1 - i].pos), pos))
    seen = half_turn(i, sub(pos, vec3(ball.pos))) + half_turn(i, vec3(ball.vel))
    x, y, time = meeting(world, params, i)
    seen = seen + half_turn(i, (x, y, 0.0)) + (time,) + flags(world.turn == i)
    write(out, 0, half_turn(i, sub(pos, ANCHORS[i])) + team_root(drone, i)[3:] + to_mate + seen)


def terms(options: Mapping[str, Any]) -> list[Term]:
    return [
        Term("hit", 1.0, "hits in turn with the racket"),
        Term("cross", 1.0, "passes that cross the middle above 4 m"),
        Term("strayed", -0.05, "m from the anchor beyond 0.5, mean of both"),
        Term("near", 0.05, "near the ball for the drone to play, far for the other", shaping=True),
        Term("aim", 1.0, "cosine between the ball's way and the way to the mate, at the own hit", shaping=True),
        Term("wrong", -10.0, "own touch out of turn or with the airframe"),
        Term("drone", -10.0, "own altitude under 0.4 m, or in the net"),
        Term("ball", -10.0, "the ball down, too high, in the net or out"),
        Term("place", 0.0, "m come nearer to where the ball comes down, for the drone to play, else to the anchor", shaping=True),
    ]


def configure(options: Mapping[str, Any]) -> np.ndarray:
    return pair_params(PARAM_FIELDS, terms(options), options, steps_of(options, "practice_cycles", HORIZON))


BUMP_AND_PASS = Scenario(
    name="bump-and-pass",
    summary="two drones pass a ball to each other, over 4 m",
    family="drill",
    module=__name__,
    world=world_record(2, drone_fields(TERMS), WORLD_FIELDS),
    agents=("drone_0", "drone_1"),
    teams=(0, 0),
    views={"benchmark": LAYOUT, "own": OWN},
    terms=terms,
    metric=Metric("bumps", "bumps", "hits in turn with the racket"),
    options={**COMMON_OPTIONS, **REWARD_OPTIONS, "max_cycles": None, **PRACTICE, "practice_cycles": None},
    configure=configure,
    stage=lambda options: stage_of(
        "bump-and-pass", ("drone_0", "drone_1"), (0, 0), Court(2 * HALF_LENGTH, 2 * HALF_WIDTH, NET_HEIGHT), True, options
    ),
    yardstick="scripted:bump-and-pass",
    published=(Published(13.71, "MAPPO", 0.58), Published(0.84, "MADDPG", 0.09), Published(0.09, "QMIX", 0.0)),
    practice=(*PRACTICE, "practice_cycles"),
    info=("bumps", "high_passes"),
)
