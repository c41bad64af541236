"""Return ball: one drone plays a ball of its own half over the net to a given place, a team's last touch. Ours; published results: none.

| observation | size | | start | | end | |
| --- | --- | --- | --- | --- | --- | --- |
| root | 23 | | ball comes down to | x U(1.5, 5), abs(y) U(0.5, 2), z 2 m | wrong | a touch with the airframe, or a second one |
| ball | 3 m | | drone | within (0.8, 0.4, 0.3) m of there, at z 1.6 m | net | the ball touches the net |
| to_ball | 3 m | | tilt, yaw | U(-0.1, 0.1) rad | drone | z < 0.3 or x < 0 m |
| ball_velocity | 3 m/s | | ball | struck on the other side: x U(1, 5), abs(y) U(0.5, 2), z U(1, 2.6) m | ball | z < 0.2 m |
| turn | 2 | | its apex | U(3.4, 6.3) m | horizon | 500 steps |
| from_target | 3 m, of the ball | | target | (U(-5.4, -3), U(-2, 2), 0.2) m | | |

| reward term | weight | |
| --- | --- | --- |
| hit | 20 | the touch |
| near | 1 | before it: 1 / (1 + (1.2 distance to the ball)^2) (shaping) |
| aim | 16 | after it: 1 / (1 + (1.2 distance of ball and target)^2) (shaping) |
| court | 10 | the ball came down in the far court |
| wrong | -10 | a wrong touch, none at all, or the net |
| drone | -10 | the drone is lost |

Action: any mode. Metric: success rate, the share of balls that come down in the far court within 1 m of the target. The reference has no
such skill: teams that attack by rules return what they cannot attack. Its target is part of the order, so a learned one obeys.
"""

from __future__ import annotations

from ..physics.native import play
from ..physics.rng import uniform
from ..physics.vec import fn, put3, vec3, write
from . import skill_measures as measures
from . import skill_parts as parts
from .scenario import Layout, Term, pay

advance = play
MEET_X, SIDE_Y, MEET_Z = (1.5, 5.0), (0.5, 2.0), 2.0  # m: where the ball comes down
WAIT_Z, SPREAD = 1.6, (0.8, 0.4, 0.3)  # m: where the drone waits, about there
STRUCK_X, STRUCK_Z, STRUCK_APEX = (1.0, 5.0), (1.0, 2.6), (3.4, 6.3)  # m: where and how high mates strike
TARGET_X, TARGET_Y = (-5.4, -3.0), (-2.0, 2.0)  # m
LAYOUT = Layout("benchmark", parts.TARGET_VIEW)
TERMS = [
    Term("hit", 20.0, "the touch"),
    Term("near", 1.0, "before it: 1 / (1 + (1.2 distance to the ball)^2)", shaping=True),
    Term("aim", 16.0, "after it: 1 / (1 + (1.2 distance of ball and target)^2)", shaping=True),
    Term("court", 10.0, "the ball came down in the far court"),
    Term("wrong", -10.0, "a wrong touch, none, or the net"),
    Term("drone", -10.0, "the drone is lost"),
]


@fn
def reset(world, params):
    parts.begin(world)
    side = parts.coin(world, 15)
    meet = uniform(world, 0, 7, MEET_X[0], MEET_X[1]), side * uniform(world, 0, 8, SIDE_Y[0], SIDE_Y[1]), MEET_Z
    parts.seat(world, params, 0, (meet[0], meet[1], WAIT_Z), SPREAD, 0.0)
    x, z = uniform(world, 0, 9, STRUCK_X[0], STRUCK_X[1]), uniform(world, 0, 10, STRUCK_Z[0], STRUCK_Z[1])
    start = x, -side * uniform(world, 0, 11, SIDE_Y[0], SIDE_Y[1]), z
    parts.throw(world, params, start, meet, uniform(world, 0, 12, STRUCK_APEX[0], STRUCK_APEX[1]))
    x, y = uniform(world, 0, 13, TARGET_X[0], TARGET_X[1]), uniform(world, 0, 14, TARGET_Y[0], TARGET_Y[1])
    put3(world.target, (x, y, parts.BALL_FLOOR))


@fn
def referee(world, params, reward):
    drone, ball = world.drones[0], world.ball
    pos, place = vec3(ball.pos), vec3(drone.pos)
    hit, wrong = parts.judge_clean_touch(world)
    over, court, missed = parts.land(world, pos, wrong)
    wrong = max(wrong, missed)
    lost = 1.0 if parts.is_lost(drone, place[0]) else 0.0
    near = aim = 0.0
    if world.hit_step < 0:
        near = measures.nearness(place, pos, 1.2)
    else:
        aim = measures.nearness(pos, world.target, 1.2)
    reward[0] = pay(drone, params, (hit, near, aim, court, wrong, lost))
    parts.end(world, params, over or wrong > 0.0 or lost > 0.0)


@fn
def observe(world, params, i, out):
    write(out, 0, parts.target_view(world))


RETURN_BALL = parts.drill_of(
    "return-ball",
    "one drone plays a ball of its own half over the net to a given place",
    __name__,
    LAYOUT,
    TERMS,
    "the ball came down in the far court within 1 m of its target",
)
