"""Exact double oracle and the learners' objectives: certificates that hold, gradients that are right."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyrally.errors import SkyrallyError
from skyrally.games import Game, classic, double_oracle, nash_conv, solve, zero_sum
from skyrally.games.objectives import marginal_gap, opponent_weights, strategic_score
from skyrally.games.risk import Variance, covariance


@pytest.mark.parametrize(("seed", "size"), [(0, 15), (1, 10), (2, 10)])
def test_the_marginal_certificate_holds_in_zero_sum_games(seed, size):
    found = double_oracle(zero_sum(np.random.default_rng(seed).uniform(-1, 1, (size, size))), gamma=1.0)
    assert max(found.gaps) <= 1e-5
    assert found.risk_nash_conv <= 2e-5
    for x, known in zip(found.profile, found.actions, strict=True):
        assert not np.delete(x, known).any()


def test_actions_judged_alone_stop_too_early():
    games = [zero_sum(np.random.default_rng(seed).uniform(-1, 1, (15, 15))) for seed in range(3)]
    alone, marginal = ([double_oracle(game, gamma=5.0, oracle=o).risk_nash_conv for game in games] for o in ("alone", "marginal"))
    assert max(marginal) < 1e-5
    assert np.median(alone) > 1e-3


def test_risk_neutral_double_oracle_finds_the_value():
    game = zero_sum(np.random.default_rng(3).uniform(-1, 1, (20, 30)))
    found = double_oracle(game, solver=lambda restricted: solve(restricted, "nash"))
    assert found.risk_nash_conv == pytest.approx(nash_conv(game, found.profile), abs=1e-9)
    assert found.risk_nash_conv < 1e-8
    assert len(found.actions[0]) < 20


def test_one_population_and_three_players():
    found = double_oracle(classic("rock-paper-scissors").game, gamma=0.5)
    assert found.profile[0] == pytest.approx([1 / 3] * 3, abs=1e-3)
    assert found.actions[0] == found.actions[1]
    three = double_oracle(Game(np.random.default_rng(0).uniform(-1, 1, (3, 3, 3, 3))), gamma=1.0, rounds=4)
    assert three.rounds <= 4
    assert [x.sum() for x in three.profile] == pytest.approx([1, 1, 1])


def test_wrong_options():
    for options, words in (({"oracle": "margin"}, "did you mean marginal"), ({"rounds": 0}, "rounds is 0"), ({"gamma": -1.0}, "gamma is")):
        with pytest.raises(SkyrallyError, match=words):
            double_oracle(zero_sum(np.eye(2)), **options)


@given(st.integers(0, 10_000), st.floats(0, 5))
def test_weights_are_the_gradient_of_the_strategic_score(seed, gamma):
    rng = np.random.default_rng(seed)
    returns, y = rng.uniform(-1, 1, 5), rng.dirichlet(np.ones(5))
    weights = y * opponent_weights(returns, y, gamma)
    for j, h in enumerate(1e-6 * np.eye(5)):
        slope = (strategic_score(returns + h, y, gamma) - strategic_score(returns - h, y, gamma)) / 2e-6
        assert weights[j] == pytest.approx(slope, abs=1e-6)


@given(st.integers(0, 10_000), st.floats(0, 5))
def test_the_marginal_gap_is_the_slope_of_the_populations_utility(seed, gamma):
    rng = np.random.default_rng(seed)
    game = Game(rng.uniform(-1, 1, (2, 4, 5)))
    x, y = np.append(rng.dirichlet(np.ones(3)), 0.0), rng.dirichlet(np.ones(5))
    faced = game.prospects[0]
    gap, error = marginal_gap(faced.mean[3], x @ faced.mean, y, gamma, errors=np.full(5, 0.1))
    choice = Variance().choice(faced, y, gamma, 0.0)
    assert gap == pytest.approx(choice.slope(x)[3] - choice.slope(x) @ x)
    h = 1e-6
    moved = (1 - h) * x + h * np.eye(4)[3]
    assert gap == pytest.approx((choice.utility(moved) - choice.utility(x)) / h, abs=1e-4)
    assert error == pytest.approx(0.1 * np.linalg.norm(y * opponent_weights(x @ faced.mean, y, gamma)))
    assert strategic_score(x @ faced.mean, y, gamma) == pytest.approx(x @ faced.mean @ y - gamma * x @ covariance(faced, y) @ x)
