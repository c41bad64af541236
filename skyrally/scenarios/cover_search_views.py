"""What the drones of cover-search observe, and how its pictures look. The table is in cover_search.py."""

import numpy as np

from ..physics.vec import fn
from .scenario import Field, Layout
from .search_map import CELLS, cell_of, knows
from .swarm_blocks import FIELD, SELF, show_field, show_self

DETECT = 0.9  # probability that a drone finds what is in its footprint
CROP, HEIGHT = 8, 3.0  # cells, m
MOST_TILES = 32  # across, in pictures

LAYOUT = Layout(
    "own",
    [
        *SELF,
        *FIELD,
        Field("map", CROP * CROP, "-", "rows from -y on; share of all times the number of cells"),
        Field("side", 1, "m", "of the domain"),
    ],
)


@fn
def look(world, drones, params, cells, i, out):
    drone = drones[i]
    at = show_self(drone, (world.middle[0], world.middle[1], HEIGHT), out, 0)
    at = show_field(world, drone, cells, i, params.reach, out, at)
    across, scale = world.cells_across, float(world.cells_across * world.cells_across)
    half = 0.5 * world.side[0] / across
    row0, column0 = cell_of(world, drone.pos[1] + half, 1) - CROP // 2, cell_of(world, drone.pos[0] + half, 0) - CROP // 2
    own = 1 if params.task == 0 and params.share_map == 0 else 0
    for r in range(CROP):
        for k in range(CROP):
            row, column, value = row0 + r, column0 + k, 0.0
            if 0 <= row < across and 0 <= column < across:
                c = row * across + column
                value = scale * drones[c // CELLS].chance[own, c % CELLS]
                value *= 1.0 - DETECT if own == 1 and knows(drone, c) else 1.0
            out[at + CROP * r + k] = value
    out[at + CROP * CROP] = world.side[0]


def things(world: np.record) -> dict[str, np.ndarray]:
    """The map as tiles, and targets at large or users as marks."""
    across, drones = int(world["cells_across"]), world["drones"][: int(world["count"])]
    chance = drones["chance"][:, 0].ravel()[: across * across].reshape(across, across)
    step = -(-across // MOST_TILES)
    wide = -(-across // step)
    chance = np.pad(chance, (0, wide * step - across)).reshape(wide, step, wide, step).mean(axis=(1, 3))
    size = step * float(world["side"][0]) / across
    rows, columns = np.indices((wide, wide))
    corner = world["middle"] - 0.5 * world["side"][:2]
    strength = np.sqrt(chance / max(float(chance.max()), 2.0 / across**2))
    x, y = corner[0] + (columns + 0.5) * size, corner[1] + (rows + 0.5) * size
    tiles = np.stack([x, y, np.full_like(x, size), strength], axis=-1).reshape(-1, 4)
    flat = (
        world["users"]
        if world["targets"] == 0
        else drones["target"][: int(world["targets"])][drones["found"][: int(world["targets"])] == 0]
    )
    return {"tiles": tiles[tiles[:, 3] > 0.05], "marks": np.column_stack([flat, np.full(len(flat), 0.05)])}


def told(world: np.record) -> str:
    """The number that pictures tell."""
    return f"OT {float(world['ot']):.2f}" if world["targets"] == 0 else f"found {int(world['found'])} of {int(world['targets'])}"
