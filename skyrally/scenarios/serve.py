"""Serve: one drone strikes a dropped ball over the net to a given place of the far court (reference 3.5). Published results: none.

| observation | size | | start | | end | |
| --- | --- | --- | --- | --- | --- | --- |
| root | 23 | | drone | (6, 0, 2) +- 0.1 m | wrong | a touch with the airframe, or a second one |
| ball | 3 m | | tilt, yaw | U(-0.1, 0.1) rad | net | the ball touches the net |
| to_ball | 3 m | | ball | 3 +- 0.3 m above the drone, at rest | drone | z < 0.3 or x < 0 m |
| ball_velocity | 3 m/s | | target | (U(-5.4, -4.2), U(-2, 2), 0.2) m | ball | z < 0.2 m |
| turn | 2 | | | | horizon | 500 steps |
| from_target | 3 m, of the ball | | | | | |

| reward term | weight | |
| --- | --- | --- |
| hit | 10 | the touch |
| near | 0.16 | before it: 1 / (1 + (0.5 distance to the ball)^2) (shaping) |
| height | -0.02 | before it: abs(z - 1.9) (shaping) |
| yaw | -0.03 | before it: abs(yaw) (shaping) |
| roll | -0.5 | before it: roll beyond pi / 2 (shaping) |
| line | -150 | before it: x < 3 m (shaping) |
| aim | 16 | after it: 1 / (1 + (1.2 distance of ball and target)^2) (shaping) |
| court | 10 | the ball came down in the far court |
| high | 1.5 | it ended after an apex over 3 m |
| wrong | -10 | a wrong touch, none at all, or the net |
| drone | -10 | the drone is lost |

Action: any mode. Metric: success rate, the share of serves that come down in the far court within 1 m of the target.
Ours, where the reference is silent: jitter, the end of an episode, the radius, `drone`, and `wrong` for the net and a ball that
nobody touched. Published targets reach to x = -6, the line itself; its skill training aims at (-4.5, {-2, 0, 2}).
"""

from __future__ import annotations

import math

from ..physics.native import play
from ..physics.rng import uniform
from ..physics.vec import fn, put3, vec3, write
from . import skill_measures as measures
from . import skill_parts as parts
from .scenario import Layout, Term, pay

advance = play
SPREAD = (0.1, 0.1, 0.1)  # m
LINE = 3.0  # m: a server that comes nearer to the net leaves its zone
LEAST_APEX = 3.0  # m
CARRY = 1.9  # m: the height at which it shall wait
LAYOUT = Layout("benchmark", parts.TARGET_VIEW)
TERMS = [
    Term("hit", 10.0, "the touch"),
    Term("near", 0.16, "before it: 1 / (1 + (0.5 distance to the ball)^2)", shaping=True),
    Term("height", -0.02, "before it: |z - 1.9|", shaping=True),
    Term("yaw", -0.03, "before it: |yaw|", shaping=True),
    Term("roll", -0.5, "before it: roll beyond pi / 2", shaping=True),
    Term("line", -150.0, "before it: nearer to the net than 3 m", shaping=True),
    Term("aim", 16.0, "after it: 1 / (1 + (1.2 distance of ball and target)^2)", shaping=True),
    Term("court", 10.0, "the ball came down in the far court"),
    Term("high", 1.5, "it ended after an apex over 3 m"),
    Term("wrong", -10.0, "a wrong touch, none, or the net"),
    Term("drone", -10.0, "the drone is lost"),
]


@fn
def reset(world, params):
    parts.begin(world)
    parts.seat(world, params, 0, parts.SERVE_POST, SPREAD, 0.0)
    parts.drop(world, vec3(world.drones[0].pos))
    x = uniform(world, 0, 8, parts.SERVED_X[0], parts.SERVED_X[1])
    y = uniform(world, 0, 9, parts.SERVED_Y[0], parts.SERVED_Y[1])
    put3(world.target, (x, y, parts.BALL_FLOOR))


@fn
def referee(world, params, reward):
    drone, ball = world.drones[0], world.ball
    pos, place = vec3(ball.pos), vec3(drone.pos)
    hit, wrong = parts.judge_clean_touch(world)
    over, court, missed = parts.land(world, pos, wrong)
    high = 1.0 if over and missed == 0.0 and world.apex > LEAST_APEX else 0.0
    wrong = max(wrong, missed)
    lost = 1.0 if parts.is_lost(drone, place[0]) else 0.0
    near = low = yaw = roll = line = aim = 0.0
    if world.hit_step < 0:
        near, low, yaw = measures.nearness(place, pos, 0.5), abs(place[2] - CARRY), measures.yaw_of(drone)
        roll = max(measures.roll_of(drone) - 0.5 * math.pi, 0.0) if drone.up[2] < 0.0 else 0.0
        line = 1.0 if place[0] < LINE else 0.0
    else:
        aim = measures.nearness(pos, world.target, 1.2)
    reward[0] = pay(drone, params, (hit, near, low, yaw, roll, line, aim, court, high, wrong, lost))
    parts.end(world, params, over or wrong > 0.0 or lost > 0.0)


@fn
def observe(world, params, i, out):
    write(out, 0, parts.target_view(world))


SERVE = parts.drill_of(
    "serve",
    "one drone strikes a dropped ball over the net to a given place",
    __name__,
    LAYOUT,
    TERMS,
    "the serve came down in the far court within 1 m of its target",
)
