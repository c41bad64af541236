"""Dynamics and rankings: projections, known flows, agreement with OpenSpiel, mirror descent's fixed points."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax

from skyrally.errors import SkyrallyError
from skyrally.games import Game, classic, nash_conv, solve, symmetric, zero_sum
from skyrally.games.alpha_rank import stationary
from skyrally.games.dynamics import project, projected_replicator

alpharank = pytest.importorskip("open_spiel.python.egt.alpharank")
prd = pytest.importorskip("open_spiel.python.algorithms.projected_replicator_dynamics")
seeds = st.integers(0, 10_000)


@given(seeds, st.integers(1, 6), st.floats(0, 0.15))
def test_projections_are_nearest(seed, n, floor):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    p = project(x, floor)
    assert p.sum() == pytest.approx(1.0)
    assert p.min() >= floor - 1e-12
    for z in rng.dirichlet(np.ones(n), 10):
        z = floor + (1 - n * floor) * z
        assert (x - p) @ (z - p) <= 1e-9  # the obtuse angle that makes it the nearest point


@given(seeds)
def test_replicators_follow_their_differential_equation(seed):
    rng = np.random.default_rng(seed)
    game = Game(rng.uniform(-1, 1, (2, 3, 3)))
    start = tuple(rng.dirichlet(np.ones(3)) for _ in range(2))
    ahead = projected_replicator(game, floor=0.0, step=1e-4 * game.span, iterations=1, start=start, average=False)
    for k, x in enumerate(start):
        earned = game.deviations(start, k)
        assert (ahead[k] - x) / 1e-4 == pytest.approx(x * (earned - x @ earned), abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("sizes", [(3, 4), (2, 3, 2)])
def test_projected_replicators_agree_with_open_spiel(seed, sizes):
    game = Game(np.random.default_rng(seed).uniform(-1, 1, (len(sizes), *sizes)))
    ours = solve(game, "prd", floor=0.01, step=0.01 * game.span, iterations=800)
    theirs = prd.projected_replicator_dynamics(list(game.payoffs), prd_iterations=800, prd_dt=0.01, prd_gamma=0.01)
    for x, y in zip(ours, theirs, strict=True):
        assert x == pytest.approx(y, abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "options", [{"alpha": np.inf, "mutation": 0.05}, {"alpha": 1.5, "population": 20}, {"alpha": 0.01, "population": 5}]
)
def test_alpha_rank_agrees_with_open_spiel(seed, options):
    a, b = np.random.default_rng(seed).uniform(-1, 1, (2, 3, 4))
    theirs = {
        "m": options.get("population", 50),
        "use_inf_alpha": np.isinf(options["alpha"]),
        "inf_alpha_eps": options.get("mutation", 0.01),
    }
    pi = alpharank.compute([a, b], alpha=min(options["alpha"], 1e6), **theirs)[2].reshape(3, 4)
    x, y = solve((a, b), "alpha-rank", **options)
    assert x == pytest.approx(pi.sum(axis=1), abs=1e-6)
    assert y == pytest.approx(pi.sum(axis=0), abs=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_alpha_rank_of_one_population_agrees_with_open_spiel(seed):
    table = np.round(np.random.default_rng(seed).uniform(-1, 1, (5, 5)), 1)
    pi = alpharank.compute([table], m=50, alpha=1.0, use_inf_alpha=True, inf_alpha_eps=0.02)[2]
    assert solve(symmetric(table), "alpha-rank", mutation=0.02)[0] == pytest.approx(pi, abs=1e-6)


def test_strong_selection_neither_overflows_nor_falls_apart_unnoticed():
    game = Game(np.random.default_rng(0).uniform(-1, 1, (2, 3, 3)))
    strong = solve(game, "alpha-rank", alpha=3.0, population=50)
    assert sum(strong[0]) == pytest.approx(1.0)
    with pytest.raises(SkyrallyError, match="falls apart"):
        solve((np.eye(2), np.eye(2)), "alpha-rank", alpha=1e6)
    with pytest.raises(SkyrallyError, match="4096 at most"):
        solve(zero_sum(np.zeros((70, 70))), "alpha-rank")


@given(seeds, st.integers(1, 6))
def test_stationary_distributions_are_stationary(seed, n):
    rates = np.random.default_rng(seed).uniform(1e-9, 1, (n, n)) ** 4 + 1e-12
    share = stationary(rates)
    np.fill_diagonal(rates, 0)
    assert share.sum() == pytest.approx(1.0)
    assert share @ rates == pytest.approx(share * rates.sum(axis=1))


def test_cycles_share_alike_and_dominance_takes_all():
    assert solve(classic("rock-paper-scissors").game, "alpha-rank")[0] == pytest.approx([1 / 3] * 3)
    better = symmetric([[2.0, 2.0], [1.0, 1.0]])
    assert solve(better, "alpha-rank", mutation=1e-6)[0] == pytest.approx([1, 0], abs=1e-5)


def test_mirror_descent_with_one_reference_ends_at_the_regularised_equilibrium():
    game, pull = zero_sum(np.random.default_rng(1).uniform(-1, 1, (3, 4))), 0.3
    start = (np.array([0.2, 0.3, 0.5]), np.array([0.4, 0.3, 0.2, 0.1]))
    profile = solve(game, "nash-md", step=0.05, pull=pull, iterations=5000, references=1, start=start)
    pulled = tuple(softmax(0.985 * np.log(x) + 0.015 * np.log(m)) for x, m in zip(profile, start, strict=True))
    for k, x in enumerate(profile):
        assert x == pytest.approx(softmax(np.log(start[k]) + game.deviations(pulled, k) / game.span / pull), abs=1e-6)


def test_the_last_iterate_converges_where_simple_ascent_circles():
    game = zero_sum([[0, -1, 3], [1, 0, -1], [-3, 1, 0]])
    start = ((0.6, 0.3, 0.1), (0.2, 0.2, 0.6))
    profile = solve(game, "nash-md", start=start)
    assert nash_conv(game, profile) < 1e-4
    assert profile[0] == pytest.approx([0.2, 0.6, 0.2], abs=1e-3)
    circling = solve(game, "replicator", start=start, average=False, step=0.02, iterations=5000)
    assert nash_conv(game, circling) > 0.1
