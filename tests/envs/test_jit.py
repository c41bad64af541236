"""Machine code and plain Python agree: one step from many moments of random play, every field of the record.

To 1e-9; in the other modes to 1e-7, because the mixer can ask a rotor for exactly nothing, and the square root of a rounding error of
1e-17 is 3e-9 of throttle.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import plain_step
import pytest

import skyrally
from skyrally.envs.conformance.compare import record_difference

pytestmark = pytest.mark.jit
MOMENTS, APART = 10, 7  # snapshots, steps between them: 1.4 s of play, the serve's touch included
KINDS = [
    ("benchmark", "rotor", 1e-9),
    ("fine", "rotor", 1e-9),
    ("benchmark", "ctbr", 1e-7),
    ("benchmark", "waypoint", 1e-7),
    ("", "pick", 1e-9),
]
OBS_TOLERANCE = 1e-6  # float32


def moments(scenario: str, options: dict, mode: str) -> np.ndarray:
    """[MOMENTS] worlds out of random play near hover."""
    env = skyrally.make(scenario, seed=3, threads=1, action_mode=mode, **options)
    rng = np.random.default_rng(1)
    env.reset()
    saved = []
    for t in range(MOMENTS * APART):
        if t % APART == 0:
            saved.append(env.snapshot())
        if env.step(rng.uniform(-0.3, 0.5, (1, env.num_drones, 4))).done[0]:
            env.reset()
    return np.concatenate(saved)


@pytest.mark.parametrize(("physics", "mode", "tolerance"), KINDS)
def test_one_step_is_the_same_without_the_compiler(scenario, physics, mode, tolerance, tmp_path):
    if mode not in skyrally.find_scenario(scenario).action_modes:
        pytest.skip(f"{scenario} does not serve {mode}")
    options = {"physics": physics} if physics else {}
    worlds = moments(scenario, options, mode)
    actions = np.random.default_rng(2).uniform(-1.0, 1.0, (len(worlds), len(worlds[0]["drones"]), 4)).astype(np.float32)
    given, answer = tmp_path / "given.npz", tmp_path / "answer.npz"
    np.savez(given, scenario=scenario, options=json.dumps(options), actions=actions, worlds=np.frombuffer(worlds.tobytes(), np.uint8))
    subprocess.run(
        [sys.executable, str(Path(plain_step.__file__)), str(given), str(answer)], check=True, env={**os.environ, "NUMBA_DISABLE_JIT": "1"}
    )
    after, obs, reward = plain_step.step_once(scenario, options, worlds, actions)
    assert record_difference(after, worlds) is not None  # something happened
    with np.load(answer) as file:
        plain = np.frombuffer(file["worlds"].tobytes(), worlds.dtype)
        assert record_difference(plain, after, tolerance) is None
        np.testing.assert_allclose(file["obs"], obs, rtol=OBS_TOLERANCE, atol=OBS_TOLERANCE)
        np.testing.assert_allclose(file["reward"], reward, rtol=OBS_TOLERANCE, atol=OBS_TOLERANCE)
