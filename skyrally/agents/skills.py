"""`scripted:serve`, `receive`, `set`, `attack`, `return-ball`, `block`, `serve-receive`: one touch each, by what the ball's parabola says.

Each meets the ball at a height and strikes it so that it flies to its target; before and after that it keeps its post. `receive`,
`set`, `attack` and `block` obey an order as the scripted skills of a team do (crew.py). They read layouts of drills, which name no ball:
the benchmark ball is taken for granted.
"""

from __future__ import annotations

from ..physics.vec import fn, sub
from ..scenarios.skill_parts import ATTACK_POST, COURT, RECEIVE_POST, SERVE_POST, SET_POINT, SET_POST
from . import blocking
from .ballistics import GRAVITY, HALF_STEP, NEVER, time_to_fall
from .commander import TACTICS
from .pilot import fly_to, lift_of
from .serve import CLEARANCE, serve_ball
from .sight import BENCHMARK_RADIUS, BENCHMARK_RESTITUTION, own_motion
from .strokes import DRIVE_CLEARANCE, STEEPEST, drive_ball, send_ball
from .team import three

# (height of the ball at the hit, apex of its flight) in m, the largest tangent of the racket's tilt
RECEIVE_HIT, RECEIVE_APEX, RECEIVE_TILT = 1.12, 4.3, 0.6  # of a receive without an order
RETURN_HIT, RETURN_APEX, RETURN_TILT = 2.0, 4.0, 0.5
RETURN_POST, BLOCK_POST = (3.5, 0.0, 1.6), (2.5, 0.0, 1.8)  # m: where it goes afterwards
LOWER, TRIES = 0.3, 6  # m: a ball that has fallen too low is met so much lower, and lower
AIR = (BENCHMARK_RADIUS, 0.0, BENCHMARK_RESTITUTION)
BEHIND, ATTACK_TILT, LATE = TACTICS["behind"], TACTICS["steepest"], TACTICS["late"]
OVER_NET = COURT.net_height + BENCHMARK_RADIUS + DRIVE_CLEARANCE  # m, of attacks


@fn
def serve_row(o, at, n, memory, out):
    pos, vel, quat, rate = own_motion(o, at)
    ball, ball_vel = _ball(o, at)
    if o[at.turn] < 0.5:
        fly_to(out, pos, quat, vel, rate, SERVE_POST)
    else:
        serve_ball(out, pos, vel, quat, rate, lift_of(o, at.throttle, 0.5, 0.5), ball, ball_vel, _target(o, at))


@fn
def receive_row(o, at, n, memory, out):
    _send(o, at, out, RECEIVE_POST, o[at.order_height], _target(o, at), o[at.order_apex], STEEPEST, BEHIND, 0.0)


@fn
def set_row(o, at, n, memory, out):
    _send(o, at, out, SET_POST, o[at.order_height], _target(o, at), o[at.order_apex], STEEPEST, BEHIND, 0.0)


@fn
def attack_row(o, at, n, memory, out):
    height = _height(o, at, o[at.order_height])
    if height > 0.0:
        ball, vel = _ball(o, at)
        drive_ball(out, _own(o, at), ball, vel, AIR, height, _target(o, at), o[at.order_soonest], ATTACK_TILT, OVER_NET, LATE)
    else:
        _keep(o, at, out, ATTACK_POST)


@fn
def return_row(o, at, n, memory, out):
    _send(o, at, out, RETURN_POST, RETURN_HIT, _target(o, at), RETURN_APEX, RETURN_TILT, 0.0, 0.0)


@fn
def block_row(o, at, n, memory, out):
    apex, steepest, late = o[at.order_apex], blocking.STEEPEST, blocking.LATE
    _send(o, at, out, BLOCK_POST, o[at.order_height], _target(o, at), apex, steepest, blocking.BEHIND, late)


@fn
def exchange_row(o, at, n, memory, out):
    """The server serves, the receiver receives; off turn each keeps its post."""
    if o[at.role] > 0.5:
        serve_row(o, at, n, memory, out)
    else:
        _send(o, at, out, RECEIVE_POST, RECEIVE_HIT, SET_POINT, RECEIVE_APEX, RECEIVE_TILT, 0.0, 0.0)


@fn
def _ball(o, at):
    """(position m, velocity m/s) of the ball, with v_z - g dt / 2: the parabola that the world's steps lie on."""
    vel = three(o, at.ball_velocity)
    return three(o, at.ball), (vel[0], vel[1], vel[2] - GRAVITY * HALF_STEP)


@fn
def _target(o, at):
    """m: where the ball shall go."""
    return sub(three(o, at.ball), three(o, at.from_target))


@fn
def _own(o, at):
    """The drone's own motion, as strokes.send_ball takes it."""
    pos, vel, quat, rate = own_motion(o, at)
    return pos, vel, quat, rate, lift_of(o, at.throttle, 0.5, 0.5)


@fn
def _height(o, at, height):
    """m: where the ball is met, lower than `height` if it has fallen through it already; 0 if it is not this drone's turn, or too late."""
    ball, vel = _ball(o, at)
    for k in range(TRIES):
        lower = float(height) - k * LOWER
        if o[at.turn] > 0.5 and lower > 0.0 and time_to_fall(ball[2], vel[2], lower) < NEVER:
            return lower
    return 0.0


@fn
def _keep(o, at, out, post):
    """Goes to its post and stays."""
    pos, vel, quat, rate = own_motion(o, at)
    fly_to(out, pos, quat, vel, rate, post)


@fn
def _send(o, at, out, post, height, target, apex, steepest, behind, late):
    """Meets the ball at `height` if it is this drone's turn, else goes to its post."""
    height = _height(o, at, height)
    if height > 0.0:
        ball, vel = _ball(o, at)
        send_ball(out, _own(o, at), ball, vel, AIR, height, target, float(apex), steepest, CLEARANCE, behind, late)
    else:
        _keep(o, at, out, post)
