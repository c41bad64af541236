"""The scripted skills of a team: what a drone does under an order, one row of the view `ordered` at a time.

| skill | what it does |
| --- | --- |
| goto | goes to the target and stays, out of the way of mates, of the net and of who plays the ball |
| cover | goes to where a ball that comes back from a mate's attack would fall: 2 m from the hit, on the side of its own target |
| block | meets an attack near the net with a steep racket and sends it back over an apex (blocking.py) |
| serve | strikes the dropped ball over the net |
| receive, set, return | meet the ball and send it over an apex: to the setter, to the attacker, deep into the far court |
| attack | meets the ball high with a steep racket and drives it down into the far court |
"""

from __future__ import annotations

from ..physics.vec import dot, fn, norm, scale, to_world
from ..scenarios.cover_mate import guard
from . import blocking
from .orders import ATTACK, BLOCK, COVER, RECEIVE, RETURN, SERVE, SET
from .pilot import FULL, GRAVITY, MASS, hold, keep_apart, steer, tilt_for
from .serve import serve_far
from .strokes import NET_GAP, STEEPEST, drive, send
from .team import four, identity, place_of, three

YIELD, YIELD_GAIN = 1.7, 14.0  # m, m/s^2: nearer to a mate, a drone without the ball gives way
LOOK_AHEAD, NET_GAIN = 0.4, 20.0  # s for which a drone that nears the net looks ahead; 1/s^2
NET_ROOM = 0.4  # m beyond NET_GAP
LEANING, UPRIGHT = -0.35, 0.85  # x of body z, cosine of the way to turn: a drone that leans to the net so much, and away from where it
# should, lets its rotors idle
HIGH, LIFT = 1.3, 3.5  # m, m/s^2: if that leaves it HIGH above the ground after a stop at LIFT
FAR_SERVE = 5.0  # m from the net: from farther the serve begins with a climb
IDLE = 0.15  # share of the weight


@fn
def crew_row(o, at, n, memory, out):
    """Writes the ctbr action [4] for one row."""
    skill = int(o[at.order_skill])
    target, height = three(o, at.order_target), float(o[at.order_height])
    if skill == SERVE:
        _serve(o, at, target, height, out)
    elif skill in (RECEIVE, SET, RETURN):
        send(o, at, height, target, float(o[at.order_apex]), STEEPEST, at.behind, 0.0, out)
    elif skill == ATTACK:
        drive(o, at, height, target, float(o[at.order_soonest]), at.steepest, at.late, out)
    elif skill == COVER:
        _go(o, at, n, guard((float(o[at.order_clear]), float(o[at.order_clear + 1])), target), out)
    elif skill == BLOCK:
        send(o, at, height, target, float(o[at.order_apex]), blocking.STEEPEST, blocking.BEHIND, blocking.LATE, out)
    else:
        _go(o, at, n, target, out)


@fn
def _serve(o, at, target, height, out):
    """From far with a run-up upward, by the benchmark ball's parabola; from near, or a ball with drag, as any other touch."""
    if o[at.position] > FAR_SERVE and o[at.ball_constants + 1] <= 0.0:
        serve_far(o, at, target, out)
    else:
        send(o, at, height, target, float(o[at.order_apex]), STEEPEST, 0.0, 0.0, out)


@fn
def _go(o, at, n, place, out):
    """Flies to a place, gives way to mates and to who plays the ball, stays off the net."""
    me = identity(o, at, n)
    pos, vel, quat = three(o, at.position), three(o, at.velocity), four(o, at.quaternion)
    acc = hold(pos, vel, place)
    for k in range(n):
        if k != me:
            acc = keep_apart(acc, pos, place_of(o, at, me, k), YIELD, YIELD_GAIN)
    acc = keep_apart(acc, pos, (float(o[at.order_clear]), float(o[at.order_clear + 1]), pos[2]), YIELD, YIELD_GAIN)
    fly_clear(out, pos, vel, quat, three(o, at.rate), acc)


@fn
def fly_clear(out, pos, vel, quat, rate, acc):
    """Writes the action for an acceleration (m/s^2), kept off the net; a drone that must turn back from it lets its rotors idle."""
    ahead = pos[0] + LOOK_AHEAD * vel[0]
    if ahead < NET_GAP + NET_ROOM:
        acc = (acc[0] + NET_GAIN * (NET_GAP + NET_ROOM - ahead), acc[1], acc[2])
    force = tilt_for(acc)
    wanted = scale(1.0 / norm(force), force)
    steer(out, quat, rate, wanted, force)
    up, fall = to_world(quat, (0.0, 0.0, 1.0)), min(vel[2], 0.0)
    if up[0] < LEANING and dot(wanted, up) < UPRIGHT and pos[2] - fall * fall / (2.0 * LIFT) > HIGH:
        out[0] = min(out[0], 2.0 * IDLE * MASS * GRAVITY / FULL - 1.0)
