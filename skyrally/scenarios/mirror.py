"""The other team's view of a world: half a turn about the vertical, and the teams exchanged.

`half_turn` and `half_turn_quat` are the one definition; observations use them for team 1, `mirrored` for whole worlds.
Twice is the identity (the quaternion up to its sign), and it commutes with the step.
"""

from __future__ import annotations

import numpy as np

from ..physics.vec import body_x, fn, inlined, to_world, vec3, vec4
from .parts import throttles_of


@fn
def half_turn(team, v):
    """A world vector as the team sees it: team 0 as it is, team 1 turned by pi about z."""
    s = 1.0 - 2.0 * team
    return s * v[0], s * v[1], v[2]


@fn
def half_turn_quat(team, q):
    """An attitude as the team sees it: team 1 multiplies by the half turn (0, 0, 0, 1) from the left."""
    if team == 0:
        return q[0], q[1], q[2], q[3]
    return -q[3], -q[2], q[1], q[0]


@fn
def signed(q):
    """Of the two quaternions of an attitude the one with w >= 0, as published matches show it."""
    if q[0] < 0.0:
        return -q[0], -q[1], -q[2], -q[3]
    return q


@inlined
def team_root(drone, team):
    """The 23 numbers of a drone's root state in its team's frame."""
    quat = vec4(drone.quat)
    where = half_turn(team, vec3(drone.pos)) + signed(half_turn_quat(team, quat)) + half_turn(team, vec3(drone.vel))
    turning = half_turn(team, to_world(quat, vec3(drone.rate)))
    return where + turning + half_turn(team, body_x(quat)) + half_turn(team, vec3(drone.up)) + throttles_of(drone)


def mirrored(world: np.record) -> np.record:
    """A copy of a match world as the other team sees it: everything turned, drones, sides, servers and faults exchanged."""
    out = world.copy()
    n = len(world.drones) // 2
    order = np.r_[n : 2 * n, 0:n]
    out.drones[:] = world.drones[order]
    out.drones["turned"] = world.drones["turned"]  # whose frame is turned is the seat's
    for i in range(2 * n):
        _turn_record(out.drones[i])
    _turn_record(out.ball)
    out.fault[:] = world.fault[::-1]
    out.legal_hits[:] = world.legal_hits[::-1]
    for name in ("side", "serve_team", "last_team", "next_serve", "winner"):
        value = int(world[name])
        out[name] = 1 - value if value in (0, 1) else value
    for name in ("server", "last_drone"):
        value = int(world[name])
        out[name] = (value + n) % (2 * n) if value >= 0 else value
    for k in range(int(world.n_events)):
        event = out.events[k]
        event.who = (event.who + n) % (2 * n) if event.who >= 0 else event.who
        event.other = (event.other + n) % (2 * n) if event.other >= 0 else event.other
        event.point[:2] *= -1.0
        event.impulse[:2] *= -1.0
    return out


def _turn_record(body: np.record) -> None:
    """World vectors of a drone or ball turned in place; body-frame fields stay."""
    names = body.dtype.names or ()
    for name in ("pos", "vel", "up", "force", "spin", "shift", "kick"):
        if name in names:
            body[name][:2] *= -1.0
    if "quat" in names:
        body["quat"][:] = half_turn_quat(1, tuple(body["quat"]))
