"""Render modes of the doors, with no screen."""

from __future__ import annotations

import time

import gymnasium
import numpy as np
import pytest
from pettingzoo.test import render_test

import skyrally
from skyrally import SkyrallyError
from skyrally.envs import SingleDroneVectorEnv
from skyrally.envs.viewer import RENDER_MODES

pytestmark = pytest.mark.jit


@pytest.fixture(autouse=True)
def no_screen(monkeypatch):
    """SDL draws nowhere."""
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")


def moves(env):
    return {agent: np.zeros(4, np.float32) for agent in env.agents}


def test_pictures_move():
    env = skyrally.parallel_env("volleyball-1v1", render_mode="rgb_array")
    env.reset(seed=0)
    first = env.render()
    for _ in range(10):
        env.step(moves(env))
    second = env.render()
    assert first.shape == second.shape == (540, 960, 3)
    assert first.dtype == np.uint8
    assert (first != second).any()
    env.close()


def test_pettingzoo_accepts_the_pictures():
    render_test(lambda render_mode=None: skyrally.env("volleyball-1v1", render_mode=render_mode))


def test_a_window_runs_in_the_worlds_own_time():
    env = skyrally.parallel_env("hover", render_mode="human")
    time.sleep(0.1)  # nobody is owed frames for the time before the first
    env.reset(seed=0)
    start = time.perf_counter()
    time.sleep(0.1)  # nor more than one for a slow policy
    for _ in range(10):
        env.step({"drone_0": np.full(4, 0.2, np.float32)})
    assert 0.15 < time.perf_counter() - start < 5.0  # 10 steps of 20 ms, and a slow machine
    assert env.render() is None
    env.close()
    env.close()


def test_a_closed_window_leaves_the_environment_running():
    pygame = pytest.importorskip("pygame")
    env = skyrally.parallel_env("hover", render_mode="human")
    env.reset(seed=0)
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    for _ in range(3):
        obs, *_ = env.step({"drone_0": np.full(4, 0.2, np.float32)})
    assert np.isfinite(obs["drone_0"]).all()
    assert not pygame.display.get_init()


def test_no_screen_is_said(monkeypatch):
    for name in ("SDL_VIDEODRIVER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SkyrallyError, match="no display"):
        skyrally.parallel_env("hover", render_mode="human").reset()


def test_gymnasium_modes():
    env = gymnasium.make("skyrally/hover-v0", render_mode="rgb_array")
    env.reset(seed=0)
    assert env.render().shape == (540, 960, 3)
    assert env.metadata["render_modes"] == list(RENDER_MODES)
    many = SingleDroneVectorEnv("hover", 2, render_mode="rgb_array")
    many.reset(seed=0)
    assert [picture.shape for picture in many.render()] == [(540, 960, 3)] * 2
    with pytest.raises(SkyrallyError, match="render mode"):
        SingleDroneVectorEnv("hover", 2).render()
