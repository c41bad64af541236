"""`scripted:hit-the-ball`: climbs into the falling ball with all its thrust and leans over just before they meet.

A racket changes the ball's velocity along its normal only, by (1 + restitution) times the closing speed. The drone has that speed
from climbing at once (waiting or diving first would leave it the same and the ball faster downwards), the ball its way from the
lean. The drone starts its lean a little on the far side, since it slides towards -x while it leans. After the hit it goes home.
"""

from __future__ import annotations

import math

from ..physics.vec import clip, fn, norm, scale, sub, to_body
from .pilot import FULL, HALF_HEIGHT, MASS, fly_to, nearer, steer
from .team import four, three

ABOVE = HALF_HEIGHT + 0.1  # m: centre of the benchmark ball over the drone's at the hit
CLOSING = 0.93 * FULL / MASS  # m/s^2: ball and drone together, at full thrust
LEAN = 0.52  # rad of the racket at the hit, towards -x
LEAN_TIME = 0.30  # s before the hit at which it begins
BEHIND = 0.12  # m: so far on the other side of the ball it climbs before
SIDE_POS, SIDE_VEL, MOST_SIDE = 25.0, 9.0, 5.0  # 1/s^2, 1/s, m/s^2
KEEP = 0.3  # of the sideways push across the way while it leans


@fn
def hit_the_ball_row(o, at, n, memory, out):
    """Writes the ctbr action [4] for one row of the published layout."""
    pos, vel, quat = three(o, at.position), three(o, at.velocity), four(o, at.quaternion)
    rate = to_body(quat, three(o, at.angular_velocity))
    gap, ball_vel = scale(-1.0, three(o, at.from_ball)), three(o, at.ball_velocity)
    if ball_vel[0] < -1.0 or ball_vel[2] > 0.0:
        fly_to(out, pos, quat, vel, rate, sub(pos, three(o, at.from_anchor)))
        return
    t = time_to_meet(gap[2] - ABOVE, vel[2] - ball_vel[2])
    x = clip(SIDE_POS * (gap[0] + BEHIND) - SIDE_VEL * vel[0], -MOST_SIDE, MOST_SIDE)
    y = clip(SIDE_POS * gap[1] - SIDE_VEL * vel[1], -MOST_SIDE, MOST_SIDE)
    force = (x, y, FULL / MASS)
    if t < LEAN_TIME:
        force = (-math.tan(LEAN) * force[2], KEEP * y, force[2])
    steer(out, quat, rate, nearer(quat, scale(1.0 / norm(force), force)), force)


@fn
def time_to_meet(gap, closing):
    """s: until a drone at full thrust has closed the gap (m) to a falling ball, from the closing speed (m/s): gap = c t + a t^2 / 2."""
    return (math.sqrt(closing * closing + 2.0 * CLOSING * max(gap, 0.0)) - closing) / CLOSING
