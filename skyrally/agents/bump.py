"""`scripted:rally` in solo-bump: keeps the ball over the anchor with apexes just over the 3.5 m that count."""

from __future__ import annotations

from ..physics.vec import add_scaled, clip, fn, sub, to_body
from .ballistics import GRAVITY, HALF_STEP, NEVER, flight, launch, racket, time_to_fall
from .pilot import HALF_HEIGHT, fly_to, lift_of, strike
from .team import four, three

BUMP_HEIGHT, BUMP_APEX = 2.25, 3.69  # m of the ball at the hit, and at the top
RADIUS, RESTITUTION = 0.1, 0.8  # m, -: the benchmark ball; the published view does not tell
BACK = 0.3  # m: how far a bump brings the ball back to the anchor


@fn
def bump_row(o, at, n, memory, out):
    """Writes the ctbr action [4] for one row of the published layout."""
    pos, vel, quat = three(o, at.position), three(o, at.velocity), four(o, at.quaternion)
    rate = to_body(quat, three(o, at.angular_velocity))
    ball, ball_vel = sub(pos, three(o, at.from_ball)), three(o, at.ball_velocity)
    ball_vel = (ball_vel[0], ball_vel[1], ball_vel[2] - GRAVITY * HALF_STEP)
    t = time_to_fall(ball[2], ball_vel[2], BUMP_HEIGHT)
    if t >= NEVER:
        fly_to(out, pos, quat, vel, rate, (ball[0], ball[1], pos[2]))
        return
    meet, incoming = flight(ball, ball_vel, 0.0, t)
    back = sub(sub(pos, three(o, at.from_anchor)), meet)
    target = (meet[0] + clip(back[0], -BACK, BACK), meet[1] + clip(back[1], -BACK, BACK), BUMP_HEIGHT)
    normal, speed = racket(incoming, launch(meet, target, BUMP_APEX, 0.0), RESTITUTION)
    contact = add_scaled(meet, -(HALF_HEIGHT + RADIUS), normal)
    strike(out, pos, quat, vel, rate, lift_of(o, at.throttle, 0.5, 0.5), contact, normal, speed, t)
