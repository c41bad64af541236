"""The exact best response: known answers, first-order conditions, programs at the edge of rounding."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyrally.games import Variance
from skyrally.games.normal_form import Prospect
from skyrally.games.quadratic import gap, maximise
from skyrally.games.risk import covariance

TABLE, BELIEF = np.array([[4, -2], [1, 0.5], [0, 0.2]]), np.array([0.5, 0.5])
KNOWN = [  # gamma, epsilon, mixture, utility
    (0, 0, (1, 0, 0), 1.0),
    (0.05, 0, (0.239669, 0.760331, 0), 0.768595),
    (0.1, 0, (0.074380, 0.925620, 0), 0.747934),
    (0.2, 0, (0, 1, 0), 0.7375),
    (1, 0, (0, 1, 0), 0.6875),
    (0, 0.05, (0.9, 0.05, 0.05), 0.9425),
    (0.05, 0.05, (0.246033, 0.703967, 0.05), 0.737686),
    (0.1, 0.05, (0.080744, 0.869256, 0.05), 0.717025),
    (0.2, 0.05, (0.05, 0.9, 0.05), 0.702620),
    (1, 0.05, (0.05, 0.9, 0.05), 0.593100),
]


def prospect(table: np.ndarray) -> Prospect:
    return Prospect(table, np.zeros_like(table), np.zeros_like(table))


@pytest.mark.parametrize(("gamma", "epsilon", "mixture", "utility"), KNOWN)
def test_known_best_responses(gamma, epsilon, mixture, utility):
    choice = Variance().choice(prospect(TABLE), BELIEF, gamma, epsilon)
    x = choice.best()
    assert x == pytest.approx(mixture, abs=1e-6)
    assert choice.utility(x) == pytest.approx(utility, abs=1e-6)


def test_the_known_covariance():
    expected = [[9, 0.75, -0.3], [0.75, 0.0625, -0.025], [-0.3, -0.025, 0.01]]
    assert covariance(prospect(TABLE), BELIEF) == pytest.approx(np.array(expected))


@st.composite
def programs(draw):
    n, columns = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    table = rng.uniform(-1, 1, (n, columns)) * draw(st.sampled_from((1e-6, 1.0, 1e6)))
    y = rng.dirichlet(np.full(columns, draw(st.sampled_from((0.02, 1.0)))))
    gamma = draw(st.sampled_from((0.0, 1e-3, 0.1, 1.0, 30.0))) / np.abs(table).max()
    return table, y, gamma, draw(st.sampled_from((0.0, 0.3, 0.999))) / n


@given(programs())
def test_first_order_conditions(program):
    table, y, gamma, epsilon = program
    choice = Variance().choice(prospect(table), y, gamma, epsilon)
    x = choice.best()
    assert x.sum() == pytest.approx(1.0)
    assert x.min() >= epsilon - 1e-15
    assert gap(choice.slope(x), x, epsilon) <= 1e-6 * np.abs(table).max()


@given(programs(), st.integers(0, 1000))
def test_no_random_mixture_is_better(program, seed):
    table, y, gamma, epsilon = program
    choice, n = Variance().choice(prospect(table), y, gamma, epsilon), len(table)
    best = choice.utility(choice.best())
    for z in np.random.default_rng(seed).dirichlet(np.ones(n), 20):
        assert choice.utility(epsilon + (1 - n * epsilon) * z) <= best + 1e-6 * np.abs(table).max()


@given(programs(), st.integers(0, 1000))
def test_the_gap_bounds_what_can_be_gained(program, seed):
    table, y, gamma, epsilon = program
    choice, n = Variance().choice(prospect(table), y, gamma, epsilon), len(table)
    x = epsilon + (1 - n * epsilon) * np.random.default_rng(seed).dirichlet(np.ones(n))
    gained = choice.utility(choice.best()) - choice.utility(x)
    assert gained <= gap(choice.slope(x), x, epsilon) + 1e-9 * np.abs(table).max()


def test_degenerate_programs():
    assert maximise(np.zeros(1), np.zeros((1, 1)), 0.0) == pytest.approx([1.0])
    assert maximise(np.zeros(3), np.eye(3), 0.0) == pytest.approx([1 / 3] * 3)
    assert maximise(np.array([1.0, 1.0 + 1e-9]), np.zeros((2, 2)), 0.25) == pytest.approx([0.25, 0.75])
    assert maximise(np.array([1e12, 0.0]), 1e12 * np.ones((2, 2)), 0.0) == pytest.approx([1.0, 0.0])
