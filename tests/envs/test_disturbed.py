"""Disturbed batches keep every promise of the conformance kit, jitted."""

from __future__ import annotations

import numpy as np
import pytest

import skyrally
from skyrally.envs.conformance import check
from skyrally.envs.conformance.compare import record_difference
from skyrally.physics.records import END

NAMES = [
    pytest.param("hover", marks=pytest.mark.jit),
    *(pytest.param(name, marks=[pytest.mark.jit, pytest.mark.slow]) for name in ("solo-bump", "volleyball-1v1")),
]


@pytest.mark.parametrize("name", NAMES)
def test_conformance_holds_under_hard(name):
    check(name, disturb="hard")


@pytest.mark.jit
def test_a_snapshot_goes_on_exactly_and_carries_what_is_on_its_way():
    env, other = (skyrally.make("hover", worlds=3, seed=seed, disturb="hard") for seed in (0, 9))
    rng = np.random.default_rng(0)
    env.reset()
    for _ in range(30):
        env.step(rng.uniform(-0.1, 0.5, (3, 1, 4)))
    saved, actions = env.snapshot(), rng.uniform(-0.1, 0.5, (20, 3, 1, 4))
    assert saved.dtype.names[-3:] == ("sent", "seen", END[0])
    expected = [env.step(a).obs.copy() for a in actions]
    end = env.snapshot()
    for again in (env, other):
        again.restore(saved)
        np.testing.assert_array_equal([again.step(a).obs.copy() for a in actions], expected)
        assert record_difference(again.snapshot(), end) is None


@pytest.mark.jit
def test_snapshots_of_other_delays_are_refused():
    env = skyrally.make("hover", disturb="hard")
    for other in ("none", "observation_delay=1"):
        with pytest.raises(skyrally.SkyrallyError, match="snapshot"):
            env.restore(skyrally.make("hover", disturb=other).snapshot())
