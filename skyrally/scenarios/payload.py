"""Payload: quadrotors carry a box on rigid rods to a pose in the air, and one of them may fail on the way (after OmniDrones' Transport).

Constants of the reference (B3, B4 S8). The drones of a world are in groups of `carriers`, one load to each. Rods are 1 m long, with ball
joints at the drone's centre and at the load's top (see physics/links.py); physics runs at 200 Hz.

| load | 0.75 x 0.5 x 0.2 m, U(0.5, 0.8) of its carriers' mass | | episode | 750 steps (15 s) |
| --- | --- | --- | --- | --- |
| start | within 3 m of its group's middle, at 1.35 to 2.5 m, any yaw | | goal | over the middle at 2 m, any yaw |
| failure | with `failures` (0.2) one carrier at any time: it is gone | | out | load tilted by 60 degrees; it or a carrier below 0.2 m |
| `gate=True` | starts 2 to 3 m on the -x side; has to go between | | two posts | 2 m apart, 1.2 m before the goal, aside by up to 1 m |

Hooks lie around the load's top; a drone's slot is a metre from its hook, 15 degrees outwards of the load's up. A group that is out takes
no further part; the episode ends when all are.

| observation | size | |
| --- | --- | --- |
| SELF | 18 | place relative to the load, velocity, rotation matrix, body rates |
| slot | 3 | to the own slot |
| carriers | 15 x 7 | the others of the group that are left: relative place and velocity, 1; nearest number first |
| load | 22 | way to the goal 3, rotation matrix 9, velocity 3, body rates 3, yaw to the goal (sine, cosine) 2, mass 1, height 1 |
| gate | 4 | way from the load to the opening's middle, 1; zeros when there is none or it was passed |

The reward is the group's: s [q + q (up + 0.8 exp(-spin^2) + 0.8 exp(-swing^2)) + 0.5 joint + 0.2 exp(-effort)], q = exp(-1.2 error).

| reward term | weight | |
| --- | --- | --- |
| place | 1 | s q; s = min(1, (d_min / 0.5 m)^2) |
| calm | 1 | s q (up_z + 0.8 exp(-(yaw rate)^2) + 0.8 exp(-(horizontal speed)^2)) |
| joint | 0.5 | s times the mean cosine between rods and slots |
| effort | 0.2 | s exp(-mean norm of the actions) |
| gate | 10 | the load passed the gate in this step |
| posts | -5 | the load or a carrier began to touch a post |

Metric: success, the share of groups that are not out, passed their gate if they have one, and whose pose error (metres and 2 sin of half
the yaw, as one norm) is below 0.25 on average over the last second. `info`: pose_error, swing (m/s, horizontal), both over the last
second; failed, out, passed (groups), post_hits.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..errors import SkyrallyError
from ..physics.links import LOAD, carry_on, hook_place, weigh_box
from ..physics.records import F8, I8, record
from ..physics.rng import uniform
from ..physics.swarm import begin_swarm, clearance, close_on_time, launch, note_clearance, obey, tally
from ..physics.vec import add, body_z, clip, dot, fn, put3, put4, quat_from_euler, scale, to_world, vec3, vec4
from .gates import FAR_START, GATE, NEAR_START, pass_gate, set_gate, strike_post
from .loads import HALF, MOST, ROD, load_slot, outwards, pose_error, straightness
from .payload_views import LAYOUT, load_discs, look, things
from .scenario import Metric, Term, number, pay
from .swarm_parts import agents_of, mean_size, size_of, swarm_params, swarm_scenario

__all__ = ["PAYLOAD", "couple", "judge", "look", "move", "reset", "sense"]

SIDE, COUNT, REACH = (8.0, 8.0, 5.0), 4, 3.0  # m, drones, m
LIGHT, HEAVY = 0.5, 0.8  # of the carriers' mass
AROUND, LOW, HIGH, GOAL = 3.0, 1.35, 2.5, 2.0  # m: starts, at most from the middle and at what height; the goal's height
TILT, LOWEST, APART, LOST = math.cos(math.radians(60.0)), 0.2, 0.5, 10.0  # of up_z, m, m, the error of a load that is lost
HORIZON, LATE, SUBSTEPS, NEAR = 750, 50, 4, 0.25  # steps, steps, per step, pose error
CELL = 8.0  # m of a group's own
START, YAW, MASS, FAIL = 16, 20, 22, 23  # channels of draws

DRONE_FIELDS = [
    ("hook", F8, 3),  # m, in the load's frame
    ("slot_place", F8, 3),  # m, in the load's frame
    # of the first of a group, about the group:
    ("load", record(LOAD)),
    ("goal", F8, 3),  # m
    ("goal_yaw", F8),  # rad
    ("fail_at", I8),  # step, 0: never
    ("fails", I8),  # who
    ("out", I8),
    ("error", F8),
    ("late_error", F8),
    ("late_swing", F8),
    *GATE,
    ("term", F8, 6),
    ("returns", F8, 6),
]
WORLD_FIELDS = [
    ("groups", I8),
    ("success", F8),
    ("pose_error", F8),
    ("swing", F8),
    ("failed", I8),
    ("out", I8),
    ("passed", I8),
    ("post_hits", I8),
]
PARAM_FIELDS = [("carriers", I8), ("failures", F8), ("gate", I8), ("weight", F8, 6)]


@fn
def reset(world, drones, params):
    begin_swarm(world, drones, params)
    world.groups = (world.count + params.carriers - 1) // params.carriers
    world.success = world.pose_error = world.swing = 0.0
    world.failed = world.out = world.passed = world.post_hits = 0
    for g in range(world.groups):
        first = g * params.carriers
        _begin_group(world, drones, params, g, first, min(first + params.carriers, world.count))


@fn
def _begin_group(world, drones, params, g, first, last):
    """A load somewhere in the group's cell of the domain, level and at rest, its carriers in their slots."""
    leader, n, across = drones[first], last - first, math.ceil(math.sqrt(world.groups) - 1e-9)
    cell = world.side[0] / across
    x, y = (g % across + 0.5 - 0.5 * across) * cell, (g // across + 0.5 - 0.5 * across) * cell
    most = AROUND * min(1.0, cell / CELL)
    put3(leader.goal, (x, y, GOAL))
    leader.goal_yaw = uniform(world, first, YAW, -math.pi, math.pi)
    load = leader.load
    weigh_box(load, n * params.airframe.mass * uniform(world, first, MASS, LIGHT, HEAVY), HALF)
    dx, dy = uniform(world, first, START, -most, most), uniform(world, first, START + 1, -most, most)
    if params.gate == 1:
        dx = uniform(world, first, START, NEAR_START, FAR_START)
    put3(load.pos, (x + dx, y + dy, uniform(world, first, START + 2, LOW, HIGH)))
    put4(load.quat, quat_from_euler(0.0, 0.0, uniform(world, first, YAW + 1, -math.pi, math.pi)))
    put3(load.vel, (0.0, 0.0, 0.0))
    put3(load.rate, (0.0, 0.0, 0.0))
    set_gate(world, leader, first, params.gate)
    leader.out = leader.fail_at = 0
    leader.error = leader.late_error = leader.late_swing = 0.0
    leader.fails = first + min(int(uniform(world, first, FAIL, 0.0, float(n))), n - 1)
    if n > 1 and uniform(world, first, FAIL + 1, 0.0, 1.0) < params.failures:
        leader.fail_at = 1 + int(uniform(world, first, FAIL + 2, 0.0, float(params.max_steps)))
    for i in range(first, last):
        put3(drones[i].hook, hook_place(i - first, n, HALF))
        put3(drones[i].slot_place, add(vec3(drones[i].hook), scale(ROD, outwards(drones[i].hook, n))))
        launch(drones[i], params.airframe, load_slot(load, drones[i]), 0.0)


@fn
def move(world, drone, params, action, i, tick):
    obey(drone, params, action)


@fn
def couple(world, drones, params, i):
    """The first of a group moves the whole group."""
    if i % params.carriers == 0 and drones[i].out == 0:
        carry_on(drones[i].load, drones, params, i, min(i + params.carriers, world.count), ROD)


@fn
def sense(world, drones, params, cells, i):
    note_clearance(drones[i], params, clearance(world, drones, params, cells, i, APART))


@fn
def judge(world, drones, params, actions, reward):
    tally(world, drones, params, mean_size(world, drones, actions))
    world.success = world.pose_error = world.swing = 0.0
    for g in range(world.groups):
        first = g * params.carriers
        last = min(first + params.carriers, world.count)
        if drones[first].out == 0:
            _judge_group(world, drones, params, actions, reward, first, last)
        leader = drones[first]
        world.success += 1.0 / world.groups if leader.out == 0 and leader.passed == 1 and leader.late_error < NEAR else 0.0
        world.pose_error += leader.late_error / world.groups
        world.swing += leader.late_swing / world.groups
    world.terminated = 1 if world.out == world.groups else 0
    close_on_time(world, params)


@fn
def _judge_group(world, drones, params, actions, reward, first, last):
    """Pays a group; then takes out who fails, or all of them when the load is lost."""
    leader, load = drones[first], drones[first].load
    up, apart, low, joint, effort, left = body_z(vec4(load.quat)), APART, load.pos[2], 0.0, 0.0, 0
    for i in range(first, last):
        drone = drones[i]
        if drone.alive == 1:
            left += 1
            apart, low = min(apart, drone.clearance), min(low, drone.pos[2])
            joint += max(0.0, straightness(load, drone))
            effort += size_of(actions[i])
    swing, spin = math.sqrt(load.vel[0] ** 2 + load.vel[1] ** 2), dot(up, to_world(vec4(load.quat), vec3(load.rate)))
    lost = not (up[2] > TILT and low > LOWEST)  # also if they are no numbers
    leader.error = LOST if lost else pose_error(leader)
    late = max(1, world.step - params.max_steps + LATE)
    leader.late_error += (leader.error - leader.late_error) / late
    leader.late_swing += (0.0 if lost else swing - leader.late_swing) / late
    safe, place = min(1.0, (apart / APART) ** 2), math.exp(-1.2 * leader.error)
    calm = clip(up[2], 0.0, 1.0) + 0.8 * math.exp(-spin * spin) + 0.8 * math.exp(-swing * swing)
    new, struck = pass_gate(leader), strike_post(drones, leader, first, last, HALF, params.airframe.body_radius, params.gate)
    world.passed += new
    world.post_hits += struck
    terms = (safe * place, safe * place * calm, safe * joint / left, safe * math.exp(-effort / left), float(new), float(struck))
    if lost:
        terms = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    for i in range(first, last):
        if drones[i].alive == 1:
            reward[i] = pay(drones[i], params, terms)
    if world.step == leader.fail_at:
        _take_out(world, drones, leader.fails)
        world.failed += 1
    if lost:
        leader.out = 1
        world.out += 1
        for i in range(first, last):
            _take_out(world, drones, i)


@fn
def _take_out(world, drones, i):
    world.moving -= drones[i].alive
    drones[i].alive = 0


def terms(options: Mapping[str, Any]) -> list[Term]:
    return [
        Term("place", 1.0, "s q: apart, and the load at its goal"),
        Term("calm", 1.0, "s q (up_z + 0.8 exp(-(yaw rate)^2) + 0.8 exp(-(horizontal speed)^2))"),
        Term("joint", 0.5, "s times the mean cosine between rods and slots", shaping=True),
        Term("effort", 0.2, "s exp(-mean norm of the actions)", shaping=True),
        Term("gate", 10.0, "the load passed the gate in this step"),
        Term("posts", -5.0, "the load or a carrier began to touch a post"),
    ]


def configure(options: Mapping[str, Any]) -> np.ndarray:
    carriers = options["carriers"]
    if not isinstance(carriers, (int, np.integer)) or isinstance(carriers, bool) or not 1 <= carriers <= MOST:
        raise SkyrallyError(f"carriers is {carriers!r}; expected a whole number from 1 to {MOST}")
    own = {**options, "substeps": SUBSTEPS if options["substeps"] is None else options["substeps"]}
    block = swarm_params(PARAM_FIELDS, terms(options), own, side=SIDE, count=COUNT, reach=REACH, horizon=HORIZON)
    block["linked"] = 1
    block["carriers"] = carriers
    block["failures"] = number(options, "failures", 0.0, 1.0)
    if not isinstance(options["gate"], bool):
        raise SkyrallyError(f"gate is {options['gate']!r}; expected true or false")
    if options["gate"] and options["size"] == "domain" and agents_of(options) > carriers:
        raise SkyrallyError("with size='domain' groups are too near each other for gates; leave size out, or have one group")
    block["gate"] = options["gate"]
    return block


PAYLOAD = swarm_scenario(
    "payload",
    COUNT,
    DRONE_FIELDS,
    WORLD_FIELDS,
    {"carriers": 4, "failures": 0.2, "gate": False},
    things=things,
    discs=load_discs,
    note=lambda world: f"pose error {float(world['pose_error']):.2f}" + ("   a carrier failed" if world["failed"] else ""),
    summary="drones carry a box on rigid rods to a pose in the air, and one of them may fail",
    module=__name__,
    views={"own": LAYOUT},
    terms=terms,
    metric=Metric("success", "success", "share of the loads that are near their goal at the end"),
    configure=configure,
    action_modes=("ctbr", "velocity", "rotor", "waypoint", "discrete"),
    info=("success", "pose_error", "swing", "failed", "out", "passed", "post_hits"),
)
