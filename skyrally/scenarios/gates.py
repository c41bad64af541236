"""A gate on the way of a load (payload): two posts across x, between which the load has to pass.

Each group has its own, kept with the group's first drone: between where the group starts and its goal. Posts are felt and do not stop
anybody: a touch costs, going around earns nothing. Sizes are ours; the reference (B4 S8) names the rewards only.
"""

import math

from ..physics.records import F8, I4, I8, Fields
from ..physics.rng import uniform
from ..physics.vec import add, clip, fn, put3, sub, to_body, vec3, vec4, write

OPENING, POST, TALL = 2.0, 0.05, 4.0  # m: between the posts' middles, their radius, their height
ACROSS, SWAY = -1.2, 1.0  # m from the goal: its plane along x; its middle along y, at most
NEAR_START, FAR_START = -3.0, -2.0  # m from the goal: where a load starts along x
PLACE = 26  # channel of draws

GATE: Fields = [
    ("gate", F8, 3),  # m: the middle of the opening at the goal's height
    ("passed", I8),  # 1 once the load came through, or if there is no gate
    ("ahead", F8),  # m that the gate's plane was ahead of the load
    ("in_post", I4),  # 1 while the load or a carrier touches a post
]


@fn
def set_gate(world, leader, first, asked):
    """The gate of a group that begins, its load and goal being placed."""
    put3(leader.gate, add(vec3(leader.goal), (ACROSS, uniform(world, first, PLACE, -SWAY, SWAY), 0.0)))
    leader.passed = 0 if asked == 1 else 1
    leader.ahead = leader.gate[0] - leader.load.pos[0]
    leader.in_post = 0


@fn
def pass_gate(leader):
    """1 in the step in which a load comes through its gate for the first time, else 0."""
    before, load = leader.ahead, leader.load
    leader.ahead = leader.gate[0] - load.pos[0]
    through = before > 0.0 >= leader.ahead and abs(load.pos[1] - leader.gate[1]) < 0.5 * OPENING and load.pos[2] < TALL
    if leader.passed == 1 or not through:
        return 0
    leader.passed = 1
    return 1


@fn
def strike_post(drones, leader, first, last, half, radius, asked):
    """1 in the step in which a group begins to touch a post: a carrier (m, `radius`) or the load (m, `half` its edges), else 0."""
    if asked == 0:
        return 0
    met = 0
    for side in range(2):
        x, y = leader.gate[0], leader.gate[1] + (side - 0.5) * OPENING
        if _in_box(leader.load, half, x, y):
            met = 1
        for i in range(first, last):
            if drones[i].alive == 1 and drones[i].pos[2] < TALL and math.hypot(drones[i].pos[0] - x, drones[i].pos[1] - y) < POST + radius:
                met = 1
    begun = 1 if met == 1 and leader.in_post == 0 else 0
    leader.in_post = met
    return begun


@fn
def _in_box(load, half, x, y):
    """Whether a post at (x, y) touches a load, which is taken as level."""
    gap = to_body(vec4(load.quat), (x - load.pos[0], y - load.pos[1], 0.0))
    over = sub(gap, (clip(gap[0], -half[0], half[0]), clip(gap[1], -half[1], half[1]), gap[2]))
    return load.pos[2] < TALL and math.hypot(over[0], over[1]) < POST


@fn
def show_gate(leader, out, at):
    """Writes the way from the load to the opening and 1, zeros when it was passed; gives the next place."""
    if leader.passed == 1:
        return write(out, at, (0.0, 0.0, 0.0, 0.0))
    at = write(out, at, sub(vec3(leader.gate), vec3(leader.load.pos)))
    return write(out, at, (1.0,))
