"""`scripted:set-and-spike-easy` and `-hard`: a high set towards the net, and a tilted racket that sends it down.

A racket changes the ball's velocity along its normal only, so a spike that shall fall needs a steep set: the higher the set,
the less the racket must tilt. Against the board the spike comes down beside the net, where it cannot be in time.
"""

from __future__ import annotations

from ..physics.vec import add_scaled, fn
from .ballistics import NEVER, flight, launch, racket, time_to_fall
from .pilot import HALF_HEIGHT, fly_to, lift_of, strike
from .sight import anchor_of, ball_parabola, own_motion

RADIUS, RESTITUTION = 0.1, 0.8  # m, -: the benchmark ball; the published view does not tell
SET_HEIGHT, SET_APEX = 3.1, 6.3  # m of the ball: at the set, and its top
# What to spike: (where the ball is then, where it shall come down, its speed upward at first), m and m/s.
EASY = ((0.9, 0.8, 4.3), (-4.3, 0.0, 0.2), -0.6)
HARD = ((0.8, 2.0, 3.6), (-1.0, 3.6, 1.1), -2.5)


@fn
def easy_row(o, at, n, memory, out):
    """Writes the ctbr action [4] for one row of the published layout."""
    _play(o, at, EASY, out)


@fn
def hard_row(o, at, n, memory, out):
    """Writes the ctbr action [4] for one row of the published layout."""
    _play(o, at, HARD, out)


@fn
def _play(o, at, plan, out):
    pos, vel, quat, rate = own_motion(o, at)
    spot, goal, rise = plan
    me = 0 if o[at.identity] > 0.5 else 1
    ball, ball_vel = ball_parabola(o, at)
    t = time_to_fall(ball[2], ball_vel[2], SET_HEIGHT if me == 0 else spot[2])
    if o[at.turn + me] < 0.5 or t >= NEVER:
        fly_to(out, pos, quat, vel, rate, _station(o, at, me, spot))
        return
    meet, incoming = flight(ball, ball_vel, 0.0, t)
    outgoing = launch(meet, spot, SET_APEX, 0.0) if me == 0 else _spike(meet, goal, rise)
    normal, speed = racket(incoming, outgoing, RESTITUTION)
    contact = add_scaled(meet, -(HALF_HEIGHT + RADIUS), normal)
    strike(out, pos, quat, vel, rate, lift_of(o, at.throttle, 0.5, 0.5), contact, normal, speed, t)


@fn
def _spike(start, goal, rise):
    """m/s: the velocity that begins with `rise` upward and comes down at `goal`."""
    t = time_to_fall(start[2], rise, goal[2])
    return (goal[0] - start[0]) / t, (goal[1] - start[1]) / t, rise


@fn
def _station(o, at, me, spot):
    """m: where to be without the ball: the setter at its anchor, the attacker under its spot until the spike."""
    anchor = anchor_of(o, at)
    if me == 0 or o[at.turn + 2] > 0.5:
        return anchor
    return 0.5 * (spot[0] + anchor[0]), 0.5 * (spot[1] + anchor[1]), spot[2]
