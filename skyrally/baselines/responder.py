"""A learner as a best response: its opponent is drawn for every world and episode from a mixture, and it may be risk averse.

What it maximises is one of `risk_objectives`; rewards are changed, or episodes weighted by opponent, before the learner sees them: PPO
multiplies advantages by the weights, values of choices rewards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..agents.agent import Agent
from ..agents.mixture import Mixture
from ..envs.batch import BatchEnv
from ..rollout import Rollout, Seat, Track
from .learned import Place, Seated
from .ppo import PPO, PPOConfig
from .qmix import KINDS, Q, QConfig
from .risk_objectives import clipped_weights, episodic_reward, per_step_reward, running_mean, sums_so_far
from .self_play import torch_draw


@dataclass(frozen=True)
class Aim:
    """What a best response is for: see psro_parts.Task for mixture, present, objective and gamma.

    low, high: bounds of the opponents' weights. horizon: episodes (per-step: steps) that running means look back on.
    """

    mixture: tuple[float, ...]
    present: tuple[float, ...]
    objective: str = "neutral"
    gamma: float = 0.0
    low: float = 0.0
    high: float = 5.0
    horizon: float = 2000.0


class AgainstMixture(Seated):
    """Learns against `members`, drawn by the aim's mixture. To be mixed with a learner."""

    def __init__(
        self, env: BatchEnv, config: Any, frames: int, members: Sequence[Agent], aim: Aim, places: tuple[list[Place], list[Place]]
    ):
        """places: of the learner, and of its opponents in the same worlds."""
        mine, theirs = places
        self.aim, self.rivals = aim, [Mixture("opponents", members, aim.mixture, torch_draw, len(range(*p[0].indices(64)))) for p in theirs]
        for rival in self.rivals:
            rival.keeps = True
        if aim.objective == "episodic":  # the critic does not see what an episode has paid: advantages without its values
            config = replace(config, lambda_=1.0)
        seats = [Seat(rival, *place) for rival, place in zip(self.rivals, theirs, strict=True)]
        super().__init__(env, config, frames, places=mine, others=lambda policy: seats)
        worlds = self.track.obs.shape[1]
        self.so_far = torch.zeros(worlds)  # what the episodes under way have paid
        self.centre, self.seen = 0.0, 0.0  # running mean of returns (per-step: of rewards), and how many it is of
        self.means, self.counts = np.array(aim.present, float), np.zeros(len(members))  # mean return against each, of so many episodes

    def _experience(self, rollout: Rollout) -> Track:
        track, faced = super()._experience(rollout), self._faced()
        reward = track.reward.mean(-1)  # a team's payoff is the mean over its drones
        earlier, so_far, self.so_far = sums_so_far(reward, track.done, self.so_far)
        changed, weight = self._aimed(reward, earlier, faced)
        self._book(so_far[track.done], faced[track.done], reward)
        return replace(track, reward=track.reward + (changed - reward)[..., None], weight=weight)

    def _faced(self) -> Tensor:
        """[T, W] the opponent's number, in the order of the track's worlds."""
        steps = [np.stack(rival.faced) for rival in self.rivals]
        for rival in self.rivals:
            rival.faced.clear()
        return torch.from_numpy(np.concatenate(steps, 1))

    def _aimed(self, reward: Tensor, earlier: Tensor, faced: Tensor) -> tuple[Tensor, Tensor | None]:
        """The rewards [T, W] of the objective and the weights [T, W] of its advantages."""
        aim = self.aim
        if aim.objective == "episodic":
            return episodic_reward(reward, earlier, self.centre, aim.gamma), None
        if aim.objective == "per-step":
            return per_step_reward(reward, self.centre, aim.gamma), None
        if aim.objective == "neutral":
            return reward, None
        returns = self.means if aim.objective == "strategic" else np.array(aim.present)
        weights = clipped_weights(returns, np.array(aim.mixture), aim.gamma, aim.low, aim.high)
        return reward, torch.from_numpy(weights).float()[faced]

    def _book(self, returns: Tensor, faced: Tensor, reward: Tensor) -> None:
        """Takes ended episodes [K] into the running means."""
        values = reward.flatten() if self.aim.objective == "per-step" else returns
        self.centre, self.seen = running_mean(self.centre, values, self.seen, self.aim.horizon)
        for j in range(len(self.means)):
            mean, count = running_mean(float(self.means[j]), returns[faced == j], float(self.counts[j]), self.aim.horizon)
            self.means[j], self.counts[j] = mean, count

    def state(self) -> dict[str, Any]:
        means = {"means": torch.from_numpy(self.means.copy()), "counts": torch.from_numpy(self.counts.copy())}
        return super().state() | means | {"so_far": self.so_far.clone(), "centre": self.centre, "seen": self.seen}

    def load(self, state: Mapping[str, Any]) -> None:
        self.means, self.counts = state["means"].numpy().copy(), state["counts"].numpy().copy()
        self.so_far, self.centre, self.seen = state["so_far"].clone(), state["centre"], state["seen"]
        super().load(state)


class Responder(AgainstMixture, PPO):
    """A best response by PPO."""


class ResponderQ(AgainstMixture, Q):
    """A best response by values of choices."""


SMALL = {"worlds": 256, "steps": 32, "epochs": 4, "minibatches": 4}  # best responses are short: smaller than PPO's own
# learner -> (best response, its configuration, defaults). With hold above 1 opponents would be held too, but not when they are judged.
LEARNERS: dict[str, tuple[type[AgainstMixture], type, dict[str, Any]]] = {
    "ppo": (Responder, PPOConfig, SMALL),
    **{name: (ResponderQ, QConfig, {**keys, "hold": 1}) for name, keys in KINDS.items()},
}
