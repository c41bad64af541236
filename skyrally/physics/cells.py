"""A cell list: who is near whom, among any number of drones, without looking at all pairs.

The living are sorted into a uniform grid of boxes at least as wide as the reach that is asked for (counting sort, stable, in
memory allocated once), and what others see of them is copied in that order, so that a search reads memory in a row. A search visits
the boxes around a place; drones outside the grid count as in its outermost boxes, which keeps every search complete.
Up to FEW drones share one box.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .vec import clip, fn

FEW = 32  # drones that are looked at one by one: a grid would cost more than it saves
SEEN = 8  # numbers of a drone that others see: position 3, velocity 3, signal 2
FAR = 1e6  # m: drones beyond it share the outermost boxes


class Cells(NamedTuple):
    """The memory for up to N drones, of one thread. `near` rows lie in the order of boxes; `order` tells whose they are."""

    origin: Any  # [3] m, the lower corner of the grid
    inverse: Any  # [3] 1/m, one over the boxes' width
    shape: Any  # [4] boxes along x, y, z; drones listed
    start: Any  # [boxes + 1] the first row of each box
    order: Any  # [N] drone of each row
    near: Any  # [N, SEEN] what is seen of it
    box: Any  # [N] box of each listed drone, before sorting
    who: Any  # [N] the listed drones, before sorting
    loose: Any  # [N, SEEN] what is seen of them, before sorting


def make_cells(drones: int) -> Cells:
    """Memory for `drones` drones: 150 bytes each."""
    boxes = 2 * drones + 64
    return Cells(
        origin=np.zeros(3),
        inverse=np.ones(3),
        shape=np.ones(4, np.int64),
        start=np.zeros(boxes + 1, np.int64),
        order=np.zeros(drones, np.int32),
        near=np.zeros((drones, SEEN)),
        box=np.zeros(drones, np.int32),
        who=np.zeros(drones, np.int32),
        loose=np.zeros((drones, SEEN)),
    )


@fn
def list_drones(drones, count, reach, cells):
    """Lists the living among the first `count` drones, for searches within about `reach` (m)."""
    rows = cells.near if count <= FEW else cells.loose
    who = cells.order if count <= FEW else cells.who
    listed = 0
    for i in range(count):
        drone = drones[i]
        if drone.alive == 1:
            row = rows[listed]
            row[0], row[1], row[2] = drone.pos[0], drone.pos[1], drone.pos[2]
            row[3], row[4], row[5] = drone.vel[0], drone.vel[1], drone.vel[2]
            row[6], row[7] = drone.signal[0], drone.signal[1]
            who[listed] = i
            listed += 1
    shape = cells.shape
    shape[0] = shape[1] = shape[2] = 1
    shape[3] = listed
    cells.start[0], cells.start[1] = 0, listed
    if count > FEW:
        _lay_grid(cells, listed, reach)
        _sort(cells, listed)


@fn
def _lay_grid(cells, listed, reach):
    """Boxes over the space that the listed drones fill, no more of them than there is memory for."""
    shape = cells.shape
    for axis in range(3):
        low, high = FAR, -FAR
        for row in range(listed):
            at = clip(cells.loose[row, axis], -FAR, FAR)
            low, high = min(low, at), max(high, at)
        cells.origin[axis] = low
        cells.inverse[axis] = max(high - low, 0.0)  # for now the extent
    width = max(reach, 1e-6)
    boxes = _boxes(cells, width)
    while boxes > len(cells.start) - 1:
        width *= 1.3
        boxes = _boxes(cells, width)
    for axis in range(3):
        extent = cells.inverse[axis]
        cells.inverse[axis] = shape[axis] / extent if extent > 0.0 else 0.0


@fn
def _boxes(cells, width):
    """How many boxes of at least this width fit into the extent, in all."""
    total = 1.0
    for axis in range(3):
        along = max(1.0, min(cells.inverse[axis] / width, FAR) // 1.0)
        cells.shape[axis] = int(along)
        total *= along
    return total


@fn
def _sort(cells, listed):
    """Counting sort by box, in which drones keep their order."""
    start, shape = cells.start, cells.shape
    boxes = shape[0] * shape[1] * shape[2]
    for b in range(boxes + 1):
        start[b] = 0
    for row in range(listed):
        x, y, z = _place(cells, cells.loose[row, 0], 0), _place(cells, cells.loose[row, 1], 1), _place(cells, cells.loose[row, 2], 2)
        box = (z * shape[1] + y) * shape[0] + x
        cells.box[row] = box
        start[box + 1] += 1
    for b in range(boxes):
        start[b + 1] += start[b]
    for row in range(listed):  # start[box] runs ahead to the next box's start, and is moved back below
        box = cells.box[row]
        to = start[box]
        start[box] = to + 1
        cells.order[to] = cells.who[row]
        for k in range(SEEN):
            cells.near[to, k] = cells.loose[row, k]
    for b in range(boxes, 0, -1):
        start[b] = start[b - 1]
    start[0] = 0


@fn
def _place(cells, at, axis):
    """The box number along an axis; the outermost for what lies outside."""
    return int(clip((at - cells.origin[axis]) * cells.inverse[axis], 0.0, cells.shape[axis] - 1.0))


@fn
def around(cells, pos, reach):
    """The boxes that may hold somebody within `reach` (m) of a place: (x low, x high, y low, rows in y, z low, strips in all)."""
    if cells.shape[0] * cells.shape[1] * cells.shape[2] == 1:
        return 0, 0, 0, 1, 0, 1
    x0, x1 = _place(cells, pos[0] - reach, 0), _place(cells, pos[0] + reach, 0)
    y0, y1 = _place(cells, pos[1] - reach, 1), _place(cells, pos[1] + reach, 1)
    z0, z1 = _place(cells, pos[2] - reach, 2), _place(cells, pos[2] + reach, 2)
    deep = y1 - y0 + 1
    return x0, x1, y0, deep, z0, deep * (z1 - z0 + 1)


@fn
def strip(cells, block, k):
    """(first, last) rows of strip k of what `around` gave: boxes side by side along x lie in a row."""
    x0, x1, y0, deep, z0, _ = block
    base = ((z0 + k // deep) * cells.shape[1] + y0 + k % deep) * cells.shape[0]
    return cells.start[base + x0], cells.start[base + x1 + 1]
