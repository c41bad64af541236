"""Randomness is a hash of (world seed, episode, step, drone, channel)."""

from __future__ import annotations

import numpy as np
import pytest
from handmade import bare

from skyrally.physics.rng import GOLDEN, hash2, mix, uniform
from skyrally.physics.seeds import world_seeds


def sample(count=2000, channel=1, drone=0):
    world = bare(1)
    world.seed = 5
    values = []
    for k in range(count):
        world.step = k
        values.append(uniform(world, drone, channel, 0.0, 1.0))
    return np.array(values)


def seeds(seed, first, count):
    out = np.zeros(count, np.uint64)
    world_seeds(seed, first, out)
    return out


def test_uniform_is_uniform():
    x = sample()
    counts = np.histogram(x, 20, (0, 1))[0]
    assert ((counts - 100) ** 2 / 100).sum() < 50  # chi-squared, 19 degrees of freedom: p < 1e-4
    assert abs(np.corrcoef(x[1:], x[:-1])[0, 1]) < 0.08


@pytest.mark.parametrize("other", [{"channel": 2}, {"drone": 1}])
def test_channels_and_drones_are_independent(other):
    assert abs(np.corrcoef(sample(), sample(**other))[0, 1]) < 0.08


def test_bounds_and_repeatability():
    world = bare(1)
    values = [uniform(world, 0, c, -3.0, 2.0) for c in range(500)]
    assert -3.0 <= min(values) < -2.9
    assert 1.9 < max(values) < 2.0
    assert values == [uniform(world, 0, c, -3.0, 2.0) for c in range(500)]


@pytest.mark.parametrize("field", ["seed", "episode", "step"])
def test_every_part_of_the_key_counts(field):
    world = bare(1)
    before = uniform(world, 0, 1, 0.0, 1.0)
    world[field] = 1
    assert uniform(world, 0, 1, 0.0, 1.0) != before


def test_seeds_share_no_world_and_do_not_depend_on_the_batch():
    a, b = seeds(0, 0, 1000), seeds(1, 0, 1000)
    assert len(np.unique(np.r_[a, b])) == 2000
    assert (seeds(0, 17, 1) == a[17]).all()
    assert (seeds(0, 500, 500) == a[500:]).all()


@pytest.mark.parametrize("seed", [0, 1, 2**63 - 1])
def test_world_seeds_are_the_hash_that_worlds_draw_with(seed):
    with np.errstate(over="ignore"):
        base = mix(np.uint64(seed) + GOLDEN)
        assert seeds(seed, 5, 3).tolist() == [int(hash2(base, np.uint64(5 + k))) for k in range(3)]
