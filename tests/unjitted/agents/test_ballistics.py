"""Predictions against closed forms, and the racket's solution against the contact law itself."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyrally.agents.ballistics import GRAVITY, NEVER, flight, launch, racket, time_to_fall, time_to_fall_in_air
from skyrally.agents.pilot import arrive, pass_through

speeds = st.floats(-8.0, 8.0)


@given(speeds, st.floats(0.5, 5.0))
def test_fall_time_solves_the_parabola(vz, z):
    t = time_to_fall(z, vz, 0.4)
    assert z + vz * t - 0.5 * GRAVITY * t * t == pytest.approx(0.4, abs=1e-9)
    assert vz - GRAVITY * t <= 1e-9  # on the way down


def test_a_height_over_the_apex_is_never_reached():
    assert time_to_fall(1.0, 1.0, 3.0) == NEVER


def test_drag_prediction_follows_small_steps():
    pos, vel, drag = np.array([0.0, 0.0, 2.0]), np.array([6.0, 1.0, 4.0]), 0.033
    p, v, dt = pos.copy(), vel.copy(), 1e-4
    for _ in range(8000):
        v = v + dt * (np.array([0, 0, -GRAVITY]) - drag * np.linalg.norm(v) * v)
        p = p + dt * v
    reached, _ = flight(tuple(pos), tuple(vel), drag, 0.8)
    assert np.linalg.norm(np.array(reached) - p) < 0.1
    assert time_to_fall_in_air(tuple(pos), tuple(vel), drag, 1.0) < time_to_fall(2.0, 4.0, 1.0)


@given(st.floats(-5, 5), st.floats(-3, 3), st.floats(3.0, 6.0))
def test_launch_lands_on_target_over_the_apex(x, y, apex):
    start, target = (2.0, 0.5, 2.0), (x, y, 0.5)
    vel = launch(start, target, apex, 0.0)
    t = time_to_fall(start[2], vel[2], target[2])
    assert flight(start, vel, 0.0, t)[0] == pytest.approx(target, abs=1e-9)
    assert start[2] + vel[2] ** 2 / (2 * GRAVITY) == pytest.approx(apex)


@given(speeds, speeds, st.floats(-9.0, -3.0), speeds, speeds, st.floats(2.0, 9.0))
def test_racket_turns_one_velocity_into_the_other(ax, ay, az, bx, by, bz):
    incoming, outgoing, e = np.array([ax, ay, az]), np.array([bx, by, bz]), 0.8
    normal, speed = racket(tuple(incoming), tuple(outgoing), e)
    n = np.array(normal)
    bounced = incoming + (1 + e) * (speed - incoming @ n) * n  # frictionless contact with a heavy moving racket
    assert bounced == pytest.approx(outgoing, abs=1e-9)
    assert math.isclose(n @ n, 1.0)


@pytest.mark.parametrize("law", ["arrive", "pass_through"])
def test_arrival_laws_arrive(law):
    p, v, t, dt = 0.0, 0.3, 1.0, 1e-3
    while t > 0.02:
        a = arrive(p, v, 1.0, 0.5, t, 0.01) if law == "arrive" else pass_through(p, v, 1.0, t, 0.01)
        v += dt * a
        p += dt * v
        t -= dt
    assert p + v * t == pytest.approx(1.0, abs=0.02)
    if law == "arrive":
        assert v == pytest.approx(0.5, abs=0.1)
