"""The scripted player of pursuit: after the evader it sees, or to where it last saw one, from another side than the others.

An evader that is an agent flees as those do that are not (scenarios/evaders.py), but from pursuers behind pillars too.
"""

from __future__ import annotations

import math

from ..physics.airframes import CRAZYFLIE
from ..physics.vec import clip, fn
from .formation import keep_apart
from .swarmers import past_pillars

SPEED = CRAZYFLIE.speed_limit  # m/s at full action of the mode velocity
PACE = 0.93  # m/s: the limit is 1
LEAD = 0.25  # s that the evader is led
FLANK, FLANK_REACH = 0.9, 0.9  # of the pace; m: how strongly, and from how near, others spread out
CLOSE = 0.45  # m to the evader, under which all go straight
BERTH, PUSH = 0.3, 1.5  # m; m/s
ROOM, KEEP = 0.3, 0.1  # m to pillars
FORGET = 1.5  # s that a place is remembered
STEP = 0.02  # s
LIFT = 2.0  # 1/s
FLIGHT, NEAREST, TALL = 1.29, 0.05, 1.2  # m/s of an evader: just under its limit; m: nearer things push no harder; m: the arena's height
PROBE = 0.2  # m between the outer of the points at which gaps to pillars are seen


@fn
def pursuit_row(o, at, n, memory, out):
    """Memory: where the evader was seen last (m, from the arena's middle), and for how many seconds that is worth a look."""
    if o[at.role] > 0.0:
        _flee(o, at, out)
        return
    k, e = at.from_goal, at.evader
    if o[e + 6] > 0.0:
        for j in range(3):
            memory[j] = o[k + j] + o[e + j] + LEAD * (o[e + 3 + j] + o[at.velocity + j])
        memory[3] = FORGET
    elif memory[3] > 0.0:
        memory[3] -= STEP
    gx, gy, gz = (memory[0] - o[k], memory[1] - o[k + 1], memory[2] - o[k + 2]) if memory[3] > 0.0 else (-o[k], -o[k + 1], -o[k + 2])
    away = math.sqrt(gx * gx + gy * gy + gz * gz) + 1e-6
    x, y, z = PACE * gx / away, PACE * gy / away, LIFT * gz
    if away > CLOSE:
        x, y = _flank(o, at, gx / away, gy / away, x, y)
    x, y = past_pillars(o, at.pillars, x, y, ROOM, KEEP)
    x, y, z = keep_apart(o, at.neighbour_0, BERTH, PUSH, x, y, z)
    size = max(1.0, math.sqrt(x * x + y * y + z * z) / PACE)
    _ask(out, x / size, y / size, z / size)


@fn
def _ask(out, x, y, z):
    """The action that asks for a velocity (m/s, world)."""
    out[0], out[1], out[2] = clip(x / SPEED[0], -1.0, 1.0), clip(y / SPEED[1], -1.0, 1.0), clip(z / SPEED[2], -1.0, 1.0)
    out[3] = 0.0


@fn
def _flee(o, at, out):
    """Away from pursuers, wall, ground, ceiling and pillars, each by the inverse distance, at full speed."""
    k, p, height = at.from_goal, at.pillars, o[at.from_goal + 2] + 0.5 * TALL
    x, y, z = 0.0, 0.0, 1.0 / max(height, NEAREST) - 1.0 / max(TALL - height, NEAREST)
    for j in range(6):
        a = at.neighbour_0 + 7 * j
        if o[a + 6] > 0.0:
            d2 = max(o[a] * o[a] + o[a + 1] * o[a + 1] + o[a + 2] * o[a + 2], NEAREST * NEAREST)
            x, y, z = x - o[a] / d2, y - o[a + 1] / d2, z - o[a + 2] / d2
    r = max(math.sqrt(o[k] * o[k] + o[k + 1] * o[k + 1]), 1e-9) * max(o[at.wall], NEAREST)
    gap = max(o[p + 4], NEAREST) * PROBE
    x, y = x - o[k] / r + (o[p + 5] - o[p + 3]) / gap, y - o[k + 1] / r + (o[p + 7] - o[p + 1]) / gap
    size = FLIGHT / max(math.sqrt(x * x + y * y + z * z), 1e-9)
    _ask(out, size * x, size * y, size * z)


@fn
def _flank(o, at, ux, uy, x, y):
    """The velocity (x, y) with a part across the way (ux, uy) to the evader, away from the other pursuers near by."""
    across = 0.0
    for j in range(6):
        a = at.neighbour_0 + 7 * j
        if o[a + 6] > 0.0:
            d = math.sqrt(o[a] * o[a] + o[a + 1] * o[a + 1]) + 1e-6
            if d < FLANK_REACH:
                side = (uy * o[a] - ux * o[a + 1]) / d  # above 0: the other is to the right
                across += (1.0 - d / FLANK_REACH) * (1.0 if side >= 0.0 else -1.0)
    part = FLANK * PACE * clip(across, -1.0, 1.0)
    return x - part * uy, y + part * ux
