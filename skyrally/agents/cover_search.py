"""The scripted players of cover-search: `cover-search` searches, `cover` goes where users are more than drones."""

from __future__ import annotations

import math

from ..physics.airframes import CRAZYFLIE
from ..physics.vec import clip, fn

SPEED = CRAZYFLIE.speed_limit  # m/s at full action of the mode velocity
CELLS, RINGS, SECTORS, RANGE = 8, 8, 8, 5.0  # of the map and of the field in scenarios/cover_search.py; m
PER_DRONE = 16.0  # cells of the map
CRUISE, LIFT, APPROACH = 2.6, 1.0, 1.2  # m/s; 1/s; 1/s
REACH_OUT = 2.0  # m: a cell this far counts half
ROOM, PUSH = 2.0, 3.0  # m in which others push; m/s
WORTH = 0.02  # of an even share: a map with less is done
BERTH = 1.8  # m, room among those who cover
CHANGE = 0.5  # of the drones too many that leave in a decision


@fn
def search_row(o, at, n, memory, out):
    """To the cell of the map that is worth most for its distance, away from others near by; to the map's middle where nothing is left."""
    cell = _cell_width(o, at)
    x, y, most = -o[at.from_goal], -o[at.from_goal + 1], WORTH
    for r in range(CELLS):
        for c in range(CELLS):
            dx, dy = (c + 0.5 - 0.5 * CELLS) * cell, (r + 0.5 - 0.5 * CELLS) * cell
            worth = o[at.map + CELLS * r + c] / (1.0 + math.sqrt(dx * dx + dy * dy) / REACH_OUT)
            if worth > most:
                x, y, most = dx, dy, worth
    px, py = _crowd_push(o, at, ROOM)
    _fly(o, at, 2.0 * x + PUSH * px, 2.0 * y + PUSH * py, out)


@fn
def _drones(o, at):
    """How many drones there are: 16 have 20 m. With `size='domain'` an estimate."""
    return max(1.0, 16.0 * (o[at.side] / 20.0) ** 2)


@fn
def _cell_width(o, at):
    """m: of a cell of the map, of which there are 16 to a drone."""
    return o[at.side] / math.floor(math.sqrt(PER_DRONE * _drones(o, at)) + 1e-6)


@fn
def _crowd_push(o, at, room):
    """(x, y) away from those nearer than `room` (m), as the field shows them: up to 1 for each."""
    x, y, weight = 0.0, 0.0, 0.0
    for ring in range(RINGS):
        distance = (ring + 0.5) / RINGS * RANGE
        for sector in range(SECTORS):
            share = o[at.field + ring * SECTORS + sector]
            weight += share
            if distance < room:
                bearing = (sector + 0.5) * (2.0 * math.pi / SECTORS) - math.pi
                x -= share * (1.0 - distance / room) * math.cos(bearing)
                y -= share * (1.0 - distance / room) * math.sin(bearing)
    others = max(1.0, o[at.in_view] * (_drones(o, at) - 1.0))
    return (others * x / weight, others * y / weight) if weight > 1e-6 else (0.0, 0.0)


@fn
def _fly(o, at, x, y, out):
    """The velocity (x, y) m/s, at most CRUISE, and the height of SELF's origin."""
    size = max(1.0, math.sqrt(x * x + y * y) / CRUISE)
    out[0], out[1] = clip(x / size / SPEED[0], -1.0, 1.0), clip(y / size / SPEED[1], -1.0, 1.0)
    out[2], out[3] = clip(-LIFT * o[at.from_goal + 2] / SPEED[2], -1.0, 1.0), 0.0


@fn
def cover_row(o, at, n, memory, out):
    """Stays with the users around and shares them with the others there; some leave for the other end where they are too many.

    Memory: the end it goes to (-1 or 1), 0 while it stays.
    """
    k, quarter, cell = at.from_goal, 0.25 * o[at.side], _cell_width(o, at)
    if memory[0] == 0.0:
        memory[0] = _leave(o, at)
    if memory[0] != 0.0:
        x, y = memory[0] * quarter - o[k], -o[k + 1]
        if math.sqrt(x * x + y * y) < BERTH:
            memory[0] = 0.0
        _fly(o, at, 2.0 * x, 2.0 * y, out)
        return
    x, y, weight = 0.0, 0.0, 0.0
    for r in range(CELLS):
        for c in range(CELLS):
            share = o[at.map + CELLS * r + c]
            x += share * (c + 0.5 - 0.5 * CELLS) * cell
            y += share * (r + 0.5 - 0.5 * CELLS) * cell
            weight += share
    x, y = (x / weight, y / weight) if weight > 1e-6 else (-o[k], -o[k + 1])
    px, py = _crowd_push(o, at, BERTH)
    _fly(o, at, APPROACH * x + PUSH * px, APPROACH * y + PUSH * py, out)


@fn
def _leave(o, at):
    """The end to go to: the other one, with the chance that brings as many drones away as there are too many for the users around."""
    across = math.floor(o[at.side] / _cell_width(o, at) + 0.5)
    users = 0.0
    for c in range(CELLS * CELLS):
        users += o[at.map + c] / (across * across)
    drones = max(o[at.in_view], 1e-3)
    dice = math.sin(1e4 * (o[at.velocity] + o[at.from_goal] + o[at.rates])) * 43758.5453
    dice -= math.floor(dice)
    if dice < CHANGE * (drones - users) / drones:
        return -1.0 if o[at.from_goal] > 0.0 else 1.0
    return 0.0
