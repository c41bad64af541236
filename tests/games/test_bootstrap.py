"""Bootstraps of equilibria: what is certain stays, what is not spreads, and draws keep the kind of their table."""

from __future__ import annotations

import numpy as np
import pytest

from skyrally.errors import SkyrallyError
from skyrally.games import PayoffTable
from skyrally.games.bootstrap import _drawn, bootstrap


def filled(means, episodes, *, symmetric=False, zero_sum=True, spread=1.0, seed=0):
    """A table whose cells have these means [A, B] of the first player, exactly, and standard deviation `spread`."""
    means = np.array(means, float)
    rng, table = np.random.default_rng(seed), PayoffTable(means.shape, symmetric=symmetric)
    for i, j in np.ndindex(means.shape):
        if symmetric and j < i:
            continue
        won = rng.normal(size=episodes)
        won = means[i, j] + spread * (won - won.mean()) / won.std()
        lost = -won if zero_sum else means[j, i] + spread * rng.permutation(won - means[i, j])
        table.add((i, j), (won, lost))
    return table


PENNIES = [[1, -1], [-1, 1]]
RPS = [[0, -1, 1], [1, 0, -1], [-1, 1, 0]]


def test_many_episodes_leave_little_doubt():
    sure = bootstrap(filled(PENNIES, 10_000), "nash", draws=20)
    for low, high in sure.interval():
        assert (low > 0.48).all()
        assert (high < 0.52).all()
    assert sure.profile[0] == pytest.approx([0.5, 0.5])
    assert [share.tolist() for share in sure.played()] == [[1, 1], [1, 1]]


def test_the_spread_is_that_of_the_means():
    """One against one choice: the value is the drawn mean itself, with the standard error of the cell."""
    sure = bootstrap(filled([[0.3]], 100), "uniform", draws=1500)
    assert sure.values[:, 0].mean() == pytest.approx(0.3, abs=0.01)
    assert sure.values[:, 0].std() == pytest.approx(0.1, rel=0.1)


def test_a_lead_that_chance_may_have_made_does_not_decide():
    table = filled([[0.05, 0.05], [0.0, 0.0]], 50)
    share = bootstrap(table, "nash", draws=150).played(0.5)[0]
    assert 0.5 < share[0] < 0.8  # a lead of 0.05 with a standard error of 0.14 a cell, the opponent choosing


@pytest.mark.parametrize("symmetric", [False, True])
def test_draws_keep_a_constant_sum_and_symmetry(symmetric):
    table = filled(RPS, 30, symmetric=symmetric)
    rng = np.random.default_rng(1)
    game = _drawn(table, table.mean, np.full(table.mean.shape, 0.2), rng)
    assert np.allclose(game.payoffs[0], -game.payoffs[1])
    assert game.symmetric == symmetric
    if symmetric:
        assert np.allclose(np.diag(game.payoffs[0]), 0.0)
        assert np.allclose(game.payoffs[0], -game.payoffs[0].T)
    off = ~np.eye(3, dtype=bool)
    assert (game.payoffs[0] != table.mean[0])[off].all()
    assert np.allclose(np.array(game.error), 2 * table.variance / table.count)


def test_general_sums_are_drawn_apart():
    table = filled([[3, 0], [5, 1]], 30, symmetric=True, zero_sum=False)
    game = _drawn(table, table.mean, np.ones(table.mean.shape), np.random.default_rng(0))
    assert np.array_equal(game.payoffs[1], game.payoffs[0].T)
    assert not np.allclose(game.payoffs[0] + game.payoffs[1], (table.mean[0] + table.mean[1]))


def test_the_risk_averse_equilibrium_with_its_options():
    """The stag hunt [[9, 0], [1, 1]]: cautious play forages in every draw, and the same seed gives the same draws."""
    table = filled([[9, 0], [1, 1]], 100, symmetric=True, zero_sum=False, spread=0.5)
    sure = bootstrap(table, "rae", gamma=1.0, draws=20, seed=3)
    assert (sure.draws[0][:, 1] > 0.98).all()
    again = bootstrap(table, "rae", gamma=1.0, draws=20, seed=3)
    assert np.array_equal(sure.draws[0], again.draws[0])
    assert np.array_equal(sure.draws[0], sure.draws[1])


def test_what_is_refused():
    with pytest.raises(SkyrallyError, match="draws is 1"):
        bootstrap(filled(PENNIES, 4), "nash", draws=1)
    thin = filled(PENNIES, 4)
    thin.grow(0)
    for j in range(2):
        thin.add((2, j), ([1.0], [-1.0]))
    with pytest.raises(SkyrallyError, match=r"cell \(2, 0\).*has 1 episode"):
        bootstrap(thin, "nash")
    with pytest.raises(SkyrallyError, match="nahs"):
        bootstrap(filled(PENNIES, 4), "nahs")
