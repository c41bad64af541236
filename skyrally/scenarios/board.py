"""The scripted defender of set-and-spike-hard: a kinematic disc that moves to where the ball comes down and hits it back.

| | |
| --- | --- |
| body | cylinder, radius 0.5 m, height 0.3 m, restitution 0.8; what hits it does not move it (0.8 kg against 5 g) |
| waits | level at (-4, 0, 0.5) m |
| decides | once: turn 2, ball v_x < -2 m/s, v_z < 0, z >= 1.2 m, and it will fall past z = 1.1 m within x in [-9, 0], abs(y) <= 4.5 m |
| moves | straight to that point, at distance / time but at most 8 m/s, and stays there |
| tilts | roll and pitch at angle / time, at most 4 rad/s, so that its normal lies along v_out - v_in |
| hits | its surface moves with (0.77 v_in + v_out) / 1.77; v_out reaches (3, 1, 1.3) m in 1.5 s |

Source: reference 2.7. Ours: the ball's path of a step is swept against the disc along its own path, it hits once, and it rests after that.
"""

from __future__ import annotations

import math

from ..physics.impulse import bounce_ball, note
from ..physics.params import CONTROL_DT
from ..physics.records import BALL_BOARD, F8, I4, NOBODY, Fields
from ..physics.shapes import CYLINDER, sweep
from ..physics.vec import add, add_scaled, clip, fn, norm, put3, put4, quat_from_euler, scale, sub, to_body, to_world, vec3, vec4

RADIUS, HALF_HEIGHT = 0.5, 0.15  # m
HOME = (-4.0, 0.0, 0.5)  # m
MEET_HEIGHT, LEAST_HEIGHT, LEAST_SPEED = 1.1, 1.2, 2.0  # m, m, m/s
TOP_SPEED, TOP_RATE = 8.0, 4.0  # m/s, rad/s
HALF_LENGTH, HALF_WIDTH = 9.0, 4.5  # m
AIM, AIM_TIME = (3.0, 1.0, 1.3), 1.5  # m, s: where it sends the ball, and how long that takes
LIVELY = 0.77  # the restitution that its own plan reckons with

WAITING, GOING, DONE = 0, 1, 2
BOARD: Fields = [
    ("pos", F8, 3),  # m, world
    ("quat", F8, 4),  # body to world
    ("vel", F8, 3),  # m/s, world: along its way
    ("tilt", F8, 2),  # rad: roll, pitch
    ("tilt_rate", F8, 2),  # rad/s
    ("strike", F8, 3),  # m/s, world: its surface's velocity when it hits
    ("left", F8),  # s until it is there
    ("state", I4),  # WAITING, GOING or DONE
    ("engaged", I4),  # 1 once it went for the ball
    ("returned", I4),  # 1 once it sent the ball back (v_x > 0)
]


@fn
def wait(board):
    """Puts the board where it waits."""
    put3(board.pos, HOME)
    put4(board.quat, (1.0, 0.0, 0.0, 0.0))
    put3(board.vel, (0.0, 0.0, 0.0))
    put3(board.strike, (0.0, 0.0, 0.0))
    for k in range(2):
        board.tilt[k] = board.tilt_rate[k] = 0.0
    board.left = 0.0
    board.state, board.engaged, board.returned = WAITING, 0, 0


@fn
def defend(world, params):
    """One control step of the board: decides by the ball as it is."""
    board, ball = world.board, world.ball
    if board.state == WAITING and world.turn == 2 and ball.vel[0] < -LEAST_SPEED and ball.vel[2] < 0.0 and ball.pos[2] >= LEAST_HEIGHT:
        _plan(board, vec3(ball.pos), vec3(ball.vel), params.gravity)


@fn
def _plan(board, pos, vel, gravity):
    """Where to meet the ball, when, and how to turn it back; nothing if it comes down elsewhere."""
    drop = pos[2] - MEET_HEIGHT
    t = (vel[2] + math.sqrt(vel[2] * vel[2] + 2.0 * gravity * drop)) / gravity  # of z + v t - g t^2 / 2 = MEET_HEIGHT
    meet = (pos[0] + vel[0] * t, pos[1] + vel[1] * t, MEET_HEIGHT)
    if not (-HALF_LENGTH <= meet[0] <= 0.0 and abs(meet[1]) <= HALF_WIDTH):
        return
    v_in = (vel[0], vel[1], vel[2] - gravity * t)
    v_out = add(scale(1.0 / AIM_TIME, sub(AIM, meet)), (0.0, 0.0, 0.5 * gravity * AIM_TIME))
    change = sub(v_out, v_in)
    normal = scale(1.0 / norm(change), change)
    way = sub(meet, vec3(board.pos))
    speed = min(norm(way) / t, TOP_SPEED)
    put3(board.vel, scale(speed / norm(way), way))
    board.left = norm(way) / speed
    board.tilt_rate[0] = clip(-math.asin(normal[1]) / t, -TOP_RATE, TOP_RATE)
    board.tilt_rate[1] = clip(math.atan2(normal[0], normal[2]) / t, -TOP_RATE, TOP_RATE)
    put3(board.strike, scale(1.0 / (1.0 + LIVELY), add(scale(LIVELY, v_in), v_out)))
    board.state, board.engaged = GOING, 1


@fn
def move_and_hit(world, params):
    """Moves a board on its way by one control step, and bounces the ball off it where their paths meet. The ball has moved already."""
    board, ball = world.board, world.ball
    if board.state != GOING:
        return
    before = vec3(board.pos)
    moving = min(board.left, CONTROL_DT)
    board.left -= moving
    put3(board.pos, add_scaled(before, moving, vec3(board.vel)))
    if moving > 0.0:
        for k in range(2):
            board.tilt[k] += CONTROL_DT * board.tilt_rate[k]
        put4(board.quat, quat_from_euler(board.tilt[0], board.tilt[1], 0.0))
    gap = sub(vec3(ball.pos), vec3(board.pos))
    if norm(gap) > RADIUS + HALF_HEIGHT + params.ball.radius + CONTROL_DT * (norm(vec3(ball.vel)) + TOP_SPEED):
        return
    start = sub(add_scaled(vec3(ball.pos), -CONTROL_DT, vec3(ball.vel)), before)
    quat = vec4(board.quat)
    motion = to_body(quat, sub(gap, start))
    when, normal = sweep(CYLINDER, (RADIUS, HALF_HEIGHT, 0.0), params.ball.radius, to_body(quat, start), motion)
    if when <= 1.0:
        _hit(world, params, to_world(quat, normal), (1.0 - when) * CONTROL_DT)


@fn
def _hit(world, params, normal, left):
    """Bounces the ball, `left` seconds before the step's end, and notes the event."""
    board, ball, ball_params = world.board, world.ball, params.ball
    push, spin = bounce_ball(ball, ball_params, normal, vec3(board.strike), ball_params.racket_restitution, 0.0)
    point = add_scaled(add_scaled(vec3(ball.pos), -left, vec3(ball.vel)), -ball_params.radius, normal)
    change = scale(ball_params.inv_mass, push)
    put3(ball.vel, add(vec3(ball.vel), change))
    put3(ball.spin, add(vec3(ball.spin), spin))
    put3(ball.pos, add_scaled(vec3(ball.pos), left, change))
    note(world, BALL_BOARD, NOBODY, NOBODY, params.substeps - 1, point, push)
    board.state = DONE
    if ball.vel[0] > 0.0:
        board.returned = 1
