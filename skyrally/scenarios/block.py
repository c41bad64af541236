"""Block: one drone by the net sends an attack back that has just been struck on the other side. Ours; published results: none.

| observation | size | | start, drawn | | end | |
| --- | --- | --- | --- | --- | --- | --- |
| root | 23 | | attack | struck at (U(-3.2, -1.6), U(-2, 2), U(2.9, 3.4)) m | wrong | airframe, second touch, or below 2.43 m |
| ball | 3 m | | it flies to | (U(3, 5.2), U(-2.3, 2.3), 0.2) m in U(1.05, 1.4) s | net | the ball or the drone touches the net |
| to_ball | 3 m | | drone | within (0.4, 0.6) m of where the ball falls through 2.8 m | drone | z < 0.3 or x < 0 m |
| ball_velocity | 3 m/s | | | 1.2 m from the net or more, z U(2.3, 2.7) m | ball | z < 0.2 m |
| turn | 2 | | tilt, yaw | U(-0.1, 0.1) rad | horizon | 500 steps |
| from_target | 3 m, of the ball | | target | (-3, half the y of the meeting) m | | |
| order_height | 1 m | | height | of the ball 0.2 m behind the drone, 2.6 to 3.2 m | | |
| order_apex | 1 m | | apex | 4.3 m | | |

| reward term | weight | |
| --- | --- | --- |
| hit | 20 | the touch |
| near | 1 | before it: 1 / (1 + (1.2 distance to the ball)^2) (shaping) |
| aim | 1 | after it: the ball flies towards the far court (shaping) |
| court | 30 | the ball came down in the far court |
| wrong | -10 | a wrong touch, none at all, or the ball in the net |
| drone | -10 | the drone is lost, or in the net |

Action: any mode. Metric: success rate, the share of attacks that come down in the far court, wherever, after one legal touch above the
net's top. The drone has 0.6 to 1.2 s, of which turning the racket by 45 degrees takes 0.4, so it begins lined up with the ball
(docs/hierarchy.md).
Option starts: "drawn" (default), "matches", "both" (`skill_orders.py`). What is drawn goes by the parabola without drag.
"""

from __future__ import annotations

import math

from ..physics.native import play
from ..physics.records import DRONE_NET
from ..physics.rng import uniform
from ..physics.vec import clip, fn, vec3
from . import skill_measures as measures
from . import skill_orders as orders
from . import skill_parts as parts
from .scenario import Layout, Term, pay

advance = play
STRUCK = (-3.2, -2.0, 2.9), (-1.6, 2.0, 3.4)  # m, corners: where attackers strike
LAND, FLIGHT = ((3.0, -2.3, parts.BALL_FLOOR), (5.2, 2.3, parts.BALL_FLOOR)), (1.05, 1.4)  # m, corners: where attacks go; s: how long
WAIT_AT, WAIT, SPREAD = 2.8, (1.2, 3.5), (0.4, 0.6)  # m: where the ball is so high the drone waits; bounds of that x; how well lined up
WAIT_Z, RISE = 2.5, (0.0, 0.0, 0.2)  # m
BEHIND, LOWEST, HIGHEST = 0.2, 2.6, 3.2  # m: the ball is met so far behind the drone's place, between these heights
TOP = parts.COURT.net_height  # m: a touch under it is no block
SENT, APEX = (-3.0, 0.5), 4.3  # m from the net, share of the ball's y: where it is sent; m: over what
VIEWS = {"ordered": Layout("ordered", [*parts.TARGET_VIEW, orders.HEIGHT, orders.APEX])}
TERMS = [
    Term("hit", 20.0, "the touch"),
    Term("near", 1.0, "before it: 1 / (1 + (1.2 distance to the ball)^2)", shaping=True),
    Term("aim", 1.0, "after it: the ball flies towards the far court", shaping=True),
    Term("court", 30.0, "the ball came down in the far court"),
    Term("wrong", -10.0, "a wrong touch, none, or the ball in the net"),
    Term("drone", -10.0, "the drone is lost, or in the net"),
]


@fn
def reset(world, params):
    parts.begin(world)
    if orders.from_match(world, params):
        return
    start = orders.box(world, 7, STRUCK)
    goal = orders.box(world, 10, LAND)
    t = uniform(world, 0, 13, FLIGHT[0], FLIGHT[1])
    rise = (goal[2] - start[2]) / t + 0.5 * params.gravity * t
    parts.throw(world, params, start, goal, start[2] + rise * rise / (2.0 * params.gravity))
    pos, vel = vec3(world.ball.pos), vec3(world.ball.vel)
    x = clip(_falls_at(pos, vel, WAIT_AT, params.gravity) + uniform(world, 0, 14, -SPREAD[0], SPREAD[0]), WAIT[0], WAIT[1])
    y = pos[1] + vel[1] * (x - pos[0]) / vel[0]
    parts.seat(world, params, 0, (x, y + uniform(world, 0, 15, -SPREAD[1], SPREAD[1]), WAIT_Z), RISE, 0.0)
    height = meeting_height(pos, vel, x + BEHIND, params.gravity)
    meet = _falls_at(pos, vel, height, params.gravity), y, height
    orders.order(world, (SENT[0], SENT[1] * y, parts.BALL_FLOOR), meet, APEX, 0.0)


@fn
def _falls_at(pos, vel, height, gravity):
    """m from the net: where the ball falls through `height` by its parabola."""
    under = vel[2] * vel[2] + 2.0 * gravity * (pos[2] - height)
    return pos[0] + vel[0] * (vel[2] + math.sqrt(max(under, 0.0))) / gravity


@fn
def meeting_height(pos, vel, x, gravity):
    """m: the ball's height at x (m from the net) by its parabola, but between LOWEST and HIGHEST: where it is blocked."""
    t = (x - pos[0]) / max(vel[0], 0.1)
    return clip(pos[2] + vel[2] * t - 0.5 * gravity * t * t, LOWEST, HIGHEST)


@fn
def referee(world, params, reward):
    drone, ball = world.drones[0], world.ball
    pos, place = vec3(ball.pos), vec3(drone.pos)
    hit, wrong = parts.judge_clean_touch(world)
    if hit > 0.0 and pos[2] < TOP:
        wrong = 1.0
    over, court, missed = parts.land(world, pos, wrong)
    wrong = max(wrong, missed)
    lost = 1.0 if parts.is_lost(drone, place[0]) or parts.in_net(world, DRONE_NET) else 0.0
    world.success = 1 if court > lost else 0
    near = measures.nearness(place, pos, 1.2) if world.hit_step < 0 else 0.0
    aim = 1.0 if world.hit_step >= 0 and ball.vel[0] < 0.0 else 0.0
    reward[0] = pay(drone, params, (hit, near, aim, court, wrong, lost))
    parts.end(world, params, over or wrong > 0.0 or lost > 0.0)


@fn
def observe(world, params, i, out):
    orders.write_apex(world, i, out)


BLOCK = orders.drill_of(
    "block",
    "one drone by the net sends an attack back",
    __name__,
    VIEWS,
    TERMS,
    "the attack came down in the far court after one legal touch above the net",
)
