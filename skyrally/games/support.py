"""From a profile near a risk-averse equilibrium to the equilibrium itself, when it is known which actions are played.

With S_k the actions that player k plays above ε, an equilibrium solves as many equations as it has unknowns:

    ∂U_k/∂x_i = ν_k for i in S_k,   x_i = ε for the others,   Σ_i x_i = 1      (each player k)

They are solved by Powell's hybrid method. What comes out is a candidate: whoever calls checks its RiskNashConv.
"""

from __future__ import annotations

import warnings

import numpy as np
from scipy.optimize import root

from .normal_form import Game, Profile
from .rule import Rule, choices

PLAYED = 1e-7  # above ε by this: in the support
NEAR = 0.1  # a solution farther than this from where it was sought, in any probability, is another equilibrium


def supports(best: Profile, epsilon: float) -> tuple[np.ndarray, ...]:
    """Which actions each mixture plays, as masks."""
    return tuple(x > epsilon + PLAYED for x in best)


def solved_support(game: Game, rule: Rule, profile: Profile, played: tuple[np.ndarray, ...]) -> Profile | None:
    """A profile near `profile` that solves the equations for these supports; None when there is none. A symmetric game has one support."""
    counts = [int(mask.sum()) for mask in played]
    ends = np.cumsum(counts)

    def unpacked(v: np.ndarray) -> Profile:
        mixtures = []
        for mask, count, end in zip(played, counts, ends, strict=True):
            x = np.full(len(mask), rule.epsilon)
            x[mask] = v[end - count : end]
            mixtures.append(x)
        return tuple(mixtures) * (game.players // len(mixtures))

    def equations(v: np.ndarray) -> np.ndarray:
        there, levels = unpacked(v), v[ends[-1] :]
        each = zip(choices(game, there, rule), there, played, levels, strict=False)
        return np.concatenate([np.append(c.slope(x)[mask] / game.span - level, x.sum() - 1.0) for c, x, mask, level in each])

    mixtures = [x[mask] for x, mask in zip(profile, played, strict=False)]
    levels = [c.slope(x)[mask].mean() / game.span for c, x, mask in zip(choices(game, profile, rule), profile, played, strict=False)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of slow progress, where the equations have no solution
        found = root(equations, np.concatenate((*mixtures, levels)), method="hybr", options={"xtol": 1e-13, "maxfev": 2000})
    there = unpacked(found.x)
    sound = all(
        x.min() >= rule.epsilon - 1e-12 and abs(x.sum() - 1.0) < 1e-9 and np.abs(x - y).max() <= NEAR
        for x, y in zip(there, profile, strict=True)
    )
    return tuple(np.maximum(x, rule.epsilon) for x in there) if sound else None
