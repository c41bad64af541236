"""Formation: a swarm takes a shape, one drone per slot, and takes another when the shape is redrawn (after OmniDrones' Formation).

Constants of the reference (B3, B4 S2). Slots belong to nobody: who goes where is for the drones to settle.

| domain of 7 drones | 8 x 8 x 4 m, the formation's centre at (0, 0, 1.5) | | episode | 600 steps (12 s) |
| --- | --- | --- | --- | --- |
| starts | cells of 0.5 x 0.5 x 0.25 m in the domain's middle, up to 2 m | | shape | redrawn every 6 s |
| attitude | roll and pitch U(-0.2 pi, 0.2 pi), any yaw | | end | below 0.2 m; a touch (unless drones bounce) |

| shape | slots, 2 m apart (`size="domain"`: as far as the domain allows, 0.6 m at least), turned by any angle |
| --- | --- |
| hexagon | hexagonal lattice, ring by ring: of seven one in the middle and six around it |
| square | rows and columns |
| triangle | rows of one, two, three ... |
| disc | a sunflower (Vogel 1979) |

| observation | size | |
| --- | --- | --- |
| SELF | 18 | place relative to the formation's centre, velocity, rotation matrix, body rates |
| neighbours | 6 x 7 | by distance plus closing rate, within 5 m |
| slots | 6 x 4 | to the nearest free slots (no other drone within 0.3 m), 1 if there is one |
| centre | 3 | from the swarm's centre to the formation's |
| time | 4 | sine and cosine of half turns: of the episode, of the shape's time |

The reward is the team's: s [f + f (p + h) + 0.4 p] for up to 64 drones, f = 1 / (1 + (1.6 H)^2) with H the Hausdorff distance of the
centred sets, p = exp(-distance of the centres), h the length of the mean heading, s = min(1, (d_min / 0.4 m)^2). Of more drones:
-OT / L^2, L the domain's side.

| reward term | weight | |
| --- | --- | --- |
| shape | 1 | s f |
| pose | 1 | s f (p + h) |
| place | 0.4 | s p |
| transport | -1 | OT / L^2, above 64 drones |

Metric: OT, the mean squared distance (m^2) of the best one-to-one matching of drones and slots when a shape's time is over, mean over the
episode's shapes; exact up to 64 drones, above by Sinkhorn's iteration (see matching.py). `info`: ot_now, hausdorff, settled (s until OT was
below 0.1 m^2, mean over shapes; 6 s where it never was), crashed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..errors import SkyrallyError
from ..physics.cells import around, strip
from ..physics.params import CONTROL_DT
from ..physics.records import F8, I4, I8
from ..physics.rng import moment, uniform, word
from ..physics.swarm import begin_swarm, clearance, close_on_time, fly_on, launch, note_clearance, obey, shuffled, tally
from ..physics.swarm_records import PENALTY
from ..physics.vec import body_x, body_z, fn, norm, put3, put4, sub, vec3, vec4
from .formation_views import HEIGHT, LAYOUT, REDRAW, look, things, told
from .matching import MATCHED, exact_transport, forget_transport, hausdorff, soft_transport, soften, squared
from .parts import random_attitude
from .scenario import Metric, Term, choice, pay
from .slots import SHAPES, slot_of
from .swarm_parts import mean_size, swarm_params, swarm_scenario

__all__ = ["FORMATION", "judge", "look", "move", "reset", "sense"]

SIDE, COUNT, REACH = (8.0, 8.0, 4.0), 7, 5.0  # m, drones, m
SPACING, TIGHTEST, HOLD = 2.0, 0.6, 0.3  # m between slots: at 7 drones in the domain, at least; m within which a slot is held
CELL, CELL_HIGH, LOW, LAYERS = 0.5, 0.25, 0.5, 6  # m, m, m, of starts
TILT, LOWEST, SAFE = 0.2 * math.pi, 0.2, 0.4  # rad, m, m
HORIZON = 600  # steps
FEW = 64  # drones up to which transport is exact and the reward is OmniDrones'
EVERY = 25  # steps between exact transports
GOOD = 0.1  # m^2
START, ATTITUDE, SHAPE, TURN = 16, 17, 20, 21  # channels of draws

DRONE_FIELDS = [*MATCHED, ("holders", I4), ("holder", I4), ("term", F8, 4), ("returns", F8, 4)]  # holders of the slot of this number
WORLD_FIELDS = [
    ("centre", F8, 3),  # m, of the swarm
    ("figure", I8),
    ("spacing", F8),  # m
    ("redrawn", I8),  # the step when the shape was
    ("shapes", I8),  # whose time is over
    ("ot", F8),
    ("ot_now", F8),
    ("hausdorff", F8),
    ("settled", F8),
    ("settled_now", F8),
    ("crashed", I8),
]
PARAM_FIELDS = [("figure", I8), ("weight", F8, 4)]  # figure: -1, any


@fn
def reset(world, drones, params):
    begin_swarm(world, drones, params)
    world.ot = world.ot_now = world.hausdorff = world.settled = 0.0
    world.shapes = world.crashed = 0
    across = max(2, int(0.5 * world.side[0] / CELL))
    key = word(moment(world.seed, world.episode, 0), 0, START)
    for i in range(world.count):
        cell = shuffled(key, i, across * across * LAYERS)
        x, y = (cell % across + 0.5 - 0.5 * across) * CELL, (cell // across % across + 0.5 - 0.5 * across) * CELL
        drone = drones[i]
        launch(drone, params.airframe, (x, y, LOW + (cell // (across * across) + 0.5) * CELL_HIGH), 0.0)
        put4(drone.quat, random_attitude(world, i, ATTITUDE, TILT, -math.pi, math.pi))
        put3(drone.up, body_z(vec4(drone.quat)))
        drone.cost = drone.slot_cost = 0.0
    crowded = SPACING * world.side[0] / SIDE[0] * math.sqrt(COUNT / world.count)
    world.spacing = min(SPACING, max(crowded, TIGHTEST))
    world.figure = -1
    draw_shape(world, drones, params)
    put3(world.centre, _middle(world, drones))


@fn
def draw_shape(world, drones, params):
    """Another shape (unless the option names one), turned by any angle, its centre over the origin."""
    shape = int(uniform(world, 0, SHAPE, 0.0, len(SHAPES) - (0.0 if world.figure < 0 else 1.0)))
    world.figure = params.figure if params.figure >= 0 else shape + (1 if 0 <= world.figure <= shape else 0)
    yaw, mean_x, mean_y = uniform(world, 0, TURN, -math.pi, math.pi), 0.0, 0.0
    c, s = world.spacing * math.cos(yaw), world.spacing * math.sin(yaw)
    for k in range(world.count):
        x, y = slot_of(world.figure, k, world.count)
        put3(drones[k].slot_pos, (c * x - s * y, s * x + c * y, HEIGHT))
        mean_x += drones[k].slot_pos[0] / world.count
        mean_y += drones[k].slot_pos[1] / world.count
        drones[k].holders = 0
    for k in range(world.count):
        drones[k].slot_pos[0] -= mean_x
        drones[k].slot_pos[1] -= mean_y
    forget_transport(drones, world.count)
    world.redrawn = world.step
    world.settled_now = -1.0


@fn
def prepare(world, drone, params, action, i, tick):
    obey(drone, params, action)


@fn
def move(world, drone, params, action, i, tick):
    prepare(world, drone, params, action, i, tick)
    fly_on(drone, params)


@fn
def sense(world, drones, params, cells, i):
    """Drone i: who holds the slot of its number; above FEW drones also its part of Sinkhorn's iteration."""
    drone, nearest = drones[i], HOLD * HOLD
    note_clearance(drone, params, clearance(world, drones, params, cells, i, SAFE))
    drone.holders, drone.holder = 0, -1
    block = around(cells, vec3(drone.slot_pos), HOLD)
    for k in range(block[5]):
        first, last = strip(cells, block, k)
        for row in range(first, last):
            d2 = squared(cells.near[row], drone.slot_pos)
            if d2 < HOLD * HOLD:
                drone.holders += 1
                if d2 < nearest:
                    nearest, drone.holder = d2, cells.order[row]
    if world.count > FEW:
        soften(drones, world.count, i, world.step % 2 == 0)


@fn
def judge(world, drones, params, actions, reward):
    share, x, y, apart = 1.0 / world.count, 0.0, 0.0, SAFE
    struck = low = 0
    for i in range(world.count):
        drone, nose = drones[i], body_x(vec4(drones[i].quat))
        x, y = x + share * nose[0], y + share * nose[1]
        apart = min(apart, drone.clearance)
        struck += drone.struck
        low += 1 if drone.pos[2] < LOWEST else 0
    tally(world, drones, params, mean_size(world, drones, actions))
    world.crashed = 1 if low > 0 or (struck > 0 and params.collisions == PENALTY) else 0
    world.terminated = 1 if world.crashed == 1 else 0
    close_on_time(world, params)
    _measure(world, drones)
    safe = apart * apart / (SAFE * SAFE)
    terms = _team_terms(world, safe, math.sqrt(x * x + y * y))
    for i in range(world.count):
        reward[i] = pay(drones[i], params, terms)
    if world.step - world.redrawn >= REDRAW or world.terminated == 1 or world.truncated == 1:
        _settle(world)
        if world.terminated == 0 and world.truncated == 0:
            draw_shape(world, drones, params)


@fn
def _middle(world, drones):
    """m: the mean place of the swarm."""
    x, y, z = 0.0, 0.0, 0.0
    for i in range(world.count):
        x, y, z = x + drones[i].pos[0], y + drones[i].pos[1], z + drones[i].pos[2]
    return x / world.count, y / world.count, z / world.count


@fn
def _measure(world, drones):
    """Transport and Hausdorff distance: each step where that is cheap, else twice a second and when a shape's time is over."""
    put3(world.centre, _middle(world, drones))
    now = world.step % EVERY == 0 or world.terminated == 1 or world.truncated == 1
    if world.count <= FEW or now:
        shift = (-world.centre[0], -world.centre[1], HEIGHT - world.centre[2])
        world.hausdorff = hausdorff(drones, world.count, shift)
    if world.count > FEW:
        world.ot_now = soft_transport(drones, world.count)
    elif now:
        world.ot_now = exact_transport(drones, world.count)
    if (world.count > FEW or now) and world.settled_now < 0.0 and world.ot_now < GOOD and world.step - world.redrawn > EVERY // 2:
        world.settled_now = CONTROL_DT * (world.step - world.redrawn)


@fn
def _team_terms(world, safe, heading):
    """The four reward terms. `safe`: s, `heading`: h."""
    if world.count > FEW:
        return 0.0, 0.0, 0.0, world.ot_now / (world.side[0] * world.side[0])
    shape = safe / (1.0 + (1.6 * world.hausdorff) * (1.6 * world.hausdorff))
    place = math.exp(-norm(sub(vec3(world.centre), (0.0, 0.0, HEIGHT))))
    return shape, shape * (place + heading), safe * place, 0.0


@fn
def _settle(world):
    """Books a shape whose time is over."""
    world.shapes += 1
    time = world.settled_now if world.settled_now >= 0.0 else CONTROL_DT * REDRAW
    world.ot += (world.ot_now - world.ot) / world.shapes
    world.settled += (time - world.settled) / world.shapes


def terms(options: Mapping[str, Any]) -> list[Term]:
    return [
        Term("shape", 1.0, "s f: apart and in shape"),
        Term("pose", 1.0, "s f (p + h): in shape, in place, headings alike"),
        Term("place", 0.4, "s p: apart and in place"),
        Term("transport", -1.0, f"OT over the domain's area, above {FEW} drones"),
    ]


def configure(options: Mapping[str, Any]) -> np.ndarray:
    block = swarm_params(PARAM_FIELDS, terms(options), options, side=SIDE, count=COUNT, reach=REACH, horizon=HORIZON)
    fit = int(COUNT * (SPACING / TIGHTEST) ** 2)
    if options["size"] == "domain" and options["agents"] > fit:
        raise SkyrallyError(f"agents is {options['agents']}; with size='domain' at most {fit} fit, with slots {TIGHTEST} m apart")
    block["figure"] = choice(options, "shape", ("any", *SHAPES)) - 1
    return block


FORMATION = swarm_scenario(
    "formation",
    COUNT,
    DRONE_FIELDS,
    WORLD_FIELDS,
    {"shape": "any"},
    things=things,
    note=told,
    summary="a swarm takes a shape, each drone a slot of its own choosing, and another shape every 6 s",
    module=__name__,
    views={"own": LAYOUT},
    terms=terms,
    metric=Metric("OT", "ot", "m^2, mean squared distance of the best matching when a shape's time is over", lower_is_better=True),
    configure=configure,
    action_modes=("ctbr", "velocity", "rotor", "waypoint", "discrete"),
    info=("ot", "ot_now", "hausdorff", "settled", "crashed"),
    crash="crashed",
)
