"""What a player dislikes beside a low mean, and the best response of one who does.

A player who holds the belief y [B] about the others maximises over own mixtures x in Δ_ε = {x ≥ ε, Σx = 1}

    U(x) = xᵀ M y − γ R(x, y)

with M [A, B] the own payoffs and R a risk that is convex in x; r = Mᵀx [B] is what x earns on average against each joint action. Because U
is concave, best responses form a convex set and a risk-averse equilibrium exists for every γ ≥ 0 (Kakutani). The variance of the payoff
realised by drawing from x as well would be concave in x instead, and equilibria would fail to exist.

γ of a variance has the unit 1/payoff: payoffs times c and γ/c give the same equilibria. Risks that spare the upside: `downside.py`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from ..errors import unknown
from . import quadratic
from .normal_form import Game, Profile, Prospect

NOISE = ("no", "linear", "diagonal")


class Choice(ABC):
    """One player's decision at one belief: a concave utility over own mixtures."""

    @abstractmethod
    def utility(self, x: np.ndarray) -> float:
        """U(x), in payoffs."""

    @abstractmethod
    def slope(self, x: np.ndarray) -> np.ndarray:
        """A gradient [A] of U at x (where there is a kink: one of the supergradients)."""

    @abstractmethod
    def best(self) -> np.ndarray:
        """The mixture [A] in Δ_ε that maximises U."""


class Risk(ABC):
    """A risk R(x, y), convex in x."""

    @abstractmethod
    def choice(self, prospect: Prospect, y: np.ndarray, gamma: float, epsilon: float) -> Choice:
        """The decision of a player who faces `prospect` with the belief y [B]."""


@dataclass(frozen=True)
class Variance(Risk):
    """Strategic risk: the variance of r over the others' joint action, R = xᵀ Σ(y) x (Slumbers et al. 2023 for the idea).

    noise: the variance within cells V [A, B] counts too: "no"; "linear", R + xᵀVy; "diagonal", R + xᵀ diag(Vy) x.
    corrected: payoffs that are estimates inflate Σ; what they add on average is taken off (`covariance`).
    """

    noise: str = "no"
    corrected: bool = True

    def __post_init__(self) -> None:
        if self.noise not in NOISE:
            raise unknown("noise", self.noise, NOISE)

    def choice(self, prospect: Prospect, y: np.ndarray, gamma: float, epsilon: float) -> Choice:
        """A quadratic program."""
        mean, sigma = prospect.mean @ y, covariance(prospect, y, self.corrected)
        if self.noise == "linear":
            mean = mean - gamma * (prospect.noise @ y)
        elif self.noise == "diagonal":
            sigma = sigma + np.diag(prospect.noise @ y)
        return Quadratic(mean, 2.0 * gamma * sigma, epsilon)


@dataclass(frozen=True)
class Quadratic(Choice):
    """U = linearᵀx − ½ xᵀ curvature x."""

    linear: np.ndarray
    curvature: np.ndarray
    epsilon: float

    def utility(self, x: np.ndarray) -> float:
        return float(self.linear @ x - 0.5 * x @ self.curvature @ x)

    def slope(self, x: np.ndarray) -> np.ndarray:
        return self.linear - self.curvature @ x

    def best(self) -> np.ndarray:
        return quadratic.maximise(self.linear, self.curvature, self.epsilon)


def covariance(prospect: Prospect, y: np.ndarray, corrected: bool = True) -> np.ndarray:
    """Σ(y) = M (diag y − y yᵀ) Mᵀ [A, A]: covariance of the payoffs of own actions when the others' joint action is drawn from y [B].

    Means estimated from n episodes with variance v within the cell inflate its diagonal by Σ_b y_b(1 − y_b) v_b/n_b on average
    (episodes of different own actions being independent). Corrected: that is subtracted, and Σ projected to the semidefinite matrices.
    """
    centred = prospect.mean - (prospect.mean @ y)[:, None]
    sigma = (centred * y) @ centred.T
    excess = prospect.error @ (y * (1.0 - y)) if corrected else np.zeros(1)
    if not excess.any():
        return sigma
    values, vectors = np.linalg.eigh(sigma - np.diag(excess))
    return (vectors * np.clip(values, 0.0, None)) @ vectors.T


@dataclass(frozen=True)
class Variances:
    """Where the variance of a player's payoff comes from; they add up to that of an episode in which everything is drawn."""

    strategic: float  # from which joint action the others draw: the risk that equilibria weigh
    own: float  # from which action the player draws
    noise: float  # from episodes within a cell

    @property
    def total(self) -> float:
        """Variance of the payoff of one episode."""
        return self.strategic + self.own + self.noise


def variances(game: Game, profile: Profile) -> tuple[Variances, ...]:
    """The law of total variance for each player: Var = xᵀΣx + Σ_b y_b Var_{a~x}(M_ab) + xᵀVy, in payoffs squared (M as it is)."""
    found = []
    for k, (x, faced) in enumerate(zip(profile, game.prospects, strict=True)):
        y = game.facing(profile, k)
        r = x @ faced.mean
        strategic = y @ (r - y @ r) ** 2
        own = y @ (x @ (faced.mean - r) ** 2)
        found.append(Variances(float(strategic), float(own), float(x @ faced.noise @ y)))
    return tuple(found)
