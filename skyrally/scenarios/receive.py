"""Receive: one drone takes a serve or an attack and plays it high to where it is told (reference 3.5). Published results: none.

| observation | size | | start, drawn | | end | |
| --- | --- | --- | --- | --- | --- | --- |
| root | 23 | | ball | struck at x U(-6.1, -1.8), y U(-2.3, 2.3), z U(1.2, 3.5) m | wrong | a touch with the airframe, or a second one |
| ball | 3 m | | its apex | U(3.4, 5.6) m, 0.2 m over the start at least | net | the ball touches the net |
| to_ball | 3 m | | it is met at | x U(1.8, 4.6), y U(-2.3, 2.3), z U(1.1, 2.4) m | drone | z < 0.3 or x < 0 m |
| ball_velocity | 3 m/s | | target | x U(2, 3.6), y U(-2.1, 2.1), z 2.2 m | handed over | the ball falls through z = 2.2 m after the touch |
| turn | 2 | | ordered apex | U(4, 5.4) m | ball | z < 0.2 m |
| from_target | 3 m, of the ball | | drone | z 1.8 m, at most 2.3 m from there, less if time is short | horizon | 500 steps |
| order_height | 1 m | | its velocity | U(-0.8, 0.8) m/s each | | |
| order_apex | 1 m | | tilt, yaw | U(-0.1, 0.1) rad | | |

| reward term | weight | |
| --- | --- | --- |
| hit | 150 | the touch |
| near | 10 | before it: 1 / (1 + (1.2 distance to the ball)^2) (shaping) |
| height | -100 | at it: abs(z_ball - ordered height) (shaping) |
| yaw | -0.5 | before it: abs(yaw) (shaping) |
| line | -5 | before it: 1.5 m nearer to the net than where the ball is met (shaping) |
| aim | 50 | after it: 1 / (1 + (1.2 distance of ball and target)^2) (shaping) |
| direction | 150 | one step after it: cosine between the ball's velocity and the way to the target, horizontally (shaping) |
| handover | 200 | handed over after an apex of the ordered one less 1.1 m: 1 / (1 + 2 horizontal distance to the target) |
| apex | 200 | handed over: 1 / (1 + 2 abs(apex - ordered apex)) |
| wrong | -10 | a wrong touch, the net, or a ball that comes down before it is handed over |
| drone | -10 | the drone is lost |

Action: any mode. Metric: success rate, the share of balls that are handed over within 1 m of the target (horizontally) after an apex of at
least the ordered one less 1.1 m.
Option starts: "drawn" (default), "matches", "both", "published" (`skill_orders.py`). Published: the drone at (4.5, 0, 1.5) +- 0.3 m; the
ball just served, at (-6, 0, 3) +- 0.3 m, over U(4.2, 5.2) m; it would land at x U(4.2, 5.4), y U(-2, 2) m; target (1.5, -1.5, 2.2), height
1.4, apex 3.5 m. View `benchmark` (34 numbers) ends with `turn`, as published.
The target is 1.5 m or more from there (horizontally). Ours, where the reference is silent: all that is drawn, the end at the handover, the
radius, `drone`.
"""

from __future__ import annotations

from ..physics.native import play
from ..physics.rng import uniform
from ..physics.vec import fn, sub, vec3
from . import skill_measures as measures
from . import skill_orders as orders
from . import skill_parts as parts
from .scenario import Term, pay

advance = play
# What is drawn: corners of boxes (m) and ranges (m), in the frame of the receiver's team.
STRUCK = (-6.1, -2.3, 1.2), (-1.8, 2.3, 3.5)  # where opponents strike
ROSE = 3.4, 5.6  # how high the ball rises
MEET = (1.8, -2.3, 1.1), (4.6, 2.3, 2.4)  # where it is met
TARGET = (2.0, -2.1, 2.2), (3.6, 2.1, 2.2)  # where it shall go
APEX = 4.0, 5.4
LEAST_RISE, LEAST_WAY = 0.2, 1.5  # m: above where it was struck, from meet to target
WAIT_Z, FARTHEST, DRIFT = 1.8, 2.3, 0.8  # m, m, m/s: where the drone waits, how far off, how it may drift
# What the published drill has.
SPREAD = (0.3, 0.3, 0.3)  # m
SERVED_FROM, SERVED_APEX = (-6.0, 0.0, 3.0), (4.2, 5.2)  # m: where and how high servers strike
HIT_HEIGHT, BEST_APEX = 1.4, 3.5  # m
NET_SIDE = 1.5  # m: so much nearer to the net than where the ball is met costs `line`
LOWER = 1.1  # m: the apex may be so much lower than ordered
VIEWS = orders.views(orders.APEX)
TERMS = [
    Term("hit", 150.0, "the touch"),
    Term("near", 10.0, "before it: 1 / (1 + (1.2 distance to the ball)^2)", shaping=True),
    Term("height", -100.0, "at it: |z_ball - ordered height|", shaping=True),
    Term("yaw", -0.5, "before it: |yaw|", shaping=True),
    Term("line", -5.0, "before it: 1.5 m nearer to the net than where the ball is met", shaping=True),
    Term("aim", 50.0, "after it: 1 / (1 + (1.2 distance of ball and target)^2)", shaping=True),
    Term("direction", 150.0, "one step after it: cosine of the ball's way and the way to the target", shaping=True),
    Term("handover", 200.0, "handed over after an apex of the ordered one less 1.1 m: 1 / (1 + 2 distance to the target)"),
    Term("apex", 200.0, "handed over: 1 / (1 + 2 |apex - ordered apex|)"),
    Term("wrong", -10.0, "a wrong touch, the net, or a ball down before it is handed over"),
    Term("drone", -10.0, "the drone is lost"),
]


@fn
def reset(world, params):
    parts.begin(world)
    if orders.from_match(world, params):
        return
    if params.published > 0.0:
        _published(world, params)
        return
    struck, meet = orders.box(world, 7, STRUCK), orders.box(world, 10, MEET)
    rose = max(uniform(world, 0, 13, ROSE[0], ROSE[1]), struck[2] + LEAST_RISE)
    seconds = parts.throw(world, params, struck, meet, rose)
    target = orders.box_away(world, 14, TARGET, meet, LEAST_WAY)
    orders.order(world, target, meet, uniform(world, 0, 39, APEX[0], APEX[1]), 0.0)
    orders.ready(world, params, (meet[0], meet[1], WAIT_Z), seconds, FARTHEST, DRIFT)


@fn
def _published(world, params):
    """A serve, for a receiver at its post."""
    parts.seat(world, params, 0, parts.RECEIVE_POST, SPREAD, 0.0)
    x = uniform(world, 0, 7, -parts.SERVED_X[1], -parts.SERVED_X[0])
    y = uniform(world, 0, 8, parts.SERVED_Y[0], parts.SERVED_Y[1])
    apex = uniform(world, 0, 9, SERVED_APEX[0], SERVED_APEX[1])
    start = parts.scatter(world, 10, SERVED_FROM, SPREAD)
    parts.throw(world, params, start, (x, y, params.ball.radius), apex)
    orders.order(world, parts.SET_POINT, (x, y, HIT_HEIGHT), BEST_APEX, 0.0)


@fn
def referee(world, params, reward):
    drone, ball = world.drones[0], world.ball
    pos, place = vec3(ball.pos), vec3(drone.pos)
    hit, wrong = parts.judge_touch(world)
    over, handover, apex, missed = parts.hand_over(world, world.order_apex - LOWER, world.order_apex, wrong)
    wrong = max(wrong, missed)
    lost = 1.0 if parts.is_lost(drone, place[0]) else 0.0
    near = height = yaw = line = aim = direction = 0.0
    if world.hit_step < 0:
        near, yaw = measures.nearness(place, pos, 1.2), measures.yaw_of(drone)
        line = 1.0 if place[0] < world.meet[0] - NET_SIDE else 0.0
    else:
        aim = measures.nearness(pos, world.target, 1.2)
        if hit > 0.0:
            height = abs(pos[2] - world.meet[2])
        elif world.step == world.hit_step + 1:
            way = sub(vec3(world.target), pos)
            direction = measures.cosine((ball.vel[0], ball.vel[1], 0.0), (way[0], way[1], 0.0))
    reward[0] = pay(drone, params, (hit, near, height, yaw, line, aim, direction, handover, apex, wrong, lost))
    parts.end(world, params, over or wrong > 0.0 or lost > 0.0)


@fn
def observe(world, params, i, out):
    orders.write_apex(world, i, out)


RECEIVE = orders.drill_of(
    "receive",
    "one drone takes a serve or an attack and plays it high to where it is told",
    __name__,
    VIEWS,
    TERMS,
    "the ball was played to within 1 m of its target, high enough",
)
