"""n-vs-n drone volleyball: one match scenario for 1v1, 2v2, 3v3 and 6v6. An episode is a rally.

| size | court (m) | red anchors (blue: turned by pi) | server | horizon |
| --- | --- | --- | --- | --- |
| 1v1 | 6 x 3 | (1.5, 0, 2) | red_0 | 1000 |
| 2v2 | 9 x 4.5 | (2.25, 0, 2) (4.5, 0, 2) | red_1 | 500 |
| 3v3 | 12 x 6 | (3, -1.5, 2) (3, 1.5, 2) (6, 0, 2) | red_2 | 500 |
| 6v6 | 18 x 9 | (3, -3, 2) (3, 0, 2) (3, 3, 2) (6, -3, 2) (9, 0, 2) (6, 3, 2) | red_4 | 500 |

`rules="benchmark"` is the published game (reference 2.8 to 2.10): exact starts, draws on crash and crowding.
`rules="sport"` jitters the start (0.1 m, 0.1 rad, 0.3 m of serve height), a crash or crowding loses the point,
a possession has three touches, a rally of 60 s is a draw.

| reward term | weight (1v1) | meaning |
| --- | --- | --- |
| result | 100 | +1 rally won, -1 lost |
| hit | 10 (5) | legal hits of the team in this step |
| approach | 0.5 | 1 / (1 + distance to the ball), for drones that may touch it (1v1: horizontal distance) |
| station | 0.05 (-0.2) | 1 / (1 + distance to the anchor) (1v1: how far out of its box) |
| crash, crowd | -100 (0 in sport, where they lose the point) | own altitude under 0.3 m; a team-mate within 0.8 m |
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import pi
from typing import Any

import numpy as np

from ..physics.native import play
from ..physics.params import ZONE, make_params
from ..physics.records import F8, I4, I8, NOBODY, world_record
from ..physics.rng import draw, uniform
from ..physics.vec import add, fn, norm, sub, vec3
from .commentary import narrate
from .parts import (
    COMMON_OPTIONS,
    REWARD_OPTIONS,
    begin_drone,
    begin_episode,
    drop_ball,
    jitter3,
    physics_options,
    random_attitude,
    stage_of,
)
from .rulebook import NONE, OPEN, judge, may_touch, team_of
from .scenario import Metric, Scenario, Term, choice, pay, set_weights, steps_of
from .stage import Court
from .volleyball_views import layouts, observe

__all__ = ["MATCHES", "advance", "observe", "referee", "reset"]

advance = play
NET_HEIGHT = 2.43  # m
RULES = ("benchmark", "sport")
RESULT, HIT, APPROACH, STATION, CRASHED, CROWDED, TERMS = 0, 1, 2, 3, 4, 5, 6

COURTS = {1: (6.0, 3.0), 2: (9.0, 4.5), 3: (12.0, 6.0), 6: (18.0, 9.0)}
ANCHORS = {
    1: [(1.5, 0, 2)],
    2: [(2.25, 0, 2), (4.5, 0, 2)],
    3: [(3, -1.5, 2), (3, 1.5, 2), (6, 0, 2)],
    6: [(3, -3, 2), (3, 0, 2), (3, 3, 2), (6, -3, 2), (9, 0, 2), (6, 3, 2)],
}
SERVERS = {1: 0, 2: 1, 3: 2, 6: 4}
HORIZON = {1: 1000, 2: 500, 3: 500, 6: 500}
SPORT_HORIZON = 3000  # 60 s

DRONE_FIELDS = [("touched", I4), ("crashed", I4), ("crowded", I4), ("term", F8, TERMS), ("returns", F8, TERMS)]
WORLD_FIELDS = [
    ("next_serve", I4),  # team that serves after the next reset; -1: a coin decides
    ("serve_team", I4),
    ("server", I4),
    ("serving", I4),  # 1 until the serve has crossed the net
    ("side", I4),  # team on whose side the ball is
    ("last_team", I4),  # who touched the ball last; -1: nobody yet
    ("last_drone", I4),
    ("team_touches", I4),  # in this possession
    ("legal_hits", I4, 2),  # per team, in this step
    ("fault", I4, 2),  # reason per team
    ("winner", I4),  # -1 open, 0 red, 1 blue, 2 draw
    ("reason", I4),
    ("touches", I4),
    ("crossings", I4),
    ("possessions", I4, 8),  # ended possessions by their touches 0..6; [7]: serves
]
PARAM_FIELDS = [
    ("half_length", F8),
    ("half_width", F8),
    ("sport", I8),  # 1: sport rules
    ("touch_limit", I8),
    ("max_steps", I8),
    ("serve_height", F8),  # m above the server
    ("serve_index", I8),
    ("ball_floor", F8),  # m: benchmark rules call the ball down below this
    ("drone_floor", F8),  # m: a crash below this
    ("crowding", F8),  # m between team-mates
    ("net_margin", F8),  # m: benchmark rules' half thickness of the net volume
    ("out_in_air", I8),  # 1: out at any height (1v1)
    ("jitter_pos", F8),  # m
    ("jitter_tilt", F8),  # rad
    ("jitter_yaw", F8),  # rad
    ("jitter_serve", F8),  # m
    ("weight", F8, TERMS),
]


@fn
def reset(world, params):
    """A new rally: drones at their anchors facing as published, the ball at rest above the server."""
    begin_episode(world)
    n = len(world.drones) // 2
    for i in range(2 * n):
        drone = world.drones[i]
        team = 1 if i >= n else 0
        jitter = jitter3(world, i, 1, (params.jitter_pos, params.jitter_pos, params.jitter_pos))
        yaw = pi * team
        turned = random_attitude(world, i, 4, params.jitter_tilt, yaw - params.jitter_yaw, yaw + params.jitter_yaw)
        begin_drone(drone, params.airframe, add(vec3(params.anchor[i]), jitter), turned)
        drone.invalid = 0
        drone.touched = 0
    team = world.next_serve
    if team != 0 and team != 1:
        team = int(draw(world, 0, 10) >> np.uint64(63))
    _open_rally(world, params, team)


@fn
def _open_rally(world, params, team):
    world.serve_team, world.side, world.serving = team, team, 1
    world.server = team * (len(world.drones) // 2) + params.serve_index
    world.last_team, world.last_drone = -1, NOBODY
    world.team_touches = world.touches = world.crossings = 0
    world.winner, world.reason = OPEN, NONE
    for k in range(2):
        world.fault[k] = NONE
        world.legal_hits[k] = 0
    for k in range(8):
        world.possessions[k] = 0
    server = vec3(world.drones[world.server].pos)
    height = params.serve_height + uniform(world, 0, 11, -params.jitter_serve, params.jitter_serve)
    drop_ball(world.ball, (server[0], server[1], server[2] + height))


@fn
def referee(world, params, reward):
    """Judges the step by the rule book and pays every drone its terms. reward: [N]."""
    judge(world, params)
    for i in range(len(world.drones)):
        drone, team = world.drones[i], team_of(world, i)
        result = 0.0
        if world.winner == team:
            result = 1.0
        elif world.winner == 1 - team:
            result = -1.0
        approach = _approach(world, drone) if may_touch(world, params, i) else 0.0
        terms = (result, float(world.legal_hits[team]), approach, _station(world, params, i), float(drone.crashed), float(drone.crowded))
        reward[i] = pay(drone, params, terms)


@fn
def _approach(world, drone):
    gap = sub(vec3(world.ball.pos), vec3(drone.pos))
    if len(world.drones) == 2:
        return 1.0 / (1.0 + norm((gap[0], gap[1], 0.0)))
    return 1.0 / (1.0 + norm(gap))


@fn
def _station(world, params, i):
    """Keeping to one's place. In 1v1 it is the published penalty, leftover centre-line term included."""
    pos = vec3(world.drones[i].pos)
    if len(world.drones) > 2:
        return 1.0 / (1.0 + norm(sub(pos, vec3(params.anchor[i]))))
    x, y = abs(pos[0]), abs(pos[1])
    sides = max(0.5 - x, 0.0) + max(0.5 - (params.half_length - x), 0.0)
    sides += max(0.5 - y, 0.0) + max(0.5 - (params.half_width - y), 0.0)
    return sides + max(abs(pos[2] - 2.0) - 1.0, 0.0)


def terms_of(n: int, options: Mapping[str, Any]) -> list[Term]:
    """The reward terms of an n-vs-n match under these options, in the record's order."""
    own = 0.0 if options["rules"] == "sport" else -100.0
    return [
        Term("result", 100.0, "+1 rally won, -1 lost"),
        Term("hit", 5.0 if n == 1 else 10.0, "legal hits of the team in this step", shaping=True),
        Term("approach", 0.5, "1 / (1 + distance to the ball) for drones that may touch it", shaping=True),
        Term("station", -0.2 if n == 1 else 0.05, "keeping to the anchor (1v1: out of its box)", shaping=True),
        Term("crash", own, "own altitude under 0.3 m"),
        Term("crowd", 0.0 if n == 1 else own, "a team-mate within 0.8 m"),
    ]


def configure(n: int, options: Mapping[str, Any]) -> np.ndarray:
    """[1] the shared block of an n-vs-n match."""
    length, width = COURTS[n]
    sport = choice(options, "rules", RULES)
    fields = [*PARAM_FIELDS, ("anchor", F8, (2 * n, 3))]
    block = make_params(fields, net=(NET_HEIGHT, width), zone=(0.5 * length, 0.5 * width, ZONE[2]), **physics_options(options))
    anchors = np.array(ANCHORS[n], float)
    values = {
        "half_length": 0.5 * length,
        "half_width": 0.5 * width,
        "sport": sport,
        "touch_limit": 3 if sport else max(n, 1),
        "max_steps": steps_of(options, "max_cycles", SPORT_HORIZON if sport else HORIZON[n]),
        "serve_height": 1.5 if n == 1 else 3.0,
        "serve_index": SERVERS[n],
        "ball_floor": 0.2,
        "drone_floor": 0.3,
        "crowding": 0.8,
        "net_margin": 0.3,
        "out_in_air": n == 1,
        "jitter_pos": 0.1 if sport or n == 1 else 0.0,
        "jitter_tilt": 0.1 if sport or n == 1 else 0.0,
        "jitter_yaw": 0.1 if sport else 0.0,
        "jitter_serve": 0.3 if sport else 0.0,
        "anchor": np.concatenate([anchors, anchors * (-1, -1, 1)]),
    }
    for name, value in values.items():
        block[name] = value
    set_weights(block, terms_of(n, options), options)
    return block


def _match(n: int) -> Scenario:
    agents = tuple(f"{team}_{k}" for team in ("red", "blue") for k in range(n))
    teams = (0,) * n + (1,) * n
    name = f"volleyball-{n}v{n}"
    court = Court(*COURTS[n], NET_HEIGHT)
    return Scenario(
        name=name,
        summary=f"{n} against {n} on a {COURTS[n][0]:g} x {COURTS[n][1]:g} m court; an episode is a rally",
        family="match",
        module=__name__,
        world=world_record(2 * n, DRONE_FIELDS, WORLD_FIELDS),
        agents=agents,
        teams=teams,
        views=layouts(n),
        terms=partial(terms_of, n),
        metric=Metric("winner", "winner", "who won the rally: 0 red, 1 blue, 2 nobody"),
        options={**COMMON_OPTIONS, **REWARD_OPTIONS, "rules": "sport", "max_cycles": None},
        configure=partial(configure, n),
        stage=lambda options: stage_of(name, agents, teams, court, True, options),
        narrate=narrate,
        stop_invalid=True,
        yardstick="scripted:rally",
        initial={"next_serve": -1},
        info=("winner", "reason", "serve_team", "touches", "crossings"),
    )


MATCHES = [_match(n) for n in COURTS]
