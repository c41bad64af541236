"""What maps observations to actions: the protocol that players, learners' policies and hierarchies share."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np


class Agent(ABC):
    """Plays any number of drones at once; each row is one drone and knows nothing of the others.

    `view` is the observation layout it reads (None: the scenario's default), `action_mode` what its numbers mean,
    `memory_size` how many float32 it keeps per row. The caller zeroes a row's memory when its episode begins.
    `first_row`: the number of its first row, which players that draw by row go by; the caller sets it when rows are played in chunks.
    """

    name: str
    view: str | None = None
    action_mode: str = "rotor"
    memory_size: int = 0
    first_row: int = 0

    @abstractmethod
    def act(self, obs: np.ndarray, memory: np.ndarray, out: np.ndarray) -> None:
        """obs [B, O] float32 and memory [B, M] float32 in; actions written to out [B, A] float32, memory updated in place."""
