"""The evaders of a pursuit: how they flee, how many there are, what they are called where they are agents.

They flee at full speed, pushed by pursuers in sight, by pillars and by the arena's bounds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..errors import SkyrallyError
from ..physics.cells import around, strip
from ..physics.vec import add, add_scaled, fn, norm, scale, sub, vec3
from .pillars import column_of, has_pillar, in_sight, middle
from .populations import populated
from .stage import Disc
from .swarm_parts import agents_of, names, sizes_of

PER_EVADER = 4  # pursuers
MOST_SHOWN = 64  # evaders in pictures
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


def fixed_evaders(options: Mapping[str, Any]) -> int:
    """How many evaders every episode has; 0: as many as are usual for its drones.

    Evaders that are agents are the first of the drones and as many in every episode, so that nobody changes sides.
    """
    evaders, both = options["evaders"], options["evader_agents"]
    if not isinstance(both, bool):
        raise SkyrallyError(f"evader_agents is {both!r}; expected true or false")
    drones = min(sizes_of(populated("pursuit", options))) if both else agents_of(options)
    if both and drones < 2:
        what = "agents" if options["population"] is None else "the least of population"
        raise SkyrallyError(f"{what} is {drones}; with evader_agents=true 2 or more are needed, a pursuer and an evader")
    most = drones - both
    whole = isinstance(evaders, (int, np.integer)) and not isinstance(evaders, bool)
    if evaders is not None and not (whole and 1 <= evaders <= most):
        raise SkyrallyError(f"evaders is {evaders!r}; expected a whole number from 1 to {most}, with {drones} agents")
    return int(evaders or (usual_evaders(drones, both) if both else 0))


def usual_evaders(drones: int, both: bool) -> int:
    """One to four pursuers, who are `drones`; `both`: who are among them."""
    return -(-drones // (PER_EVADER + both))


def roles(options: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Names and colours of the agents."""
    count, evaders = agents_of(options), fixed_evaders(options)
    if not options["evader_agents"]:
        return names(count), (0,) * count
    hunters = count - evaders
    told = [f"evader_{k}" for k in range(evaders)] + [f"pursuer_{k}" for k in range(hunters)]
    return tuple(told), (0,) * evaders + (1,) * hunters


def evader_discs(options: Mapping[str, Any], radius: float) -> tuple[Disc, ...]:
    """How evaders that are no agents look: one disc to each that there may be."""
    if options["evader_agents"]:
        return ()
    most = min(fixed_evaders(options) or usual_evaders(agents_of(options), False), MOST_SHOWN)
    return tuple(Disc(f"evader_{k}", radius, 0.35 * radius, colour="red") for k in range(most))
