"""Where a swarm is dense, as tiles of the floor."""

from __future__ import annotations

import numpy as np
import pytest

from skyrally.render.density import density_tiles


def test_a_crowd_is_brightest_where_it_is_and_nowhere_else():
    rng = np.random.default_rng(0)
    pos = np.column_stack([rng.normal(2.0, 0.2, 300), rng.normal(-1.0, 0.2, 300), np.ones(300)])
    tiles = density_tiles(pos, (6.0, 6.0, 3.0))
    assert np.average(tiles[:, :2], axis=0, weights=tiles[:, 3]) == pytest.approx([2.0, -1.0], abs=0.2)
    assert tiles[:, 3].max() == 1.0
    assert np.hypot(tiles[:, 0] - 2.0, tiles[:, 1] + 1.0).max() < 1.6


def test_an_even_swarm_is_even_and_nobody_is_nothing():
    x, y = np.meshgrid(np.linspace(-5.75, 5.75, 24), np.linspace(-2.75, 2.75, 12))
    even = density_tiles(np.column_stack([x.ravel(), y.ravel(), 0 * x.ravel()]), (6.0, 3.0, 3.0))
    assert len(even) == 24 * 12
    assert np.median(even[:, 3]) == pytest.approx(0.25)
    assert len(density_tiles(np.full((3, 3), np.nan), (6.0, 6.0, 3.0))) == 0
