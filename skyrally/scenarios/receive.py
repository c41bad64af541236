"""Receive: one drone takes a serve that flies at it and plays it high to the setter's place (reference 3.5). Published results: none.

| observation | size | | start | | end | |
| --- | --- | --- | --- | --- | --- | --- |
| root | 23 | | drone | (4.5, 0, 1.5) +- 0.3 m | wrong | a touch with the airframe, or a second one |
| ball | 3 m | | tilt, yaw | U(-0.1, 0.1) rad | net | the ball touches the net |
| to_ball | 3 m | | ball | just served, at (-6, 0, 3) +- 0.3 m | drone | z < 0.3 or x < 0 m |
| ball_velocity | 3 m/s | | its apex | U(4.2, 5.2) m | handed over | after the touch the ball falls through z = 2.2 m |
| turn | 2 | | it would land | x U(4.2, 5.4), y U(-2, 2) m | ball | z < 0.2 m |
| | | | | | horizon | 500 steps |

| reward term | weight | |
| --- | --- | --- |
| hit | 150 | the touch |
| near | 10 | before it: 1 / (1 + (1.2 distance to the ball)^2) (shaping) |
| height | -100 | at it: abs(z_ball - 1.4) (shaping) |
| yaw | -0.5 | before it: abs(yaw) (shaping) |
| line | -5 | before it: x < 3 m (shaping) |
| aim | 50 | after it: 1 / (1 + (1.2 distance of ball and target)^2) (shaping) |
| direction | 150 | one step after it: cosine between the ball's velocity and the way to the target, horizontally (shaping) |
| handover | 200 | handed over after an apex over 2.4 m: 1 / (1 + 2 horizontal distance to the target) |
| apex | 200 | handed over: 1 / (1 + 2 abs(apex - 3.5)) |
| wrong | -10 | a wrong touch, the net, or a ball that comes down before it is handed over |
| drone | -10 | the drone is lost |

Action: any mode. Target: (1.5, -1.5, 2.2), where the setter plays it. Metric: success rate, the share of serves that are handed over
within 1 m of the target (horizontally) after an apex over 2.4 m.
Option starts="chained": the balls are serves and attacks of `zoo:serve` and `zoo:attack` (chain.py); "both": half of them are;
default "thrown", as above.
Ours, where the reference is silent: the serves (flights as `serve` makes them), jitter, the end at the handover, the radius, `drone`.
"""

from __future__ import annotations

from ..physics.native import play
from ..physics.rng import uniform
from ..physics.vec import fn, put3, sub, vec3, write
from . import skill_measures as measures
from . import skill_parts as parts
from .chain import follow
from .scenario import Layout, Term, pay

advance = play
SPREAD = (0.3, 0.3, 0.3)  # m
SERVED_FROM, SERVED_APEX = (-6.0, 0.0, 3.0), (4.2, 5.2)  # m: where and how high servers strike
LINE, HIT_HEIGHT = 3.0, 1.4  # m
LEAST_APEX, BEST_APEX = 2.4, 3.5  # m
LAYOUT = Layout("benchmark", parts.SKILL_VIEW)
TERMS = [
    Term("hit", 150.0, "the touch"),
    Term("near", 10.0, "before it: 1 / (1 + (1.2 distance to the ball)^2)", shaping=True),
    Term("height", -100.0, "at it: |z_ball - 1.4|", shaping=True),
    Term("yaw", -0.5, "before it: |yaw|", shaping=True),
    Term("line", -5.0, "before it: nearer to the net than 3 m", shaping=True),
    Term("aim", 50.0, "after it: 1 / (1 + (1.2 distance of ball and target)^2)", shaping=True),
    Term("direction", 150.0, "one step after it: cosine of the ball's way and the way to the target", shaping=True),
    Term("handover", 200.0, "handed over after an apex over 2.4 m: 1 / (1 + 2 distance to the target)"),
    Term("apex", 200.0, "handed over: 1 / (1 + 2 |apex - 3.5|)"),
    Term("wrong", -10.0, "a wrong touch, the net, or a ball down before it is handed over"),
    Term("drone", -10.0, "the drone is lost"),
]


@fn
def reset(world, params):
    parts.begin(world)
    parts.seat(world, params, 0, parts.RECEIVE_POST, SPREAD, 0.0)
    put3(world.target, parts.SET_POINT)
    if follow(world, params):
        return
    x = uniform(world, 0, 7, -parts.SERVED_X[1], -parts.SERVED_X[0])
    y = uniform(world, 0, 8, parts.SERVED_Y[0], parts.SERVED_Y[1])
    apex = uniform(world, 0, 9, SERVED_APEX[0], SERVED_APEX[1])
    start = parts.scatter(world, 10, SERVED_FROM, SPREAD)
    parts.throw(world, params, start, (x, y, params.ball.radius), apex)


@fn
def referee(world, params, reward):
    drone, ball = world.drones[0], world.ball
    pos, place = vec3(ball.pos), vec3(drone.pos)
    hit, wrong = parts.judge_touch(world)
    over, handover, apex, missed = parts.hand_over(world, LEAST_APEX, BEST_APEX, wrong)
    wrong = max(wrong, missed)
    lost = 1.0 if parts.is_lost(drone, place[0]) else 0.0
    near = height = yaw = line = aim = direction = 0.0
    if world.hit_step < 0:
        near, yaw = measures.nearness(place, pos, 1.2), measures.yaw_of(drone)
        line = 1.0 if place[0] < LINE else 0.0
    else:
        aim = measures.nearness(pos, world.target, 1.2)
        if hit > 0.0:
            height = abs(pos[2] - HIT_HEIGHT)
        elif world.step == world.hit_step + 1:
            way = sub(vec3(world.target), pos)
            direction = measures.cosine((ball.vel[0], ball.vel[1], 0.0), (way[0], way[1], 0.0))
    reward[0] = pay(drone, params, (hit, near, height, yaw, line, aim, direction, handover, apex, wrong, lost))
    parts.end(world, params, over or wrong > 0.0 or lost > 0.0)


@fn
def observe(world, params, i, out):
    write(out, 0, parts.skill_view(world))


RECEIVE = parts.drill_of(
    "receive",
    "one drone takes a serve and plays it high to the setter",
    __name__,
    LAYOUT,
    TERMS,
    "the serve was played to within 1 m of the setter's place",
    chained=True,
)
