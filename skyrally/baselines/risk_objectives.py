"""What a best response optimises when opponents are drawn from a mixture, as pure functions of one rollout.

Opponent j is drawn with probability y_j for each episode and kept; G return of an episode, m_j = E[G | j], c its running mean.

| name | maximises | how |
| --- | --- | --- |
| neutral | E[G] | as it is |
| episodic | E[G] − γ Var[G] | rewards that sum up to G − γ (G − c)² (the variance is the least E[(G − c)²] over c) |
| per-step | E[G] − γ Σ variance of rewards | r − γ r² + 2 γ r c, c the mean reward per step (Zhang, Liu and Whiteson 2021) |
| strategic | Σ y_j m_j − γ Σ y_j (m_j − m̄)² | advantages times w_j = 1 − 2γ (m_j − m̄), m_j running means |
| marginal | the slope of the population's own utility | the same with r_j, its mixture's returns, in place of m_j: fixed weights |

`per-step`: the published c is (1 − δ) E[Σ δᵗ r_t] of an endless episode; episodes here end, so it is the plain mean over steps (δ → 1).

`strategic` is the risk of the equilibrium, `episodic` adds the noise within an episode, `per-step` bounds it from above, and `marginal` is
what makes the certificate hold (games/objectives.py has the weights and the proof in words).
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..games.objectives import opponent_weights

OBJECTIVES = ("neutral", "episodic", "per-step", "strategic", "marginal")


def sums_so_far(
    r_t: Tensor, done_t: Tensor, before: Tensor, discount: float = 1.0, age: Tensor | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """What an episode has paid before each step and after it, [T, W] each, and what goes on after the last row [W].

    r_t [T, W], done_t [T, W]: the last step of an episode. before [W]: of the rows before. With a discount the reward of step k of an
    episode counts discount^k; age [W]: k at the first row.
    """
    so_far, first = torch.empty_like(r_t), torch.empty_like(r_t)
    total, k = before.clone(), torch.zeros_like(before) if age is None else age.clone()
    for t in range(len(r_t)):
        first[t] = total
        so_far[t] = total + r_t[t] * discount**k
        k = (k + 1.0) * ~done_t[t]
        total = so_far[t] * ~done_t[t]
    return first, so_far, total


def episodic_reward(r_t: Tensor, so_far: Tensor, centre: float, gamma: float) -> Tensor:
    """r − γ [(S + r − c)² − (S − c)²] with S what the episode has paid before: over an episode G − γ (G − c)² + γ c²."""
    return r_t - gamma * r_t * (2.0 * (so_far - centre) + r_t)


def per_step_reward(r_t: Tensor, centre: float, gamma: float) -> Tensor:
    """r − γ r² + 2 γ r c."""
    return r_t - gamma * r_t.square() + 2.0 * gamma * r_t * centre


def running_mean(mean: float, values: np.ndarray | Tensor, weight: float, horizon: float) -> tuple[float, float]:
    """(mean, weight) after taking values in; the past counts for `horizon` values at most, so that it follows a policy that changes."""
    n = len(values)
    if n == 0:
        return mean, weight
    kept = min(weight, max(horizon - n, 0.0))
    return (kept * mean + float(values.sum())) / (kept + n), min(kept + n, horizon)


def clipped_weights(returns: np.ndarray, y: np.ndarray, gamma: float, low: float, high: float) -> np.ndarray:
    """w_j [J] between low and high: of opponents against whom the mean return is `returns`."""
    return np.clip(opponent_weights(returns, y, gamma), low, high)
