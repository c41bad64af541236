"""Normal-form games: payoff tables, equilibria (risk-averse ones too), distances from equilibrium. Knows no physics and no learner."""

from .classic import CLASSICS, classic
from .double_oracle import double_oracle
from .downside import LowerPartialMoment, TailLoss
from .normal_form import Game, Profile, best_response, exploitability, nash_conv, symmetric, zero_sum
from .payoffs import PayoffTable
from .rae import Limit, equilibria
from .risk import Risk, Variance
from .solvers import SOLVERS, solve

__all__ = [
    "CLASSICS",
    "SOLVERS",
    "Game",
    "Limit",
    "LowerPartialMoment",
    "PayoffTable",
    "Profile",
    "Risk",
    "TailLoss",
    "Variance",
    "best_response",
    "classic",
    "double_oracle",
    "equilibria",
    "exploitability",
    "nash_conv",
    "solve",
    "symmetric",
    "zero_sum",
]
