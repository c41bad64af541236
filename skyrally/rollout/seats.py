"""Seats: who acts for which drones in which worlds. Any mix of learners and frozen agents shares one batch of worlds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from ..agents.agent import Agent
from ..envs.batch import BatchEnv
from ..envs.choices import Choices
from ..errors import SkyrallyError

ALL = slice(None)


class Learner(ABC):
    """A player that learns: it samples actions and tells what else of each choice must be kept.

    `view` and `action_mode` as an Agent's. `memory_size`: float32 numbers carried per drone, zeroed when an episode begins.
    `extras`: name -> shape of the float32 numbers kept per action, such as its log-probability.
    `choices`: what it chooses from in action mode discrete, where the first number of its action is the choice.
    `hold`: world steps that its actions are held for.
    """

    view: str | None = None
    action_mode: str = "rotor"
    memory_size: int = 0
    extras: Mapping[str, tuple[int, ...]] = {}
    choices: Choices | None = None
    hold: int = 1

    @abstractmethod
    def sample(self, obs: Tensor, memory: Tensor, out: Mapping[str, Tensor]) -> None:
        """obs [W, n, O] and memory [W, n, M] in; out["action"] [W, n, A] and the extras written, memory updated in place."""


@dataclass
class Seat:
    """One player, for a range of drones (a team, or all) in a range of worlds. Ranges are slices, so all its data are views."""

    player: Learner | Agent
    drones: slice = field(default_factory=lambda: ALL)
    worlds: slice = field(default_factory=lambda: ALL)

    @property
    def learns(self) -> bool:
        return isinstance(self.player, Learner)

    def rows(self, array: Tensor) -> Tensor:
        """This seat's part of an array [W, N, ...], as a view."""
        return array[self.worlds, self.drones]

    def count(self, env: BatchEnv) -> tuple[int, int]:
        """(worlds, drones) of this seat."""
        return len(range(env.num_worlds)[self.worlds]), len(range(env.num_drones)[self.drones])

    def width(self, env: BatchEnv) -> int:
        """O: the numbers of an observation in this seat's view."""
        return env.scenario.views[self.player.view or env.scenario.default_view].size

    def act(self, obs: Tensor, memory: Tensor, out: Mapping[str, Tensor]) -> None:
        """obs [W, n, O] in, out["action"] [W, n, A] (and a learner's extras) written, memory [W, n, M] updated in place."""
        if isinstance(self.player, Learner):
            self.player.sample(obs, memory, out)
            return
        action = out["action"]
        rows = torch.empty(action.shape).flatten(0, 1)
        self.player.act(obs.contiguous().flatten(0, 1).numpy(), memory.flatten(0, 1).numpy(), rows.numpy())
        action.copy_(rows.view(action.shape))


def take_seats(env: BatchEnv, seats: list[Seat]) -> None:
    """Gives every seat's drones their view and action mode. SkyrallyError unless each drone of each world has one seat."""
    taken = torch.zeros(env.num_worlds, env.num_drones, dtype=torch.int)
    for seat in seats:
        seat.rows(taken).add_(1)
    if not (taken == 1).all():
        world, drone = (int(k) for k in (taken != 1).nonzero()[0])
        raise SkyrallyError(f"{env.agents[drone]} of world {world} has {int(taken[world, drone])} seats; expected one")
    for seat in seats:
        env.seats.accept(getattr(seat.player, "name", "a learner"), getattr(seat.player, "choices", None))
        where = torch.zeros(env.num_worlds, dtype=torch.bool)
        where[seat.worlds] = True
        view = seat.player.view or env.scenario.default_view
        mine = env.agents[seat.drones]
        if len(mine) == env.num_drones:
            env.assign(view=view, action_mode=seat.player.action_mode, mask=where.numpy())
            continue
        env.assign(view=dict.fromkeys(mine, view), action_mode=dict.fromkeys(mine, seat.player.action_mode), mask=where.numpy())
