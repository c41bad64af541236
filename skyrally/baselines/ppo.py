"""PPO, IPPO and MAPPO in one file: they differ in what the critic sees.

| name | critic sees | published |
| --- | --- | --- |
| ppo, ippo | each drone's own observation | Schulman et al. 2017; de Witt et al. 2020 |
| mappo | the state: all drones' observations at once; one value per drone | Yu et al. 2022 |
| mappo with critic=pooled | the own observation and a mean over all drones: no weight depends on their number | |

One iteration: collect a rollout -> values -> advantages -> `epochs` passes over minibatches of whole world steps (with a GRU: of whole
sequences) -> the normalisers take the rollout in, after learning, so that the policy that is learned about is the one that acted.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..agents.agent import Agent
from ..agents.basic import hover_action
from ..agents.networks import Actors, Critic, NetworkSpec, PooledCritic, own_frame, turned_of
from ..agents.sets import ENCODERS, entities_of
from ..envs.choices import DISCRETE, Choices
from ..errors import SkyrallyError
from ..rollout import Rollout, collect
from ..scenarios.scenario import Layout
from .config import Range, option
from .learned import INITIAL, Player, Seated, averaged
from .losses import (
    CHOICE,
    GAUSSIAN,
    Diverged,
    ValueScale,
    clipped_surrogate,
    kl_estimate,
    lesson_loss,
    masked_mean,
    normalised,
    value_loss,
)
from .precision import products
from .returns import gae, successor_values
from .teacher import TRUTH, lessons, stateless, teacher_for

CHUNK = 4096  # rows per forward pass without gradients
CRITICS = ("obs", "state", "pooled")


@dataclass(frozen=True)
class PPOConfig:
    """Hyperparameters. Every one can be set as key=value on the command line."""

    worlds: int = option(256, "worlds side by side", Range(1))
    steps: int = option(32, "steps of each world per rollout", Range(1))
    epochs: int = option(3, "passes over a rollout", Range(1))
    minibatches: int = option(16, "parts of a pass", Range(1))
    learning_rate: float = option(1e-3, "Adam's step at the start", Range(0.0, 1.0, open_low=True))
    final_rate: float = option(0.05, "the share of it that is left at the end; linear between", Range(0.0, 1.0))
    gamma: float = option(0.995, "discount per step", Range(0.0, 1.0))
    lambda_: float = option(0.95, "of the advantage estimates", Range(0.0, 1.0))
    clip: float = option(0.2, "bound of the probability ratio", Range(0.0, open_low=True))
    entropy: float = option(0.001, "weight of the entropy bonus", Range(0.0))
    huber: float = option(5.0, "where the value loss turns linear, in spreads of the returns", Range(0.0, open_low=True))
    grad_norm: float = option(1.0, "bound of each network's gradient", Range(0.0, open_low=True))
    critic: str = option("obs", "what the critic sees: own observations, all side by side, or the own and a mean of all", CRITICS)
    share: bool = option(True, "one actor for all drones")
    hidden: tuple[int, ...] = option((128, 128), "widths of the layers", Range(1))
    activation: str = option("hardswish", "between layers", ("elu", "relu", "silu", "tanh", "hardswish"))
    encoder: str = option("none", "of the entities in an observation (fields NAME_0, NAME_1, ...)", ENCODERS)
    frame: str = option("observed", "of the vectors that networks see: as observed, or the drone's own", ("observed", "own"))
    layer_norm: bool = option(False, "layer norms after activations")
    gru: int = option(0, "numbers of recurrent memory of the actor; 0: none", Range(0))
    std: str = option("free", "standard deviation: free numbers, or a function of the observation", ("free", "observed"))
    std_init: float = option(0.6, "standard deviation at the start", Range(0.0, open_low=True))
    std_final: float = option(0.15, "bound of a free standard deviation at the end; falls from std_init", Range(0.0, open_low=True))
    hold: int = option(1, "world steps that an action is held for; gamma and steps count actions", Range(1))
    stagger: bool = option(True, "spread the first episodes over the horizon")
    initial: str = option("", INITIAL)
    teacher: str = option("", "an agent whose actions the mean is drawn to beside; empty: none")
    truth: bool = option(False, TRUTH)
    lesson: float = option(10.0, "weight of the squared distance from what the teacher does, at the start", Range(0.0))
    final_lesson: float = option(1.0, "the share of it that is left at the end; linear between", Range(0.0, 1.0))
    critic_first: int = option(0, "world steps at the start in which only the critic learns", Range(0))
    average: float = option(0.0, "what the weights that play keep of themselves per step; 0: the last ones play", Range(0.0, 0.9999))


class Policy(Player):
    """The acting side: draws actions from the actors' Gaussian, or choices by their scores."""

    def __init__(self, actors: Actors, view: str, action_mode: str, choices: Choices | None, hold: int, teacher: Agent | None = None):
        self.actors, self.view, self.action_mode, self.choices, self.hold = actors, view, action_mode, choices, hold
        self.teacher = teacher
        self.extras: Mapping[str, tuple[int, ...]] = {"log_prob": (), **({"lesson": (4,)} if teacher else {})}
        self.kind = CHOICE if choices else GAUSSIAN
        self.memory_size = actors.spec.gru

    def sample(self, obs: Tensor, memory: Tensor, out: Mapping[str, Tensor]) -> None:
        mean, log_std, after = self.actors(obs[None], memory)
        action = self.kind.draw(mean, log_std)
        out["action"][..., : action.shape[-1]] = action[0]
        out["log_prob"].copy_(self.kind.log_prob(action, mean, log_std)[0])
        memory.copy_(after)
        if self.teacher:
            out["lesson"].copy_(lessons(self.teacher, obs, obs.new_zeros(*obs.shape[:2], 0)))


class PPO(Seated):
    """The learner. `iterate()` collects one rollout and learns from it: `network` acts there, `actors` is what it has learned.

    Both are one, or with `average` the latter are a running average of the former's weights (Polyak and Juditsky 1992).
    """

    parts = ("actors", "critic", "scale", "optimiser")

    policy: Policy

    def _player(self) -> Policy:
        env, view, mode = self.env, self.env.layout, self.env.action_mode
        choices = env.seats.choices if mode == DISCRETE else None
        actors = Actors(actor_spec(self.config, view, self.drones, len(choices) if choices else 0, env.action_size))
        for actor in () if choices else actors.each:
            actor.mean.bias.data.copy_(torch.as_tensor(self._first_action()))  # type: ignore[union-attr]
        return Policy(actors, view.name, mode, choices, self.config.hold, self._teacher())

    def _teacher(self) -> Agent | None:
        """Who tells what to do beside. SkyrallyError for one that keeps a memory, or where there are choices."""
        if not self.config.teacher:
            if self.config.truth:
                raise SkyrallyError("truth=true is for a teacher, and there is none; set teacher=")
            return None
        if self.env.action_mode == DISCRETE:
            raise SkyrallyError("teacher= of this learner teaches numbers, not choices; leave action_mode out, or train pqn")
        return stateless(teacher_for(self.env, self.config.teacher, self.config.truth))

    def _prepare(self) -> None:
        """Critic and optimiser."""
        self.central = self.config.critic == "state"
        width, heads = (self.track.state.shape[-1], self.drones) if self.central else (self.env.layout.size, 1)
        self.critic = self._make_critic(width, heads)
        self.scale = ValueScale()
        self.network, self.average = self.actors, None
        if self.config.average > 0.0:
            self.average = averaged(self.network, self.config.average)
            self.actors, self.parts = self.average.module, (*self.parts, "network", "average")
        self.parameters = (list(self.network.parameters()), list(self.critic.parameters()))
        learned = [p for part in self.parameters for p in part]
        self.optimiser = torch.optim.Adam(learned, self.config.learning_rate, eps=1e-5, fused=True)

    def warm(self, weights: Mapping[str, Tensor]) -> None:
        super().warm(weights)
        self.network.load_state_dict(self.actors.state_dict())

    def _make_critic(self, width: int, heads: int) -> Any:
        """The critic of what `_seen` gives: width numbers, heads values."""
        config = self.config
        if config.critic == "pooled":
            return PooledCritic(width, config.hidden, config.activation, config.layer_norm)
        return Critic(width, config.hidden, config.activation, config.layer_norm, heads, own_frame(self.actors.spec))

    def _first_action(self) -> np.ndarray:
        """[A] what is played before anything is learned: hovering, or nothing out of the ordinary."""
        return hover_action(self.env.params, self.env.action_mode, self.env.action_size)

    def iterate(self) -> dict[str, float]:
        config = self.config
        began = perf_counter()
        rollout, self.carry = collect(self.env, self.seats, self.carry, config.steps)
        self.track = self._experience(rollout)
        collected = perf_counter()
        row: dict[str, float] = {}
        if self.actors.normaliser.count > 0:  # the very first rollout only tells how large observations are
            rate = self.set_rate()
            row = self._learn(rollout) | {"learning_rate": rate}
            self._calm()
        self.actors.normaliser.update(self.track.obs)
        self.critic.normaliser.update(self._seen(self.track.obs, self.track.state))
        row |= self.carry.episodes.summary()
        row |= {"seconds/collect": collected - began, "seconds/learn": perf_counter() - collected}
        return row | {f"seconds/{name}": value for name, value in self.carry.seconds.items()}

    @torch.no_grad()
    def _calm(self) -> None:
        """Lowers the bound of free standard deviations, so that in the end the mean, which is what plays, is what was learned about."""
        config = self.config
        bound = math.log(config.std_init) + self.done * math.log(config.std_final / config.std_init)
        for actor in self.network.each:
            if config.std == "free" and not self.policy.choices:
                actor.log_std.clamp_(max=max(bound, math.log(config.std_final)))  # type: ignore[union-attr,operator]

    def _seen(self, obs: Tensor, state: Tensor) -> Tensor:
        """What the critic looks at: obs [..., n, O] or state [..., S]."""
        return state if self.central else obs

    @torch.no_grad()
    def _values(self, obs: Tensor, state: Tensor) -> Tensor:
        """Values [rows, n] in units of reward, a few thousand rows at a time so that activations stay in the cache."""
        seen = self._seen(obs, state)
        pieces = max(1, seen[..., 0].numel() // CHUNK)
        return self.scale.denormalise(torch.cat([self._value(part) for part in seen.tensor_split(pieces)]))

    def _value(self, seen: Tensor) -> Tensor:
        """Normalised values [..., n]."""
        values = self.critic(seen)
        return values if self.central else values[..., 0]

    def _advantages(self, rollout: Rollout) -> tuple[Tensor, Tensor]:
        """Advantages and returns [T, W, n]. A truncated row's successor is the state it was cut off in, not the next episode's first."""
        track, config = self.track, self.config
        cut_t, cut_w, cut_obs, cut_state = rollout.joined_successors()
        v = self._values(track.obs, track.state)
        v_tp1 = successor_values(v[:-1], v[-1], (cut_t, cut_w), self._values(cut_obs, cut_state))
        # A decision that lasted tau steps discounts what follows by gamma^tau.
        step = config.gamma ** track.lasted[..., None] if self.env.semi_markov else config.gamma
        discount_t = step * (~track.terminated[..., None]).float()
        advantage = gae(track.reward, discount_t, v[:-1], v_tp1, track.done[..., None], config.lambda_)
        return advantage, advantage + v[:-1]

    def _learn(self, rollout: Rollout) -> dict[str, float]:
        config, track = self.config, self.track
        advantage, returns = self._advantages(rollout)
        self.scale.update(returns, self.critic.value)
        target = self.scale.normalise(returns)
        alive = None if track.alive.all() else track.alive
        explained = 1.0 - advantage.var() / returns.var().clamp(min=1e-8)
        advantage = normalised(advantage, alive)
        if track.weight is not None:
            advantage = advantage * track.weight[..., None]
        fresh = torch.cat((torch.zeros_like(track.done[:1]), track.done[:-1]))
        sums: dict[str, float] = {}
        for at in (at for _ in range(config.epochs) for at in self._minibatches()):
            parts = self._minibatch(at, advantage, target, None if alive is None else alive[at], fresh)
            for name, value in parts.items():
                sums[name] = sums.get(name, 0.0) + value / (config.epochs * config.minibatches)
        if not all(map(math.isfinite, sums.values())):
            raise Diverged(f"losses are not finite ({', '.join(f'{k} {v:.3g}' for k, v in sums.items())}); try a smaller learning_rate")
        return sums | {"explained": float(explained)}

    def _minibatches(self) -> Iterator[tuple[Any, Tensor]]:
        """Places (t, w) in a rollout, each once: shuffled world steps [1, B], or with a GRU shuffled worlds at all times."""
        config, (steps, worlds) = self.config, self.track.done.shape
        order = torch.randperm(worlds if config.gru else steps * worlds)
        for part in order.tensor_split(config.minibatches):
            yield (slice(0, steps), part) if config.gru else (part[None] // worlds, part[None] % worlds)

    def _minibatch(
        self, at: tuple[Any, Tensor], advantage: Tensor, target: Tensor, alive: Tensor | None, fresh: Tensor
    ) -> dict[str, float]:
        """One step of the optimiser on the rows `at`."""
        config, track = self.config, self.track
        obs = track.obs[at]
        memory = track.memory[at[1]] if config.gru else obs.new_zeros(*obs.shape[1:3], 0)
        with products(self.dtype):
            mean, log_std, _ = self.network(obs, memory, fresh[at] if config.gru else None)
            values = self._value(self._seen(obs, track.state[at]))
        log_prob, old = self.policy.kind.log_prob(track.action[at], mean, log_std), track.extras["log_prob"][at]
        policy = clipped_surrogate(log_prob, old, advantage[at], config.clip, alive)
        entropy = masked_mean(self.policy.kind.entropy(mean, log_std), alive)
        value = value_loss(values, target[at], config.huber)
        loss, told = policy - config.entropy * entropy + value, {}
        if self.policy.teacher:
            lesson = masked_mean(lesson_loss(mean, track.extras["lesson"][at]), alive)
            loss, told = loss + self.falling(config.lesson, config.final_lesson) * lesson, {"loss/lesson": lesson.item()}
        self.optimiser.zero_grad()
        loss.backward()
        if self.carry.frames <= config.critic_first:
            for weight in self.parameters[0]:
                weight.grad = None  # not zero: Adam would take in that gradients are small, and leap when they come
        for part in self.parameters:
            nn.utils.clip_grad_norm_(part, config.grad_norm)
        self.optimiser.step()
        if self.average:
            self.average.update_parameters(self.network)
        with torch.no_grad():
            kl = kl_estimate(log_prob, old, alive)
        return told | {"loss/policy": policy.item(), "loss/value": value.item(), "entropy": entropy.item(), "kl": kl.item()}


def actor_spec(config: Any, view: Layout, drones: int, choices: int, actions: int = 4) -> NetworkSpec:
    """The actors that a configuration (PPOConfig, or another with its keys about the networks) asks for."""
    same: dict[str, Any] = {name: getattr(config, name) for name in ("hidden", "activation", "layer_norm", "gru", "std", "std_init")}
    turned = turned_of(view) if config.frame == "own" else ()
    entities = () if config.encoder == "none" else entities_of(view)
    same |= {"encoder": config.encoder, "entities": entities}
    return NetworkSpec(obs_size=view.size, action_size=actions, heads=1 if config.share else drones, choices=choices, turned=turned, **same)
