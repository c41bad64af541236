"""The replay buffer: the last rollouts of a learning seat, drawn from as sequences of whole worlds.

Letters: S slots (a rollout each), T time, W worlds, B drawn sequences, N drones (n of the seat), O observation numbers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from ..errors import SkyrallyError
from .experience import Track

ROWS = ("action", "reward", "alive", "terminated", "truncated")


class Replay:
    """Keeps the last S rollouts in memory allocated once; a full buffer forgets the oldest.

    A sequence is one world's T steps of one rollout, from the memory that the player had at its beginning. Successors of truncated steps
    are not kept: row t + 1 after one is the next episode's first observation, as in a Track.
    """

    def __init__(self, track: Track, slots: int):
        """track: the learning seat's part of the rollouts that will come."""
        if slots < 1:
            raise SkyrallyError(f"slots is {slots}; expected 1 or more")
        self.slots, self._track = slots, track
        self._kept = {name: torch.zeros(slots, *part.shape, dtype=part.dtype) for name, part in self._parts(track).items()}
        self.added = 0  # rollouts so far

    @staticmethod
    def _parts(track: Track) -> dict[str, Tensor]:
        """What is kept of a rollout. The state holds all drones' observations: a seat with all of them need not keep both."""
        whole = track.obs.shape[2] * track.obs.shape[3] == track.state.shape[2]
        seen = {"obs": track.obs} if whole else {"obs": track.obs, "state": track.state}
        return seen | {name: getattr(track, name) for name in ROWS} | {"memory": track.memory}

    def __len__(self) -> int:
        """Sequences that can be drawn."""
        return min(self.added, self.slots) * self._track.obs.shape[1]

    def add(self, track: Track) -> None:
        """Takes a rollout in: a track like the one that this buffer was made for."""
        for name, part in self._parts(track).items():
            self._kept[name][self.added % self.slots] = part
        self.added += 1

    def draw(self, sequences: int) -> Track:
        """A track of B sequences, drawn uniformly and with replacement from those kept; a copy."""
        worlds = self._track.obs.shape[1]
        if self.added == 0:
            raise SkyrallyError("nothing to draw from: the replay buffer is empty")
        pick = torch.randint(len(self), (sequences,))
        slot, world = pick // worlds, pick % worlds
        drawn = {name: part[slot, world] if name == "memory" else _sequences(part, slot, world) for name, part in self._kept.items()}
        drawn.setdefault("state", drawn["obs"].flatten(2))
        return replace(self._track, **drawn, extras={})

    def state(self) -> dict[str, Any]:
        """All that `restore` needs: what is kept, as far as it is filled."""
        filled = min(self.added, self.slots)
        return {"added": self.added, "kept": {name: part[:filled].clone() for name, part in self._kept.items()}}

    def restore(self, state: dict[str, Any]) -> None:
        """Goes on from what `state` gave."""
        self.added = state["added"]
        for name, part in state["kept"].items():
            self._kept[name][: len(part)] = part


def _sequences(part: Tensor, slot: Tensor, world: Tensor) -> Tensor:
    """[S, T, W, ...] at (slot, world) [B] to [T, B, ...]."""
    return part[slot, :, world].transpose(0, 1)
