"""The Gymnasium doors: the single Env passes Gymnasium's checker, the VectorEnv is the looped single one in all autoreset modes."""

from __future__ import annotations

import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env, data_equivalence
from gymnasium.vector import AutoresetMode, SyncVectorEnv

import skyrally
from skyrally import SkyrallyError
from skyrally.envs import SingleDroneEnv, SingleDroneVectorEnv
from skyrally.envs.registration import env_id

pytestmark = pytest.mark.jit
SEEDS = [3, 1, 4, 1, 5]
ZERO = np.zeros(4, np.float32)


@pytest.mark.filterwarnings("error")
def test_gymnasium_accepts_the_env(drill, monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")  # the checker opens a window
    check_env(gymnasium.make(env_id(drill)).unwrapped)


def test_the_env_is_the_batch(drill):
    env, batch = SingleDroneEnv(drill), skyrally.make(drill, seed=9)
    obs, info = env.reset(seed=9)
    expected = batch.reset()
    rng = np.random.default_rng(2)
    for _ in range(30):
        assert (obs == expected[0, 0]).all()
        assert info == {name: values[0] for name, values in batch.info.items()}
        action = rng.uniform(-1, 1, 4)
        obs, reward, ended, late, info = env.step(action)
        step = batch.step(action.reshape(1, 1, 4))
        expected = step.obs
        assert (type(reward), type(ended), type(late)) == (float, bool, bool)
        assert (reward, ended, late) == (step.reward[0, 0], step.terminated[0], step.truncated[0])
        if ended or late:
            break


def test_reset_options_of_the_env(drill):
    env = SingleDroneEnv(drill)
    with pytest.warns(UserWarning, match="'wind' is unknown and ignored"):
        env.reset(seed=0, options={"wind": 3})
    saved = env.snapshot()
    first = env.step(ZERO)[0]
    env.reset(options={"snapshot": saved})
    assert (env.step(ZERO)[0] == first).all()


def test_mistakes_with_the_env():
    env = SingleDroneEnv("hover", max_cycles=1)
    with pytest.raises(SkyrallyError, match="step before reset"):
        env.step(ZERO)
    env.reset()
    for wrong, says in [(np.zeros(3), r"shape \(3,\)"), ("x", "drone_0 is 'x'"), (np.full(4, np.inf), "not finite")]:
        with pytest.raises(SkyrallyError, match=says):
            env.step(wrong)
    assert env.step(ZERO)[3]
    with pytest.raises(SkyrallyError, match="the episode is over"):
        env.step(ZERO)
    with pytest.raises(SkyrallyError, match="seed is -1"):
        env.reset(seed=-1)
    with pytest.raises(SkyrallyError, match=r"2 drones.*parallel_env\('volleyball-1v1'\).*hover"):
        SingleDroneEnv("volleyball-1v1")
    with pytest.raises(SkyrallyError, match="render mode"):
        SingleDroneEnv("hover", render_mode="ascii")


# -- many worlds -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", list(AutoresetMode))
def test_the_vector_env_is_the_looped_env(drill, mode):
    ours = gymnasium.make_vec(env_id(drill), num_envs=5, autoreset_mode=mode, max_cycles=25)
    loop = SyncVectorEnv([lambda: SingleDroneEnv(drill, max_cycles=25)] * 5, autoreset_mode=mode)
    assert isinstance(ours, SingleDroneVectorEnv)
    assert ours.metadata["autoreset_mode"] is mode
    assert (ours.observation_space, ours.action_space) == (loop.observation_space, loop.action_space)
    assert data_equivalence(ours.reset(seed=SEEDS), loop.reset(seed=SEEDS), exact=True)
    rng, ends = np.random.default_rng(0), 0
    for t in range(120):
        actions = rng.uniform(-1.0, 1.0, (5, 4)).astype(np.float32)
        mine, theirs = ours.step(actions), loop.step(actions)
        for name, one, two in zip(("obs", "reward", "terminated", "truncated", "infos"), mine, theirs, strict=True):
            assert data_equivalence(one, two, exact=True), f"step {t}: {name} {one} against {two}"
        done = mine[2] | mine[3]
        ends += int(done.sum())
        if mode is AutoresetMode.DISABLED and done.any():
            assert data_equivalence(
                ours.reset(options={"reset_mask": done.copy()}), loop.reset(options={"reset_mask": done.copy()}), exact=True
            )
    assert ends > 10


def test_vector_seeds():
    env = SingleDroneVectorEnv("hover", 4)
    one = env.reset(seed=7)[0]
    assert (one == skyrally.make("hover", worlds=4, seed=7).reset()[:, 0]).all()
    assert len(np.unique(np.concatenate([one, env.reset(seed=8)[0]]), axis=0)) == 8
    mixed = env.reset(seed=[7, None, 7, None])[0]
    assert (mixed[0] == SingleDroneEnv("hover").reset(seed=7)[0]).all()
    assert (mixed[0] == mixed[2]).all()
    assert (mixed[1] != mixed[3]).any()
    for wrong in ([1, 2], -1, [1, 2, 3, -4], "x"):
        with pytest.raises(SkyrallyError, match="seed"):
            env.reset(seed=wrong)


def test_a_mask_resets_its_rows_only():
    env = SingleDroneVectorEnv("hover", 4, autoreset_mode="Disabled")
    before = env.reset(seed=1)[0]
    mask = np.array([True, False, False, True])
    after, infos = env.reset(seed=2, options={"reset_mask": mask})
    assert (after[~mask] == before[~mask]).all()
    assert (after[mask] != before[mask]).any(axis=1).all()
    assert (infos["_position_error"] == mask).all()
    for wrong in (np.ones(3, bool), np.ones(4), np.zeros(4, bool)):
        with pytest.raises(SkyrallyError, match="reset_mask"):
            env.reset(options={"reset_mask": wrong})


def test_ended_worlds_wait_when_autoreset_is_off():
    env = SingleDroneVectorEnv("hover", 3, autoreset_mode="Disabled", max_cycles=1)
    env.reset(seed=0)
    env.step(np.zeros((3, 4)))
    with pytest.raises(SkyrallyError, match="3 worlds have ended, the first is 0"):
        env.step(np.zeros((3, 4)))


def test_an_ignored_action_may_be_anything():
    env = SingleDroneVectorEnv("hover", 2, max_cycles=1)
    env.reset(seed=0)
    env.step(np.zeros((2, 4)))
    assert np.isfinite(env.step(np.full((2, 4), np.nan))[0]).all()
    with pytest.raises(SkyrallyError, match="not finite"):
        env.step(np.full((2, 4), np.nan))


@pytest.mark.parametrize("mode", list(AutoresetMode))
def test_no_array_is_handed_out_twice(mode):
    env = SingleDroneVectorEnv("hover", 3, autoreset_mode=mode, max_cycles=2)
    rows = [env.reset(seed=0)[0]]
    kept = [rows[0].copy()]
    for _ in range(4):
        result = env.step(np.zeros((3, 4)))
        rows += [*result[:4], *(value for value in result[4].values() if isinstance(value, np.ndarray) and value.dtype != object)]
        kept += [row.copy() for row in rows[len(kept) :]]
        done = result[2] | result[3]
        if mode is AutoresetMode.DISABLED and done.any():
            env.reset(options={"reset_mask": done})
    assert all((row == copy).all() for row, copy in zip(rows, kept, strict=True))
    assert not any(np.shares_memory(a, b) for i, a in enumerate(rows) for b in rows[:i])


def test_mistakes_with_the_vector_env():
    env = SingleDroneVectorEnv("hover", 2)
    env.reset()
    for wrong in (np.zeros((3, 4)), np.zeros((2, 3)), np.zeros(4), np.zeros((2, 4), "U1")):
        with pytest.raises(SkyrallyError, match="actions"):
            env.step(wrong)
    for call, says in [
        (lambda: SingleDroneVectorEnv("hover", 0), "worlds is 0"),
        (lambda: SingleDroneVectorEnv("hover", 2, autoreset_mode="Never"), "NextStep"),
        (lambda: SingleDroneVectorEnv("hover", 2, autoresetmode="SameStep"), "autoreset_mode"),
        (lambda: SingleDroneVectorEnv("hover", 2, render_mode="human"), "rgb_array"),
        (lambda: SingleDroneVectorEnv("volleyball-1v1", 2), "parallel_env"),
    ]:
        with pytest.raises(SkyrallyError, match=says):
            call()
    env.close()
    env.close()


def test_make_vec_takes_gymnasiums_horizon():
    env = gymnasium.make_vec("skyrally/hover-v0", num_envs=2, max_episode_steps=2)
    env.reset(seed=0)
    env.step(np.zeros((2, 4)))
    assert env.step(np.zeros((2, 4)))[3].all()


def test_the_id_with_its_module_works_in_any_order():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert gymnasium.make("skyrally:skyrally/hover-v0").reset(seed=0)[0].shape == (26,)
