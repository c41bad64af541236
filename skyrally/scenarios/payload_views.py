"""What the carriers of a payload observe, and what its pictures show. The table is in payload.py."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..physics.vec import body_x, fn, sub, vec3, vec4, write
from .gates import OPENING, POST, TALL, show_gate
from .loads import HALF, MOST, load_slot
from .scenario import Field, Layout
from .stage import Disc
from .swarm_blocks import SELF, show_attitude, show_self

MOST_SHOWN = 64  # loads in pictures

LAYOUT = Layout(
    "own",
    [
        *SELF,
        Field("slot", 3, "m", "world, relative"),
        *(Field(f"carrier_{k}", 7, "m, m/s, -", "world, relative; the last is 1 if there is one") for k in range(MOST - 1)),
        Field("to_goal", 3, "m", "world, from the load"),
        Field("load_attitude", 9, "-", "rotation matrix, row by row", -1.01, 1.01),
        Field("load_velocity", 3, "m/s", "world"),
        Field("load_rates", 3, "rad/s", "body"),
        Field("yaw_to_goal", 2, "-", "sine, cosine", -1.01, 1.01),
        Field("load_mass", 1, "-", "over the mass of a carrier, for each that is left"),
        Field("load_height", 1, "m"),
        Field("gate", 4, "m, -", "world, from the load to the opening's middle; the last is 1 if it is still to be passed"),
    ],
)


@fn
def look(world, drones, params, cells, i, out):
    first = i // params.carriers * params.carriers
    drone, leader, load = drones[i], drones[first], drones[first].load
    at = show_self(drone, vec3(load.pos), out, 0)
    at = write(out, at, sub(load_slot(load, drone), vec3(drone.pos)))
    left, end = 1, at + 7 * (MOST - 1)
    for j in range(first, min(first + params.carriers, world.count)):
        other = drones[j]
        if j != i and other.alive == 1:
            left += 1
            at = write(out, at, sub(vec3(other.pos), vec3(drone.pos)) + sub(vec3(other.vel), vec3(drone.vel)))
            at = write(out, at, (1.0,))
    for k in range(at, end):
        out[k] = 0.0
    at = write(out, end, sub(vec3(leader.goal), vec3(load.pos)))
    at = show_attitude(vec4(load.quat), out, at)
    at = write(out, at, vec3(load.vel) + vec3(load.rate))
    nose = body_x(vec4(load.quat))
    turn = leader.goal_yaw - math.atan2(nose[1], nose[0])
    at = write(out, at, (math.sin(turn), math.cos(turn), load.mass * params.airframe.inv_mass / left, load.pos[2]))
    show_gate(leader, out, at)


def things(world: np.record) -> dict[str, np.ndarray]:
    """The loads, their rods, their goals and the posts of gates that are still to be passed, for pictures."""
    drones = world["drones"][: int(world["count"])]
    first = np.flatnonzero(drones["load"]["mass"] > 0.0)  # of each group
    leaders, alive = drones[first], np.flatnonzero(drones["alive"] == 1)
    places = np.concatenate([leaders["load"]["pos"], leaders["load"]["quat"]], axis=1)
    links = np.column_stack([alive, np.searchsorted(first, alive, "right") - 1, drones["hook"][alive]])
    gates = leaders["gate"][leaders["passed"] == 0]
    posts = np.repeat(gates, 2, axis=0)
    posts[::2, 1] -= 0.5 * OPENING
    posts[1::2, 1] += 0.5 * OPENING
    pillars = np.column_stack([posts[:, :2], np.tile((POST, TALL), (len(posts), 1))])
    return {"discs": places, "links": links, "marks": leaders["goal"], "pillars": pillars}


def load_discs(options: Mapping[str, Any], radius: float) -> tuple[Disc, ...]:
    """How loads look: a box to each group that there may be."""
    groups = -(-options["agents"] // options["carriers"])
    return tuple(Disc(f"load_{k}", HALF[1], HALF[2], 2.0 * HALF[0], colour="load") for k in range(min(groups, MOST_SHOWN)))
