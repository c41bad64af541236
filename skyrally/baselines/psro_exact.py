"""PSRO where mathematics allows exactness: policies are the actions of a known game, payoffs and best responses are computed.

It goes the way of `games.double_oracle`, and is what the loop of `psro.py` is tested by.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import SkyrallyError
from ..games.normal_form import Game
from ..games.objectives import opponent_weights
from ..games.risk import Variance
from ..tournament.duel import Played
from ..workers import Stopped
from .psro_parts import Arena, Oracle, Task


@dataclass(frozen=True)
class ExactArena(Arena):
    """A two-player game; the policy "3" is the action 3. An episode pays the cell's payoff, without noise."""

    game: Game

    @property
    def symmetric(self) -> bool:  # type: ignore[override]
        return self.game.symmetric

    def play(self, first: str, second: str, episodes: int, start: int, seed: int) -> Played:
        cell = int(first), int(second)
        payoffs = np.array([np.full(episodes, table[cell]) for table in self.game.payoffs])
        return Played(payoffs, np.zeros(episodes, bool), np.ones(episodes, np.int64))


@dataclass(frozen=True)
class ExactOracle(Oracle):
    """The best action by each objective. Within an episode nothing is drawn, so `episodic` and `strategic` are the same."""

    game: Game

    def first(self, seat: int, number: int, seed: int) -> str:
        return "0"

    def respond(self, task: Task, stopped: Stopped) -> str:
        columns, y = [int(name) for name in task.opponents], np.array(task.mixture)
        means = self.game.prospects[task.seat].mean[:, columns]
        if task.objective == "neutral":
            scores = means @ y
        elif task.objective == "marginal":
            scores = means @ (y * opponent_weights(np.array(task.present), y, task.gamma))
        elif task.objective in ("episodic", "strategic"):
            seen = self.game.prospects[task.seat].restricted(np.arange(len(means)), np.array(columns))
            alone = Variance().choice(seen, y, task.gamma, 0.0)
            scores = np.array([alone.utility(action) for action in np.eye(len(means))])
        else:
            raise SkyrallyError(f"a matrix game has one step only; objective {task.objective} is for learners")
        return str(int(np.argmax(scores)))
