"""The PettingZoo doors: PettingZoo's own tests over the registry, and what they do not look at."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pettingzoo.test import api_test, parallel_api_test, parallel_seed_test, seed_test
from pettingzoo.test.state_test import state_test

import skyrally
from skyrally import SkyrallyError

pytestmark = [pytest.mark.jit, pytest.mark.filterwarnings("ignore:reset option 'options'")]
CYCLES = 120


def numbers(scenario):
    """The options with which players of a scenario take four numbers, not choices."""
    return {"action_mode": next(mode for mode in skyrally.find_scenario(scenario).action_modes if mode != "discrete")}


def zeros(env):
    return {agent: np.zeros(4, np.float32) for agent in env.agents}


@pytest.fixture
def duel():
    """1v1, reset with seed 0."""
    env = skyrally.parallel_env("volleyball-1v1")
    env.reset(seed=0)
    return env


# -- PettingZoo's tests ------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:reset option 'options'")
@pytest.mark.filterwarnings("ignore:Observation numpy array is all zeros")  # of who takes part no more
@pytest.mark.filterwarnings("error")
def test_pettingzoo_accepts_both_doors(scenario):
    parallel_api_test(skyrally.parallel_env(scenario), CYCLES)
    api_test(skyrally.env(scenario), CYCLES)


def test_pettingzoo_sees_determinism(scenario):
    parallel_seed_test(lambda: skyrally.parallel_env(scenario), CYCLES)
    seed_test(lambda: skyrally.env(scenario), CYCLES)


@pytest.mark.filterwarnings("error")
def test_pettingzoo_accepts_the_state(scenario):
    state_test(skyrally.env(scenario), skyrally.parallel_env(scenario), 20)


@pytest.mark.filterwarnings("ignore:reset option 'options'")
@pytest.mark.filterwarnings("ignore:Observation numpy array is all zeros")  # of who takes part no more
@pytest.mark.filterwarnings("error")
def test_pettingzoo_accepts_agents_that_leave(toy):
    parallel_api_test(skyrally.parallel_env(toy, remove_dead=True), 30)
    api_test(skyrally.env(toy, remove_dead=True), 30)


# -- what is promised beyond -------------------------------------------------------------------------------------------


def test_every_number_is_within_its_space(scenario):
    env = skyrally.parallel_env(scenario, **numbers(scenario))
    obs, _ = env.reset(seed=3)
    rng = np.random.default_rng(0)
    for _ in range(60):
        for agent, row in obs.items():
            assert env.observation_space(agent).contains(row)
        assert env.state_space.contains(env.state())
        if not env.agents:
            obs, _ = env.reset()
        obs, *_ = env.step({agent: rng.uniform(-1, 1, 4).astype(np.float32) for agent in env.agents})


def test_it_is_the_batch_with_names(scenario):
    env, batch = skyrally.parallel_env(scenario, **numbers(scenario)), skyrally.make(scenario, seed=5, **numbers(scenario))
    obs, infos = env.reset(seed=5)
    expected = batch.reset()
    rng = np.random.default_rng(1)
    for _ in range(40):
        assert list(obs) == list(batch.agents) == env.possible_agents
        assert all((obs[agent] == expected[0, i]).all() for i, agent in enumerate(batch.agents))
        assert all(infos[agent][name] == values[0] for agent in infos for name, values in batch.info.items())
        if not env.agents:
            break
        actions = rng.uniform(-1, 1, (1, batch.num_drones, 4))
        obs, rewards, ended, late, infos = env.step(dict(zip(env.agents, actions[0], strict=True)))
        step = batch.step(actions)
        expected = step.obs
        assert list(rewards.values()) == step.reward[0].tolist()
        assert set(ended.values()) == {bool(step.terminated[0])}
        assert set(late.values()) == {bool(step.truncated[0])}


def test_infos_are_numbers_under_fixed_keys(scenario):
    env = skyrally.parallel_env(scenario, **numbers(scenario))
    _, infos = env.reset()
    keys = {(*env.scenario.info, "alive")}
    for _ in range(5):
        assert set(infos) == set(env.possible_agents)
        assert {tuple(info) for info in infos.values()} == keys
        assert all(type(value) in (int, float) for info in infos.values() for value in info.values())
        if not env.agents:
            env.reset()
        *_, infos = env.step(zeros(env))


def test_what_was_handed_out_is_never_written_again(duel):
    obs, infos = duel.reset(seed=1)
    state = duel.state()
    kept = {agent: row.copy() for agent, row in obs.items()}, {agent: dict(info) for agent, info in infos.items()}, state.copy()
    for _ in range(3):
        duel.step(zeros(duel))
    duel.reset(seed=2)
    assert all((obs[agent] == kept[0][agent]).all() for agent in obs)
    assert infos == kept[1]
    assert (state == kept[2]).all()


def test_all_end_together_and_nobody_is_left(duel):
    flags = []
    while duel.agents:
        assert duel.agents == duel.possible_agents
        _, _, ended, late, _ = duel.step(zeros(duel))
        flags.append((set(ended.values()), set(late.values())))
    assert flags[-1] in [({True}, {False}), ({False}, {True})]
    assert all(flag == ({False}, {False}) for flag in flags[:-1])
    assert duel.step({}) == ({}, {}, {}, {}, {})
    with pytest.raises(SkyrallyError, match=r"call reset\(\)"):
        duel.step({"red_0": np.zeros(4)})


def test_agents_leave_one_by_one_when_asked(toy):
    env = skyrally.parallel_env(toy, remove_dead=True)
    env.reset(seed=0)
    left = []
    for t in range(1, 13):
        before = list(env.agents)
        results = env.step(zeros(env))
        assert all(list(part) == before for part in results)
        gone = [agent for agent in before if agent not in env.agents]
        assert gone == [agent for agent in before if results[2][agent]]
        left += [(t, agent) for agent in gone]
    assert left == [(4, "drone_0"), (8, "drone_1"), (12, "drone_2")]
    env.reset()
    assert env.agents == env.possible_agents
    for _ in range(4):
        env.step(zeros(env))
    with pytest.raises(SkyrallyError, match="drone_0, which is out"):
        env.step({"drone_0": np.zeros(4), **zeros(env)})


def test_the_roster_is_fixed_unless_asked(toy):
    env = skyrally.parallel_env(toy)
    env.reset(seed=0)
    for _ in range(5):
        *_, infos = env.step(zeros(env))
    assert env.agents == env.possible_agents
    assert [info["alive"] for info in infos.values()] == [0, 1, 1]


def test_max_cycles_is_read_in_each_step():
    env = skyrally.parallel_env("hover", max_cycles=50, gravity=9.81)
    env.reset(seed=0)
    assert env.max_cycles == 50
    env.max_cycles = 3
    for t in range(3):
        *_, late, _ = env.step({"drone_0": np.full(4, 0.2, np.float32)})
        assert late["drone_0"] == (t == 2)
    for wrong in (0, -3, 2.5, "x"):
        with pytest.raises(SkyrallyError, match="max_cycles"):
            env.max_cycles = wrong


def test_seeds_repeat_and_no_seed_does_not():
    env, other = skyrally.parallel_env("hover"), skyrally.parallel_env("hover")
    first = env.reset(seed=4)[0]["drone_0"]
    second = env.reset()[0]["drone_0"]
    assert (other.reset()[0]["drone_0"] != skyrally.parallel_env("hover").reset()[0]["drone_0"]).any()
    assert (first != second).any()
    assert (other.reset(seed=4)[0]["drone_0"] == first).all()
    assert (other.reset()[0]["drone_0"] == second).all()
    assert (skyrally.parallel_env("hover", seed=4).reset()[0]["drone_0"] == first).all()


def test_reset_options(duel):
    with pytest.warns(UserWarning, match="'spin' is unknown and ignored; known: next_serve, snapshot"):
        duel.reset(options={"spin": 1})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        duel.reset(options={"spin": 1})  # once is enough
        for team in (0, 1):
            _, infos = duel.reset(options={"next_serve": team})
            assert infos["red_0"]["serve_team"] == team
    served = {duel.reset()[1]["red_0"]["serve_team"] for _ in range(30)}
    assert served == {0, 1}  # the coin is back
    duel.reset(seed=8)
    duel.step(zeros(duel))
    saved = duel.snapshot()
    expected = duel.step(zeros(duel))[0]
    duel.reset(options={"snapshot": saved})
    assert (duel.step(zeros(duel))[0]["blue_0"] == expected["blue_0"]).all()
    for wrong in ({"next_serve": "red"}, {"snapshot": 3}):
        with pytest.raises(SkyrallyError, match="reset option"):
            duel.reset(options=wrong)


# -- hostile callers ---------------------------------------------------------------------------------------------------

ROW = np.zeros(4, np.float32)
WRONG_ACTIONS = [
    ({"red_0": ROW}, "no action of blue_0"),
    ({"red_0": ROW, "blue_1": ROW}, "unknown agent 'blue_1'; did you mean .*blue_0"),
    ({"red_0": ROW, "blue_0": ROW, "green_0": ROW}, "unknown agent 'green_0'"),
    ({"red_0": ROW, "blue_0": np.zeros(3)}, r"action of blue_0 has shape \(3,\)"),
    ({"red_0": ROW, "blue_0": 0.0}, r"action of blue_0 has shape \(\)"),
    ({"red_0": np.zeros((1, 4)), "blue_0": ROW}, r"action of red_0 has shape \(1, 4\)"),
    ({"red_0": "fly", "blue_0": ROW}, "action of red_0 is 'fly'"),
    ({"red_0": None, "blue_0": ROW}, "action of red_0 is None"),
    ({"red_0": [[0.0], [1.0, 2.0]], "blue_0": ROW}, "action of red_0 is"),
    ({"red_0": np.zeros(4, complex), "blue_0": ROW}, "action of red_0 is"),
    ({}, "no action of red_0"),
    ([ROW, ROW], "expected a dict"),
    (None, "expected a dict"),
]


@pytest.mark.parametrize(("actions", "says"), WRONG_ACTIONS)
def test_wrong_actions_name_the_agent(duel, actions, says):
    with pytest.raises(SkyrallyError, match=says):
        duel.step(actions)


@pytest.fixture(scope="module")
def old_duel():
    """1v1 for many small plays."""
    return skyrally.parallel_env("volleyball-1v1")


@given(row=st.lists(st.one_of(st.floats(width=32), st.floats(allow_infinity=False), st.integers(-5, 5)), min_size=4, max_size=4))
def test_any_four_numbers_are_played_in_a_match(old_duel, row):
    env = old_duel
    env.reset(seed=0)
    obs, rewards, ended, _, _ = env.step({"red_0": ROW, "blue_0": row})
    assert all(np.isfinite(part).all() for part in obs.values())
    with np.errstate(over="ignore"):
        assert ended["red_0"] == (not np.isfinite(np.float32(row)).all())
    assert np.isfinite(list(rewards.values())).all()


def test_nan_loses_the_rally_in_a_match(duel):
    _, rewards, ended, _, _ = duel.step({"red_0": ROW, "blue_0": np.full(4, np.nan)})
    assert ended == {"red_0": True, "blue_0": True}
    assert "invalid action" in " ".join(duel.batch.frame().lines)
    assert rewards["red_0"] > 50.0 > -50.0 > rewards["blue_0"]


def test_nan_is_an_error_elsewhere():
    env = skyrally.parallel_env("hover")
    env.reset()
    with pytest.raises(SkyrallyError, match="drone_0"):
        env.step({"drone_0": np.full(4, np.nan)})


def test_other_mistakes():
    env = skyrally.parallel_env("volleyball-1v1")
    with pytest.raises(SkyrallyError, match="step before reset"):
        env.step({"red_0": ROW, "blue_0": ROW})
    with pytest.raises(SkyrallyError, match="unknown agent 'red_1'"):
        env.observation_space("red_1")
    with pytest.raises(SkyrallyError, match="render_mode"):
        env.render()
    for call, says in [
        (lambda: skyrally.parallel_env("voleyball-1v1"), "volleyball-1v1"),
        (lambda: skyrally.parallel_env("volleyball-1v1", remove_ded=True), "remove_dead"),
        (lambda: skyrally.parallel_env("volleyball-1v1", render_mode="humn"), "human"),
        (lambda: skyrally.parallel_env("volleyball-1v1", worlds=3), "worlds"),
        (lambda: env.reset(seed=-1), "seed is -1"),
        (lambda: env.reset(seed="a"), "seed is 'a'"),
    ]:
        with pytest.raises(SkyrallyError, match=says):
            call()
    env.close()
    env.close()
