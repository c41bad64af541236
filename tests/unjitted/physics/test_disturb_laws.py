"""Disturbances: drawn per channel, with the stated size, in the right place, and not at all with `none`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from handmade import Bench, bare

import skyrally
from skyrally.envs.conformance.compare import record_difference
from skyrally.physics.airframes import IRIS
from skyrally.physics.ball import move_ball
from skyrally.physics.disturb import derive, gust_at, lay_out, turn_gust
from skyrally.physics.disturbances import KNOBS, disturbances
from skyrally.physics.native import advance_drones
from skyrally.physics.params import make_params
from skyrally.physics.rng import bells, moment

EPISODES = 400
TRAIT_OF = {
    "mass": "inv_mass",
    "inertia": "inv_inertia",
    "thrust": "strength",
    "rotor_lag": "lag",
    "ball_mass": "ball_inv_mass",
    "restitution": "racket_restitution",
    "wind": "wind",
    "gust": "gust",
}


def make(disturb, scenario="solo-bump", worlds=2, **options):
    return skyrally.make(scenario, worlds=worlds, disturb=disturb, threads=1, **options)


def play(env, steps=8, stream=0):
    """([T + 1, W, N, O] observations, worlds at the end) under random actions; nothing is reset on the way."""
    rng = np.random.default_rng(stream)
    seen = [env.reset().copy()]
    for _ in range(steps):
        seen.append(env.step(rng.uniform(-0.2, 0.4, (env.num_worlds, env.num_drones, 4))).obs.copy())
    return np.array(seen), env.worlds.copy()


def trait(disturb, seed=1, episode=1):
    """The traits of one world's episode."""
    env = make(disturb, worlds=1)
    row = env._rigging.rigs()[0].traits[0]
    derive(row, env.params[0], seed, episode, 0)
    return row


def windy(wind, physics="benchmark"):
    params = make_params(physics=physics)[0]
    params.windy, params.wind = 1, wind
    return params


# -- what is drawn ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("knob", TRAIT_OF)
def test_a_knob_changes_its_own_trait_and_no_other(knob):
    everything = dict.fromkeys(TRAIT_OF, 0.1)
    less = {**everything, knob: 0.0}
    a, b = trait(everything), trait(less)
    changed = {name for name in a.dtype.names if np.any(a[name] != b[name])}
    follows = {
        "mass": {"hover"},
        "thrust": {"hover"},
        "inertia": {"gyro"},
        "ball_mass": {"ball_inv_inertia"},
        "restitution": {"body_restitution"},
    }
    assert changed == {TRAIT_OF[knob], *follows.get(knob, ())}


def test_hover_thrust_follows_mass():
    env = make("mass=0.2", worlds=200)
    env.reset()
    traits = env._rigging.rigs()[0].traits
    mass = 1.0 / traits["inv_mass"]
    assert 0.8 * IRIS.mass <= mass.min() < 0.83 * IRIS.mass
    assert 1.17 * IRIS.mass < mass.max() <= 1.2 * IRIS.mass
    np.testing.assert_allclose(4 * IRIS.max_force * traits["hover"] ** 2, 9.81 * mass)
    np.testing.assert_allclose(env.worlds["drones"]["rotor"][:, 0, 0], traits["hover"])  # a reset starts in balance


def test_a_heavy_drone_falls_at_nominal_thrust():
    """Vertical acceleration = thrust / mass - g, with the throttles at the nominal hover."""
    env = make("mass=0.2", "hover", worlds=20)
    env.reset()
    traits = env._rigging.rigs()[0].traits
    drones = env.worlds["drones"][:, 0]
    drones["quat"], drones["up"], drones["rotor"] = (1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 1.0), IRIS.hover()
    env.step(np.full((20, 1, 4), 2 * IRIS.hover() ** 2 - 1, np.float32))
    expected = 0.02 * 9.81 * (traits["inv_mass"] * IRIS.mass - 1.0) * (1 - 0.2 * 0.02)
    np.testing.assert_allclose(drones["vel"][:, 2], expected, atol=1e-6)


def test_traits_change_with_the_episode_and_the_world_only():
    env = make("hard")
    env.reset()
    traits = env._rigging.rigs()[0].traits
    first = traits.copy()
    env.step(np.zeros((2, 1, 4)))
    env.reset(np.array([True, False]))
    assert traits["inv_mass"][0] != first["inv_mass"][0]
    assert traits["inv_mass"][1] == first["inv_mass"][1] != first["inv_mass"][0]


@pytest.mark.parametrize("sensing", ["position_noise=0.1", "attitude_noise=0.1,rate_noise=1", "ball_noise=0.1", "observation_delay=2"])
def test_sensing_moves_no_world(sensing):
    seen, worlds = play(make(sensing))
    calm_seen, calm = play(make("none"))
    assert record_difference(worlds, calm) is None
    assert not np.array_equal(seen, calm_seen)


def test_start_states_are_the_same_whatever_is_disturbed():
    calm, hard = make("none"), make("hard")
    calm.reset(), hard.reset()
    for body in ("drones", "ball"):
        assert (calm.worlds[body]["pos"] == hard.worlds[body]["pos"]).all()


# -- delays ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delay", [1, 2, 5])
def test_observations_are_late_by_exactly_the_delay(delay):
    late, prompt = play(make({"observation_delay": delay}))[0], play(make("none"))[0]
    np.testing.assert_array_equal(late[delay:], prompt[:-delay])
    np.testing.assert_array_equal(late[:delay], np.broadcast_to(prompt[0], late[:delay].shape))


@pytest.mark.parametrize("delay", [1, 3])
def test_actions_act_exactly_after_the_delay(delay):
    env, prompt = make({"action_delay": delay}), make("none")
    env.reset(), prompt.reset()
    rng = np.random.default_rng(0)
    actions = rng.uniform(-0.2, 0.4, (8, 2, 1, 4))
    level = np.full((2, 1, 4), 2 * IRIS.hover() ** 2 - 1, np.float32)
    for t in range(8):
        env.step(actions[t])
        prompt.step(actions[t - delay] if t >= delay else level)
        assert (env.worlds["drones"]["invalid"] == 0).all()
        np.testing.assert_allclose(env.worlds["drones"]["pos"], prompt.worlds["drones"]["pos"], atol=1e-9)


def test_a_bad_action_is_blamed_when_it_is_given():
    env = make("action_delay=2", "volleyball-1v1")
    env.reset()
    actions = np.zeros((2, 2, 4), np.float32)
    actions[0, 1, 2] = np.nan
    assert env.step(actions).terminated.tolist() == [True, False]


def test_seats_given_in_mid_episode_see_the_present():
    env, calm = make("observation_delay=2", "volleyball-1v1"), make("none", "volleyball-1v1")
    for each in (env, calm):
        play(each, 4)
        each.assign(view="match")
    np.testing.assert_array_equal(env.observe(), calm.observe())


# -- wind ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("drones", [1, 2])
def test_wind_pushes_by_the_drag_law(drones):
    """A level drone at rest: force = drag |wind| wind, per axis of the body; the same in both physics."""
    for physics in ("benchmark", "fine"):
        world, params = bare(drones), windy((3.0, -4.0, 1.0), physics)
        advance_drones(world, params)
        np.testing.assert_allclose(world.drones[0].force, np.array(IRIS.drag) * np.sqrt(26.0) * np.array((3.0, -4.0, 1.0)))


def test_fine_physics_with_wind_is_drag_of_the_air_speed():
    """A drone that moves with the wind feels none of it: no force but weight."""
    world, params = bare(1), windy((3.0, 1.0, 0.0), "fine")
    world.drones[0].vel = (3.0, 1.0, 0.0)
    advance_drones(world, params)
    np.testing.assert_allclose(world.drones[0].vel, (3.0, 1.0, -9.81 * params.dt), atol=1e-9)


def test_wind_carries_the_real_ball_and_not_the_benchmark_ball():
    for physics, moved in (("fine", True), ("benchmark", False)):
        world, params = bare(1), windy((5.0, 0.0, 0.0), physics)
        world.ball.vel = (0.0, 0.0, 0.0)
        move_ball(world.ball, params)
        assert world.ball.vel[0] == pytest.approx(params.dt * params.ball.drag * 25.0)
        assert (world.ball.vel[0] > 0.0) == moved


def test_steady_wind_is_level_uniform_and_constant_over_an_episode():
    row, params, winds = trait("wind=6"), make_params(disturb="wind=6")[0], []
    for episode in range(EPISODES):
        derive(row, params, 3, episode, 0)
        winds.append(row.wind.copy())
    winds = np.array(winds)
    speed = np.hypot(winds[:, 0], winds[:, 1])
    assert (winds[:, 2] == 0.0).all()
    assert speed.max() <= 6.0
    assert speed.mean() == pytest.approx(3.0, abs=0.4)
    assert np.abs((winds[:, :2] / speed[:, None]).mean(0)).max() < 0.15


def test_gusts_have_the_stated_size_at_every_moment_and_are_smooth():
    world, row = bare(1), trait("gust=1")
    paths = []
    for episode in range(EPISODES):
        world.episode, world.step = episode, 0
        turn_gust(row, 2.0, world.seed, world.episode, 0)
        path = []
        for world.step in range(51):
            path.append(gust_at(row, 2.0, world))
        paths.append(path)
    paths = np.array(paths)
    np.testing.assert_allclose(paths.std(0), np.broadcast_to((2.0, 2.0, 1.0), paths.shape[1:]), rtol=0.15)
    assert np.abs(paths.mean(0)).max() < 0.4
    assert np.abs(np.diff(paths, axis=1)).max() < 0.5 * 2.0  # m/s per 20 ms


def test_the_desk_carries_wind_and_gust():
    env = make("wind=3,gust=1", worlds=1)
    env.reset()
    rig = env._rigging.rigs()[0]
    lay_out(rig.desk[0], rig.traits[0], env.worlds[0], True)
    gust = gust_at(rig.traits[0], 1.0, env.worlds[0])
    np.testing.assert_allclose(rig.desk[0].wind, rig.traits[0].wind + np.array(gust))
    assert env.params["windy"][0] == 0


# -- noise -----------------------------------------------------------------------------------------------------------------


def test_bells_are_nearly_gaussian():
    x = np.array([bells(moment(5, 1, t), 0, 32804) for t in range(4000)])
    assert np.abs(x.mean(0)).max() < 0.06
    np.testing.assert_allclose(x.std(0), 1.0, atol=0.04)
    np.testing.assert_allclose((x**4).mean(), 2.7, atol=0.25)
    assert np.abs(x).max() <= 3.47
    assert np.abs(np.corrcoef(x.T) - np.eye(3)).max() < 0.06
    assert np.abs(np.corrcoef(x[1:].T, x[:-1].T)[:3, 3:]).max() < 0.06


@pytest.mark.parametrize(
    ("knob", "field", "size"),
    [("position_noise", "position", 0.1), ("velocity_noise", "velocity", 0.2), ("rate_noise", "angular_velocity", 0.3)],
)
def test_noise_has_the_stated_size(knob, field, size):
    assert errors({knob: size}, field).std(0) == pytest.approx(size, rel=0.12)


def test_ball_noise_has_the_stated_size():
    assert errors({"ball_noise": 0.1}, "from_ball").std(0) == pytest.approx(0.1, rel=0.12)
    assert errors({"ball_velocity_noise": 0.1}, "ball_velocity").std(0) == pytest.approx(0.1, rel=0.12)


def errors(disturb, field, worlds=250):
    """[W, 3] measured minus true, of one field at the start."""
    noisy, calm = make(disturb, worlds=worlds), make("none", worlds=worlds)
    part = calm.layout[field]
    return (noisy.reset()[:, 0] - calm.reset()[:, 0])[:, part]


def test_attitude_noise_is_a_small_rotation_that_axes_follow():
    noisy, calm = make("attitude_noise=0.05", worlds=250), make("none", worlds=250)
    a, b = noisy.reset()[:, 0], calm.reset()[:, 0]
    quat = calm.layout["quaternion"]
    np.testing.assert_allclose(np.linalg.norm(a[:, quat], axis=1), 1.0, atol=1e-5)
    angle = 2.0 * np.arccos(np.clip(np.abs((a[:, quat] * b[:, quat]).sum(1)), 0.0, 1.0))
    assert np.sqrt((angle**2).mean()) == pytest.approx(0.05 * np.sqrt(3.0), rel=0.12)
    w, x, y, z = a[:, quat].T
    np.testing.assert_allclose(a[:, calm.layout["up"]].T, [2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)], atol=1e-5)


# -- what a user writes ----------------------------------------------------------------------------------------------------


def test_presets_and_knobs():
    assert not any(disturbances("none").values())
    assert not any(disturbances(None).values())
    assert all(0 <= disturbances("mild")[name] <= disturbances("hard")[name] <= KNOBS[name].most for name in KNOBS)
    assert disturbances("mild,wind=3") == {**disturbances("mild"), "wind": 3.0}
    assert disturbances({"wind": 3, "preset": "mild"}) == disturbances("mild, wind=3")
    assert disturbances("wind=3") == {**disturbances("none"), "wind": 3.0}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("milf", "unknown disturbance 'milf'; did you mean mild"),
        ({"winds": 3}, "unknown disturbance 'winds'; did you mean wind"),
        ({"preset": "harder"}, "did you mean hard"),
        ("wind=50", "'wind' is '50'; expected a number from 0 to 20"),
        ({"mass": -0.1}, "'mass' is -0.1; expected a number from 0 to 0.5"),
        ({"mass": True}, "'mass' is True"),
        ({"gust": float("nan")}, "'gust' is nan"),
        ({"wind": float("inf")}, "'wind' is inf"),
        ("action_delay=1.5", "'action_delay' is '1.5'; expected a whole number from 0 to 25"),
        ("wind=", "'wind' is ''"),
        (3, "disturb is 3; expected none, mild, hard"),
    ],
)
def test_mistakes_are_named(given, message):
    with pytest.raises(skyrally.SkyrallyError) as error:
        make(given)
    assert message in str(error.value)


def test_undisturbed_blocks_hold_nothing():
    bench = Bench("solo-bump")
    assert bench.params.airframe.strength == 1.0
    assert bench.params.disturb.on == 0
    assert make("none")._rigging is None


@pytest.mark.parametrize("name", KNOBS)
def test_the_documented_table_is_the_code(name):
    knob = KNOBS[name]
    row = f"| {name} | {knob.unit} | {knob.most:g} | {knob.mild:g} | {knob.hard:g} | {knob.meaning} |"
    assert row in (Path(__file__).parents[3] / "docs" / "disturbances.md").read_text().splitlines()
