"""A mean-field swarm's player: a list of rules, one per step of the episode, the same for every drone (reference A2, 5).

The list was made once, by an upper level that saw a large swarm; each drone then needs its own observation and a clock, and no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..errors import SkyrallyError
from ..physics.rng import GOLDEN
from ..physics.seeds import scramble
from ..scenarios.scenario import Layout
from .agent import Agent
from .field_rule import Grid, GridSpec, Rule
from .networks import Actors


@dataclass(frozen=True)
class RuleSpec:
    """All that is needed to build a rule anew, and what its upper level sees."""

    grid: GridSpec
    kind: str = "blend"
    actions: int = 4  # of the four numbers of an action, those that the rule gives; the others are 0
    field: str = "embedding"  # what the upper level sees of the swarm: embedding or histogram
    clock: bool = False  # whether it also sees the share of the episode that is over

    def rule(self, layout: Layout) -> Rule:
        """The rule over observations of this layout."""
        return Rule(Grid(self.grid, layout), self.kind, self.actions)

    def plain(self) -> dict[str, Any]:
        """As plain JSON."""
        return asdict(self)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> RuleSpec:
        """From plain JSON."""
        try:
            return cls(**{**data, "grid": GridSpec.read(dict(data["grid"]))})
        except (TypeError, KeyError) as error:
            raise SkyrallyError(f"the rule's description cannot be read: {error}; it was written by another version") from None


class UpperLevel(nn.Module):
    """The weights of a mean-field agent: the upper level's network, and the list of rules that it came to, [T, B * 2 * A]."""

    plan: Tensor

    def __init__(self, actors: Actors, steps: int):
        super().__init__()
        self.actors = actors
        self.register_buffer("plan", torch.zeros(steps, actors.spec.action_size))


class FieldAgent(Agent):
    """Plays the rule plan[t] in step t of an episode, after the last one the last: its mean, a mixture's drawn by a hash of row and t.

    Memory: t.
    """

    memory_size = 1

    def __init__(self, name: str, upper: UpperLevel, rule: Rule, view: str, action_mode: str, provenance: Mapping[str, Any] | None = None):
        self.name, self.upper, self.rule, self.view, self.action_mode = name, upper, rule, view, action_mode
        self.provenance = dict(provenance or {})

    def act(self, obs: np.ndarray, memory: np.ndarray, out: np.ndarray) -> None:
        out[:] = 0.0
        clock = memory[:, 0].astype(int)
        for t in np.unique(clock):
            rows = slice(None) if (clock == t).all() else np.flatnonzero(clock == t)
            xi = self.upper.plan[min(int(t), len(self.upper.plan) - 1)]
            with torch.no_grad():
                pick = torch.from_numpy(self._pick(clock)[rows]) if self.rule.kind == "mixture" else None
                action = self.rule.act(xi[None], torch.from_numpy(obs[rows])[None], None, None if pick is None else pick[None])
            out[rows, : self.rule.actions] = action[0].numpy()
        memory[:, 0] += 1.0

    def _pick(self, clock: np.ndarray) -> np.ndarray:
        """[B] float32 uniform numbers: a hash of row and step, the same whatever the chunks."""
        row = np.arange(self.first_row, self.first_row + len(clock), dtype=np.uint64)
        key = scramble(scramble(row * GOLDEN + GOLDEN) + clock.astype(np.uint64) * GOLDEN)
        return (key >> np.uint64(40)).astype(np.float32) * np.float32(2.0**-24)


def load_field_agent(weights: Path, manifest: Mapping[str, Any], layout: Layout, actors: Actors, name: str) -> FieldAgent:
    """The agent of a manifest with a rule."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    rule = RuleSpec.read(manifest["rule"]).rule(layout)
    if rule.size != actors.spec.action_size:
        raise SkyrallyError(f"{name}: the rule has {rule.size} numbers, its upper level gives {actors.spec.action_size}")
    try:
        data = load_file(weights)
        upper = UpperLevel(actors, len(data["plan"]))
        upper.load_state_dict(data)
    except (OSError, SafetensorError, RuntimeError, KeyError) as error:
        first = str(error).strip().splitlines()[0]
        raise SkyrallyError(f"{name}: {weights} cannot be read ({first}); it is missing, broken or of another network") from None
    return FieldAgent(name, upper.eval(), rule, manifest["view"], manifest["action_mode"], manifest.get("provenance"))
