"""The action mode `discrete`: a table of choices, for learners that pick one of K.

| set | K | what the rows are |
| --- | --- | --- |
| grid | 27 | ctbr: thrust (half of hover, hover, full) x roll rate (-1, 0, 1) x pitch rate (-1, 0, 1), no yaw rate |
| cross | 17 | ctbr: five thrusts without turning; at hover thrust, one of roll, pitch, yaw rate at -1, -1/3, 1/3, 1 |
| fine | 125 | ctbr: five thrusts from none to full x roll rate x pitch rate, five each from -1 to 1, no yaw rate |
| rotors | 16 | rotor: each rotor off or full, as the published DQN and QMIX had it; rotor k is bit 3 - k of the number |
| an array [K, 4] | K | ctbr rows of one's own, in [-1, 1] |

Players that are no drones choose from what their scenario names (`Scenario.choices`), by rows of the mode `pick`.
A choice becomes its row before the compiled step, which knows nothing of choices.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np

from ..errors import SkyrallyError, unknown
from ..scenarios.scenario import Scenario
from .arguments import as_array

DISCRETE = "discrete"
DEFAULT_SET = "grid"


class Choices:
    """`rows` [K, 4] float32 and what they mean: `mode` is rotor, ctbr or pick."""

    def __init__(self, what: Any, hover: float = 0.0, mode: str = "ctbr"):
        """`what`: the name of a set, or rows of `mode`. `hover`: the thrust action that carries the weight."""
        self.mode = mode
        if isinstance(what, str):
            if what not in SETS:
                raise unknown("set of discrete actions", what, SETS)
            self.mode = "rotor" if what == "rotors" else mode
            rows = np.array(SETS[what](hover))
        else:
            rows = as_array(what)
        fits = rows.ndim == 2 and rows.shape[1:] == (4,) and len(rows) > 0 and rows.dtype.kind in "fiu"
        if not fits or not (np.abs(rows.astype(float)) <= 1.0).all():
            raise SkyrallyError(
                f"discrete is an array of shape {rows.shape}, dtype {rows.dtype}; "
                f"expected ctbr rows [K, 4] in [-1, 1], or one of {', '.join(SETS)}"
            )
        self.rows = rows.astype(np.float32)

    def __len__(self) -> int:
        return len(self.rows)

    def fill(self, actions: np.ndarray, who: np.ndarray | None, agents: tuple[str, ...]) -> np.ndarray:
        """[W, N, 4] float32, new: choices exchanged for their rows.

        `actions`: [W, N] choices, or [W, N, 4] with the choice as the first number of the rows in `who` [W, N] (None: of
        all). A choice that is not finite makes its row so: a fault in matches.
        """
        chosen = actions if actions.ndim == 2 else actions[..., 0]
        k = np.nan_to_num(chosen, nan=0.0, posinf=0.0, neginf=0.0) if chosen.dtype.kind == "f" else chosen
        wrong = (k < 0) | (k >= len(self)) | (k != np.floor(k))
        if who is not None:
            wrong &= who
        if wrong.any():
            world, drone = np.argwhere(wrong)[0]
            raise SkyrallyError(
                f"the action of {agents[drone]} in world {world} is {chosen[world, drone]}; "
                f"expected the number of a choice, 0 to {len(self) - 1}"
            )
        rows = self.rows[np.where((k >= 0) & (k < len(self)), k, 0).astype(np.intp)]
        if chosen.dtype.kind == "f":
            rows[~np.isfinite(chosen)] = np.nan
        return rows if who is None else np.where(who[..., None], rows, actions).astype(np.float32)


def choices_of(scenario: Scenario, options: Mapping[str, Any], params: np.ndarray, what: Any) -> Choices:
    """What players in mode discrete choose from: the scenario's own choices under its options, or for drones the set or rows `what`."""
    if scenario.choices is None:
        return Choices(what, 2.0 * float(params["airframe"]["hover"][0]) ** 2 - 1.0)
    names = scenario.choices(options)
    if not isinstance(what, str) or what != DEFAULT_SET:
        raise SkyrallyError(f"{scenario.name} has choices of its own ({', '.join(names)}); leave discrete out")
    middles = (2.0 * np.arange(len(names)) + 1.0) / len(names) - 1.0
    return Choices(np.outer(middles, (1.0, 0.0, 0.0, 0.0)), mode="pick")


def _grid(hover: float) -> list[tuple[float, ...]]:
    return [(t, r, p, 0.0) for t, r, p in product((0.5 * (hover - 1.0), hover, 1.0), (-1.0, 0.0, 1.0), (-1.0, 0.0, 1.0))]


def _cross(hover: float) -> list[tuple[float, ...]]:
    thrusts = [(t, 0.0, 0.0, 0.0) for t in (-1.0, 0.5 * (hover - 1.0), hover, 0.5 * (hover + 1.0), 1.0)]
    turns = [(hover, *(rate if k == axis else 0.0 for k in range(3))) for axis in range(3) for rate in (-1.0, -1.0 / 3.0, 1.0 / 3.0, 1.0)]
    return thrusts + turns


def _fine(hover: float) -> list[tuple[float, ...]]:
    levels = np.linspace(-1.0, 1.0, 5).tolist()
    return [(t, r, p, 0.0) for t, r, p in product(levels, repeat=3)]


def _rotors(hover: float) -> list[tuple[float, ...]]:
    return list(product((-1.0, 1.0), repeat=4))


SETS = {"grid": _grid, "fine": _fine, "cross": _cross, "rotors": _rotors}
