"""How the scripted players serve from far: at the Iris's limits, so thrust goes into climbing first and the tilt comes late.

The ball falls 3 m; the drone has 0.65 s to climb at more than 2 m/s under a racket tilted by 30 degrees. So it rises level with full
thrust, meets the ball wherever it then is, and turns the racket in the last moments. Figures found by trial over 16,000 serves.
"""

from __future__ import annotations

from ..physics.vec import add_scaled, clip, fn
from ..scenarios.skill_parts import COURT
from .ballistics import GRAVITY, NEVER, flight, launch_low, racket, time_to_fall
from .pilot import FULL, HALF_HEIGHT, MASS, fly_to, lift_of, strike
from .sight import BENCHMARK_RADIUS, BENCHMARK_RESTITUTION
from .team import ball_motion, four, three

APEX = 3.8  # m
STEEPEST, LEVEL_UNTIL = 0.68, 0.29  # tangent of the racket's tilt; s before the hit when the turn to it begins
FAR, FAR_STEEPEST, FAR_LEVEL_UNTIL = (
    7.5,
    1.0,
    0.26,
)  # m from the net: the same for a server farther back (6v6), who needs all the range there is
CLEARANCE = COURT.net_height + BENCHMARK_RADIUS + 0.3  # m: over the net
DEEPER = 0.2  # m: serves fall short by about this
TURNED = 0.2  # s before the hit when most of the turn is done
BEHIND = 0.05  # m: until then the drone stays behind the ball, for the turn carries it forward
DRIFT = -1.0  # m/s: the forward speed that the turn gives, as long as it is to come
CLIMB = 5.0  # m/s^2: level with full thrust
SPEED_GAIN, SHY = 12.0, 0.2  # 1/s, m/s: rotors run on after their command
SLOWEST, FASTEST = 1.0, 3.0  # m/s
DAMPING = 0.2  # 1/s, of the published airframe
GUESS, ROUNDS = 0.8, 5  # m over the drone, -


@fn
def serve_ball(out, pos, vel, quat, rate, lift, ball, ball_vel, target):
    """Writes the action that serves a falling ball to `target`."""
    target = (target[0] - DEEPER, target[1], target[2])
    far = ball[0] > FAR
    steepest, level_until = FAR_STEEPEST if far else STEEPEST, FAR_LEVEL_UNTIL if far else LEVEL_UNTIL
    rise, t = 0.5 * (SLOWEST + FASTEST), 0.0
    meet, normal, speed = ball, (0.0, 0.0, 1.0), 0.0
    for _ in range(3):
        t = _meeting(pos, vel, ball, ball_vel, rise)
        meet, incoming = flight(ball, ball_vel, 0.0, t)
        normal, speed = racket(incoming, launch_low(meet, incoming, target, APEX, 0.0, steepest, CLEARANCE), BENCHMARK_RESTITUTION)
        rise = _rise(vel, normal, speed, t)
    contact = add_scaled(meet, -(HALF_HEIGHT + BENCHMARK_RADIUS), normal)
    if t > level_until:
        fly_to(out, pos, quat, vel, rate, (meet[0] + BEHIND, 2.0 * contact[1] - meet[1], pos[2]))
    else:
        strike(out, pos, quat, vel, rate, lift, contact, normal, speed, t)
    lift_wanted = GRAVITY + DAMPING * vel[2] + SPEED_GAIN * (rise - SHY - vel[2])
    body_z = 1.0 - 2.0 * (quat[1] * quat[1] + quat[2] * quat[2])
    out[0] = clip(2.0 * MASS * lift_wanted / max(body_z, 0.5) / FULL - 1.0, -1.0, 1.0)


@fn
def serve_far(o, at, target, out):
    """Writes the action that serves to `target`, from a row of the view `match`. For the benchmark ball, which has no drag."""
    ball, vel = ball_motion(o, at)
    pos, quat = three(o, at.position), four(o, at.quaternion)
    serve_ball(out, pos, three(o, at.velocity), quat, three(o, at.rate), lift_of(o, at.throttle, 1.0, 0.0), ball, vel, target)


@fn
def _meeting(pos, vel, ball, ball_vel, rise):
    """Seconds until the ball meets a drone that speeds up to `rise` (m/s) as it can and then keeps it."""
    height, t = pos[2] + GUESS, 0.0
    for _ in range(ROUNDS):
        t = time_to_fall(ball[2], ball_vel[2], height)
        t = t if t < NEVER else 0.0
        speeding = min(max(rise - vel[2], 0.0) / CLIMB, t)
        height = pos[2] + HALF_HEIGHT + BENCHMARK_RADIUS + 0.5 * (vel[2] + rise) * speeding + rise * (t - speeding)
    return t


@fn
def _rise(vel, normal, speed, t):
    """m/s: the climb that gives a racket of this normal its speed along it, with the sideways speed it then has."""
    v_x, v_y = DRIFT, vel[1]
    if t < TURNED:
        pull = GRAVITY / normal[2]
        v_x, v_y = vel[0] + t * pull * normal[0], vel[1] + t * pull * normal[1]
    return clip((speed - normal[0] * v_x - normal[1] * v_y) / normal[2], SLOWEST, FASTEST)
