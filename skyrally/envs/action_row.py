"""One drone's action, as users give it."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import SkyrallyError
from ..physics.control import ACTION_SIZE

ROW = (ACTION_SIZE,)


def action_row(agent: str, action: Any, choices: int = 0) -> np.ndarray:
    """[A] float32 from an array, list, tensor or whole numbers; with `choices`, from the number of a choice, which comes first.

    SkyrallyError that names the agent for what cannot be an action.
    """
    try:
        row = np.asarray(action.detach().cpu() if hasattr(action, "detach") else action)
    except (ValueError, TypeError):  # lists of unequal length, objects that are no numbers
        row = np.empty(0, object)
    if choices:
        return _choice_row(agent, action, row, choices)
    if row.dtype.kind not in "fiu":
        raise SkyrallyError(f"the action of {agent} is {action!r}; expected {ACTION_SIZE} floats in [-1, 1]")
    if row.shape != ROW:
        raise SkyrallyError(f"the action of {agent} has shape {row.shape}; expected {ROW}")
    with np.errstate(over="ignore"):  # what float32 cannot hold is infinite
        return row.astype(np.float32)


def _choice_row(agent: str, action: Any, given: np.ndarray, choices: int) -> np.ndarray:
    if given.shape not in ((), (1,)) or given.dtype.kind not in "iu" or not 0 <= given.item() < choices:
        raise SkyrallyError(f"the action of {agent} is {action!r}; expected the number of a choice, 0 to {choices - 1}")
    row = np.zeros(ACTION_SIZE, np.float32)
    row[0] = given.item()
    return row
