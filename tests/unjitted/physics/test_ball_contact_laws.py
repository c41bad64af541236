"""What the ball touches: rackets, airframes, net, ground; nothing is passed through."""

from __future__ import annotations

import numpy as np
import pytest
from handmade import bare, put, rotation, unit

from skyrally.physics.native import play
from skyrally.physics.params import make_params
from skyrally.physics.records import BALL_GROUND, BALL_NET, BODY, RACKET
from skyrally.physics.shapes import from_cylinder

HEAVY = 1e12  # kg: a drone that does not give way


def still_params(heavy=False, **options):
    """No gravity, no damping; drones of idle rotors stay where they are."""
    params = make_params(**{"gravity": 0.0, **options})[0]
    params.airframe.keep_linear = params.airframe.keep_angular = 1.0
    if heavy:
        params.airframe.inv_mass, params.airframe.inv_inertia = 1 / HEAVY, [1 / HEAVY] * 3
    return params


def step(params, world):
    play(world, params, np.full((len(world.drones), 4), -1.0))
    return [world.events[k].copy() for k in range(world.n_events)]


def shot(offset, vel, params=None, quat=(1, 0, 0, 0)):
    """A ball fired at a drone at the origin, from body offset with body velocity: (world, events of one step)."""
    world, params, r = bare(1), params or still_params(), rotation(quat)
    put(world.drones[0], pos=(0, 0, 0), quat=quat)
    put(world.ball, pos=r @ offset, vel=r @ vel)
    world.drones[0].pos[:] += (0, 0, 5)
    world.ball.pos[:] += (0, 0, 5)
    return world, step(params, world)


@pytest.mark.parametrize(
    ("offset", "vel", "kind"),
    [
        ((0.0, 0.0, 0.2), (0, 0, -5), RACKET),
        ((0.199, 0.0, 0.2), (0, 0, -5), RACKET),
        ((0.201, 0.0, 0.2), (0, 0, -5), BODY),
        ((0.0, 0.0, -0.2), (0, 0, 5), BODY),
        ((0.4, 0.0, 0.0), (-5, 0, 0), BODY),
        ((0.3, 0.0, 0.2), (0, 0, -5), BODY),
    ],
    ids=["centre", "in radius", "beyond", "below", "side", "rim"],
)
@pytest.mark.parametrize("quat", [(1, 0, 0, 0), (0.9, 0.3, -0.2, 0.24)])
def test_only_the_top_face_within_the_radius_is_the_racket(offset, vel, kind, quat):
    quat = np.array(quat) / np.linalg.norm(quat)
    _, events = shot(offset, vel, quat=quat)
    assert [e.kind for e in events] == [kind]
    assert events[0].who == 0


def test_no_tunnelling_through_a_drone():
    """From any side at 5 to 40 m/s, a ball aimed at the drone touches it, once, at its surface, with equal impulses."""
    rng, params = np.random.default_rng(4), still_params()
    frame = params.airframe
    for _ in range(150):
        quat, speed, direction = unit(rng, 4), rng.uniform(5, 40), unit(rng, 3)
        aim = np.array([*(0.15 * rng.uniform(-1, 1, 2)), 0.03 * rng.uniform(-1, 1)])
        start = aim - direction * 0.65
        world, events = shot(start, direction * speed, params, quat)
        while not events and np.linalg.norm(world.ball.pos - (0, 0, 5)) < 2.0:
            events = step(params, world)
        assert [e.kind for e in events] in ([RACKET], [BODY]), (start, direction * speed)
        event = events[0]
        arm = rotation(quat).T @ (event.point - (0, 0, 5))
        assert from_cylinder(tuple(arm), frame.body_radius, frame.body_half_height)[0] == pytest.approx(0, abs=1e-5)
        drone, ball, ball_mass = world.drones[0], world.ball, 1 / params.ball.inv_mass
        before = ball_mass * rotation(quat) @ direction * speed
        assert ball_mass * ball.vel + drone.vel / frame.inv_mass == pytest.approx(before, abs=1e-9)
        assert event.impulse == pytest.approx(ball_mass * ball.vel - before, abs=1e-9)
        lever = np.cross(event.point - (0, 0, 5), -event.impulse)
        spin = rotation(quat) @ (drone.rate / frame.inv_inertia)
        assert spin == pytest.approx(lever, abs=1e-9)


def test_no_tunnelling_through_the_solid_net():
    rng, params = np.random.default_rng(5), still_params(physics="fine", substeps=1, net=(2.43, 6.0))
    params.ball.drag = 0.0
    for _ in range(100):
        world, side = bare(0), rng.choice([-1.0, 1.0])
        speed = rng.uniform(1, 40)
        put(world.ball, pos=(side * (0.0601 + 0.3 * speed * 0.02), *rng.uniform((-2, 0.8), (2, 1.6))))
        put(world.ball, vel=(-side * speed, *rng.uniform(-2, 2, 2)))
        events = step(params, world)
        assert [e.kind for e in events] == [BALL_NET]
        assert world.ball.pos[0] * side > 0.0
        assert abs(events[0].point[0]) == pytest.approx(params.net_half_thickness, abs=1e-6)


def test_a_net_without_body_is_reported_and_passed():
    params, world = still_params(net=(2.43, 6.0)), bare(0)
    put(world.ball, pos=(0.3, 0, 1), vel=(-30, 0, 0))
    events = step(params, world)
    assert [e.kind for e in events] == [BALL_NET]
    assert world.ball.vel[0] == -30.0
    assert world.ball.pos[0] == pytest.approx(-0.3)
    put(world.ball, pos=(0.3, 0, 2.6), vel=(-30, 0, 0))
    assert step(params, world) == []


def test_no_tunnelling_through_the_ground():
    rng, params = np.random.default_rng(6), still_params(physics="fine", substeps=1)
    params.ball.drag = 0.0
    for _ in range(50):
        world = bare(0)
        put(world.ball, pos=(0, 0, 0.1), vel=(*rng.uniform(-40, 40, 2), -rng.uniform(5, 40)), spin=rng.normal(size=3))
        events = step(params, world)
        assert [e.kind for e in events] == [BALL_GROUND]
        assert events[0].point[2] == pytest.approx(0.0, abs=1e-9)
        assert world.ball.pos[2] >= params.ball.radius - 1e-9
        assert world.ball.vel[2] > 0


@pytest.mark.parametrize(("ball", "restitution"), [("benchmark", 0.8), ("real", 0.8)])
def test_the_racket_of_a_heavy_drone_returns_e_of_the_speed(ball, restitution):
    """So a ball dropped from h returns to e^2 h; with the Iris' own mass a little less."""
    speed, params = np.sqrt(2 * 9.81 * 1.0), still_params(heavy=True, ball=ball)
    params.ball.drag = 0.0
    world, _ = shot((0, 0, 0.16), (0, 0, -speed), params)
    while world.ball.vel[2] < 0:
        step(params, world)
    assert world.ball.vel[2] ** 2 / (2 * 9.81) == pytest.approx(restitution**2, rel=1e-6)


def test_a_ball_dropped_in_fine_physics_returns_to_e_squared_of_its_height():
    params, world = make_params(physics="fine", substeps=20)[0], bare(0)
    params.ball.drag = 0.0
    put(world.ball, pos=(0, 0, params.ball.radius + 1.0), vel=(0, 0, 0))
    while not step(params, world):
        pass
    while world.ball.vel[2] > 0:
        step(params, world)
    assert world.ball.pos[2] - params.ball.radius == pytest.approx(0.36, abs=0.01)


def test_friction_spins_the_ball_and_never_reverses_the_slip():
    params, world = still_params(physics="fine", substeps=1), bare(0)
    params.ball.drag = 0.0
    put(world.ball, pos=(0, 0, 0.1), vel=(0.5, 0, -20))
    step(params, world)
    slip = world.ball.vel[0] - params.ball.radius * world.ball.spin[1]
    assert slip == pytest.approx(0.0, abs=1e-9)
    assert world.ball.spin[1] > 0
    assert 0 < world.ball.vel[0] < 0.5


@pytest.mark.parametrize("physics", ["benchmark", "fine"])
def test_a_resting_ball_stays(physics):
    params, world = make_params(physics=physics)[0], bare(0)
    put(world.ball, pos=(1, 2, params.ball.radius), vel=(0, 0, 0))
    for _ in range(200):
        step(params, world)
        assert world.ball.pos == pytest.approx((1, 2, params.ball.radius), abs=2e-3)
        assert np.linalg.norm(world.ball.vel) < 0.25


def test_contacts_of_one_moment_do_not_depend_on_the_order_of_drones():
    """A ball falls on two drones side by side at once: each order gives the same motion."""

    def drop(order):
        world, params = bare(2), still_params(substeps=1)
        for slot, k in enumerate(order):
            put(world.drones[slot], pos=((-0.3, 0.3)[k], 0.02 * k, 5), rate=(0.1, 0.2 * k, 0))
        put(world.ball, pos=(0, 0.01, 5.3), vel=(0.1, 0, -20))
        kinds = {int(e.who) for e in step(params, world)}
        assert kinds <= {0, 1}
        assert kinds
        return world.drones[list(order)].copy(), world.ball.copy(), len(kinds)

    (drones, ball, _), (swapped, ball_2, _) = drop((0, 1)), drop((1, 0))
    for name in ("pos", "vel", "rate", "quat"):
        assert drones[name] == pytest.approx(swapped[name], abs=1e-12)
    assert ball.vel == pytest.approx(ball_2.vel, abs=1e-12)


def test_events_beyond_the_room_are_counted():
    from skyrally.physics.impulse import note

    world = bare(1)
    for _ in range(len(world.events) + 3):
        note(world, BODY, 0, -1, 0, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0))
    assert (world.n_events, world.lost_events) == (len(world.events), 3)


@pytest.mark.parametrize("depth", [0.0, 0.02, 0.09])
def test_without_a_sweep_the_ball_leaves_from_where_it_has_sunk_to(depth):
    """Found where bodies stand when the step begins: the ball bounces there, and moves its whole step with the new velocity."""
    params = still_params(heavy=True, physics="isaac")
    top = params.airframe.body_half_height + params.ball.radius
    world, events = shot((0.05, 0.0, top - depth), (0.0, 0.0, -5.0), params)
    assert [event.kind for event in events] == [RACKET]
    assert world.ball.vel == pytest.approx([0.0, 0.0, 4.0])
    assert world.ball.pos - world.drones[0].pos == pytest.approx([0.05, 0.0, top - depth + 4.0 * params.dt])


def test_without_a_sweep_what_lies_within_the_step_is_met_in_the_next():
    params = still_params(heavy=True, physics="isaac")
    top = params.airframe.body_half_height + params.ball.radius
    world, events = shot((0.05, 0.0, top + 0.04), (0.0, 0.0, -5.0), params)
    assert not events
    assert world.ball.pos[2] - world.drones[0].pos[2] == pytest.approx(top - 0.06)
    assert [event.kind for event in step(params, world)] == [RACKET]
    assert world.ball.vel[2] == pytest.approx(4.0)
