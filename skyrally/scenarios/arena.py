"""A round arena with pillars in it: where they stand, where bodies start between them, how wall and ceiling stop a body."""

import math

from ..physics.rng import uniform
from ..physics.swarm import launch
from ..physics.vec import fn
from .pillars import cell_at, clear_pillars, has_pillar, middle, set_pillar

CELL, RADIUS, CLEAR, EDGE = 0.45, 0.1, 0.35, 0.1  # m: cells, pillars, gaps told apart, room of starts and pillars to the wall
HEIGHT, YAW = 17, 18  # channels of draws


@fn
def raise_pillars(world, key, posts):
    """Pillars in the first cells of the random order that lie inside; gives the rank of the next cell. `key`: orders the cells."""
    clear_pillars(world, int(world.side[0] / CELL), CELL, RADIUS, CLEAR)
    total, rank = world.across * world.across, 0
    while posts > 0 and rank < total:
        cell = cell_at(key, rank, world.across)
        if _inside(world, cell):
            set_pillar(world, cell, world.across)
            posts -= 1
        rank += 1
    return rank


@fn
def _inside(world, cell):
    """Whether a cell's middle lies in the arena, clear of the wall."""
    x, y, most = middle(world, cell % world.across), middle(world, cell // world.across), 0.5 * world.side[0] - EDGE
    return x * x + y * y < most * most


@fn
def start_between(world, body, params, key, rank, i):
    """Puts a body in the next free cell of the random order, around again and higher when all are taken; gives the next rank."""
    total = world.across * world.across
    for _ in range(total):
        cell = cell_at(key, rank % total, world.across)
        if _inside(world, cell) and not has_pillar(world, cell // world.across, cell % world.across):
            break
        rank += 1
    layer = rank // total
    z = min(uniform(world, i, HEIGHT, 0.3, 0.5) + 0.3 * layer, world.side[2] - 0.1)
    pos = (middle(world, cell % world.across), middle(world, cell // world.across), z)
    launch(body, params.airframe, pos, uniform(world, i, YAW, -math.pi, math.pi))
    return rank + 1


@fn
def stay_inside(world, body):
    """The wall and the ceiling stop a body; a place that is no number is left to be found out."""
    x, y, most = body.pos[0], body.pos[1], 0.5 * world.side[0]
    r = math.sqrt(x * x + y * y)
    if r > most:
        nx, ny = x / r, y / r
        body.pos[0], body.pos[1] = most * nx, most * ny
        out = max(body.vel[0] * nx + body.vel[1] * ny, 0.0)
        body.vel[0] -= out * nx
        body.vel[1] -= out * ny
    if body.pos[2] > world.side[2]:
        body.pos[2] = world.side[2]
        body.vel[2] = min(body.vel[2], 0.0)


@fn
def gap_to_wall(world, body):
    """m: to the arena's wall."""
    return 0.5 * world.side[0] - math.sqrt(body.pos[0] * body.pos[0] + body.pos[1] * body.pos[1])
