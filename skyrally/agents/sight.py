"""What a drill player reads from a row of the published layout: its own motion and the ball's, in the world."""

from __future__ import annotations

from ..physics.vec import fn, sub, to_body
from .ballistics import GRAVITY, HALF_STEP
from .team import four, three

BENCHMARK_RADIUS, BENCHMARK_RESTITUTION = 0.1, 0.8  # m, -: the benchmark ball; the published view does not tell


@fn
def own_motion(o, at):
    """(position m, velocity m/s, attitude, body rates rad/s) of the drone."""
    quat = four(o, at.quaternion)
    return three(o, at.position), three(o, at.velocity), quat, to_body(quat, three(o, at.angular_velocity))


@fn
def ball_parabola(o, at):
    """(position m, velocity m/s) of the ball, with v_z - g dt / 2: the parabola that the world's steps lie on."""
    vel = three(o, at.ball_velocity)
    return sub(three(o, at.position), three(o, at.from_ball)), (vel[0], vel[1], vel[2] - GRAVITY * HALF_STEP)


@fn
def anchor_of(o, at):
    """m: the drone's anchor."""
    return sub(three(o, at.position), three(o, at.from_anchor))


@fn
def dropped(ball_vel):
    """Whether the ball still falls from where the episode began: nothing has sent it sideways."""
    return abs(ball_vel[0]) + abs(ball_vel[1]) < 1e-3
