"""Normal-form games: what each player earns, what a deviation would earn, how far a profile of mixtures is from equilibrium.

Letters: n players, A_k actions of player k, B joint actions of all others (a product, in the order of the players). A mixture is an
array [A_k] of probabilities, a profile a tuple of n of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..errors import SkyrallyError

Profile = tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Prospect:
    """What one player faces: rows are own actions, columns the joint actions of the others; all [A, B]."""

    mean: np.ndarray  # expected payoff
    noise: np.ndarray  # variance of the payoff within a cell
    error: np.ndarray  # squared standard error of `mean`

    def restricted(self, rows: np.ndarray, columns: np.ndarray) -> Prospect:
        """The same with some own actions and some columns only."""
        where = np.ix_(rows, columns)
        return Prospect(self.mean[where], self.noise[where], self.error[where])


class Game:
    """A finite game: payoffs[k][a_1, ..., a_n] is what player k earns.

    noise, error: of each payoff, the variance within its cell and its squared standard error, when payoffs are estimates (zero
    otherwise). symmetric: one population plays both seats, so both play one mixture.
    Raises SkyrallyError for empty populations, payoffs that are not finite or of different shapes, and a `symmetric` game that is none.
    """

    def __init__(
        self,
        payoffs: Sequence[np.ndarray],
        *,
        noise: Sequence[np.ndarray] | None = None,
        error: Sequence[np.ndarray] | None = None,
        symmetric: bool = False,
    ):
        self.payoffs = _tensors("payoffs", payoffs)
        self.sizes: tuple[int, ...] = self.payoffs[0].shape
        self.players = len(self.payoffs)
        zeros = [np.zeros(self.sizes)] * self.players
        self.noise = _tensors("variances of payoffs", zeros if noise is None else noise, self.sizes)
        self.error = _tensors("squared errors of payoffs", zeros if error is None else error, self.sizes)
        self.symmetric = symmetric
        if symmetric:
            self._check_symmetry()

    def _check_symmetry(self) -> None:
        if self.players != 2 or self.sizes[0] != self.sizes[1]:
            raise SkyrallyError(f"payoffs of shape {self.sizes} are no symmetric game; expected two players with the same actions")
        gap = float(np.abs(self.payoffs[1] - self.payoffs[0].T).max())
        if gap > 1e-9 * max(1.0, self.span):
            raise SkyrallyError(
                f"the second player's payoffs differ from the transpose of the first's by {gap:.3g}; expected 0 in a symmetric game"
            )

    @cached_property
    def span(self) -> float:
        """The largest difference between two payoffs of one player."""
        return max(float(np.ptp(p)) for p in self.payoffs)

    @cached_property
    def prospects(self) -> tuple[Prospect, ...]:
        """What each player faces."""
        tables = zip(self.payoffs, self.noise, self.error, strict=True)
        return tuple(Prospect(*(_rows(t, k) for t in three)) for k, three in enumerate(tables))

    def facing(self, profile: Profile, k: int) -> np.ndarray:
        """Probabilities [B] of the others' joint actions: the product of their mixtures."""
        y = np.ones(1)
        for mixture in profile[:k] + profile[k + 1 :]:
            y = np.multiply.outer(y, mixture).ravel()
        return y

    def deviations(self, profile: Profile, k: int) -> np.ndarray:
        """Expected payoff [A_k] of each action of player k while the others play `profile`."""
        return self.prospects[k].mean @ self.facing(profile, k)

    def values(self, profile: Profile) -> np.ndarray:
        """Expected payoff [n] of every player."""
        return np.array([profile[k] @ self.deviations(profile, k) for k in range(self.players)])

    def uniform(self) -> Profile:
        """Every player plays all actions alike."""
        return tuple(np.full(size, 1.0 / size) for size in self.sizes)

    def restricted(self, actions: Sequence[Sequence[int]]) -> Game:
        """The game in which player k has actions[k] only."""
        where = np.ix_(*(np.asarray(a, int) for a in actions))
        parts = [[t[where] for t in tables] for tables in (self.payoffs, self.noise, self.error)]
        return Game(parts[0], noise=parts[1], error=parts[2], symmetric=self.symmetric)

    def profile(self, mixtures: Sequence[Sequence[float] | np.ndarray]) -> Profile:
        """Mixtures as a profile. SkyrallyError unless there is one distribution over the actions of each player."""
        shapes = tuple(np.shape(m) for m in mixtures)
        if shapes != tuple((size,) for size in self.sizes):
            raise SkyrallyError(f"mixtures of shapes {shapes}; expected one per player, over {self.sizes} actions")
        profile = tuple(np.array(m, float) for m in mixtures)
        for k, x in enumerate(profile):
            if not np.isfinite(x).all() or x.min() < -1e-9 or abs(x.sum() - 1) > 1e-6:
                raise SkyrallyError(f"the mixture of player {k} is no distribution: {x.tolist()}; expected probabilities that sum to 1")
        return tuple(np.clip(x, 0, None) / np.clip(x, 0, None).sum() for x in profile)


def zero_sum(payoffs: Sequence[Sequence[float]] | np.ndarray) -> Game:
    """The two-player game in which the second loses what the first earns [rows, columns]."""
    table = np.asarray(payoffs, float)
    return Game((table, -table))


def symmetric(payoffs: Sequence[Sequence[float]] | np.ndarray) -> Game:
    """The game of one population: payoffs[i, j] is what i earns against j."""
    table = np.asarray(payoffs, float)
    if table.ndim != 2 or table.shape[0] != table.shape[1]:
        raise SkyrallyError(f"payoffs of shape {table.shape} are no symmetric game; expected a square table")
    return Game((table, table.T), symmetric=True)


def best_response(game: Game, profile: Profile, k: int) -> np.ndarray:
    """A pure best response [A_k] of player k: the first of the actions that earn most."""
    response = np.zeros(game.sizes[k])
    response[np.argmax(game.deviations(profile, k))] = 1.0
    return response


def nash_conv(game: Game, profile: Profile) -> float:
    """NashConv: what the players could gain by deviating, each alone, summed (Lanctot et al. 2017). 0 exactly in Nash equilibria."""
    gains = [game.deviations(profile, k).max() - value for k, value in enumerate(game.values(profile))]
    return float(sum(gains))


def exploitability(game: Game, profile: Profile) -> float:
    """NashConv per player. In a two-player zero-sum game: how far, on average over seats, the profile falls short of the value."""
    return nash_conv(game, profile) / game.players


def _rows(tensor: np.ndarray, k: int) -> np.ndarray:
    return np.moveaxis(tensor, k, 0).reshape(tensor.shape[k], -1)


def _tensors(what: str, given: Sequence[np.ndarray], sizes: tuple[int, ...] | None = None) -> tuple[np.ndarray, ...]:
    try:
        tensors = tuple(np.array(t, float) for t in given)
    except (TypeError, ValueError):
        raise SkyrallyError(f"{what} are not numbers in regular tables; expected one array per player") from None
    n, sizes = len(tensors), sizes or (tensors[0].shape if tensors else ())
    shapes = [t.shape for t in tensors]
    if n == 0 or len(sizes) != n or any(shape != sizes for shape in shapes):
        wanted = "one array per player, each with one axis per player, all of one shape; zero_sum(M) and symmetric(M) take one table"
        raise SkyrallyError(f"{what} have shapes {shapes}; expected {wanted}")
    if 0 in sizes:
        raise SkyrallyError(f"{what} have shape {sizes}: player {sizes.index(0)} has no action; expected one or more for each")
    for k, tensor in enumerate(tensors):
        if not np.isfinite(tensor).all():
            cell = tuple(int(i) for i in np.argwhere(~np.isfinite(tensor))[0])
            raise SkyrallyError(f"{what}: player {k}, cell {cell} is {tensor[cell]}; expected finite numbers")
    return tensors
