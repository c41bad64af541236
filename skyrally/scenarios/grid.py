"""Boards of square cells: places as (column from the left, row from the top), and how they are seen."""

from __future__ import annotations

from ..physics.vec import fn


@fn
def put(cell, x, y):
    cell[0], cell[1] = x, y


@fn
def at(cell, x, y):
    return cell[0] == x and cell[1] == y


@fn
def step(cell, dx, dy, size):
    """One cell on, unless the edge is there."""
    cell[0] = min(max(cell[0] + dx, 0), size - 1)
    cell[1] = min(max(cell[1] + dy, 0), size - 1)


@fn
def sign(v):
    return (1 if v > 0 else 0) - (1 if v < 0 else 0)


@fn
def distance2(a, b):
    return (a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1])


@fn
def show(out, place, cell, side, size):
    out[place] = side * (2.0 * cell[0] / (size - 1.0) - 1.0)
    out[place + 1] = 2.0 * cell[1] / (size - 1.0) - 1.0
