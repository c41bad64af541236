"""Set: one drone takes the ball that a receive has popped up and lifts it to the attacker (reference 3.5). Published results: none.

| observation | size | | start | | end | |
| --- | --- | --- | --- | --- | --- | --- |
| root | 23 | | drone | (2, -2, 1.8) +- 0.3 m | wrong | a touch with the airframe, or a second one |
| ball | 3 m | | tilt, yaw | U(-0.1, 0.1) rad | net | the ball touches the net |
| to_ball | 3 m | | ball | just received, at x U(3, 5), y U(-2, 2), z U(1, 1.6) m | drone | z < 0.3 or x < 0 m |
| ball_velocity | 3 m/s | | its apex | U(3.4, 4.8) m | handed over | after the touch the ball falls through z = 3.6 m |
| turn | 2 | | it comes down to | (1.5, -1.5, 2.2) +- (0.6, 0.6, 0) m | ball | z < 0.2 m |
| | | | | | horizon | 500 steps |

| reward term | weight | |
| --- | --- | --- |
| hit | 40 | the touch |
| near | 2 | before it: 1 / (1 + (1.2 distance to the ball)^2) (shaping) |
| height | -40 | at it: abs(z_ball - 2.2) (shaping) |
| place | -20 | at it: horizontal distance of the ball to (1.5, -1.5) (shaping) |
| yaw | -2 | before it: abs(yaw) (shaping) |
| aim | 10 | after it: 1 / (1 + (1.2 distance of ball and target)^2) (shaping) |
| handover | 200 | handed over after an apex over 3.8 m: 1 / (1 + 2 horizontal distance to the target) |
| apex | 400 | handed over: 1 / (1 + 2 abs(apex - 4.5)) |
| wrong | -10 | a wrong touch, the net, or a ball that comes down before it is handed over |
| drone | -10 | the drone is lost |

Action: any mode. Target: (1.5, 1.5, 3.6), where the attacker strikes. Metric: success rate, the share of balls that are handed over
within 1 m of the target (horizontally) after an apex over 3.8 m.
Option starts="chained": the balls are receives of `zoo:receive` (chain.py); "both": half of them are; default "thrown", as above.
Ours, where the reference is silent: the incoming balls (flights as `receive` makes them), jitter, the end at the handover,
the radius, `wrong` and `drone`.
"""

from __future__ import annotations

from ..physics.native import play
from ..physics.rng import uniform
from ..physics.vec import fn, put3, vec3, write
from . import skill_measures as measures
from . import skill_parts as parts
from .chain import follow
from .scenario import Layout, Term, pay

advance = play
SPREAD = (0.3, 0.3, 0.3)  # m
RECEIVED_FROM, RECEIVED_SPREAD = (4.0, 0.0, 1.3), (1.0, 2.0, 0.3)  # m: where receivers strike
RECEIVED_APEX, RECEIVED_MISS = (3.4, 4.8), (0.6, 0.6, 0.0)  # m: how high, and how well they aim
HIT_HEIGHT = 2.2  # m
LEAST_APEX, BEST_APEX = 3.8, 4.5  # m
LAYOUT = Layout("benchmark", parts.SKILL_VIEW)
TERMS = [
    Term("hit", 40.0, "the touch"),
    Term("near", 2.0, "before it: 1 / (1 + (1.2 distance to the ball)^2)", shaping=True),
    Term("height", -40.0, "at it: |z_ball - 2.2|", shaping=True),
    Term("place", -20.0, "at it: horizontal distance of the ball to (1.5, -1.5)", shaping=True),
    Term("yaw", -2.0, "before it: |yaw|", shaping=True),
    Term("aim", 10.0, "after it: 1 / (1 + (1.2 distance of ball and target)^2)", shaping=True),
    Term("handover", 200.0, "handed over after an apex over 3.8 m: 1 / (1 + 2 distance to the target)"),
    Term("apex", 400.0, "handed over: 1 / (1 + 2 |apex - 4.5|)"),
    Term("wrong", -10.0, "a wrong touch, the net, or a ball down before it is handed over"),
    Term("drone", -10.0, "the drone is lost"),
]


@fn
def reset(world, params):
    parts.begin(world)
    parts.seat(world, params, 0, parts.SET_POST, SPREAD, 0.0)
    put3(world.target, parts.ATTACK_POINT)
    if follow(world, params):
        return
    start = parts.scatter(world, 7, RECEIVED_FROM, RECEIVED_SPREAD)
    goal = parts.scatter(world, 10, parts.SET_POINT, RECEIVED_MISS)
    parts.throw(world, params, start, goal, uniform(world, 0, 13, RECEIVED_APEX[0], RECEIVED_APEX[1]))


@fn
def referee(world, params, reward):
    drone, ball = world.drones[0], world.ball
    pos, place = vec3(ball.pos), vec3(drone.pos)
    hit, wrong = parts.judge_touch(world)
    over, handover, apex, missed = parts.hand_over(world, LEAST_APEX, BEST_APEX, wrong)
    wrong = max(wrong, missed)
    lost = 1.0 if parts.is_lost(drone, place[0]) else 0.0
    near = height = away = yaw = aim = 0.0
    if world.hit_step < 0:
        near, yaw = measures.nearness(place, pos, 1.2), measures.yaw_of(drone)
    else:
        aim = measures.nearness(pos, world.target, 1.2)
        if hit > 0.0:
            height, away = abs(pos[2] - HIT_HEIGHT), measures.gap_xy(pos, parts.SET_POINT)
    reward[0] = pay(drone, params, (hit, near, height, away, yaw, aim, handover, apex, wrong, lost))
    parts.end(world, params, over or wrong > 0.0 or lost > 0.0)


@fn
def observe(world, params, i, out):
    write(out, 0, parts.skill_view(world))


SET = parts.drill_of(
    "set",
    "one drone lifts a received ball to the attacker",
    __name__,
    LAYOUT,
    TERMS,
    "the ball was lifted to within 1 m of the attacker's place",
    chained=True,
)
