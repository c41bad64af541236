"""What a step of a batch of worlds gives. Letters: W worlds, N drones, O observation numbers."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np


@dataclass
class Step:
    """What a step writes. Valid until the next step unless it was the caller's own (`out`)."""

    obs: np.ndarray  # [W, N, O] float32: the true successor, also of worlds that ended
    reward: np.ndarray  # [W, N] float32
    terminated: np.ndarray  # [W] bool: the game is over
    truncated: np.ndarray  # [W] bool: time is up (bootstrap)
    alive: np.ndarray  # [W, N] int32 view of the worlds: 1 while the drone takes part
    lasted: np.ndarray | None = None  # [W] float32: control steps that it took, where steps are decisions; None: one each

    @property
    def done(self) -> np.ndarray:
        """[W] bool: terminated or truncated."""
        return self.terminated | self.truncated

    def torch(self) -> Any:
        """The same arrays as torch tensors over the same memory (no copy)."""
        import torch

        arrays = {f.name: getattr(self, f.name) for f in fields(self)}
        return Step(**{name: None if array is None else torch.from_numpy(array) for name, array in arrays.items()})  # type: ignore[arg-type]
