"""One door to all meta-solvers: payoffs in, one mixture per player out.

>>> solve(table, "rae", gamma=0.3)          # a PayoffTable
>>> solve((A, B), "nash", select="entropy")  # one payoff array per player
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..errors import checked_options, unknown
from .alpha_rank import alpha_rank
from .averaging import nash_averaging
from .dynamics import projected_replicator, replicator
from .mirror import nash_md
from .nash import nash
from .normal_form import Game, Profile
from .payoffs import PayoffTable
from .rae import equilibria, rae


def uniform(game: Game) -> Profile:
    """All actions alike."""
    return game.uniform()


SOLVERS: dict[str, Callable[..., Profile]] = {
    "uniform": uniform,
    "nash": nash,
    "rae": rae,
    "alpha-rank": alpha_rank,
    "replicator": replicator,
    "prd": projected_replicator,
    "nash-averaging": nash_averaging,
    "nash-md": nash_md,
}

# What passes its options on to another function: both have to be looked at for their names.
PASSED_ON: dict[str, Callable[..., Any]] = {"rae": equilibria, "replicator": projected_replicator}


def as_game(payoffs: Game | PayoffTable | Sequence[np.ndarray]) -> Game:
    """Payoffs in any of their forms as a game. SkyrallyError when they are none."""
    if isinstance(payoffs, Game):
        return payoffs
    return payoffs.game() if isinstance(payoffs, PayoffTable) else Game(payoffs)


def solve(payoffs: Game | PayoffTable | Sequence[np.ndarray], name: str, **options: Any) -> Profile:
    """One mixture per player (arrays [A_k]) by the named solver; options are that solver's own.

    Raises SkyrallyError for unknown names (with the nearest) and options, for payoffs that are no game, and for games that the solver does
    not take.
    """
    if name not in SOLVERS:
        raise unknown("meta-solver", name, SOLVERS)
    checked_options(f"option of {name}", options, option_names(name))
    return SOLVERS[name](as_game(payoffs), **options)


def option_names(name: str) -> list[str]:
    """The options that a solver takes."""
    functions = [SOLVERS[name], *([PASSED_ON[name]] if name in PASSED_ON else [])]
    parameters = [p for function in functions for p in inspect.signature(function).parameters.values()]
    fixed = {"floor"} if name == "replicator" else set()
    return [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.name not in fixed]
