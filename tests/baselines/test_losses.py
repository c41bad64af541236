"""Losses with known answers."""

from __future__ import annotations

import math

import pytest
import torch
from torch.distributions import Categorical, Independent, Normal

from skyrally.baselines.losses import (
    ValueScale,
    choice_draw,
    choice_entropy,
    choice_log_prob,
    clipped_surrogate,
    gaussian_entropy,
    gaussian_log_prob,
    kl_estimate,
    margin_loss,
    masked_mean,
    normalised,
    value_loss,
)


def test_the_choice_is_torchs():
    torch.manual_seed(0)
    scores, action = torch.randn(3, 7, 5), torch.randint(5, (3, 7, 1)).float()
    law = Categorical(logits=scores)
    assert torch.allclose(choice_log_prob(action, scores), law.log_prob(action[..., 0]), atol=1e-6)
    assert torch.allclose(choice_entropy(scores), law.entropy(), atol=1e-6)


def test_choices_are_drawn_by_their_probability():
    torch.manual_seed(0)
    scores = torch.log(torch.tensor([0.5, 0.3, 0.2]))
    drawn = choice_draw(scores.expand(20_000, 3))
    assert drawn.shape == (20_000, 1)
    shares = torch.bincount(drawn[:, 0].long()) / 20_000
    assert torch.allclose(shares, scores.exp(), atol=0.015)


def test_the_gaussian_is_torchs():
    torch.manual_seed(0)
    mean, log_std, action = torch.randn(3, 7, 4)
    law = Independent(Normal(mean, log_std.exp()), 1)
    assert torch.allclose(gaussian_log_prob(action, mean, log_std), law.log_prob(action), atol=1e-5)
    assert torch.allclose(gaussian_entropy(log_std), law.entropy(), atol=1e-5)


def test_entropy_grows_with_the_actions_numbers():
    one, four = gaussian_entropy(torch.zeros(1)), gaussian_entropy(torch.zeros(4))
    assert one.item() == pytest.approx(0.5 * math.log(2 * math.pi * math.e))
    assert four.item() == pytest.approx(4 * one.item())


@pytest.mark.parametrize(
    ("ratio", "advantage", "loss", "slope"),
    [
        (1.0, 2.0, -2.0, -2.0),
        (1.5, 2.0, -2.4, 0.0),  # clipped above: no more is to be won
        (0.5, 2.0, -1.0, -1.0),
        (0.5, -2.0, 1.6, 0.0),  # clipped below
        (1.5, -2.0, 3.0, 3.0),
    ],
)
def test_the_surrogate_by_hand(ratio, advantage, loss, slope):
    log_prob = torch.tensor([math.log(ratio)], requires_grad=True)
    value = clipped_surrogate(log_prob, torch.zeros(1), torch.tensor([advantage]), clip=0.2)
    value.backward()
    assert value.item() == pytest.approx(loss)
    assert log_prob.grad.item() == pytest.approx(slope)


def test_masks_leave_rows_out():
    x, mask = torch.tensor([1.0, 5.0, 9.0]), torch.tensor([True, False, True])
    assert masked_mean(x, mask) == 5.0
    assert masked_mean(x) == 5.0
    assert masked_mean(x, torch.zeros(3, dtype=torch.bool)) == 0.0
    out = normalised(torch.tensor([1.0, 1e6, 3.0]), mask)
    assert out[[0, 2]].tolist() == pytest.approx([-1.0, 1.0])
    dead = clipped_surrogate(torch.zeros(3), torch.zeros(3), torch.tensor([1.0, 1e6, 3.0]), 0.2, mask)
    assert dead.item() == -2.0


def test_huber_by_hand():
    assert value_loss(torch.tensor([3.0]), torch.tensor([0.0]), delta=1.0).item() == 2.5
    assert value_loss(torch.tensor([0.5]), torch.tensor([0.0]), delta=1.0).item() == 0.125


def test_the_kl_estimate_is_the_kl():
    torch.manual_seed(0)
    old, new = Normal(0.0, 1.0), Normal(0.3, 1.2)
    x = old.sample((400_000,))
    assert kl_estimate(new.log_prob(x), old.log_prob(x)).item() == pytest.approx(
        torch.distributions.kl_divergence(old, new).item(), rel=0.03
    )


def test_the_value_scale_normalises_and_keeps_predictions():
    torch.manual_seed(0)
    scale, last = ValueScale(beta=0.5), torch.nn.Linear(3, 2)
    features = torch.randn(10, 3)
    assert torch.equal(scale.denormalise(scale.normalise(features)), features)
    for shift in (0.0, 50.0, -500.0):
        before = scale.denormalise(last(features))
        returns = torch.randn(4000) * 30 + shift
        scale.update(returns, last)
        assert torch.allclose(scale.denormalise(last(features)), before, rtol=1e-3, atol=1e-2)
    for _ in range(20):
        scale.update(returns, last)
    z = scale.normalise(returns)
    assert z.mean().item() == pytest.approx(0.0, abs=1e-3)
    assert z.std().item() == pytest.approx(1.0, abs=1e-3)


def test_the_margin_loss_by_hand():
    """The second choice is the teacher's: worth 1. The third lies 4 away and is worth 0.5 too much, the first lies 1 away and is not."""
    values = torch.tensor([[-1.0, 1.0, -2.5]], requires_grad=True)
    loss = margin_loss(values, torch.tensor([[1.0, 0.0, 4.0]]))
    loss.backward()
    assert loss.item() == pytest.approx(0.5)
    assert torch.equal(values.grad, torch.tensor([[0.0, -1.0, 1.0]]))
    assert margin_loss(torch.tensor([[-1.0, 1.0, -3.5]]), torch.tensor([[1.0, 0.0, 4.0]])) == 0.0
    both = torch.tensor([[-1.0, 1.0, -2.5], [0.0, 1.0, 0.0]])
    assert margin_loss(both, torch.tensor([[1.0, 0.0, 4.0], [3.0, 0.0, 0.0]]), torch.tensor([True, False])).item() == pytest.approx(0.5)
