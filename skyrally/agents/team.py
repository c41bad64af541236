"""What a player reads from its row of the view `match`: itself, the ball, and its team by number, the same for every mate.

Team-mates decide alone but must decide alike. So the team is always walked through by identity, oneself included, and the
numbers are those that all of them see. Positions are in the team frame: the own half is x > 0.
"""

from __future__ import annotations

import math

from ..physics.vec import fn
from .ballistics import GRAVITY, HALF_STEP

MATE_SIZE, FOE_SIZE = 7, 6  # numbers per team-mate and per opponent in the view `match`


@fn
def three(o, k):
    """The vector that begins at place k of row o."""
    return float(o[k]), float(o[k + 1]), float(o[k + 2])


@fn
def four(o, k):
    """The quaternion that begins at place k of row o."""
    return float(o[k]), float(o[k + 1]), float(o[k + 2]), float(o[k + 3])


@fn
def ball_motion(o, at):
    """(position m, velocity m/s) of the ball, as a parabola through the world's steps needs them.

    The world moves the ball by semi-implicit Euler steps dt, which lie on the parabola with v_z - g dt / 2.
    """
    vel = three(o, at.ball_velocity)
    late = HALF_STEP if o[at.ball_constants + 1] <= 0.0 else 0.0
    return three(o, at.ball), (vel[0], vel[1], vel[2] - GRAVITY * late)


@fn
def identity(o, at, n):
    """This drone's number in its team, 0 to n - 1."""
    for k in range(n):
        if o[at.identity + k] > 0.5:
            return k
    return 0


@fn
def mate_at(at, me, k):
    """Where team-mate number k begins in the row; oneself is left out there."""
    return at.mates + MATE_SIZE * (k if k < me else k - 1)


@fn
def place_of(o, at, me, k):
    """Position (m) of number k of the team."""
    return three(o, at.position) if k == me else three(o, mate_at(at, me, k))


@fn
def speed_of(o, at, me, k):
    """Velocity (m/s) of number k of the team."""
    return three(o, at.velocity) if k == me else three(o, mate_at(at, me, k) + 3)


@fn
def has_touched(o, at, me, k):
    """Whether number k has had its touch of this possession."""
    return o[at.touched] > 0.5 if k == me else o[mate_at(at, me, k) + 6] > 0.5


@fn
def free_players(o, at, n, me):
    """How many of the team may still touch the ball in this possession."""
    if o[at.our_ball] < 0.5:
        return n
    count = 0
    for k in range(n):
        if not has_touched(o, at, me, k):
            count += 1
    return count


@fn
def room_to_foes(o, at, n, x, y):
    """m: from a place to the opponent nearest to it."""
    room = 1e9
    for k in range(n):
        f = at.foes + FOE_SIZE * k
        room = min(room, math.hypot(x - o[f], y - o[f + 1]))
    return room
