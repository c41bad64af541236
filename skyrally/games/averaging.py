"""Nash averaging (Balduzzi et al. 2018): the Nash equilibrium of highest entropy of an evaluation game. It is unique, and copies of a
policy do not change what the others count for.

Optimal mixtures of a zero-sum game M with value v are the polytope {x in the simplex: Mᵀx ≥ v}. The one of highest entropy on its support
S is x ∝ exp(M_S λ) with λ ≥ 0 (of any sign for columns that every optimal mixture holds at v), found from the dual: minimise
log Σ_S exp(M_S λ) − v Σ λ.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog, minimize
from scipy.special import logsumexp, softmax

from .nash import constant_sum, maximin, two_players
from .normal_form import Game, Profile

TIGHT = 1e-7  # slack and probability that count as none; payoffs are scaled to a span of 1


def nash_averaging(game: Game) -> Profile:
    """The equilibrium of highest entropy of a two-player game.

    A constant-sum game is its own evaluation game. Of a symmetric game that is none the evaluation game is M − Mᵀ: what a policy earns more
    than its opponent does. Of any other game it is the difference of both players' payoffs.
    """
    two_players(game, "nash-averaging")
    a, b = game.payoffs
    evaluated = a if constant_sum(game) else a - b
    if game.symmetric:
        x = highest_entropy(a - b)
        return x, x.copy()
    return highest_entropy(evaluated), highest_entropy(-evaluated.T)


def highest_entropy(payoffs: np.ndarray) -> np.ndarray:
    """Of the mixtures [m] that are optimal for the row player of the zero-sum game payoffs [m, n], the one of highest entropy."""
    m, n = payoffs.shape
    scaled = (payoffs - payoffs.mean()) / max(float(np.ptp(payoffs)), 1e-300)
    _, value = maximin(scaled)
    inside = _relative_interior(scaled, value)
    support = np.flatnonzero(inside > TIGHT)
    slack = inside @ scaled - value
    table = scaled[support] - value  # the value is now 0

    def dual(weights: np.ndarray) -> tuple[float, np.ndarray]:
        logits = table @ weights
        return float(np.asarray(logsumexp(logits))), softmax(logits) @ table

    bounds = [(None, None) if s <= TIGHT else (0.0, None) for s in slack]
    found = minimize(
        dual, np.zeros(n), jac=True, bounds=bounds, method="L-BFGS-B", options={"ftol": 1e-16, "gtol": 1e-10, "maxiter": 20_000}
    )
    mixture = np.zeros(m)
    mixture[support] = softmax(table @ found.x)
    return mixture


def _relative_interior(payoffs: np.ndarray, value: float) -> np.ndarray:
    """An optimal mixture that plays all actions any optimal mixture plays, and leaves slack in every column where any does."""
    m, n = payoffs.shape
    goals = np.vstack((np.eye(m), payoffs.T))
    found = []
    for goal in goals:
        best = linprog(-goal, A_ub=-payoffs.T, b_ub=np.full(n, 1e-10 - value), A_eq=np.ones((1, m)), b_eq=[1.0], method="highs")
        if best.x is not None:
            found.append(np.clip(best.x, 0.0, None))
    inside = np.mean(found, axis=0)
    return inside / inside.sum()
