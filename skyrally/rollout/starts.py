"""Hard starts: some episodes begin as those did that went worst, so that rare failures are practised as often as they need.

After prioritised level replay (Jiang, Grefenstette and Rocktaeschel 2021), simpler: a start is the world seed and the number of an episode,
the pool holds the W starts of the lowest scores (the scenario's metric), and what begins anew from it is scored anew: a start that
succeeds makes room. A world that was lent to a start of the pool goes on with its own series of episodes afterwards.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from ..envs.batch import BatchEnv

START = np.dtype([("seed", np.uint64), ("episode", np.int64)])
OWN = -1  # in place of a place in the pool


class HardStarts:
    """Chooses how the episodes of W worlds begin. `share`: of the episodes that begin from the pool, 0 to 1."""

    def __init__(self, env: BatchEnv, share: float):
        w = env.num_worlds
        self.share, self.sign = share, -1.0 if env.scenario.metric.lower_is_better else 1.0
        self.pool, self.score = np.zeros(w, START), np.full(w, np.inf)  # inf: a place that is still free
        self.own = np.zeros(w, START)  # the last episode of each world's own series
        self.place = np.full(w, OWN)  # of the start that is played, in the pool

    def choose(self, env: BatchEnv, done: np.ndarray) -> None:
        """Scores the episodes that ended in the worlds of `done` [W], and writes what their next ones are drawn from. Before the reset."""
        if not self.share:
            return
        worlds = env.worlds
        ended = np.flatnonzero(done)
        for k, score in zip(ended, self.sign * worlds[env.scenario.metric.field][ended], strict=True):
            self._book(k, (worlds["seed"][k], worlds["episode"][k]), float(score))
        filled = int(np.isfinite(self.score).sum())
        lent = (torch.rand(len(ended)).numpy() < self.share) & (filled > 0)
        self.place[ended] = np.where(lent, torch.randint(max(filled, 1), (len(ended),)).numpy(), OWN)
        begins = np.where(lent, self.pool[self.place[ended]], self.own[ended])
        worlds["seed"][ended] = begins["seed"]
        worlds["episode"][ended] = begins["episode"] - lent  # a reset adds one

    def _book(self, k: int, start: tuple[int, int], score: float) -> None:
        """Takes in how the episode of world k went."""
        place = self.place[k]
        if place == OWN:
            self.own[k] = start
            place = int(self.score.argmax())
            if score < self.score[place]:
                self.pool[place], self.score[place] = start, score
        elif tuple(self.pool[place]) == start:  # unless it made room meanwhile
            self.score[place] = score

    def state(self) -> dict[str, Any]:
        """All that is needed to go on exactly."""
        return {name: torch.from_numpy(getattr(self, name).view(np.uint8).copy()) for name in ("pool", "score", "own", "place")}

    def restore(self, state: dict[str, Any]) -> None:
        """Goes on from what `state` gave."""
        for name, kept in state.items():
            array = getattr(self, name)
            array[:] = kept.numpy().view(array.dtype)
