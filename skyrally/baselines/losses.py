"""Losses as pure functions of tensors; means over rows, of which a mask may leave some out."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ..errors import SkyrallyError

HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)


class Diverged(SkyrallyError):
    """Learning broke down: losses are not finite."""


def gaussian_log_prob(action: Tensor, mean: Tensor, log_std: Tensor) -> Tensor:
    """log of the density of a diagonal Gaussian: summed over the last axis, the action's numbers."""
    z = (action - mean) * torch.exp(-log_std)
    return -(0.5 * z * z + log_std + HALF_LOG_2PI).sum(-1)


def gaussian_entropy(log_std: Tensor) -> Tensor:
    """Entropy (nats) of the whole action, summed over its numbers: sum log std + A/2 log(2 pi e)."""
    return (log_std + (HALF_LOG_2PI + 0.5)).sum(-1)


def gaussian_draw(mean: Tensor, log_std: Tensor) -> Tensor:
    """An action [..., A]."""
    return torch.addcmul(mean, torch.randn(mean.shape), log_std.exp())


def choice_draw(scores: Tensor) -> Tensor:
    """A choice [..., 1] with probability softmax(scores [..., K]), by the largest of scores with Gumbel noise."""
    return (scores - torch.empty_like(scores).exponential_().log()).argmax(-1, keepdim=True).float()


def choice_log_prob(action: Tensor, scores: Tensor) -> Tensor:
    """log of the probability of the choice that is the action's first number: log softmax(scores)[choice]."""
    return scores.log_softmax(-1).gather(-1, action[..., :1].long())[..., 0]


def choice_entropy(scores: Tensor) -> Tensor:
    """Entropy (nats) of softmax(scores)."""
    log_p = scores.log_softmax(-1)
    return -(log_p.exp() * log_p).sum(-1)


class Distribution(NamedTuple):
    """What a policy's networks tell of actions: functions of their two outputs (see `Actor.forward`)."""

    draw: Callable[[Tensor, Tensor], Tensor]
    log_prob: Callable[[Tensor, Tensor, Tensor], Tensor]  # of (action, ...)
    entropy: Callable[[Tensor, Tensor], Tensor]


GAUSSIAN = Distribution(gaussian_draw, gaussian_log_prob, lambda mean, log_std: gaussian_entropy(log_std))
CHOICE = Distribution(
    lambda scores, _: choice_draw(scores),
    lambda action, scores, _: choice_log_prob(action, scores),
    lambda scores, _: choice_entropy(scores),
)


def masked_mean(x: Tensor, mask: Tensor | None = None) -> Tensor:
    """Mean of x where mask is true (None: everywhere); 0 where it is true nowhere."""
    return x.mean() if mask is None else (x * mask).sum() / mask.sum().clamp(min=1)


def clipped_surrogate(log_prob: Tensor, old_log_prob: Tensor, advantage: Tensor, clip: float, mask: Tensor | None = None) -> Tensor:
    """PPO's policy loss (Schulman et al. 2017, eq. 7), to be minimised: -min(ratio A, clip(ratio, 1 - clip, 1 + clip) A).

    One ratio per drone, of its whole action: nothing is multiplied by the number of action numbers.
    """
    ratio = torch.exp(log_prob - old_log_prob)
    return -masked_mean(torch.minimum(ratio * advantage, ratio.clamp(1.0 - clip, 1.0 + clip) * advantage), mask)


def value_loss(value: Tensor, target: Tensor, delta: float) -> Tensor:
    """Huber loss: half the square up to `delta`, linear beyond."""
    return nn.functional.huber_loss(value, target, delta=delta)


def margin_loss(values: Tensor, distance: Tensor, mask: Tensor | None = None) -> Tensor:
    """Large-margin loss of a teacher's choice: max_a (Q(a) + d(a)) - (Q(e) + d(e)), e the choice of least distance.

    values, distance [..., K]. Zero when every other choice is worth less by as much as it is farther from what the teacher does.
    After Hester et al. 2018 (eq. 4), whose margin is the same for all others.
    """
    least, taught = distance.min(-1, keepdim=True)
    best = (values + distance).amax(-1)
    return masked_mean(best - (values.gather(-1, taught) + least)[..., 0], mask)


def lesson_loss(mean: Tensor, lesson: Tensor) -> Tensor:
    """[...] mean over the action's numbers [..., A] of the squares of what `mean` is off.

    Worlds clip actions to [-1, 1]: beyond the bound that the lesson is at is as good as at it.
    """
    beyond = mean * lesson.sign() > 1.0
    return torch.where(beyond & (lesson.abs() >= 1.0), 0.0, mean - lesson).square().mean(-1)


def kl_estimate(log_prob: Tensor, old_log_prob: Tensor, mask: Tensor | None = None) -> Tensor:
    """KL(old, new) from samples of the old policy: mean of (ratio - 1) - log ratio, never negative (Schulman 2020)."""
    gap = log_prob - old_log_prob
    return masked_mean(torch.expm1(gap) - gap, mask)


def normalised(advantage: Tensor, mask: Tensor | None = None) -> Tensor:
    """Advantages with mean 0 and variance 1 over the rows of mask."""
    centred = advantage - masked_mean(advantage, mask)
    return centred * torch.rsqrt(masked_mean(centred * centred, mask) + 1e-8)


class ValueScale(nn.Module):
    """Moving mean and spread of returns: the critic predicts normalised returns, whatever the rewards' scale.

    When the scale moves, the critic's last layer is moved against it, so that its predictions stay (van Hasselt et al. 2016, Pop-Art).
    """

    mean: Tensor
    square: Tensor
    weight: Tensor

    def __init__(self, beta: float = 0.9):
        super().__init__()
        self.beta = beta
        for name in ("mean", "square", "weight"):
            self.register_buffer(name, torch.zeros(()))

    @property
    def moments(self) -> tuple[Tensor, Tensor]:
        """(mean, standard deviation) of the returns; (0, 1) before the first update."""
        if self.weight == 0:
            return torch.zeros(()), torch.ones(())
        mean = self.mean / self.weight
        return mean, (self.square / self.weight - mean * mean).clamp(min=1e-4).sqrt()

    @torch.no_grad()
    def update(self, returns: Tensor, last: nn.Linear) -> None:
        """Takes returns in and keeps what the linear layer `last` says of them."""
        old_mean, old_std = self.moments
        self.mean.lerp_(returns.mean(), 1.0 - self.beta)
        self.square.lerp_(returns.square().mean(), 1.0 - self.beta)
        self.weight.lerp_(torch.ones(()), 1.0 - self.beta)
        mean, std = self.moments
        last.weight.mul_(old_std / std)
        last.bias.mul_(old_std).add_(old_mean - mean).div_(std)

    def normalise(self, returns: Tensor) -> Tensor:
        mean, std = self.moments
        return (returns - mean) / std

    def denormalise(self, values: Tensor) -> Tensor:
        mean, std = self.moments
        return values * std + mean
