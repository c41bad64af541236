"""Risks: covariance, the split of variance and what sampling adds to it, and best responses under each risk."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from skyrally.errors import SkyrallyError
from skyrally.games import Game, LowerPartialMoment, PayoffTable, TailLoss, Variance, classic, equilibria, solve
from skyrally.games.normal_form import Prospect
from skyrally.games.quadratic import gap
from skyrally.games.risk import covariance, variances


def prospect(table: np.ndarray, noise: float = 0.0, error: float = 0.0) -> Prospect:
    return Prospect(table, np.full_like(table, noise), np.full_like(table, error))


seeds = st.integers(0, 2**32 - 1)


@given(seeds, st.integers(1, 6), st.integers(1, 6), st.sampled_from((0.0, 0.1, 10.0)))
def test_covariance_is_semidefinite_and_symmetric(seed, n, columns, error):
    rng = np.random.default_rng(seed)
    sigma = covariance(prospect(rng.normal(size=(n, columns)), error=error), rng.dirichlet(np.ones(columns)))
    assert sigma == pytest.approx(sigma.T)
    assert np.linalg.eigvalsh(sigma).min() > -1e-12


def test_a_pure_opponent_is_no_risk():
    table = np.random.default_rng(0).normal(size=(3, 4))
    assert covariance(prospect(table, error=1.0), np.eye(4)[2]) == pytest.approx(np.zeros((3, 3)))


@given(seeds)
def test_variances_add_up_to_that_of_an_episode(seed):
    rng = np.random.default_rng(seed)
    payoffs, noise = rng.normal(size=(2, 3, 4)), rng.uniform(0, 1, (2, 3, 4))
    game, profile = Game(payoffs, noise=noise), (rng.dirichlet(np.ones(3)), rng.dirichlet(np.ones(4)))
    joint = np.outer(*profile)
    for k, split in enumerate(variances(game, profile)):
        second = (joint * (payoffs[k] ** 2 + noise[k])).sum()
        assert split.total == pytest.approx(second - (joint * payoffs[k]).sum() ** 2)
        x, y = profile[k], profile[1 - k]
        assert split.strategic == pytest.approx(x @ covariance(game.prospects[k], y) @ x)


def test_sampling_inflates_the_covariance_and_the_correction_takes_it_off():
    rng, y, runs, episodes = np.random.default_rng(0), np.array([0.5, 0.3, 0.2]), 400, 20
    means, spread = np.array([[0.6, 0.3, 0.1], [0.2, 0.2, 0.4]]), 0.7
    true = covariance(prospect(means), y)
    found = {corrected: np.zeros((2, 2)) for corrected in (True, False)}
    for _ in range(runs):
        table = PayoffTable((2, 3))
        for i, j in np.ndindex(2, 3):
            drawn = rng.normal(means[i, j], spread, episodes)
            table.add((i, j), (drawn, -drawn))
        faced = table.game().prospects[0]
        for corrected in found:
            sigma = faced.mean - (faced.mean @ y)[:, None]
            naive = (sigma * y) @ sigma.T
            found[corrected] += (naive - corrected * np.diag(faced.error @ (y * (1 - y)))) / runs
    added = spread**2 / episodes * (y * (1 - y)).sum()
    assert found[False].diagonal() - true.diagonal() == pytest.approx([added] * 2, rel=0.2)
    assert found[True] == pytest.approx(true, abs=0.2 * added)
    faced = Prospect(means, np.zeros_like(means), np.full_like(means, 1e-4))
    assert covariance(faced, y) == pytest.approx(true - 1e-4 * (y * (1 - y)).sum() * np.eye(2), abs=1e-12)  # small enough to stay definite


def test_what_an_episode_varies_by():
    rng, y = np.random.default_rng(1), np.array([0.25, 0.75])
    means, noise = np.array([[1.0, -1.0], [0.2, 0.1]]), np.array([[0.5, 0.1], [0.3, 0.2]])
    drawn = rng.choice(2, 200_000, p=y)
    for i in range(2):
        payoffs = rng.normal(means[i, drawn], np.sqrt(noise[i, drawn]))
        assert payoffs.var() == pytest.approx((noise @ y)[i] + covariance(prospect(means), y)[i, i], rel=0.02)


RISKS = (
    Variance(),
    Variance("linear"),
    Variance("diagonal"),
    LowerPartialMoment(0.1),
    LowerPartialMoment(-0.4),
    TailLoss(0.3),
    TailLoss(1.0),
)


@pytest.mark.parametrize("risk", RISKS, ids=repr)
@given(seed=seeds, gamma=st.sampled_from((0.0, 0.2, 2.0, 40.0)), epsilon=st.sampled_from((0.0, 0.02)))
def test_best_responses_beat_every_mixture(risk, seed, gamma, epsilon):
    rng = np.random.default_rng(seed)
    n, columns = rng.integers(1, 6, 2)
    choice = risk.choice(prospect(rng.uniform(-1, 1, (n, columns)), noise=0.3), rng.dirichlet(np.ones(columns)), gamma, epsilon)
    x = choice.best()
    assert x.sum() == pytest.approx(1.0)
    assert x.min() >= epsilon - 1e-12
    for z in rng.dirichlet(np.ones(n), 15):
        z = epsilon + (1 - n * epsilon) * z
        assert choice.utility(z) <= choice.utility(x) + 1e-6 * (1 + gamma)
        assert choice.utility(x) - choice.utility(z) <= gap(choice.slope(z), z, epsilon) + 1e-9 * (1 + gamma)  # concave
    if not isinstance(risk, TailLoss):
        assert gap(choice.slope(x), x, epsilon) <= 1e-6 * (1 + gamma)


@pytest.mark.parametrize("risk", [Variance(), Variance("diagonal"), LowerPartialMoment(0.3)], ids=repr)
def test_slopes_are_derivatives(risk):
    rng = np.random.default_rng(3)
    choice = risk.choice(prospect(rng.uniform(-1, 1, (3, 4)), noise=0.2), rng.dirichlet(np.ones(4)), 1.3, 0.0)
    x = np.array([0.5, 0.3, 0.2])
    for k, slope in enumerate(choice.slope(x)):
        h = 1e-6 * np.eye(3)[k]
        assert slope == pytest.approx((choice.utility(x + h) - choice.utility(x - h)) / 2e-6, rel=1e-5)


def test_the_tail_loss_is_the_mean_of_the_worst():
    table, y = np.array([[-10.0, 0, 1, 2]]), np.array([0.1, 0.4, 0.4, 0.1])
    neutral, averse = (TailLoss(0.2).choice(prospect(table), y, gamma, 0.0).utility(np.ones(1)) for gamma in (0.0, 1.0))
    assert averse - neutral == pytest.approx((0.1 * -10 + 0.1 * 0) / 0.2)


def test_the_tail_program_agrees_with_a_general_optimiser():
    rng = np.random.default_rng(4)
    table, y = rng.uniform(-1, 1, (2, 6)), rng.dirichlet(np.ones(6))
    choice = TailLoss(0.25).choice(prospect(table), y, 2.0, 0.0)
    found = minimize(lambda p: -choice.utility(np.array([p[0], 1 - p[0]])), [0.5], bounds=[(0, 1)], method="Nelder-Mead")
    assert choice.utility(choice.best()) == pytest.approx(-found.fun, abs=1e-4)


@pytest.mark.parametrize("risk", [LowerPartialMoment(0.0), TailLoss(0.05)], ids=repr)
def test_other_risks_make_crashes_rarer_too(risk):
    game = classic("crossing").game
    neutral = solve(game, "rae", gamma=0.0, epsilon=0.01)[0]
    averse = equilibria(game, gamma=0.5, epsilon=0.01, risk=risk, iterations=100)[0]
    assert averse.profile[0][1] < 0.5 * neutral[1]
    assert averse.risk_nash_conv < 0.05


def test_noise_within_cells_can_count():
    noise = np.array([[0.0, 0.0], [4.0, 4.0]])
    game = Game((np.array([[1.0, 1.0], [1.2, 1.2]]),) * 2, noise=(noise, noise.T))
    assert solve(game, "rae", gamma=0.2, epsilon=0.01)[0][1] == pytest.approx(0.99, abs=1e-3)
    for form in ("linear", "diagonal"):
        assert solve(game, "rae", gamma=0.2, epsilon=0.01, risk=Variance(form), iterations=300)[0][1] < 0.2


def test_wrong_risks():
    with pytest.raises(SkyrallyError, match="did you mean linear"):
        Variance("linaer")
    with pytest.raises(SkyrallyError, match="level of the tail is 0"):
        TailLoss(0)
