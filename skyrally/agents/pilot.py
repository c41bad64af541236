"""A pilot for one quadrotor: from where to be, when and how, to collective thrust and body rates (ctbr).

It knows a craft by its weight, thrust and rate bounds, the published Iris if none is named; nothing here reads the world.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from ..physics.airframes import IRIS, JUGGLER, Airframe
from ..physics.vec import add_scaled, clip, dot, fn, norm, scale, sub, to_body, to_world

GRAVITY = 9.81  # m/s^2
MASS = IRIS.mass  # kg
FULL = 4.0 * IRIS.max_force  # N
HALF_HEIGHT = IRIS.body_half_height  # m, the racket above the centre
RATE_LIMIT = IRIS.rate_limit[0]  # rad/s, what an action of 1 asks for


class Craft(NamedTuple):
    """What a pilot must know of an airframe."""

    mass: float  # kg
    full: float  # N, all rotors
    rate_limit: float  # rad/s, roll and pitch, what an action of 1 asks for
    most: float  # m/s^2: largest vertical specific force asked for
    most_side: float  # m/s^2: and in all
    attitude_gain: float  # 1/s: body rate per rad of tilt error


def craft_of(frame: Airframe, attitude_gain: float, most: float = 0.92, most_side: float = 0.98) -> Craft:
    """The craft of an airframe; `most` and `most_side` are shares of what full thrust gives."""
    full = 4.0 * frame.max_force
    return Craft(frame.mass, full, frame.rate_limit[0], most * full / frame.mass, most_side * full / frame.mass, attitude_gain)


ATTITUDE_GAIN = 12.0  # 1/s: body rate per rad of tilt error
LEAD = 0.055  # s: the tilt is judged where the present rate takes it, which damps the loop
MOST_ERROR = RATE_LIMIT / ATTITUDE_GAIN + LEAD * RATE_LIMIT  # rad about a body axis that asks for the full rate at the full rate
YAW_GAIN = 1.0  # 1/s
TILT_LIMIT = 0.75  # horizontal over vertical specific force: about 37 degrees
MOST, MOST_SIDE = 14.5, 15.5  # m/s^2, of the Iris (full thrust gives 15.8)
FLOOR, BRAKE_TIME, FLOOR_GAIN = 0.75, 0.25, 25.0  # m, s, 1/s^2: under 0.3 m is a crash
HOLD_POS, HOLD_VEL = 6.0, 4.0  # 1/s^2, 1/s: a damped second-order approach
HOLD_REACH = 1.5  # m: farther errors count as this much, so that long ways are flown at bounded speed
SHORT, SHORT_UP = 0.25, 0.1  # s: shorter arrivals would outrun the attitude loop and the rotors
TURN_LAG, ROTOR_LAG = 0.13, 0.03  # s until a turn, or a thrust, takes effect
HOLD = 0.17  # s before the hit that the tilt shall already be the racket's
DRIFT = 1.5  # m/s sideways at the hit
NET_ROOM, BRAKE = 0.5, 1.5  # m from the net plane, 1/s: a hit there is met at no more than BRAKE times the way left
IRIS_CRAFT = Craft(MASS, FULL, RATE_LIMIT, MOST, MOST_SIDE, ATTITUDE_GAIN)
JUGGLER_CRAFT = craft_of(JUGGLER, attitude_gain=6.0)  # soft enough to bear a few steps of delay


@fn
def lift_of(o, k, slope, start, craft=IRIS_CRAFT):
    """m/s^2: what the rotors give now; a rotor's throttle is start + slope times the number observed at k."""
    total = 0.0
    for j in range(4):
        throttle = start + slope * o[k + j]
        total += throttle * throttle
    return total * craft.full / (4.0 * craft.mass)


@fn
def hold(pos, vel, target):
    """m/s^2: acceleration that brings the drone to `target` and stops it there."""
    gap = sub(target, pos)
    size = norm(gap)
    if size > HOLD_REACH:
        gap = scale(HOLD_REACH / size, gap)
    return sub(scale(HOLD_POS, gap), scale(HOLD_VEL, vel))


@fn
def tilt_for(acceleration, craft=IRIS_CRAFT):
    """The specific force (m/s^2) for an acceleration; its direction is the wanted body z. Its tilt is bounded, and its
    size by what the rotors have: height comes first, then the way sideways."""
    up = clip(acceleration[2] + GRAVITY, 2.0, craft.most)
    side = math.sqrt(acceleration[0] * acceleration[0] + acceleration[1] * acceleration[1])
    limit = min(TILT_LIMIT * up, math.sqrt(max(craft.most_side * craft.most_side - up * up, 1.0)))
    shrink = min(1.0, limit / max(side, 1e-9))
    return acceleration[0] * shrink, acceleration[1] * shrink, up


@fn
def stay_up(acceleration, z, v_z):
    """Adds a push up (m/s^2) where the drone would come below FLOOR shortly."""
    low = FLOOR - (z + BRAKE_TIME * v_z)
    return acceleration + FLOOR_GAIN * low if low > 0.0 else acceleration


@fn
def steer(out, quat, rate, up, force, craft=IRIS_CRAFT):
    """Writes the ctbr action [4] that turns body z to `up` (unit) and gives the vertical part of `force` (m/s^2)."""
    aim = to_body(quat, up)
    sine = math.sqrt(aim[0] * aim[0] + aim[1] * aim[1])
    angle = math.atan2(sine, aim[2])
    gain, stretch = craft.attitude_gain / craft.rate_limit, angle / sine if sine > 1e-6 else 1.0
    heading = to_body(quat, (1.0, 0.0, 0.0))
    body_z = 1.0 - 2.0 * (quat[1] * quat[1] + quat[2] * quat[2])
    thrust = craft.mass * force[2] / max(body_z, 0.5)
    out[0] = clip(2.0 * thrust / craft.full - 1.0, -1.0, 1.0)
    out[1] = clip(-gain * (stretch * aim[1] + LEAD * rate[0]), -1.0, 1.0)
    out[2] = clip(gain * (stretch * aim[0] - LEAD * rate[1]), -1.0, 1.0)
    out[3] = clip(YAW_GAIN * math.atan2(heading[1], heading[0]) / craft.rate_limit, -0.2, 0.2)


@fn
def nearer(quat, up):
    """`up`, or as far on the straight way to it as the rates about both body axes can follow: clipping one of them would bend the way."""
    aim = to_body(quat, up)
    sine = math.hypot(aim[0], aim[1])
    angle = math.atan2(sine, aim[2])
    most = angle * max(abs(aim[0]), abs(aim[1])) / max(sine, 1e-9)
    if most <= MOST_ERROR:
        return up
    angle *= MOST_ERROR / most
    side = math.sin(angle) / sine
    return to_world(quat, (side * aim[0], side * aim[1], math.cos(angle)))


@fn
def fly_to(out, pos, quat, vel, rate, target, craft=IRIS_CRAFT):
    """Writes the action that goes to a point and stays."""
    force = tilt_for(hold(pos, vel, target), craft)
    steer(out, quat, rate, scale(1.0 / norm(force), force), force, craft)


@fn
def arrive(p, v, p_end, v_end, t, shortest):
    """m/s^2: along one axis, to be at p_end with speed v_end in t seconds, the final acceleration free.

    The start of the cubic with those ends: a = 6 (p_end - p) / t^2 - (4 v + 2 v_end) / t. Nearer than `shortest` it aims at
    where that path leads on to, or its gains would outrun what flies it.
    """
    far = max(t, shortest)
    return 6.0 * (p_end + v_end * (far - t) - p) / (far * far) - (4.0 * v + 2.0 * v_end) / far


@fn
def swing(p, v, p_end, a_end, t, slowest, held=HOLD):
    """(m/s^2, m/s): along one axis, the acceleration now, and the speed at the hit in t seconds at p_end, when the last `held`
    seconds are flown with acceleration a_end. The speed before those is free from `slowest` to DRIFT.

    Least jerk with a free start (jerk 0 there), so nothing depends on the present tilt: with P = (q - p - v T) / T^2 and
    V = (v_q - v) / T, where q and v_q are place and speed `held` before the hit: a = (20 P - 8 V + a_end) / 3. A free v_q
    has V = (25 P + 3.5 a_end) / 16.
    """
    left = max(t - held, 1e-2)
    near = p_end - 0.5 * a_end * held * held
    free = (v + (25.0 * (near - p - v * left) / left + 3.5 * a_end * left) / 16.0) / (1.0 + 25.0 / 16.0 * held / left)
    v_q = clip(free, slowest, DRIFT)
    far = max(left, SHORT)
    late = far - left
    place = (near - v_q * held + (v_q + 0.5 * a_end * late) * late - p - v * far) / (far * far)
    return (20.0 * place - 8.0 * (v_q + a_end * late - v) / far + a_end) / 3.0, v_q + a_end * held


@fn
def strike(out, pos, quat, vel, rate, lift, contact, normal, speed, t, craft=IRIS_CRAFT, lag=TURN_LAG, held=HOLD):
    """Writes the action that meets a ball: in t seconds the drone's centre is at `contact` (m), its up direction is
    `normal` and it moves at `speed` (m/s) along it. `lift` (m/s^2) is what its rotors give now.

    Sideways the way ends with the acceleration g n / n_z that the final tilt gives, for `held` seconds; it is planned from
    where the present tilt takes the drone until a turn has effect, `lag` seconds on (large turns take longer). The climb makes
    up for the sideways speed at the hit.
    """
    up = to_world(quat, (0.0, 0.0, 1.0))
    now = (lift * up[0], lift * up[1], lift * up[2] - GRAVITY)
    pull = GRAVITY / max(normal[2], 0.5)
    s = min(t, lag)
    to_net = -clip(BRAKE * (contact[0] - NET_ROOM), 0.0, DRIFT) - min(pull * normal[0], 0.0) * held
    x, v_x = swing(pos[0] + (vel[0] + 0.5 * now[0] * s) * s, vel[0] + now[0] * s, contact[0], pull * normal[0], t - s, to_net, held)
    y, v_y = swing(pos[1] + (vel[1] + 0.5 * now[1] * s) * s, vel[1] + now[1] * s, contact[1], pull * normal[1], t - s, -DRIFT, held)
    if t < lag + held:
        left = max(t - 0.5 * s, 0.0)
        v_x, v_y = vel[0] + left * pull * normal[0], vel[1] + left * pull * normal[1]
    rise = (speed - normal[0] * v_x - normal[1] * v_y) / max(normal[2], 0.5)
    s = min(t, ROTOR_LAG)
    z = arrive(pos[2] + vel[2] * s, vel[2] + now[2] * s, contact[2], rise, t - s, SHORT_UP)
    force = tilt_for((x, y, stay_up(z, pos[2], vel[2])), craft)
    steer(out, quat, rate, normal if t < lag + held else scale(1.0 / norm(force), force), force, craft)


@fn
def keep_apart(acceleration, pos, other, distance, gain):
    """Adds a push away from `other` (m/s^2) within `distance` (m), growing linearly to `gain` at contact."""
    gap = (pos[0] - other[0], pos[1] - other[1], 0.5 * (pos[2] - other[2]))
    size = max(math.sqrt(dot(gap, gap)), 1e-3)
    if size >= distance:
        return acceleration
    return add_scaled(acceleration, gain * (1.0 - size / distance) / size, gap)
