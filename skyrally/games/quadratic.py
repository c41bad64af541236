"""The exact best response of a player who dislikes variance: a concave quadratic program over mixtures.

    maximise  μᵀx − ½ xᵀQx   over   Δ_ε = {x ≥ ε, Σx = 1},   Q positive semidefinite

With x = ε + s z, s = 1 − Aε, z lies in the standard simplex. Q is singular as a rule (rank at most the opponent's support less one), so
the program is solved by proximal points: each adds ½ρ|z − z'|² around the last solution z' and goes to a dual active-set solver (Goldfarb
and Idnani 1983, `quadprog`). The added term vanishes as z' converges, so the result is the exact one up to rounding.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import quadprog

RIDGES = (1e-8, 1e-7, 1e-6, 1e-6, 1e-5, 1e-5)  # ρ of each proximal point, in units of the objective's scale: the first is enough as a rule,
# and what rounding leaves of it the later, better conditioned ones take away
GAP = 1e-8  # stop when no mixture can gain more, in units of the objective's scale


def maximise(linear: np.ndarray, curvature: np.ndarray, epsilon: float) -> np.ndarray:
    """The mixture [A] that maximises linearᵀx − ½ xᵀ curvature x over Δ_ε. linear [A], curvature [A, A], 0 ≤ epsilon < 1/A."""
    n = len(linear)
    s = 1.0 - n * epsilon
    slope = s * (linear - epsilon * curvature.sum(axis=1))
    z = _on_simplex(slope - slope.max(), s * s * curvature)
    return epsilon + s * z


def gap(slope: np.ndarray, x: np.ndarray, epsilon: float) -> float:
    """How much a concave objective with this gradient at x could still gain over Δ_ε, at most: max_z slopeᵀ(z − x) (Frank and Wolfe 1956).

    It is 0 exactly when the first-order (Karush-Kuhn-Tucker) conditions hold: all actions above ε share the largest slope.
    """
    best = (1.0 - len(x) * epsilon) * slope.max() + epsilon * slope.sum()
    return float(max(0.0, best - slope @ x))


def _on_simplex(linear: np.ndarray, curvature: np.ndarray) -> np.ndarray:
    n = len(linear)
    bend, tilt = float(curvature.diagonal().max()), float(-linear.min())
    z = np.zeros(n)
    if bend <= 1e-13 * tilt or bend == 0.0:  # a linear program
        z[np.argmax(linear)] = 1.0
        return z
    scale = max(bend, tilt)
    linear, curvature = linear / scale, curvature / scale
    best, least = z, np.inf
    z = np.full(n, 1.0 / n)
    for ridge in RIDGES:
        z = np.clip(proximal(linear, curvature, ridge, z, *_simplex(n)), 0.0, None)
        z /= z.sum()
        slope = linear - curvature @ z
        left = float(slope.max() - slope @ z)
        if left < least:
            best, least = z, left
        if left <= GAP:
            break
    return best


def proximal(
    linear: np.ndarray, curvature: np.ndarray, ridge: float, point: np.ndarray, sides: np.ndarray, bounds: np.ndarray
) -> np.ndarray:
    """Maximises linearᵀz − ½ zᵀ curvature z − ½ρ|z − point|² where sidesᵀz ≥ bounds, with equality in the first.

    Rounding can make the solver call a well-posed program infeasible or not definite: then ρ grows.
    """
    while True:
        try:
            return quadprog.solve_qp(curvature + ridge * np.eye(len(point)), linear + ridge * point, sides, bounds, 1)[0]
        except ValueError:
            if ridge > 1.0:
                raise
            ridge *= 100.0


@lru_cache(maxsize=256)
def _simplex(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Σz = 1 and z ≥ 0, as `quadprog` wants them."""
    return np.hstack((np.ones((n, 1)), np.eye(n))), np.concatenate(([1.0], np.zeros(n)))
