"""What a best response should optimise when its population is risk averse, written for learners that meet one opponent per episode.

Letters: opponent j with probability y_j, m_j = E[return | j] of the learner, r_j the same of its population's present mixture, γ ≥ 0.

- strategic variance only: J = Σ y_j m_j − γ Σ y_j (m_j − m̄)², ∇J = Σ_j y_j w_j ∇m_j with w_j = 1 − 2γ (m_j − m̄). So the advantages of
  episodes against j are multiplied by w_j: opponents against whom the learner does badly count more.
- marginal: U of the population is concave in its mixture, so a policy improves it exactly if Σ_j y_j w_j (m_j − r_j) > 0 with
  w_j = 1 − 2γ (r_j − r̄). A risk-neutral problem with fixed weights, and a certificate: without a policy of positive gap the
  restricted equilibrium is one of the whole game.
"""

from __future__ import annotations

import math

import numpy as np


def opponent_weights(returns: np.ndarray, y: np.ndarray, gamma: float) -> np.ndarray:
    """w_j = 1 − 2γ (returns_j − mean) [J]; returns: the learner's own (strategic variance) or its population's (marginal)."""
    return 1.0 - 2.0 * gamma * (returns - y @ returns)


def strategic_score(returns: np.ndarray, y: np.ndarray, gamma: float) -> float:
    """J = Σ y_j m_j − γ Σ y_j (m_j − m̄)², what a policy is worth by itself."""
    mean = y @ returns
    return float(mean - gamma * y @ (returns - mean) ** 2)


def marginal_gap(
    candidate: np.ndarray, present: np.ndarray, y: np.ndarray, gamma: float, errors: np.ndarray | None = None
) -> tuple[float, float]:
    """(gap, its standard error): what U gains per unit of probability moved from the present mixture to the candidate.

    candidate, present [J]: mean returns against each opponent. errors [J]: standard errors of the candidate's.
    """
    weights = y * opponent_weights(present, y, gamma)
    error = 0.0 if errors is None else math.sqrt(float(((weights * errors) ** 2).sum()))
    return float(weights @ (candidate - present)), error
