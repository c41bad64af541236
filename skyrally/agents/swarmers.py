"""Scripted players of swarms: each drone by what it sees of those near it."""

from __future__ import annotations

import math

from ..physics.airframes import CRAZYFLIE
from ..physics.vec import clip, fn
from .formation import keep_apart

SPEED = CRAZYFLIE.speed_limit  # m/s at full action of the mode velocity
TURN = 0.2  # rad per decision at full action, as in scenarios/flock.py
MOST_PACE, PULL = 0.5, 1.0  # rad/s at full action, as in scenarios/kuramoto.py; 1/s
RINGS, SECTORS, RANGE = 8, 8, 2.0  # of the field in scenarios/aggregate.py; m
APART, FORWARD, LIFT = 0.75, 0.6, 1.0  # m that gathered drones keep; m/s; 1/s
HOMING = 1.5  # u = -1.5 y: the best of six gains (reference A6)
CRUISE, APPROACH, PUSH = 1.8, 1.5, 3.0  # m/s; 1/s; m/s
BERTH, ROOM = 0.8, 0.6  # m in which others and pillars count
BRAKE, KEEP = 1.5, 0.2  # 1/s; m kept to pillars


@fn
def flock_row(o, at, n, memory, out):
    """Steers to the mean heading of those in view, itself included (Vicsek's rule), as far as the turn rate allows."""
    k = at.mean_heading
    out[0] = clip(math.atan2(o[k + 1], o[k]) / TURN, -1.0, 1.0)
    out[1] = out[2] = out[3] = 0.0


@fn
def kuramoto_row(o, at, n, memory, out):
    """Makes up for the own pace and follows the neighbours' mean phase. Memory: the last action, and whether there was one."""
    k = at.mean_phase
    c, s = o[k], o[k + 1]
    ahead = math.atan2(s, c) if c * c + s * s > 0.0 else 0.0
    hidden = o[at.pace_error] - MOST_PACE * memory[0]
    out[0] = clip((PULL * ahead - hidden) / MOST_PACE, -1.0, 1.0)
    memory[0] = out[0]
    out[1] = out[2] = out[3] = 0.0


@fn
def aggregate_row(o, at, n, memory, out):
    """Goes to where the crowd is, but away from those nearer than 0.75 m; to the middle of the room where nobody is in view."""
    x, y, weight = 0.0, 0.0, 0.0
    for ring in range(RINGS):
        distance = (ring + 0.5) / RINGS * RANGE
        pull = 1.0 if distance > APART else -6.0 * (APART - distance) / APART
        for sector in range(SECTORS):
            bearing = (sector + 0.5) * (2.0 * math.pi / SECTORS) - math.pi
            share = o[at.field + ring * SECTORS + sector]
            x += pull * share * math.cos(bearing)
            y += pull * share * math.sin(bearing)
            weight += share
    w = at.walls
    if weight < 1e-6:
        x, y = 0.5 * (o[w + 1] - o[w]), 0.5 * (o[w + 3] - o[w + 2])
    size = max(1.0, math.sqrt(x * x + y * y))
    out[0] = clip(FORWARD * x / size / SPEED[0], -1.0, 1.0)
    out[1] = clip(FORWARD * y / size / SPEED[1], -1.0, 1.0)
    out[2] = clip(LIFT * 0.5 * (o[w + 5] - o[w + 4]) / SPEED[2], -1.0, 1.0)
    out[3] = 0.0


@fn
def homing_row(o, at, n, memory, out):
    """Goes to the middle of the domain by its own noisy place."""
    k = at.place
    out[0], out[1] = clip(-HOMING * o[k], -1.0, 1.0), clip(-HOMING * o[k + 1], -1.0, 1.0)
    out[2] = out[3] = 0.0


@fn
def goal_swap_row(o, at, n, memory, out):
    """Flies to the goal, slides along pillars, and gives way to whoever comes near, each to its own right."""
    k = at.from_goal
    x, y, z = -APPROACH * o[k], -APPROACH * o[k + 1], -APPROACH * o[k + 2]
    size = max(1.0, math.sqrt(x * x + y * y + z * z) / CRUISE)
    x, y, z = x / size, y / size, z / size
    x, y = past_pillars(o, at.pillars, x, y, ROOM, KEEP)
    x, y, z = keep_apart(o, at.neighbour_0, BERTH, PUSH, x, y, z)
    out[0], out[1], out[2] = clip(x / SPEED[0], -1.0, 1.0), clip(y / SPEED[1], -1.0, 1.0), clip(z / SPEED[2], -1.0, 1.0)
    out[3] = 0.0


@fn
def past_pillars(o, p, x, y, room, keep):
    """The horizontal velocity (x, y) with what goes into a pillar nearer than `room` (m) turned along it, so that `keep` (m) are left.

    `p`: the place of PILLARS in the observation.
    """
    gap = o[p + 4]
    if gap >= room:
        return x, y
    gx, gy = o[p + 5] - o[p + 3], o[p + 7] - o[p + 1]
    size = math.sqrt(gx * gx + gy * gy)
    if size < 1e-6:
        return x, y
    nx, ny = gx / size, gy / size
    into = -(x * nx + y * ny)
    allowed = BRAKE * (gap - keep)  # m/s towards the pillar: what can still be stopped
    if into > allowed:
        side = 1.0 if y * nx - x * ny >= 0.0 else -1.0
        more = into - allowed
        x, y = x + more * (nx - side * ny), y + more * (ny + side * nx)
    return x, y
