"""`scripted:juggle`: bumps a real ball straight up, again and again, and learns from every top how hard to bump the next.

What it sees of velocities is two steps old, and racket, ball and thrust may differ from the book. So it takes the ball's flight
from where the ball is, adds to late velocities what must have happened since, and keeps in its memory how far the last tops were
off: each top corrects the next aim.
"""

from __future__ import annotations

from ..physics.airframes import JUGGLER
from ..physics.balls import REAL_BALL
from ..physics.vec import add_scaled, clip, fn, sub, to_body, turn
from .ballistics import GRAVITY, NEVER, flight, gripping_racket, launch, time_to_fall_in_air
from .pilot import JUGGLER_CRAFT, fly_to, lift_of, strike
from .team import four, three

HALF_HEIGHT, RADIUS, RESTITUTION = JUGGLER.body_half_height, REAL_BALL.radius, REAL_BALL.racket_restitution
DRAG = float(REAL_BALL.params()["drag"])  # 1/m
LATE = 0.04  # s: age of the velocities seen
HEIGHT, APEX = 1.04, 1.74  # m of the ball at the hit and at the top
AHEAD = 0.02  # s: delays that nobody tells of, and its own
READY = 0.9  # m: the drone while the ball is not to be had
BACK = 0.25  # m: how far a bump brings the ball back to the anchor
# Memory: height of the ball a step ago (m), highest since the hit (m), correction of the aim (m), 1 once hit.
LAST, TOP, RAISE, PLAYED = range(4)
LEARN, MOST_RAISE = 0.5, 0.4  # share of a top's error that goes into the next aim; m
FALLING = -1.5  # m/s: a ball said to fall so fast that rises has just been hit


@fn
def just_hit(memory, z, v_z):
    """Whether the ball was hit so lately that its velocity as seen is from before; learns from the top of the flight that ended."""
    hit = z > memory[LAST] and v_z < FALLING
    memory[LAST] = z
    memory[TOP] = max(memory[TOP], z)
    if hit:
        if memory[PLAYED] > 0.5 and memory[TOP] > HEIGHT + 0.2:
            memory[RAISE] = clip(memory[RAISE] + LEARN * (APEX - memory[TOP]), -MOST_RAISE, MOST_RAISE)
        memory[TOP], memory[PLAYED] = 0.0, 1.0
    return hit


@fn
def juggle_row(o, at, n, memory, out):
    """Writes the ctbr action [4] for one row of the published layout."""
    pos, quat, up = three(o, at.position), four(o, at.quaternion), three(o, at.up)
    lift = lift_of(o, at.throttle, 0.5, 0.5, JUGGLER_CRAFT)
    vel = add_scaled(three(o, at.velocity), LATE, (lift * up[0], lift * up[1], lift * up[2] - GRAVITY))
    rate = to_body(quat, three(o, at.angular_velocity))
    pos, quat = add_scaled(pos, AHEAD, vel), turn(quat, rate, AHEAD)
    ball = sub(three(o, at.position), three(o, at.from_ball))
    _, ball_vel = flight(ball, three(o, at.ball_velocity), DRAG, LATE)
    anchor = sub(three(o, at.position), three(o, at.from_anchor))
    known = not just_hit(memory, ball[2], ball_vel[2])
    t = time_to_fall_in_air(ball, ball_vel, DRAG, HEIGHT) if known else NEVER
    if t >= NEVER:
        fly_to(out, pos, quat, vel, rate, (ball[0], ball[1], READY), JUGGLER_CRAFT)
        return
    meet, incoming = flight(ball, ball_vel, DRAG, t)
    back = sub(anchor, meet)
    target = (meet[0] + clip(back[0], -BACK, BACK), meet[1] + clip(back[1], -BACK, BACK), HEIGHT)
    normal, speed = gripping_racket(incoming, launch(meet, target, APEX + memory[RAISE], DRAG), RESTITUTION)
    contact = add_scaled(meet, -(HALF_HEIGHT + RADIUS), normal)
    strike(out, pos, quat, vel, rate, lift, contact, normal, speed, max(t - AHEAD, 0.0), JUGGLER_CRAFT)
