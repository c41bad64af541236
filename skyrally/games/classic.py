"""Small games with known risk-averse equilibria: what tests, examples and the matrix scenario play. All are symmetric (one table M)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import unknown
from .normal_form import Game, symmetric


@dataclass(frozen=True)
class Classic:
    """A game by name: what each action is called, and M[i, j], what i earns against j."""

    name: str
    actions: tuple[str, ...]
    payoffs: tuple[tuple[float, ...], ...]
    about: str

    @property
    def table(self) -> np.ndarray:
        """M [A, A]."""
        return np.array(self.payoffs, float)

    @property
    def game(self) -> Game:
        """The game of one population."""
        return symmetric(self.table)


_HUNT, _TURNS = ("stag", "hare"), ("rock", "paper", "scissors")
CLASSICS = {
    game.name: game
    for game in (
        Classic("stag-hunt", _HUNT, ((5, -5), (1, 1)), "hare is risk-dominant: cautious play from even beliefs ends there"),
        Classic("stag-hunt-close", _HUNT, ((4, 0), (3, 3)), "as stag-hunt, with little to lose"),
        Classic(
            "stag-hunt-rich", _HUNT, ((9, 0), (1, 1)), "risk-neutral play from even beliefs hunts stags; above gamma 14/81 play goes safe"
        ),
        Classic("rock-paper-scissors", _TURNS, ((0, -1, 1), (1, 0, -1), (-1, 1, 0)), "zero-sum; all actions alike for every gamma"),
        Classic("chicken", ("straight", "swerve"), ((-100, 1), (-1, 0)), "a crash costs a hundred times the pride"),
        Classic(
            "crossing", ("yield", "go", "swerve"), ((0, 0, 0), (2, -20, 1), (1, -2, 0)), "caution raises the mean and makes crashes rare"
        ),
    )
}


def classic(name: str) -> Classic:
    """A game of `CLASSICS`. SkyrallyError for an unknown name."""
    if name not in CLASSICS:
        raise unknown("game", name, CLASSICS)
    return CLASSICS[name]
