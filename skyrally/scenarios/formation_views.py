"""What the drones of a formation observe, and how its pictures look. The table is in formation.py."""

import math

import numpy as np

from ..physics.vec import fn, sub, vec3, write
from .matching import squared
from .scenario import Field, Layout
from .slots import SHAPES
from .swarm_blocks import MOST, NEIGHBOURS, SELF, keep_lowest, show_neighbours, show_self

HEIGHT = 1.5  # m, of the formation's centre
REDRAW = 300  # steps between shapes

LAYOUT = Layout(
    "own",
    [
        *SELF,
        *NEIGHBOURS,
        *(Field(f"slot_{k}", 4, "m, -", "world, relative, nearest first; the last is 1 if there is one") for k in range(MOST)),
        Field("centre", 3, "m", "world, from the swarm's centre to the formation's"),
        Field("time", 4, "-", "sine, cosine of half turns: of the episode, of the shape's time", -1.01, 1.01),
    ],
)


@fn
def look(world, drones, params, cells, i, out):
    drone = drones[i]
    at = show_self(drone, (0.0, 0.0, HEIGHT), out, 0)
    at = show_neighbours(drone, cells, i, params.reach, out, at)
    at = show_slots(world, drones, i, out, at)
    at = write(out, at, (-world.centre[0], -world.centre[1], HEIGHT - world.centre[2]))
    whole, part = math.pi * world.step / params.max_steps, math.pi * (world.step - world.redrawn) / REDRAW
    write(out, at, (math.sin(whole), math.cos(whole), math.sin(part), math.cos(part)))


@fn
def show_slots(world, drones, i, out, at):
    """Writes the nearest of the slots that no other drone holds: 3 numbers to each and 1, zeros beyond the last."""
    drone, found = drones[i], 0
    for k in range(world.count):
        slot = drones[k]
        if slot.holders == 0 or (slot.holders == 1 and slot.holder == i):
            found = keep_lowest(drone, found, squared(slot.slot_pos, drone.pos), k)
    for k in range(found):
        at = write(out, at, sub(vec3(drones[drone.slot[k]].slot_pos), vec3(drone.pos)))
        at = write(out, at, (1.0,))
    for _ in range(found, MOST):
        at = write(out, at, (0.0, 0.0, 0.0, 0.0))
    return at


def things(world: np.record) -> dict[str, np.ndarray]:
    """The slots, for pictures."""
    return {"marks": world["drones"]["slot_pos"][: int(world["count"])]}


def told(world: np.record) -> str:
    """The number that pictures tell."""
    return f"{SHAPES[int(world['figure'])]}   OT {float(world['ot_now']):.2f} m²"
