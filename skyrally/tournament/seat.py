"""One agent among the worlds of a batch: its rows of observations gathered, its memory kept, its actions put where they belong."""

from __future__ import annotations

import numpy as np

from ..agents.agent import Agent
from ..envs.batch import BatchEnv


class Seat:
    """An agent, in the worlds and for the teams (or drones) that `sit` or `take` names. Letters: W worlds, n drones of a team."""

    def __init__(self, agent: Agent, env: BatchEnv, team_size: int):
        env.seats.accept(agent.name, getattr(agent, "choices", None))
        self.agent = agent
        self.view = agent.view or env.scenario.default_view
        self.size = env.views[self.view].size
        self.team_size = team_size
        self.first_row = 0
        self._memory = np.zeros((env.num_worlds, team_size, agent.memory_size), np.float32)

    @property
    def kind(self) -> tuple[str, str]:
        """(view, action mode)."""
        return self.view, self.agent.action_mode

    def sit(self, teams: np.ndarray) -> None:
        """teams [W, 2] bool: which team it plays in each world, at most one."""
        worlds = np.flatnonzero(teams.any(axis=1))
        self.take(worlds, teams[worlds, 1, None] * self.team_size + np.arange(self.team_size), 2 * self.team_size)

    def take(self, worlds: np.ndarray, drones: np.ndarray, of: int) -> None:
        """worlds [V]: where it plays; drones [V, n]: which, of so many there are in a world."""
        self._worlds = slice(None) if len(worlds) == len(self._memory) else worlds
        self._rows = (worlds[:, None] * of + drones).ravel()
        self._actions = np.zeros((len(self._rows), 4), np.float32)

    def act(self, obs: np.ndarray, actions: np.ndarray) -> None:
        """obs [W, N, O] in, its rows of actions [W, N, 4] out."""
        if not len(self._rows):
            return
        rows = obs.reshape(-1, obs.shape[2]).take(self._rows, axis=0)
        memory = np.ascontiguousarray(self._memory[self._worlds].reshape(len(rows), self.agent.memory_size))
        self.agent.first_row = self.first_row
        self.agent.act(np.ascontiguousarray(rows[:, : self.size]), memory, self._actions)
        self._memory[self._worlds] = memory.reshape(len(rows) // self.team_size, *self._memory.shape[1:])
        actions.reshape(-1, 4)[self._rows] = self._actions

    def forget(self, mask: np.ndarray) -> None:
        """Empties the memory of the worlds in mask [W]: a new episode begins."""
        self._memory[mask] = 0.0
