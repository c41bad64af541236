"""The batch step of a scenario whose bodies a second engine moves: the native one, cut open where bodies move and touch.

One control step: `begin`, then per substep `push` -> the engine -> `pull` (and `bounce` where the ball is near something),
then `step`, which judges and observes. All are loops over worlds of the functions in `handover`. A world that has ended stands still.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from ..errors import SkyrallyError
from .compile import ARRIVING, BATCH, load, obeying
from .native import fly, play

# After the engine's substeps a step is what is left of the native one.
CONCLUDING = ARRIVING + "            conclude(w, p)\n"

CUT = """

@njit(nogil=True, cache=True, **OPTIONS)
def begin(worlds, params, traits, desk, kept, balls, sent, seen, actions, first, last):
    for k in range(first, last):
        w, p, action, slot = worlds[k], params[0], actions[k], 0
        if w.terminated == 0 and w.truncated == 0:
{begin}

@njit(nogil=True, cache=True, **OPTIONS)
def push(worlds, params, traits, desk, kept, balls, sent, seen, qpos, qvel, force, first, last):
    for k in range(first, last):
        w, p = worlds[k], params[0]
        if w.terminated != 0 or w.truncated != 0:
            qvel[k] = 0.0
            force[k] = 0.0
            continue
        if traits is not None:
            p = desk[0]
            lay_out(p, traits[k], w, len(balls) > 0)
        drive(w, p)
        hand_out_drones(w, p, qpos[k], qvel[k], force[k])
{out}

@njit(nogil=True, cache=True, **OPTIONS)
def pull(worlds, params, qpos, qvel, found, bodies, substep, near, first, last):
    count, a, b, normal, point, depth, strength = found
    for k in range(first, last):
        w, p = worlds[k], params[0]
        near[k] = False
        if w.terminated != 0 or w.truncated != 0:
            continue
        take_in_drones(w, qpos[k], qvel[k])
        for c in range(count[k]):
            meet_drones(w, p, bodies[a[k, c]], bodies[b[k, c]], vec3(point[k, c]), vec3(strength[k, c]), substep)
        pass_net(w, p, substep)
{back}

@njit(nogil=True, cache=True, **OPTIONS)
def bounce(worlds, params, traits, desk, kept, balls, sent, seen, found, bodies, substep, near, first, last):
    count, a, b, normal, point, depth, strength = found
    for k in range(first, last):
        if near[k]:
            w, p = worlds[k], params[0]
            if traits is not None:
                p = desk[0]
                lay_out(p, traits[k], w, len(balls) > 0)
{meet}
"""
BALL_OUT = "        hand_out_ball(w, p, params[0].ball.inv_mass, qpos[k], qvel[k], force[k])\n"
BALL_BACK = """        take_in_ball(w, qpos[k], qvel[k])
        ball_passes_net(w, p, substep)
        near[k] = anything_near(w, p)
"""
BALL_MEETS = """            for c in range(count[k]):
                meet_ball(w, p, bodies[a[k, c]], bodies[b[k, c]], vec3(normal[k, c]), depth[k, c], substep)
"""
NOTHING = "            pass\n"


def engine_batch(name: str, module: str, ball: bool, disturbed: bool) -> ModuleType:
    """The built module, with `step`, `restart`, `begin`, `push`, `pull` and `bounce` over arrays of worlds.

    Raises SkyrallyError for a scenario whose `advance` cannot be cut open: it is neither the native engine's nor has parts around it.
    """
    head = BATCH.format(module=module, move=_names(name, module), obeying=CONCLUDING)
    begin = obeying("prepare(w, p, action)", "begin_step(w, p, action)")
    cut = CUT.format(begin=begin, out=BALL_OUT if ball else "", back=BALL_BACK if ball else "", meet=BALL_MEETS if ball else NOTHING)
    imports = "from skyrally.physics.ball_contacts import anything_near\nfrom skyrally.physics.handover import (\n"
    imports += "".join(f"    {one},\n" for one in HANDOVER) + ")\n"
    imports += "from skyrally.physics.native import begin as begin_step, drive\nfrom skyrally.physics.vec import vec3\n"
    source = head.replace("from numba import njit\n", "from numba import njit\n\n" + imports + _missing(module), 1) + cut
    kind = f"{name}-cut-disturbed" if disturbed else f"{name}-cut"
    return load(kind, source, module, "skyrally.physics.sensing", "skyrally.physics.handover", "skyrally.physics.native")


HANDOVER = (
    "ball_passes_net",
    "hand_out_ball",
    "hand_out_drones",
    "meet_ball",
    "meet_drones",
    "pass_net",
    "take_in_ball",
    "take_in_drones",
)
PARTS = ("prepare", "conclude")  # what a scenario's own `advance` may do before and after the native one


def _names(name: str, module: str) -> str:
    own = import_module(module)
    if own.advance not in (fly, play) and not any(hasattr(own, part) for part in PARTS):
        raise SkyrallyError(
            f"{name} moves its worlds by an advance of its own, which no other engine can take over; use engine='native', "
            "or give its module prepare(world, params, actions) and conclude(world, params) for what it does before and after play"
        )
    return ", ".join(part for part in PARTS if hasattr(own, part)) or "reset as _"


def _missing(module: str) -> str:
    own, stand_ins = import_module(module), {"prepare": "nothing_before", "conclude": "nothing_after"}
    return "".join(f"from skyrally.physics.handover import {stand_ins[part]} as {part}\n" for part in PARTS if not hasattr(own, part))
