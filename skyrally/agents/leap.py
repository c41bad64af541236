"""Strokes that leave the drone its thrust: gentle turning, and the bump of a ball that is already falling on it.

Torque comes first where rotors saturate, so a stiff attitude loop costs lift just when a racket must rise. Here the loop asks
for an angular acceleration, stiffness times error less damping times rate, that the rotors can give beside full thrust.
"""

from __future__ import annotations

import math

from ..physics.airframes import IRIS
from ..physics.vec import clip, fn, norm, scale, to_body, to_world
from .pilot import FULL, GRAVITY, MASS, RATE_LIMIT, ROTOR_LAG, SHORT_UP, arrive

RATE_GAIN = IRIS.rate_gain[0]  # 1/s: a rate command ahead of the rate by a / RATE_GAIN accelerates by a
STRONGEST = 17.0  # m/s^2: more than full thrust gives, so that all of it is asked for
FADE, LEAST_TIME = 0.1, 0.1  # s over which the side-step ends; s
RACKET, STEEPEST = IRIS.racket_radius, 0.5  # m; tangent of the lean that saves a ball beside the racket


@fn
def turn_gently(out, quat, rate, up, stiffness, damping):
    """Writes the body rates of the ctbr action that turn body z to `up` (unit) with stiffness 1/s^2 and damping 1/s; no yaw."""
    aim = to_body(quat, up)
    sine = math.sqrt(aim[0] * aim[0] + aim[1] * aim[1])
    stretch = math.atan2(sine, aim[2]) / sine if sine > 1e-6 else 1.0
    out[1] = clip((rate[0] - (stiffness * stretch * aim[1] + damping * rate[0]) / RATE_GAIN) / RATE_LIMIT, -1.0, 1.0)
    out[2] = clip((rate[1] + (stiffness * stretch * aim[0] - damping * rate[1]) / RATE_GAIN) / RATE_LIMIT, -1.0, 1.0)
    out[3] = 0.0


@fn
def leap(out, pos, quat, vel, rate, lift, contact, normal, speed, t, manner):
    """Writes the action that meets a ball in t seconds as `pilot.strike` does, where there is no time to fly anywhere first.

    The drone turns to `normal` at once and leans off it only to step aside, until `settle` seconds before the hit: by the miss
    that it foresees over t^2, `sidestep` times, at most by the tangent `widest`; but where the ball would fall beside the racket,
    by as much as brings its rim there, for however bad the hit will be: a tilted start may leave no other.
    `manner` is (stiffness and damping of the turn, sidestep, widest, settle).
    """
    stiffness, damping, sidestep, widest, settle = manner
    up, s = to_world(quat, (0.0, 0.0, 1.0)), max(t, LEAST_TIME)
    v_x, v_y = vel[0] + t * GRAVITY * normal[0] / normal[2], vel[1] + t * GRAVITY * normal[1] / normal[2]
    most, pull = widest * clip((t - settle) / FADE, 0.0, 1.0), sidestep / (s * s * GRAVITY)
    miss_x, miss_y = contact[0] - pos[0] - 0.5 * (vel[0] + v_x) * t, contact[1] - pos[1] - 0.5 * (vel[1] + v_y) * t
    most = max(most, min((math.hypot(miss_x, miss_y) - RACKET) / (s * s * GRAVITY), STEEPEST))
    lean_x, lean_y = clip(pull * miss_x, -most, most), clip(pull * miss_y, -most, most)
    aim = (normal[0] + lean_x, normal[1] + lean_y, normal[2])
    turn_gently(out, quat, rate, scale(1.0 / norm(aim), aim), stiffness, damping)
    rise = (speed - normal[0] * v_x - normal[1] * v_y) / normal[2]
    s, now = min(t, ROTOR_LAG), lift * up[2] - GRAVITY
    climb = arrive(pos[2] + vel[2] * s, vel[2] + now * s, contact[2], rise, t - s, SHORT_UP)
    thrust = MASS * clip(climb + GRAVITY, 2.0, STRONGEST) / max(up[2], 0.5)
    out[0] = clip(2.0 * thrust / FULL - 1.0, -1.0, 1.0)
