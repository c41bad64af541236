"""Imitation: an actor learns what a teacher would do in the states that it comes to itself (DAgger, Ross, Gordon and Bagnell 2011).

One iteration: collect a rollout, in which the teacher plays a falling share of the worlds and names its action everywhere -> the actor's
mean is drawn to those actions by least squares. A running average of its weights is what plays (Polyak and Juditsky 1992): single steps of
the optimiser throw a precise controller about. What it has learned plays like any run and is where other learners may begin (`initial=`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from ..agents.agent import Agent
from ..agents.networks import Actors
from ..agents.sets import ENCODERS
from ..envs.batch import BatchEnv
from ..envs.choices import DISCRETE
from ..errors import SkyrallyError
from ..rollout import Carry, Seat, begin, collect
from .config import Range, option
from .learned import INITIAL, Learned, Player, averaged
from .losses import Diverged, lesson_loss, masked_mean
from .ppo import actor_spec
from .precision import products
from .teacher import TRUTH, led_worlds, lessons, teacher_for


@dataclass(frozen=True)
class ImitationConfig:
    """Hyperparameters. Every one can be set as key=value on the command line."""

    teacher: str = option("", "the agent to learn from; empty: the scenario's scripted player")
    truth: bool = option(False, TRUTH)
    led: float = option(0.5, "share of the training over which the teacher's share of the worlds falls from all to none", Range(0.0, 1.0))
    noise: float = option(0.1, "standard deviation of what is added to the actions that the actor plays", Range(0.0))
    worlds: int = option(256, "worlds side by side", Range(1))
    steps: int = option(32, "steps of each world per rollout", Range(1))
    epochs: int = option(2, "passes over a rollout", Range(1))
    minibatches: int = option(16, "parts of a pass", Range(1))
    learning_rate: float = option(2.5e-3, "Adam's step at the start", Range(0.0, 1.0, open_low=True))
    final_rate: float = option(0.02, "the share of it that is left at the end; linear between", Range(0.0, 1.0))
    grad_norm: float = option(1.0, "bound of the gradient", Range(0.0, open_low=True))
    average: float = option(0.999, "what the average of weights keeps of itself per step of the optimiser", Range(0.0, 0.9999))
    hold: int = option(1, "world steps that an action is held for; steps count actions", Range(1))
    share: bool = option(True, "one actor for all drones")
    hidden: tuple[int, ...] = option((128, 128), "widths of the layers", Range(1))
    activation: str = option("hardswish", "between layers", ("elu", "relu", "silu", "tanh", "hardswish"))
    encoder: str = option("none", "of the entities in an observation (fields NAME_0, NAME_1, ...)", ENCODERS)
    frame: str = option("observed", "of the vectors that networks see: as observed, or the drone's own", ("observed", "own"))
    layer_norm: bool = option(False, "layer norms after activations")
    initial: str = option("", INITIAL)
    std: ClassVar[str] = "free"  # of the actor, for learners that begin with it
    std_init: ClassVar[float] = 0.6
    gru: ClassVar[int] = 0


class Apprentice(Player):
    """Plays the actor's mean with noise, or in the first `led` worlds the teacher's action; keeps what the teacher would do."""

    extras: Mapping[str, tuple[int, ...]] = {"lesson": (4,)}
    choices = None

    def __init__(self, actors: Actors, teacher: Agent, view: str, action_mode: str, noise: float, hold: int):
        self.actors, self.teacher, self.view, self.action_mode = actors, teacher, view, action_mode
        self.noise, self.hold = noise, hold
        self.memory_size = teacher.memory_size
        self.led = 0  # worlds that the teacher plays

    def sample(self, obs: Tensor, memory: Tensor, out: Mapping[str, Tensor]) -> None:
        lesson = lessons(self.teacher, obs, memory)
        mean, _, _ = self.actors(obs[None], obs.new_zeros(*obs.shape[:2], 0))
        out["action"].copy_(mean[0] + self.noise * torch.randn_like(mean[0]))
        out["action"][: self.led] = lesson[: self.led]
        out["lesson"].copy_(lesson)


class Imitation(Learned):
    """The learner. `iterate()` collects one rollout and learns from it; `actors` is what it has learned, the average of `network`."""

    parts = ("network", "average", "optimiser")

    def __init__(self, env: BatchEnv, config: ImitationConfig, frames: int):
        """frames: world steps of the whole training, over which the learning rate and the teacher's share of the worlds fall."""
        self.env, self.config, self.frames = env, config, frames
        if env.action_mode == DISCRETE:
            raise SkyrallyError("imitation learns numbers, not choices; leave action_mode out, or set rotor or ctbr")
        teacher = teacher_for(env, config.teacher, config.truth)
        self.network = Actors(actor_spec(config, env.layout, env.num_drones, 0))
        self.average = averaged(self.network, config.average)
        self.actors: Actors = self.average.module
        self.policy = Apprentice(self.actors, teacher, env.layout.name, env.action_mode, config.noise, config.hold)
        self.seats = [Seat(self.policy)]
        self.carry: Carry = begin(env, self.seats, config.steps, stagger=True, hold=config.hold)
        self.optimiser = torch.optim.Adam(self.network.parameters(), config.learning_rate, fused=True)

    def warm(self, weights: Mapping[str, Tensor]) -> None:
        super().warm(weights)
        self.network.load_state_dict(self.actors.state_dict())

    def iterate(self) -> dict[str, float]:
        """One rollout and what is learned from it, as numbers to log."""
        config, began = self.config, perf_counter()
        self.policy.led = led_worlds(config.worlds, config.led, self.done)
        rollout, self.carry = collect(self.env, self.seats, self.carry, config.steps)
        collected, row = perf_counter(), {}
        if self.actors.normaliser.count > 0:  # the very first rollout only tells how large observations are
            self.set_rate()
            row = {"loss/lesson": self._learn(rollout.joined())}
        self.actors.normaliser.update(rollout.joined().obs)
        row |= self.carry.episodes.summary() | {"led": self.policy.led / config.worlds}
        return row | {"seconds/collect": collected - began, "seconds/learn": perf_counter() - collected}

    def _learn(self, track: Any) -> float:
        """Passes over a rollout. The mean square of what the actor was off by, per action number."""
        config, (steps, worlds) = self.config, track.done.shape
        total = 0.0
        for _ in range(config.epochs):
            for part in torch.randperm(steps * worlds).tensor_split(config.minibatches):
                at = (part[None] // worlds, part[None] % worlds)
                obs = track.obs[at]
                with products(self.dtype):
                    mean, _, _ = self.network(obs, obs.new_zeros(*obs.shape[1:3], 0))
                loss = masked_mean(lesson_loss(mean, track.extras["lesson"][at]), track.alive[at])
                self.optimiser.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(self.network.parameters(), config.grad_norm)
                self.optimiser.step()
                self.average.update_parameters(self.network)
                total += loss.item()
        if not math.isfinite(total):
            raise Diverged(f"the loss is not finite ({total}); try a smaller learning_rate")
        return total / (config.epochs * config.minibatches)
