"""Goal swap: drones fly to goals of their own among pillars, and every few seconds the goals change hands (after QuadSwarm).

Constants of QuadSwarm where the reference (B3, B4 S1) names them, at 50 Hz instead of 100.

| room of 8 drones | 10 x 10 x 10 m, the middle 8 x 8 m in cells of 1 m | | episode | 750 steps (15 s) |
| --- | --- | --- | --- | --- |
| pillars | in 3 of 16 cells, 0.6 m across, ground to ceiling | | goals swap | every U(4, 6) s, all at once |
| starts, goals | free cells, all different while there are enough | | end | time only: hits bounce or count |

| observation | size | |
| --- | --- | --- |
| SELF | 18 | place relative to the goal, velocity, rotation matrix, body rates |
| neighbours | 6 x 7 | by distance plus closing rate, within 5 m |
| pillars | 9 | gaps to the nearest pillar, at most 0.6 m |

| reward term | weight | |
| --- | --- | --- |
| distance | -0.01 | m to the goal |
| effort | -0.0005 | norm of the action |
| floor | -0.01 | on the ground |
| upright | 0.01 | up_z (shaping) |
| spin | -0.001 | rad/s (shaping) |
| hits | -5 | a touch of another drone began |
| near | -0.08 | sum of 1 - d / d_f over others nearer than d_f = four arms (shaping) |
| pillar | -5 | a touch of a pillar began |

Metric: success, the share of the goals dealt that were reached (5 steps in a row within 0.5 m) without a touch since they were dealt
(the first 1.5 s of the episode do not count; nor do goals that the end of the episode cuts off within 4 s). `info`: deadlock (the share
neither reached nor a touch), goal_distance (m, mean over the last second), pillar_hits.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..physics.cells import around, strip
from ..physics.records import F8, I4, I8
from ..physics.rng import uniform
from ..physics.swarm import begin_swarm, close_on_time, fly_on, launch, note_clearance, obey, shuffled, tally
from ..physics.vec import clip, fn, norm, put3, sub, vec3
from .pillars import PILLARS, cell_at, cells_key, clear_pillars, middle, pillar_places, set_pillar, show_pillars, strike_pillar
from .scenario import Field, Layout, Metric, Term, number, pay
from .swarm_blocks import NEIGHBOURS, SELF, show_neighbours, show_self
from .swarm_parts import size_of, swarm_params, swarm_scenario

SIDE, COUNT, REACH = (10.0, 10.0, 10.0), 8, 5.0  # m, drones, m
MARGIN = 2.0  # m of the room's sides without cells
SHARE = 3.0 / 16.0  # of the cells (1 m) hold pillars
RADIUS, CLEAR = 0.3, 0.6  # m, of pillars; farther ones are not told apart
HORIZON = 750
SWAP_LOW, SWAP_HIGH, GRACE = 200.0, 300.0, 75  # steps
NEAR, STAY, LATE = 0.5, 5, 50  # m, steps, steps
CELLS, HEIGHT, SWAP, YAW = 16, 17, 20, 21  # channels of draws

LAYOUT = Layout("own", [*SELF, *NEIGHBOURS, Field("pillars", 9, "m", "3 x 3 points, rows from -y", -1.01, 1.01)])
DRONE_FIELDS = [
    ("goal", F8, 3),  # m
    ("home", F8, 3),  # m, its own of the goals: who has it now is for `swap` to say
    ("distance", F8),  # m
    ("crowding", F8),
    ("pillar", I4),  # 1 while it is in a pillar
    ("pillar_struck", I4),  # 1 if that began in this step
    ("late_hits", I4),
    ("near_steps", I4),
    ("reached", I4),  # 1 if the present goal was
    ("term", F8, 8),
    ("returns", F8, 8),
]
WORLD_FIELDS = [
    *PILLARS,
    ("dealt_at", I8),
    ("swap_at", I8),
    ("deals", I8),  # goals whose time is over
    ("won", I8),
    ("stuck", I8),
    ("success", F8),
    ("deadlock", F8),
    ("goal_distance", F8),
    ("pillar_hits", I8),
]
PARAM_FIELDS = [("share", F8), ("weight", F8, 8)]


@fn
def reset(world, drones, params):
    begin_swarm(world, drones, params)
    world.success = world.deadlock = world.goal_distance = 0.0
    world.pillar_hits = world.deals = world.won = world.stuck = 0
    clear_pillars(world, int(world.side[0] - MARGIN), 1.0, RADIUS, CLEAR)
    total = world.across * world.across
    standing = int(params.share * total)
    key = cells_key(world, CELLS)
    for k in range(standing):
        set_pillar(world, cell_at(key, k, world.across), world.across)
    for i in range(world.count):
        drone = drones[i]
        pos = _spot(world, key, i, standing, total, i)
        put3(drone.home, _spot(world, key, world.count + i, standing, total, i))
        launch(drone, params.airframe, pos, uniform(world, i, YAW, -math.pi, math.pi))
        drone.pillar = drone.pillar_struck = drone.late_hits = drone.near_steps = 0
        drone.crowding = 0.0
    swap(world, drones)


@fn
def _spot(world, key, k, standing, total, i):
    """m: the middle of the k-th free cell, in layers a metre above each other when there are not enough."""
    free = total - standing
    cell, layer = cell_at(key, standing + k % free, world.across), k // free
    low = 1.0 + layer
    z = low + uniform(world, k, HEIGHT, 0.0, 0.5 if k >= free else 1.5)
    return middle(world, cell % world.across), middle(world, cell // world.across), min(z, world.side[2] - 0.5)


@fn
def swap(world, drones):
    """Deals the goals anew, and draws when it will be done again."""
    key = cells_key(world, SWAP) + np.uint64(world.step)
    for i in range(world.count):
        put3(drones[i].goal, vec3(drones[shuffled(key, i, world.count)].home))
        drones[i].distance = norm(sub(vec3(drones[i].goal), vec3(drones[i].pos)))
        drones[i].near_steps = drones[i].reached = drones[i].late_hits = 0
    world.dealt_at = world.step
    world.swap_at = world.step + int(uniform(world, 0, SWAP, SWAP_LOW, SWAP_HIGH))


@fn
def prepare(world, drone, params, action, i, tick):
    obey(drone, params, action)


@fn
def conclude(world, drone, params):
    _stay_inside(world, drone)
    strike_pillar(world, drone, params)


@fn
def move(world, drone, params, action, i, tick):
    prepare(world, drone, params, action, i, tick)
    fly_on(drone, params)
    conclude(world, drone, params)


@fn
def _stay_inside(world, drone):
    """The room's walls and ceiling stop a drone."""
    for axis in range(3):
        low, high = (-0.5 * world.side[axis], 0.5 * world.side[axis]) if axis < 2 else (0.0, world.side[2])
        at = drone.pos[axis]
        if at < low or at > high:
            drone.pos[axis] = clip(at, low, high)
            drone.vel[axis] = 0.0


@fn
def sense(world, drones, params, cells, i):
    drone, pos, reach = drones[i], vec3(drones[i].pos), 2.0 * params.contact
    crowding, nearest = 0.0, reach
    block = around(cells, pos, reach)
    for k in range(block[5]):
        first, last = strip(cells, block, k)
        for row in range(first, last):
            distance = norm(sub(vec3(cells.near[row]), pos))
            if distance < reach and cells.order[row] != i:
                crowding += 1.0 - distance / reach
                nearest = min(nearest, distance)
    drone.crowding = crowding
    drone.distance = norm(sub(vec3(drone.goal), pos))
    note_clearance(drone, params, nearest)


@fn
def judge(world, drones, params, actions, reward):
    effort, distance = 0.0, 0.0
    for i in range(world.count):
        drone = drones[i]
        size = size_of(actions[i])
        effort += size
        distance += drone.distance
        floor = 1.0 if drone.pos[2] < params.airframe.body_half_height + 0.01 else 0.0
        hit, pillar = float(drone.struck), float(drone.pillar_struck)
        up = 0.0 if floor > 0.0 else drone.up[2]
        reward[i] = pay(drone, params, (drone.distance, size, floor, up, norm(vec3(drone.rate)), hit, drone.crowding, pillar))
        world.pillar_hits += drone.pillar_struck
        drone.late_hits += drone.struck + drone.pillar_struck if world.step > GRACE else 0
        drone.near_steps = drone.near_steps + 1 if drone.distance < NEAR else 0
        drone.reached = 1 if drone.near_steps >= STAY else drone.reached
    share = 1.0 / world.count
    tally(world, drones, params, share * effort)
    late = max(1, world.step - params.max_steps + LATE)
    world.goal_distance += (share * distance - world.goal_distance) / late
    close_on_time(world, params)
    if world.step >= world.swap_at or (world.truncated == 1 and world.step - world.dealt_at >= SWAP_LOW):
        _settle(world, drones)
        swap(world, drones)


@fn
def _settle(world, drones):
    """Books the goals whose time is over."""
    for i in range(world.count):
        calm = 1 if drones[i].late_hits == 0 else 0
        world.deals += 1
        world.won += calm * drones[i].reached
        world.stuck += calm * (1 - drones[i].reached)
    world.success, world.deadlock = world.won / world.deals, world.stuck / world.deals


@fn
def look(world, drones, params, cells, i, out):
    drone = drones[i]
    at = show_self(drone, vec3(drone.goal), out, 0)
    at = show_neighbours(drone, cells, i, params.reach, out, at)
    show_pillars(world, drone, out, at)


def terms(options: Mapping[str, Any]) -> list[Term]:
    return [
        Term("distance", -0.01, "m to the goal"),
        Term("effort", -0.0005, "norm of the action"),
        Term("floor", -0.01, "on the ground"),
        Term("upright", 0.01, "up_z, 0 on the ground", shaping=True),
        Term("spin", -0.001, "rad/s", shaping=True),
        Term("hits", -5.0, "a touch of another drone began"),
        Term("near", -0.08, "sum of 1 - d / d_f over others nearer than d_f, twice the distance of a touch", shaping=True),
        Term("pillar", -5.0, "a touch of a pillar began"),
    ]


def configure(options: Mapping[str, Any]) -> np.ndarray:
    block = swarm_params(
        PARAM_FIELDS, terms(options), options, side=SIDE, count=COUNT, reach=REACH, horizon=HORIZON, dims=3, collisions="physical"
    )
    block["share"] = number(options, "pillars", 0.0, 0.5)
    return block


def things(world: np.record) -> dict[str, np.ndarray]:
    """The pillars and goals, for pictures."""
    drones = world["drones"]
    return {"pillars": pillar_places(world, 0.4 * float(world["side"][2])), "marks": drones["goal"][drones["alive"] == 1]}


GOAL_SWAP = swarm_scenario(
    "goal-swap",
    COUNT,
    DRONE_FIELDS,
    WORLD_FIELDS,
    {"pillars": SHARE},
    things=things,
    note=lambda world: f"goals reached {int(world['won'])} of {int(world['deals'])}",
    summary="drones fly to goals that change hands, among pillars and each other",
    module=__name__,
    views={"own": LAYOUT},
    terms=terms,
    metric=Metric("success", "success", "share of the goals dealt that were reached without a touch"),
    configure=configure,
    action_modes=("ctbr", "velocity", "rotor", "waypoint", "discrete"),
    info=("success", "deadlock", "goal_distance", "pillar_hits"),
)
