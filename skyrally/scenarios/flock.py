"""Flock: drones that fly at one speed and see only the headings of those near them turn into one direction (Vicsek).

After the partially observed Vicsek task of Dec-POMFC (Cui, Hauck, Fabian, Koeppl 2024), with constants of our own (reference A5.2, B4 S3).

| | `mode="quadrotor"` | `mode="point"` |
| --- | --- | --- |
| a decision (5 Hz) | 10 control steps under a velocity controller | one move |
| turn | 1 rad/s at full action, nose first | 0.2 rad at full action |
| noise of the heading | 0.05 rad a decision | 0.05 rad a decision |
| speed | 1 m/s | 0.3 m a decision (0.03 of the square) |
| surface | torus | torus, klein, moebius, projective |
| height | 1.5 to 2.5 m | 2 m |

The square of 100 drones has sides of 10 m (`size="density"`: as crowded for any number; `size="domain"`: 10 m for all); drones see 2.5 m
far, over the edges too. Nobody sees places: a drone sees the headings near it, its own included, relative to its own.

| observation `mean` | | observation `histogram` | | start | |
| --- | --- | --- | --- | --- | --- |
| mean_heading | mean cos and sin | headings | shares in 8 bins of 45 degrees, from -pi on | place | jittered grid (points: uniform) |
| speed_error | share of the speed | speed_error | | heading | uniform |

| reward term (the same for all) | weight | |
| --- | --- | --- |
| order | 1 | R^2, R = length of the mean heading; on surfaces that turn directions over the local order |
| effort | -0.1 | mean size of the turns |
| hits | -1 | touches begun, per drone |

Metric: R (there: local order), mean over the episode. Local order: mean cosine of the headings of pairs in view. Horizon: 100 decisions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..errors import SkyrallyError
from ..physics.cells import around, strip
from ..physics.manifolds import MANIFOLDS, PROJECTIVE, TORUS, distance2, flips, images, in_view, source, wrap
from ..physics.params import CONTROL_DT
from ..physics.records import F8, I4, I8
from ..physics.rng import uniform
from ..physics.swarm import (
    ask_velocity,
    begin_swarm,
    close_on_time,
    come_round,
    fly_on,
    launch,
    normal2,
    note_clearance,
    scattered,
    speed_of,
    tally,
)
from ..physics.vec import body_x, clip, fn, put3, put4, quat_from_euler, vec4, write
from .scenario import Field, Layout, Metric, Term, choice, number, pay
from .swarm_parts import MODES, swarm_params, swarm_scenario

TICKS = 10  # control steps in a decision: 5 Hz
TURN = 0.2  # rad per decision at full action
NOISE = 0.05  # rad per decision
SIDE, REACH, COUNT = 10.0, 2.5, 100  # m, m, drones in that square
SPEEDS = (1.0, 1.5)  # m/s: quadrotors, points
HORIZON = 100  # decisions
LOW, HIGH, LEVEL = 1.5, 2.5, 2.0  # m
BINS = 8
CLIMB, NOSE = 1.0, 2.0  # 1/s: gains of height and nose
START, YAW, SHAKE = 16, 18, 20  # channels of draws
MEAN, HISTOGRAM = 0, 1

VIEWS = {
    "mean": Layout("mean", [Field("mean_heading", 2, "-", "cos, sin to the own heading", -1.01, 1.01), Field("speed_error", 1)]),
    "histogram": Layout("histogram", [Field("headings", BINS, "share", "bins from -pi on", -0.01, 1.01), Field("speed_error", 1)]),
}
DRONE_FIELDS = [
    ("seen", F8, BINS),
    ("mates", F8, 2),
    ("kin", F8),
    ("company", I4),
    ("goal_height", F8),
    ("term", F8, 3),
    ("returns", F8, 3),
]
WORLD_FIELDS = [("order", F8), ("order_now", F8), ("local_order", F8)]
PARAM_FIELDS = [("speed", F8), ("noise", F8), ("local", I8), ("weight", F8, 3)]


@fn
def reset(world, drones, params):
    begin_swarm(world, drones, params)
    world.order = world.order_now = world.local_order = 0.0
    for i in range(world.count):
        drone = drones[i]
        yaw = uniform(world, i, YAW, -math.pi, math.pi)
        if params.point == 1:
            x = uniform(world, i, START, -0.5, 0.5) * world.side[0]
            pos = (x, uniform(world, i, START + 1, -0.5, 0.5) * world.side[1], LEVEL)
        else:
            x, y, _ = scattered(world, i, 2, params.contact)
            pos = (x, y, uniform(world, i, START, LOW, HIGH))
        drone.goal_height = pos[2]
        launch(drone, params.airframe, pos, yaw)
        drone.heading = yaw
        signal(drone)
        put3(drone.vel, (params.speed * drone.signal[0], params.speed * drone.signal[1], 0.0))


@fn
def signal(drone):
    """What others see: the heading."""
    drone.signal[0], drone.signal[1] = math.cos(drone.heading), math.sin(drone.heading)


@fn
def move(world, drone, params, action, i, tick):
    if params.point == 1:
        _turn(world, drone, params, action, i, tick, TURN)
        glide(world, drone, params)
        return
    prepare(world, drone, params, action, i, tick)
    fly_on(drone, params)
    conclude(world, drone, params)


@fn
def _turn(world, drone, params, action, i, tick, most):
    """The heading after noise and action; most: rad."""
    if tick == 0 and params.noise > 0.0:
        drone.heading += params.noise * normal2(world, i, SHAKE)[0]
    drone.heading += most * clip(float(action[0]), -1.0, 1.0)


@fn
def prepare(world, drone, params, action, i, tick):
    _turn(world, drone, params, action, i, tick, TURN / TICKS)
    nose = body_x(vec4(drone.quat))
    c, s = math.cos(drone.heading), math.sin(drone.heading)
    off = math.atan2(nose[0] * s - nose[1] * c, nose[0] * c + nose[1] * s)
    ask_velocity(drone, params.airframe, (params.speed * c, params.speed * s, CLIMB * (drone.goal_height - drone.pos[2])), NOSE * off)
    drone.signal[0], drone.signal[1] = c, s


@fn
def conclude(world, drone, params):
    come_round(world, drone, params)


@fn
def glide(world, drone, params):
    """A point's move of one decision along its heading."""
    way = params.speed * TICKS * CONTROL_DT
    c, s = math.cos(drone.heading), math.sin(drone.heading)
    x, y, c, s = wrap(params.manifold, world.side, drone.pos[0] + way * c, drone.pos[1] + way * s, c, s)
    drone.pos[0], drone.pos[1] = x, y
    drone.heading = math.atan2(s, c)
    drone.signal[0], drone.signal[1] = c, s
    drone.vel[0], drone.vel[1] = params.speed * c, params.speed * s
    put4(drone.quat, quat_from_euler(0.0, 0.0, drone.heading))


@fn
def octant(c, s):
    """The bin of an angle given by its cosine and sine: 0 for [-pi, -3 pi / 4) to 7 for [3 pi / 4, pi)."""
    steep = abs(s) > abs(c)
    if s < 0.0:
        return (1 if steep else 0) if c < 0.0 else (2 if steep else 3)
    return (5 if steep else 4) if c >= 0.0 else (6 if steep else 7)


@fn
def sense(world, drones, params, cells, i):
    """Looks over the headings in view, over the edges too."""
    drone, reach2 = drones[i], params.reach * params.reach
    ci, si, nearest = drone.signal[0], drone.signal[1], reach2
    twice = params.manifold == PROJECTIVE or min(world.side[0], world.side[1]) < 2.0 * params.reach
    for b in range(BINS):
        drone.seen[b] = 0.0
    mean_c, mean_s, company = 0.0, 0.0, 0
    for m in range(images(params.manifold)):
        x, y = source(params.manifold, world.side, drone.pos[0], drone.pos[1], m)
        if not in_view(world.side, x, y, params.reach):
            continue
        fx, fy = flips(params.manifold, m)
        block = around(cells, (x, y, drone.pos[2]), params.reach)
        for k in range(block[5]):
            first, last = strip(cells, block, k)
            for row in range(first, last):
                other = cells.near[row]
                flat = (other[0] - x) * (other[0] - x) + (other[1] - y) * (other[1] - y)
                own = cells.order[row] == i
                if flat >= reach2 or (own and m > 0):
                    continue
                if twice and distance2(params.manifold, world.side, drone.pos[0], drone.pos[1], other[0], other[1]) < flat - 1e-9:
                    continue
                c, s = fx * other[6], fy * other[7]
                c, s = c * ci + s * si, s * ci - c * si
                mean_c += c
                mean_s += s
                company += 1
                drone.seen[octant(c, s)] += 1.0
                if not own:
                    nearest = min(nearest, flat + (other[2] - drone.pos[2]) ** 2)
    share = 1.0 / company
    for b in range(BINS):
        drone.seen[b] *= share
    drone.mates[0], drone.mates[1] = share * mean_c, share * mean_s
    drone.kin, drone.company = mean_c - 1.0, company - 1
    note_clearance(drone, params, math.sqrt(nearest))


@fn
def judge(world, drones, params, actions, reward):
    c, s, kin, pairs, effort = 0.0, 0.0, 0.0, 0, 0.0
    for i in range(world.count):
        drone = drones[i]
        c += drone.signal[0]
        s += drone.signal[1]
        kin += drone.kin
        pairs += drone.company
        effort += abs(clip(float(actions[i, 0]), -1.0, 1.0))
    share = 1.0 / world.count
    effort *= share
    begun = tally(world, drones, params, effort)
    world.local_order = kin / pairs if pairs > 0 else 0.0
    world.order_now = world.local_order if params.local == 1 else share * math.sqrt(c * c + s * s)
    world.order += (world.order_now - world.order) / world.step
    for i in range(world.count):
        reward[i] = pay(drones[i], params, (world.order_now * abs(world.order_now), effort, begun * share))
    close_on_time(world, params)


@fn
def look(world, drones, params, cells, i, out):
    drone = drones[i]
    error = (speed_of(drone) - params.speed) / max(params.speed, 1e-9)
    if drone.view_id == MEAN:
        write(out, 0, (drone.mates[0], drone.mates[1], error))
        return
    for b in range(BINS):
        out[b] = drone.seen[b]
    out[BINS] = error


def terms(options: Mapping[str, Any]) -> list[Term]:
    return [
        Term("order", 1.0, "R^2; on surfaces that turn directions over the local order, with its sign, squared"),
        Term("effort", -0.1, "mean size of the turns", shaping=True),
        Term("hits", -1.0, "touches begun, per drone"),
    ]


def configure(options: Mapping[str, Any]) -> np.ndarray:
    point = choice(options, "mode", MODES) == 1
    manifold = choice(options, "manifold", MANIFOLDS[1:]) + 1
    if not point and manifold != TORUS:
        raise SkyrallyError(f"manifold is {options['manifold']!r}; quadrotors have no mirror image and fly on the torus: pass mode='point'")
    block = swarm_params(
        PARAM_FIELDS,
        terms(options),
        options,
        side=(SIDE, SIDE, HIGH + 0.5),
        count=COUNT,
        reach=REACH,
        horizon=HORIZON,
        ticks=1 if point else TICKS,
        manifold=manifold,
        point=point,
    )
    block["speed"] = SPEEDS[point] if options["speed"] is None else number(options, "speed", 0.0, 2.5)
    block["noise"] = number(options, "noise", 0.0, math.pi)
    block["local"] = manifold > TORUS
    return block


FLOCK = swarm_scenario(
    "flock",
    COUNT,
    DRONE_FIELDS,
    WORLD_FIELDS,
    {"mode": "quadrotor", "manifold": "torus", "speed": None, "noise": NOISE},
    summary="drones that see only the headings near them turn into one direction",
    module=__name__,
    views=VIEWS,
    terms=terms,
    metric=Metric("order", "order", "R, the length of the mean heading, mean over the episode"),
    configure=configure,
    action_modes=("steer",),
    info=("order", "order_now", "local_order"),
    note=lambda world: f"R = {float(world['order_now']):.2f}",
)
