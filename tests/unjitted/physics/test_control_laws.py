"""Airframe numbers, mixer, saturation, action modes and the rate loop."""

from __future__ import annotations

import numpy as np
import pytest
from handmade import bare, put

from skyrally.physics.airframes import AIRFRAMES, IRIS
from skyrally.physics.control import allocate, decode
from skyrally.physics.native import fly
from skyrally.physics.params import make_params
from skyrally.physics.quadrotor import spin_rotors
from skyrally.physics.records import CTBR, ROTOR

EACH = pytest.mark.parametrize("frame", AIRFRAMES.values(), ids=AIRFRAMES)


def wrench(frame, throttles):
    """(collective N, torques N m) that these throttles give."""
    return frame.allocation @ (np.square(throttles) * frame.max_force)


def test_iris_is_the_published_one():
    assert pytest.approx(6.0032, abs=5e-5) == IRIS.max_force
    assert IRIS.torque_per_force * IRIS.max_force == pytest.approx(0.09605, abs=5e-6)
    assert 4 * IRIS.max_force / (IRIS.mass * 9.81) == pytest.approx(1.610, abs=5e-4)
    assert IRIS.hover() == pytest.approx(0.788, abs=5e-4)
    published = [(0.220, -0.130), (-0.200, 0.130), (0.220, 0.130), (-0.200, -0.130)]
    assert np.array(IRIS.rotor_xy) == pytest.approx(np.array(published), abs=5e-4)
    assert IRIS.rotor_spin == (1, 1, -1, -1)
    assert make_params()[0].airframe.lag == pytest.approx(0.43, abs=1e-12)


@EACH
def test_the_mixer_inverts_the_allocation(frame):
    mixer = frame.params(0.02, 9.81, False).mixer
    assert frame.allocation @ mixer == pytest.approx(np.eye(4), abs=1e-12)


@EACH
def test_rotors_push_where_they_sit(frame):
    """Left rotors roll right side down (+x torque), rear rotors pitch nose down (+y), spin +1 yaws to -z."""
    params = make_params(airframe=frame.name)[0]
    for k, ((x, y), spin) in enumerate(zip(frame.rotor_xy, frame.rotor_spin, strict=True)):
        drone = bare(1).drones[0]
        drone.rotor[k] = drone.command[k] = 1.0
        spin_rotors(drone, params.airframe)
        f = frame.max_force
        assert drone.torque == pytest.approx([y * f, -x * f, -spin * f * frame.torque_per_force])


@EACH
def test_allocate_gives_what_is_asked_when_it_can(frame):
    block = frame.params(0.02, 9.81, False)
    weight, arm = frame.mass * 9.81, abs(frame.rotor_xy[0][1])
    for share in ((0, 0, 0), (0.3, 0, 0), (0, -0.3, 0), (0.1, 0.1, 0.2), (-0.1, 0.2, -0.2)):
        torque = np.array(share) * weight * np.array([arm, arm, frame.torque_per_force])
        assert wrench(frame, allocate(block, weight, tuple(torque))) == pytest.approx([weight, *torque], abs=1e-9 * weight)


@EACH
def test_allocate_saturates_yaw_first_then_thrust_and_keeps_the_tilt_direction(frame):
    block, rng = frame.params(0.02, 9.81, False), np.random.default_rng(3)
    total, arm = 4 * frame.max_force, abs(frame.rotor_xy[0][1])
    for _ in range(200):
        thrust = rng.uniform(0, total)
        roll, pitch = rng.uniform(-1, 1, 2) * total * arm * rng.choice([0.1, 1.0])
        yaw = rng.uniform(-1, 1) * total * frame.torque_per_force
        throttles = np.array(allocate(block, thrust, (roll, pitch, yaw)))
        assert (throttles >= 0).all()
        assert (throttles <= 1).all()
        got = wrench(frame, throttles)
        tilt, wanted = got[1:3], np.array([roll, pitch])
        assert tilt[0] * wanted[1] == pytest.approx(tilt[1] * wanted[0], abs=1e-9 * total**2)
        share = tilt @ wanted / (wanted @ wanted)
        assert 0 < share <= 1 + 1e-9
        assert -1e-9 <= got[3] / yaw <= 1 + 1e-9
        if share < 1 - 1e-6:  # tilt was cut only because two rotors stand at their limits
            without_yaw = allocate(block, thrust, (roll, pitch, 0.0))
            assert min(without_yaw) == pytest.approx(0, abs=1e-4)
            assert max(without_yaw) == pytest.approx(1, abs=1e-4)


def test_full_thrust_yields_to_roll():
    block = IRIS.params(0.02, 9.81, False)
    got = wrench(IRIS, allocate(block, 4 * IRIS.max_force, (0.5, 0.0, 0.05)))
    assert got[1] == pytest.approx(0.5)
    assert got[0] < 4 * IRIS.max_force


@EACH
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_ctbr_reaches_its_rate_and_stays(frame, axis):
    """Also zero rates stay zero: the Iris has unequal arms, so hover needs unequal rotors."""
    params, world = make_params(airframe=frame.name, substeps=4)[0], bare(1, ball=False)
    drone = world.drones[0]
    put(drone, mode=CTBR, rotor=[params.airframe.hover] * 4)
    action = np.zeros((1, 4))
    action[0, 0] = 2 * params.airframe.hover**2 - 1
    action[0, 1 + axis] = 0.3
    for _ in range(150):
        fly(world, params, action)
    target = np.zeros(3)
    target[axis] = 0.3 * frame.rate_limit[axis]
    assert drone.rate == pytest.approx(target, abs=2e-3)
    assert drone.thrust == pytest.approx(frame.mass * 9.81, rel=1e-3)


@pytest.mark.parametrize("mode", [ROTOR, CTBR])
def test_decode_clips(mode):
    drone, frame = put(bare(1).drones[0], mode=mode), make_params()[0].airframe
    decode(drone, frame, [9.0, -9.0, 0.0, 1.0])
    full = 4 * IRIS.max_force
    expected = [1, 0, np.sqrt(0.5), 1] if mode == ROTOR else [full, -2.5133, 0, 2.5133]
    assert drone.command == pytest.approx(expected)
    assert drone.invalid == 0


@pytest.mark.parametrize("mode", [ROTOR, CTBR])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("at", range(4))
def test_decode_marks_what_is_not_finite_and_hovers(mode, bad, at):
    drone, frame = put(bare(1).drones[0], mode=mode), make_params()[0].airframe
    action = np.zeros(4)
    action[at] = bad
    decode(drone, frame, action)
    assert drone.invalid == 1
    expected = [frame.hover] * 4 if mode == ROTOR else [IRIS.mass * 9.81, 0, 0, 0]
    assert drone.command == pytest.approx(expected)
    decode(drone, frame, np.zeros(4))
    assert drone.invalid == 0


def test_modes_mix_in_one_world():
    params, world = make_params()[0], bare(2, ball=False)
    world.drones[1].mode = CTBR
    fly(world, params, np.array([[1, -1, 0, 1], [-1, 1, 0, 0]], float))
    assert world.drones[0].command == pytest.approx([1, 0, np.sqrt(0.5), 1])
    assert world.drones[1].command == pytest.approx([0, 2.5133, 0, 0])
