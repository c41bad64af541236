"""Set: one drone takes the ball that a receive has popped up and lifts it to where it is told (reference 3.5). Published results: none.

| observation | size | | start, drawn | | end | |
| --- | --- | --- | --- | --- | --- | --- |
| root | 23 | | ball | received at x U(1.6, 5), y U(-2.3, 2.3), z U(1, 2.5) m | wrong | a touch with the airframe, or a second one |
| ball | 3 m | | its apex | U(3.6, 8.2) m | net | the ball touches the net |
| to_ball | 3 m | | it is met at | x U(2.4, 5), y U(-2.1, 2.1), z U(1.7, 2.4) m | drone | z < 0.3 or x < 0 m |
| ball_velocity | 3 m/s | | target | x U(1.6, 4.4), y U(-2.1, 2.1), z U(3, 3.7) m | handed over | the ball falls through that z after it |
| turn | 2 | | ordered apex | U(5.2, 7.2) m | ball | z < 0.2 m |
| from_target | 3 m, of the ball | | drone | z 1.8 m, within 1.1 m of where it is met | horizon | 500 steps |
| order_height | 1 m | | its velocity | U(-0.5, 0.5) m/s each | | |
| order_apex | 1 m | | tilt, yaw | U(-0.1, 0.1) rad | | |

| reward term | weight | |
| --- | --- | --- |
| hit | 40 | the touch |
| near | 2 | before it: 1 / (1 + (1.2 distance to the ball)^2) (shaping) |
| height | -40 | at it: abs(z_ball - ordered height) (shaping) |
| place | -20 | at it: horizontal distance of the ball to where it would have come down to that height (shaping) |
| yaw | -2 | before it: abs(yaw) (shaping) |
| aim | 10 | after it: 1 / (1 + (1.2 distance of ball and target)^2) (shaping) |
| handover | 200 | handed over after an apex of the ordered one less 0.7 m: 1 / (1 + 2 horizontal distance to the target) |
| apex | 400 | handed over: 1 / (1 + 2 abs(apex - ordered apex)) |
| wrong | -10 | a wrong touch, the net, or a ball that comes down before it is handed over |
| drone | -10 | the drone is lost |

Action: any mode. Metric: success rate, the share of balls that are handed over within 1 m of the target (horizontally) after an apex of at
least the ordered one less 0.7 m.
Option starts: "drawn" (default), "matches", "both", "published" (`skill_orders.py`). Published: the drone at (2, -2, 1.8) +- 0.3 m; the
ball just received, at x U(3, 5), y U(-2, 2), z U(1, 1.6) m, over U(3.4, 4.8) m; it comes down to (1.5, -1.5, 2.2) +- (0.6, 0.6, 0) m;
target (1.5, 1.5, 3.6), height 2.2, apex 4.5 m. View `benchmark` (34 numbers) ends with `turn`, as published.
Both flights go 1.3 m or more (horizontally). Ours, where the reference is silent: all that is drawn, the end at the handover, the radius,
`wrong` and `drone`.
"""

from __future__ import annotations

from ..physics.native import play
from ..physics.rng import uniform
from ..physics.vec import fn, vec3
from . import skill_measures as measures
from . import skill_orders as orders
from . import skill_parts as parts
from .scenario import Term, pay

advance = play
# What is drawn: corners of boxes (m) and ranges (m), in the frame of the setter's team.
STRUCK = (1.6, -2.3, 1.0), (5.0, 2.3, 2.5)  # where receivers strike
ROSE = 3.6, 8.2  # how high the ball rises
MEET = (2.4, -2.1, 1.7), (5.0, 2.1, 2.4)  # where it is met
TARGET = (1.6, -2.1, 3.0), (4.4, 2.1, 3.7)  # where it shall go
APEX = 5.2, 7.2
LEAST_WAY = 1.3  # m: of both flights
WAIT_Z, FARTHEST, DRIFT = 1.8, 1.1, 0.5  # m, m, m/s: where the drone waits, how far off, how it may drift
# What the published drill has.
SPREAD = (0.3, 0.3, 0.3)  # m
RECEIVED_FROM, RECEIVED_SPREAD = (4.0, 0.0, 1.3), (1.0, 2.0, 0.3)  # m: where receivers strike
RECEIVED_APEX, RECEIVED_MISS = (3.4, 4.8), (0.6, 0.6, 0.0)  # m: how high, and how well they aim
BEST_APEX = 4.5  # m
LOWER = 0.7  # m: the apex may be so much lower than ordered
VIEWS = orders.views(orders.APEX)
TERMS = [
    Term("hit", 40.0, "the touch"),
    Term("near", 2.0, "before it: 1 / (1 + (1.2 distance to the ball)^2)", shaping=True),
    Term("height", -40.0, "at it: |z_ball - ordered height|", shaping=True),
    Term("place", -20.0, "at it: horizontal distance of the ball to where it would have come down to that height", shaping=True),
    Term("yaw", -2.0, "before it: |yaw|", shaping=True),
    Term("aim", 10.0, "after it: 1 / (1 + (1.2 distance of ball and target)^2)", shaping=True),
    Term("handover", 200.0, "handed over after an apex of the ordered one less 0.7 m: 1 / (1 + 2 distance to the target)"),
    Term("apex", 400.0, "handed over: 1 / (1 + 2 |apex - ordered apex|)"),
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
    meet = orders.box(world, 7, MEET)
    struck = orders.box_away(world, 50, STRUCK, meet, LEAST_WAY)
    seconds = parts.throw(world, params, struck, meet, uniform(world, 0, 13, ROSE[0], ROSE[1]))
    target = orders.box_away(world, 14, TARGET, meet, LEAST_WAY)
    orders.order(world, target, meet, uniform(world, 0, 39, APEX[0], APEX[1]), 0.0)
    orders.ready(world, params, (meet[0], meet[1], WAIT_Z), seconds, FARTHEST, DRIFT)


@fn
def _published(world, params):
    """A ball that was received as the setter wants it."""
    parts.seat(world, params, 0, parts.SET_POST, SPREAD, 0.0)
    start = parts.scatter(world, 7, RECEIVED_FROM, RECEIVED_SPREAD)
    goal = parts.scatter(world, 10, parts.SET_POINT, RECEIVED_MISS)
    parts.throw(world, params, start, goal, uniform(world, 0, 13, RECEIVED_APEX[0], RECEIVED_APEX[1]))
    orders.order(world, parts.ATTACK_POINT, parts.SET_POINT, BEST_APEX, 0.0)


@fn
def referee(world, params, reward):
    drone, ball = world.drones[0], world.ball
    pos, place = vec3(ball.pos), vec3(drone.pos)
    hit, wrong = parts.judge_touch(world)
    over, handover, apex, missed = parts.hand_over(world, world.order_apex - LOWER, world.order_apex, wrong)
    wrong = max(wrong, missed)
    lost = 1.0 if parts.is_lost(drone, place[0]) else 0.0
    near = height = away = yaw = aim = 0.0
    if world.hit_step < 0:
        near, yaw = measures.nearness(place, pos, 1.2), measures.yaw_of(drone)
    else:
        aim = measures.nearness(pos, world.target, 1.2)
        if hit > 0.0:
            height, away = abs(pos[2] - world.meet[2]), measures.gap_xy(pos, world.meet)
    reward[0] = pay(drone, params, (hit, near, height, away, yaw, aim, handover, apex, wrong, lost))
    parts.end(world, params, over or wrong > 0.0 or lost > 0.0)


@fn
def observe(world, params, i, out):
    orders.write_apex(world, i, out)


SET = orders.drill_of(
    "set",
    "one drone lifts a received ball to where it is told",
    __name__,
    VIEWS,
    TERMS,
    "the ball was lifted to within 1 m of its target, high enough",
)
