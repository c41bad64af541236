"""`scripted:serve`, `receive`, `set`, `attack`, `return-ball`, `block`, `serve-receive`: one touch each, by what the ball's parabola says.

Each meets the ball at a height of its own and strikes it so that it flies to its target over a chosen apex; before and after
that it keeps its post. They read the published layouts, which name no ball: the benchmark ball is taken for granted.
"""

from __future__ import annotations

from ..physics.vec import add_scaled, fn, sub
from ..scenarios.attack import TARGET_X, TARGET_Y
from ..scenarios.skill_parts import ATTACK_POINT, ATTACK_POST, BALL_FLOOR, RECEIVE_POST, SERVE_POST, SET_POINT, SET_POST
from . import blocking
from .ballistics import GRAVITY, HALF_STEP, NEVER, flight, launch_low, racket, time_to_fall
from .pilot import HALF_HEIGHT, fly_to, lift_of, strike
from .serve import CLEARANCE, serve_ball
from .sight import BENCHMARK_RADIUS, BENCHMARK_RESTITUTION, own_motion
from .strokes import late_turn
from .team import three

# (height of the ball at the hit, apex of its flight) in m, the largest tangent of the racket's tilt
RECEIVE_HIT, RECEIVE_APEX, RECEIVE_TILT = 1.12, 4.3, 0.6
SET_HIT, SET_APEX, SET_TILT = 2.2, 4.6, 0.5
ATTACK_HIT, ATTACK_APEX, ATTACK_TILT = 3.1, 3.6, 0.7
RETURN_HIT, RETURN_APEX, RETURN_TILT = 2.0, 4.0, 0.5
BLOCK_POST, BLOCK_LATE = (2.5, 0.0, 1.8), 0.1  # m: where it goes after a block; s per rad: less than teams have, who are lined up better
RETURN_POST = (3.5, 0.0, 1.6)  # m: where it goes afterwards
LOWER, TRIES = 0.3, 6  # m: a ball that has fallen too low is met so much lower, and lower


@fn
def serve_row(o, at, n, memory, out):
    pos, vel, quat, rate = own_motion(o, at)
    ball, ball_vel = _ball(o, at)
    if o[at.turn] < 0.5:
        fly_to(out, pos, quat, vel, rate, SERVE_POST)
    else:
        target = sub(ball, three(o, at.from_target))
        serve_ball(out, pos, vel, quat, rate, lift_of(o, at.throttle, 0.5, 0.5), ball, ball_vel, target)


@fn
def receive_row(o, at, n, memory, out):
    _play(o, at, out, RECEIVE_POST, RECEIVE_HIT, SET_POINT, RECEIVE_APEX, RECEIVE_TILT)


@fn
def set_row(o, at, n, memory, out):
    _play(o, at, out, SET_POST, SET_HIT, ATTACK_POINT, SET_APEX, SET_TILT)


@fn
def attack_row(o, at, n, memory, out):
    target = (TARGET_X, TARGET_Y if o[at.side] > 0.5 else -TARGET_Y, BALL_FLOOR)
    _play(o, at, out, ATTACK_POST, ATTACK_HIT, target, ATTACK_APEX, ATTACK_TILT)


@fn
def return_row(o, at, n, memory, out):
    target = sub(three(o, at.ball), three(o, at.from_target))
    _play(o, at, out, RETURN_POST, RETURN_HIT, target, RETURN_APEX, RETURN_TILT)


@fn
def block_row(o, at, n, memory, out):
    pos, vel, quat, rate = own_motion(o, at)
    ball, ball_vel = _ball(o, at)
    t = time_to_fall(ball[2], ball_vel[2], o[at.height])
    if o[at.turn] < 0.5 or t >= NEVER:
        fly_to(out, pos, quat, vel, rate, (BLOCK_POST[0], pos[1], BLOCK_POST[2]))
        return
    meet, incoming = flight(ball, ball_vel, 0.0, t)
    target = (blocking.SENT[0], blocking.SENT[1] * meet[1], BALL_FLOOR)
    outgoing = launch_low(meet, incoming, target, blocking.APEX, 0.0, blocking.STEEPEST, CLEARANCE)
    normal, speed = racket(incoming, outgoing, BENCHMARK_RESTITUTION)
    contact = add_scaled(meet, -(HALF_HEIGHT + BENCHMARK_RADIUS), normal)
    contact = add_scaled(contact, -blocking.BEHIND, (normal[0], normal[1], 0.0))
    lag = late_turn(incoming, outgoing, BLOCK_LATE)
    strike(out, pos, quat, vel, rate, lift_of(o, at.throttle, 0.5, 0.5), contact, normal, speed, t, lag=lag)


@fn
def exchange_row(o, at, n, memory, out):
    """The server serves, the receiver receives; off turn each keeps its post."""
    if o[at.role] > 0.5:
        serve_row(o, at, n, memory, out)
    else:
        receive_row(o, at, n, memory, out)


@fn
def _ball(o, at):
    """(position m, velocity m/s) of the ball, with v_z - g dt / 2: the parabola that the world's steps lie on."""
    vel = three(o, at.ball_velocity)
    return three(o, at.ball), (vel[0], vel[1], vel[2] - GRAVITY * HALF_STEP)


@fn
def _play(o, at, out, post, height, target, apex, steepest):
    """Meets the ball at `height` if it is this drone's turn, else goes to its post."""
    pos, vel, quat, rate = own_motion(o, at)
    ball, ball_vel = _ball(o, at)
    t = NEVER
    for k in range(TRIES):
        if t >= NEVER:
            height -= LOWER if k > 0 else 0.0
            t = time_to_fall(ball[2], ball_vel[2], height)
    if o[at.turn] < 0.5 or t >= NEVER:
        fly_to(out, pos, quat, vel, rate, post)
        return
    meet, incoming = flight(ball, ball_vel, 0.0, t)
    outgoing = launch_low(meet, incoming, target, apex, 0.0, steepest, CLEARANCE)
    normal, speed = racket(incoming, outgoing, BENCHMARK_RESTITUTION)
    contact = add_scaled(meet, -(HALF_HEIGHT + BENCHMARK_RADIUS), normal)
    strike(out, pos, quat, vel, rate, lift_of(o, at.throttle, 0.5, 0.5), contact, normal, speed, t)
