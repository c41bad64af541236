"""Populations that drift towards what earns more: replicator dynamics, with and without a floor under every share.

    dx_a/dt = x_a (u_a(x_-k) − xᵀu(x_-k))                    (Taylor and Jonker 1978)

by Euler steps, projected to {x ≥ floor} after each (projected replicator dynamics, Lanctot et al. 2017). Time is measured in 1/span of the
payoffs, so that payoffs times c give the same mixtures. Any number of players. In zero-sum games mixtures circle and their averages
converge, so averages over time are returned.
"""

from __future__ import annotations

import numpy as np

from ..errors import SkyrallyError
from .normal_form import Game, Profile


def project(x: np.ndarray, floor: float = 0.0) -> np.ndarray:
    """The point of {x ≥ floor, Σx = 1} nearest to x [A] (Held, Wolfe and Crowder 1974)."""
    n = len(x)
    falling = np.sort(x - floor)[::-1]
    over = (np.cumsum(falling) - (1.0 - n * floor)) / np.arange(1, n + 1)
    last = int(np.flatnonzero(falling > over)[-1])
    return np.maximum(x - floor - over[last], 0.0) + floor


def projected_replicator(
    game: Game, *, floor: float = 1e-6, step: float = 5e-3, iterations: int = 20_000, start: Profile | None = None, average: bool = True
) -> Profile:
    """Mixtures of projected replicator dynamics: the average over time, or where it ends.

    floor: least share, of every action. step: of time, in 1/span of the payoffs; below 1. start: None starts from uniform mixtures.
    """
    if not 0.0 <= floor < 1.0 / max(game.sizes):
        raise SkyrallyError(f"floor is {floor}; expected 0 or more and below 1/{max(game.sizes)}, one share of the largest population")
    if not 0.0 < step < 1.0 or iterations < 1:
        raise SkyrallyError(f"step is {step} and iterations {iterations}; expected a step between 0 and 1 and one iteration or more")
    profile = tuple(project(x, floor) for x in (game.uniform() if start is None else game.profile(start)))
    sums = [x.copy() for x in profile]
    pace = step / max(game.span, 1e-300)
    for _ in range(iterations):
        profile = tuple(_moved(x, game.deviations(profile, k), pace, floor) for k, x in enumerate(profile))
        for total, x in zip(sums, profile, strict=True):
            total += x
    return tuple(total / total.sum() for total in sums) if average else profile


def replicator(game: Game, **options) -> Profile:
    """Replicator dynamics without a floor; options as of `projected_replicator`."""
    return projected_replicator(game, floor=0.0, **options)


def _moved(x: np.ndarray, earned: np.ndarray, pace: float, floor: float) -> np.ndarray:
    moved = x + pace * x * (earned - x @ earned)
    # Rounding of the sum would grow without bound where payoffs are negative.
    return moved / moved.sum() if moved.min() >= floor else project(moved, floor)
