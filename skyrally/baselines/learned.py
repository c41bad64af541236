"""What every learner hands out: the agent that plays what was learned, and its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from ..agents.agent import Agent
from ..agents.captain import told_of
from ..agents.networks import Actors
from ..agents.policy import CAPTAINS, NetworkAgent, manifest_of, write_agent
from ..agents.spec import find_agent
from ..envs.batch import BatchEnv
from ..errors import SkyrallyError
from ..rollout import Carry
from ..scenarios.scenario import Scenario

INITIAL = "a trained agent whose weights it begins with: zoo:NAME, run:DIR, file:PATH; empty: random ones"  # key `initial`


def manifest_in(env: Any, options: Mapping[str, Any], policy: Any, spec: Any, provenance: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest of what a policy learned in the worlds `env`; a captain's says what its answers mean."""
    told = manifest_of(env.scenario, options, policy.view, policy.action_mode, spec, provenance, policy.choices, policy.hold)
    return {**told, **(told_of(env.every) if policy.action_mode == CAPTAINS else {})}


class Learned:
    """A learner whose actors play what was learned, each drone by its own observation."""

    env: BatchEnv
    actors: Actors
    policy: Any
    carry: Carry
    parts: tuple[str, ...]  # the attributes whose states a checkpoint keeps

    @torch.no_grad()
    def begin_with(self, spec: str) -> None:
        """Takes over the weights of a trained agent; how much it explores stays as configured. SkyrallyError when they do not fit."""
        agent = find_agent(spec, self.env.scenario)
        if not isinstance(agent, NetworkAgent):
            raise SkyrallyError(f"initial is {spec}, which has no weights; expected zoo:NAME, run:DIR or file:PATH")
        same = {"view": (agent.view, self.policy.view), "action_mode": (agent.action_mode, self.policy.action_mode)}
        ours, theirs = asdict(self.actors.spec), asdict(agent.actors.spec)
        differ = {**same, **{name: (theirs[name], ours[name]) for name in ours if name != "std_init"}}
        told = [f"{name}={there!r} (here {here!r})" for name, (there, here) in differ.items() if there != here]
        if told:
            raise SkyrallyError(f"initial={spec} does not fit: it has {', '.join(told)}; set the same here")
        kept = {name: value for name, value in self.actors.state_dict().items() if name.endswith("log_std")}
        self.actors.load_state_dict({**agent.actors.state_dict(), **kept})

    def agent(self, name: str) -> Agent:
        """Who plays without noise. It shares the learner's weights; call `settle` before it plays."""
        policy = self.policy
        return NetworkAgent(name, self.actors, policy.view, policy.action_mode, None, policy.choices, policy.hold)

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
