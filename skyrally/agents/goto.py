"""`scripted:goto`: flies to the target and turns to its heading."""

from __future__ import annotations

import math

from ..physics.vec import clip, cross, dot, fn, to_body
from .pilot import RATE_LIMIT, YAW_GAIN, fly_to
from .team import four, three

MOST_YAW = 0.4  # of the yaw action: more takes thrust from the tilt


@fn
def goto_row(o, at, n, memory, out):
    """Writes the ctbr action [4] for one row of the published layout."""
    quat, heading, up = four(o, at.quaternion), three(o, at.heading), three(o, at.up)
    rate = to_body(quat, three(o, at.angular_velocity))
    fly_to(out, (0.0, 0.0, 0.0), quat, three(o, at.velocity), rate, three(o, at.to_target))
    error = three(o, at.heading_error)
    wanted = (heading[0] + error[0], heading[1] + error[1], heading[2] + error[2])
    turn = math.atan2(dot(up, cross(heading, wanted)), dot(heading, wanted))
    out[3] = clip(2.0 * YAW_GAIN * turn / RATE_LIMIT, -MOST_YAW, MOST_YAW)
