"""Juggle: the drill of JuggleRL (reference 4.5): a 0.95 kg drone keeps a 47 g ball bouncing at knee height, for long.
Published, on the real drone: mean 311 hits, best 462 (10 runs); a model-based player 3.1, best 14.

| observation | size | | start | | end | |
| --- | --- | --- | --- | --- | --- | --- |
| root | 23 | | drone | anchor (0, 0, 0.945) +- 0.07 m | drone | z < 0.3 or z > 2 m |
| from_anchor | 3 m | | roll, pitch | level | ball | z < 0.2 or z > 3 m |
| from_ball | 3 m | | yaw | U(0, 2) pi | either | more than 2 m from the anchor, horizontally |
| ball_velocity | 3 m/s | | ball | over the anchor, z in U(1.5, 2.0) m, at rest | horizon | 6000 steps |

The linear velocities of drone and ball are seen 2 steps late, as published. Physics: `fine` (drag, spin, friction), airframe `juggler`.
A hit is a racket touch at least 35 steps after the last touch of any kind: a ball that dribbles counts no hits.

| reward term | weight | |
| --- | --- | --- |
| hit | 50 | a hit with the contact at 1 +- 0.15 m |
| apex | 50 | at the top of a flight after a hit: in 1.6 to 1.85 m |
| score | 100 | such a hit after such an apex |
| centre | 10 | at a hit: 1 - distance of the ball from the drone's axis / racket radius |
| ball_drift, drone_drift | -0.5 | m, horizontal distance from the anchor (shaping) |
| smooth | 2 | exp(-norm of the change of action) (shaping) |
| drone, ball | -100 | how the episode ended |

Metric: hits. Published: the physics, hits, bands, start, delays, weights of hit, apex, score and smooth. Ours, since our reference
does not tell them: what `score` pays for, the weights of centre, drift and ends, the ends' bounds, the horizon, the layout (Solo Bump's).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..physics.native import play
from ..physics.records import F8, I4, I8, RACKET, world_record
from ..physics.rng import uniform
from ..physics.vec import add, clip, fn, quat_from_euler, sub, to_body, vec3, vec4, write
from .parts import (
    COMMON_OPTIONS,
    REWARD_OPTIONS,
    begin_drone,
    begin_episode,
    drill_params,
    drop_ball,
    jitter3,
    root_of,
    stage_of,
    touched,
)
from .scenario import Metric, Published, Scenario, Term, pay
from .solo_bump import LAYOUT

ANCHOR = (0.0, 0.0, 0.945)  # m: the racket, 0.055 m above, is at 1 m
APART = 35  # steps between hits
HIT_LOW, HIT_HIGH = 0.85, 1.15  # m
APEX_LOW, APEX_HIGH = 1.6, 1.85  # m
AREA = 2.0  # m
HORIZON = 6000
VELOCITY = LAYOUT["velocity"].start
TERMS = 9
DRONE_FIELDS = [("term", F8, TERMS), ("returns", F8, TERMS), ("action", F8, 4), ("change", F8)]  # last action; norm of its change
WORLD_FIELDS = [
    ("hits", I4),
    ("last_touch", I8),  # step
    ("rising", I4),  # 1 between a hit and the top of its flight
    ("good_apex", I4),  # 1: the last top was in its band
    ("late", F8, (2, 6)),  # m/s: velocities of drone and ball one step ago, two steps ago
]
PARAM_FIELDS = [("max_steps", I8), ("weight", F8, TERMS)]


@fn
def reset(world, params):
    begin_episode(world)
    drone = world.drones[0]
    pos = add(ANCHOR, jitter3(world, 0, 1, (0.07, 0.07, 0.07)))
    begin_drone(drone, params.airframe, pos, quat_from_euler(0.0, 0.0, uniform(world, 0, 4, 0.0, 2.0 * math.pi)))
    drop_ball(world.ball, (ANCHOR[0], ANCHOR[1], uniform(world, 0, 5, 1.5, 2.0)))
    for k in range(4):
        drone.action[k] = 0.0
    drone.change = 0.0
    for k in range(6):
        world.late[0, k] = world.late[1, k] = 0.0
    world.hits = world.rising = world.good_apex = 0
    world.last_touch = -APART


@fn
def prepare(world, params, actions):
    drone, late = world.drones[0], world.late
    change = 0.0
    for k in range(4):
        action = clip(float(actions[0, k]), -1.0, 1.0)
        change += (action - drone.action[k]) ** 2
        drone.action[k] = action
    drone.change = math.sqrt(change) if world.step > 0 else 0.0
    for k in range(3):
        late[1, k], late[1, 3 + k] = late[0, k], late[0, 3 + k]
        late[0, k], late[0, 3 + k] = drone.vel[k], world.ball.vel[k]


@fn
def advance(world, params, actions):
    prepare(world, params, actions)
    play(world, params, actions)


@fn
def referee(world, params, reward):
    drone, ball = world.drones[0], world.ball
    pos, z = vec3(drone.pos), ball.pos[2]
    apex = _top(world)
    hit, score, centre = _touch(world, params.airframe.racket_radius)
    ball_drift = math.hypot(ball.pos[0] - ANCHOR[0], ball.pos[1] - ANCHOR[1])
    drone_drift = math.hypot(pos[0] - ANCHOR[0], pos[1] - ANCHOR[1])
    lost_drone = pos[2] < 0.3 or pos[2] > 2.0 or drone_drift > AREA
    lost_ball = z < 0.2 or z > 3.0 or ball_drift > AREA
    ends = (1.0 if lost_drone else 0.0, 1.0 if lost_ball else 0.0)
    reward[0] = pay(drone, params, (hit, apex, score, centre, ball_drift, drone_drift, math.exp(-drone.change), *ends))
    if lost_drone or lost_ball:
        world.terminated = 1
    elif world.step >= params.max_steps:
        world.truncated = 1


@fn
def _top(world):
    """1 in the step in which the ball begins to fall after a hit, if its apex is in the band."""
    if world.rising == 0 or world.ball.vel[2] > 0.0:
        return 0.0
    world.rising = 0
    world.good_apex = 1 if APEX_LOW <= world.ball.pos[2] <= APEX_HIGH else 0
    return float(world.good_apex)


@fn
def _touch(world, radius):
    """(hit in the band, score, centre) of this step; books hits and touches."""
    racket = -1
    for e in range(world.n_events):
        if world.events[e].kind == RACKET:
            racket = e
    if not touched(world):
        return 0.0, 0.0, 0.0
    apart = world.step - world.last_touch
    world.last_touch = world.step
    world.rising = 0
    if racket < 0 or apart < APART:
        return 0.0, 0.0, 0.0
    drone, point = world.drones[0], vec3(world.events[racket].point)
    arm = to_body(vec4(drone.quat), sub(point, vec3(drone.pos)))
    hit = 1.0 if HIT_LOW <= point[2] <= HIT_HIGH else 0.0
    score = hit * world.good_apex
    world.hits += 1
    world.rising, world.good_apex = 1, 0
    return hit, score, max(1.0 - math.hypot(arm[0], arm[1]) / radius, 0.0)


@fn
def observe(world, params, i, out):
    drone, late = world.drones[i], world.late[1]
    pos = vec3(drone.pos)
    at = write(out, 0, root_of(drone))
    write(out, VELOCITY, (late[0], late[1], late[2]))
    write(out, at, sub(pos, ANCHOR) + sub(pos, vec3(world.ball.pos)) + (late[3], late[4], late[5]))


def terms(options: Mapping[str, Any]) -> list[Term]:
    return [
        Term("hit", 50.0, "a hit with the contact at 0.85 to 1.15 m"),
        Term("apex", 50.0, "a flight whose top is at 1.6 to 1.85 m"),
        Term("score", 100.0, "such a hit after such a flight"),
        Term("centre", 10.0, "1 - distance of a hit from the drone's axis / racket radius"),
        Term("ball_drift", -0.5, "m, horizontally from the anchor", shaping=True),
        Term("drone_drift", -0.5, "m, horizontally from the anchor", shaping=True),
        Term("smooth", 2.0, "exp(-norm of the change of action)", shaping=True),
        Term("drone", -100.0, "the drone left its zone"),
        Term("ball", -100.0, "the ball left its zone"),
    ]


def configure(options: Mapping[str, Any]) -> np.ndarray:
    return drill_params(PARAM_FIELDS, terms(options), options, HORIZON)


JUGGLE = Scenario(
    name="juggle",
    summary="a 0.95 kg drone keeps a real 47 g ball bouncing, low and for long",
    family="drill",
    module=__name__,
    world=world_record(1, DRONE_FIELDS, WORLD_FIELDS),
    agents=("drone_0",),
    teams=(0,),
    views={"benchmark": LAYOUT},
    terms=terms,
    metric=Metric("hits", "hits", "racket touches at least 35 steps after the last touch"),
    options={**COMMON_OPTIONS, **REWARD_OPTIONS, "physics": "fine", "airframe": "juggler", "max_cycles": None},
    configure=configure,
    stage=lambda options: stage_of("juggle", ("drone_0",), (0,), None, True, options),
    yardstick="scripted:juggle",
    published=(Published(311, "JuggleRL on the real drone"), Published(3.1, "model-based on the real drone")),
    info=("hits",),
)
