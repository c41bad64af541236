"""Payoff matrices of the scenario `matrix`: games by name, and how a user's own are read.

By name: the symmetric games of `games/classic.py`, and `portfolio`, [[4, -2], [1, 0.5], [0, 0.2]], zero-sum and not square: rows trade
mean against risk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from reprlib import repr as shortly
from typing import Any

import numpy as np

from ..errors import SkyrallyError, unknown

MOST = 16  # actions of a player, at most
SYMMETRIC, ZERO_SUM = "symmetric", "zero-sum"


@dataclass(frozen=True)
class Game:
    """A two-player game. `row` and `column`: payoffs [R, C] by the row player's and the column player's action."""

    row: np.ndarray
    column: np.ndarray
    actions: tuple[str, ...] = ()  # in words, of the player that has most of them

    def __post_init__(self) -> None:
        if not self.actions:
            object.__setattr__(self, "actions", tuple(map(str, range(max(self.row.shape)))))


PORTFOLIO = ((4, -2), (1, 0.5), (0, 0.2)), ZERO_SUM, ("bold", "middle", "safe")


@cache
def named() -> dict[str, tuple[Any, str, tuple[str, ...]]]:
    """Name -> (row player's payoffs, the column player's, actions in words)."""
    from ..games.classic import CLASSICS  # late: solvers take a third of a second to import, which worlds need not wait for

    return {name: (game.payoffs, SYMMETRIC, game.actions) for name, game in CLASSICS.items()} | {"portfolio": PORTFOLIO}


def game_of(options: Mapping[str, Any]) -> Game:
    """The game of the options `payoff` (a fixture's name or a nested list) and `column`. Raises SkyrallyError for what is none."""
    payoff, column = options["payoff"], options["column"]
    actions: tuple[str, ...] = ()
    if isinstance(payoff, str):
        if payoff not in named():
            raise unknown("payoff", payoff, named())
        rows, own, actions = named()[payoff]
        payoff, column = rows, own if column is None else column
    row = _matrix("payoff", payoff)
    return Game(row, _column(row, SYMMETRIC if column is None else column), actions)


def _column(row: np.ndarray, given: Any) -> np.ndarray:
    """[R, C] the column player's payoffs."""
    shape = "x".join(map(str, row.shape))
    if isinstance(given, str):
        if given not in (SYMMETRIC, ZERO_SUM):
            raise unknown("column", given, (SYMMETRIC, ZERO_SUM))
        if given == SYMMETRIC and row.shape[0] != row.shape[1]:
            raise SkyrallyError(f"payoff is {shape}, which is no symmetric game; give column={ZERO_SUM!r} or the column player's matrix")
        return row.T if given == SYMMETRIC else -row
    column = _matrix("column", given)
    if column.shape != row.shape:
        raise SkyrallyError(f"column is {'x'.join(map(str, column.shape))} and payoff {shape}; expected the same rows and columns")
    return column


def _matrix(name: str, given: Any) -> np.ndarray:
    """[R, C] float64 from a nested list or array of numbers."""
    try:
        matrix = np.asarray(given)
    except ValueError:  # rows of unequal length
        matrix = np.zeros(0)
    if matrix.ndim != 2 or matrix.dtype.kind not in "iuf" or not 1 <= min(matrix.shape) <= max(matrix.shape) <= MOST:
        got = f"an array {given.shape} of {given.dtype}" if isinstance(given, np.ndarray) else shortly(given)
        raise SkyrallyError(f"{name} is {got}; expected rows of equally many numbers, 1 to {MOST} a side, or one of {', '.join(named())}")
    wrong = np.argwhere(~np.isfinite(matrix))
    if len(wrong):
        row, column = wrong[0].tolist()
        raise SkyrallyError(f"{name} holds {matrix[row, column]} in row {row}, column {column}; expected finite numbers")
    return matrix.astype(float)
