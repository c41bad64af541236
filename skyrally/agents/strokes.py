"""One touch of the ball in a match: sent over an apex to a place (passes, sets, serves, returns), or driven flat (attacks).

`send` and `drive` read a row of the view `match`, or of one that begins with its fields; `send_ball` and `drive_ball` are told what the
row says. SI units, team frame.
"""

from __future__ import annotations

import math

from ..physics.vec import add_scaled, fn
from .ballistics import GRAVITY, HALF_STEP, flight, gripping_racket, height_at_net, launch_low, racket, time_to_fall_in_air
from .pilot import HALF_HEIGHT, TURN_LAG, lift_of, strike
from .team import ball_motion, four, three

NET_GAP = 0.45  # m that every drone keeps from the net plane
STEEPEST = 0.48  # tangent of the largest racket tilt of a pass, which must be exact
NET_CLEARANCE = 0.3  # m over the net
DRIVE_CLEARANCE = 0.15  # m over the net, of a drive
LOWEST = 0.7  # m: nobody dives deeper for a ball
SMALL_TURN = 0.2  # rad: a larger turn of the racket is late by half of what its excess takes at full rate
SLOWER, SLOWEST = 0.05, 2.0  # s: steps in which a drive that is not possible is slowed down, and where that ends


@fn
def send(o, at, height, target, apex, steepest, behind, late, out):
    """Writes the action [4] that meets the ball when it falls through `height` and sends it to `target` over `apex` (m), from a row."""
    ball, vel = ball_motion(o, at)
    clearance = _clearance(o, at, NET_CLEARANCE)
    send_ball(out, _own(o, at), ball, vel, three(o, at.ball_constants), height, target, apex, steepest, clearance, behind, late)


@fn
def drive(o, at, height, target, soonest, steepest, late, out):
    """As send, to be there in `soonest` seconds."""
    ball, vel = ball_motion(o, at)
    drive_ball(
        out,
        _own(o, at),
        ball,
        vel,
        three(o, at.ball_constants),
        height,
        target,
        soonest,
        steepest,
        _clearance(o, at, DRIVE_CLEARANCE),
        late,
    )


@fn
def send_ball(out, own, ball, vel, air, height, target, apex, steepest, clearance, behind, late):
    """Writes the action [4] that meets a ball when it falls through `height` and sends it to `target` over `apex` (m).

    own: (position m, velocity m/s, attitude, body rates rad/s, lift m/s^2) of the drone. air: the ball's radius (m), drag (1/m) and
    restitution. steepest: tangent of the largest racket tilt. clearance: m over the net plane. behind: m that it aims behind the ball per
    horizontal part of the racket's normal, as drones that lean late run too far. late: s per rad by which a large turn of the racket has
    effect later.
    """
    t = time_to_fall_in_air(ball, vel, air[1], height)
    meet, incoming = flight(ball, vel, air[1], t)
    outgoing = launch_low(meet, incoming, target, apex, air[1], steepest, clearance)
    _hit(out, own, air, t, meet, incoming, outgoing, late_turn(incoming, outgoing, late), behind)


@fn
def drive_ball(out, own, ball, vel, air, height, target, soonest, steepest, clearance, late):
    """As send_ball, with a flight of `soonest` seconds, or as soon after that as net and racket allow."""
    t = time_to_fall_in_air(ball, vel, air[1], height)
    meet, incoming = flight(ball, vel, air[1], t)
    outgoing = launch_flat(meet, incoming, target, soonest, air[1], steepest, clearance)
    _hit(out, own, air, t, meet, incoming, outgoing, late_turn(incoming, outgoing, late), 0.0)


@fn
def late_turn(incoming, outgoing, late):
    """s until a turn to the racket's tilt takes effect, `late` (s per rad) longer for what it is over SMALL_TURN."""
    tilt = math.atan2(math.hypot(outgoing[0] - incoming[0], outgoing[1] - incoming[1]), outgoing[2] - incoming[2])
    return TURN_LAG + late * max(tilt - SMALL_TURN, 0.0)


@fn
def launch_flat(start, incoming, target, soonest, drag, steepest, clearance):
    """The velocity with which a ball at `start` reaches `target` soonest: in a time of at least `soonest` (s) for which the racket that
    answers `incoming` tilts by no more than the tangent `steepest` and the ball passes the net plane above `clearance` (m).

    v = (target - start) / T + (0, 0, g T / 2), plus half a step of gravity for the world's semi-implicit steps.
    """
    t = soonest
    vel = _reach(start, target, t, drag)
    while t < SLOWEST and (
        math.hypot(vel[0] - incoming[0], vel[1] - incoming[1]) > steepest * (vel[2] - incoming[2])
        or height_at_net(start, vel, drag) < clearance
    ):
        t += SLOWER
        vel = _reach(start, target, t, drag)
    return vel


@fn
def _reach(start, target, t, drag):
    """The velocity that brings a ball from `start` to `target` in t seconds; with drag its aim is corrected three times."""
    rise = (target[2] - start[2]) / t + 0.5 * GRAVITY * t
    vel = ((target[0] - start[0]) / t, (target[1] - start[1]) / t, rise + (GRAVITY * HALF_STEP if drag <= 0.0 else 0.0))
    if drag > 0.0:
        for _ in range(3):
            reached, _ = flight(start, vel, drag, t)
            vel = add_scaled(vel, 1.0 / t, (target[0] - reached[0], target[1] - reached[1], target[2] - reached[2]))
    return vel


@fn
def _clearance(o, at, margin):
    """m: the least height of the ball over the net plane."""
    return o[at.court + 2] + o[at.ball_constants] + margin


@fn
def _own(o, at):
    """The drone's own motion, as send_ball takes it, from a row of the view `match`."""
    return three(o, at.position), three(o, at.velocity), four(o, at.quaternion), three(o, at.rate), lift_of(o, at.throttle, 1.0, 0.0)


@fn
def _hit(out, own, air, t, meet, incoming, outgoing, lag, behind):
    """Writes the action that turns the ball's velocity in t seconds at `meet` from `incoming` into `outgoing`."""
    pos, vel, quat, rate, lift = own
    if air[1] > 0.0:
        normal, speed = gripping_racket(incoming, outgoing, air[2])
    else:
        normal, speed = racket(incoming, outgoing, air[2])
    contact = add_scaled(meet, -(HALF_HEIGHT + air[0]), normal)
    contact = add_scaled(contact, -behind, (normal[0], normal[1], 0.0))
    contact = (max(contact[0], NET_GAP), contact[1], max(contact[2], LOWEST))
    strike(out, pos, quat, vel, rate, lift, contact, normal, speed, t, lag=lag)
