"""How the risk-averse decide: caution, trembles and the course of play, and how far a profile is from an equilibrium of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..errors import SkyrallyError, unknown
from .normal_form import Game, Profile
from .risk import Choice, Risk

STEPS: dict[str, Callable[[int], float]] = {  # α_t, t from 1
    "2/(t+2)": lambda t: 2.0 / (t + 2.0),
    "1/(t+1)": lambda t: 1.0 / (t + 1.0),
    "t^-0.6": lambda t: t**-0.6,
}


@dataclass(frozen=True)
class Rule:
    """How the risk-averse play: γ by player, ε, the risk, and the course of fictitious play.

    step: a name in `STEPS` or a constant in (0, 1]. tolerance: stop at this RiskNashConv, in units of the payoffs' span.
    settle: how many iterations with best responses of the same supports are enough to solve for an equilibrium with these. 0: never do.
    """

    gamma: tuple[float, ...]
    epsilon: float
    risk: Risk
    step: str | float = "2/(t+2)"
    iterations: int = 5000
    tolerance: float = 1e-7
    settle: int = 30

    def __post_init__(self) -> None:
        if not all(np.isfinite(g) and g >= 0.0 for g in self.gamma):
            raise SkyrallyError(f"gamma is {self.gamma}; expected 0 or more (0: risk-neutral)")
        if isinstance(self.step, str) and self.step not in STEPS:
            raise unknown("step rule", self.step, STEPS)
        if not isinstance(self.step, str) and not 0.0 < self.step <= 1.0:
            raise SkyrallyError(f"a constant step is {self.step}; expected above 0, at most 1")
        if self.iterations < 1:
            raise SkyrallyError(f"iterations is {self.iterations}; expected 1 or more")

    def alpha(self, t: int) -> float:
        """The step size of iteration t, from 1 on."""
        return STEPS[self.step](t) if isinstance(self.step, str) else float(self.step)


def check_epsilon(game: Game, epsilon: float) -> None:
    """SkyrallyError unless 0 ≤ ε < 1/A for every player."""
    most = max(game.sizes)
    if not 0.0 <= epsilon < 1.0 / most:
        raise SkyrallyError(f"epsilon is {epsilon}; expected 0 or more and below 1/{most} = {1 / most:.6g}, as a player has {most} actions")


def choices(game: Game, profile: Profile, rule: Rule) -> list[Choice]:
    """Every player's decision (of a symmetric game: the one population's) while the others play `profile`."""
    seats = range(1 if game.symmetric else game.players)
    return [rule.risk.choice(game.prospects[k], game.facing(profile, k), rule.gamma[k], rule.epsilon) for k in seats]


def risk_nash_conv(game: Game, profile: Profile, rule: Rule) -> float:
    """RiskNashConv: Σ_k max_z U_k(z, x_-k) − U_k(x), in payoffs. 0 exactly in risk-averse equilibria."""
    return regret(game, profile, rule)[0]


def regret(game: Game, profile: Profile, rule: Rule) -> tuple[float, Profile]:
    """(RiskNashConv, the best responses: of a symmetric game one)."""
    each = choices(game, profile, rule)
    best = tuple(c.best() for c in each)
    gains = [c.utility(b) - c.utility(x) for c, b, x in zip(each, best, profile, strict=False)]
    return max(0.0, float(sum(gains))) * (game.players // len(each)), best
