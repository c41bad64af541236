"""The pilot: its controllers' signs and bounds, and that a planned strike arrives as planned."""

import numpy as np
import pytest

from skyrally.agents.pilot import DRIFT, FULL, GRAVITY, MASS, arrive, hold, keep_apart, stay_up, steer, strike, swing, tilt_for
from skyrally.physics.native import fly
from skyrally.physics.params import make_params
from skyrally.physics.records import CTBR, world_record
from skyrally.physics.vec import quat_from_euler

LEVEL, STILL = (1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0)


def test_hover_thrust_when_level_and_on_the_spot():
    out = np.zeros(4)
    steer(out, LEVEL, STILL, (0.0, 0.0, 1.0), (0.0, 0.0, GRAVITY))
    assert out == pytest.approx([2.0 * MASS * GRAVITY / FULL - 1.0, 0.0, 0.0, 0.0])


@pytest.mark.parametrize(("up", "axis", "sign"), [((0.2, 0.0, 0.98), 2, 1.0), ((0.0, 0.2, 0.98), 1, -1.0)])
def test_steer_turns_towards_the_wanted_up(up, axis, sign):
    out = np.zeros(4)
    steer(out, LEVEL, STILL, up, (0.0, 0.0, GRAVITY))
    assert sign * out[axis] > 0.1
    assert out[3 - axis] == 0.0


def test_steer_levels_a_tilted_drone():
    out = np.zeros(4)
    steer(out, quat_from_euler(0.3, -0.2, 0.0), STILL, (0.0, 0.0, 1.0), (0.0, 0.0, GRAVITY))
    assert out[1] < 0.0
    assert out[2] > 0.0


def test_tilt_for_gives_height_before_the_way_sideways():
    assert tilt_for((0.0, 0.0, 0.0)) == pytest.approx((0.0, 0.0, GRAVITY))
    force = tilt_for((50.0, 0.0, 4.0))
    assert force[2] == pytest.approx(GRAVITY + 4.0)
    assert np.linalg.norm(force) * MASS < FULL


def test_hold_and_keep_apart_push_the_right_way():
    assert hold((0.0, 0.0, 2.0), STILL, (1.0, 0.0, 2.0))[0] > 0.0
    assert keep_apart(STILL, (0.0, 0.0, 2.0), (1.0, 0.0, 2.0), 1.7, 14.0)[0] < 0.0
    assert keep_apart(STILL, (0.0, 0.0, 2.0), (2.0, 0.0, 2.0), 1.7, 14.0) == STILL
    assert stay_up(0.0, 0.8, -2.0) > 0.0
    assert stay_up(0.0, 2.0, -2.0) == 0.0


def test_swing_needs_nothing_when_the_way_fits():
    acceleration, speed = swing(0.0, 1.0, 1.0, 0.0, 1.0, -DRIFT)
    assert acceleration == pytest.approx(0.0, abs=1e-9)
    assert speed == pytest.approx(1.0)


@pytest.mark.parametrize("held", [0.05, 0.17, 0.3])
def test_swing_flown_out_and_its_final_acceleration_held_arrive_with_its_speed(held):
    p, v, t, dt, a_end = 0.0, 0.3, 1.2, 1e-3, -6.0  # and DRIFT is the speed before it is held
    _, speed = swing(p, v, 1.0, a_end, t, DRIFT, held)
    while t > 0.0:
        v += dt * (swing(p, v, 1.0, a_end, t, DRIFT, held)[0] if t > held else a_end)
        p += dt * v
        t -= dt
    assert p == pytest.approx(1.0, abs=0.03)
    assert v == pytest.approx(speed, abs=0.1)


def test_arrive_ends_at_the_place_with_the_speed():
    p, v, t, dt = 0.0, 0.3, 1.0, 1e-3
    while t > 0.02:
        v += dt * arrive(p, v, 1.0, 0.5, t, 0.01)
        p += dt * v
        t -= dt
    assert p + v * t == pytest.approx(1.0, abs=0.02)
    assert v == pytest.approx(0.5, abs=0.1)


@pytest.mark.jit
@pytest.mark.parametrize("tilt", [0.0, 0.2, 0.35])
def test_strike_arrives_in_place_with_the_normal_and_the_speed(tilt):
    """1.2 m away in 1.4 s, in the real physics of one drone: within 8 cm (the racket has 20), 3 degrees and 0.1 m/s."""
    params, world = make_params()[0], np.zeros(1, world_record(1, ball=False))[0]
    drone = world["drones"][0]
    drone["pos"], drone["quat"], drone["up"], drone["mode"], drone["alive"] = (3.0, 0.0, 1.9), LEVEL, (0.0, 0.0, 1.0), CTBR, 1
    drone["rotor"] = params["airframe"]["hover"]
    contact, normal, speed = (4.0, 0.7, 2.1), (-np.sin(tilt), 0.0, np.cos(tilt)), 0.6
    action = np.zeros((1, 4))
    for k in range(70):
        lift = float((drone["rotor"] ** 2).sum()) * FULL / (4.0 * MASS)
        state = (tuple(map(float, drone[name])) for name in ("pos", "quat", "vel", "rate"))
        strike(action[0], *state, lift, contact, normal, speed, 0.02 * (70 - k))
        fly(world, params, action)
    assert np.linalg.norm(drone["pos"] - contact) < 0.08
    assert drone["up"] @ normal > np.cos(np.radians(3.0))
    assert drone["vel"] @ normal == pytest.approx(speed, abs=0.1)
