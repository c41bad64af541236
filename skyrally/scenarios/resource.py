"""Resource: points share landmarks of different sizes; who stands on one alone has it to itself (the class of population-varying games).

After the one environment of "Learning Meta Representations for Agents in Multi-Agent Reinforcement Learning" (Zhang, Shen, Han, Shen;
MRA, reference C2): its constants, on the motion of the multi-agent particle environments (Lowe et al. 2017).

| | |
| --- | --- |
| square | [-1, 1]^2 m; leaving it is allowed |
| landmarks | six, of radius 0.05, 0.10 .. 0.30 m, uniform in the square, still |
| a drone | radius 0.05 m; starts uniform, at rest |
| a decision (0.1 s) | v <- 0.75 v + 0.1 * 5 u; x <- x + 0.1 v |
| action modes | `velocity`: u, its first two numbers; `discrete`: stay, left, right, down, up (the original's) |

A drone is on a landmark when its middle is within the landmark's radius and its own. Others that one sees come with what they see.

| observation `near` | size | | observation `all` (the original's) | size |
| --- | --- | --- | --- | --- |
| velocity, place | 4 | m/s, m | velocity, place | 4 |
| peer_0 .. peer_5 | 23 each | the nearest: 22 as in `all`, and 1 if there is one | peers | 22 (N - 1), by number |
| landmarks | 18 | vector and radius of each | landmarks | 18 |

Of another: relative place 2, velocity 2, and vector and radius of each landmark from it 18.

Reward of a drone: 10 radius / (drones on it), summed over the landmarks that it is on. Metric: that, mean over drones and decisions.
Horizon: 20 decisions. Populations to learn and be tested with: see populations.py.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ..physics.records import F8, I4, PICK
from ..physics.rng import uniform
from ..physics.swarm import begin_swarm, close_on_time, tally
from ..physics.vec import clip, fn, put4, quat_from_euler, write
from .point_parts import LEVEL, mean_effort, point_params, point_scenario, scatter
from .scenario import Field, Layout, Metric, Scenario, Term, pay
from .swarm_blocks import choose_neighbours
from .swarm_parts import agents_of, sized

HALF, RADIUS, DT, DAMPING, FORCE = 1.0, 0.05, 0.1, 0.25, 5.0  # m, m, s, share of the velocity lost, m/s^2
LANDMARKS, LEAST = 6, 0.05  # landmarks, whose radii are 1 to 6 times this (m)
PAY, HORIZON, COUNT, SEEN, FAR = 10.0, 20, 12, 6, 100.0  # -, decisions, drones, others that `near` shows, m
MARK = 1_000_000  # in place of a drone's number in draws
CHOICES = ("stay", "left", "right", "down", "up")
NEAR = 0

OWN = [Field("velocity", 2, "m/s"), Field("place", 2, "m", "square")]
OTHER = 4 + 3 * LANDMARKS
MARKS = Field("landmarks", 3 * LANDMARKS, "m", "vector and radius of each")
VIEW_NEAR = Layout(
    "near", [*OWN, *(Field(f"peer_{k}", OTHER + 1, "m, m/s, -", "relative; the last is 1 if there is one") for k in range(SEEN)), MARKS]
)
DRONE_FIELDS = [("gain", F8), ("on", I4, LANDMARKS), ("term", F8, 2), ("returns", F8, 2)]
WORLD_FIELDS = [("mark", F8, (LANDMARKS, 2)), ("gain", F8), ("gain_now", F8)]
PARAM_FIELDS = [("weight", F8, 2)]


def view_all(drones: int) -> Layout:
    """The original's observation of so many drones."""
    return Layout("all", [*OWN, Field("peers", OTHER * (drones - 1), "m, m/s", "22 numbers of each, by number"), MARKS])


@fn
def radius_of(k):
    """m: of landmark k."""
    return LEAST * (k + 1.0)


@fn
def reset(world, drones, params):
    begin_swarm(world, drones, params)
    world.gain = world.gain_now = 0.0
    for k in range(LANDMARKS):
        for axis in range(2):
            world.mark[k][axis] = uniform(world, MARK + k, axis, -HALF, HALF)
    for i in range(world.count):
        scatter(world, drones[i], params, i, HALF)
        drones[i].vel[0] = drones[i].vel[1] = drones[i].vel[2] = 0.0


@fn
def asked(drone, action):
    """u: the force that an action asks for, in [-1, 1]^2."""
    a = clip(float(action[0]), -1.0, 1.0)
    if drone.mode != PICK:
        return a, clip(float(action[1]), -1.0, 1.0)
    k = min(int(0.5 * (a + 1.0) * 5.0), 4)
    return (1.0 if k == 2 else 0.0) - (1.0 if k == 1 else 0.0), (1.0 if k == 4 else 0.0) - (1.0 if k == 3 else 0.0)


@fn
def move(world, drone, params, action, i, tick):
    force = asked(drone, action)
    for axis in range(2):
        drone.vel[axis] = (1.0 - DAMPING) * drone.vel[axis] + FORCE * DT * force[axis]
        drone.pos[axis] += DT * drone.vel[axis]
    if drone.vel[0] != 0.0 or drone.vel[1] != 0.0:
        put4(drone.quat, quat_from_euler(0.0, 0.0, math.atan2(drone.vel[1], drone.vel[0])))


@fn
def sense(world, drones, params, cells, i):
    """On which landmarks it stands."""
    drone = drones[i]
    for k in range(LANDMARKS):
        x, y = world.mark[k][0] - drone.pos[0], world.mark[k][1] - drone.pos[1]
        drone.on[k] = 1 if math.sqrt(x * x + y * y) < radius_of(k) + RADIUS else 0


@fn
def judge(world, drones, params, actions, reward):
    for i in range(world.count):
        drones[i].gain = 0.0
    for k in range(LANDMARKS):
        standing = 0
        for i in range(world.count):
            standing += drones[i].on[k]
        for i in range(world.count):
            if drones[i].on[k] == 1:
                drones[i].gain += PAY * radius_of(k) / standing
    total, effort = 0.0, mean_effort(world, actions)
    tally(world, drones, params, effort)
    for i in range(world.count):
        total += drones[i].gain
        reward[i] = pay(drones[i], params, (drones[i].gain, effort))
    world.gain_now = total / world.count
    world.gain += (world.gain_now - world.gain) / world.step
    close_on_time(world, params)


@fn
def show_marks(world, x, y, out, at):
    """Writes vector from (x, y) and radius of each landmark; gives the next place."""
    for k in range(LANDMARKS):
        at = write(out, at, (world.mark[k][0] - x, world.mark[k][1] - y, radius_of(k)))
    return at


@fn
def show_other(world, x, y, px, py, vx, vy, out, at):
    """Writes the 22 numbers of another at (px, py), seen from (x, y); gives the next place."""
    at = write(out, at, (px - x, py - y, vx, vy))
    return show_marks(world, px, py, out, at)


@fn
def look(world, drones, params, cells, i, out):
    drone = drones[i]
    x, y = drone.pos[0], drone.pos[1]
    at = write(out, 0, (drone.vel[0], drone.vel[1], x, y))
    if drone.view_id == NEAR:
        found = choose_neighbours(drone, cells, i, FAR)
        for k in range(SEEN):
            if k < found:
                other = cells.near[drone.slot[k]]
                at = show_other(world, x, y, other[0], other[1], other[3], other[4], out, at)
                at = write(out, at, (1.0,))
            else:
                for _ in range(OTHER + 1):
                    at = write(out, at, (0.0,))
    else:
        for j in range(len(drones)):
            other = drones[j]
            if j == i:
                continue
            if other.alive == 1:
                at = show_other(world, x, y, other.pos[0], other.pos[1], other.vel[0], other.vel[1], out, at)
            else:
                for _ in range(OTHER):
                    at = write(out, at, (0.0,))
    show_marks(world, x, y, out, at)


def terms(options: Mapping[str, Any]) -> list[Term]:
    return [
        Term("gain", 1.0, "10 radius / drones on it, of the landmarks under the drone"),
        Term("effort", 0.0, "mean |u|_1", shaping=True),
    ]


def configure(options: Mapping[str, Any]) -> np.ndarray:
    return point_params(PARAM_FIELDS, terms(options), options, half=HALF, count=COUNT, reach=FAR, horizon=HORIZON)


def with_views(scenario: Scenario, options: Mapping[str, Any]) -> Scenario:
    """The scenario for as many drones as the options say; what `all` shows grows with them."""
    return replace(sized(scenario, options), views={"near": VIEW_NEAR, "all": view_all(agents_of(options))})


def things(world: np.record) -> dict[str, np.ndarray]:
    """The landmarks, as flat pillars."""
    radii = LEAST * np.arange(1, LANDMARKS + 1)
    return {"pillars": np.column_stack([world["mark"], radii, np.full(LANDMARKS, 0.05 * LEVEL)])}


RESOURCE = replace(
    point_scenario(
        "resource",
        COUNT,
        DRONE_FIELDS,
        WORLD_FIELDS,
        summary="points share landmarks: the larger the better, the fewer on it the better",
        module=__name__,
        views={"near": VIEW_NEAR, "all": view_all(COUNT)},
        terms=terms,
        metric=Metric("gain", "gain", "reward per drone and decision"),
        configure=configure,
        action_modes=("velocity", "pick", "discrete"),
        choices=lambda options: CHOICES,
        info=("gain", "gain_now"),
        note=lambda world: f"gain {float(world['gain_now']):.2f}",
        things=things,
    ),
    sized=with_views,
)
