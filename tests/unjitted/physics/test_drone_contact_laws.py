"""Drones against drones, the net and the ground."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from handmade import bare, put, rotation, unit

from skyrally.physics.drone_contacts import touch_drones
from skyrally.physics.native import fly
from skyrally.physics.params import make_params
from skyrally.physics.quadrotor import move_drone
from skyrally.physics.records import DRONE_DRONE, DRONE_GROUND, DRONE_NET


def drift(params, world):
    """One substep without rotors, gravity or damping; its events."""
    params.airframe.keep_linear = params.airframe.keep_angular = 1.0
    world.n_events = 0
    for drone in world.drones:
        move_drone(drone, params.airframe, 0.0, params.dt)
    touch_drones(world, params, 0)
    return [world.events[k].copy() for k in range(world.n_events)]


def momenta(world, params):
    """Linear and angular momentum about the origin."""
    frame, p, spin = params.airframe, np.zeros(3), np.zeros(3)
    for drone in world.drones:
        p += frame.mass * drone.vel
        spin += np.cross(drone.pos, frame.mass * drone.vel) + rotation(drone.quat) @ (frame.inertia * drone.rate)
    return p, spin


def test_no_tunnelling_between_drones_and_momentum_is_kept():
    rng, params = np.random.default_rng(8), make_params()[0]
    for _ in range(100):
        world, direction, speed = bare(2, ball=False), unit(rng, 3), rng.uniform(33, 40)
        a, b = world.drones
        put(a, pos=direction * 0.62, vel=-direction * speed)
        put(b, pos=-direction * 0.62, vel=direction * speed)
        for drone in (a, b):
            drone.pos[:] += (0, 0, 9)
        p, _ = momenta(world, params)
        before = 0.5 * params.airframe.mass * (a.vel @ a.vel + b.vel @ b.vel)
        events = drift(params, world)
        assert [e.kind for e in events] == [DRONE_DRONE]
        assert {int(events[0].who), int(events[0].other)} == {0, 1}
        after, _ = momenta(world, params)
        assert after == pytest.approx(p, abs=1e-9)
        assert params.airframe.mass * (a.vel - (-direction * speed)) == pytest.approx(events[0].impulse, abs=1e-9)
        spin = 0.5 * sum((params.airframe.inertia * np.square(d.rate)).sum() for d in (a, b))
        assert 0.5 * params.airframe.mass * (a.vel @ a.vel + b.vel @ b.vel) + spin <= before + 1e-9


def test_angular_momentum_is_kept_in_an_off_centre_collision():
    params, world = make_params(substeps=20)[0], bare(2, ball=False)
    put(world.drones[0], pos=(0, 0.2, 9), vel=(3, 0, 0))
    put(world.drones[1], pos=(0.49, 0, 9), vel=(-3, 0, 0))
    p, spin = momenta(world, params)
    while not drift(params, world):
        pass
    after = momenta(world, params)
    assert after[0] == pytest.approx(p, abs=1e-9)
    assert after[1] == pytest.approx(spin, abs=1e-9)


def test_restitution_between_drones():
    params, world = make_params()[0], bare(2, ball=False)
    put(world.drones[0], pos=(-0.28, 0, 9), vel=(3, 0, 0))
    put(world.drones[1], pos=(0.28, 0, 9), vel=(-3, 0, 0))
    drift(params, world)
    assert world.drones[1].vel[0] - world.drones[0].vel[0] == pytest.approx(params.drone_restitution * 6.0)


def test_three_drones_at_once_in_any_order():
    """The same three drones in all six orders end in the same motion."""
    starts = [((-0.28, 0, 9), (4, 0, 0)), ((0.28, 0.05, 9), (-3, 0, 0)), ((0, 0.5, 9), (0, -4, 0))]
    results = []
    for order in itertools.permutations(range(3)):
        params, world = make_params()[0], bare(3, ball=False)
        for slot, k in enumerate(order):
            put(world.drones[slot], pos=starts[k][0], vel=starts[k][1], rate=(0.1 * k, 0, 0))
        assert len(drift(params, world)) >= 2
        results.append(world.drones[np.argsort(order)].copy())
    for result in results[1:]:
        for name in ("pos", "vel", "rate", "quat"):
            assert result[name] == pytest.approx(results[0][name], abs=1e-12)


@pytest.mark.parametrize("quat", [(1, 0, 0, 0), (0.92388, 0.38268, 0, 0), (0.98, 0.199, 0, 0)])
@pytest.mark.parametrize("speed", [0.5, 5.0, 40.0])
def test_no_drone_sinks_into_the_ground(quat, speed):
    params, world = make_params()[0], bare(1, ball=False)
    quat = np.array(quat) / np.linalg.norm(quat)
    put(world.drones[0], pos=(3, 0, 0.4), quat=quat, vel=(0, 0, -speed))
    met = []
    for _ in range(50):
        met += [e.kind for e in drift(params, world)]
        up = world.drones[0].up[2]
        lowest = world.drones[0].pos[2] - 0.05 * abs(up) - 0.26 * np.sqrt(max(0, 1 - up * up))
        assert lowest > -0.02
    assert set(met) == {DRONE_GROUND}


@pytest.mark.parametrize("speed", [0.1, 0.5, 5.0, 40.0])
@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_the_solid_net_stops_drones_at_its_face(side, speed):
    """At the net's own thickness too: 0.26 m of drone and 0.02 m of net."""
    params, world = make_params(physics="fine", substeps=1, net=(2.43, 6.0))[0], bare(1, ball=False)
    params.airframe.drag = 0.0
    put(world.drones[0], pos=(side * 0.5, 0, 1.2), vel=(-side * speed, 0, 0))
    met = []
    for _ in range(int(0.5 / (speed * params.dt)) + 2):
        met += [e.kind for e in drift(params, world)]
        assert side * world.drones[0].pos[0] > 0.28 - 1e-4
    assert set(met) == {DRONE_NET}


def test_a_net_without_body_only_reports_drones():
    params, world = make_params(net=(2.43, 6.0))[0], bare(1, ball=False)
    put(world.drones[0], pos=(0.5, 0, 1.2), vel=(-20, 0, 0))
    assert [e.kind for e in drift(params, world)] == [DRONE_NET]
    assert world.drones[0].vel[0] == -20.0
    put(world.drones[0], pos=(0.5, 0, 2.9), vel=(-20, 0, 0))
    assert drift(params, world) == []


def test_a_landed_drone_stays_put():
    params, world = make_params()[0], bare(1, ball=False)
    put(world.drones[0], pos=(3, 0, 0.05))
    for _ in range(100):
        fly(world, params, np.full((1, 4), -1.0))
    assert world.drones[0].pos == pytest.approx((3, 0, 0.05), abs=1e-2)
    assert np.linalg.norm(world.drones[0].vel) < 0.3
