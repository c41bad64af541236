"""The scripted player of formation: to a free slot near by that nobody near is nearer to, with room kept to others."""

from __future__ import annotations

import math

from ..physics.airframes import CRAZYFLIE
from ..physics.vec import clip, fn

SPEED = CRAZYFLIE.speed_limit  # m/s at full action of the mode velocity
TURN_LIMIT = CRAZYFLIE.rate_limit[2]  # rad/s
CRUISE, APPROACH = 1.6, 1.6  # m/s; 1/s
BERTH, PUSH = 0.75, 3.0  # m in which others count; m/s
YIELD = 3.0  # m that a slot counts as farther for every neighbour that is nearer to it
TAKEN = 3  # numbers of a slot before its mask
ALIGN = 2.0  # 1/s: noses turn to x


@fn
def formation_row(o, at, n, memory, out):
    """Flies to the chosen slot, or where there is none to the formation's centre, and turns its nose to x."""
    s, found = _choose_slot(o, at)
    k = at.from_goal
    gx, gy, gz = (o[s], o[s + 1], o[s + 2]) if found else (-o[k], -o[k + 1], -o[k + 2])
    x, y, z = APPROACH * gx, APPROACH * gy, APPROACH * gz
    size = max(1.0, math.sqrt(x * x + y * y + z * z) / CRUISE)
    x, y, z = keep_apart(o, at.neighbour_0, BERTH, PUSH, x / size, y / size, z / size)
    out[0], out[1], out[2] = clip(x / SPEED[0], -1.0, 1.0), clip(y / SPEED[1], -1.0, 1.0), clip(z / SPEED[2], -1.0, 1.0)
    a = at.attitude
    out[3] = clip(-ALIGN * math.atan2(o[a + 3], o[a]) / TURN_LIMIT, -1.0, 1.0)


@fn
def _choose_slot(o, at):
    """(first place of the slot's numbers, whether there is one)."""
    chosen, least = at.slot_0, math.inf
    for j in range(6):
        s = at.slot_0 + 4 * j
        if o[s + TAKEN] > 0.0:
            own = math.sqrt(o[s] * o[s] + o[s + 1] * o[s + 1] + o[s + 2] * o[s + 2])
            cost = own
            for m in range(6):
                a = at.neighbour_0 + 7 * m
                if o[a + 6] > 0.0:
                    x, y, z = o[s] - o[a], o[s + 1] - o[a + 1], o[s + 2] - o[a + 2]
                    cost += YIELD if math.sqrt(x * x + y * y + z * z) < own else 0.0
            if cost < least:
                chosen, least = s, cost
    return chosen, least < math.inf


@fn
def keep_apart(o, first, berth, push, x, y, z):
    """The velocity (x, y, z) with a push away from each neighbour nearer than `berth` (m), and past it to the own right.

    `first`: the place of the first neighbour's numbers.
    """
    for j in range(6):
        a = first + 7 * j
        if o[a + 6] > 0.0:
            dx, dy, dz = o[a], o[a + 1], o[a + 2]
            d = math.sqrt(dx * dx + dy * dy + dz * dz) + 1e-6
            if d < berth:
                share = push * (berth - d) / berth / d
                x, y, z = x - share * (dx - 0.7 * dy), y - share * (dy + 0.7 * dx), z - share * dz
    return x, y, z
