"""The standard doors: the libraries' own checkers, autoreset modes, refusals, and what an import costs."""

from __future__ import annotations

import subprocess
import sys

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from hypothesis import given, settings
from hypothesis import strategies as st
from pettingzoo.test import api_test, parallel_api_test, parallel_seed_test
from pettingzoo.test.state_test import state_test

import skyrally
from skyrally.envs.vector import SingleDroneVectorEnv

FAST = ["hover", "solo-bump", "volleyball-3v3"]
SLOW = [pytest.param(name, marks=pytest.mark.slow) for name in skyrally.list_scenarios() if name not in FAST]


@pytest.mark.parametrize("name", FAST + SLOW)
def test_pettingzoo_checkers_pass(name):
    parallel_api_test(skyrally.parallel_env(name), num_cycles=200)
    parallel_seed_test(lambda: skyrally.parallel_env(name))
    api_test(skyrally.env(name), num_cycles=100)
    env = skyrally.parallel_env(name)
    state_test(skyrally.env(name), env)


@pytest.mark.parametrize("name", ["hover", "solo-bump"])
def test_gymnasium_checker_passes(name):
    skyrally.register_all()
    check_env(gymnasium.make(f"skyrally/{name}-v0").unwrapped, skip_render_check=True)


@pytest.mark.parametrize("mode", ["NextStep", "SameStep", "Disabled"])
def test_vector_autoreset(mode):
    env = SingleDroneVectorEnv("hover", 3, autoreset_mode=mode, max_cycles=1, seed=1)
    assert env.metadata["autoreset_mode"].value == mode
    first, _ = env.reset(seed=1)
    zero = np.zeros((3, 4), np.float32)
    obs, _, terminated, truncated, infos = env.step(zero)
    assert (terminated | truncated).all()
    assert obs is not first
    if mode == "SameStep":
        assert infos["_final_obs"].all()
        assert not np.array_equal(infos["final_obs"][0], obs[0])
    elif mode == "NextStep":
        _, reward, terminated, truncated, _ = env.step(zero)
        assert not np.any([reward, terminated, truncated])
    else:
        with pytest.raises(skyrally.SkyrallyError, match="reset_mask"):
            env.step(zero)
        again, _ = env.reset(options={"reset_mask": np.array([True, False, False])})
        assert np.array_equal(again[1:], obs[1:])
        assert not np.array_equal(again[0], obs[0])


def test_step_before_reset_is_refused():
    with pytest.raises(skyrally.SkyrallyError, match="before reset"):
        skyrally.parallel_env("hover").step({"drone_0": np.zeros(4)})


HOVER = skyrally.parallel_env("hover", seed=0)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 6), max_size=3).map(tuple).filter(lambda shape: shape != (4,)), st.sampled_from(["f4", "f8", "i8", "U1"]))
def test_wrong_shapes_name_the_agent(shape, dtype):
    HOVER.reset(seed=0)
    with pytest.raises(skyrally.SkyrallyError, match="drone_0"):
        HOVER.step({"drone_0": np.zeros(shape, dtype)})


def test_missing_agent_is_named():
    env = skyrally.parallel_env("volleyball-1v1")
    env.reset(seed=0)
    with pytest.raises(skyrally.SkyrallyError, match="blue_0"):
        env.step({"red_0": np.zeros(4, np.float32)})


def test_nan_is_an_error_outside_matches_and_ends_the_rally_or_match_inside():
    env = skyrally.make("hover", worlds=2)
    env.reset()
    actions = np.zeros((2, 1, 4), np.float32)
    actions[1] = np.nan
    with pytest.raises(skyrally.SkyrallyError, match=r"(?s)1.*drone_0|drone_0.*1"):
        env.step(actions)
    match = skyrally.make("volleyball-1v1")
    match.reset()
    result = match.step(np.full((1, 2, 4), np.nan, np.float32))
    assert np.isfinite(result.obs).all()
    assert "invalid action" in " ".join(match.frame(0).lines).lower()


def test_import_is_light():
    heavy = ["numpy", "torch", "numba", "pygame", "gymnasium", "pettingzoo"]
    code = f"import skyrally, sys; print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


@pytest.mark.parametrize("option", [{"device": "cuda"}, {"engine": "torch"}])
def test_only_native_on_the_cpu(option):
    with pytest.raises(skyrally.SkyrallyError, match="this version"):
        skyrally.make("hover", **option)
