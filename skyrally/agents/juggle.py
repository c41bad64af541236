"""`scripted:juggle`: bumps a real ball straight up, again and again, and learns from every top how hard to bump the next.

What it sees of velocities is two steps old, what it sees at all perhaps one more, and racket, ball and thrust may differ from the
book. So it takes the ball's flight from where the ball is, adds to late velocities what must have happened since, and keeps in its
memory how far the last tops were off: each top corrects the next aim. It stays under the ball by soft gains and rises to it early
and evenly, so that a hit a little sooner or later is as hard; the numbers were chosen by one-at-a-time tries with and without the
`mild` disturbances, which lose no ball over wide ranges of them. `hard` ones it does not bear: some 30 hits, then the ball is lost.
"""

from __future__ import annotations

from ..physics.airframes import JUGGLER
from ..physics.balls import REAL_BALL
from ..physics.vec import add_scaled, clip, fn, norm, scale, sub, to_body, to_world, turn
from .ballistics import GRAVITY, NEVER, flight, gripping_racket, launch, time_to_fall_in_air
from .pilot import JUGGLER_CRAFT, ROTOR_LAG, TURN_LAG, arrive, fly_to, lift_of, stay_up, steer, tilt_for
from .team import four, three

HALF_HEIGHT, RADIUS, RESTITUTION = JUGGLER.body_half_height, REAL_BALL.radius, REAL_BALL.racket_restitution
DRAG = float(REAL_BALL.params()["drag"])  # 1/m
LATE = 0.04  # s: age of the velocities seen, against the positions
AHEAD = 0.03  # s: delays that nobody tells of, and its own
HEIGHT, APEX = 1.0, 1.74  # m of the ball at the hit and at the top
READY = 0.89  # m: the drone while the ball is not to be had
BACK = 0.2  # m: how far a bump brings the ball back to the anchor
FOLLOW, DAMP = 14.0, 5.5  # 1/s^2, 1/s: how it keeps under the ball
STAND = 0.25  # s before the hit at which the racket takes its tilt
RUN_UP = 0.3  # s: within these before the hit it already rises along the line that it shall hit on
# Memory: height of the ball a step ago (m), highest since the hit (m), correction of the aim (m), 1 once hit.
LAST, TOP, RAISE, PLAYED = range(4)
LEARN, MOST_RAISE = 0.25, 0.4  # share of a top's error that goes into the next aim; m
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
    vel = add_scaled(three(o, at.velocity), LATE + AHEAD, (lift * up[0], lift * up[1], lift * up[2] - GRAVITY))
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
    meet_softly(out, pos, quat, vel, rate, lift, contact, normal, speed, max(t - AHEAD, 0.0))


@fn
def meet_softly(out, pos, quat, vel, rate, lift, contact, normal, speed, t):
    """Writes the action that meets a ball in t seconds as `pilot.strike` does, without its haste: sideways it only keeps to
    `contact`, judged from where the present tilt takes the drone until a turn has effect, and comes to rest there."""
    up = to_world(quat, (0.0, 0.0, 1.0))
    now = (lift * up[0], lift * up[1], lift * up[2] - GRAVITY)
    s = min(t, TURN_LAG)
    there, moving = add_scaled(add_scaled(pos, s, vel), 0.5 * s * s, now), add_scaled(vel, s, now)
    x = FOLLOW * (contact[0] - there[0]) - DAMP * moving[0]
    y = FOLLOW * (contact[1] - there[1]) - DAMP * moving[1]
    rise = (speed - normal[0] * vel[0] - normal[1] * vel[1]) / max(normal[2], 0.5)
    s = min(t, ROTOR_LAG)
    z = arrive(pos[2] + vel[2] * s, vel[2] + now[2] * s, contact[2], rise, t - s, RUN_UP)
    force = tilt_for((x, y, stay_up(z, pos[2], vel[2])), JUGGLER_CRAFT)
    steer(out, quat, rate, normal if t < STAND else scale(1.0 / norm(force), force), force, JUGGLER_CRAFT)
