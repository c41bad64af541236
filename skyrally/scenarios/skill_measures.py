"""Distances, angles and crossings that the skill drills pay for."""

from __future__ import annotations

import math

from ..physics.params import CONTROL_DT
from ..physics.vec import dot, fn, norm, sub, vec4

HALF_LENGTH, HALF_WIDTH = 6.0, 3.0  # m


@fn
def gap_xy(a, b):
    """m: horizontal distance."""
    x, y = a[0] - b[0], a[1] - b[1]
    return math.sqrt(x * x + y * y)


@fn
def nearness(a, b, slope):
    """1 / (1 + (slope |a - b|)^2)."""
    gap = sub(a, b)
    return 1.0 / (1.0 + slope * slope * dot(gap, gap))


@fn
def in_far_court(pos):
    """Whether a place lies in the half x < 0, lines included."""
    return -HALF_LENGTH <= pos[0] < 0.0 and abs(pos[1]) <= HALF_WIDTH


@fn
def comes_down(ball, height):
    """Whether the ball fell through `height` in this step."""
    return ball.vel[2] < 0.0 and ball.pos[2] <= height < ball.pos[2] - CONTROL_DT * ball.vel[2]


@fn
def yaw_of(drone):
    """rad, 0 to pi: how far the heading is from +x."""
    w, x, y, z = vec4(drone.quat)
    return angle(2.0 * (x * y + w * z), 1.0 - 2.0 * (y * y + z * z))


@fn
def roll_of(drone):
    """rad, 0 to pi."""
    w, x, y, z = vec4(drone.quat)
    return angle(2.0 * (y * z + w * x), drone.up[2])


@fn
def angle(y, x):
    """abs(atan2(y, x)) to 1e-5 rad, at a third of its cost (Abramowitz and Stegun 4.4.49)."""
    a, b = abs(y), abs(x)
    r = min(a, b) / max(max(a, b), 1e-12)
    s = r * r
    turn = r * (0.9998660 + s * (-0.3302995 + s * (0.1801410 + s * (-0.0851330 + s * 0.0208351))))
    turn = 0.5 * math.pi - turn if a > b else turn
    return math.pi - turn if x < 0.0 else turn


@fn
def cosine(a, b):
    return dot(a, b) / max(norm(a) * norm(b), 1e-9)
