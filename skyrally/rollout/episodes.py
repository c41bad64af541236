"""Statistics of the episodes that ended while collecting: read from the world records, once per episode."""

from __future__ import annotations

import numpy as np

from ..envs.batch import BatchEnv


class Episodes:
    """Sums over ended episodes, until `summary` takes them."""

    def __init__(self) -> None:
        self._rows: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []  # (metric [K], length [K], returns [K, terms])
        self._terms: list[str] = []

    def book(self, env: BatchEnv, done: np.ndarray) -> None:
        """Notes the worlds of `done` [W], before they are reset. Returns are means over a world's drones."""
        ended = np.flatnonzero(done)
        worlds = env.worlds
        metric = worlds[env.scenario.metric.field][ended]
        self._terms = env.terms
        returns = env.returns[ended].sum(1) / env.players[ended, None]  # drones that do not exist have none
        self._rows.append((metric, worlds["step"][ended], returns))

    def summary(self) -> dict[str, float]:
        """Means since the last call: episodes, metric, return, length and one weighted return per reward term. Empty without episodes."""
        if not self._rows:
            return {}
        metric, length, returns = (np.concatenate(parts).astype(float) for parts in zip(*self._rows, strict=True))
        self._rows.clear()
        row = {"episodes": float(len(metric)), "metric": metric.mean(), "return": returns.sum(1).mean(), "length": length.mean()}
        row |= {f"term/{name}": value for name, value in zip(self._terms, returns.mean(0), strict=True)}
        return {name: float(value) for name, value in row.items()}
