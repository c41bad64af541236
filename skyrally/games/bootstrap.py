"""How sure an equilibrium is: a meta-solver's mixtures over games drawn from the intervals of a payoff table.

A parametric bootstrap (Efron 1979): the mean of every cell is drawn from the normal distribution whose interval is the table's, the game of
each draw is solved anew, and what comes of all draws is a distribution of the equilibrium. Small leads that the episodes do not support
show as wide intervals of the probabilities.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from ..errors import SkyrallyError
from .intervals import check_level
from .normal_form import Game, Profile
from .payoffs import PayoffTable
from .solvers import solve

LEVEL = 0.95  # of the table's intervals that spreads are read from


@dataclass(frozen=True)
class Sureness:
    """Equilibria of one table and of its draws; D draws."""

    profile: Profile  # of the table's own means
    draws: tuple[np.ndarray, ...]  # [D, A_k] per player
    values: np.ndarray  # [D, n] what each player expects at the draw's equilibrium, by the draw's payoffs

    def interval(self, level: float = 0.95) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
        """(low [A_k], high [A_k]) per player: percentile intervals of the probabilities."""
        check_level(level)
        ends = [(1 - level) / 2, (1 + level) / 2]
        return tuple((low, high) for low, high in (np.quantile(d, ends, axis=0) for d in self.draws))

    def played(self, least: float = 0.05) -> tuple[np.ndarray, ...]:
        """[A_k] per player: in what share of the draws each policy has at least this probability."""
        return tuple((d >= least).mean(axis=0) for d in self.draws)


def bootstrap(table: PayoffTable, solver: str | Callable[[Game], Profile], *, draws: int = 200, seed: int = 0, **options: Any) -> Sureness:
    """Solves `draws` games drawn from the table. solver: a name in SOLVERS with its options, or a function.

    SkyrallyError for cells of fewer than two episodes, whose intervals are infinite, and for fewer than 2 draws.
    """
    if draws < 2:
        raise SkyrallyError(f"draws is {draws}; expected 2 or more")
    solved: Callable[[Game], Profile] = (lambda game: solve(game, solver, **options)) if isinstance(solver, str) else solver
    profile = solved(table.game())
    low, high = table.interval(LEVEL)
    if not np.isfinite(high - low).all():
        cell = tuple(int(i) for i in np.argwhere(table.count < 2)[0])
        raise SkyrallyError(f"cell {cell} of the payoff table has {table.count[cell]} episode; a bootstrap needs 2 or more in every cell")
    centre, spread = (low + high) / 2, (high - low) / (2 * stats.norm.ppf(0.5 + LEVEL / 2))
    rng, found, values = np.random.default_rng(seed), [], []
    for _ in range(draws):
        game = _drawn(table, centre, spread, rng)
        mixtures = solved(game)
        found.append(mixtures)
        values.append(game.values(mixtures))
    return Sureness(profile, tuple(np.array(d) for d in zip(*found, strict=True)), np.array(values))


def _drawn(table: PayoffTable, centre: np.ndarray, spread: np.ndarray, rng: np.random.Generator) -> Game:
    """One game. What the table is by its kind each draw is too: of a constant sum, symmetric.

    A draw strays from the estimate as far as that does from the truth, so its error is twice the table's: what `Variance` takes off for
    chance must be as large.
    """
    payoffs = centre + spread * rng.standard_normal(centre.shape)
    total = _constant_sum(table)
    if table.symmetric:
        own = payoffs[0]
        if total is not None:  # (i, j) and (j, i) are the same episodes
            above = np.triu(own, 1)
            own = above + np.tril(total - own.T, -1) + np.diag(np.full(len(own), total / 2))
        payoffs = np.stack((own, own.T))
    elif total is not None:
        payoffs[1] = total - payoffs[0]
    return Game(tuple(payoffs), noise=tuple(table.variance), error=tuple(2 * table.variance / table.count), symmetric=table.symmetric)


def _constant_sum(table: PayoffTable) -> float | None:
    """What both players of a table earn together when it is the same in every cell; None where it is not."""
    if table.players != 2:
        return None
    sums = table.mean.sum(axis=0)
    span = max(float(np.ptp(table.mean)), 1e-300)
    return float(sums.mean()) if np.ptp(sums) <= 1e-9 * span else None
