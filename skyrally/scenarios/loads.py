"""Geometry of a load on rods (payload): where its carriers belong, and how far it is from its goal."""

import math

from ..physics.links import hook_of
from ..physics.vec import add, body_x, dot, fn, sub, to_world, vec3, vec4

ROD, SPLAY = 1.0, math.radians(15.0)  # m, rad
HALF = (0.375, 0.25, 0.1)  # m, half edges of the box
MOST = 16  # carriers of a load


@fn
def outwards(hook, n):
    """The unit vector from a hook to its slot, in the load's frame."""
    size = math.sqrt(hook[0] * hook[0] + hook[1] * hook[1])
    if n == 1 or size < 1e-9:
        return 0.0, 0.0, 1.0
    return math.sin(SPLAY) * hook[0] / size, math.sin(SPLAY) * hook[1] / size, math.cos(SPLAY)


@fn
def load_slot(load, drone):
    """m, world."""
    return add(vec3(load.pos), to_world(vec4(load.quat), vec3(drone.slot_place)))


@fn
def straightness(load, drone):
    """The cosine between the rod and the way from the hook to the slot."""
    hook = hook_of(load, drone)
    return dot(sub(vec3(drone.pos), hook), sub(load_slot(load, drone), hook)) / (ROD * ROD)


@fn
def pose_error(leader):
    """The norm of place error (m) and of the difference of the unit headings."""
    nose, yaw = body_x(vec4(leader.load.quat)), leader.goal_yaw
    turn = (nose[0] - math.cos(yaw), nose[1] - math.sin(yaw), nose[2])
    gap = sub(vec3(leader.goal), vec3(leader.load.pos))
    return math.sqrt(dot(gap, gap) + dot(turn, turn))
