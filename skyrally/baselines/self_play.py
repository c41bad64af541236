"""Self-play and fictitious self-play: a learner whose opponent is itself, as it is or as it was.

| name | who plays the other side |
| --- | --- |
| sp | it itself: both sides are learned from (`learn=both`), or one side against its own mean action (`learn=one`) |
| fsp | a snapshot of itself, drawn for every world and episode from the last `window` ones (Heinrich, Lanctot and Silver 2015) |

A snapshot is taken every `period` rollouts. Where it learns from one side, it plays red in the first half of the worlds and
blue in the others. The learner is PPO or one of the values of choices (`learner=iql`, `vdn`, `qmix`, `pqn`).
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from ..agents.agent import Agent
from ..agents.mixture import Mixture
from ..envs.batch import BatchEnv
from ..errors import SkyrallyError
from ..rollout import ALL, Seat
from ..scenarios.scenario import Scenario
from .config import Range, option
from .learned import Place, Player, Seated
from .ppo import PPO, PPOConfig
from .qmix import Q, QConfig


@dataclass(frozen=True)
class Itself:
    """Whose steps self-play learns from."""

    learn: str = option("both", "whose steps are learned from", ("both", "one"))


@dataclass(frozen=True)
class Pool:
    """The pool of opponents of fictitious self-play."""

    window: int = option(16, "snapshots that opponents are drawn from", Range(1))
    period: int = option(20, "rollouts between snapshots", Range(1))


@dataclass(frozen=True)
class SelfPlayConfig(Itself, PPOConfig):
    """PPO's hyperparameters, and who the opponent is."""


@dataclass(frozen=True)
class FictitiousConfig(Pool, PPOConfig):
    """PPO's hyperparameters, and the pool of opponents."""


@dataclass(frozen=True)
class SelfPlayQConfig(Itself, QConfig):
    """Hyperparameters of values of choices, and who the opponent is."""


@dataclass(frozen=True)
class FictitiousQConfig(Pool, QConfig):
    """Hyperparameters of values of choices, and the pool of opponents."""


def two_sides(scenario: Scenario) -> tuple[slice, slice]:
    """The drones of red and of blue. SkyrallyError where there are no two sides of equally many."""
    n = len(scenario.teams) // 2
    if scenario.family not in ("match", "game") or tuple(scenario.teams) != (0,) * n + (1,) * n:
        raise SkyrallyError(f"{scenario.name} has no two sides; choose a match or a game, such as volleyball-1v1 or stag-hunt")
    return slice(0, n), slice(n, 2 * n)


def sides(env: BatchEnv) -> tuple[slice, slice]:
    """The drones of red and of blue. SkyrallyError where one policy cannot play both."""
    found = two_sides(env.scenario)
    if not env.scenario.alike(env.options):
        raise SkyrallyError(f"the sides of {env.scenario.name} differ with these options: one policy cannot play both; use psro")
    return found


def both_ways(env: BatchEnv) -> tuple[list[Place], list[Place]]:
    """(places of a learner, of its opponent): the learner is red in the first half of the worlds and blue in the second."""
    red, blue = sides(env)
    if env.num_worlds < 2:
        raise SkyrallyError(f"worlds is {env.num_worlds}; expected 2 or more, to play both sides")
    first, second = slice(0, env.num_worlds // 2), slice(env.num_worlds // 2, env.num_worlds)
    return [(red, first), (blue, second)], [(blue, first), (red, second)]


def torch_draw(rows: np.ndarray) -> np.ndarray:
    """Uniform numbers from torch's generator, whose state checkpoints keep."""
    return torch.rand(len(rows), dtype=torch.float64).numpy()


class AgainstItself(Seated):
    """Both sides play the policy as it is. To be mixed with a learner."""

    def __init__(self, env: BatchEnv, config: Any, frames: int):
        red, blue = sides(env)
        if config.learn == "both":
            super().__init__(env, config, frames, places=[(red, ALL), (blue, ALL)])
            return
        mine, theirs = both_ways(env)
        super().__init__(env, config, frames, places=mine, others=lambda policy: [Seat(policy.agent("itself"), *place) for place in theirs])


class AgainstItsPast(Seated):
    """The opponent is drawn from snapshots of the past; a slot that is written anew changes the opponent of episodes under way in it.

    To be mixed with a learner.
    """

    def __init__(self, env: BatchEnv, config: Any, frames: int):
        mine, theirs = both_ways(env)
        self.pool: list[Agent] = []
        self.window, self.rollouts, self.taken = config.window, 0, 0

        def others(policy: Player) -> list[Seat]:
            self.policy = policy
            self._take()
            self.rivals = [Mixture("its past", self.pool, [1.0], torch_draw, mine[0][0].stop) for _ in theirs]
            return [Seat(rival, *place) for rival, place in zip(self.rivals, theirs, strict=True)]

        super().__init__(env, config, frames, places=mine, others=others)

    def begin_with(self, spec: str) -> None:
        """The pool begins with these weights too."""
        super().begin_with(spec)
        self.pool.clear()
        self.taken = 0
        self._take()
        self._mix()

    def iterate(self) -> dict[str, float]:
        row = super().iterate()
        self.rollouts += 1
        if self.rollouts % self.config.period == 0:
            self._take()
            self._mix()
        return row | {"pool": float(len(self.pool))}

    def _take(self, weights: Mapping[str, torch.Tensor] | None = None) -> None:
        """A snapshot into the oldest slot: of these weights (None: of the present ones)."""
        actors = copy.deepcopy(self.policy.actors).requires_grad_(False)
        if weights is not None:
            actors.load_state_dict(weights)
        agent = self.policy.agent(f"snapshot {self.taken}", actors)
        if len(self.pool) < self.window:
            self.pool.append(agent)
        else:
            self.pool[self.taken % self.window] = agent
        self.taken += 1

    def _mix(self) -> None:
        """Every snapshot alike."""
        for rival in self.rivals:
            rival.members, rival.weights = self.pool, np.full(len(self.pool), 1.0 / len(self.pool))

    def state(self) -> dict[str, Any]:
        pool = [dict(agent.actors.state_dict()) for agent in self.pool]  # type: ignore[attr-defined]
        return super().state() | {"pool": pool, "taken": self.taken, "rollouts": self.rollouts}

    def load(self, state: Mapping[str, Any]) -> None:
        self.pool, self.taken = [], 0
        for weights in state["pool"]:
            self._take(weights)
        self._mix()
        self.taken, self.rollouts = state["taken"], state["rollouts"]
        super().load(state)


class SelfPlay(AgainstItself, PPO):
    """Self-play by PPO."""


class Fictitious(AgainstItsPast, PPO):
    """Fictitious self-play by PPO."""


class SelfPlayQ(AgainstItself, Q):
    """Self-play by values of choices."""


class FictitiousQ(AgainstItsPast, Q):
    """Fictitious self-play by values of choices."""
