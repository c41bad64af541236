"""Users that a swarm should be among, and how far it is from them: optimal transport between drones and users (reference A8).

100 users are drawn anew every decision from Gaussians at x = -q and x = q, variance 0.05 q^2, q a quarter of the domain's side; the
share of the one at -q is (1 + cos(2 pi t / 50)) / 2 with t the decision.
"""

from __future__ import annotations

import math

from ..physics.records import F8, Fields
from ..physics.rng import uniform
from ..physics.swarm import normal2
from ..physics.vec import fn

COUNT, PERIOD, SPREAD = 100, 50.0, math.sqrt(0.05)  # users, decisions, quarters of the side
SMOOTHINGS = (1.0, 0.3, 0.1, 0.03, 0.015)  # squares of a quarter: from coarse to fine
ROUNDS = 2  # iterations at each
FAINT = 40.0  # exp(-FAINT) counts as nothing
SIDE_OF, PLACE = 28, 29  # channels of draws

USERS: Fields = [
    ("users", F8, (COUNT, 2)),  # m
    ("user_potential", F8, COUNT),  # squares of a quarter
]


@fn
def draw_users(world):
    """Where the users of this decision are."""
    for u in range(COUNT):
        world.users[u, 0], world.users[u, 1] = user_at(world, u)


@fn
def user_at(world, u):
    """m: where user u is in this decision."""
    q, left = 0.25 * world.side[0], 0.5 * (1.0 + math.cos(2.0 * math.pi * world.step / PERIOD))
    a, b = normal2(world, u, PLACE)
    side = -1.0 if uniform(world, u, SIDE_OF, 0.0, 1.0) < left else 1.0
    return q * (side + SPREAD * a), q * SPREAD * b


@fn
def transport_to_users(world, drones):
    """Mean squared distance of the cheapest plan that shares the users evenly among the drones, in squares of a quarter of the side.

    Sinkhorn's iteration in the log domain, its smoothing lowered step by step (Cuturi 2013; Schmitzer 2019, "Stabilized sparse scaling
    algorithms for entropy regularized transport problems"). It starts afresh each time, so the result depends on the places only.
    """
    for i in range(world.count):
        drones[i].potential = 0.0
    cost = 0.0
    for smoothing in SMOOTHINGS:
        for _ in range(ROUNDS):
            for u in range(COUNT):
                _soften_user(world, drones, u, smoothing)
            cost = 0.0
            for i in range(world.count):
                cost += _soften_drone(world, drones, i, smoothing) / world.count
    return cost


@fn
def _price(world, drones, i, u):
    """The squared distance of a drone and a user over the ground, in squares of a quarter of the side."""
    x, y = drones[i].pos[0] - world.users[u, 0], drones[i].pos[1] - world.users[u, 1]
    return (x * x + y * y) / (0.0625 * world.side[0] * world.side[0])


@fn
def _soften_user(world, drones, u, smoothing):
    """The user's potential: -eps log mean_i exp((f_i - c_iu) / eps)."""
    top, weight = -math.inf, 0.0
    for i in range(world.count):
        top = max(top, drones[i].potential - _price(world, drones, i, u))
    for i in range(world.count):
        gain = drones[i].potential - _price(world, drones, i, u) - top
        weight += math.exp(gain / smoothing) if gain > -FAINT * smoothing else 0.0
    world.user_potential[u] = -top - smoothing * math.log(weight / world.count)


@fn
def _soften_drone(world, drones, i, smoothing):
    """The drone's potential likewise; gives the mean price of the users that it serves by this plan."""
    top, weight, cost = -math.inf, 0.0, 0.0
    for u in range(COUNT):
        top = max(top, world.user_potential[u] - _price(world, drones, i, u))
    for u in range(COUNT):
        price = _price(world, drones, i, u)
        gain = world.user_potential[u] - price - top
        if gain > -FAINT * smoothing:
            share = math.exp(gain / smoothing)
            weight += share
            cost += share * price
    drones[i].potential = -top - smoothing * math.log(weight / COUNT)
    return cost / weight
