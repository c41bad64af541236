"""The table of payoffs between populations, filled by episodes: what is known of every cell, and how well.

A cell is one choice of a policy for every player. The table keeps running sums (Welford 1962; batches merge as Chan, Golub and LeVeque
1979), so cells are filled in any order, in any batches, by several processes, and populations grow.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Sequence

import numpy as np

from ..atomic import PendingFile
from ..errors import SkyrallyError
from .intervals import clopper_pearson, mean_interval
from .normal_form import Game

VERSION = 1
Cell = tuple[int, ...]


class PayoffTable:
    """Statistics of every cell of a game between populations of these sizes.

    symmetric: one population plays both seats; an episode in cell (i, j) is one in (j, i) too, and its two seats in (i, i) count as one.
    bounds: the least and largest payoff an episode can have, when known; intervals are better for it.

    count [A_1, ..., A_n] episodes; mean, squares (sum of squared deviations), least [n, A_1, ..., A_n] of each player's payoff;
    crashes [A_1, ..., A_n] episodes that ended in a crash; steps [A_1, ..., A_n] of all episodes together.
    """

    def __init__(self, sizes: Sequence[int], *, symmetric: bool = False, bounds: tuple[float, float] | None = None):
        self.symmetric, self.bounds = symmetric, bounds
        sizes = tuple(int(s) for s in sizes)
        if len(sizes) < 2 or min(sizes) < 0:
            raise SkyrallyError(f"populations of sizes {sizes}; expected two or more players with 0 or more policies each")
        if symmetric and (len(sizes) != 2 or sizes[0] != sizes[1]):
            raise SkyrallyError(f"one population in both seats of sizes {sizes}; expected two equal sizes")
        if bounds is not None and not bounds[0] < bounds[1]:
            raise SkyrallyError(f"bounds of payoffs are {bounds}; expected the least, then the largest")
        self.count = np.zeros(sizes, np.int64)
        self.mean = np.zeros((len(sizes), *sizes))
        self.squares = np.zeros_like(self.mean)
        self.least = np.full_like(self.mean, np.inf)
        self.crashes = np.zeros(sizes, np.int64)
        self.steps = np.zeros(sizes, np.int64)

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many policies each player has."""
        return self.count.shape

    @property
    def players(self) -> int:
        """How many players there are."""
        return self.count.ndim

    def add(self, cell: Sequence[int], payoffs: Sequence[Sequence[float]] | np.ndarray, *, crashes: int = 0, steps: int = 0) -> None:
        """Takes in episodes of a cell. payoffs [n, episodes]; crashes, steps: of all these episodes together."""
        where = self._where(cell)
        values = np.asarray(payoffs, float)
        self._check(where, values, crashes, steps)
        if not values.shape[1]:
            return
        if self.symmetric and where[0] == where[1]:
            both = values.ravel()
            batch = np.full(2, both.mean()), np.full(2, both.var() * values.shape[1]), np.full(2, both.min())
        else:
            mean = values.mean(axis=1)
            batch = mean, ((values - mean[:, None]) ** 2).sum(axis=1), values.min(axis=1)
        self._take(where, values.shape[1], batch, crashes, steps)
        if self.symmetric and where[0] != where[1]:
            self._take(where[::-1], values.shape[1], tuple(b[::-1] for b in batch), crashes, steps)

    def _take(self, where: Cell, count: int, batch: tuple[np.ndarray, ...], crashes: int, steps: int) -> None:
        at = (slice(None), *where)
        self.mean[at], self.squares[at] = merged(self.count[where], self.mean[at], self.squares[at], count, batch[0], batch[1])
        self.least[at] = np.minimum(self.least[at], batch[2])
        self.count[where] += count
        self.crashes[where] += crashes
        self.steps[where] += steps

    def merge(self, other: PayoffTable) -> None:
        """Takes in another table of the same populations, such as one filled by another process."""
        if (other.sizes, other.symmetric, other.bounds) != (self.sizes, self.symmetric, self.bounds):
            raise SkyrallyError(
                f"a table of sizes {other.sizes} cannot be merged into one of {self.sizes}; both must be of the same populations"
            )
        self.mean, self.squares = merged(self.count, self.mean, self.squares, other.count, other.mean, other.squares)
        self.least = np.minimum(self.least, other.least)
        self.count, self.crashes, self.steps = self.count + other.count, self.crashes + other.crashes, self.steps + other.steps

    def grow(self, player: int, by: int = 1) -> None:
        """More policies for a player (of a symmetric table: for the one population), with empty cells at the end."""
        if not 0 <= player < self.players or by < 0:
            raise SkyrallyError(f"player {player} cannot grow by {by}; expected a player of 0 to {self.players - 1} and 0 or more policies")
        for axis in (0, 1) if self.symmetric else (player,):
            for name in ("count", "crashes", "steps"):
                setattr(self, name, _longer(getattr(self, name), axis, by, 0))
            for name, empty in (("mean", 0.0), ("squares", 0.0), ("least", np.inf)):
                setattr(self, name, _longer(getattr(self, name), axis + 1, by, empty))

    @property
    def variance(self) -> np.ndarray:
        """Unbiased variance [n, A_1, ..., A_n] of payoffs within a cell; 0 below two episodes."""
        return self.squares / np.maximum(self.count - 1, 1)

    def interval(self, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
        """The confidence interval of every mean, two arrays [n, A_1, ..., A_n]."""
        return mean_interval(np.broadcast_to(self.count, self.mean.shape), self.mean, self.squares, level, self.bounds)

    def crash_interval(self, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
        """The exact interval of every cell's crash rate, two arrays [A_1, ..., A_n]."""
        return clopper_pearson(self.crashes, self.count, level)

    def needs(self, half_width: float | np.ndarray, *, level: float = 0.95, least: int = 2) -> np.ndarray:
        """How many more episodes [A_1, ..., A_n] each cell needs until its intervals reach about +- half_width.

        half_width may be given by cell, such as narrower where an equilibrium plays. least: episodes of every cell in any case.
        """
        if not np.all(np.asarray(half_width) > 0.0):
            raise SkyrallyError(f"half_width is {half_width}; expected above 0")
        low, high = self.interval(level)
        half = ((high - low) / 2).max(axis=0)
        with np.errstate(invalid="ignore", over="ignore"):
            more = np.ceil(self.count * ((half / half_width) ** 2 - 1.0))
        more = np.where(np.isfinite(more), np.maximum(more, 0), 0)
        return np.maximum(more, least - self.count).astype(np.int64)

    def neediest(self, half_width: float | np.ndarray, most: int | None = None, **options) -> list[tuple[Cell, int]]:
        """The cells that need more episodes and how many, most first; options as of `needs`. Of a symmetric table (i, j) with i <= j."""
        more = self.needs(half_width, **options)
        if self.symmetric:
            more = np.triu(np.maximum(more, more.T))
        order = np.argsort(-more, axis=None, kind="stable")[: np.count_nonzero(more)]
        return [(cell, int(more[cell])) for cell in (tuple(int(i) for i in np.unravel_index(k, more.shape)) for k in order[:most])]

    def game(self) -> Game:
        """The game of the mean payoffs, with what is known of their noise. SkyrallyError when a cell is empty or a population is."""
        if 0 in self.sizes:
            raise SkyrallyError(f"populations of sizes {self.sizes}: player {self.sizes.index(0)} has no policy; expected one or more each")
        if not self.count.all():
            cell = tuple(int(i) for i in np.argwhere(self.count == 0)[0])
            raise SkyrallyError(f"cell {cell} of the payoff table has no episode; play every pair of policies first")
        return Game(tuple(self.mean), noise=tuple(self.variance), error=tuple(self.variance / self.count), symmetric=self.symmetric)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the table as plain arrays (.npz), whole or not at all."""
        file = PendingFile(path, force=True)
        bounds = np.array(self.bounds if self.bounds is not None else (), float)
        with file.temporary.open("wb") as stream:
            np.savez(stream, version=VERSION, symmetric=self.symmetric, bounds=bounds, **{name: getattr(self, name) for name in ARRAYS})
        file.commit()

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> PayoffTable:
        """A table that was saved. Nothing in the file is executed. SkyrallyError when it is none, or damaged."""
        try:
            with zipfile.ZipFile(path), np.load(path, allow_pickle=False) as file:
                parts = {name: file[name] for name in file.files}
        except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
            raise SkyrallyError(f"{path} is no payoff table: {error}; expected a file that PayoffTable.save wrote") from None
        if set(parts) != {"version", "symmetric", "bounds", *ARRAYS} or int(parts["version"]) != VERSION:
            raise SkyrallyError(f"{path} is no payoff table of version {VERSION}; it holds {sorted(parts)}")
        bounds = parts["bounds"]
        table = cls(
            parts["count"].shape, symmetric=bool(parts["symmetric"]), bounds=(float(bounds[0]), float(bounds[1])) if bounds.size else None
        )
        for name in ARRAYS:
            wanted, got = getattr(table, name), parts[name]
            sound = got.shape == wanted.shape and got.dtype == wanted.dtype and not np.isnan(got).any()
            if not sound or (name in ("count", "crashes", "steps", "squares") and (got < 0).any()):
                raise SkyrallyError(
                    f"{path} is damaged: {name} is {got.dtype} {got.shape}; expected {wanted.dtype} {wanted.shape} of sound numbers"
                )
            setattr(table, name, got)
        return table

    def _where(self, cell: Sequence[int]) -> Cell:
        where = tuple(int(i) for i in cell)
        if len(where) != self.players or not all(0 <= i < size for i, size in zip(where, self.sizes, strict=True)):
            raise SkyrallyError(f"there is no cell {where} in a payoff table of sizes {self.sizes}; `grow` adds policies")
        return where

    def _check(self, where: Cell, values: np.ndarray, crashes: int, steps: int) -> None:
        if values.ndim != 2 or len(values) != self.players:
            raise SkyrallyError(f"payoffs of cell {where} have shape {values.shape}; expected [{self.players} players, episodes]")
        if not np.isfinite(values).all():
            raise SkyrallyError(f"payoffs of cell {where} hold {values[~np.isfinite(values)][0]}; expected finite numbers")
        if self.bounds is not None and values.size and not self.bounds[0] <= values.min() <= values.max() <= self.bounds[1]:
            raise SkyrallyError(f"payoffs of cell {where} reach from {values.min()} to {values.max()}; expected within {self.bounds}")
        if not 0 <= crashes <= values.shape[1] or steps < 0:
            raise SkyrallyError(
                f"{crashes} crashes in {values.shape[1]} episodes of {steps} steps in cell {where}; expected one at most in each"
            )


ARRAYS = ("count", "mean", "squares", "least", "crashes", "steps")


def merged(n1, mean1, squares1, n2, mean2, squares2) -> tuple[np.ndarray, np.ndarray]:
    """Mean and sum of squared deviations of two batches together (Chan, Golub and LeVeque 1979), elementwise."""
    share = n2 / np.maximum(n1 + n2, 1)
    apart = mean2 - mean1
    return mean1 + apart * share, squares1 + squares2 + apart**2 * n1 * share


def _longer(array: np.ndarray, axis: int, by: int, empty: float) -> np.ndarray:
    shape = list(array.shape)
    shape[axis] = by
    return np.concatenate((array, np.full(shape, empty, array.dtype)), axis)
