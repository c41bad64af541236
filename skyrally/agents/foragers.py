"""Scripted players of the swarms of point masses."""

from __future__ import annotations

import math

from ..physics.vec import clip, fn

STEP = 0.2  # m a decision at full action: comms-coverage, potential-field
GO = 0.3  # m: foraging
USERS = 0.387  # m: half the width of a uniform spread of the users' variance, 0.05 m^2
BEHIND, FULL = 0.2, 0.9  # m: how close a body is pushed from at most; the load with which one turns to the truck
GRIP, STAY = 4.0, 0.6  # 1/m, s/m: of a point with inertia (resource)


@fn
def step_to(out, x, y, way):
    """The action that goes by (x, y) (m), as far as one decision allows."""
    out[0], out[1] = clip(x / way, -1.0, 1.0), clip(y / way, -1.0, 1.0)
    out[2] = out[3] = 0.0


@fn
def comms_coverage_row(o, at, n, memory, out):
    """Its first place tells its rank: along x within a crowd, along y which crowd it goes to as the share moves. Memory: both ranks, 1."""
    k = at.place
    if memory[2] == 0.0:
        memory[0], memory[1], memory[2] = clip(0.25 * (o[k] + 2.0), 0.0, 1.0), clip(0.25 * (o[k + 1] + 2.0), 0.0, 1.0), 1.0
    share = 0.5 * (1.0 + o[at.beat])
    left = memory[1] < share
    x = (-1.0 if left else 1.0) + USERS * (2.0 * memory[0] - 1.0)
    within = memory[1] / max(share, 1e-6) if left else (memory[1] - share) / max(1.0 - share, 1e-6)
    step_to(out, x - o[k], USERS * (2.0 * within - 1.0) - o[k + 1], STEP)


@fn
def potential_field_row(o, at, n, memory, out):
    """Goes behind the body, seen from the target, and the closer the farther it has to go; waits beyond reach where it is there."""
    b, t = at.to_body, at.to_target
    gap = math.sqrt(o[t] * o[t] + o[t + 1] * o[t + 1])
    back = 1.0 - (1.0 - BEHIND) * min(1.0, gap / 0.08)
    ux, uy = (o[t] / gap, o[t + 1] / gap) if gap > 1e-6 else (1.0, 0.0)
    step_to(out, o[b] - back * ux, o[b + 1] - back * uy, STEP)


@fn
def foraging_row(o, at, n, memory, out):
    """To the truck when it is nearly full or nothing is left; else to the site that is fullest for its distance."""
    best, k_best = 0.0, -1
    for k in range(5):
        a = at.site_0 + 3 * k
        if o[a + 2] > 0.0:
            worth = (0.3 + o[a + 2]) / (0.5 + math.sqrt(o[a] * o[a] + o[a + 1] * o[a + 1]))
            if worth > best:
                best, k_best = worth, a
    if o[at.load] > FULL or k_best < 0:
        k_best = at.to_truck
    step_to(out, o[k_best], o[k_best + 1], GO)


@fn
def resource_row(o, at, n, memory, out):
    """To the landmark that pays most by then: its radius shared among those nearer to it and oneself, less for the way."""
    best, gx, gy = -1.0, 0.0, 0.0
    for k in range(6):
        a = at.landmarks + 3 * k
        d = math.sqrt(o[a] * o[a] + o[a + 1] * o[a + 1])
        ahead = 0
        for j in range(6):
            b = at.peer_0 + 23 * j
            c = b + 4 + 3 * k
            if o[b + 22] > 0.0 and math.sqrt(o[c] * o[c] + o[c + 1] * o[c + 1]) < d:
                ahead += 1
        worth = o[a + 2] / (ahead + 1.0) / (0.7 + d)
        if worth > best:
            best, gx, gy = worth, o[a], o[a + 1]
    v = at.velocity
    out[0] = clip(GRIP * (gx - STAY * o[v]), -1.0, 1.0)
    out[1] = clip(GRIP * (gy - STAY * o[v + 1]), -1.0, 1.0)
    out[2] = out[3] = 0.0
