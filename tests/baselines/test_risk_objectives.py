"""What best responses optimise: sums over episodes that come out as the formulas say, weights, running means."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from skyrally.baselines.risk_objectives import clipped_weights, episodic_reward, per_step_reward, running_mean, sums_so_far


def test_sums_start_anew_after_the_last_step():
    r = torch.tensor([[1.0, 5.0], [2.0, 6.0], [4.0, 7.0]])
    done = torch.tensor([[False, False], [True, False], [False, True]])
    earlier, so_far, rest = sums_so_far(r, done, torch.tensor([10.0, 0.0]))
    assert earlier.tolist() == [[10, 0], [11, 5], [0, 11]]
    assert so_far.tolist() == [[11, 5], [13, 11], [4, 18]]
    assert rest.tolist() == [4, 0]


@given(st.integers(0, 1000), st.floats(0, 3), st.floats(-2, 2))
def test_episodic_rewards_sum_up_to_the_score(seed, gamma, centre):
    """Over an episode: G − γ (G − c)² + γ c²."""
    r = torch.from_numpy(np.random.default_rng(seed).normal(size=(6, 3)))
    done = torch.zeros(6, 3, dtype=torch.bool)
    earlier, _, _ = sums_so_far(r, done, torch.zeros(3, dtype=torch.float64))
    total = r.sum(0)
    score = total - gamma * (total - centre) ** 2 + gamma * centre**2
    assert torch.allclose(episodic_reward(r, earlier, centre, gamma).sum(0), score, atol=1e-9)


def test_the_mean_of_the_episodic_score_is_mean_less_variance():
    """With c the mean return: E[score] − γ c² = E[G] − γ Var[G]."""
    g = torch.tensor([[1.0, 2.0, 6.0]])
    c, gamma = float(g.mean()), 0.3
    score = episodic_reward(g, torch.zeros(1, 3), c, gamma) - gamma * c**2
    assert float(score.mean()) == pytest.approx(3.0 - gamma * float(g.var(correction=0)))


def test_per_step_rewards():
    assert per_step_reward(torch.tensor([2.0]), 1.0, 0.5).tolist() == [2.0 - 0.5 * 4.0 + 2.0 * 0.5 * 2.0 * 1.0]
    r = torch.tensor([0.0, 1.0, 5.0])
    c = float(r.mean())
    assert float(per_step_reward(r, c, 0.2).mean()) == pytest.approx(c - 0.2 * float(r.var(correction=0)) + 0.2 * c**2)


def test_weights_are_clipped():
    weights = clipped_weights(np.array([0.0, 4.0]), np.array([0.5, 0.5]), 1.0, 0.0, 4.5)
    assert weights.tolist() == [4.5, 0.0]  # 1 - 2 (0 - 2) = 5, 1 - 2 (4 - 2) = -3
    assert clipped_weights(np.array([0.0, 4.0]), np.array([0.5, 0.5]), 0.0, 0.0, 5.0).tolist() == [1.0, 1.0]


def test_running_means_forget():
    mean, weight = running_mean(0.0, np.array([1.0, 3.0]), 0.0, 10.0)
    assert (mean, weight) == (2.0, 2.0)
    assert running_mean(2.0, np.zeros(0), 2.0, 10.0) == (2.0, 2.0)
    mean, weight = running_mean(0.0, np.full(5, 4.0), 10.0, 10.0)
    assert (mean, weight) == (2.0, 10.0)
    assert running_mean(9.0, np.full(20, 1.0), 10.0, 10.0) == (1.0, 10.0)
