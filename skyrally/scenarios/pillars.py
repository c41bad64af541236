"""Pillars on a square grid: which cells hold one, how far they are, who sees past them, and what happens to a drone that meets one.

The grid is centred on the origin; a pillar stands in the middle of its cell, from ground to ceiling. A world keeps them as bits.
"""

from __future__ import annotations

import math

import numpy as np

from ..physics.records import F8, I8, Fields
from ..physics.rng import moment, word
from ..physics.swarm import shuffled
from ..physics.swarm_records import NONE, PHYSICAL
from ..physics.vec import clip, fn

ACROSS = 128  # cells along a side for which there are bits
WORDS = ACROSS * ACROSS // 64  # 64-bit words of them
ONE, ZERO = np.uint64(1), np.uint64(0)
PILLARS: Fields = [  # of a world's record
    ("across", I8),  # cells along a side
    ("cell", F8),  # m, their width
    ("pillar_radius", F8),  # m
    ("pillar_clear", F8),  # m: pillars farther than this are not told apart; radius and this are at most 1.5 cells
    ("pillars", "u8", WORDS),
]


@fn
def clear_pillars(world, across, cell, radius, clear):
    """A grid of `across` x `across` cells (2 to ACROSS) without pillars."""
    world.across = min(max(across, 2), ACROSS)
    world.cell, world.pillar_radius, world.pillar_clear = cell, radius, clear
    for k in range(WORDS):
        world.pillars[k] = 0


@fn
def cell_at(order_key, rank, across):
    """The cell with this rank in a world's random order of its cells."""
    return shuffled(order_key, rank, across * across)


@fn
def cells_key(world, channel):
    """64 random bits that order the cells of this episode."""
    return word(moment(world.seed, world.episode, 0), 0, channel)


@fn
def set_pillar(world, cell, across):
    """Marks a cell (row * across + column) as holding a pillar."""
    bit = cell // across * ACROSS + cell % across
    world.pillars[bit // 64] |= ONE << np.uint64(bit % 64)


@fn
def has_pillar(world, row, column):
    """Whether there is a pillar in a cell; there is none outside the grid."""
    if row < 0 or column < 0 or row >= world.across or column >= world.across:
        return False
    bit = row * ACROSS + column
    return (world.pillars[bit // 64] >> np.uint64(bit % 64)) & ONE != ZERO


@fn
def middle(world, k):
    """m: the middle of row or column k."""
    return (k + 0.5 - 0.5 * world.across) * world.cell


@fn
def column_of(world, x):
    """The row or column of a coordinate (m), which may be outside the grid."""
    return math.floor(min(max(x, -1e6), 1e6) / world.cell + 0.5 * world.across)


@fn
def gap_to_pillar(world, x, y):
    """m: from a place to the surface of the nearest pillar, at most `pillar_clear`; negative inside one."""
    row, column = column_of(world, y), column_of(world, x)
    least = world.pillar_clear + world.pillar_radius
    for r in range(row - 1, row + 2):
        for c in range(column - 1, column + 2):
            if has_pillar(world, r, c):
                dx, dy = x - middle(world, c), y - middle(world, r)
                least = min(least, math.sqrt(dx * dx + dy * dy))
    return least - world.pillar_radius


@fn
def in_sight(world, a, b):
    """Whether no pillar stands between two places [3]."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    d2 = max(dx * dx + dy * dy, 1e-12)
    for row in range(column_of(world, min(a[1], b[1])), column_of(world, max(a[1], b[1])) + 1):
        for column in range(column_of(world, min(a[0], b[0])), column_of(world, max(a[0], b[0])) + 1):
            if has_pillar(world, row, column):
                x, y = middle(world, column) - a[0], middle(world, row) - a[1]
                along = clip((x * dx + y * dy) / d2, 0.0, 1.0)
                x, y = x - along * dx, y - along * dy
                if x * x + y * y < world.pillar_radius * world.pillar_radius:
                    return False
    return True


@fn
def show_pillars(world, drone, out, at):
    """Writes PILLARS: the gaps at 3 x 3 points 0.1 m apart, rows from -y on."""
    for j in range(3):
        for k in range(3):
            out[at + 3 * j + k] = gap_to_pillar(world, drone.pos[0] + 0.1 * (k - 1), drone.pos[1] + 0.1 * (j - 1))
    return at + 9


@fn
def meet_pillar(world, drone, radius, restitution, solid):
    """Whether a drone of this radius (m) is in a pillar; a solid one throws it back. Radii are below half a cell."""
    row, column = column_of(world, drone.pos[1]), column_of(world, drone.pos[0])
    if not has_pillar(world, row, column):
        return 0
    dx, dy = drone.pos[0] - middle(world, column), drone.pos[1] - middle(world, row)
    distance = math.sqrt(dx * dx + dy * dy)
    if distance >= world.pillar_radius + radius:
        return 0
    if solid:
        nx, ny = (dx / distance, dy / distance) if distance > 1e-9 else (1.0, 0.0)
        out = world.pillar_radius + radius - distance
        drone.pos[0] += out * nx
        drone.pos[1] += out * ny
        closing = drone.vel[0] * nx + drone.vel[1] * ny
        if closing < 0.0:
            drone.vel[0] -= (1.0 + restitution) * closing * nx
            drone.vel[1] -= (1.0 + restitution) * closing * ny
    return 1


@fn
def strike_pillar(world, drone, params):
    """Lets a drone meet a pillar as `collisions` says; notes in `pillar` that it is in one, in `pillar_struck` that it came into it now."""
    drone.pillar_struck = 0
    if params.collisions != NONE:
        met = meet_pillar(world, drone, params.airframe.body_radius, params.drone_restitution, params.collisions == PHYSICAL)
        drone.pillar_struck = 1 if met == 1 and drone.pillar == 0 else 0
        drone.pillar = met


def pillar_places(world: np.record, tall: float) -> np.ndarray:
    """[K, 4] m: x, y, radius and the height given, for pictures."""
    across, cell = int(world["across"]), float(world["cell"])
    bits = np.unpackbits(world["pillars"].view(np.uint8), bitorder="little").reshape(ACROSS, ACROSS)[:across, :across]
    rows, columns = np.nonzero(bits)
    x, y = ((k + 0.5 - 0.5 * across) * cell for k in (columns, rows))
    return np.stack([x, y, np.full(len(rows), float(world["pillar_radius"])), np.full(len(rows), tall)], axis=1)
