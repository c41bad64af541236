"""Several agents as one: for every episode one of them is drawn and plays it to its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ..envs.choices import DISCRETE, Choices
from ..errors import SkyrallyError
from ..physics.rng import GOLDEN
from ..physics.seeds import scramble
from .agent import Agent

Draw = Callable[[np.ndarray], np.ndarray]  # numbers of rows that begin an episode [K] to uniform numbers [K] in [0, 1)


class Hashed:
    """Uniform numbers that are a hash of (seed, row, how often the row has drawn): the same whatever the chunks."""

    def __init__(self, seed: int = 0):
        self._seed = scramble(np.array([seed], np.uint64) + GOLDEN)
        self._drawn: dict[int, int] = {}

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        times = np.array([self._drawn.get(int(row), 0) for row in rows], np.uint64)
        self._drawn.update((int(row), int(k) + 1) for row, k in zip(rows, times, strict=True))
        key = scramble(scramble(rows.astype(np.uint64) * GOLDEN ^ self._seed) + times * GOLDEN)
        return (key >> np.uint64(11)).astype(float) * 2.0**-53


class Mixture(Agent):
    """Plays `members[j]` with probability `weights[j]`, drawn anew when an episode begins (a row's memory was zeroed).

    All must have one view and one action mode. drones: of a team, whose rows come side by side and have one member.
    Memory: 1 + the member's number (0: none yet), then the member's own.
    """

    def __init__(
        self, name: str, members: Sequence[Agent], weights: Sequence[float] | np.ndarray, draw: Draw | None = None, drones: int = 1
    ):
        self.name, self.members, self.drones = name, list(members), int(drones)
        self.weights = np.asarray(weights, float)
        self._check()
        self.view, self.action_mode = self.members[0].view, self.members[0].action_mode
        self.memory_size = 1 + max(member.memory_size for member in self.members)
        self.draw = draw or Hashed()
        self.faced: list[np.ndarray] = []  # the members' numbers [W] of each step, when `keeps`
        self.keeps = False

    def _check(self) -> None:
        weights, seats = self.weights, {(member.view, member.action_mode) for member in self.members}
        if not self.members or weights.shape != (len(self.members),) or not (weights >= 0).all() or not np.isclose(weights.sum(), 1.0):
            raise SkyrallyError(f"{self.name} mixes {len(self.members)} agents by {weights.tolist()}; expected one probability each, sum 1")
        if len(seats) > 1:
            words = "; ".join(f"{m.name}: view {m.view}, action mode {m.action_mode}" for m in self.members)
            raise SkyrallyError(f"{self.name} mixes agents of different views or action modes ({words}); expected one of each")

    def act(self, obs: np.ndarray, memory: np.ndarray, out: np.ndarray) -> None:
        new = np.flatnonzero(memory[:: self.drones, 0] == 0.0)
        if len(new):
            edges = np.cumsum(self.weights)
            drawn = np.searchsorted(edges, self.draw(self.first_row // self.drones + new) * edges[-1], side="right")
            last = int(np.flatnonzero(self.weights)[-1])
            for k in range(self.drones):
                memory[new * self.drones + k, 0] = 1.0 + np.minimum(drawn, last)
        who = memory[:, 0].astype(int) - 1
        for j in np.unique(who):
            self._play(self.members[j], np.flatnonzero(who == j), obs, memory, out)
        if self.keeps:
            self.faced.append(who[:: self.drones].copy())

    def _play(self, member: Agent, rows: np.ndarray, obs: np.ndarray, memory: np.ndarray, out: np.ndarray) -> None:
        own = memory[rows, 1 : 1 + member.memory_size]
        action = np.zeros((len(rows), out.shape[1]), np.float32)
        member.first_row = self.first_row + int(rows[0])
        member.act(np.ascontiguousarray(obs[rows]), own, action)
        memory[rows, 1 : 1 + member.memory_size] = own
        out[rows] = action


class Chooser(Agent):
    """An agent of action mode discrete as one of the mode behind it: its choices are exchanged for their rows."""

    def __init__(self, inner: Agent, choices: Choices):
        self.inner, self.choices = inner, choices
        self.name, self.view, self.memory_size, self.action_mode = inner.name, inner.view, inner.memory_size, choices.mode

    def act(self, obs: np.ndarray, memory: np.ndarray, out: np.ndarray) -> None:
        self.inner.first_row = self.first_row
        self.inner.act(obs, memory, out)
        out[:] = self.choices.rows[out[:, 0].astype(int)]


def settled(agent: Agent, choices: Choices | None) -> Agent:
    """The agent without action mode discrete, so that it can be mixed with others."""
    return Chooser(agent, choices) if agent.action_mode == DISCRETE and choices is not None else agent
