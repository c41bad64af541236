"""`scripted:hit-the-ball`: climbs into the falling ball with all its thrust and swings into the hit, the four rotors by hand.

A racket changes the ball's velocity along its normal only, by (1 + restitution) times the closing speed. Climbing at once makes that
speed; a lean back, then forward, brings the drone under the ball with the racket turning into the hit, faster than body-rate
commands allow (hence action mode `rotor`). When to lean how far is a table over the ball's fall, found by search (cross-entropy,
some 700 generations of 64 or 96 tables in 32 or 64 episodes each); sideways speed is fed back. After the hit it holds itself level.
"""

from __future__ import annotations

import math

import numpy as np

from ..physics.airframes import IRIS
from ..physics.vec import clip, fn, norm, scale, to_body
from .pilot import FULL, GRAVITY, MASS
from .team import four, three

# Tangent of the lean towards +x, KNOT s apart, from when the ball starts to fall.
LEANS = (0.0, 0.056, -0.042, -0.124, -0.263, -0.651, -1.171, -0.833, -0.636)
KNOT = 0.1  # s
SLOW_X, SLOW_Y = 0.417, 0.246  # tangent per m/s of sideways speed
ANGLE_GAIN, RATE_GAIN = 9.0, 13.0  # 1/s
MIXER = np.linalg.inv(IRIS.allocation)  # rotor forces from (thrust N, torques N m)
INERTIA, MOST = IRIS.inertia, IRIS.max_force


@fn
def hit_the_ball_row(o, at, n, memory, out):
    """Writes the rotor action [4] for one row of the published layout."""
    quat, vel, ball_vel = four(o, at.quaternion), three(o, at.velocity), three(o, at.ball_velocity)
    rate = to_body(quat, three(o, at.angular_velocity))
    if ball_vel[0] < -1.0 or ball_vel[2] > 0.0:
        turn_rotors(out, quat, rate, (0.0, 0.0, 1.0), MASS * (GRAVITY - vel[2]))
        return
    x = lean(-ball_vel[2] / GRAVITY) - SLOW_X * vel[0]
    up = (x, -SLOW_Y * vel[1], 1.0)
    turn_rotors(out, quat, rate, scale(1.0 / norm(up), up), FULL)


@fn
def lean(t):
    """The table, linear between its knots."""
    place = clip(t / KNOT, 0.0, len(LEANS) - 1.001)
    k = int(place)
    return LEANS[k] + (place - k) * (LEANS[k + 1] - LEANS[k])


@fn
def turn_rotors(out, quat, rate, up, thrust):
    """Writes the rotor action that turns body z to `up` (unit) with `thrust` (N): torque = I b (a error - rate) about x and y."""
    aim = to_body(quat, up)
    sine = math.hypot(aim[0], aim[1])
    error = math.atan2(sine, aim[2]) / max(sine, 1e-6)
    roll = INERTIA[0] * RATE_GAIN * (-ANGLE_GAIN * error * aim[1] - rate[0])
    pitch = INERTIA[1] * RATE_GAIN * (ANGLE_GAIN * error * aim[0] - rate[1])
    for k in range(4):
        force = MIXER[k, 0] * thrust + MIXER[k, 1] * roll + MIXER[k, 2] * pitch
        out[k] = clip(2.0 * force / MOST - 1.0, -1.0, 1.0)
