"""Cross-play: every agent or population of one list against every one of another, with what matters to the risk averse.

Populations are agents as well: `run:DIR` of a run of psro draws a policy per episode from its mixture.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..agents.spec import find_agent
from ..atomic import PendingFile
from ..envs.arguments import whole
from ..errors import SkyrallyError
from ..games.intervals import clopper_pearson, mean_interval
from ..scenarios.registry import find
from .duel import Played, duel

LOW = 0.05  # the quantile of bad episodes


@dataclass(frozen=True)
class Standing:
    """What one agent did over all its opponents, each counting the same."""

    agent: str
    opponents: int
    episodes: int
    mean: float  # payoff per episode
    variance: float  # of an episode's payoff, opponent drawn uniformly
    between: float  # the part of it that is between opponents: strategic
    worst: float  # mean against the worst opponent
    worst_opponent: str
    quantile: float  # the 5 % quantile of episodes' payoffs
    least: float  # the worst episode
    crash_rate: float
    crash_low: float  # 95 %, Clopper and Pearson
    crash_high: float


@dataclass
class CrossPlay:
    """A matrix of duels: played[i][j] is rows[i] against columns[j]."""

    scenario: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    episodes: int
    seed: int
    played: list[list[Played]]

    def matrix(self, what: Callable[[Played], float] = lambda played: float(played.payoffs[0].mean())) -> np.ndarray:
        """[rows, columns] a number of every cell: the row agent's mean payoff unless told."""
        return np.array([[what(cell) for cell in row] for row in self.played])

    def standings(self, apart: bool = True) -> list[Standing]:
        """One per row. apart: an agent's episodes against itself are left out (opponents are to be unseen)."""
        return [self._standing(i, apart) for i in range(len(self.rows))]

    def _standing(self, i: int, apart: bool) -> Standing:
        met = [j for j, name in enumerate(self.columns) if not (apart and name == self.rows[i])]
        if not met:
            raise SkyrallyError(f"{self.rows[i]} meets only itself; give other opponents")
        cells = [self.played[i][j] for j in met]
        payoffs, means = np.concatenate([c.payoffs[0] for c in cells]), np.array([c.payoffs[0].mean() for c in cells])
        crashed = np.concatenate([c.crashed for c in cells])
        low, high = clopper_pearson(int(crashed.sum()), len(crashed))
        return Standing(
            agent=self.rows[i],
            opponents=len(met),
            episodes=len(payoffs),
            mean=float(payoffs.mean()),
            variance=float(payoffs.var(ddof=1)),
            between=float(means.var()),
            worst=float(means.min()),
            worst_opponent=self.columns[met[int(means.argmin())]],
            quantile=float(np.quantile(payoffs, LOW)),
            least=float(payoffs.min()),
            crash_rate=float(crashed.mean()),
            crash_low=float(low),
            crash_high=float(high),
        )

    def cells(self) -> list[dict[str, Any]]:
        """A plain row per cell: both sides' mean and variance, episodes, crashes, and means of the scenario's own numbers."""
        found = []
        for i, first in enumerate(self.rows):
            for j, second in enumerate(self.columns):
                played = self.played[i][j]
                mean, variance = played.payoffs.mean(axis=1), played.payoffs.var(axis=1, ddof=1)
                row = {
                    "first": first,
                    "second": second,
                    "episodes": len(played.steps),
                    "mean": mean.tolist(),
                    "variance": variance.tolist(),
                }
                crashes = int(played.crashed.sum())
                row |= {"least": played.payoffs.min(axis=1).tolist(), "crashes": crashes}
                row |= {"crash_interval": [float(end) for end in clopper_pearson(crashes, len(played.steps))]}
                found.append(row | {name: float(values.mean()) for name, values in played.info.items()})
        return found

    def intervals(self) -> tuple[np.ndarray, np.ndarray]:
        """95 % intervals (Student's) of `matrix`: lower and upper ends, [rows, columns] each."""
        squares = self.matrix(lambda played: float(played.payoffs[0].var() * len(played.steps)))
        return mean_interval(self.matrix(lambda played: float(len(played.steps))), self.matrix(), squares)

    def result(self) -> dict[str, Any]:
        """Cells and standings as plain data. Who meets others as well is not judged by episodes against itself."""
        apart = all(any(other != name for other in self.columns) for name in self.rows)
        told = {"scenario": self.scenario, "episodes": self.episodes, "seed": self.seed, "cells": self.cells()}
        return told | {"standings": [asdict(one) for one in self.standings(apart)]}

    def store(self, path: str | Path, *, force: bool = False) -> Path:
        """Writes cells and standings as JSON, whole or not at all."""
        file = PendingFile(path, force=force)
        file.temporary.write_text(json.dumps(self.result(), indent=1) + "\n")
        file.commit()
        return file.path


def cross_play(
    scenario: str,
    rows: Sequence[str],
    columns: Sequence[str] | None = None,
    *,
    episodes: int = 200,
    seed: int = 0,
    told: Callable[[str, str], None] = lambda first, second: None,
    **options: Any,
) -> CrossPlay:
    """Plays every row agent against every column agent (None: the rows), `episodes` each; options as of `duel` and the scenario.

    Every cell plays the same worlds, so that agents are compared on equal terms. SkyrallyError for unknown agents.
    """
    found, columns = find(scenario), tuple(rows if columns is None else columns)
    if whole("episodes", episodes, 0) < 2 or not rows or not columns:
        raise SkyrallyError(
            f"{episodes} episodes of {len(rows)} agents against {len(columns)}; expected 2 or more episodes and agents to play"
        )
    played = []
    for first in rows:
        line = []
        for second in columns:
            told(first, second)
            agents = find_agent(first, found, seed), find_agent(second, found, seed + 1)
            line.append(duel(found, *agents, episodes, seed=seed, swap=found.alike(found.resolved(_own(options))), **options))
        played.append(line)
    return CrossPlay(found.name, tuple(rows), columns, episodes, seed, played)


def _own(options: dict[str, Any]) -> dict[str, Any]:
    """The scenario's options alone."""
    return {name: value for name, value in options.items() if name not in ("crash_cost", "threads")}
