"""How an evader flees (pursuit): pushed by pursuers in sight, by pillars and by the arena's bounds, always at full speed."""

import math

from ..physics.cells import around, strip
from ..physics.vec import add, add_scaled, fn, norm, scale, sub, vec3
from .pillars import column_of, has_pillar, in_sight, middle

BERTH = 0.05  # m: nearer things push no harder


@fn
def flee(world, evader, params, cells):
    """m/s: away from pursuers in sight and from what stands around, each by the inverse distance, at full speed."""
    pos, push = vec3(evader.pos), (0.0, 0.0, 0.0)
    block = around(cells, pos, params.reach)
    for k in range(block[5]):
        first, last = strip(cells, block, k)
        for row in range(first, last):
            way = sub(pos, vec3(cells.near[row]))
            distance = norm(way)
            if distance < params.reach and in_sight(world, pos, cells.near[row]):
                push = add_scaled(push, 1.0 / max(distance, BERTH) ** 2, way)
    x, y = pos[0], pos[1]
    r = max(math.sqrt(x * x + y * y), 1e-9)
    wall = max(0.5 * world.side[0] - r, BERTH)
    push = add(push, (-x / (r * wall), -y / (r * wall), 1.0 / max(pos[2], BERTH) - 1.0 / max(world.side[2] - pos[2], BERTH)))
    push = add(push, _from_pillars(world, x, y))
    return scale(params.evader_speed / max(norm(push), 1e-9), push)


@fn
def _from_pillars(world, x, y):
    """1/m: the push of the pillars in the cells around."""
    row, column, px, py = column_of(world, y), column_of(world, x), 0.0, 0.0
    for r in range(row - 1, row + 2):
        for c in range(column - 1, column + 2):
            if has_pillar(world, r, c):
                dx, dy = x - middle(world, c), y - middle(world, r)
                distance = max(math.sqrt(dx * dx + dy * dy), 1e-9)
                gap = max(distance - world.pillar_radius, BERTH)
                px, py = px + dx / (distance * gap), py + dy / (distance * gap)
    return px, py, 0.0
