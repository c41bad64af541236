"""Pursuit: a swarm hunts faster evaders among pillars, in a round arena (after thu-uav's hide-and-seek and Huettenrauch et al.).

Constants of the reference (B3, B4 S7), at 50 Hz instead of 100; n pursuers. The pursuers are the agents; evaders are quadrotors as
they are, steered by a rule: away from every pursuer in sight, the wall, ground, ceiling and pillars, each by the inverse distance.
With `evader_agents=True` evaders are agents too, the first of the `agents` drones (of 4 one, of 10 two), so that both sides learn.
With `population` as well, only the number of the pursuers is drawn: there are as many evaders as the smallest population has.

| arena | radius 0.9 sqrt(n / 3) m, 1.2 m high | | episode | 400 steps (8 s), or until all are caught |
| --- | --- | --- | --- | --- |
| pillars | 5 to 3 pursuers, radius 0.1 m, in cells of 0.45 m | | evaders | one to 4 pursuers (`evaders`), 1.3 m/s (`evader_speed`) |
| caught | within 0.3 m of a pursuer that sees it | | sight | 3 m, not through pillars |

| observation | size | |
| --- | --- | --- |
| SELF | 18 | place relative to the arena's middle at 0.6 m, velocity, rotation matrix, body rates |
| neighbours | 6 x 7 | the other pursuers, by distance plus closing rate, within 3 m |
| evader | 7 | the nearest in sight: relative place and velocity, 1; else zeros |
| pillars | 9 | gaps to the nearest pillar, at most 0.35 m |
| wall | 1 | m to the arena's wall |
| role | 1 | 0: pursuer, 1: evader (which sees no evaders, and pursuers also through pillars) |
| sightings (view `history`) | 10 x 4 | where the evader seen was 0 to 0.9 s ago, from the present place, and 1; zeros where none was |

| reward term | weight | of a pursuer | of an evader |
| --- | --- | --- | --- |
| distance | -1 | m to the nearest evader at large, 0 within 0.3 m | minus the m to the nearest pursuer, at most 3 |
| caught | 20 | evaders caught in this step, by anybody | -1 if it was caught |
| hits | -100 | a touch of a drone or a pillar began | the same |
| speeding | -10 | above 1 m/s | above `evader_speed` |

Metric: capture, the share of the evaders caught. `info`: caught, first_capture (s; the episode's length if nobody was), pillar_hits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..physics.params import CONTROL_DT
from ..physics.records import DRONE, F8, I4, I8, VELOCITY, record
from ..physics.swarm import ask_velocity, begin_swarm, clearance, close_on_time, fly_on, note_clearance, obey, speed_of, tally
from ..physics.vec import fn, norm, put3, put4, sub, vec3, vec4, write
from .arena import gap_to_wall, raise_pillars, start_between, stay_inside
from .evaders import MOST_SHOWN, PER_EVADER, evader_discs, fixed_evaders, flee, roles
from .pillars import PILLARS, cells_key, in_sight, meet_pillar, pillar_places, show_pillars, strike_pillar
from .scenario import Field, Layout, Metric, Term, number, pay
from .swarm_blocks import NEIGHBOURS, SELF, show_neighbours, show_self
from .swarm_parts import mean_size, swarm_params, swarm_scenario

SIDE, COUNT, REACH = (1.8, 1.8, 1.2), 3, 3.0  # m, pursuers, m
POSTS = 5.0 / 3.0  # pillars to a pursuer
CATCH, FASTEST = 0.3, 1.0  # m, m/s
HORIZON = 400
SIGHTINGS, EVERY = 10, 5  # kept; control steps from one to the next
CELLS = 16  # channel of draws

LAYOUT = Layout(
    "own",
    [
        *SELF,
        *NEIGHBOURS,
        Field("evader", 7, "m, m/s, -", "world, relative; the last is 1 if one is seen"),
        Field("pillars", 9, "m", "3 x 3 points, rows from -y", -1.01, 1.01),
        Field("wall", 1, "m", "to the arena's wall"),
        Field("role", 1, "-", "0: pursuer, 1: evader", -0.01, 1.01),
    ],
)
SIGHTED = [Field(f"sighting_{k}", 4, "m, -", "world, from the present place; the last is 1 if there was one") for k in range(SIGHTINGS)]
DRONE_FIELDS = [
    ("evader", record([("caught", I4), *DRONE])),  # evader number k is kept with drone k; caught: 1 if it is out
    ("hunts", I4),  # 1: a pursuer, 0: an evader that is an agent; then `evader` is what others know of it
    ("wish", F8, 3),  # m/s, the evader's
    ("seen", I4),  # the drone with whom the evader is kept that it sees nearest, -1: none
    ("seen_at", F8),  # m
    ("distance", F8),  # m, to the nearest evader at large (of an evader: to the nearest pursuer), seen or not
    ("sighting", F8, (SIGHTINGS, 4)),  # m, world, and 1; the one of step t in row t // EVERY % SIGHTINGS
    ("pillar", I4),  # 1 while it is in a pillar
    ("pillar_struck", I4),  # 1 if that began in this step
    ("term", F8, 4),
    ("returns", F8, 4),
]
WORLD_FIELDS = [
    *PILLARS,
    ("first", I8),  # of the drones that is a pursuer; evaders that are agents come before
    ("evaders", I8),
    ("caught", I8),
    ("capture", F8),
    ("first_capture", F8),
    ("pillar_hits", I8),
]
PARAM_FIELDS = [("evaders", I8), ("evader_agents", I8), ("evader_speed", F8), ("weight", F8, 4)]  # evaders: 0, as many as usual


@fn
def reset(world, drones, params):
    begin_swarm(world, drones, params)
    n, agents = world.count, params.evader_agents == 1
    usual = (n + PER_EVADER) // (PER_EVADER + 1) if agents else (n + PER_EVADER - 1) // PER_EVADER
    world.evaders = min(params.evaders, n) if params.evaders > 0 else usual
    world.first = world.evaders if agents else 0
    world.caught = world.pillar_hits = 0
    world.capture = 0.0
    world.first_capture = params.max_steps * CONTROL_DT
    key = cells_key(world, CELLS)
    rank = raise_pillars(world, key, int(POSTS * (n - world.first) + 0.5))
    for i in range(n):
        drone = drones[i]
        rank = start_between(world, drone, params, key, rank, i)
        drone.pillar = drone.pillar_struck = 0
        drone.hunts = 1 if i >= world.first else 0
        drone.seen = -1
        drone.evader.caught = 0 if i < world.evaders else 1
        for k in range(SIGHTINGS):
            write(drone.sighting[k], 0, (0.0, 0.0, 0.0, 0.0))
        if drone.hunts == 0:
            _be_known(drone)
        elif drone.evader.caught == 0:
            rank = start_between(world, drone.evader, params, key, rank, n + i)
            drone.evader.mode = VELOCITY
            drone.evader.turned = 0
            put3(drone.wish, (0.0, 0.0, 0.0))


@fn
def _be_known(drone):
    """What others know of an evader that is an agent."""
    put3(drone.evader.pos, vec3(drone.pos))
    put3(drone.evader.vel, vec3(drone.vel))
    put4(drone.evader.quat, vec4(drone.quat))


@fn
def move(world, drone, params, action, i, tick):
    obey(drone, params, action)
    fly_on(drone, params)
    stay_inside(world, drone)
    strike_pillar(world, drone, params)
    if drone.hunts == 0:
        _be_known(drone)
    elif drone.evader.caught == 0:
        ask_velocity(drone.evader, params.airframe, vec3(drone.wish), 0.0)
        fly_on(drone.evader, params)
        stay_inside(world, drone.evader)
        meet_pillar(world, drone.evader, params.airframe.body_radius, params.drone_restitution, True)


@fn
def sense(world, drones, params, cells, i):
    """Drone i: which evaders it sees; and where the evader of its number flees, or how near its pursuers are."""
    drone, pos = drones[i], vec3(drones[i].pos)
    note_clearance(drone, params, clearance(world, drones, params, cells, i, params.contact))
    drone.seen, drone.seen_at, drone.distance = -1, params.reach, 2.0 * world.side[0]
    if drone.hunts == 0:
        for k in range(world.first, world.count):
            drone.distance = min(drone.distance, norm(sub(vec3(drones[k].pos), pos)))
        return
    for k in range(world.evaders):
        evader = drones[k].evader
        if evader.caught == 0:
            distance = norm(sub(vec3(evader.pos), pos))
            drone.distance = min(drone.distance, distance)
            if distance < drone.seen_at and in_sight(world, pos, evader.pos):
                drone.seen, drone.seen_at = k, distance
    if world.step % EVERY == 0:
        row = drone.sighting[world.step // EVERY % SIGHTINGS]
        write(row, 0, vec3(drones[max(drone.seen, 0)].evader.pos))
        row[3] = 1.0 if drone.seen >= 0 else 0.0
    if drone.evader.caught == 0:
        put3(drone.wish, flee(world, drone.evader, params, cells))


@fn
def judge(world, drones, params, actions, reward):
    before, effort = world.caught, mean_size(world, drones, actions)
    for i in range(world.count):
        drone = drones[i]
        if drone.seen >= 0 and drone.seen_at < CATCH and drones[drone.seen].evader.caught == 0:
            drones[drone.seen].evader.caught = 1
            world.caught += 1
    caught = world.caught - before
    if caught > 0 and before == 0:
        world.first_capture = world.step * CONTROL_DT
    world.capture = world.caught / world.evaders
    for i in range(world.count):
        drone = drones[i]
        if drone.alive == 1:
            reward[i] = pay(drone, params, _terms_of(drone, params, caught))
            world.pillar_hits += drone.pillar_struck
    tally(world, drones, params, effort)
    for i in range(world.first):
        if drones[i].evader.caught == 1:
            world.moving -= drones[i].alive
            drones[i].alive = 0
    world.terminated = 1 if world.caught == world.evaders else 0
    close_on_time(world, params)


@fn
def _terms_of(drone, params, caught):
    """The four reward terms. `caught`: how many were in this step."""
    hits = float(drone.struck + drone.pillar_struck)
    if drone.hunts == 0:
        fast = 1.0 if speed_of(drone) > params.evader_speed else 0.0
        return -min(drone.distance, params.reach), -float(drone.evader.caught), hits, fast
    away = drone.distance if drone.distance > CATCH else 0.0
    return away, float(caught), hits, 1.0 if speed_of(drone) > FASTEST else 0.0


@fn
def look(world, drones, params, cells, i, out):
    drone = drones[i]
    at = show_self(drone, (0.0, 0.0, 0.5 * world.side[2]), out, 0)
    at = show_neighbours(drone, cells, i, params.reach, out, at, world.first)
    if drone.seen >= 0 and drones[drone.seen].evader.caught == 0:
        evader = drones[drone.seen].evader
        at = write(out, at, sub(vec3(evader.pos), vec3(drone.pos)) + sub(vec3(evader.vel), vec3(drone.vel)))
        at = write(out, at, (1.0,))
    else:
        at = write(out, at, (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0))
    at = show_pillars(world, drone, out, at)
    at = write(out, at, (gap_to_wall(world, drone), 1.0 - drone.hunts))
    if drone.view_id == 1:
        _show_sightings(world, drone, out, at)


@fn
def _show_sightings(world, drone, out, at):
    """Writes the sightings, the latest first."""
    latest = world.step // EVERY
    for k in range(SIGHTINGS):
        row = drone.sighting[(latest - k) % SIGHTINGS]
        if row[3] > 0.0:
            at = write(out, at, sub(vec3(row), vec3(drone.pos)))
            at = write(out, at, (1.0,))
        else:
            at = write(out, at, (0.0, 0.0, 0.0, 0.0))


def terms(options: Mapping[str, Any]) -> list[Term]:
    return [
        Term("distance", -1.0, f"m to the nearest evader at large, 0 within {CATCH} m; of an evader minus the m to the nearest pursuer"),
        Term("caught", 20.0, "evaders caught in this step, by anybody; of an evader -1 if it was"),
        Term("hits", -100.0, "a touch of a drone or a pillar began"),
        Term("speeding", -10.0, f"above {FASTEST:g} m/s; of an evader above evader_speed"),
    ]


def configure(options: Mapping[str, Any]) -> np.ndarray:
    alone = not options["evader_agents"]
    count = COUNT if alone else COUNT + 1
    block = swarm_params(PARAM_FIELDS, terms(options), options, side=SIDE, count=count, reach=REACH, horizon=HORIZON, collisions="physical")
    block["evaders"] = fixed_evaders(options)
    block["evader_agents"] = 0 if alone else 1
    block["evader_speed"] = number(options, "evader_speed", 0.0, 3.0)
    return block


def things(world: np.record) -> dict[str, np.ndarray]:
    """The pillars and the evaders at large, for pictures."""
    drones = world["drones"][:MOST_SHOWN]
    places = np.concatenate([drones["evader"]["pos"], drones["evader"]["quat"]], axis=1)
    places[drones["evader"]["caught"] == 1] = np.nan
    return {"pillars": pillar_places(world, 0.75 * float(world["side"][2])), "discs": places}


PURSUIT = swarm_scenario(
    "pursuit",
    COUNT,
    DRONE_FIELDS,
    WORLD_FIELDS,
    {"evaders": None, "evader_speed": 1.3, "evader_agents": False},
    things=things,
    discs=evader_discs,
    roles=roles,
    arena=True,
    note=lambda world: f"caught {int(world['caught'])} of {int(world['evaders'])}",
    summary="drones hunt faster evaders among pillars; those in sight flee by a rule, or are agents too",
    module=__name__,
    views={"own": LAYOUT, "history": Layout("history", [*LAYOUT.fields, *SIGHTED])},
    terms=terms,
    metric=Metric("capture", "capture", "share of the evaders caught"),
    configure=configure,
    action_modes=("ctbr", "velocity", "rotor", "waypoint", "discrete"),
    info=("capture", "caught", "first_capture", "pillar_hits"),
)
