"""Mean-field control of swarms (Dec-POMFPPO) and MAPPO with the same input.

After "Learning Decentralized Partially Observable Mean Field Control for Artificial Collective Behavior" (Cui, Hauck, Fabian, Koeppl,
ICLR 2024), as reconstructed in reference A2 to A4; constants are ours.

    xi_t ~ pihat_theta( . | phi(mu_t))      upper level: one draw per swarm and step, PPO's only action
    u^i_t ~ picheck_{xi_t}( . | y^i_t)      lower level: each drone by its own observation (agents/field_rule.py)
    r_t = mean of the drones' rewards       one number per swarm

mu_t is the distribution of what drones observe, phi its kernel mean embedding (or histogram) at the rule's centres. Training sees it;
what is deployed does not: the upper level's mean steers one large swarm through an episode, and the list xi_0 .. xi_{T-1} that comes of
it is what every drone carries.

| name | actor sees | critic sees |
| --- | --- | --- |
| mean-field | phi(mu): it acts for the swarm | phi(mu) |
| mappo-field | its own y | its own y and phi(mu) |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor

from ..agents.agent import Agent
from ..agents.field_agent import FieldAgent, RuleSpec, UpperLevel
from ..agents.field_rule import KINDS, Grid, GridSpec
from ..agents.policy import manifest_of, write_agent
from ..envs.batch import BatchEnv
from ..scenarios.scenario import Scenario
from .config import Range, option
from .field_env import FieldEnv
from .ppo import PPO, PPOConfig

LIMIT_SEED = 2**41  # of the large swarm that lists are made in


@dataclass(frozen=True)
class FieldConfig(PPOConfig):
    """PPO's, and the grid of the mean field."""

    reads: str = option("", "fields of an observation that rule and mean field are over, by commas; nothing: all", None)
    bins: int = option(5, "centres along a number", Range(1))
    sectors: int = option(12, "centres around an angle", Range(2))
    box: float = option(2.0, "numbers without bounds count from -box to box", Range(0.0, open_low=True))
    width: float = option(0.5, "of the kernels, in distances of centres", Range(0.0, open_low=True))

    @property
    def grid(self) -> GridSpec:
        """The grid."""
        reads = tuple(name.strip() for name in self.reads.split(",") if name.strip())
        return GridSpec(reads, self.bins, self.sectors, self.box, self.width)


@dataclass(frozen=True)
class MeanFieldConfig(FieldConfig):
    """Hyperparameters of mean-field; `worlds` are swarms."""

    worlds: int = option(24, "swarms side by side", Range(1))
    steps: int = option(50, "steps of each swarm per rollout", Range(1))
    epochs: int = option(6, "passes over a rollout", Range(1))
    minibatches: int = option(4, "parts of a pass", Range(1))
    learning_rate: float = option(2e-3, "Adam's step at the start", Range(0.0, 1.0, open_low=True))
    final_rate: float = option(0.2, "the share of it that is left at the end; linear between", Range(0.0, 1.0))
    std_init: float = option(1.0, "standard deviation of xi at the start", Range(0.0, open_low=True))
    std_final: float = option(0.4, "its bound at the end", Range(0.0, open_low=True))
    gamma: float = option(0.99, "discount per step", Range(0.0, 1.0))
    entropy: float = option(0.0, "weight of the entropy bonus", Range(0.0))
    hidden: tuple[int, ...] = option((64, 64), "widths of the layers", Range(1))
    activation: str = option("tanh", "between layers", ("elu", "relu", "silu", "tanh", "hardswish"))
    rule: str = option("blend", "lower level", KINDS)
    field: str = option("embedding", "what the upper level sees of the swarm", ("embedding", "histogram"))
    clock: bool = option(False, "it also sees the share of the episode that is over")
    actions: int = option(0, "numbers of an action that the rule gives; 0: those that the worlds read", Range(0, 4))
    limit: int = option(1000, "drones of the swarm in which the list of rules is made", Range(1))

    @property
    def spec(self) -> RuleSpec:
        """The rule."""
        return RuleSpec(self.grid, self.rule, self.actions, self.field, self.clock)


class MeanField(PPO):
    """PPO over an upper level that acts for whole swarms."""

    def __init__(self, env: BatchEnv, config: MeanFieldConfig, frames: int):
        self.field_env = FieldEnv(env, config.spec)
        super().__init__(cast(BatchEnv, self.field_env), config, frames)
        steps = int(env.params["max_steps"][0])
        self.upper = UpperLevel(self.actors, steps)
        self._place = (env.layout.name, env.action_mode)
        options = {**env.options, "agents": config.limit, "population": None}
        place = {"view": env.layout.name, "action_mode": env.action_mode, "threads": len(env._chunks)}
        self._limit = FieldEnv(BatchEnv(env.scenario, 1, seed=LIMIT_SEED, **options, **place), self.field_env.spec)
        self._limit.noisy = False

    def _first_action(self) -> np.ndarray:
        """Rules that do nothing on average."""
        return np.zeros(self.field_env.action_size, np.float32)

    @torch.no_grad()
    def settle(self) -> None:
        """Makes the list of rules: the upper level's mean in one large swarm, from its start to the end of the episode."""
        before = torch.get_rng_state()  # a mixture draws; evaluations must not change what is learned
        torch.manual_seed(LIMIT_SEED)
        mu = self._limit.reset(seeds=LIMIT_SEED)
        for t in range(len(self.upper.plan)):
            if t % self.config.hold == 0:
                xi, _, _ = self.actors(torch.from_numpy(mu)[None], torch.zeros(1, 1, 0))
                self.upper.plan[t : t + self.config.hold] = xi[0, 0, 0]
            mu = self._limit.step(self.upper.plan[t].view(1, 1, -1)).obs
        torch.set_rng_state(before)

    def agent(self, name: str) -> Agent:
        return FieldAgent(name, self.upper, self.field_env.rule, *self._place)

    def write(self, folder: Path, scenario: Scenario, options: Mapping[str, Any], provenance: Mapping[str, Any]) -> None:
        told = manifest_of(scenario, options, *self._place, self.actors.spec, provenance)
        write_agent(folder, self.upper, {**told, "rule": self.field_env.spec.plain()})

    def state(self) -> dict[str, Any]:
        return super().state() | {"plan": self.upper.plan.clone()}

    def load(self, state: Mapping[str, Any]) -> None:
        super().load(state)
        self.upper.plan.copy_(state["plan"])


class FieldMAPPO(PPO):
    """MAPPO whose critic sees each drone's own observation and the swarm's mean field, as mean-field's upper level does."""

    config: FieldConfig

    def __init__(self, env: BatchEnv, config: FieldConfig, frames: int):
        self.grid = Grid(config.grid, env.layout)
        super().__init__(env, replace(config, critic="obs"), frames)

    def _make_critic(self, width: int, heads: int) -> Any:
        return super()._make_critic(width + self.grid.size, heads)

    def _seen(self, obs: Tensor, state: Tensor) -> Tensor:
        """obs [..., N, O] to [..., N, O + B]. Observations of drones that do not take part are zeros."""
        mu = self.grid.embedding(obs, (obs != 0.0).any(-1))
        return torch.cat((obs, mu[..., None, :].expand(*obs.shape[:-1], -1)), -1)


@torch.no_grad()
def closed_loop(upper: UpperLevel, env: FieldEnv, seeds: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """(metric [W], return [W]) of an episode in each world in which the upper level sees the mean field as it is: for comparison."""
    mu, total, over = env.reset(seeds=seeds), np.zeros(env.num_worlds), np.zeros(env.num_worlds, bool)
    while not over.all():
        xi, _, _ = upper.actors(torch.from_numpy(mu)[None], torch.zeros(env.num_worlds, 1, 0))
        step = env.step(xi[0])
        total += step.reward[:, 0]
        over |= step.done
        mu = step.obs
    return env.worlds[env.scenario.metric.field].astype(float), total
