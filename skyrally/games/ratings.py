"""Ratings from points won: Bradley and Terry's order-free fit with intervals, and Elo's running one.

Of entrants with strengths θ (natural logarithm of odds), i wins a point against j with p_ij = 1 / (1 + exp(θ_j − θ_i))
(Zermelo 1929; Bradley and Terry 1952). The fit maximises

    Σ_ij w_ij log p_ij − Σ_i θ_i² / (2 σ²)          w_ij: points that i won against j

The normal prior keeps strengths finite where somebody won everything or never met the others; σ is wide (`PRIOR`). It also puts their mean
at 0. Nothing depends on the order of matches. Points of a match hang together (who won the last one serves), so the covariance, the inverse
of the negative Hessian, is inflated by the dispersion of matches (McCullagh and Nelder 1989, section 4.5).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

ELO = 400.0 / math.log(10.0)  # Elo points per unit of θ
PRIOR = 1000.0 / ELO  # σ: strengths of two thirds of all lie within 1,000 Elo points of the mean
Z95 = 1.959963984540054  # standard normal quantile of a two-sided 95 % interval
DRAWS = 20_000  # from the fit's normal distribution, for the probability of being best
FAR = 100_000  # more matches than this: not to be settled
Match = tuple[int, int, float, float]  # who, against whom, points won by the one and by the other


@dataclass(frozen=True)
class Fit:
    """Strengths θ [n] in natural units, their covariance [n, n], and the dispersion it was inflated by (1: points are independent)."""

    strength: np.ndarray
    covariance: np.ndarray
    dispersion: float

    @property
    def elo(self) -> np.ndarray:
        """[n] on the Elo scale, mean 0."""
        return ELO * self.strength

    def interval(self) -> tuple[np.ndarray, np.ndarray]:
        """[n], [n] the 95 % interval on the Elo scale."""
        half = Z95 * ELO * np.sqrt(np.diag(self.covariance))
        return self.elo - half, self.elo + half

    def share(self) -> np.ndarray:
        """[n, n] the share of points that the row is expected to win against the column."""
        return expit(self.strength[:, None] - self.strength[None, :])

    def best(self) -> np.ndarray:
        """[n] probability of being the strongest, from normal draws with a fixed seed."""
        rng = np.random.default_rng(0)
        values, vectors = np.linalg.eigh(self.covariance)
        noise = rng.standard_normal((DRAWS, len(values))) * np.sqrt(np.clip(values, 0.0, None))
        leaders = (self.strength + noise @ vectors.T).argmax(axis=1)
        return np.bincount(leaders, minlength=len(values)) / DRAWS

    def settle(self, i: int, j: int, points: float) -> int | None:
        """How many more matches of so many points between i and j until the 95 % interval of their difference leaves 0 out.

        If the difference d stays what it is. m matches add the information m points p (1 − p) / φ about it, so its variance s²
        becomes s² / (1 + m I s²) (Sherman and Morrison 1950), which is to be (d / z)². None: more than 100,000.
        """
        d = abs(self.strength[i] - self.strength[j])
        s2 = self.covariance[i, i] + self.covariance[j, j] - 2.0 * self.covariance[i, j]
        information = points * expit(d) * expit(-d) / self.dispersion
        if d <= 0.0 or information <= 0.0:
            return None
        missing = max(0.0, (Z95 / d) ** 2 - 1.0 / s2) / information
        return math.ceil(missing) if missing <= FAR else None


def bradley_terry(n: int, matches: Iterable[Match]) -> Fit:
    """The fit to matches among n entrants; points that nobody won are not among them."""
    played = list(matches)
    wins = np.zeros((n, n))
    for i, j, a, b in played:
        wins[i, j] += a
        wins[j, i] += b
    theta = np.zeros(n)
    for _ in range(100):  # Newton's method on a strictly concave function
        slope, curvature = _derivatives(wins, theta)
        step = np.linalg.solve(curvature, slope)
        theta += step * min(1.0, 2.0 / max(np.abs(step).max(), 1e-300))
        if np.abs(step).max() < 1e-10:
            break
    spread = dispersion(theta, played)
    centre = np.eye(n) - 1.0 / n  # strengths are told against their mean, which nothing but the prior knows
    return Fit(theta - theta.mean(), spread * centre @ np.linalg.inv(_derivatives(wins, theta)[1]) @ centre, spread)


def _derivatives(wins: np.ndarray, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gradient [n] of the log posterior and its negative Hessian [n, n]."""
    total = wins + wins.T
    p = expit(theta[:, None] - theta[None, :])
    slope = (wins - total * p).sum(axis=1) - theta / PRIOR**2
    weight = total * p * (1.0 - p)
    return slope, np.diag(weight.sum(axis=1) + 1.0 / PRIOR**2) - weight


def dispersion(theta: np.ndarray, matches: Iterable[Match]) -> float:
    """φ ≥ 1: Pearson's χ² of the matches' points over its degrees of freedom. Cycles among entrants raise it too."""
    squares, count = 0.0, 0
    for i, j, a, b in matches:
        p, n = float(expit(theta[i] - theta[j])), a + b
        if n > 0.0:
            squares += (a - n * p) ** 2 / max(n * p * (1.0 - p), 0.25 / n)
            count += 1
    free = count - (len(theta) - 1)
    return max(1.0, squares / free) if free > 0 else 1.0


def elo(n: int, matches: Iterable[Match], k: float = 32.0, start: float = 1500.0) -> np.ndarray:
    """[n] Elo's running ratings (Elo 1978), match by match in the order given; the share of points won is the score."""
    rating = np.full(n, start)
    for i, j, a, b in matches:
        if a + b > 0.0:
            expected = 1.0 / (1.0 + 10.0 ** ((rating[j] - rating[i]) / 400.0))
            gain = k * (a / (a + b) - expected)
            rating[i] += gain
            rating[j] -= gain
    return rating


def sharpe_ratio(shares: np.ndarray, points: np.ndarray, strength: np.ndarray, k: int) -> float:
    """SharpeRatio@k of one entrant: (mean of s over the k strongest opponents − 1/2) / their standard deviation.

    shares [m] of points won against each opponent, points [m] played, strength [m] of the opponents. After SharpeRatio@k = (best@k −
    baseline) / std@k of a portfolio of k policies (Kiyohara et al. 2024, section 3), itself after Sharpe (1966): here the portfolio is the
    k strongest opponents, and the baseline without risk an even match. The deviation is at least what chance gives an even match,
    1 / (2 sqrt(points)), so that equal shares give no infinite ratio.
    """
    order = np.argsort(-strength, kind="stable")[:k]
    if not len(order):
        return 0.0
    floor = 0.5 / math.sqrt(max(1.0, float(points[order].mean())))
    return float((shares[order].mean() - 0.5) / max(float(shares[order].std()), floor))
