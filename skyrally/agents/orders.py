"""Orders: what a commander tells a drone to do, as numbers that a skill reads beside its row of the view `match`.

| number | unit | meaning |
| --- | --- | --- |
| order_skill | - | which skill plays: its number in `SKILLS` |
| order_target | m (3) | where to be, or where the ball shall go |
| order_apex | m | the highest point of the ball's flight there |
| order_height | m | the ball is met when it falls through this height; mates are told too. 0: no hit is planned |
| order_soonest | s | an attack shall take no less time to the ground |
| order_clear | m (2) | where a mate meets the ball: keep away from there, or cover it |

All in the team frame: the own half is x > 0. An order is what an agent of action mode `order` writes, a commander.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..physics.records import F8, I8, record
from ..scenarios.scenario import Field, Layout
from ..scenarios.volleyball_views import TEAM

SKILLS = (
    "goto",
    "serve",
    "receive",
    "set",
    "attack",
    "return",
    "block",
    "cover",
    "after_serve",  # what keeps its place at the target after a touch; scripted skills do as for goto
    "after_receive",
    "after_set",
    "after_attack",
)
GOTO, SERVE, RECEIVE, SET, ATTACK, RETURN, BLOCK, COVER, AFTER_SERVE, AFTER_RECEIVE, AFTER_SET, AFTER_ATTACK = range(len(SKILLS))
NOWHERE = 99.0  # m: an `order_clear` that keeps nobody away
FIELDS = [
    Field("order_skill", 1, "-", "number in SKILLS"),
    Field("order_target", 3, "m", TEAM),
    Field("order_apex", 1, "m", "-"),
    Field("order_height", 1, "m", "-"),
    Field("order_soonest", 1, "s", "-"),
    Field("order_clear", 2, "m", TEAM),
]
TARGET, APEX, HEIGHT, SOONEST, CLEAR, ORDER = 1, 4, 5, 6, 7, 9  # places in an order, and its size


def ordered(layout: Layout) -> Layout:
    """The view of a skill: a row of `layout`, then the order."""
    return Layout("ordered", [*layout.fields, *FIELDS])


def offsets(layout: Layout, tactics: Mapping[str, float] | None = None) -> np.ndarray:
    """[1] a record with the first place of every field of the layout, by name, and of `tactics` by name: what compiled players
    read rows with.

    The last field comes first, so that no layout's record begins as another's does: Numba would take the one for the other.
    """
    numbers = dict(tactics or {})
    at = np.zeros(1, record([*((field.name, I8) for field in reversed(layout.fields)), *((name, F8) for name in numbers)]))
    for name, place in layout.slices.items():
        at[name] = place.start
    for name, value in numbers.items():
        at[name] = value
    return at
