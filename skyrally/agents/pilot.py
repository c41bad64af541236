"""A pilot for one quadrotor: from where to be, when and how, to collective thrust and body rates (ctbr).

It knows the published Iris only: its weight, thrust and rate bounds; nothing here reads the world.
"""

from __future__ import annotations

import math

from ..physics.airframes import IRIS
from ..physics.vec import add_scaled, clip, dot, fn, norm, scale, sub, to_body

GRAVITY = 9.81  # m/s^2
MASS = IRIS.mass  # kg
FULL = 4.0 * IRIS.max_force  # N
RATE_LIMIT = IRIS.rate_limit[0]  # rad/s, what an action of 1 asks for
ATTITUDE_GAIN = 12.0  # 1/s: body rate per rad of tilt error
LEAD = 0.07  # s: the tilt is judged where the present rate takes it, which damps the loop
YAW_GAIN = 1.0  # 1/s
TILT_LIMIT = 0.75  # horizontal over vertical specific force: about 37 degrees
HOLD_POS, HOLD_VEL = 6.0, 4.0  # 1/s^2, 1/s: a damped second-order approach
HOLD_REACH = 1.5  # m: farther errors count as this much, so that long ways are flown at bounded speed
SHORT, SHORT_UP = 0.25, 0.15  # s: shorter arrivals would outrun the attitude loop and the rotors
TURN, TURN_LAG = 0.3, 0.13  # s before the hit that the racket's normal rules the attitude; s until a turn takes effect


@fn
def hold(pos, vel, target):
    """m/s^2: acceleration that brings the drone to `target` and stops it there."""
    gap = sub(target, pos)
    size = norm(gap)
    if size > HOLD_REACH:
        gap = scale(HOLD_REACH / size, gap)
    return sub(scale(HOLD_POS, gap), scale(HOLD_VEL, vel))


@fn
def arrive(p, v, p_end, v_end, t, shortest):
    """m/s^2: along one axis, to be at p_end with speed v_end in t seconds, the final acceleration free.

    The start of the cubic with those ends: a = 6 (p_end - p) / t^2 - (4 v + 2 v_end) / t. Nearer than `shortest` it aims at
    where that path leads on to, or its gains would outrun what flies it.
    """
    far = max(t, shortest)
    return 6.0 * (p_end + v_end * (far - t) - p) / (far * far) - (4.0 * v + 2.0 * v_end) / far


@fn
def pass_through(p, v, p_end, t, shortest):
    """m/s^2: along one axis, to be at p_end in t seconds with whatever speed takes the least effort.

    a = 3 (p_end - p - v t) / t^2; it fades to nothing at the end, so the drone arrives level.
    """
    far = max(t, shortest)
    return 3.0 * (p_end - p - v * far) / (far * far)


@fn
def tilt_for(acceleration):
    """The specific force (m/s^2) for an acceleration, its tilt bounded; its direction is the wanted body z."""
    force = (acceleration[0], acceleration[1], max(acceleration[2] + GRAVITY, 2.0))
    side = math.sqrt(force[0] * force[0] + force[1] * force[1])
    limit = TILT_LIMIT * force[2]
    if side > limit:
        return force[0] * limit / side, force[1] * limit / side, force[2]
    return force


@fn
def steer(out, quat, rate, up, force):
    """Writes the ctbr action [4] that turns body z to `up` (unit) and gives the vertical part of `force` (m/s^2)."""
    aim = to_body(quat, up)
    sine = math.sqrt(aim[0] * aim[0] + aim[1] * aim[1])
    angle = math.atan2(sine, aim[2])
    gain, stretch = ATTITUDE_GAIN / RATE_LIMIT, angle / sine if sine > 1e-6 else 1.0
    heading = to_body(quat, (1.0, 0.0, 0.0))
    body_z = 1.0 - 2.0 * (quat[1] * quat[1] + quat[2] * quat[2])
    thrust = MASS * force[2] / max(body_z, 0.5)
    out[0] = clip(2.0 * thrust / FULL - 1.0, -1.0, 1.0)
    out[1] = clip(-gain * (stretch * aim[1] + LEAD * rate[0]), -1.0, 1.0)
    out[2] = clip(gain * (stretch * aim[0] - LEAD * rate[1]), -1.0, 1.0)
    out[3] = clip(YAW_GAIN * math.atan2(heading[1], heading[0]) / RATE_LIMIT, -1.0, 1.0)


@fn
def fly_to(out, pos, quat, vel, rate, target):
    """Writes the action that goes to a point and stays."""
    force = tilt_for(hold(pos, vel, target))
    steer(out, quat, rate, scale(1.0 / norm(force), force), force)


@fn
def strike(out, pos, quat, vel, rate, contact, normal, speed, t):
    """Writes the action that meets a ball: in t seconds the drone's centre is at `contact` (m), its up direction is
    `normal` and it moves at `speed` (m/s) along it.

    Sideways it passes through a point beside the contact; TURN before the hit it turns to the normal and lets the tilt
    carry it the rest: g n / n_z for the time the turn takes effect.
    """
    lift = GRAVITY / max(normal[2], 0.5)
    carry = 0.5 * (TURN - TURN_LAG) * (TURN - TURN_LAG) * lift
    rise = (speed - normal[0] * vel[0] - normal[1] * vel[1]) / max(normal[2], 0.5) if t < TURN else speed
    acc = (
        pass_through(pos[0], vel[0], contact[0] - carry * normal[0], t, SHORT),
        pass_through(pos[1], vel[1], contact[1] - carry * normal[1], t, SHORT),
        arrive(pos[2], vel[2], contact[2], rise, t, SHORT_UP),
    )
    force = tilt_for(acc)
    steer(out, quat, rate, normal if t < TURN else scale(1.0 / norm(force), force), force)


@fn
def keep_apart(acceleration, pos, other, distance, gain):
    """Adds a push away from `other` (m/s^2) within `distance` (m), growing linearly to `gain` at contact."""
    gap = (pos[0] - other[0], pos[1] - other[1], 0.5 * (pos[2] - other[2]))
    size = max(math.sqrt(dot(gap, gap)), 1e-3)
    if size >= distance:
        return acceleration
    return add_scaled(acceleration, gain * (1.0 - size / distance) / size, gap)
