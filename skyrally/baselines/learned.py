"""What all learners share: their seats, the agent that plays what was learned, and its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from ..agents.agent import Agent
from ..agents.captain import told_of
from ..agents.networks import Actors
from ..agents.policy import CAPTAINS, NetworkAgent, manifest_of, write_agent
from ..agents.spec import find_agent
from ..envs.batch import BatchEnv
from ..errors import SkyrallyError
from ..rollout import ALL, Carry, Learner, Rollout, Seat, Track, begin
from ..scenarios.scenario import Scenario

INITIAL = "a trained agent whose weights it begins with: zoo:NAME, run:DIR, file:PATH; empty: random ones"  # key `initial`

Place = tuple[slice, slice]  # drones, worlds
EVERYWHERE: Place = (ALL, ALL)


class Player(Learner):
    """The acting side of a learner: its actors, and how they explore (`sample`)."""

    actors: Actors
    view: str

    def agent(self, name: str, actors: Actors | None = None) -> NetworkAgent:
        """Who plays without noise: these weights (None: its own, also what they will become)."""
        return NetworkAgent(name, actors or self.actors, self.view, self.action_mode, None, self.choices, self.hold)


Others = Callable[[Any], Sequence[Seat]]  # from the learner's Player to the seats of all that it does not play


def averaged(network: Actors, kept: float) -> AveragedModel:
    """A running average of a network's weights, which keeps the share `kept` of itself per step; normalised by the network's statistics."""
    average = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(kept))
    average.module.normaliser = network.normaliser
    return average


def manifest_in(env: Any, options: Mapping[str, Any], policy: Any, spec: Any, provenance: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest of what a policy learned in the worlds `env`; a captain's says what its answers mean."""
    told = manifest_of(env.scenario, options, policy.view, policy.action_mode, spec, provenance, policy.choices, policy.hold)
    return {**told, **(told_of(env.every) if policy.action_mode == CAPTAINS else {})}


class Learned:
    """A learner whose actors play what was learned, each drone by its own observation."""

    env: BatchEnv
    actors: Actors
    policy: Player
    carry: Carry
    config: Any
    frames: int  # world steps of the whole training
    optimiser: torch.optim.Optimizer
    parts: tuple[str, ...]  # the attributes whose states a checkpoint keeps
    dtype = "float32"  # of matrix products while it learns: see precision

    @property
    def done(self) -> float:
        """The share of the training that is over."""
        return min(1.0, self.carry.frames / self.frames)

    def falling(self, value: float, left: float) -> float:
        """What a number is by now that falls linearly to the share `left` of its `value`."""
        return value * (1.0 - self.done * (1.0 - left))

    def set_rate(self) -> float:
        """Sets the optimiser's step to what it is now, and gives it."""
        rate = self.falling(self.config.learning_rate, self.config.final_rate)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        return rate

    @torch.no_grad()
    def begin_with(self, spec: str) -> None:
        """Takes over the weights of a trained agent; how much it explores stays as configured. SkyrallyError when they do not fit."""
        agent = find_agent(spec, self.env.scenario)
        if not isinstance(agent, NetworkAgent):
            raise SkyrallyError(f"initial is {spec}, which has no weights; expected zoo:NAME, run:DIR or file:PATH")
        told = self.differences(agent)
        if told:
            raise SkyrallyError(f"initial={spec} does not fit: it has {', '.join(told)}; set the same here")
        self.warm(agent.actors.state_dict())

    def differences(self, agent: NetworkAgent) -> list[str]:
        """Why this learner cannot go on with an agent's weights, in words; nothing where it can."""
        mode = self.policy.choices.mode if self.policy.choices else self.policy.action_mode
        same = {"view": (agent.view, self.policy.view), "action_mode": (agent.action_mode, mode)}
        ours, theirs = asdict(self.actors.spec), asdict(agent.actors.spec)
        differ = {**same, **{name: (theirs[name], ours[name]) for name in ours if name != "std_init"}}
        told = [f"{name}={there!r} (here {here!r})" for name, (there, here) in differ.items() if there != here]
        rows = [chosen.rows.tolist() if chosen else [] for chosen in (agent.choices, self.policy.choices)]
        return told if told or rows[0] == rows[1] else ["other choices"]

    def warm(self, weights: Mapping[str, Tensor]) -> None:
        """Goes on from the weights of actors of the same shape; how much it explores stays as configured."""
        kept = {name: value for name, value in self.actors.state_dict().items() if name.endswith("log_std")}
        self.actors.load_state_dict({**weights, **kept})

    def agent(self, name: str) -> Agent:
        """Who plays without noise. It shares the learner's weights; call `settle` before it plays."""
        return self.policy.agent(name, self.actors)

    def settle(self) -> None:
        """Puts what was learned so far into the agent, where that takes more than weights."""

    def write(self, folder: Path, scenario: Scenario, options: Mapping[str, Any], provenance: Mapping[str, Any]) -> None:
        """Writes weights and manifest of the agent as it was last settled."""
        policy, spec = self.policy, self.actors.spec
        write_agent(folder, self.actors, manifest_in(self.env, options, policy, spec, provenance))

    def state(self) -> dict[str, Any]:
        """All that `load` needs to go on exactly as if nothing had happened."""
        parts = {name: getattr(self, name).state_dict() for name in self.parts}
        return parts | {"carry": self.carry.state(self.env), "torch_rng": torch.get_rng_state()}

    def load(self, state: Mapping[str, Any]) -> None:
        """Goes on from what `state` gave."""
        for name in self.parts:
            getattr(self, name).load_state_dict(state[name])
        self.carry.restore(self.env, state["carry"])
        torch.set_rng_state(state["torch_rng"])


class Seated(Learned):
    """A learner with seats of its own beside those of others.

    Subclasses say how it acts (`_player`) and what it learns with (`_prepare`).
    """

    def __init__(
        self, env: BatchEnv, config: Any, frames: int, *, places: Sequence[Place] = (EVERYWHERE,), others: Others = lambda player: ()
    ):
        """frames: world steps of the whole training, over which the learning rate falls.

        places: the drones, and the worlds in which it plays them; equally many drones in each. others: the seats of all that is left, which
        may be taken by what the player has become.
        """
        self.env, self.config, self.frames, self.places = env, config, frames, places
        self.drones = len(range(env.num_drones)[places[0][0]])
        self.policy = self._player()
        self.actors = self.policy.actors
        self.seats = [*(Seat(self.policy, drones, worlds) for drones, worlds in places), *others(self.policy)]
        self.carry: Carry = begin(env, self.seats, config.steps, config.stagger, config.hold)
        self.track: Track = self.carry.rollout.joined()
        self._check_minibatches()
        self._prepare()

    def _check_minibatches(self) -> None:
        """SkyrallyError where a pass over a rollout would have empty parts."""
        config, (steps, worlds) = self.config, self.track.done.shape
        rows, of = (worlds, "worlds, with gru=") if config.gru else (steps * worlds, "worlds' steps")
        if config.minibatches > rows and not getattr(config, "replay", 0):
            raise SkyrallyError(f"minibatches is {config.minibatches}; expected at most {rows}, as many as there are {of}")

    def _player(self) -> Player:
        raise NotImplementedError

    def _prepare(self) -> None:
        raise NotImplementedError

    def iterate(self) -> dict[str, float]:
        """One rollout and what is learned from it, as numbers to log."""
        raise NotImplementedError

    def _experience(self, rollout: Rollout) -> Track:
        """What is learned from. Learners with aims of their own change its rewards and weights."""
        return rollout.joined()
