"""Kuramoto: drones that circle at paces of their own come into step, each seeing only the phases of its neighbours.

After the Kuramoto task of Dec-POMFC (Cui, Hauck, Fabian, Koeppl 2024), with constants of our own (reference A5.3, B4 S4).

| | `mode="quadrotor"` | `mode="point"` |
| --- | --- | --- |
| a decision (5 Hz) | 10 control steps under a velocity controller | one move |
| orbit | radius 1 m about a centre of its own, on a 3 m grid with a jitter of 0.3 m | the same, exactly kept |
| pace | 1 rad/s plus a hidden share N(0, 0.1^2) rad/s plus the action times 0.5 rad/s | the same |

Neighbours are the drones whose centres are within 4.5 m; they do not change in an episode.

| observation | size | | start | |
| --- | --- | --- | --- | --- |
| pace_error | 1 rad/s | own pace over 1 rad/s | phase | uniform |
| mean_phase | 2 | mean cos and sin of the neighbours' phases, relative to the own | height | 2 m, neighbours on grid cells apart |

| reward term (the same for all) | weight | |
| --- | --- | --- |
| order | 1 | R^2, R = length of the mean of all phases |
| effort | -0.1 | mean square of the actions |
| radius | -0.5 | mean square of the radius error, m^2 |

Metric: R, mean over the last third of the episode. `info` has the time until R > 0.95 (s; the horizon's if never) and the spread of paces.
Horizon: 150 decisions (30 s).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..physics.cells import around, strip
from ..physics.params import CONTROL_DT
from ..physics.records import F8, I4
from ..physics.rng import uniform
from ..physics.swarm import ask_velocity, begin_swarm, clearance, close_on_time, fly_on, launch, normal2, note_clearance, tally
from ..physics.vec import clip, fn, put3, put4, quat_from_euler, write
from .scenario import Field, Layout, Metric, Term, choice, number, pay
from .swarm_parts import MODES, swarm_params, swarm_scenario

TICKS = 10  # control steps in a decision: 5 Hz
RADIUS, PACE, SPREAD, MOST = 1.0, 1.0, 0.1, 0.5  # m; rad/s: common pace, deviation of the hidden paces, most that an action adds
GRID, JITTER, REACH, LEVEL = 3.0, 0.3, 4.5, 2.0  # m
COUNT = 36
HORIZON = 150  # decisions
HOLD, CLIMB, NOSE = 2.0, 1.0, 2.0  # 1/s: gains of the radius, the height and the nose
PHASE, CENTRE, OMEGA = 16, 17, 20  # channels of draws

LAYOUT = Layout("local", [Field("pace_error", 1, "rad/s"), Field("mean_phase", 2, "-", "cos, sin to the own phase", -1.01, 1.01)])
DRONE_FIELDS = [
    ("centre", F8, 2),  # m
    ("omega", F8),  # rad/s, hidden
    ("pace", F8),  # rad/s, of the last decision
    ("phase", F8),  # rad, on the orbit
    ("mates", F8, 2),
    ("term", F8, 3),
    ("returns", F8, 3),
]
WORLD_FIELDS = [("order", F8), ("order_now", F8), ("step_time", F8), ("pace_spread", F8), ("in_step", I4)]
PARAM_FIELDS = [("spread", F8), ("weight", F8, 3)]


@fn
def reset(world, drones, params):
    begin_swarm(world, drones, params)
    world.order = world.order_now = world.pace_spread = 0.0
    world.step_time = params.max_steps * 10 * CONTROL_DT
    world.in_step = 0
    across = math.ceil(math.sqrt(world.count))
    world.side[0] = world.side[1] = GRID * across + 2.0
    for i in range(world.count):
        drone = drones[i]
        drone.centre[0] = (i % across - 0.5 * (across - 1)) * GRID + uniform(world, i, CENTRE, -JITTER, JITTER)
        drone.centre[1] = (i // across - 0.5 * (across - 1)) * GRID + uniform(world, i, CENTRE + 1, -JITTER, JITTER)
        drone.omega = params.spread * normal2(world, i, OMEGA)[0]
        drone.phase = uniform(world, i, PHASE, -math.pi, math.pi)
        drone.pace = PACE + drone.omega
        launch(drone, params.airframe, (drone.centre[0], drone.centre[1], LEVEL), drone.phase + 0.5 * math.pi)
        circle(drone)


@fn
def circle(drone):
    """Puts a drone on its orbit at its phase, on its way, and shows the phase."""
    c, s = math.cos(drone.phase), math.sin(drone.phase)
    put3(drone.pos, (drone.centre[0] + RADIUS * c, drone.centre[1] + RADIUS * s, LEVEL))
    put3(drone.vel, (-drone.pace * RADIUS * s, drone.pace * RADIUS * c, 0.0))
    drone.signal[0], drone.signal[1] = c, s


@fn
def move(world, drone, params, action, i, tick):
    if params.point == 1:
        _set_pace(drone, action)
        drone.phase += drone.pace * TICKS * CONTROL_DT
        circle(drone)
        put4(drone.quat, quat_from_euler(0.0, 0.0, drone.phase + 0.5 * math.pi))
        return
    prepare(world, drone, params, action, i, tick)
    fly_on(drone, params)
    conclude(world, drone, params)


@fn
def _set_pace(drone, action):
    drone.pace = PACE + drone.omega + MOST * clip(float(action[0]), -1.0, 1.0)


@fn
def prepare(world, drone, params, action, i, tick):
    _set_pace(drone, action)
    x, y = drone.pos[0] - drone.centre[0], drone.pos[1] - drone.centre[1]
    r = max(math.sqrt(x * x + y * y), 1e-6)
    c, s = x / r, y / r
    go = drone.pace * r
    pull = HOLD * (RADIUS - r) - drone.pace * go / params.airframe.velocity_gain  # the controller lags behind a turning velocity
    nose = math.atan2(drone.vel[1], drone.vel[0])
    q = drone.quat
    yaw = math.atan2(2.0 * (q[1] * q[2] + q[0] * q[3]), 1.0 - 2.0 * (q[2] * q[2] + q[3] * q[3]))
    off = math.atan2(math.sin(nose - yaw), math.cos(nose - yaw))
    vel = (pull * c - go * s, pull * s + go * c, CLIMB * (LEVEL - drone.pos[2]))
    ask_velocity(drone, params.airframe, vel, drone.pace + NOSE * off)


@fn
def conclude(world, drone, params):
    x, y = drone.pos[0] - drone.centre[0], drone.pos[1] - drone.centre[1]
    drone.phase = math.atan2(y, x)
    r = max(math.sqrt(x * x + y * y), 1e-6)
    drone.signal[0], drone.signal[1] = x / r, y / r


@fn
def sense(world, drones, params, cells, i):
    """Looks over the phases of those whose centres are near: on their orbits they are at most two radii farther."""
    drone = drones[i]
    ci, si = drone.signal[0], drone.signal[1]
    c_sum, s_sum, company = 0.0, 0.0, 0
    reach = REACH + 2.5 * RADIUS
    block = around(cells, (drone.pos[0], drone.pos[1], drone.pos[2]), reach)
    for k in range(block[5]):
        first, last = strip(cells, block, k)
        for row in range(first, last):
            j = cells.order[row]
            if j == i:
                continue
            x, y = drones[j].centre[0] - drone.centre[0], drones[j].centre[1] - drone.centre[1]
            if x * x + y * y < REACH * REACH:
                c, s = cells.near[row, 6], cells.near[row, 7]
                c_sum += c * ci + s * si
                s_sum += s * ci - c * si
                company += 1
    share = 1.0 / company if company > 0 else 0.0
    drone.mates[0], drone.mates[1] = share * c_sum, share * s_sum
    note_clearance(drone, params, clearance(world, drones, params, cells, i, RADIUS))


@fn
def judge(world, drones, params, actions, reward):
    c, s, effort, miss, pace, pace2 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(world.count):
        drone = drones[i]
        c += drone.signal[0]
        s += drone.signal[1]
        effort += clip(float(actions[i, 0]), -1.0, 1.0) ** 2
        x, y = drone.pos[0] - drone.centre[0], drone.pos[1] - drone.centre[1]
        miss += (math.sqrt(x * x + y * y) - RADIUS) ** 2
        pace += drone.pace
        pace2 += drone.pace * drone.pace
    share = 1.0 / world.count
    tally(world, drones, params, effort * share)
    world.order_now = share * math.sqrt(c * c + s * s)
    world.pace_spread = math.sqrt(max(share * pace2 - (share * pace) ** 2, 0.0))
    _book_order(world, params)
    terms = (world.order_now * world.order_now, share * effort, share * miss)
    for i in range(world.count):
        reward[i] = pay(drones[i], params, terms)
    close_on_time(world, params)


@fn
def _book_order(world, params):
    """The mean order over the last third of the episode, and when the swarm first was in step."""
    late = world.step - 2 * params.max_steps // 3
    world.order = world.order_now if late <= 1 else world.order + (world.order_now - world.order) / late
    if world.in_step == 0 and world.order_now > 0.95:
        world.in_step, world.step_time = 1, world.step * TICKS * CONTROL_DT


@fn
def look(world, drones, params, cells, i, out):
    drone = drones[i]
    write(out, 0, (drone.pace - PACE, drone.mates[0], drone.mates[1]))


def terms(options: Mapping[str, Any]) -> list[Term]:
    return [
        Term("order", 1.0, "R^2, R = length of the mean of all phases"),
        Term("effort", -0.1, "mean square of the actions", shaping=True),
        Term("radius", -0.5, "mean square of the radius error"),
    ]


def configure(options: Mapping[str, Any]) -> np.ndarray:
    point = choice(options, "mode", MODES) == 1
    across = math.ceil(math.sqrt(options["agents"])) if isinstance(options["agents"], int) and options["agents"] > 0 else 1
    block = swarm_params(
        PARAM_FIELDS,
        terms(options),
        {**options, "size": "domain"},
        side=(GRID * across + 2.0, GRID * across + 2.0, LEVEL + 0.5),
        count=COUNT,
        reach=REACH,
        horizon=HORIZON,
        ticks=1 if point else TICKS,
        point=point,
    )
    block["spread"] = number(options, "spread", 0.0, 1.0)
    return block


KURAMOTO = swarm_scenario(
    "kuramoto",
    COUNT,
    DRONE_FIELDS,
    WORLD_FIELDS,
    {"mode": "quadrotor", "spread": SPREAD},
    note=lambda world: f"R = {float(world['order_now']):.2f}",
    summary="circling drones come into step, each seeing its neighbours' phases",
    module=__name__,
    views={"local": LAYOUT},
    terms=terms,
    metric=Metric("order", "order", "R, the length of the mean phase, mean over the last third of the episode"),
    configure=configure,
    action_modes=("steer",),
    info=("order", "order_now", "step_time", "pace_spread"),
)
