"""A batch of swarms as a batch of single agents: the upper level of mean-field control (reference A2, 3 and A4).

Each world's swarm is one agent. It sees the swarm's mean field, its action is the parameters xi of a rule that all drones follow, drawn
independently for each; its reward is the mean of theirs. So collectors and learners need to know nothing of swarms.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch

from ..agents.field_agent import RuleSpec
from ..envs.batch import BatchEnv
from ..envs.step import Step
from ..errors import SkyrallyError
from ..scenarios.scenario import Field, Layout

MODE, VIEW = "rule", "field"


def rule_spec(spec: RuleSpec, env: BatchEnv) -> RuleSpec:
    """The spec with as many action numbers as these worlds read, where it says 0: steering 1, points in the plane 2, else 4."""
    if spec.actions:
        return spec
    return replace(spec, actions=1 if env.action_mode == "steer" else 2 if int(env.params["point"][0]) else env.action_size)


class FieldEnv:
    """What BatchEnv gives to collectors and learners, of W swarms as one agent each.

    Letters: W worlds, N drones of a swarm, F numbers of the mean field, P = B * 2 * A numbers of a rule.
    """

    num_drones = 1
    agents = ("swarm_0",)
    action_mode = MODE

    def __init__(self, swarm: BatchEnv, spec: RuleSpec):
        if swarm.scenario.swarm is None:
            raise SkyrallyError(f"{swarm.scenario.name} is no swarm; mean-field control needs one: flock, kuramoto, aggregate, ...")
        self.swarm, self.spec = swarm, rule_spec(spec, swarm)
        self.rule = self.spec.rule(swarm.layout)
        self.action_size = self.rule.size
        fields = [Field(self.spec.field, self.rule.grid.size, "share", "of the drones, at the rule's centres")]
        self.layout = Layout(VIEW, [*fields, *([Field("clock", 1, "share", "of the episode")] if self.spec.clock else [])])
        self.scenario = replace(swarm.scenario, agents=self.agents, teams=(0,), views={VIEW: self.layout}, action_modes=(MODE,))
        self.num_worlds, self.seed = swarm.num_worlds, swarm.seed
        self.alive = np.ones((swarm.num_worlds, 1), np.int32)
        self.noisy = True  # False: drones play the mean of their rule
        self._actions = np.zeros((swarm.num_worlds, swarm.num_drones, swarm.action_size), np.float32)
        self._obs = np.zeros((0, 0, 0), np.float32)

    # -- what is the swarm's -------------------------------------------------------------------------------------------

    def __getattr__(self, name: str) -> Any:
        """worlds, params, seats, terms, returns, players, options and so on are the swarm's own."""
        if name == "swarm":
            raise AttributeError(name)
        return getattr(self.swarm, name)

    def assign(self, **seat: Any) -> None:
        """Nothing: the drones keep the view and action mode that the rule was made for."""

    def snapshot(self) -> np.ndarray:
        """The swarms' worlds."""
        return self.swarm.snapshot()

    # -- stepping ------------------------------------------------------------------------------------------------------

    def reset(self, mask: Any = None, seeds: Any = None, out: Any = None) -> np.ndarray:
        """As BatchEnv's: mean fields [W, 1, F]."""
        self._obs = self.swarm.reset(mask, seeds)
        return self._seen(out)

    def observe(self, out: Any = None) -> np.ndarray:
        """[W, 1, F] the mean fields as they are."""
        self._obs = self.swarm.observe()
        return self._seen(out)

    def restore(self, worlds: np.ndarray, mask: Any = None) -> np.ndarray:
        """As BatchEnv's."""
        self._obs = self.swarm.restore(worlds, mask)
        return self._seen(None)

    def buffers(self) -> Step:
        """Fresh memory for `step(out=...)`."""
        w = self.num_worlds
        obs = np.zeros((w, 1, self.layout.size), np.float32)
        return Step(obs, np.zeros((w, 1), np.float32), np.zeros(w, bool), np.zeros(w, bool), self.alive)

    def step(self, actions: Any, out: Step | None = None) -> Step:
        """One decision of all drones by the rules xi [W, 1, P]."""
        shape, given = (self.num_worlds, 1, self.action_size), torch.as_tensor(actions)
        if given.shape != shape:
            raise SkyrallyError(f"rules have shape {tuple(given.shape)}; expected (worlds, 1, numbers of a rule) = {shape}")
        out = out or self.buffers()
        with torch.no_grad():
            self._actions[..., : self.rule.actions] = self._drawn(given[:, 0].float()).numpy()
        step = self.swarm.step(self._actions)
        self._obs = step.obs
        self._seen(out.obs)
        out.reward[:, 0] = step.reward.sum(1) / self.swarm.players  # those that do not exist are paid nothing
        out.terminated[:], out.truncated[:] = step.terminated, step.truncated
        return out

    def _drawn(self, xi: torch.Tensor) -> torch.Tensor:
        """[W, N, A] what the drones do."""
        w, n = self._actions.shape[:2]
        noise = torch.randn(w, n, self.rule.actions) if self.noisy else None
        pick = torch.rand(w, n) if self.rule.kind == "mixture" else None
        return self.rule.act(xi, torch.from_numpy(self._obs), noise, pick)

    def _seen(self, out: Any) -> np.ndarray:
        """Writes the mean fields into [W, 1, F] (None: fresh memory)."""
        seen = self.buffers().obs if out is None else out
        field = self.rule.grid.embedding(
            torch.from_numpy(self._obs), torch.from_numpy(self.swarm.alive == 1), histogram=self.spec.field == "histogram"
        )
        seen[:, 0, : field.shape[-1]] = field.numpy()
        if self.spec.clock:
            seen[:, 0, -1] = self.swarm.worlds["step"] / float(self.swarm.params["max_steps"][0])
        return seen
