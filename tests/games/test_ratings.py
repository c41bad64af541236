"""Ratings on points whose answer is known."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyrally.games.ratings import ELO, Z95, bradley_terry, dispersion, elo, sharpe_ratio


def test_two_entrants_have_the_odds_they_showed():
    fit = bradley_terry(2, [(0, 1, 7500.0, 2500.0)])
    assert fit.elo[0] - fit.elo[1] == pytest.approx(400 * math.log10(3.0), rel=1e-3)
    assert fit.elo.sum() == pytest.approx(0.0, abs=1e-9)
    assert fit.share()[0, 1] == pytest.approx(0.75, abs=1e-3)
    variance = fit.covariance[0, 0] + fit.covariance[1, 1] - 2 * fit.covariance[0, 1]
    assert variance == pytest.approx(1.0 / (10_000 * 0.75 * 0.25), rel=1e-3)  # of a logit: 1 / (n p q)


@given(points=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=6, max_size=6), order=st.permutations(range(6)))
def test_the_order_of_matches_changes_nothing(points, order):
    matches = [(i, j, float(a), float(b)) for (i, j), (a, b) in zip(itertools.combinations(range(4), 2), points, strict=True)]
    first, second = bradley_terry(4, matches), bradley_terry(4, [matches[k] for k in order])
    assert np.allclose(first.strength, second.strength, atol=1e-8)
    assert np.allclose(first.covariance, second.covariance, atol=1e-8)


def test_who_won_everything_has_a_finite_rating_and_no_meeting_has_a_wide_interval():
    fit = bradley_terry(4, [(0, 1, 50.0, 0.0)])
    assert np.isfinite(fit.strength).all()
    assert fit.elo[0] > 200 > -200 > fit.elo[1]
    low, high = fit.interval()
    assert high[2] - low[2] == pytest.approx(2 * Z95 * 1000.0, rel=0.2)  # the prior
    assert fit.best()[0] > fit.best()[1]
    assert fit.best().sum() == pytest.approx(1.0)


def test_intervals_hold_the_truth_as_often_as_they_say():
    rng, truth = np.random.default_rng(3), np.array([0.6, 0.1, -0.7])
    held = []
    for _ in range(300):
        matches = []
        for i, j in itertools.combinations(range(3), 2):
            a = rng.binomial(100, 1.0 / (1.0 + math.exp(truth[j] - truth[i])))
            matches.append((i, j, float(a), 100.0 - a))
        low, high = bradley_terry(3, matches).interval()
        held.append((low <= ELO * truth) & (ELO * truth <= high))
    assert np.mean(held) == pytest.approx(0.95, abs=0.025)


def test_points_that_hang_together_widen_intervals():
    together = [(0, 1, 20.0, 0.0), (0, 1, 0.0, 20.0)] * 5
    even = [(0, 1, 10.0, 10.0)] * 10
    assert dispersion(np.zeros(2), even) == 1.0
    assert dispersion(np.zeros(2), together) == pytest.approx(20.0 * 10 / 9)
    assert bradley_terry(2, together).covariance[0, 0] > 10 * bradley_terry(2, even).covariance[0, 0]


def test_how_many_matches_settle_a_pair():
    matches = [(0, 1, 11.0, 9.0)]
    fit = bradley_terry(2, matches)
    more = fit.settle(0, 1, 20.0)
    assert more is not None
    for extra, settled in ((more - 2, False), (more + 2, True)):
        later = bradley_terry(2, [(0, 1, 11.0 * (1 + extra), 9.0 * (1 + extra))])
        variance = later.covariance[0, 0] + later.covariance[1, 1] - 2 * later.covariance[0, 1]
        low = later.strength[0] - later.strength[1] - Z95 * math.sqrt(variance)
        assert (low > 0) == settled
    assert bradley_terry(2, [(0, 1, 500.0, 100.0)]).settle(0, 1, 20.0) == 0
    assert bradley_terry(2, [(0, 1, 10.0, 10.0)]).settle(0, 1, 20.0) is None


def test_elo_of_one_match():
    assert elo(2, [(0, 1, 3.0, 1.0)]).tolist() == [1508.0, 1492.0]  # 32 (3/4 - 1/2)
    assert elo(2, [(0, 1, 0.0, 0.0)]).tolist() == [1500.0, 1500.0]


def test_sharpe_ratio_looks_at_the_strongest():
    shares, points, strength = np.array([0.9, 0.7, 0.1]), np.full(3, 10_000.0), np.array([1.0, 2.0, -5.0])
    assert sharpe_ratio(shares, points, strength, 2) == pytest.approx((0.8 - 0.5) / 0.1)
    assert sharpe_ratio(np.array([0.6]), np.array([100.0]), np.zeros(1), 5) == pytest.approx(0.1 / 0.05)
    assert sharpe_ratio(np.zeros(0), np.zeros(0), np.zeros(0), 5) == 0.0
