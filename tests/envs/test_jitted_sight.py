"""The compiled masker does what the formula says, with a ball and without one."""

import numpy as np
import pytest

import skyrally

pytestmark = pytest.mark.jit


def test_the_compiled_masker_agrees_with_numpy():
    env = skyrally.make("solo-bump", worlds=64, threads=2, sight={"range": 2.5, "fov": 120, "pitch": 60}, action_mode="velocity")
    clear = skyrally.make("solo-bump", worlds=64, threads=2, action_mode="velocity")
    env.reset()
    clear.reset()
    rng, both = np.random.default_rng(0), set()
    axis = np.array([np.cos(np.pi / 3), 0.0, np.sin(np.pi / 3)])
    for _ in range(40):
        actions = rng.uniform(-1, 1, (64, 1, 4)).astype(np.float32)
        obs, full = env.step(actions).obs[:, 0], clear.step(actions).obs[:, 0]
        drone = env.worlds["drones"][:, 0]
        gap, q = env.worlds["ball"]["pos"] - drone["pos"], drone["quat"]
        look = axis + 2 * np.cross(q[:, 1:], np.cross(q[:, 1:], axis) + q[:, :1] * axis)
        far = np.linalg.norm(gap, axis=1)
        seen = (far <= 2.5) & ((gap * look).sum(axis=1) >= 0.5 * far)
        both |= set(seen.tolist())
        assert (obs[:, 32] == seen).all()
        assert (obs[:, :26] == full[:, :26]).all()
        assert (obs[:, 26:32] == np.where(seen[:, None], full[:, 26:32], 0)).all()
    assert both == {True, False}
