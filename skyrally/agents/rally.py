"""`scripted:rally` in a match: a classical team player for any n-vs-n that sees only its own observation row (view `match`).

Every drone decides alone; mates come to the same decision (roles.py). Who is nearest to where the ball comes down
receives it and passes it high to the next nearest to the net, who sets it for the third, who attacks deep, far from the
opponents. The next player goes to where the pass is sent; everybody else keeps station, out of the way.
"""

from __future__ import annotations

import math

import numpy as np

from ..physics.vec import add_scaled, fn, norm, scale
from .ballistics import flight, gripping_racket, launch_low, racket, time_to_fall_in_air
from .pilot import HALF_HEIGHT, hold, keep_apart, lift_of, steer, strike, tilt_for
from .roles import APEX, HEIGHT, HITTER, SPIKE_APEX, TARGET, follow_ball
from .team import ball_motion, four, has_touched, identity, place_of, three

YIELD, YIELD_GAIN = 1.7, 14.0  # m, m/s^2: nearer to a mate, a drone without the ball gives way
NET_GAP = 0.45  # m that every drone keeps from the net plane
LOOK_AHEAD = 0.4  # s for which a drone that nears the net, or a mate, looks ahead
STEEPEST, SPIKE_STEEPEST = 0.48, 0.8  # tangents of the largest racket tilts: a pass must be exact, a spike fast
NET_CLEARANCE = 0.3  # m over the net
LOWEST = 0.7  # m: nobody dives deeper for a ball
HANDOVER = 2.2  # m: the height at which a pass shall come down to the next player
WAIT_HEIGHT = 1.9  # m


@fn
def play_row(o, at, n, memory, out):
    """Writes the ctbr action [4] for one observation row o; `at` holds the offsets of its fields."""
    follow_ball(o, at, n, memory)
    if int(memory[HITTER]) == identity(o, at, n) + 1:
        _hit(o, at, memory, out)
    else:
        _wait(o, at, n, memory, out)


@fn
def _hit(o, at, memory, out):
    """Meets the ball so that it flies to the target."""
    ball, vel = ball_motion(o, at)
    drag = o[at.ball_constants + 1]
    t = time_to_fall_in_air(ball, vel, drag, memory[HEIGHT])
    meet, incoming = flight(ball, vel, drag, t)
    end = o[at.ball_constants] if memory[TARGET] < 0.0 else HANDOVER
    target = (float(memory[TARGET]), float(memory[TARGET + 1]), end)
    steepest = SPIKE_STEEPEST if memory[APEX] == np.float32(SPIKE_APEX) else STEEPEST
    clearance = o[at.court + 2] + o[at.ball_constants] + NET_CLEARANCE
    outgoing = launch_low(meet, incoming, target, memory[APEX], drag, steepest, clearance)
    if drag > 0.0:
        normal, speed = gripping_racket(incoming, outgoing, o[at.ball_constants + 2])
    else:
        normal, speed = racket(incoming, outgoing, o[at.ball_constants + 2])
    contact = add_scaled(meet, -(HALF_HEIGHT + o[at.ball_constants]), normal)
    contact = (max(contact[0], NET_GAP), contact[1], max(contact[2], LOWEST))
    pos, quat = three(o, at.position), four(o, at.quaternion)
    lift = lift_of(o, at.throttle, 1.0, 0.0)
    strike(out, pos, quat, three(o, at.velocity), three(o, at.rate), lift, contact, normal, speed, t)


@fn
def _wait(o, at, n, memory, out):
    """Goes to the waiting place, gives way to mates and to who plays the ball, stays off the net."""
    me, hitter = identity(o, at, n), int(memory[HITTER]) - 1
    pos, vel = three(o, at.position), three(o, at.velocity)
    acc = hold(pos, vel, _station(o, at, n, me, hitter, memory))
    for k in range(n):
        if k != me:
            acc = keep_apart(acc, pos, place_of(o, at, me, k), YIELD, YIELD_GAIN)
    if hitter >= 0:
        ball, ball_vel = ball_motion(o, at)
        drag = o[at.ball_constants + 1]
        meet, _ = flight(ball, ball_vel, drag, time_to_fall_in_air(ball, ball_vel, drag, memory[HEIGHT]))
        acc = keep_apart(acc, pos, (meet[0], meet[1], pos[2]), YIELD, YIELD_GAIN)
    ahead = pos[0] + LOOK_AHEAD * vel[0]
    if ahead < NET_GAP + 0.4:
        acc = (acc[0] + 20.0 * (NET_GAP + 0.4 - ahead), acc[1], acc[2])
    force = tilt_for(acc)
    steer(out, four(o, at.quaternion), three(o, at.rate), scale(1.0 / norm(force), force), force)


@fn
def _station(o, at, n, me, hitter, memory):
    """m: where to wait. The next player waits where the pass will come down, the others at their posts."""
    target = (float(memory[TARGET]), float(memory[TARGET + 1]), WAIT_HEIGHT)
    if hitter >= 0 and target[0] > 0.0 and me == _next_player(o, at, n, me, hitter, target):
        return target
    return _post(o, at, n, me)


@fn
def _next_player(o, at, n, me, hitter, target):
    """The number of the free player nearest to the pass; -1 if nobody is free."""
    best, least = -1, 1e9
    for k in range(n):
        if k != hitter and not (o[at.our_ball] > 0.5 and has_touched(o, at, me, k)):
            pos = place_of(o, at, me, k)
            way = math.hypot(pos[0] - target[0], pos[1] - target[1])
            if way < least:
                best, least = k, way
    return best


@fn
def _post(o, at, n, me):
    """m: the anchor, the back row a little forward: from there the whole half is in reach. Two stand side by side."""
    if n == 2:
        return 0.55 * o[at.court], (me - 0.5) * 0.95 * o[at.court + 1], WAIT_HEIGHT
    anchor = three(o, at.anchor)
    return min(anchor[0], 0.72 * o[at.court]), anchor[1], WAIT_HEIGHT
