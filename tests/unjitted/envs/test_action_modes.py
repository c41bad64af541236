"""Action modes behind the batch and the doors: who acts how, what a choice means, what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from gymnasium.spaces import Box, Discrete, MultiDiscrete
from pettingzoo.test import api_test, parallel_api_test

import skyrally
from skyrally.envs import SingleDroneEnv, SingleDroneVectorEnv
from skyrally.envs.choices import Choices
from skyrally.envs.conformance import CHECKS, check
from skyrally.physics.control import ACTION_MODES
from skyrally.scenarios.registry import SCENARIOS, find

HOVER = 2.0 * 0.788**2 - 1.0


FLOWN = find("hover").action_modes


@pytest.mark.parametrize("mode", FLOWN)
@pytest.mark.parametrize("name", ["solo-bump", "volleyball-1v1"])
def test_the_kit_passes_in_every_mode(name, mode):
    only = [name for name in CHECKS if name not in ("threads", "seeds")]
    assert check(name, worlds=2, steps=8, only=only, action_mode=mode) == only


@pytest.mark.parametrize("name", [name for name, known in SCENARIOS.items() if known.choices is None and known.swarm is None])
def test_every_scenario_with_drones_serves_every_mode(name):
    """A level drone without speed, told to keep still, is where it was after five steps; one that is told to go, goes."""
    scenario = SCENARIOS[name]
    assert set(scenario.action_modes) == {*ACTION_MODES, "discrete"} - {"pick", "steer"}
    for go in (0.0, 1.0):
        env = skyrally.make(name, action_mode="velocity")
        env.reset()
        drones = env.worlds["drones"]
        drones["quat"], drones["up"], drones["vel"] = (1, 0, 0, 0), (0, 0, 1), 0.0
        start = drones["pos"].copy()
        for _ in range(5):
            env.step(np.full((1, env.num_drones, 4), (go, 0.0, go, 0.0), np.float32))
        moved = (drones["pos"] - start)[..., 2]
        assert (moved > 0.005).all() if go else (np.abs(moved) < 0.005).all()


@pytest.mark.parametrize(
    ("what", "k", "mode"),
    [("grid", 27, "ctbr"), ("cross", 17, "ctbr"), ("fine", 125, "ctbr"), ("rotors", 16, "rotor"), (np.eye(4), 4, "ctbr")],
)
def test_sets_of_choices(what, k, mode):
    choices = Choices(what, HOVER)
    assert (len(choices), choices.mode) == (k, mode)
    assert len(np.unique(choices.rows, axis=0)) == k
    assert (np.abs(choices.rows) <= 1).all()
    if isinstance(what, str) and what in ("grid", "cross"):  # of `fine` two thrusts lie on either side of it
        assert np.isclose(choices.rows, [HOVER, 0, 0, 0]).all(axis=1).any()


@pytest.mark.parametrize("what", [np.zeros((0, 4)), np.zeros(4), np.full((2, 4), 1.1), np.full((2, 4), np.nan), "griid", [["a"] * 4]])
def test_impossible_sets_are_refused(what):
    with pytest.raises(skyrally.SkyrallyError, match="grid"):
        skyrally.make("hover", action_mode="discrete", discrete=what)


@pytest.mark.parametrize("what", ["grid", "rotors"])
def test_a_choice_is_its_row(what):
    """Choices by number fly bit for bit like the rows they stand for."""
    one = skyrally.make("hover", worlds=3, action_mode="discrete", discrete=what)
    two = skyrally.make("hover", worlds=3, action_mode=one.seats.choices.mode)
    one.reset()
    two.reset()
    rng = np.random.default_rng(0)
    for _ in range(5):
        k = rng.integers(len(one.seats.choices), size=(3, 1))
        a, b = one.step(k), two.step(one.seats.choices.rows[k])
        assert (a.obs == b.obs).all()
    assert one.action_mask().shape == (3, 1, len(one.seats.choices))
    assert one.action_mask().all()
    assert two.action_mask() is None


def test_modes_mix_in_one_match():
    mix = {"red": "discrete", "blue_0": "waypoint", "blue_1": "rotor"}
    env = skyrally.make("volleyball-2v2", action_mode=mix)
    env.reset()
    assert env.seats.choosing.tolist() == [[True, True, False, False]]
    assert env.worlds["drones"]["mode"].tolist() == [[ACTION_MODES["ctbr"]] * 2 + [ACTION_MODES["waypoint"], ACTION_MODES["rotor"]]]
    assert env.worlds["drones"]["turned"].tolist() == [[0, 0, 1, 1]]
    actions = np.array([[[26, 0, 0, 0], [0, 9, 9, 9], [0.5, 0, 0, 0], [1, -1, 0, 1]]], np.float32)
    env.step(actions)
    red, blue = env.worlds["drones"][0][:2], env.worlds["drones"][0][2:]
    full, rate = 4 * float(env.params["airframe"]["max_force"][0]), 2.5133
    assert red["command"][0] == pytest.approx([full, rate, rate, 0])
    assert red["command"][1][1:] == pytest.approx([-rate, -rate, 0])
    assert blue["command"][0][:3] == pytest.approx([-0.5 * 4.5, 0, 2.5])  # their half is x < 0
    assert blue["command"][1] == pytest.approx([1, 0, np.sqrt(0.5), 1])
    saved, other = env.snapshot(), skyrally.make("volleyball-2v2")
    other.restore(saved)
    assert (other.seats.choosing == env.seats.choosing).all()


@pytest.mark.parametrize(
    ("action", "says"),
    [
        ([[27]], "drone_0 in world 0 is 27; expected the number of a choice, 0 to 26"),
        ([[-1]], "is -1"),
        ([[0.5]], "is 0.5"),
        ([[np.nan]], "finite"),
        (np.zeros((1, 1, 3)), r"expected \(1, 1\) or \(1, 1, 4\)"),
        ([["a"]], "dtype"),
        ([[True]], "dtype bool"),
    ],
)
def test_wrong_choices_are_refused(action, says):
    env = skyrally.make("hover", action_mode="discrete")
    env.reset()
    before = env.snapshot()
    with pytest.raises(skyrally.SkyrallyError, match=says) as error:
        env.step(action)
    assert "\n" not in str(error.value)
    assert (env.worlds == before).all()


def test_a_choice_that_is_not_finite_loses_the_point_in_a_match():
    env = skyrally.make("volleyball-1v1", worlds=2, action_mode="discrete")
    env.reset()
    actions = np.full((2, 2), 13.0)
    actions[1, 0] = np.nan
    assert env.step(actions).terminated.tolist() == [False, True]
    assert env.info["winner"][1] == 1


@pytest.mark.parametrize(
    ("modes", "wanted", "says"),
    [
        (("rotor", "ctbr"), "waypoint", "hover cannot serve the action mode 'waypoint'; it serves rotor, ctbr"),
        (("ctbr", "discrete"), "rotor", "hover cannot serve the action mode 'rotor'; it serves ctbr, discrete"),
        (("rotor", "discrete"), "discrete", "hover cannot serve the action mode 'ctbr', which these choices of the action mode 'discrete'"),
        (("rotor", "ctbr"), "velocty", "unknown action mode of hover 'velocty'"),
        (("rotor", "ctbr"), {"drone_1": "ctbr"}, "unknown agent of hover 'drone_1'; did you mean drone_0 or drone"),
    ],
)
def test_what_a_scenario_cannot_serve_is_refused_by_name(modes, wanted, says):
    with pytest.raises(skyrally.SkyrallyError) as error:
        skyrally.make(replace(find("hover"), action_modes=modes), action_mode=wanted)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


# -- doors -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["velocity", "discrete"])
def test_the_gymnasium_door(mode):
    env = SingleDroneEnv("hover", action_mode=mode)
    assert isinstance(env.action_space, Discrete if mode == "discrete" else Box)
    env.reset(seed=3)
    for _ in range(3):
        obs, *_ = env.step(env.action_space.sample())
    assert env.observation_space.contains(obs)
    if mode == "discrete":
        for wrong in (27, -1, 1.0, [0, 0, 0, 0], None):
            with pytest.raises(skyrally.SkyrallyError, match=r"drone_0 is .*0 to 26"):
                env.step(wrong)


def test_the_vector_door_with_choices():
    env = SingleDroneVectorEnv("hover", 3, action_mode="discrete", max_cycles=2)
    assert env.single_action_space == Discrete(27)
    assert env.action_space == MultiDiscrete([27] * 3)
    env.reset(seed=1)
    for _ in range(4):  # over the autoreset
        env.step(env.action_space.sample())
    with pytest.raises(skyrally.SkyrallyError, match=r"shape \(3, 4\); expected \(worlds\) = \(3,\)"):
        env.step(np.zeros((3, 4)))


@pytest.mark.parametrize(
    ("mode", "red", "blue"),
    [("waypoint", Box, Box), ("discrete", Discrete, Discrete), ({"red": "discrete", "blue": "velocity"}, Discrete, Box)],
)
@pytest.mark.filterwarnings("ignore")
def test_the_pettingzoo_doors(mode, red, blue):
    env = skyrally.parallel_env("volleyball-1v1", action_mode=mode)
    assert isinstance(env.action_space("red_0"), red)
    assert isinstance(env.action_space("blue_0"), blue)
    parallel_api_test(env, num_cycles=12)
    api_test(skyrally.env("volleyball-1v1", action_mode=mode), num_cycles=12)


def test_pettingzoo_names_the_agent_of_a_wrong_choice():
    env = skyrally.parallel_env("volleyball-1v1", action_mode="discrete")
    env.reset()
    with pytest.raises(skyrally.SkyrallyError, match="the action of blue_0 is 30; expected the number of a choice, 0 to 26"):
        env.step({"red_0": 3, "blue_0": 30})


def test_who_learned_to_choose_among_other_choices_is_refused():
    from skyrally.agents.networks import Actors, NetworkSpec
    from skyrally.agents.policy import NetworkAgent
    from skyrally.rollout import Seat, begin
    from skyrally.tournament.drills import DrillRunner

    two, three = (skyrally.make("matrix", payoff=name) for name in ("chicken", "crossing"))
    agent = NetworkAgent("chicken player", Actors(NetworkSpec(33, hidden=(4,), choices=2)), "own", "discrete", choices=two.seats.choices)
    assert len(DrillRunner("matrix", agent, worlds=2, payoff="chicken").play()) == 2
    begin(two, [Seat(agent)], 1)
    for call in (lambda: DrillRunner("matrix", agent, payoff="crossing"), lambda: begin(three, [Seat(agent)], 1)):
        with pytest.raises(skyrally.SkyrallyError, match="chicken player chooses among 2 and matrix has 3 choices"):
            call()
