"""`scripted:rally` in a match: a classical team player for any n-vs-n that sees only its own observation row (view `match`).

Every drone decides alone; mates come to the same decision (roles.py). Who is nearest to where the ball comes down
receives it and passes it high to the next nearest to the net, who sets it for the third, who attacks deep, far from the
opponents. The next player goes to where the pass is sent; everybody else keeps station, out of the way.
"""

from __future__ import annotations

import numpy as np

from ..physics.vec import fn, norm, scale
from .ballistics import flight, time_to_fall_in_air
from .pilot import hold, keep_apart, steer, tilt_for
from .roles import APEX, HEIGHT, HITTER, SPIKE_APEX, TARGET, follow_ball, next_player
from .serve import serve_far
from .strokes import NET_GAP, STEEPEST, send
from .team import ball_motion, four, identity, place_of, three

YIELD, YIELD_GAIN = 1.7, 14.0  # m, m/s^2: nearer to a mate, a drone without the ball gives way
LOOK_AHEAD = 0.4  # s for which a drone that nears the net, or a mate, looks ahead
SPIKE_STEEPEST = 0.8  # tangent of the largest racket tilt of a spike
FAR_SERVE = 7.5  # m from the net: from farther only a serve with a climb gets over
FAR_DEPTH = 0.8  # share of half the court: where such a serve goes
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
    drag = o[at.ball_constants + 1]
    end = o[at.ball_constants] if memory[TARGET] < 0.0 else HANDOVER
    target = (float(memory[TARGET]), float(memory[TARGET + 1]), end)
    if o[at.serving] > 0.5 and o[at.position] > FAR_SERVE and drag <= 0.0:
        serve_far(o, at, (-FAR_DEPTH * o[at.court], 0.0, end), out)
        return
    steepest = SPIKE_STEEPEST if memory[APEX] == np.float32(SPIKE_APEX) else STEEPEST
    send(o, at, memory[HEIGHT], target, memory[APEX], steepest, 0.0, 0.0, out)


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
    if hitter >= 0 and target[0] > 0.0 and me == next_player(o, at, n, me, hitter, target):
        return target
    return _post(o, at, n, me)


@fn
def _post(o, at, n, me):
    """m: the anchor, the back row a little forward: from there the whole half is in reach. Two stand side by side."""
    if n == 2:
        return 0.55 * o[at.court], (me - 0.5) * 0.95 * o[at.court + 1], WAIT_HEIGHT
    anchor = three(o, at.anchor)
    return min(anchor[0], 0.72 * o[at.court]), anchor[1], WAIT_HEIGHT
