"""Free flight: gravity, thrust, rotors, air."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from handmade import bare, put, rotation, unit

from skyrally.physics.airframes import AIRFRAMES, IRIS
from skyrally.physics.ball import move_ball
from skyrally.physics.balls import BENCHMARK_BALL, REAL_BALL
from skyrally.physics.native import fly, play
from skyrally.physics.params import make_params
from skyrally.physics.quadrotor import downwash, move_drone, spin_rotors, spin_up
from skyrally.physics.vec import turn

G = 9.81


def test_free_fall_follows_the_parabola_to_first_order():
    """Semi-implicit Euler falls g t dt / 2 further than g t^2 / 2, exactly."""
    params, world = make_params()[0], bare(0)
    for _ in range(50):
        play(world, params, np.zeros((0, 4)))
    assert world.ball.vel[2] == pytest.approx(-G, rel=1e-12)
    assert world.ball.pos[2] - 50.0 == pytest.approx(-0.5 * G - 0.5 * G * 0.02, rel=1e-12)


def test_a_thrown_ball_keeps_its_energy():
    """E = v^2 / 2 + g z of the symplectic step is off by g^2 t dt / 2 at most, and comes back at launch height."""
    params, ball = make_params(substeps=20)[0], bare(0).ball
    put(ball, pos=(0, 0, 0), vel=(3.0, -2.0, 8.0))
    start = 0.5 * ball.vel @ ball.vel
    energies = []
    while ball.pos[2] >= 0.0:
        move_ball(ball, params)
        energies.append(0.5 * ball.vel @ ball.vel + G * ball.pos[2])
    assert energies[-1] == pytest.approx(start, rel=5e-3)
    assert max(abs(np.array(energies) - start)) < G * params.dt * 8.0


@pytest.mark.parametrize("name", AIRFRAMES)
def test_hover_thrust_equals_weight(name):
    params, world = make_params(airframe=name)[0], bare(1, ball=False)
    drone, frame = world.drones[0], params.airframe
    put(drone, rotor=[frame.hover] * 4, command=[frame.hover] * 4)
    spin_rotors(drone, frame)
    assert drone.thrust == pytest.approx(frame.mass * G, rel=1e-12)
    drone.torque[:] = 0.0
    before = drone.pos.copy()
    for _ in range(100):
        move_drone(drone, frame, params.gravity, params.dt)
    assert np.abs(drone.pos - before).max() < 1e-9


@pytest.mark.parametrize("substeps", [1, 2, 4, 10])
def test_rotor_lag_is_43_percent_per_control_step_whatever_the_substeps(substeps):
    params, world = make_params(substeps=substeps)[0], bare(1, ball=False)
    world.drones[0].rotor[:] = 0.2
    fly(world, params, np.ones((1, 4)))
    assert world.drones[0].rotor == pytest.approx([0.2 + 0.43 * 0.8] * 4, rel=1e-12)


def test_terminal_speeds():
    """v = sqrt(g / drag): 17 m/s for the real ball; the benchmark ball would reach 2.35 m/s, so it has no drag."""
    params, ball = make_params(physics="fine")[0], bare(0).ball
    for _ in range(8000):
        move_ball(ball, params)
    assert -ball.vel[2] == pytest.approx(np.sqrt(G / params.ball.drag), rel=1e-6)
    assert -ball.vel[2] == pytest.approx(17.3, abs=0.2)
    area = np.pi * BENCHMARK_BALL.radius**2
    assert np.sqrt(2 * BENCHMARK_BALL.mass * G / (1.225 * 0.47 * area)) == pytest.approx(2.35, abs=0.05)
    assert make_params()[0].ball.drag == 0.0


def test_magnus_backspin_lifts_and_sidespin_curves():
    """Flying along +x, spin about -y (backspin) lifts; spin about +z turns the path to +y."""
    params = make_params(physics="fine", gravity=0.0)[0]
    for spin, axis in (((0, -50, 0), 2), ((0, 0, 50), 1)):
        ball = put(bare(0).ball, pos=(0, 0, 0), vel=(10, 0, 0), spin=spin)
        move_ball(ball, params)
        assert ball.vel[axis] == pytest.approx(params.dt * REAL_BALL.params().magnus * 500.0, rel=1e-9)
        assert ball.vel[axis] > 0.0


def test_damping_is_the_published_share_per_second():
    params, drone = make_params(gravity=0.0)[0], put(bare(1).drones[0], vel=(3, 2, 1), rate=(0, 0, 1))
    for _ in range(50):
        move_drone(drone, params.airframe, 0.0, params.dt)
    assert drone.vel == pytest.approx(np.array([3, 2, 1]) * (1 - 0.2 * 0.02) ** 50)
    assert drone.rate[2] == pytest.approx((1 - 0.2 * 0.02) ** 50)


def test_fine_drag_opposes_motion_in_body_axes():
    rng, params = np.random.default_rng(0), make_params(physics="fine", gravity=0.0)[0]
    for _ in range(20):
        quat, vel = unit(rng, 4), 5.0 * rng.normal(size=3)
        drone = put(bare(1).drones[0], quat=quat, vel=vel)
        move_drone(drone, params.airframe, 0.0, params.dt)
        r = rotation(quat)
        force = -np.linalg.norm(vel) * r @ (np.array(IRIS.drag) * (r.T @ vel))
        assert drone.vel == pytest.approx(vel + params.dt * force / IRIS.mass, rel=1e-9)
        assert drone.vel @ drone.vel < vel @ vel


def test_gyroscopic_term_does_no_work():
    """Torque-free tumbling keeps kinetic energy and |L| over 20 s."""
    params = make_params(substeps=10)[0]
    inertia = params.airframe.inertia
    rate = start = (3.0, 2.0, -4.0)
    for _ in range(10_000):
        rate = spin_up(rate, (0.0, 0.0, 0.0), params.airframe, params.dt)
    invariants = [(inertia * np.square(w)).sum() for w in (start, rate)], [np.linalg.norm(inertia * w) for w in (start, rate)]
    for before, after in invariants:
        assert after == pytest.approx(before, rel=1e-3)
    assert not np.allclose(rate, start, atol=0.1)


def test_the_quaternion_stays_unit_and_turns_by_the_angle():
    rng = np.random.default_rng(1)
    q = tuple(unit(rng, 4))
    for _ in range(500):
        q = turn(q, tuple(20.0 * rng.normal(size=3)), 0.02)
        assert np.linalg.norm(q) == pytest.approx(1.0, abs=2e-3)
    q = (1.0, 0.0, 0.0, 0.0)
    for _ in range(1000):
        q = turn(q, (0.0, 0.0, np.pi), 0.001)
    assert np.linalg.norm(q) == pytest.approx(1.0, abs=1e-14)
    assert abs(q[3]) == pytest.approx(1.0, abs=1e-9)


def test_halving_the_step_halves_the_error():
    """Order about 1: a rolling climb against a reference with 100 substeps."""

    def end(substeps):
        params, world = make_params(substeps=substeps)[0], bare(1, ball=False)
        world.drones[0].rotor[:] = params.airframe.hover
        for k in range(15):
            fly(world, params, np.array([[0.3, 0.25, 0.3, 0.35 if k < 8 else 0.2]]))
        return world.drones[0].pos.copy()

    reference = end(100)
    errors = [np.linalg.norm(end(s) - reference) for s in (2, 4, 8)]
    for coarse, fine in itertools.pairwise(errors):
        assert 1.7 < coarse / fine < 2.6


def _published_downwash(below, above):
    thrust = above.thrust * above.up
    gap = above.pos - below.pos
    z = max(gap @ above.up, 0.0)
    r = np.linalg.norm(gap - (gap @ above.up) * above.up)
    return -thrust * np.exp(-0.5 * (2 * r / z) ** 2) / (1 + 0.3 * z) ** 2 if z > 0 else np.zeros(3)


def _wash_of(below, above, swapped=False):
    """N, world: the force on `below`."""
    below.force = above.force = 0.0
    downwash(*((above, below) if swapped else (below, above)))
    return below.force.copy()


def test_downwash_is_the_published_formula():
    """Beyond the cone it is cut to zero, where the formula gives under 2.1e-9 of the thrust."""
    rng, (below, above) = np.random.default_rng(2), bare(2).drones
    cut = 0
    for _ in range(300):
        put(above, quat=unit(rng, 4), thrust=15.0, pos=(0, 0, 0))
        put(below, pos=3.0 * rng.normal(size=3))
        force = _wash_of(below, above)
        assert np.abs(force - _published_downwash(below, above)).max() < 15.0 * 2.1e-9
        cut += not force.any()
    assert 0 < cut < 300
    put(above, quat=(1, 0, 0, 0))
    assert _wash_of(put(below, pos=(0, 0, -1)), above)[2] == pytest.approx(-15.0 / 1.69)
    assert not above.force.any()
    assert not _wash_of(put(below, pos=(0, 0, 1)), above).any()
    assert np.array_equal(_wash_of(put(below, pos=(0, 0, -1)), above), _wash_of(below, above, swapped=True))
