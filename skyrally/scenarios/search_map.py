"""A map that a swarm searches: cells with a chance each, 16 kept with every drone, so that it grows with their number.

The map drifts as a whole (`middle` is where its middle is) and spreads by diffusion. Cell c = row * cells_across + column, rows from -y on,
lies with drone c // 16. `chance[0]` is what is left after all looks (or the share of the users), `chance[1]` what there were without any.
"""

from __future__ import annotations

import math

from ..physics.records import F8, I4, I8, Fields
from ..physics.rng import uniform
from ..physics.vec import clip, fn

CELLS = 16  # to a drone
FOOTPRINT, LOWEST, HIGHEST = 1.0, 2.0, 4.0  # m: what a drone sees of the ground, between these heights
DIFFUSION = 0.1  # m per sqrt(s)
BUMP, OFF = 0.125, 0.2  # of the side: standard deviation of a bump, its middle from the map's at most
REMEMBERED = 64  # cells
BUMPS = 16  # channel of draws

PART: Fields = [  # of the map, kept with a drone
    ("chance", F8, (2, CELLS)),
    ("next", F8, (2, CELLS)),  # the same, while the map spreads
    ("known", I4, REMEMBERED),  # cells that the drone looked at, the latest last, around again
    ("learned", I8),  # how many it looked at so far
]
MAP: Fields = [  # of a world
    ("cells_across", I8),
    ("middle", F8, 2),  # m
]


@fn
def bump_of(world, k):
    """m from the map's middle: bump k of an episode that begins."""
    most = OFF * world.side[0]
    return uniform(world, 2 * k, BUMPS, -most, most), uniform(world, 2 * k + 1, BUMPS, -most, most)


@fn
def draw_chance(world, drones):
    """The chance of each cell: two bumps, normalised over the map."""
    across, cell, total = world.cells_across, world.side[0] / world.cells_across, 0.0
    (ax, ay), (bx, by), size = bump_of(world, 0), bump_of(world, 1), BUMP * world.side[0]
    for c in range(across * across):
        x, y = (c % across + 0.5 - 0.5 * across) * cell, (c // across + 0.5 - 0.5 * across) * cell
        value = math.exp(-0.5 * ((x - ax) ** 2 + (y - ay) ** 2) / (size * size))
        value += math.exp(-0.5 * ((x - bx) ** 2 + (y - by) ** 2) / (size * size))
        drones[c // CELLS].chance[0, c % CELLS] = value
        total += value
    for c in range(across * across):
        drone, k = drones[c // CELLS], c % CELLS
        drone.chance[0, k] /= total
        drone.chance[1, k] = drone.chance[0, k]


@fn
def map_users(world, drones):
    """The share of the users in each cell."""
    across = world.cells_across
    for c in range(across * across):
        drones[c // CELLS].chance[0, c % CELLS] = 0.0
    for u in range(len(world.users)):
        row, column = cell_of(world, world.users[u, 1], 1), cell_of(world, world.users[u, 0], 0)
        if 0 <= row < across and 0 <= column < across:
            c = row * across + column
            drones[c // CELLS].chance[0, c % CELLS] += 1.0 / len(world.users)


@fn
def cell_of(world, at, axis):
    """The row (axis 1) or column (axis 0) of a coordinate (m), which may be off the map."""
    return math.floor(clip((at - world.middle[axis]) * world.cells_across / world.side[0] + 0.5 * world.cells_across, -1e6, 1e6))


@fn
def place_of(world, k, axis):
    """m: the middle of row or column k."""
    return world.middle[axis] + (k + 0.5 - 0.5 * world.cells_across) * world.side[0] / world.cells_across


@fn
def remember(world, drone):
    """Notes the cells in a drone's footprint that it does not remember yet."""
    x, y, across = drone.pos[0], drone.pos[1], world.cells_across
    if not LOWEST <= drone.pos[2] <= HIGHEST:
        return
    for row in range(max(cell_of(world, y - FOOTPRINT, 1), 0), min(cell_of(world, y + FOOTPRINT, 1), across - 1) + 1):
        for column in range(max(cell_of(world, x - FOOTPRINT, 0), 0), min(cell_of(world, x + FOOTPRINT, 0), across - 1) + 1):
            dx, dy = place_of(world, column, 0) - x, place_of(world, row, 1) - y
            if dx * dx + dy * dy < FOOTPRINT * FOOTPRINT and not knows(drone, row * across + column):
                drone.known[drone.learned % REMEMBERED] = row * across + column
                drone.learned += 1


@fn
def knows(drone, cell):
    """Whether a drone remembers that it looked at a cell."""
    k, known = 0, min(drone.learned, REMEMBERED)
    while k < known and drone.known[k] != cell:
        k += 1
    return k < known


@fn
def spread(world, drones, dt):
    """Diffusion on the cells, with nothing lost at the map's edge: each neighbour exchanges s^2 dt / (2 cell^2) of the difference."""
    across = world.cells_across
    part = min(0.5 * DIFFUSION * DIFFUSION * dt * (across / world.side[0]) ** 2, 0.25)
    for c in range(across * across):
        row, column = c // across, c % across
        for k in range(2):
            here, flow = drones[c // CELLS].chance[k, c % CELLS], 0.0
            if column > 0:
                flow += drones[(c - 1) // CELLS].chance[k, (c - 1) % CELLS] - here
            if column < across - 1:
                flow += drones[(c + 1) // CELLS].chance[k, (c + 1) % CELLS] - here
            if row > 0:
                flow += drones[(c - across) // CELLS].chance[k, (c - across) % CELLS] - here
            if row < across - 1:
                flow += drones[(c + across) // CELLS].chance[k, (c + across) % CELLS] - here
            drones[c // CELLS].next[k, c % CELLS] = here + part * flow
    for c in range(across * across):
        for k in range(2):
            drones[c // CELLS].chance[k, c % CELLS] = drones[c // CELLS].next[k, c % CELLS]
