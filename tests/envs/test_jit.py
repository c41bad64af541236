"""Compiled and plain Python agree: the same worlds, to 1e-9."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

PLAY = """
import sys, numpy as np, skyrally
env = skyrally.make(sys.argv[1], worlds=2, seed=3, threads=1)
env.reset()
rng = np.random.default_rng(0)
for _ in range(10):
    env.step(rng.uniform(-1, 1, (2, env.num_drones, 4)).astype(np.float32))
d = env.worlds["drones"]
np.save(sys.argv[2], np.concatenate([d[k].ravel() for k in ("pos", "quat", "vel", "rate", "rotor")]))
"""


@pytest.mark.parametrize("name", ["hover", "solo-bump", "volleyball-1v1"])
def test_compiled_equals_plain(name, tmp_path):
    states = []
    for off in "01":
        path = tmp_path / f"{off}.npy"
        subprocess.run([sys.executable, "-c", PLAY, name, str(path)], check=True, env={**os.environ, "NUMBA_DISABLE_JIT": off})
        states.append(np.load(path))
    np.testing.assert_allclose(states[0], states[1], rtol=0, atol=1e-9)
