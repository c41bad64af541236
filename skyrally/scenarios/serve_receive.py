"""Serve and receive: two teams of one, one exchange. One side serves, the other takes the ball and controls it. Published results: none.

Which side serves is a coin's choice. Everything is seen in the frame of the drone's own team (own half x > 0).

| observation | size | | start | | end | |
| --- | --- | --- | --- | --- | --- | --- |
| root | 23 | | server | (6, 0, 2) +- 0.1 m of its half | fault | a touch out of turn, with the airframe, or a second one |
| to_other | 3 m | | receiver | (4.5, 0, 1.5) +- 0.3 m of its half | net | the ball touches the net |
| ball | 3 m | | tilt, yaw | U(-0.1, 0.1) rad, blue turned by pi | drone | z < 0.3 m, or beyond the net plane |
| to_ball | 3 m | | ball | 3 +- 0.3 m above the server, at rest | ball | z < 0.2 m |
| ball_velocity | 3 m/s | | serve's target | as in `serve` | handed over | after the receive the ball falls through z = 2.2 m |
| turn | 2 | | receive's target | (1.5, -1.5, 2.2) m of its half | horizon | 500 steps |
| role | 2 | | | | | |
| from_target | 3 m, of the ball and the own target | | | | | |

| reward term | weight | |
| --- | --- | --- |
| exchange | 50 | both: the receive was handed over within 1 m of its target after an apex over 2.4 m |
| hit | 10 | the own legal touch |
| near | 0.16 | on turn: 1 / (1 + (0.5 distance to the ball)^2) (shaping) |
| aim | 10 | after the own touch, until the other's: 1 / (1 + (1.2 distance of ball and own target)^2) (shaping) |
| fault | -10 | the own fault: see below |

Turn: the drone may touch the ball now / may not. Role: server / receiver. Action: any mode.
Faults: a touch out of turn, with the airframe or a second one; a ball in the net, or a serve not into the far court, after the own
touch; a drop, or a good serve, or a receive, that comes down; a drone that is lost.
Metric: success rate, the share of exchanges that end with the ball handed over. The two practise together: the server is paid for a
serve that comes to its target, not for one that cannot be taken. The reference names no such drill: all of this is ours, out of `serve` and
`receive`, whose recipe the terms keep at weights of one size.
"""

from __future__ import annotations

import math

import numpy as np

from ..physics.native import play
from ..physics.records import BODY, F8, I4
from ..physics.rng import draw, uniform
from ..physics.vec import fn, put3, sub, vec3, write
from . import skill_measures as measures
from . import skill_parts as parts
from .mirror import half_turn, team_root
from .receive import SPREAD as RECEIVE_SPREAD
from .scenario import BALL, FOES, Field, Layout, Term, pay
from .serve import SPREAD as SERVE_SPREAD
from .volleyball_views import TEAM

advance = play
LEAST_APEX = 2.4  # m, of a receive
LAYOUT = Layout(
    "benchmark",
    [
        *[Field(f.name, f.size, f.unit, f.frame.replace("world", TEAM), f.low, f.high) for f in parts.ROOT],
        Field("to_other", 3, "m", TEAM, shows=(FOES,)),
        Field("ball", 3, "m", TEAM, shows=(BALL,)),
        Field("to_ball", 3, "m", TEAM, shows=(BALL,)),
        Field("ball_velocity", 3, "m/s", TEAM, shows=(BALL,)),
        Field("turn", 2, "0 or 1: may touch, may not", "-", 0.0, 1.0),
        Field("role", 2, "0 or 1: server, receiver", "-", 0.0, 1.0),
        Field("from_target", 3, "m", TEAM),
    ],
)
TERMS = [
    Term("exchange", 50.0, "both: the receive was handed over"),
    Term("hit", 10.0, "the own legal touch"),
    Term("near", 0.16, "on turn: 1 / (1 + (0.5 distance to the ball)^2)", shaping=True),
    Term("aim", 10.0, "after the own touch: 1 / (1 + (1.2 distance of ball and own target)^2)", shaping=True),
    Term("fault", -10.0, "the own fault"),
]


@fn
def reset(world, params):
    parts.begin(world)
    world.touches = 0
    server = int(draw(world, 0, 10) >> np.uint64(63))
    world.server = server
    turned = math.pi * server
    parts.seat(world, params, server, half_turn(server, parts.SERVE_POST), SERVE_SPREAD, turned)
    parts.seat(world, params, 1 - server, half_turn(1 - server, parts.RECEIVE_POST), RECEIVE_SPREAD, math.pi - turned)
    parts.drop(world, vec3(world.drones[server].pos))
    x = uniform(world, 0, 8, parts.SERVED_X[0], parts.SERVED_X[1])
    y = uniform(world, 0, 9, parts.SERVED_Y[0], parts.SERVED_Y[1])
    put3(world.aim, half_turn(server, (x, y, parts.BALL_FLOOR)))
    put3(world.target, half_turn(1 - server, parts.SET_POINT))


@fn
def player(world):
    """The drone that may touch the ball now; -1 after the receive."""
    if world.touches == 0:
        return world.server
    return 1 - world.server if world.touches == 1 else -1


@fn
def aim_of(world, i):
    """m, world: where drone i shall send the ball."""
    return vec3(world.aim) if i == world.server else vec3(world.target)


@fn
def referee(world, params, reward):
    ball = world.ball
    pos, last = vec3(ball.pos), world.touches
    guilty, hitter = _judge_touches(world)
    if guilty < 0:
        guilty = _judge_ball(world, pos)
    handed = guilty < 0 and world.touches == 2 and measures.comes_down(ball, world.target[2])
    if handed:
        world.success = parts.arrived(world, LEAST_APEX)
    fault = (_lost(world, 0) or guilty == 0, _lost(world, 1) or guilty == 1)
    turn = player(world)
    for i in range(2):
        near = measures.nearness(pos, vec3(world.drones[i].pos), 0.5) if i == turn else 0.0
        own = (last == 1 and i == world.server) or (last == 2 and i != world.server)
        aim = measures.nearness(pos, aim_of(world, i), 1.2) if own else 0.0
        terms = (float(world.success), 1.0 if i == hitter else 0.0, near, aim, 1.0 if fault[i] else 0.0)
        reward[i] = pay(world.drones[i], params, terms)
    parts.end(world, params, handed or fault[0] or fault[1])


@fn
def _judge_touches(world):
    """(who is at fault or -1, who touched legally or -1) in this step; books touch and apex."""
    guilty = hitter = -1
    z = world.ball.pos[2]
    for i in range(2):
        kind = parts.touch_of(world, i)
        if kind != 0 and (kind == BODY or i != player(world) or hitter >= 0):
            guilty = i
        elif kind != 0:
            hitter = i
            world.touches += 1
            world.hit_step, world.apex = world.step, z
    world.apex = max(world.apex, z)
    return guilty, hitter


@fn
def _judge_ball(world, pos):
    """Who is to blame for a ball in the net or down, or -1. A good serve that comes down is the receiver's fault."""
    if parts.in_net(world):
        return world.server if world.touches < 2 else 1 - world.server
    if pos[2] >= parts.BALL_FLOOR:
        return -1
    served_well = world.touches == 1 and measures.in_far_court(half_turn(world.server, pos))
    return 1 - world.server if world.touches == 2 or served_well else world.server


@fn
def _lost(world, i):
    drone = world.drones[i]
    return parts.is_lost(drone, half_turn(i, vec3(drone.pos))[0])


@fn
def observe(world, params, i, out):
    drone, ball = world.drones[i], world.ball
    place, pos = vec3(drone.pos), vec3(ball.pos)
    to_other = half_turn(i, sub(vec3(world.drones[1 - i].pos), place))
    seen = half_turn(i, pos) + half_turn(i, sub(pos, place)) + half_turn(i, vec3(ball.vel))
    turns = parts.flags(player(world) == i) + parts.flags(world.server == i)
    write(out, 0, team_root(drone, i) + to_other + seen + turns + half_turn(i, sub(pos, aim_of(world, i))))


SERVE_RECEIVE = parts.drill_of(
    "serve-receive",
    "one side serves, the other receives and controls the ball",
    __name__,
    LAYOUT,
    TERMS,
    "the receive was played to within 1 m of the setter's place",
    agents=("red_0", "blue_0"),
    teams=(0, 1),
    world_fields=[("server", I4), ("touches", I4), ("aim", F8, 3)],
)
