"""Block: one drone by the net sends an attack back that has just been struck on the other side. Ours; published results: none.

| observation | size | | start | | end | |
| --- | --- | --- | --- | --- | --- | --- |
| root | 23 | | attack | struck at (U(-3.2, -1.6), U(-2, 2), U(2.9, 3.4)) m | wrong | airframe, second touch, or below 2.43 m |
| ball | 3 m | | it flies to | (U(3, 5.2), U(-2.3, 2.3), 0.2) m in U(1.05, 1.4) s | net | the ball or the drone touches the net |
| to_ball | 3 m | | drone | within (0.5, 0.9) m of where the ball falls through 2.8 m | drone | z < 0.3 or x < 0 m |
| ball_velocity | 3 m/s | | | 1.2 m from the net or more, z U(2.3, 2.7) m | ball | z < 0.2 m |
| turn | 2 | | tilt, yaw | U(-0.1, 0.1) rad | horizon | 500 steps |
| height | 1 m | | height | of the ball 0.2 m behind the drone, 2.6 to 3.2 m | | |

| reward term | weight | |
| --- | --- | --- |
| hit | 20 | the touch |
| near | 1 | before it: 1 / (1 + (1.2 distance to the ball)^2) (shaping) |
| aim | 1 | after it: the ball flies towards the far court (shaping) |
| court | 30 | the ball came down in the far court |
| wrong | -10 | a wrong touch, none at all, or the ball in the net |
| drone | -10 | the drone is lost, or in the net |

Action: any mode. Height: of the ball where it shall be met, as an order tells. Metric: success rate, the share of attacks that come down
in the far court after one legal touch above the net's top. The drone has 0.6 to 1.2 s, of which turning the racket by 45 degrees takes
0.4, so it begins lined up with the ball (docs/hierarchy.md). Option starts="chained": the balls are attacks of `zoo:attack` (chain.py);
"both": half of them are; default "thrown", as above.
"""

from __future__ import annotations

import math

from ..physics.native import play
from ..physics.records import DRONE_NET, F8
from ..physics.rng import uniform
from ..physics.vec import clip, fn, put3, vec3, write
from . import skill_measures as measures
from . import skill_parts as parts
from .chain import follow
from .scenario import Field, Layout, Term, pay

advance = play
GRAVITY = 9.81  # m/s^2
STRUCK_X, STRUCK_Y, STRUCK_Z = (-3.2, -1.6), (-2.0, 2.0), (2.9, 3.4)  # m: where attackers strike
LAND_X, LAND_Y, FLIGHT = (3.0, 5.2), (-2.3, 2.3), (1.05, 1.4)  # m: where their attacks go; s: how long they fly
WAIT_AT, WAIT, SPREAD = 2.8, (1.2, 3.5), (0.5, 0.9)  # m: where the ball is so high the drone waits; bounds of that x; how well lined up
WAIT_Z, RISE = 2.5, (0.0, 0.0, 0.2)  # m
BEHIND, LOWEST, HIGHEST = 0.2, 2.6, 3.2  # m: the ball is met so far behind the drone's place, between these heights
TOP = parts.COURT.net_height  # m: a touch under it is no block
TARGET = (-3.0, 0.0, parts.BALL_FLOOR)  # m: the middle of the far court
LAYOUT = Layout("benchmark", [*parts.SKILL_VIEW, Field("height", 1, "m", "world")])
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
    put3(world.target, TARGET)
    if not follow(world, params):
        start = _point(world, 7, STRUCK_X, STRUCK_Y, STRUCK_Z)
        goal = uniform(world, 0, 10, LAND_X[0], LAND_X[1]), uniform(world, 0, 11, LAND_Y[0], LAND_Y[1]), parts.BALL_FLOOR
        t = uniform(world, 0, 12, FLIGHT[0], FLIGHT[1])
        rise = (goal[2] - start[2]) / t + 0.5 * params.gravity * t
        parts.throw(world, params, start, goal, start[2] + rise * rise / (2.0 * params.gravity))
    pos, vel = vec3(world.ball.pos), vec3(world.ball.vel)
    fall = vel[2] * vel[2] + 2.0 * params.gravity * (pos[2] - WAIT_AT)
    x = pos[0] + vel[0] * (vel[2] + math.sqrt(max(fall, 0.0))) / params.gravity + uniform(world, 0, 13, -SPREAD[0], SPREAD[0])
    x = clip(x, WAIT[0], WAIT[1])
    y = pos[1] + vel[1] * (x - pos[0]) / vel[0] + uniform(world, 0, 14, -SPREAD[1], SPREAD[1])
    parts.seat(world, params, 0, (x, y, WAIT_Z), RISE, 0.0)
    world.height = meeting_height(pos, vel, x + BEHIND)


@fn
def meeting_height(pos, vel, x):
    """m: the ball's height at x (m from the net) by its parabola, but between LOWEST and HIGHEST: where it is blocked."""
    t = (x - pos[0]) / max(vel[0], 0.1)
    return clip(pos[2] + vel[2] * t - 0.5 * GRAVITY * t * t, LOWEST, HIGHEST)


@fn
def _point(world, channel, x, y, z):
    return uniform(world, 0, channel, x[0], x[1]), uniform(world, 0, channel + 1, y[0], y[1]), uniform(world, 0, channel + 2, z[0], z[1])


@fn
def referee(world, params, reward):
    drone, ball = world.drones[0], world.ball
    pos, place = vec3(ball.pos), vec3(drone.pos)
    hit, wrong = parts.judge_touch(world)
    if parts.in_net(world) or (hit > 0.0 and pos[2] < TOP):
        wrong = 1.0
    over, court, missed = parts.land(world, pos, wrong)
    wrong = max(wrong, missed)
    lost = 1.0 if parts.is_lost(drone, place[0]) or _in_net(world) else 0.0
    world.success = 1 if court > lost else 0
    near = measures.nearness(place, pos, 1.2) if world.hit_step < 0 else 0.0
    aim = 1.0 if world.hit_step >= 0 and ball.vel[0] < 0.0 else 0.0
    reward[0] = pay(drone, params, (hit, near, aim, court, wrong, lost))
    parts.end(world, params, over or wrong > 0.0 or lost > 0.0)


@fn
def _in_net(world):
    """Whether the drone touched the net in this step."""
    found = False
    for e in range(world.n_events):
        found = found or world.events[e].kind == DRONE_NET
    return found


@fn
def observe(world, params, i, out):
    write(out, 0, (*parts.skill_view(world), world.height))


BLOCK = parts.drill_of(
    "block",
    "one drone by the net sends an attack back",
    __name__,
    LAYOUT,
    TERMS,
    "the attack came down in the far court after one legal touch above the net",
    world_fields=[("height", F8)],
    chained=True,
)
