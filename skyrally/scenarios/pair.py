"""Parts that the two-drone drills share: observation, start, touches in turn, ball and drone faults, station keeping.

| observation | size | | start | |
| --- | --- | --- | --- | --- |
| root | 23 | | drones | their anchors +- (0.5, 0.5, 0.2) m |
| from_anchor | 3 m | | roll, pitch | U(-0.1, 0.1) pi |
| to_mate | 3 m | | yaw | U(0, 2) pi |
| from_ball | 3 m | | ball | 2 m above drone 0, at rest |
| ball_velocity | 3 m/s | | | |
| turn | one-hot (2 or 3) | | | |
| identity | one-hot 2 | | | |

A hit is a touch more than 3 steps after that drone's last one; what follows sooner is the same touch. It is wrong out of turn or
with the airframe outside the racket. The ball is in the net if its centre is within its radius of the net's plane under
2.43 m, or if the sweep of its path met a side of the net (0.02 m thick), so that no ball is too fast to be seen.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..errors import SkyrallyError
from ..physics.records import BALL_NET, BODY, F8, I8, Fields
from ..physics.rng import uniform
from ..physics.vec import add, add_scaled, fn, norm, put3, sub, vec3, write
from .parts import ROOT, begin_drone, begin_episode, drill_params, drop_ball, jitter3, random_attitude, root_of, touch_of
from .scenario import BALL, MATES, Field, Layout, Term

HALF_LENGTH, HALF_WIDTH = 9.0, 4.5  # m
NET_HEIGHT = 2.43  # m
BALL_FLOOR, BALL_CEILING = 0.2, 16.0  # m
SAME_TOUCH = 3  # steps
TILT, STEEP = 0.1 * math.pi, 0.6  # rad: bound of roll and pitch at the start; the share of it from which a start counts as steep
STEEPER, PASS = 7, 12  # channels of the draws of a steep start and of a pass in flight
LEFT = 0.8  # s: of its time, at least, at the start
PRACTICE = {"practice": 0.0, "practice_tilt": 0.0}  # options: shares of episodes with starts that evaluations never have
PRACTICE_FIELDS: Fields = [(name, F8) for name in PRACTICE]
NEVER = -100  # a step before every episode
FREE = 0.5  # m from the anchor that cost nothing


def layout(turns: int) -> Layout:
    """The published layout with a one-hot turn of so many places."""
    return Layout(
        "benchmark",
        [
            *ROOT,
            Field("from_anchor", 3, "m", "world"),
            Field("to_mate", 3, "m", "world", shows=(MATES,)),
            Field("from_ball", 3, "m", "world", shows=(BALL,)),
            Field("ball_velocity", 3, "m/s", "world", shows=(BALL,)),
            Field("turn", turns, "one-hot", "-", 0.0, 1.0),
            Field("identity", 2, "one-hot", "-", 0.0, 1.0),
        ],
    )


def drone_fields(terms: int) -> Fields:
    """What a drone of these drills has beside its motion."""
    return [("last_touch", I8), ("to_place", F8), ("term", F8, terms), ("returns", F8, terms)]


@fn
def begin(world, params, anchors, receiver):
    """Drones about their anchors, the ball at rest 2 m above drone 0, whose turn it is; or a start for practice (see `practise`).

    With probability `params.practice_tilt` drone 0 is tilted steeply, where most first touches are lost: for training too.
    """
    begin_episode(world)
    steep = STEEP if uniform(world, 0, STEEPER, 0.0, 1.0) < params.practice_tilt else 0.0
    for i in range(2):
        drone = world.drones[i]
        turned = random_attitude(world, i, 4, TILT, 0.0, 2.0 * math.pi, steep if i == 0 else 0.0)
        begin_drone(drone, params.airframe, add(anchors[i], jitter3(world, i, 1, (0.5, 0.5, 0.2))), turned)
        drone.last_touch = NEVER
    drop_ball(world.ball, add(vec3(world.drones[0].pos), (0.0, 0.0, 2.0)))
    world.turn = 0
    practise(world, params, anchors, receiver)
    for i in range(2):
        world.drones[i].to_place = to_place(world, params, anchors, i)


@fn
def practise(world, params, anchors, receiver):
    """With probability `params.practice` a pass is in flight at the start: from above the mate's anchor it comes down near the receiver.

    receiver: a drone, or -1: a coin decides. The pass began some time ago, so that some starts leave little time.
    A start for training; the published start has `practice` 0.
    """
    if uniform(world, 0, PASS, 0.0, 1.0) >= params.practice:
        return
    i = receiver
    if receiver < 0:
        i = 0 if uniform(world, 1, PASS, 0.0, 1.0) < 0.5 else 1
    start = add(anchors[1 - i], add((0.0, 0.0, 1.0), jitter3(world, 0, PASS + 1, (0.5, 0.5, 0.3))))
    far = uniform(world, 3, PASS, 0.0, 1.0)  # many come down where the drone is, so that there is something to learn from at first
    end = add_scaled(vec3(world.drones[i].pos), far, jitter3(world, 1, PASS + 1, (1.0, 1.0, 0.0)))
    apex = max(start[2], end[2]) + uniform(world, 2, PASS, 1.5, 4.0)
    rise, fall = math.sqrt(2.0 * params.gravity * (apex - start[2])), math.sqrt(2.0 * params.gravity * (apex - end[2]))
    pace = params.gravity / max(rise + fall, 1e-6)
    since = uniform(world, 4, PASS, 0.0, 1.0) * max((rise + fall) / params.gravity - LEFT, 0.0)
    vel = (pace * (end[0] - start[0]), pace * (end[1] - start[1]), rise - 0.5 * params.gravity * since)  # on average since then
    drop_ball(world.ball, add_scaled(start, since, vel))
    put3(world.ball.vel, (vel[0], vel[1], rise - params.gravity * since))
    world.turn = i


def pair_params(fields: Fields, terms: list[Term], options: Mapping[str, Any], horizon: int) -> np.ndarray:
    """[1] the shared block of a pair's drill: that of every drill and PRACTICE_FIELDS."""
    block = drill_params(fields, terms, options, horizon, net=(NET_HEIGHT, 2 * HALF_WIDTH))
    for name in PRACTICE:
        share = options[name]
        if not isinstance(share, (int, float)) or not 0.0 <= share <= 1.0:
            raise SkyrallyError(f"{name} is {share!r}; expected a share of episodes, 0 to 1")
        block[name] = share
    return block


@fn
def write_pair(world, i, anchor, turns, out):
    """Drone i's observation."""
    drone, ball = world.drones[i], world.ball
    pos = vec3(drone.pos)
    to_mate = sub(vec3(world.drones[1 - i].pos), pos)
    at = write(out, 0, root_of(drone) + sub(pos, anchor) + to_mate + sub(pos, vec3(ball.pos)) + vec3(ball.vel))
    for k in range(turns):
        out[at + k] = 1.0 if world.turn == k else 0.0
    out[at + turns] = 1.0 - i
    out[at + turns + 1] = float(i)


@fn
def judge_touch(world, i):
    """(hit, wrong hit) of drone i in this step, each 0 or 1, by the turn as it is; notes when it touched."""
    kind = touch_of(world, i)
    if kind == 0:
        return 0.0, 0.0
    drone = world.drones[i]
    same = world.step - drone.last_touch <= SAME_TOUCH
    drone.last_touch = world.step
    if same:
        return 0.0, 0.0
    if kind == BODY or world.turn != i:
        return 0.0, 1.0
    return 1.0, 0.0


@fn
def in_net(pos, radius):
    """Whether a centre lies in the net's volume for bodies of this radius."""
    return abs(pos[0]) < radius and abs(pos[1]) < HALF_WIDTH and pos[2] < NET_HEIGHT


@fn
def ball_in_net(world, params):
    """Whether the ball is in the net, or met a side of it in this step."""
    if in_net(vec3(world.ball.pos), params.ball.radius):
        return True
    for e in range(world.n_events):
        event = world.events[e]
        if event.kind == BALL_NET and event.point[2] < NET_HEIGHT - 1e-6:  # at its upper edge the centre is higher than the net
            return True
    return False


@fn
def ball_out(ball):
    return abs(ball.pos[0]) > HALF_LENGTH or abs(ball.pos[1]) > HALF_WIDTH


@fn
def ball_lost(world, params):
    """Whether the ball is down, too high, in the net or out of court (at any height)."""
    z = world.ball.pos[2]
    return z < BALL_FLOOR or z > BALL_CEILING or ball_in_net(world, params) or ball_out(world.ball)


@fn
def strayed(world, anchors):
    """m: how far the drones are from their anchors beyond FREE, on average."""
    total = 0.0
    for i in range(2):
        total += max(norm(sub(vec3(world.drones[i].pos), anchors[i])) - FREE, 0.0)
    return 0.5 * total


@fn
def nearness(world, i):
    """1 / (1 + horizontal distance of drone i from the ball)."""
    drone, ball = world.drones[i], world.ball
    return 1.0 / (1.0 + flat(ball.pos[0] - drone.pos[0], ball.pos[1] - drone.pos[1]))


@fn
def meeting(world, params, i):
    """(m, m, s): from drone i to where the ball, flying freely, comes down to its height, and when that is."""
    drone, ball = world.drones[i], world.ball
    rise, gravity = ball.vel[2], max(params.gravity, 1e-6)
    time = max(rise + math.sqrt(max(rise * rise + 2.0 * gravity * (ball.pos[2] - drone.pos[2]), 0.0)), 0.0) / gravity
    return ball.pos[0] + time * ball.vel[0] - drone.pos[0], ball.pos[1] + time * ball.vel[1] - drone.pos[1], time


@fn
def to_place(world, params, anchors, i):
    """m: horizontally from drone i to where it should be: where it meets the ball if it is to play, else its anchor."""
    if world.turn == i:
        x, y, _ = meeting(world, params, i)
        return flat(x, y)
    pos = world.drones[i].pos
    return flat(pos[0] - anchors[i][0], pos[1] - anchors[i][1])


@fn
def come_nearer(world, params, anchors, i, hit):
    """m: how much nearer drone i has come in this step to where it should be; 0 with a hit, after which that is elsewhere."""
    drone = world.drones[i]
    gap = to_place(world, params, anchors, i)
    nearer = 0.0 if hit else drone.to_place - gap
    drone.to_place = gap
    return nearer


@fn
def aim(world, x, y):
    """Cosine of the angle between the ball's horizontal velocity and the direction (x, y)."""
    vx, vy = world.ball.vel[0], world.ball.vel[1]
    return (vx * x + vy * y) / max(flat(vx, vy) * flat(x, y), 1e-8)


@fn
def flat(x, y):
    return math.sqrt(x * x + y * y)
