"""α-rank (Omidshafiei et al. 2019): how often evolution holds each joint choice of policies, when rare mutants win or vanish.

A Markov chain walks over joint actions: one player switches to one other action, drawn alike among all such switches, and the switch takes
hold with a probability that grows with what it gains (Δ):

    finite α:  (1 − e^{−αΔ}) / (1 − e^{−mαΔ}),  1/m at Δ = 0       (m individuals in each population)
    α → ∞:     1 − δ if Δ > 0, δ if Δ < 0, ½ at Δ = 0              (δ keeps the chain irreducible)

Its stationary distribution is the ranking; mixtures are its marginals.
"""

from __future__ import annotations

import math
from itertools import product

import numpy as np

from ..errors import SkyrallyError
from .normal_form import Game, Profile

STATES = 4096  # joint actions at most: the chain is a dense matrix
TIE = 1e-12  # gains below this, in units of the payoffs' span, are none


def alpha_rank(game: Game, *, alpha: float = math.inf, population: int = 50, mutation: float = 0.01) -> Profile:
    """Mixtures of α-rank. alpha: selection intensity, in 1/payoff. population: m (finite alpha). mutation: δ (infinite alpha).

    A symmetric game is ranked as one population, in which a mutant a in a population of b gains M[a, b] − M[b, a].
    """
    if not alpha > 0.0 or population < 2 or not 0.0 < mutation < 0.5:
        raise SkyrallyError(f"alpha {alpha}, population {population}, mutation {mutation}; expected above 0, 2 or more, between 0 and 0.5")
    gains = _one_population(game.payoffs[0]) if game.symmetric else _many_populations(game)
    tie = TIE * game.span
    held = np.vectorize(lambda gain: _takes_hold(gain, alpha, population, mutation, tie), otypes=[float])
    steps = np.zeros_like(gains)
    possible = np.isfinite(gains)
    if possible.any():
        steps[possible] = held(gains[possible])
    share = stationary(steps)  # waiting times are alike in all states, so a common factor of all steps changes nothing
    if game.symmetric:
        return share, share.copy()
    joint = share.reshape(game.sizes)
    return tuple(joint.sum(axis=tuple(a for a in range(game.players) if a != k)) for k in range(game.players))


def stationary(rates: np.ndarray) -> np.ndarray:
    """The stationary distribution [S] of a chain with off-diagonal rates [S, S], by elimination without subtraction.

    Grassmann, Taksar and Heyman (1985): accurate to rounding in every entry, however rare. States must all reach one another.
    """
    a = rates.copy()
    np.fill_diagonal(a, 0.0)
    n = len(a)
    for k in range(n - 1, 0, -1):
        total = a[k, :k].sum()
        if total <= 0.0:
            raise SkyrallyError("the chain of alpha-rank falls apart: rates vanish; lower alpha, or take alpha=inf")
        a[:k, k] /= total
        a[:k, :k] += np.outer(a[:k, k], a[k, :k])
    share = np.ones(n)
    for k in range(1, n):
        share[k] = share[:k] @ a[:k, k]
    return share / share.sum()


def _takes_hold(gain: float, alpha: float, m: int, mutation: float, tie: float) -> float:
    if math.isinf(alpha):
        return 0.5 if abs(gain) <= tie else 1.0 - mutation if gain > 0.0 else mutation
    if abs(alpha * gain) < 1e-14:
        return 1.0 / m
    if gain > 0.0:
        return math.expm1(-alpha * gain) / math.expm1(-m * alpha * gain)
    up = alpha * gain  # both numbers of the fraction would overflow: e^{(m-1)αΔ} taken out of it
    return math.exp((m - 1) * up) * math.expm1(up) / math.expm1(m * up)


def _one_population(payoffs: np.ndarray) -> np.ndarray:
    """Gains [A, A] of mutants (columns) in populations (rows); nan on the diagonal."""
    gains = payoffs.T - payoffs
    np.fill_diagonal(gains, np.nan)
    return gains


def _many_populations(game: Game) -> np.ndarray:
    """Gains [S, S] of the one player who switches, nan where more than one would have to."""
    states = math.prod(game.sizes)
    if states > STATES:
        raise SkyrallyError(f"alpha-rank of {states} joint actions; expected {STATES} at most (take symmetric tables, or another solver)")
    index = np.arange(states).reshape(game.sizes)
    gains = np.full((states, states), np.nan)
    for k, payoffs in enumerate(game.payoffs):
        states_of = np.moveaxis(index, k, -1).reshape(-1, game.sizes[k])
        earned = np.moveaxis(payoffs, k, -1).reshape(-1, game.sizes[k])
        for i, j in product(range(game.sizes[k]), repeat=2):
            if i != j:
                gains[states_of[:, i], states_of[:, j]] = earned[:, j] - earned[:, i]
    return gains
