"""What every learner hands out: the agent that plays what was learned, and its files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..agents.agent import Agent
from ..agents.networks import Actors
from ..agents.policy import NetworkAgent, manifest_of, write_agent
from ..scenarios.scenario import Scenario


class Learned:
    """A learner whose actors play what was learned, each drone by its own observation."""

    actors: Actors
    policy: Any

    def agent(self, name: str) -> Agent:
        """Who plays without noise. It shares the learner's weights; call `settle` before it plays."""
        policy = self.policy
        return NetworkAgent(name, self.actors, policy.view, policy.action_mode, None, policy.choices, policy.hold)

    def settle(self) -> None:
        """Puts what was learned so far into the agent, where that takes more than weights."""

    def write(self, folder: Path, scenario: Scenario, options: Mapping[str, Any], provenance: Mapping[str, Any]) -> None:
        """Writes weights and manifest of the agent as it was last settled."""
        policy, spec = self.policy, self.actors.spec
        told = manifest_of(scenario, options, policy.view, policy.action_mode, spec, provenance, policy.choices, policy.hold)
        write_agent(folder, self.actors, told)
