"""How far a swarm is from where it should be: drones against as many slots (`pos` and `slot_pos` of the drones' records).

| number | | how |
| --- | --- | --- |
| optimal transport | mean squared distance (m^2) of the best one-to-one matching | exact: the Hungarian method, O(N^3) |
| the same, N large | | Sinkhorn's iteration, half of it per step, O(N) per drone |
| Hausdorff | m, the farthest that a drone is from all slots or a slot from all drones, both sets centred | all pairs, O(N^2) |
"""

from __future__ import annotations

import math

from ..physics.records import F8, I4, Fields
from ..physics.vec import fn

EPSILON = 0.05  # m^2, Sinkhorn's smoothing (reference B4)
FAINT = 40.0  # exp(-FAINT) counts as nothing

MATCHED: Fields = [
    ("slot_pos", F8, 3),  # m: slot number k is kept with drone k
    ("potential", F8),  # m^2, of the drone
    ("slot_potential", F8),  # m^2
    ("cost", F8),  # m^2, mean squared distance to the slots that Sinkhorn's plan gives the drone
    ("slot_cost", F8),  # m^2, the same of the slot
    ("least", F8),  # for the Hungarian method: the least reduced cost of the slot so far
    ("owner", I4),  # the drone that the slot is matched with, -1: none
    ("back", I4),  # the slot before it on the alternating path, -1: the path begins here
    ("done", I4),
]


@fn
def squared(a, b):
    """m^2: the squared distance of two places [3]."""
    x, y, z = a[0] - b[0], a[1] - b[1], a[2] - b[2]
    return x * x + y * y + z * z


@fn
def exact_transport(drones, count):
    """m^2: mean squared distance of the best matching of `count` drones with their slots.

    Kuhn 1955, "The Hungarian method for the assignment problem", as shortest augmenting paths with potentials.
    """
    for k in range(count):
        drones[k].potential = drones[k].slot_potential = 0.0
        drones[k].owner = -1
    for i in range(count):
        free = _augmenting_path(drones, count, i)
        while free >= 0:
            before = drones[free].back
            drones[free].owner = drones[before].owner if before >= 0 else i
            free = before
    total = 0.0
    for k in range(count):
        total += squared(drones[drones[k].owner].pos, drones[k].slot_pos)
    return total / count


@fn
def _augmenting_path(drones, count, first):
    """The free slot at the end of the shortest alternating path from drone `first`; the path is told by `back`."""
    for k in range(count):
        drones[k].least, drones[k].back, drones[k].done = math.inf, -1, 0
    who, at = first, -1
    while True:
        step, best = math.inf, -1
        for k in range(count):
            slot = drones[k]
            if slot.done == 0:
                reduced = squared(drones[who].pos, slot.slot_pos) - drones[who].potential - slot.slot_potential
                if reduced < slot.least:
                    slot.least, slot.back = reduced, at
                if best < 0 or slot.least < step:
                    step, best = slot.least, k
        drones[first].potential += step
        for k in range(count):
            slot = drones[k]
            if slot.done == 1:
                drones[slot.owner].potential += step
                slot.slot_potential -= step
            else:
                slot.least -= step
        drones[best].done = 1
        if drones[best].owner < 0:
            return best
        who, at = drones[best].owner, best


@fn
def soften(drones, count, i, of_drone):
    """Half of Sinkhorn's iteration for drone i (or for slot i): its potential -eps log mean_k exp((g_k - c_ik) / eps), and the mean
    cost of what that plan gives it (Cuturi 2013, "Sinkhorn distances"). It reads the other side's potentials only.
    """
    top = -math.inf
    for k in range(count):
        top = max(top, _gain(drones, i, k, of_drone))
    weight, cost = 0.0, 0.0
    for k in range(count):
        gain = _gain(drones, i, k, of_drone)
        if gain > top - FAINT * EPSILON:
            share = math.exp((gain - top) / EPSILON)
            weight += share
            cost += share * (_other_potential(drones, k, of_drone) - gain)
    level = -top - EPSILON * math.log(weight / count)
    if of_drone:
        drones[i].potential, drones[i].cost = level, cost / weight
    else:
        drones[i].slot_potential, drones[i].slot_cost = level, cost / weight


@fn
def _gain(drones, i, k, of_drone):
    """m^2: the other side's potential less the cost of the pair."""
    if of_drone:
        return drones[k].slot_potential - squared(drones[i].pos, drones[k].slot_pos)
    return drones[k].potential - squared(drones[k].pos, drones[i].slot_pos)


@fn
def _other_potential(drones, k, of_drone):
    return drones[k].slot_potential if of_drone else drones[k].potential


@fn
def forget_transport(drones, count):
    """Sinkhorn's iteration begins anew."""
    for k in range(count):
        drones[k].potential = drones[k].slot_potential = 0.0


@fn
def soft_transport(drones, count):
    """m^2: the mean cost of Sinkhorn's plan, seen from the drones or the slots, whichever is more: both agree once it has settled."""
    ours, theirs = 0.0, 0.0
    for k in range(count):
        ours += drones[k].cost
        theirs += drones[k].slot_cost
    return max(ours, theirs) / count


@fn
def hausdorff(drones, count, shift):
    """m: of the drones moved by `shift` [3] and the slots, the farthest that one of either set is from the other set."""
    worst = 0.0
    for i in range(count):
        drones[i].least = math.inf
    for i in range(count):
        x, y, z = drones[i].pos[0] + shift[0], drones[i].pos[1] + shift[1], drones[i].pos[2] + shift[2]
        nearest = math.inf
        for k in range(count):
            d2 = squared((x, y, z), drones[k].slot_pos)
            nearest = min(nearest, d2)
            drones[k].least = min(drones[k].least, d2)
        worst = max(worst, nearest)
    for k in range(count):
        worst = max(worst, drones[k].least)
    return math.sqrt(worst)
