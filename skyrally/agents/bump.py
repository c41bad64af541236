"""`scripted:rally` in solo-bump: keeps the ball over the anchor with apexes just over the 3.5 m that count."""

from __future__ import annotations

from ..physics.vec import add_scaled, clip, fn, sub
from .ballistics import NEVER, flight, launch, racket, time_to_fall
from .pilot import HALF_HEIGHT, fly_to, lift_of, strike
from .sight import BENCHMARK_RADIUS, BENCHMARK_RESTITUTION, anchor_of, ball_parabola, own_motion

BUMP_HEIGHT, BUMP_APEX = 2.25, 3.69  # m of the ball at the hit, and at the top
BACK = 0.3  # m: how far a bump brings the ball back to the anchor


@fn
def bump_row(o, at, n, memory, out):
    """Writes the ctbr action [4] for one row of the published layout."""
    pos, vel, quat, rate = own_motion(o, at)
    ball, ball_vel = ball_parabola(o, at)
    t = time_to_fall(ball[2], ball_vel[2], BUMP_HEIGHT)
    if t >= NEVER:
        fly_to(out, pos, quat, vel, rate, (ball[0], ball[1], pos[2]))
        return
    meet, incoming = flight(ball, ball_vel, 0.0, t)
    back = sub(anchor_of(o, at), meet)
    target = (meet[0] + clip(back[0], -BACK, BACK), meet[1] + clip(back[1], -BACK, BACK), BUMP_HEIGHT)
    normal, speed = racket(incoming, launch(meet, target, BUMP_APEX, 0.0), BENCHMARK_RESTITUTION)
    contact = add_scaled(meet, -(HALF_HEIGHT + BENCHMARK_RADIUS), normal)
    strike(out, pos, quat, vel, rate, lift_of(o, at.throttle, 0.5, 0.5), contact, normal, speed, t)
