"""Risk-averse equilibria: the closed forms of 2x2 games, known limits of play, laws of scale and order, step rules, wrong input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyrally.errors import SkyrallyError
from skyrally.games import Game, Variance, classic, equilibria, nash_conv, solve, symmetric, zero_sum
from skyrally.games.nash import maximin
from skyrally.games.risk import variances
from skyrally.games.rule import STEPS, Rule, risk_nash_conv

STAG, CLOSE, RICH = ((5, -5), (1, 1)), ((4, 0), (3, 3)), ((9, 0), (1, 1))
KNOWN = [  # payoffs, epsilon, gamma, probabilities of action 0 in equilibrium (unstable ones negative), limit from uniform beliefs
    (STAG, 0.01, 0.0, (0.01, -0.6, 0.99), 0.01),
    (STAG, 0.01, 0.1, (0.01, -0.8323, 0.99), 0.01),
    (STAG, 0.01, 2.0, (0.01,), 0.01),
    (STAG, 0.05, 0.5, (0.05,), 0.05),
    (CLOSE, 0.01, 0.5, (0.01, -0.9454, 0.99), 0.01),
    (RICH, 0.01, 0.1, (0.01, -0.1424, 0.99), 0.99),
    (RICH, 0.01, 0.5, (0.01, -0.8908, 0.99), 0.01),
]
SURVIVES = [  # payoffs, epsilon, the largest gamma at which action 0 stays an equilibrium
    (STAG, 0.01, 1.98959), (STAG, 0.05, 0.38781), (STAG, 0.1, 0.18519), (CLOSE, 0.01, 3.06091), (CLOSE, 0.05, 0.55402),
    (CLOSE, 0.1, 0.23148), (RICH, 0.01, 4.98185), (RICH, 0.05, 1.0328), (RICH, 0.1, 0.54108),
]  # fmt: skip


def rule(gamma: float, epsilon: float, players: int = 2) -> Rule:
    return Rule((gamma,) * players, epsilon, Variance())


def regret(payoffs, p: float, gamma: float, epsilon: float) -> float:
    """RiskNashConv where both seats play action 0 with probability p."""
    x = np.array([p, 1 - p])
    return risk_nash_conv(symmetric(payoffs), (x, x), rule(gamma, epsilon))


def fields(payoffs, p: float, gamma: float) -> float:
    """h(p) of the closed form: utility's slope towards action 0 at p against p."""
    (a, b), (c, d) = payoffs
    k = (a - b) - (c - d)
    return p * (a - c) + (1 - p) * (b - d) - 2 * gamma * p * (1 - p) * k * (p * (a - b) + (1 - p) * (c - d))


def closed_form(payoffs, gamma: float, epsilon: float) -> list[float]:
    """All symmetric equilibria of a 2x2 game, from the cubic."""
    grid = np.linspace(epsilon, 1 - epsilon, 4001)
    values = np.array([fields(payoffs, p, gamma) for p in grid])
    roots = [
        float(grid[i] - values[i] * (grid[i + 1] - grid[i]) / (values[i + 1] - values[i]))
        for i in np.flatnonzero(values[:-1] * values[1:] < 0)
    ]
    return [epsilon] * int(values[0] <= 0) + roots + [1 - epsilon] * int(values[-1] >= 0)


@pytest.mark.parametrize(("payoffs", "epsilon", "gamma", "known", "limit"), KNOWN)
def test_known_equilibria_of_stag_hunts(payoffs, epsilon, gamma, known, limit):
    assert closed_form(payoffs, gamma, epsilon) == pytest.approx([abs(p) for p in known], abs=1e-4)
    for p in closed_form(payoffs, gamma, epsilon):
        assert regret(payoffs, p, gamma, epsilon) < 1e-6
    for p in (0.3, 0.7):
        assert regret(payoffs, p, gamma, epsilon) > 1e-3
    found = equilibria(symmetric(payoffs), gamma=gamma, epsilon=epsilon, restarts=6)
    assert found[0].profile[0][0] == pytest.approx(limit, abs=1e-5)
    reached = sorted(limit.profile[0][0] for limit in found)
    assert reached == pytest.approx([p for p in known if p > 0], abs=1e-5)  # the stable ones, all of them


@pytest.mark.parametrize(("payoffs", "epsilon", "gamma"), SURVIVES)
def test_how_much_caution_the_risky_action_survives(payoffs, epsilon, gamma):
    assert regret(payoffs, 1 - epsilon, gamma * 0.999, epsilon) < 1e-12
    assert regret(payoffs, 1 - epsilon, gamma * 1.002, epsilon) > 1e-7


def test_the_border_of_both_basins():
    below, above = (equilibria(symmetric(RICH), gamma=14 / 81 + d, epsilon=0.01)[0].profile[0][0] for d in (-0.01, 0.01))
    assert (below, above) == (pytest.approx(0.99, abs=1e-4), pytest.approx(0.01, abs=1e-4))


def test_rock_paper_scissors_from_elsewhere():
    table = classic("rock-paper-scissors").table
    for game in (symmetric(table), zero_sum(table)):
        start = (np.array([0.7, 0.2, 0.1]),) * 2
        (limit,) = equilibria(game, gamma=1.0, epsilon=0.0, start=start)
        assert limit.profile[0] == pytest.approx([1 / 3] * 3, abs=1e-2)
        assert limit.risk_nash_conv < 1e-4


@pytest.mark.parametrize(
    ("gamma", "x", "mean", "strategic", "total", "crashes"),
    [
        (0, (0.1053, 0.0526, 0.8420), 0.000, 0.491, 1.441, 0.00277),
        (0.01, (0.1073, 0.0499, 0.8428), 0.009, 0.457, 1.320, 0.00249),
        (0.1, (0.1268, 0.0354, 0.8379), 0.061, 0.303, 0.769, 0.00125),
        (0.5, (0.2550, 0.0176, 0.7273), 0.175, 0.175, 0.361, 0.00031),
        (1, (0.4059, 0.0123, 0.5818), 0.236, 0.118, 0.296, 0.00015),
    ],
)
def test_caution_at_the_crossing(gamma, x, mean, strategic, total, crashes):
    game = classic("crossing").game
    (limit,) = equilibria(game, gamma=gamma, epsilon=0.01, iterations=3000, step="1/(t+1)")
    assert limit.profile[0] == pytest.approx(x, abs=1e-3 if gamma == 0 else 6e-5)
    assert game.values(limit.profile)[0] == pytest.approx(mean, abs=1e-3)
    assert limit.converged == (gamma > 0)  # a risk-neutral player's best responses are pure: play circles ever closer
    split = variances(game, limit.profile)[0]
    assert split.strategic == pytest.approx(strategic, abs=5e-3 if gamma == 0 else 6e-4)
    assert split.total == pytest.approx(total, abs=2e-2 if gamma == 0 else 6e-4)
    assert limit.profile[0][1] ** 2 == pytest.approx(crashes, abs=3e-5 if gamma == 0 else 6e-6)


def test_trembles_come_off():
    (limit,) = equilibria(classic("crossing").game, gamma=1.0, epsilon=0.01)
    bare = limit.without_trembles(0.01)[0]
    assert bare.sum() == pytest.approx(1.0)
    assert bare[1] == pytest.approx((limit.profile[0][1] - 0.01) / 0.97)


@pytest.mark.parametrize("seed", range(3))
def test_without_caution_a_zero_sum_game_has_its_value(seed):
    table = np.random.default_rng(seed).uniform(-1, 1, (4, 5))
    game = zero_sum(table)
    profile = solve(game, "rae", gamma=0.0, epsilon=0.0, iterations=3000)
    assert game.values(profile)[0] == pytest.approx(maximin(table)[1], abs=1e-2)
    assert nash_conv(game, profile) < 4e-2


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.sampled_from((1e-3, 7.0, 1e4)), st.floats(-5, 5))
def test_payoffs_times_c_plus_d_and_gamma_over_c(seed, c, d):
    a, b = np.random.default_rng(seed).uniform(-1, 1, (2, 3, 4))
    options = {"epsilon": 0.01, "iterations": 40, "tolerance": 0.0, "settle": 0}
    one = solve((a, b), "rae", gamma=0.7, **options)
    other = solve((c * (a + d), c * (b + d)), "rae", gamma=0.7 / c, **options)
    for x, y in zip(one, other, strict=True):
        assert x == pytest.approx(y, abs=1e-5)


@settings(max_examples=15)
@given(st.integers(0, 10_000))
def test_the_order_of_actions_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    a, b = rng.uniform(-1, 1, (2, 4, 3))
    rows, columns = rng.permutation(4), rng.permutation(3)
    options = {"gamma": 0.8, "epsilon": 0.02, "iterations": 40, "tolerance": 0.0, "settle": 0}
    x, y = solve((a, b), "rae", **options)
    p, q = solve((a[rows][:, columns], b[rows][:, columns]), "rae", **options)
    assert p == pytest.approx(x[rows], abs=1e-5)
    assert q == pytest.approx(y[columns], abs=1e-5)


def test_the_default_step_is_faster_in_zero_sum_games():
    game = zero_sum(np.random.default_rng(5).uniform(-1, 1, (5, 5)))
    options = {"gamma": 0.5, "epsilon": 0.01, "iterations": 300, "tolerance": 0.0, "settle": 0}
    left = {step: equilibria(game, step=step, **options)[0].risk_nash_conv for step in (*STEPS, 0.05)}
    assert left["2/(t+2)"] < 0.1 * left["1/(t+1)"]
    assert max(left.values()) < 0.02


def test_three_players_and_caution_by_player():
    game = Game(np.random.default_rng(0).uniform(-1, 1, (3, 2, 3, 2)))
    limit = equilibria(game, gamma=(0.0, 1.0, 3.0), epsilon=0.01, iterations=1000)[0]
    assert [len(x) for x in limit.profile] == [2, 3, 2]
    assert limit.risk_nash_conv < 0.05


def test_utility_selects_among_limits():
    game = symmetric(STAG)
    assert solve(game, "rae", gamma=0.1, epsilon=0.01, restarts=4)[0][0] == pytest.approx(0.01, abs=1e-4)
    assert solve(game, "rae", gamma=0.1, epsilon=0.01, restarts=4, select="utility")[0][0] == pytest.approx(0.99, abs=1e-4)


def test_play_goes_on_from_a_given_start():
    game = symmetric(STAG)
    assert solve(game, "rae", gamma=0.1, epsilon=0.01, start=((0.95, 0.05),) * 2)[0][0] == pytest.approx(0.99, abs=1e-4)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"gamma": -0.1}, "gamma is .* expected 0 or more"),
        ({"gamma": float("nan")}, "gamma is"),
        ({"epsilon": 0.5}, "epsilon is 0.5; expected 0 or more and below 1/2"),
        ({"epsilon": -0.01}, "epsilon is -0.01"),
        ({"step": "2/(t+3)"}, "did you mean 2/"),
        ({"step": 0.0}, "constant step"),
        ({"iterations": 0}, "iterations is 0"),
        ({"select": "best"}, "unknown selection"),
        ({"gamma": (0.1, 0.2, 0.3)}, "gamma"),
        ({"start": ((0.5, 0.6), (0.5, 0.5))}, "no distribution"),
        ({"start": ((1.0,), (0.5, 0.5))}, "expected one per player"),
        ({"restarts": 0}, "restarts is 0"),
    ],
)
def test_wrong_options(options, words):
    with pytest.raises(SkyrallyError, match=words):
        solve(symmetric(STAG), "rae", **options)
