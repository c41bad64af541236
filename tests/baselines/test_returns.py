"""Estimators with known answers, and against their defining sums."""

from __future__ import annotations

import pytest
import torch

from skyrally.baselines.returns import gae, lambda_returns, successor_values

T, W = 12, 5


def column(*values):
    return torch.tensor(values, dtype=torch.float64)[:, None]


def flags(*values):
    return torch.tensor(values, dtype=torch.bool)[:, None]


def test_gae_by_hand():
    """Two steps, gamma 0.5, lambda 0.5: delta = (1 + 0.5 * 4 - 2, 3 + 0.5 * 6 - 4) = (1, 2); A = (1 + 0.25 * 2, 2)."""
    advantage = gae(column(1, 3), column(0.5, 0.5), column(2, 4), column(4, 6), flags(0, 0), 0.5)
    assert advantage[:, 0].tolist() == [1.5, 2.0]


def test_termination_does_not_bootstrap_and_truncation_does():
    v_t, reward = column(2, 4), column(1, 3)
    ended = gae(reward, column(0.0, 0.5), v_t, column(100, 6), flags(1, 0), 0.5)
    assert ended[0].item() == 1 - 2
    cut = gae(reward, column(0.5, 0.5), v_t, column(10, 6), flags(1, 0), 0.5)
    assert cut[0].item() == 1 + 0.5 * 10 - 2  # the true successor's value, and nothing of the next episode


def test_successor_values_take_the_kept_ones():
    v_t, v_last = torch.arange(6.0).view(3, 2, 1), torch.tensor([[90.0], [91.0]])
    v_tp1 = successor_values(v_t, v_last, (torch.tensor([1]), torch.tensor([0])), torch.tensor([[7.0]]))
    assert v_tp1[..., 0].tolist() == [[2.0, 3.0], [7.0, 5.0], [90.0, 91.0]]


@pytest.fixture
def data():
    generator = torch.Generator().manual_seed(1)
    draw = torch.rand(4, T, W, 1, generator=generator, dtype=torch.float64)
    done = draw[0] < 0.2
    discount = 0.9 * ~(done & (draw[1] < 0.5))
    v = torch.randn(T + 1, W, 1, generator=generator, dtype=torch.float64)
    v_tp1 = torch.where(done, 5 * draw[2], v[1:])
    return draw[3], discount, v[:-1], v_tp1, done


def nstep(data, t, w, n):
    """r + discount r + ... over n steps and the value then, stopping at an end or where the data ends."""
    reward, discount, _, v_tp1, done = data
    total, weight = 0.0, 1.0
    for k in range(t, min(t + n, T)):
        total += weight * reward[k, w, 0]
        weight = weight * discount[k, w, 0]
        if done[k, w, 0] or k == min(t + n, T) - 1:
            return total + weight * v_tp1[k, w, 0]
    raise AssertionError


@pytest.mark.parametrize("lambda_", [0.0, 0.7, 1.0])
def test_lambda_returns_are_mixtures_of_n_step_returns(data, lambda_):
    """G = (1 - lambda) sum lambda^(n-1) G_n, the rest of the weight on the longest."""
    reward, discount, _, v_tp1, done = data
    got = lambda_returns(reward, discount, v_tp1, done, lambda_)
    for t in range(T):
        for w in range(W):
            ends = next((k for k in range(t, T) if done[k, w, 0]), T - 1) - t + 1
            mix = sum((1 - lambda_) * lambda_ ** (n - 1) * nstep(data, t, w, n) for n in range(1, ends))
            assert got[t, w, 0].item() == pytest.approx(float(mix + lambda_ ** (ends - 1) * nstep(data, t, w, ends)))


@pytest.mark.parametrize("lambda_", [0.0, 0.95, 1.0])
def test_gae_is_the_lambda_return_less_the_value(data, lambda_):
    reward, discount, v_t, v_tp1, done = data
    advantage = gae(reward, discount, v_t, v_tp1, done, lambda_)
    returns = lambda_returns(reward, discount, v_tp1, done, lambda_)
    # Equal where the value of the successor is the next row's value (elsewhere the episode ends, and so do the sums).
    assert torch.allclose(advantage + v_t, returns)
