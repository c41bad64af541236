"""`scripted:back-and-forth`: full tilt towards the target, full tilt back, and round just inside the sphere that counts.

Along the line between the two points the drone is a mass pushed by g tan(tilt), whose tilt turns at a bounded rate. Each step
asks where it would stop if it tilted back from now on, and tilts so that this is the aim: bang-bang with the switch found by
looking ahead. The tilt that stops it is the one that sends it back, so a turn at the target costs no time.
"""

from __future__ import annotations

import math

from ..physics.vec import add_scaled, clip, dot, fn, norm, scale, to_body
from .pilot import ATTITUDE_GAIN, FULL, GRAVITY, LEAD, MASS, RATE_LIMIT, YAW_GAIN, nearer, steer
from .team import four, three

ALONG = (math.sqrt(0.5), math.sqrt(0.5), 0.0)  # the line between the two points
ACROSS = (-math.sqrt(0.5), math.sqrt(0.5), 0.0)
MIDDLE = 6.75  # m, x
SHORT, SHORTER = 0.65, 0.2  # m before the target: there it would turn round (0.6 counts; it comes deeper); less when slow
TILT = 0.88  # rad
LAG = 0.04  # s until a turn begins
SETTLING = ATTITUDE_GAIN / (1.0 + ATTITUDE_GAIN * LEAD)  # 1/s: how the steered tilt closes on what it is told
STRONGEST = FULL / MASS  # m/s^2
HIGHER = 0.1  # m over the points: at full tilt the rotors do not carry all of the weight
DAMPING = 0.2  # 1/s
STEP, LONGEST = 0.02, 100  # s, steps of the look ahead
SHARPNESS = 4.0  # rad of tilt per m between stop and aim
SIDE_POS, SIDE_VEL, MOST_SIDE = 4.0, 4.0, 3.0  # 1/s^2, 1/s, m/s^2
UP_POS, UP_VEL, MOST_UP = 12.0, 7.0, 5.0  # 1/s^2, 1/s, m/s^2
MOST_YAW = 0.5  # of the yaw action


@fn
def stop(v, tilt, rate, turn):
    """m: how far a drone that moves at v > 0 (m/s) goes on if it tilts back from `tilt` (rad, now turning at `rate`) by `turn` (rad/s)."""
    x = 0.0
    for k in range(LONGEST):
        if v <= 0.0:
            return x
        if k * STEP >= LAG:
            rate = max(-turn, -SETTLING * (tilt + TILT))
        tilt = clip(tilt + STEP * rate, -TILT, TILT)
        v += STEP * (min(GRAVITY / math.cos(tilt), STRONGEST) * math.sin(tilt) - DAMPING * v)
        x += STEP * v
    return x


@fn
def back_and_forth_row(o, at, n, memory, out):
    """Writes the ctbr action [4] for one row of the published layout."""
    quat, vel, up, gap = four(o, at.quaternion), three(o, at.velocity), three(o, at.up), three(o, at.to_target)
    spin = three(o, at.angular_velocity)
    ahead = 1.0 if o[at.position] + gap[0] > MIDDLE else -1.0
    v, axis = ahead * dot(vel, ALONG), to_body(quat, ACROSS)
    turn = RATE_LIMIT / max(abs(axis[0]), abs(axis[1]))
    left = ahead * dot(gap, ALONG) - SHORT + SHORTER * clip(1.5 - v, 0.0, 1.0)
    over = stop(v, ahead * math.atan2(dot(up, ALONG), up[2]), ahead * dot(spin, ACROSS), turn)
    lean = ahead * clip(SHARPNESS * (left - over), -TILT, TILT)
    side = clip(SIDE_POS * dot(gap, ACROSS) - SIDE_VEL * dot(vel, ACROSS), -MOST_SIDE, MOST_SIDE)
    level = add_scaled(scale(GRAVITY * math.tan(lean), ALONG), side, ACROSS)
    force = (level[0], level[1], GRAVITY + clip(UP_POS * (gap[2] + HIGHER) - UP_VEL * vel[2], -MOST_UP, MOST_UP))
    wanted = (level[0], level[1], GRAVITY)
    steer(out, quat, to_body(quat, spin), nearer(quat, scale(1.0 / norm(wanted), wanted)), force)
    out[3] = clip(YAW_GAIN * diagonal(axis) / RATE_LIMIT, -MOST_YAW, MOST_YAW)


@fn
def diagonal(axis):
    """rad: the yaw that brings the axis of the tilt between roll and pitch, so that the rates of both turn it."""
    angle = math.atan2(axis[1], axis[0])
    return angle - 0.5 * math.pi * (math.floor(angle / (0.5 * math.pi)) + 0.5)
