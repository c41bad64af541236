"""Where the ball will be and how a racket must meet it: against closed forms and the contact law."""

import math

import numpy as np
import pytest

from skyrally.agents.ballistics import (
    GRAVITY,
    GRIP,
    HALF_STEP,
    HEAVY,
    NEVER,
    bounce,
    flight,
    gripping_racket,
    launch,
    launch_low,
    racket,
    time_to_fall,
    time_to_fall_in_air,
)

RESTITUTION = 0.8


@pytest.mark.parametrize("t", [0.1, 0.7, 1.9])
def test_flight_without_drag_is_the_parabola(t):
    pos, vel = flight((1.0, -2.0, 3.0), (4.0, 0.5, 6.0), 0.0, t)
    assert np.allclose(pos, (1.0 + 4.0 * t, -2.0 + 0.5 * t, 3.0 + 6.0 * t - 0.5 * GRAVITY * t * t))
    assert np.allclose(vel, (4.0, 0.5, 6.0 - GRAVITY * t))


def test_time_to_fall_takes_the_later_root_and_never():
    t = time_to_fall(1.0, 6.0, 2.0)
    assert 1.0 + 6.0 * t - 0.5 * GRAVITY * t * t == pytest.approx(2.0)
    assert 6.0 - GRAVITY * t < 0.0
    assert time_to_fall(1.0, 3.0, 2.0) == NEVER  # its apex is at 1.46 m
    assert time_to_fall_in_air((0.0, 0.0, 1.0), (0.0, 0.0, 6.0), 0.0, 2.0) == pytest.approx(t)


def test_vanishing_drag_is_no_drag():
    with_drag, _ = flight((0.0, 0.0, 3.0), (4.0, 0.0, 5.0), 1e-9, 1.0)
    without, _ = flight((0.0, 0.0, 3.0), (4.0, 0.0, 5.0), 0.0, 1.0)
    assert np.allclose(with_drag, without, atol=0.11)  # the steps of 20 ms lag by g t dt / 2


@pytest.mark.parametrize("drag", [0.0, 0.033])
def test_launch_lands_on_the_target(drag):
    start, target = (3.0, 1.0, 2.2), (-4.0, -1.5, 0.1)
    vel = launch(start, target, 5.0, drag)
    late = HALF_STEP if drag == 0.0 else 0.0  # the world's step takes it away at once
    vel = (vel[0], vel[1], vel[2] - GRAVITY * late)
    t = time_to_fall(start[2], math.sqrt(2.0 * GRAVITY * (5.0 - start[2])), target[2])
    assert np.allclose(flight(start, vel, drag, t)[0], target, atol=0.02 if drag == 0.0 else 0.1)


def reflect(incoming, normal, speed):
    """The contact law: v_n' = -e v_n + (1 + e) u_n, the rest is kept."""
    v, n = np.array(incoming), np.array(normal)
    return v + (1.0 + RESTITUTION) * (speed - v @ n) * n


@pytest.mark.parametrize("seed", range(5))
def test_racket_turns_the_ball_into_the_wanted_velocity(seed):
    rng = np.random.default_rng(seed)
    incoming = (*rng.normal(0.0, 2.0, 2), -rng.uniform(3.0, 9.0))
    outgoing = (*rng.normal(0.0, 3.0, 2), rng.uniform(3.0, 9.0))
    normal, speed = racket(incoming, outgoing, RESTITUTION)
    assert np.linalg.norm(normal) == pytest.approx(1.0)
    assert np.allclose(reflect(incoming, normal, speed), outgoing)


def test_gripping_racket_answers_friction_and_weight():
    incoming, outgoing = (1.0, 0.5, -6.0), (-3.0, 1.0, 6.0)
    normal, speed = gripping_racket(incoming, outgoing, RESTITUTION)
    assert np.allclose(bounce(incoming, normal, speed, HEAVY * (1.0 + RESTITUTION) - 1.0, GRIP), outgoing, atol=0.02)


def test_launch_low_keeps_the_racket_flat_and_clears_the_net():
    start, incoming, target = (2.0, 0.0, 2.3), (3.0, 0.0, -6.0), (-4.0, 0.0, 0.1)
    vel = launch_low(start, incoming, target, 2.5, 0.0, 0.5, 2.83)
    assert math.hypot(vel[0] - incoming[0], vel[1]) <= 0.5 * (vel[2] - incoming[2])
    assert flight(start, vel, 0.0, -start[0] / vel[0])[0][2] >= 2.83
