"""Nash equilibria: values, all equilibria against nashpy, degenerate games, which one is selected, copies in Nash averaging."""

from __future__ import annotations

from itertools import combinations, product

import nashpy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from skyrally.errors import SkyrallyError
from skyrally.games import Game, classic, nash_conv, solve, symmetric, zero_sum
from skyrally.games.averaging import highest_entropy
from skyrally.games.lemke_howson import lemke_howson, lemke_howson_symmetric
from skyrally.games.nash import entropy, equilibria, maximin

seeds = st.integers(0, 10_000)


@given(seeds, st.integers(1, 6), st.integers(1, 6))
def test_values_of_zero_sum_games_agree_with_nashpy(seed, m, n):
    table = np.random.default_rng(seed).uniform(-1, 1, (m, n))
    x, value = maximin(table)
    y, other = maximin(-table.T)
    assert value == pytest.approx(-other, abs=1e-9)
    assert nash_conv(zero_sum(table), (x, y)) < 1e-9
    p, q = nashpy.Game(table).linear_program()
    assert p @ table @ q == pytest.approx(value, abs=1e-7)


def by_supports(a: np.ndarray, b: np.ndarray) -> list[np.ndarray]:
    """All equilibria of a nondegenerate game: for every pair of supports of one size, make the other side indifferent."""

    def indifferent(table: np.ndarray, rows: tuple[int, ...], columns: tuple[int, ...]) -> np.ndarray:
        size = len(rows)
        matrix = np.block([[table[np.ix_(rows, columns)], -np.ones((size, 1))], [np.ones((1, size)), np.zeros((1, 1))]])
        whole = np.zeros(table.shape[1])
        whole[list(columns)] = np.linalg.solve(matrix, np.append(np.zeros(size), 1.0))[:size]
        return whole

    found = []
    for size in range(1, min(a.shape) + 1):
        for rows, columns in product(combinations(range(a.shape[0]), size), combinations(range(a.shape[1]), size)):
            profile = indifferent(b.T, columns, rows), indifferent(a, rows, columns)
            if min(x.min() for x in profile) >= 0 and nash_conv(Game((a, b)), profile) < 1e-9:
                found.append(np.concatenate(profile))
    return found


@settings(max_examples=15)
@given(seeds, st.integers(2, 4), st.integers(2, 4))
def test_all_equilibria_of_small_games_are_found(seed, m, n):
    a, b = np.random.default_rng(seed).uniform(-1, 1, (2, m, n))
    found = [np.concatenate(profile) for profile in equilibria(Game((a, b)))]
    expected = by_supports(a, b)
    assert len(found) == len(expected)
    assert all(any(np.allclose(x, y, atol=1e-6) for y in found) for x in expected)


@pytest.mark.parametrize("seed", range(4))
def test_equilibria_of_small_games_agree_with_nashpy(seed):
    a, b = np.random.default_rng(seed).uniform(-1, 1, (2, 2, 3))
    found = [np.concatenate(profile) for profile in equilibria(Game((a, b)))]
    for theirs in nashpy.Game(a, b).support_enumeration():
        assert any(np.allclose(np.concatenate(theirs), x, atol=1e-6) for x in found)


@settings(max_examples=25)
@given(seeds, st.integers(1, 12), st.integers(1, 12), st.sampled_from((None, 0, 1)))
def test_pivoting_ends_in_an_equilibrium(seed, m, n, decimals):
    a, b = np.random.default_rng(seed).uniform(-1, 1, (2, m, n))
    if decimals is not None:  # equal payoffs: degenerate
        a, b = np.round(a, decimals), np.round(b, decimals)
    for dropped in range(m + n):
        found = lemke_howson(a, b, dropped)
        assert found is not None
        assert nash_conv(Game((a, b)), found) < 1e-9


@settings(max_examples=25)
@given(seeds, st.integers(1, 10), st.booleans())
def test_symmetric_pivoting_ends_in_a_best_response_to_itself(seed, n, degenerate):
    table = np.random.default_rng(seed).uniform(-1, 1, (n, n))
    table = np.round(table) if degenerate else table
    for dropped in range(n):
        x = lemke_howson_symmetric(table, dropped)
        assert x is not None
        assert nash_conv(symmetric(table), (x, x)) < 1e-9


def test_larger_games():
    game = Game(np.random.default_rng(0).uniform(-1, 1, (2, 30, 25)))
    assert nash_conv(game, solve(game, "nash")) < 1e-9


def test_which_equilibrium_is_selected():
    hunt = classic("stag-hunt").game
    assert solve(hunt, "nash")[0] == pytest.approx([1, 0])
    assert solve(hunt, "nash", select="entropy")[0] == pytest.approx([0.6, 0.4])
    assert len(equilibria(hunt)) == 3
    sexes = Game(([[3, 0], [0, 2]], [[2, 0], [0, 3]]))
    assert nash_conv(sexes, solve(sexes, "nash", select="first")) < 1e-9


def test_a_game_of_one_population_gets_one_mixture():
    chicken = classic("chicken")
    both = solve((chicken.table, chicken.table.T), "nash")
    assert sorted(both[0].tolist()) == [0, 1]
    assert not np.allclose(both[0], both[1])
    assert solve(chicken.game, "nash")[0] == pytest.approx([0.01, 0.99])


def test_constant_sums_are_zero_sums():
    wins = np.array([[0.5, 0.9, 0.2], [0.1, 0.5, 0.7], [0.8, 0.3, 0.5]])
    x, _ = solve((wins, 1 - wins), "nash")
    assert x == pytest.approx(solve(zero_sum(wins), "nash")[0])


@settings(max_examples=15)
@given(seeds, st.integers(2, 5), st.integers(1, 3))
def test_copies_change_nothing_in_nash_averaging(seed, n, copies):
    raw = np.random.default_rng(seed).uniform(-1, 1, (n, n))
    game = raw - raw.T
    who = [*range(n), *[0] * copies]
    alone, copied = highest_entropy(game), highest_entropy(game[np.ix_(who, who)])
    assert np.bincount(who, copied) == pytest.approx(alone, abs=1e-4)
    assert copied[[0, *range(n, n + copies)]] == pytest.approx(copied[0], abs=1e-4)
    assert nash_conv(zero_sum(game), (alone, alone)) < 1e-6


@settings(max_examples=15)
@given(seeds)
def test_no_optimal_mixture_has_more_entropy(seed):
    rng = np.random.default_rng(seed)
    table = np.round(rng.uniform(-1.5, 1.5, (4, 3)))  # many equilibria
    best, (_, value) = highest_entropy(table), maximin(table)
    assert (best @ table).min() == pytest.approx(value, abs=1e-5)
    for goal in rng.normal(size=(10, 4)):  # other optimal mixtures: vertices of the polytope
        other = linprog(goal, A_ub=-table.T, b_ub=np.full(3, -value + 1e-9), A_eq=np.ones((1, 4)), b_eq=[1.0]).x
        assert entropy(np.clip(other, 0, None)) <= entropy(best) + 1e-4


def test_a_dominant_policy_takes_all():
    assert highest_entropy(np.array([[0.0, 1.0], [-1.0, 0.0]])) == pytest.approx([1, 0])
    assert highest_entropy(np.zeros((3, 3))) == pytest.approx([1 / 3] * 3)


def test_games_too_close_to_call_are_an_error_not_a_guess(monkeypatch):
    import skyrally.games.nash as module

    monkeypatch.setattr(module, "_candidates", lambda game: iter(()))
    with pytest.raises(SkyrallyError, match="no Nash equilibrium was found"):
        solve(np.random.default_rng(0).uniform(size=(2, 2, 2)), "nash")
