"""Blocks: where a blocker waits for an attack, which it tries, and its stroke. Numbers found by trial over the drill `block`.

A racket that sends an attack back tilts by 45 degrees, and a drone turns by 144 degrees a second: from the strike on it has time to turn
and to shift a little, not to fly anywhere. It must wait where the ball will come down to the net's height (docs/hierarchy.md).
"""

from __future__ import annotations

import math

from ..physics.vec import clip, fn
from ..scenarios.block import meeting_height
from .ballistics import GRAVITY, flight, time_to_fall_in_air
from .team import place_of

STEEPEST, LATE, BEHIND = 1.15, 0.2, 0.05  # tangent of the tilt, s per rad, m: of the stroke (strokes.send)
WAIT_X, WAIT_Z, FURTHER = 1.85, 2.65, 0.1  # m: where a blocker waits; how far behind its place it meets the ball
LEAST, AT_NET = 0.8, 2.8  # m from the net: nearer nobody meets a ball; who is nearer than this may block
REACH_X, REACH_Y = 0.8, 1.1  # m: how far from its place a blocker tries
STRUCK_AT, AIMED_AT = 3.0, 4.0  # m: the ball's height where attacks are expected; how deep they go
WIDEST = 0.8  # share of half the width


@fn
def waiting_place(o, at, ball, vel):
    """m: on the way from where the opponents will strike the ball to the middle of the own court."""
    drag = o[at.ball_constants + 1]
    struck, _ = flight(ball, vel, drag, min(time_to_fall_in_air(ball, vel, drag, STRUCK_AT), 2.0))
    x, widest = min(struck[0], -0.5), WIDEST * o[at.court + 1]
    y = struck[1] * (AIMED_AT - WAIT_X) / (AIMED_AT - x)
    return WAIT_X, clip(y, -widest, widest), WAIT_Z


@fn
def block_height(o, at, me, k, ball, vel):
    """m: the ball's height where number k of the team blocks it, or was to block it if it has fallen lower; 0 if it has no chance to."""
    pos = place_of(o, at, me, k)
    if vel[0] <= 0.0 or pos[0] > AT_NET:
        return 0.0
    height = meeting_height(ball, vel, pos[0] + FURTHER, GRAVITY)
    under = vel[2] * vel[2] + 2.0 * GRAVITY * (ball[2] - height)
    if under < 0.0:
        return 0.0
    meet, _ = flight(ball, vel, 0.0, (vel[2] + math.sqrt(under)) / GRAVITY)
    near = meet[0] > LEAST and abs(meet[0] - pos[0]) < REACH_X and abs(meet[1] - pos[1]) < REACH_Y
    return height if near else 0.0
