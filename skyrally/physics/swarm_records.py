"""What a swarm is made of: a world's head and beside it its drones, as many as one likes.

Both are views of one array of records (head first, then the drones), so a snapshot is a copy of it as for other worlds; compiled code
sees the views, whose types do not know the number of drones: a new number compiles nothing.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from .records import DRONE, END, F8, I4, I8, WORLD, Fields, record

NEIGHBOURS = 6  # of a drone that an observation can show, at most

SWARM_DRONE: Fields = [
    *DRONE,
    ("exists", I4),  # 1 if there is such a drone in this episode; `alive` says whether it still flies
    ("touching", I4),  # 1 while it touches another
    ("hits", I4),  # touches begun in this episode
    ("struck", I4),  # 1 if one began in this step
    ("heading", F8),  # rad, where it is steered to (action mode steer)
    ("signal", F8, 2),  # what others see of it beside place and velocity: cos and sin of its heading or phase
    ("clearance", F8),  # m, to the nearest other drone as far as it was looked for
    ("rank", F8, NEIGHBOURS),  # of the neighbours chosen to be seen
    ("slot", I4, NEIGHBOURS),  # their rows in the cell list
]

SWARM_WORLD: Fields = [
    *WORLD,
    ("count", I8),  # drones that exist in this episode: the first ones
    ("moving", I8),  # of them, those alive
    ("side", F8, 3),  # m, the domain: [-side / 2, side / 2] in x and y, [0, side] in z
    ("hits", I8),  # touches begun in this episode, by pairs
    ("collision_rate", F8),  # touches begun per drone and minute
    ("min_separation", F8),  # m, the least distance of two drones in this episode, as far as it was looked for
    ("effort", F8),  # mean size of the actions in this episode
]

SWARM_PARAMS: Fields = [
    ("ticks", I8),  # control steps (in point mode: moves) per decision
    ("point", I8),  # 1: points; 0: quadrotors
    ("linked", I8),  # 1: the scenario's `couple` follows every control step, in which some drones move others
    ("collisions", I8),  # NONE, PENALTY, PHYSICAL
    ("manifold", I8),  # see `manifolds`
    ("reach", F8),  # m: how far drones look for others
    ("contact", F8),  # m: centres nearer than this touch
    ("base_side", F8, 3),  # m, the domain for `base_count` drones
    ("base_count", F8),  # drones for which base_side holds; 0: for any number
    ("dims", I8),  # axes along which the domain grows with the number
    ("least", I8),  # population of an episode: from `least` to `most`, or one of `sizes`
    ("most", I8),
    ("n_sizes", I8),
    ("sizes", I8, 32),
    ("max_steps", I8),  # decisions of an episode
    ("view_sizes", I8, 8),  # numbers of an observation in each view
]

NONE, PENALTY, PHYSICAL = 0, 1, 2
COLLISIONS = ("none", "penalty", "physical")
SIZES = ("density", "domain")


def parts_of(drone_extra: Fields, world_extra: Fields) -> tuple[np.dtype, np.dtype]:
    """(head, drone): the records that compiled code sees, with a scenario's own fields. Keep them: Numba compares two of them slowly."""
    return record([*SWARM_WORLD, *world_extra]), record([*SWARM_DRONE, *drone_extra])


@cache
def swarm_record(drones: int, head: np.dtype, drone: np.dtype) -> np.dtype:
    """The record of a world with `drones` drones: the head's fields where the head has them, then `drones`."""
    whole = record([*((name, *_spelled(head, name)) for name in head.names or ()), ("drones", drone, (drones,))])
    known, placed = head.fields or {}, whole.fields or {}
    assert all(placed[name][1] == known[name][1] for name in known if name != END[0])
    return whole


def _spelled(kind: np.dtype, name: str) -> tuple:
    """A field's type and shape, as in a list of fields."""
    base, shape = kind[name].base, kind[name].shape
    return (base, shape) if shape else (base,)


def views(memory: np.ndarray, head: np.dtype, drone: np.dtype) -> tuple[Any, Any]:
    """(heads [W], drones [W, N]) of an array [W] of whole records, for compiled code. W must be 2 or more.

    Both are strided, so that their type is the same whatever W and N; a single row would be contiguous and another type.
    """
    assert len(memory) > 1
    drones = memory["drones"]
    fields = memory.dtype.fields
    assert fields is not None
    heads = np.ndarray((len(memory),), head, memory, 0, memory.strides)
    return heads, np.ndarray(drones.shape, drone, memory, fields["drones"][1], drones.strides)
