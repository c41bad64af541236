"""Partial observation: what is hidden, from whom, with which flag, and where there is nothing to hide."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import skyrally
from skyrally.envs import SingleDroneEnv
from skyrally.envs.conformance import CHECKS, check
from skyrally.physics.vec import body_z, quat_from_euler
from skyrally.scenarios.registry import SCENARIOS, find
from skyrally.scenarios.sight import KINDS, Sight


def seen(env, drone=0, world=0):
    """Field name -> numbers of one drone's observation, now."""
    view = list(env.views.values())[env.worlds["drones"]["view_id"][world, drone]]
    row = env.observe()[world, drone]
    return {field.name: row[view[field.name]] for field in view.fields}


def at(env, drone, pos, yaw=0.0, pitch=0.0):
    record = env.worlds[0]["drones"][drone]
    record["pos"], record["quat"] = pos, quat_from_euler(0.0, pitch, yaw)
    record["up"] = body_z(tuple(record["quat"]))


def bump(**sight):
    env = skyrally.make("solo-bump", sight=sight)
    env.reset()
    at(env, 0, (4.0, 0.0, 2.0))
    env.worlds["ball"]["vel"] = (0.5, 0.0, -1.0)
    return env


@pytest.mark.parametrize("name", ["solo-bump", "volleyball-2v2"])
def test_the_kit_passes_with_sight(name):
    only = [name for name in CHECKS if name not in ("threads", "seeds")]
    assert check(name, worlds=2, steps=8, only=only, sight={"range": 2.1, "fov": 100, "pitch": 70}) == only


def test_off_is_as_it_was():
    env = skyrally.make("solo-bump")
    assert env.views is find("solo-bump").views
    assert env.layout.size == 32


@pytest.mark.parametrize(
    ("sight", "yaw", "pitch", "ball", "visible"),
    [
        ({"range": 1.5}, 0, 0, (5.4, 0.0, 2.0), True),
        ({"range": 1.5}, 0, 0, (5.6, 0.0, 2.0), False),
        ({"range": 1.5}, 0, 0, (4.0, 0.9, 3.3), False),
        ({"fov": 90}, 0, 0, (5.0, 0.9, 2.0), True),
        ({"fov": 90}, 0, 0, (5.0, 1.1, 2.0), False),
        ({"fov": 90}, 0, 0, (5.0, 0.0, 3.1), False),
        ({"fov": 90}, np.pi / 2, 0, (4.0, 1.0, 2.0), True),
        ({"fov": 90}, np.pi / 2, 0, (5.0, 0.0, 2.0), False),
        ({"fov": 90}, 0, -np.pi / 4, (5.0, 0.0, 3.1), True),
        ({"fov": 90, "pitch": 90}, 0, 0, (4.5, 0.5, 3.0), True),
        ({"fov": 90, "pitch": 90}, 0, 0, (4.5, 0.5, 1.0), False),
        ({"fov": 90, "pitch": 45}, 0, 0, (4.1, 0.0, 3.0), True),
        ({"fov": 360}, 0, 0, (3.0, 0.0, 2.0), True),
        ({"fov": 359}, 0, 0, (3.0, 0.0, 2.0), False),
        ({"fov": 200}, 0, 0, (3.9, 0.0, 3.0), True),
    ],
)
def test_range_and_cone(sight, yaw, pitch, ball, visible):
    env = bump(**sight)
    at(env, 0, (4.0, 0.0, 2.0), yaw, pitch)
    env.worlds["ball"]["pos"] = ball
    see = seen(env)
    assert see["seen_ball"] == [visible]
    assert see["from_ball"] == pytest.approx((np.array((4, 0, 2)) - ball) * visible, abs=1e-6)
    assert see["ball_velocity"] == pytest.approx(np.array((0.5, 0, -1)) * visible)
    assert see["position"] == pytest.approx((4, 0, 2))
    assert see["from_anchor"] == pytest.approx((-0.5, 0, 0))


def test_reset_and_step_hide_too():
    """Whatever wrote the observation, and in the caller's memory too."""
    env = skyrally.make("solo-bump", worlds=3, sight=1.0)
    ball = slice(26, 32)
    assert (env.reset()[:, 0, ball] == 0).all()
    given = env.buffers()
    assert (env.step(np.zeros((3, 1, 4)), out=given).obs[:, 0, ball] == 0).all()
    assert (env.step(np.zeros((3, 1, 4))).obs[:, 0, [*range(26, 33)]] == 0).all()
    clear = skyrally.make("solo-bump", worlds=3)
    assert (clear.reset()[:, 0, ball] != 0).any()
    env.reset(np.array([True, False, True]))
    assert (env.observe()[:, 0, ball] == 0).all()


def teams():
    """A 2v2 world with both views: red_0 and blue_1 in `match`. Each drone 1 m further along x than the last."""
    env = skyrally.make("volleyball-2v2", sight={"range": 1.5}, view={"red": "benchmark", "red_0": "match", "blue_1": "match"})
    env.reset()
    for i in range(4):
        at(env, i, (float(i), 0.5, 2.0))
    env.worlds["ball"]["pos"] = (0.2, 0.0, 2.0)
    return env


def test_mates_and_foes_are_hidden_one_by_one():
    see = seen(teams(), 1)
    assert see["seen_ball"] == [1]
    assert see["seen_mates"] == [1]
    assert see["seen_foes"].tolist() == [1, 0]
    assert see["positions"].reshape(4, 3) == pytest.approx(np.array([(0, 0.5, 2), (1, 0.5, 2), (2, 0.5, 2), (0, 0, 0)]))


def test_the_other_team_and_the_other_view():
    see = seen(teams(), 3)
    assert [*see["seen_ball"], *see["seen_mates"], *see["seen_foes"]] == [0, 1, 0, 0]
    assert see["mates"][:3] == pytest.approx((-2, -0.5, 2))
    assert (see["foes"] == 0).all()
    assert (see["ball"] == 0).all()
    assert (see["ball_constants"] != 0).any()  # known, not seen
    see = seen(teams(), 0)
    assert [*see["seen_ball"], *see["seen_mates"], *see["seen_foes"]] == [1, 1, 0, 0]


def test_of_chooses_what_must_be_seen():
    env = skyrally.make("volleyball-1v1", sight={"range": 0.5, "of": "foes"})
    env.reset()
    see = seen(env)
    assert "seen_ball" not in see
    assert (see["from_ball"] != 0).any()
    assert (see["to_opponent"] == 0).all()
    assert see["seen_foes"] == [0]


def test_flags_come_last_and_the_rest_stays():
    plain, env = find("volleyball-3v3").views, Sight(3.0, find("volleyball-3v3")).views
    for name, layout in env.items():
        assert layout.fields[: len(plain[name].fields)] == plain[name].fields
        assert layout.size == plain[name].size + 1 + 2 + 3
        assert all(a.stop == b.start for a, b in pairwise(layout.slices.values()))


def test_every_field_about_the_ball_or_others_says_so():
    """Fields are hidden because they declare what they show: this finds a new layout that forgot to."""
    free = {"ball_constants", "ball_side", "our_ball"}
    for scenario in SCENARIOS.values():
        for layout in scenario.views.values():
            for field in layout.fields:
                about = {"ball", "opponent", "other", "positions", "mates", "foes", "mate"} & set(field.name.split("_"))
                assert bool(field.shows) == bool(about and field.name not in free), f"{scenario.name}: {field.name}"


@pytest.mark.parametrize(
    ("name", "sight", "says"),
    [
        ("hover", {"range": 3.0}, "no view of hover shows a ball or another drone"),
        ("solo-bump", {"of": ("ball", "mates")}, "no view of solo-bump shows 'mates', which `of` asks for; it shows: ball"),
        ("solo-bump", {"range": -1.0}, "range is -1.0"),
        ("solo-bump", {"range": float("nan")}, "range is nan"),
        ("solo-bump", "far", "range is 'far'"),
        ("solo-bump", True, "range is True"),
        ("solo-bump", {"fov": 400}, "fov is 400; expected a number of deg"),
        ("solo-bump", {"pitch": 91}, "pitch is 91"),
        ("solo-bump", {"rang": 2}, "unknown key of sight 'rang'; did you mean range"),
    ],
)
def test_mistakes_are_one_clear_line(name, sight, says):
    with pytest.raises(skyrally.SkyrallyError) as error:
        skyrally.make(name, sight=sight)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_the_door_has_the_wider_space():
    env = SingleDroneEnv("solo-bump", sight={"fov": 120.0})
    assert env.observation_space.shape == (33,)
    assert env.observation_space.contains(env.reset(seed=1)[0])
    assert set(KINDS) >= {"ball"}


def test_the_state_hides_nothing():
    """It is the state of the same worlds without a sight, with flags that are 1; what drones see is as masked as before."""
    short, clear = (skyrally.make("volleyball-2v2", worlds=2, seed=4, sight=sight) for sight in ({"range": 0.5}, None))
    for env in (short, clear):
        env.reset()
        env.step(np.full((2, 4, 4), 0.2))
    size = clear.layout.size
    before = short.observe().copy()
    state = short.state().reshape(2, 4, -1)
    assert np.array_equal(state[..., :size], clear.state().reshape(2, 4, -1))
    assert (state[..., size:] == 1).all()
    assert (before[..., size:] == 0).all()
    assert np.array_equal(short.observe(), before)
    given = np.ones_like(before)
    assert np.array_equal(short.state(out=given).reshape(given.shape), given)
    assert np.array_equal(given, state)
    assert short.masked
    assert not clear.masked
