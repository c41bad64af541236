"""The named blocks that swarms' observations are made of (reference B4).

| block | size | |
| --- | --- | --- |
| SELF | 18 | place relative to the goal, velocity, attitude (rows of the rotation matrix), body rates |
| NEIGHBOURS | 7 each | relative place, relative velocity, 1 if there is one; nearest first by distance plus closing rate |
| FIELD | 65 | the crowd as 8 x 8 bumps over distance and bearing, mean over those in view, and how many of all are in view |
| PILLARS | 9 | m, to the nearest pillar from 3 x 3 points 0.1 m apart, negative inside |

What is not there is zero, never NaN: a field of nobody, neighbours beyond the last.
"""

from __future__ import annotations

import math

from ..physics.cells import around, strip
from ..physics.swarm_records import NEIGHBOURS as MOST
from ..physics.vec import dot, fn, sub, vec3, vec4, write
from .scenario import Field

SELF = [
    Field("from_goal", 3, "m", "world"),
    Field("velocity", 3, "m/s", "world"),
    Field("attitude", 9, "-", "rotation matrix, row by row", -1.01, 1.01),
    Field("rates", 3, "rad/s", "body"),
]
NEIGHBOURS = [Field(f"neighbour_{k}", 7, "m, m/s, -", "world, relative; the last is 1 if there is one") for k in range(MOST)]
RINGS, SECTORS = 8, 8
FIELD_SIZE = RINGS * SECTORS + 1
FIELD = [
    Field("field", RINGS * SECTORS, "-", "distance by bearing from -pi, world", -0.01, 1.01),
    Field("in_view", 1, "share", "of all others", -0.01, 1.01),
]
RING_WIDTH, SECTOR_WIDTH = 0.05, 0.33  # standard deviations of the bumps: of the reach; rad (Huettenrauch et al. 2019)


@fn
def show_self(drone, goal, out, at):
    """Writes SELF from place `at` on; gives the next place."""
    at = write(out, at, sub(vec3(drone.pos), goal) + vec3(drone.vel))
    at = show_attitude(vec4(drone.quat), out, at)
    return write(out, at, vec3(drone.rate))


@fn
def show_attitude(quat, out, at):
    """Writes the 9 numbers of a rotation matrix, row by row; gives the next place."""
    w, x, y, z = quat
    at = write(out, at, (1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - w * z), 2.0 * (x * z + w * y)))
    at = write(out, at, (2.0 * (x * y + w * z), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - w * x)))
    return write(out, at, (2.0 * (x * z - w * y), 2.0 * (y * z + w * x), 1.0 - 2.0 * (x * x + y * y)))


@fn
def show_neighbours(drone, cells, i, reach, out, at, since=0):
    """Writes NEIGHBOURS: those of the others within `reach` (m) with the least distance plus closing rate (QuadSwarm's rank).

    `since`: only drones with this number or a higher one count.
    """
    found = choose_neighbours(drone, cells, i, reach, since)
    pos, vel = vec3(drone.pos), vec3(drone.vel)
    for k in range(found):
        other = cells.near[drone.slot[k]]
        at = write(out, at, sub(vec3(other), pos))
        at = write(out, at, (other[3] - vel[0], other[4] - vel[1], other[5] - vel[2], 1.0))
    for _ in range(found, MOST):
        at = write(out, at, (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0))
    return at


@fn
def choose_neighbours(drone, cells, i, reach, since=0):
    """Sorts the rows of the cell list that are to be seen into `drone.slot`, first the most urgent; gives how many there are."""
    pos, vel, found = vec3(drone.pos), vec3(drone.vel), 0
    block = around(cells, pos, reach)
    for s in range(block[5]):
        first, last = strip(cells, block, s)
        for row in range(first, last):
            other = cells.near[row]
            gap = (other[0] - pos[0], other[1] - pos[1], other[2] - pos[2])
            d2 = dot(gap, gap)
            if d2 < reach * reach and cells.order[row] != i and cells.order[row] >= since:
                distance = math.sqrt(max(d2, 1e-12))
                closing = gap[0] * (other[3] - vel[0]) + gap[1] * (other[4] - vel[1]) + gap[2] * (other[5] - vel[2])
                found = keep_lowest(drone, found, distance + closing / distance, row)
    return found


@fn
def keep_lowest(drone, found, rank, row):
    """Keeps the MOST lowest ranks in order in `drone.rank`, with their rows in `drone.slot`; gives how many there are."""
    if found == MOST:
        if rank >= drone.rank[MOST - 1]:
            return found
        k = MOST - 1
    else:
        k = found
        found += 1
    while k > 0 and drone.rank[k - 1] > rank:
        drone.rank[k], drone.slot[k] = drone.rank[k - 1], drone.slot[k - 1]
        k -= 1
    drone.rank[k], drone.slot[k] = rank, row
    return found


@fn
def show_field(world, drone, cells, i, reach, out, at):
    """Writes FIELD of those within `reach` (m): each a product of two bumps, which needs few exponentials."""
    for k in range(FIELD_SIZE):
        out[at + k] = 0.0
    pos, found = vec3(drone.pos), 0
    block = around(cells, pos, reach)
    for s in range(block[5]):
        first, last = strip(cells, block, s)
        for row in range(first, last):
            x, y, z = cells.near[row, 0] - pos[0], cells.near[row, 1] - pos[1], cells.near[row, 2] - pos[2]
            d2 = x * x + y * y + z * z
            if d2 < reach * reach and cells.order[row] != i:
                _add_bump(math.sqrt(d2) / reach, math.atan2(y, x), out, at)
                found += 1
    if found > 0:
        for k in range(FIELD_SIZE - 1):
            out[at + k] /= found
        out[at + FIELD_SIZE - 1] = found / (world.count - 1.0)
    return at + FIELD_SIZE


@fn
def _add_bump(distance, bearing, out, at):
    for ring in range(RINGS):
        off = (distance - (ring + 0.5) / RINGS) / RING_WIDTH
        near = math.exp(-0.5 * off * off)
        if near > 1e-6:
            for sector in range(SECTORS):
                turn = bearing + math.pi - (sector + 0.5) * (2.0 * math.pi / SECTORS)
                turn = (turn - 2.0 * math.pi * round(turn / (2.0 * math.pi))) / SECTOR_WIDTH
                out[at + ring * SECTORS + sector] += near * math.exp(-0.5 * turn * turn)
