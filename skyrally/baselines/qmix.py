"""QMIX, VDN, IQL and PQN in one file: learners of the worth of choices (action mode discrete).

| name | mixer | experience | published |
| --- | --- | --- | --- |
| iql | none: each drone learns from its own reward | replayed | Tampuu et al. 2017 |
| vdn | sum of the drones' values | replayed | Sunehag et al. 2018 |
| qmix | monotone in each drone's value, by weights that read the state | replayed | Rashid et al. 2018 |
| pqn | any of them (none unless told) | each rollout as it comes: no buffer, no target network | Gallici et al. 2025 |

One iteration: collect a rollout, mostly with the best choices, now and then with random ones -> lambda returns as targets -> steps of
the optimiser. Replayed: sequences are drawn for each step, targets come from slow copies of the networks, by double Q-learning (van Hasselt
et al. 2016).
A teacher may lead at first: it plays a falling share of the worlds, and its choice is to be worth more than others by a margin (as in
learning from demonstrations, Hester et al. 2018), in the learner's own states too.
Returns go on through exploring choices (Peng's Q(lambda), as in PQN). A truncated step teaches nothing: what it led to is in no row.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

import torch
from torch import Tensor, nn

from ..agents.agent import Agent
from ..agents.networks import Actors, NetworkSpec
from ..agents.normaliser import Normaliser
from ..envs.choices import DISCRETE, Choices
from ..errors import SkyrallyError
from ..rollout import Replay, Track, collect
from .config import Range, option
from .learned import INITIAL, Player, Seated
from .losses import Diverged, margin_loss, masked_mean
from .precision import products
from .returns import lambda_returns
from .teacher import led_worlds, lessons, stateless, teacher_for

MIXERS = ("none", "sum", "monotone")
KINDS: dict[str, dict[str, Any]] = {"iql": {"mixer": "none"}, "vdn": {"mixer": "sum"}, "qmix": {"mixer": "monotone"}, "pqn": {"replay": 0}}


@dataclass(frozen=True)
class QConfig:
    """Hyperparameters. Every one can be set as key=value on the command line."""

    worlds: int = option(128, "worlds side by side", Range(1))
    steps: int = option(32, "steps of each world per rollout, and of a replayed sequence", Range(1))
    mixer: str = option("none", "how the drones' values make the team's", MIXERS)
    replay: int = option(32, "rollouts kept to learn from; 0: only the present one, without target networks", Range(0))
    epochs: int = option(2, "passes over a rollout, or as many steps of the optimiser from the buffer", Range(1))
    minibatches: int = option(16, "parts of a pass", Range(1))
    learning_rate: float = option(5e-4, "Adam's step at the start", Range(0.0, 1.0, open_low=True))
    final_rate: float = option(0.05, "the share of it that is left at the end; linear between", Range(0.0, 1.0))
    hold: int = option(4, "world steps that a choice is held for: one step of a rollout", Range(1))
    gamma: float = option(0.995, "discount per world step", Range(0.0, 1.0))
    lambda_: float = option(0.9, "of the returns", Range(0.0, 1.0))
    epsilon: float = option(0.2, "share of exploring choices at the start", Range(0.0, 1.0))
    epsilon_end: float = option(0.02, "share of exploring choices in the end", Range(0.0, 1.0))
    explore: float = option(0.3, "share of the training over which it falls, linearly", Range(0.0, 1.0))
    tau: float = option(0.05, "what target networks take over of the others per optimiser step", Range(0.0, 1.0, open_low=True))
    reward_scale: float = option(0.1, "rewards are multiplied by it before they are learned", Range(0.0, open_low=True))
    huber: float = option(1.0, "where the loss turns linear", Range(0.0, open_low=True))
    grad_norm: float = option(1.0, "bound of the gradient", Range(0.0, open_low=True))
    hidden: tuple[int, ...] = option((128, 128), "widths of the layers", Range(1))
    activation: str = option("relu", "between layers", ("elu", "relu", "silu", "tanh", "hardswish"))
    layer_norm: bool = option(True, "layer norms after activations")
    gru: int = option(0, "numbers of recurrent memory; 0: none", Range(0))
    mixing: int = option(32, "width of the monotone mixer", Range(1))
    teacher: str = option("", "a player to learn from, whose actions the choices' rows stand for; empty: none")
    led: float = option(0.3, "share of the training over which the teacher's share of the worlds falls from all to none", Range(0.0, 1.0))
    margin: float = option(0.1, "by how much its choice is to be worth more, per squared distance of the others' rows", Range(0.0))
    stagger: bool = option(True, "spread the first episodes over the horizon")
    initial: str = option("", INITIAL)


class Sum(nn.Module):
    """VDN: the team's value is the sum of its drones'."""

    def forward(self, values: Tensor, state: Tensor) -> Tensor:
        """values [..., n] to [..., 1]."""
        return values.sum(-1, keepdim=True)


class Monotone(nn.Module):
    """QMIX: Q_tot = |w2(s)| elu(|w1(s)| q + b1(s)) + b2(s), where w and b are read off the state; dQ_tot / dq >= 0."""

    def __init__(self, drones: int, state: int, width: int):
        super().__init__()
        self.normaliser = Normaliser(state)
        self.w1, self.b1 = nn.Linear(state, drones * width), nn.Linear(state, width)
        self.w2 = nn.Linear(state, width)
        self.b2 = nn.Sequential(nn.Linear(state, width), nn.ReLU(), nn.Linear(width, 1))
        self.drones = drones

    def forward(self, values: Tensor, state: Tensor) -> Tensor:
        """values [..., n] and state [..., S] to [..., 1]."""
        s = self.normaliser(state)
        w1 = self.w1(s).abs().unflatten(-1, (self.drones, -1))
        hidden = nn.functional.elu((values[..., None] * w1).sum(-2) + self.b1(s))
        return (hidden * self.w2(s).abs()).sum(-1, keepdim=True) + self.b2(s)


class ChoicePolicy(Player):
    """The acting side: the best choice, or with probability `epsilon` any of them; in the first `led` worlds the teacher's."""

    action_mode = DISCRETE

    def __init__(self, actors: Actors, view: str, choices: Choices, hold: int, teacher: Agent | None = None):
        self.actors, self.view, self.choices, self.hold, self.teacher = actors, view, choices, hold, teacher
        self.rows = torch.from_numpy(choices.rows)
        self.extras: Mapping[str, tuple[int, ...]] = {"best": (), **({"distance": (len(choices),)} if teacher else {})}
        self.memory_size = actors.spec.gru
        self.epsilon, self.led = 1.0, 0

    def sample(self, obs: Tensor, memory: Tensor, out: Mapping[str, Tensor]) -> None:
        values, _, after = self.actors(obs[None], memory)
        best, choice = values[0].max(-1)
        explores = torch.rand(best.shape) < self.epsilon
        out["action"][..., 0] = torch.where(explores, torch.randint(values.shape[-1], best.shape), choice)
        if self.teacher:
            out["distance"].copy_(self._distance(self.teacher, obs))
            out["action"][: self.led, :, 0] = out["distance"][: self.led].argmin(-1).float()
        out["best"].copy_(best)
        memory.copy_(after)

    def _distance(self, teacher: Agent, obs: Tensor) -> Tensor:
        """[W, n, K] squared distance of every choice's row from what the teacher does."""
        lesson = lessons(teacher, obs, obs.new_zeros(*obs.shape[:2], 0))
        return (lesson[..., None, :] - self.rows).square().sum(-1)


class Q(Seated):
    """The learner. `iterate()` collects one rollout and learns; `actors` is what it has learned."""

    parts = ("networks", "targets", "optimiser")

    policy: ChoicePolicy

    def _player(self) -> ChoicePolicy:
        env, choices = self.env, self.env.seats.choices
        if env.action_mode != DISCRETE:
            raise SkyrallyError(f"action_mode is {env.action_mode}; this learner needs discrete (and discrete=grid, cross or rotors)")
        actors = Actors(value_spec(self.config, env.layout, self.drones, len(choices)))
        return ChoicePolicy(actors, env.layout.name, choices, self.config.hold, self._teacher())

    def _prepare(self) -> None:
        """Mixer, replay, slow copies and optimiser."""
        config = self.config
        mixer = self._mixer(self.drones) if config.mixer != "none" else None
        self.networks = nn.ModuleDict({"actors": self.actors, **({"mixer": mixer} if mixer else {})})
        self.replay = Replay(self.track, config.replay) if config.replay else None
        self.targets = copy.deepcopy(self.networks).requires_grad_(False) if config.replay else self.networks
        self.optimiser = torch.optim.Adam(self.networks.parameters(), config.learning_rate, eps=1e-5, fused=True)

    def _teacher(self) -> Agent | None:
        """Who leads at first. SkyrallyError for one that keeps a memory, or with a buffer, which does not keep lessons."""
        if not self.config.teacher:
            return None
        if self.config.replay:
            raise SkyrallyError("teacher= is set, but this run learns from a buffer, which keeps no lessons; set replay=0")
        return stateless(teacher_for(self.env, self.config.teacher))

    def _mixer(self, drones: int) -> nn.Module:
        return Sum() if self.config.mixer == "sum" else Monotone(drones, self.track.state.shape[-1], self.config.mixing)

    def iterate(self) -> dict[str, float]:
        config, began = self.config, perf_counter()
        self.policy.epsilon = self._epsilon()
        self.policy.led = led_worlds(config.worlds, config.led, self.done)
        rollout, self.carry = collect(self.env, self.seats, self.carry, config.steps)
        self.track = weighed(self._experience(rollout))
        collected = perf_counter()
        row: dict[str, float] = {}
        if self.replay is not None:
            self.replay.add(self.track)
        if self.actors.normaliser.count > 0:  # the very first rollout only tells how large observations are
            rate = self.set_rate()
            row = self._learn() | {"epsilon": self.policy.epsilon, "learning_rate": rate}
        for networks in {self.networks, self.targets}:
            networks["actors"].normaliser.update(self.track.obs)  # type: ignore[union-attr,operator]
            if config.mixer == "monotone":
                networks["mixer"].normaliser.update(self.track.state)  # type: ignore[union-attr,operator]
        row |= self.carry.episodes.summary()
        row |= {"seconds/collect": collected - began, "seconds/learn": perf_counter() - collected}
        return row | {f"seconds/{name}": value for name, value in self.carry.seconds.items()}

    def _epsilon(self) -> float:
        config = self.config
        share = min(1.0, self.done / config.explore) if config.explore else 1.0
        return config.epsilon + share * (config.epsilon_end - config.epsilon)

    def _learn(self) -> dict[str, float]:
        config = self.config
        rows = [self._step(*batch) for batch in (self._replayed() if self.replay is not None else self._fresh())]
        sums = {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}
        if not all(map(math.isfinite, sums.values())):
            raise Diverged(f"losses are not finite ({', '.join(f'{k} {v:.3g}' for k, v in sums.items())}); try a smaller learning_rate")
        return sums | {"steps": float(config.epochs * config.minibatches)}

    # -- what is learned from: (track, rows at, targets of the track) -----------------------------------------------------

    def _fresh(self) -> Iterator[tuple[Track, Any, Tensor]]:
        """The present rollout in shuffled parts. Its values are those that were found when it acted."""
        track, config = self.track, self.config
        last = self._values(self.actors, track.obs[-1:], torch.cat(self.carry.memories[: len(self.places)]), None)[0].amax(-1)
        targets = self._returns(track, torch.cat((track.extras["best"], last[None])))
        steps, worlds = track.done.shape
        for _ in range(config.epochs):
            for part in torch.randperm(worlds if config.gru else steps * worlds).tensor_split(config.minibatches):
                yield track, (slice(0, steps), part) if config.gru else (part[None] // worlds, part[None] % worlds), targets

    def _replayed(self) -> Iterator[tuple[Track, Any, Tensor]]:
        """Drawn sequences with targets by double Q-learning."""
        config = self.config
        assert self.replay is not None
        for _ in range(config.epochs * config.minibatches):
            track = self.replay.draw(max(1, self.track.done.shape[1] // config.minibatches))
            fresh = torch.cat((torch.zeros_like(track.done[:1]), track.done))
            best = self._values(self.actors, track.obs, track.memory, fresh).argmax(-1, keepdim=True)
            values = self._values(self.targets["actors"], track.obs, track.memory, fresh).gather(-1, best)[..., 0]
            yield track, (slice(None), slice(None)), self._returns(track, values)
            for old, new in zip(self.targets.parameters(), self.networks.parameters(), strict=True):
                old.data.lerp_(new.data, config.tau)

    @torch.no_grad()
    def _values(self, actors: Any, obs: Tensor, memory: Tensor, fresh: Tensor | None) -> Tensor:
        return actors(obs, memory, fresh)[0]

    @torch.no_grad()
    def _returns(self, track: Track, best: Tensor) -> Tensor:
        """Targets [T, B, n] (mixed: [T, B, 1]) from the best choices' values [T + 1, B, n]."""
        alive = torch.cat((track.alive, track.alive[-1:]))
        v = self._mixed(self.targets, best * alive, track.state)
        reward = self.config.reward_scale * (track.reward if self.config.mixer == "none" else track.reward.mean(-1, keepdim=True))
        discount = self.config.gamma**self.config.hold * (~track.terminated[..., None]).float()
        # What a truncated step led to is in no row: the step before it is the last that counts, with the value of where it led.
        last = track.done | torch.cat((track.truncated[1:], torch.zeros_like(track.truncated[:1])))
        return lambda_returns(reward, discount, v[1:], last[..., None], self.config.lambda_)

    def _mixed(self, networks: Any, values: Tensor, state: Tensor) -> Tensor:
        """[..., n] values of drones to what is learned: theirs, or the team's [..., 1]."""
        return values if self.config.mixer == "none" else networks["mixer"](values, state)

    def _step(self, track: Track, at: Any, targets: Tensor) -> dict[str, float]:
        """One step of the optimiser on the rows `at`."""
        config, obs = self.config, track.obs[:-1][at]
        recurrent = config.gru > 0
        memory = track.memory[at[1]] if recurrent else obs.new_zeros(*obs.shape[1:3], 0)
        fresh = torch.cat((torch.zeros_like(track.done[:1]), track.done[:-1]))[at] if recurrent else None
        with products(self.dtype):
            values = self.actors(obs, memory, fresh)[0]
        alive, counts = track.alive[at], ~track.truncated[at][..., None]
        chosen = values.gather(-1, track.action[at][..., :1].long())[..., 0] * alive
        mixed = self._mixed(self.networks, chosen, track.state[:-1][at])
        target = targets[at]
        counts = counts & alive if config.mixer == "none" else counts
        loss = masked_mean(nn.functional.huber_loss(mixed, target, reduction="none", delta=config.huber), counts)
        row = {"loss/value": loss.item(), "value": target.mean().item() / config.reward_scale}
        if self.policy.teacher:
            lesson = margin_loss(values, config.margin * track.extras["distance"][at], alive)
            loss, row["loss/lesson"] = loss + lesson, lesson.item()
        self.optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.networks.parameters(), config.grad_norm)
        self.optimiser.step()
        return row

    def warm(self, weights: Mapping[str, Tensor]) -> None:
        super().warm(weights)
        self.targets.load_state_dict(self.networks.state_dict())

    def state(self) -> dict[str, Any]:
        kept = {"replay": self.replay.state()} if self.replay is not None else {}
        return super().state() | kept

    def load(self, state: Mapping[str, Any]) -> None:
        super().load(state)
        if self.replay is not None:
            self.replay.restore(state["replay"])


def weighed(track: Track) -> Track:
    """A track whose weights are in its rewards: values of w G take the place of advantages times w."""
    return track if track.weight is None else replace(track, reward=track.reward * track.weight[..., None], weight=None)


def value_spec(config: QConfig, layout: Any, drones: int, choices: int) -> NetworkSpec:
    """The networks that a configuration asks for: shared, and told which drone they play for where the layout does not say."""
    same = {name: getattr(config, name) for name in ("hidden", "activation", "layer_norm", "gru")}
    return NetworkSpec(obs_size=layout.size, choices=choices, identity=0 if "identity" in layout.slices or drones == 1 else drones, **same)
