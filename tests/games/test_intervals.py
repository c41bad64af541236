"""Intervals against known values."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from skyrally.games.intervals import clopper_pearson, mean_interval


def test_students_interval():
    values = np.array([1.0, 2.0, 4.0, 9.0])
    low, high = mean_interval(np.array(4), values.mean(), ((values - 4) ** 2).sum())
    expected = stats.t.interval(0.95, 3, loc=4, scale=stats.sem(values))
    assert (float(low), float(high)) == pytest.approx(expected)


def test_shares_get_the_interval_of_agresti_and_coull():
    won, n, z = 3, 20, stats.norm.ppf(0.975)
    low, high = mean_interval(np.array(n), won / n, won * (n - won) / n, bounds=(0.0, 1.0))
    more, centre = n + z**2, (won + z**2 / 2) / (n + z**2)
    half = z * np.sqrt(centre * (1 - centre) / more)
    assert (float(low), float(high)) == pytest.approx((centre - half, centre + half))


def test_crash_rates():
    low, high = clopper_pearson([0, 1, 10, 0], [10, 10, 10, 0])
    assert low == pytest.approx([0, 0.00252858, 0.69150289, 0])
    assert high == pytest.approx([0.30849711, 0.44501612, 1, 1])
    for k, n in ((3, 50), (17, 40)):
        exact = stats.binomtest(k, n).proportion_ci(0.9, method="exact")
        assert [float(side) for side in clopper_pearson(k, n, 0.9)] == pytest.approx([exact.low, exact.high])
