"""Risks that spare the upside: the lower partial moment and the tail loss. Both are convex in the own mixture, as `risk.py` asks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import linprog

from ..errors import SkyrallyError
from . import quadratic
from .normal_form import Prospect
from .risk import Choice, Risk

UNLIKELY = 1e-12  # joint actions below this probability are left out


@dataclass(frozen=True)
class LowerPartialMoment(Risk):
    """Only what falls short of a target counts: R = Σ_b y_b max(0, target − r_b)² (Fishburn 1977, order 2). target in payoffs."""

    target: float = 0.0

    def choice(self, prospect: Prospect, y: np.ndarray, gamma: float, epsilon: float) -> Choice:
        return _Shortfall(prospect.mean, y, gamma, epsilon, self.target)


@dataclass(frozen=True)
class TailLoss(Risk):
    """What the worst joint actions cost: R = −E[r | the worst `level` of them], conditional value at risk (Rockafellar and Uryasev 2000).

    level: 0 < level ≤ 1; 1 gives −E[r]. γ has no unit here.
    """

    level: float = 0.05

    def __post_init__(self) -> None:
        if not 0.0 < self.level <= 1.0:
            raise SkyrallyError(f"level of the tail is {self.level}; expected a share above 0, at most 1")

    def choice(self, prospect: Prospect, y: np.ndarray, gamma: float, epsilon: float) -> Choice:
        return _Tail(prospect.mean, y, gamma, epsilon, self.level)


@dataclass(frozen=True)
class _Downside(Choice):
    payoffs: np.ndarray  # [A, B]
    y: np.ndarray  # [B]
    gamma: float
    epsilon: float

    @cached_property
    def mean(self) -> np.ndarray:
        """Expected payoff [A] of each own action."""
        return self.payoffs @ self.y

    @cached_property
    def likely(self) -> tuple[np.ndarray, np.ndarray]:
        """Payoffs [A, m] and probabilities [m] of the joint actions that can happen."""
        kept = self.y > UNLIKELY
        return self.payoffs[:, kept], self.y[kept]

    def inside(self, x: np.ndarray) -> np.ndarray:
        """A solver's x, put back on Δ_ε where rounding left it."""
        above = np.clip(x - self.epsilon, 0.0, None)
        return self.epsilon + (1.0 - len(x) * self.epsilon) * above / above.sum()


@dataclass(frozen=True)
class _Shortfall(_Downside):
    target: float

    def utility(self, x: np.ndarray) -> float:
        short = np.maximum(0.0, self.target - x @ self.payoffs)
        return float(self.mean @ x - self.gamma * self.y @ short**2)

    def slope(self, x: np.ndarray) -> np.ndarray:
        short = np.maximum(0.0, self.target - x @ self.payoffs)
        return self.mean + 2.0 * self.gamma * (self.payoffs @ (self.y * short))

    def best(self) -> np.ndarray:
        """Maximise μᵀx − γ Σ y_b d_b² over x in Δ_ε and shortfalls d_b ≥ target − r_b, d ≥ 0, by proximal points."""
        table, y = self.likely
        n, m = table.shape
        scale = max(float(np.ptp(self.mean)), 2.0 * self.gamma * float(y.max()))
        if self.gamma == 0.0 or scale == 0.0:
            return quadratic.maximise(self.mean, np.zeros((n, n)), self.epsilon)
        linear = np.concatenate((self.mean - self.mean.max(), np.zeros(m))) / scale
        curvature = np.diag(np.concatenate((np.zeros(n), 2.0 * self.gamma * y))) / scale
        point = np.concatenate((np.full(n, 1.0 / n), np.zeros(m)))
        best, least = point[:n], np.inf
        for ridge in quadratic.RIDGES:
            point = quadratic.proximal(linear, curvature, ridge, point, *self._program())
            x = self.inside(point[:n])
            left = quadratic.gap(self.slope(x), x, self.epsilon)
            if left < least:
                best, least = x, left
            if left <= quadratic.GAP * scale:
                break
        return best

    def _program(self) -> tuple[np.ndarray, np.ndarray]:
        """Σx = 1, x ≥ ε, Mᵀx + d ≥ target, d ≥ 0, as `quadprog` wants them."""
        table, _ = self.likely
        n, m = table.shape
        total = np.concatenate((np.ones(n), np.zeros(m)))[None]
        mixture = np.hstack((np.eye(n), np.zeros((n, m))))
        reach = np.hstack((table.T, np.eye(m)))
        shortfall = np.hstack((np.zeros((m, n)), np.eye(m)))
        bounds = np.concatenate(([1.0], np.full(n, self.epsilon), np.full(m, self.target), np.zeros(m)))
        return np.vstack((total, mixture, reach, shortfall)).T, bounds


@dataclass(frozen=True)
class _Tail(_Downside):
    level: float

    def utility(self, x: np.ndarray) -> float:
        r = x @ self.payoffs
        return float(self.mean @ x + self.gamma * self.worst(r) @ r)

    def slope(self, x: np.ndarray) -> np.ndarray:
        return self.mean + self.gamma * (self.payoffs @ self.worst(x @ self.payoffs))

    def worst(self, r: np.ndarray) -> np.ndarray:
        """The distribution [B] over the worst `level` of the joint actions, the last of them taken in part."""
        order = np.argsort(r, kind="stable")
        before = np.concatenate(([0.0], np.cumsum(self.y[order])[:-1]))
        weights = np.empty_like(self.y)
        weights[order] = np.clip(self.level - before, 0.0, self.y[order])
        return weights / weights.sum()

    def best(self) -> np.ndarray:
        """Rockafellar and Uryasev's linear program: maximise μᵀx − γ (t + Σ y_b d_b / level), d_b ≥ −r_b − t, d ≥ 0, x in Δ_ε."""
        table, y = self.likely
        n, m = table.shape
        cost = np.concatenate((-self.mean, [self.gamma], self.gamma * y / self.level))
        reach = np.hstack((-table.T, -np.ones((m, 1)), -np.eye(m)))
        total = np.concatenate((np.ones(n), np.zeros(1 + m)))[None]
        bounds = [(self.epsilon, None)] * n + [(None, None)] + [(0.0, None)] * m
        if self.gamma == 0.0:
            return quadratic.maximise(self.mean, np.zeros((n, n)), self.epsilon)
        found = linprog(cost, A_ub=reach, b_ub=np.zeros(m), A_eq=total, b_eq=[1.0], bounds=bounds, method="highs")
        return self.inside(found.x[:n])
