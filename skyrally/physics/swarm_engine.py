"""The batch step of a swarm whose drones a second engine moves: the native one, cut open around each drone's flight.

One decision: `begin`, then per control step `lead`, per substep `push` -> the engine -> `pull`, and `settle`; then `step`, which judges
and observes. A scenario's module has `prepare(world, drone, params, action, i, tick)` for what comes before a drone's flight in a control
step and may have `conclude(world, drone, params)` for what comes after: walls, pillars, domains without an edge, all of which stay ours.
Drones that take no part wait far away. A world that has ended stands still.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from ..errors import SkyrallyError
from .compile import load
from .swarm_batch import swarm_source

CUT = """

@njit(nogil=True, cache=True, **OPTIONS)
def begin(heads, drones, params, cells, first, last):
    for k in range(first, last):
        w, d = heads[k], drones[k]
        if w.terminated == 0 and w.truncated == 0:
            w.step += 1
            for i in range(w.count):
                if d[i].alive == 1:
                    d[i].struck = 0


@njit(nogil=True, cache=True, **OPTIONS)
def lead(heads, drones, params, cells, actions, tick, met, first, last):
    for k in range(first, last):
        w, d = heads[k], drones[k]
        if w.terminated == 0 and w.truncated == 0:
            for i in range(w.count):
                met[k, i] = 0
                if d[i].alive == 1:
                    prepare(w, d[i], params[0], actions[k, i], i, tick)


@njit(nogil=True, cache=True, **OPTIONS)
def push(heads, drones, params, cells, qpos, qvel, force, first, last):
    p = params[0]
    for k in range(first, last):
        going = heads[k].terminated == 0 and heads[k].truncated == 0
        for i in range(len(drones[k])):
            drone = drones[k, i]
            if going and drone.alive == 1:
                if drone.mode <= CTBR:
                    spin_rotors(drone, p.airframe)
                else:
                    steer_rotors(drone, p.airframe)
                hand_out_drone(drone, p, i, qpos[k], qvel[k], force[k])
            else:
                hand_out_nobody(p, i, qpos[k], qvel[k], force[k])


@njit(nogil=True, cache=True, **OPTIONS)
def pull(heads, drones, params, cells, qpos, qvel, found, bodies, met, first, last):
    count, a, b, normal, point, depth, strength = found
    for k in range(first, last):
        w, d = heads[k], drones[k]
        if w.terminated != 0 or w.truncated != 0:
            continue
        for i in range(w.count):
            if d[i].alive == 1:
                take_in_drone(d[i], i, qpos[k], qvel[k])
        for c in range(count[k]):
            one, other = bodies[a[k, c]], bodies[b[k, c]]
            if one >= 0 and other >= 0:
                met[k, one] = 1
                met[k, other] = 1


@njit(nogil=True, cache=True, **OPTIONS)
def settle(heads, drones, params, cells, met, first, last):
    p = params[0]
    for k in range(first, last):
        w, d = heads[k], drones[k]
        if w.terminated != 0 or w.truncated != 0:
            continue
        for i in range(w.count):
            if d[i].alive == 1:
                conclude(w, d[i], p)
                if p.collisions == 2:
                    note_touch(d[i], met[k, i])
"""
IMPORTS = """
from skyrally.physics.handover import hand_out_drone, hand_out_nobody, take_in_drone
from skyrally.physics.quadrotor import spin_rotors, steer_rotors
from skyrally.physics.records import CTBR
from skyrally.physics.swarm import note_touch
from {module} import prepare
from {home} import {conclude} as conclude
"""


def swarm_engine(name: str, module: str) -> ModuleType:
    """The built module, with `step`, `begin`, `lead`, `push`, `pull` and `settle` over ranges of worlds.

    Raises SkyrallyError for a scenario whose `move` cannot be cut open: its module has no `prepare`.
    """
    own = import_module(module)
    if not hasattr(own, "prepare"):
        raise SkyrallyError(
            f"engine genesis does not step {name}: its drones are no rigid bodies that fly on their own (points, rods, or a move that "
            "its module has no prepare for); pass engine='native'"
        )
    home, conclude = (module, "conclude") if hasattr(own, "conclude") else ("skyrally.physics.handover", "nothing_more")
    source = swarm_source(module, "") + CUT
    imports = IMPORTS.format(module=module, home=home, conclude=conclude)
    source = source.replace("from numba import njit\n", "from numba import njit\n" + imports, 1)
    return load(f"{name}-cut", source, module, "skyrally.physics.swarm", "skyrally.physics.cells", "skyrally.physics.handover")
