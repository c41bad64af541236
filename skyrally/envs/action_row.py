"""One drone's action, as users give it."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import SkyrallyError
from ..physics.control import ACTION_SIZE

ROW = (ACTION_SIZE,)


def action_row(agent: str, action: Any) -> np.ndarray:
    """[A] float32 from an array, list, tensor or whole numbers. SkyrallyError that names the agent for what cannot be an action."""
    try:
        row = np.asarray(action.detach().cpu() if hasattr(action, "detach") else action)
    except (ValueError, TypeError):  # lists of unequal length, objects that are no numbers
        row = np.empty(0, object)
    if row.dtype.kind not in "fiu":
        raise SkyrallyError(f"the action of {agent} is {action!r}; expected {ACTION_SIZE} floats in [-1, 1]")
    if row.shape != ROW:
        raise SkyrallyError(f"the action of {agent} has shape {row.shape}; expected {ROW}")
    with np.errstate(over="ignore"):  # what float32 cannot hold is infinite
        return row.astype(np.float32)
