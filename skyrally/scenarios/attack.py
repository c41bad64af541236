"""Attack: one drone strikes a set ball near the net down into the far court, left or right (reference 3.5). Published results: none.

| observation | size | | start | | end | |
| --- | --- | --- | --- | --- | --- | --- |
| root | 23 | | drone | (2, 1.5, 2.5) +- 0.3 m | wrong | a touch with the airframe, or a second one |
| ball | 3 m | | tilt, yaw | U(-0.1, 0.1) rad | net | the ball touches the net |
| to_ball | 3 m | | ball | just set, at (1.5, -1.5, 2.2) +- (0.5, 0.5, 0.2) m | drone | z < 0.3 or x < 0 m |
| ball_velocity | 3 m/s | | its apex | U(4.2, 5) m | ball | z < 0.2 m |
| turn | 2 | | it comes down to | (1.5, 1.5, 3.6) +- (0.4, 0.4, 0) m | horizon | 500 steps |
| side | 2 | | target | (-5, 2, 0.2) or (-5, -2, 0.2) m | | |

| reward term | weight | |
| --- | --- | --- |
| hit | 20 | the touch |
| reach | 400 | at it: 1 / (1 + 2 abs(z_ball - 3.6)) (shaping) |
| near | 1 | before it: 1 / (1 + (1.2 distance to the ball)^2) (shaping) |
| yaw, roll | -2 | before it: abs(yaw), abs(roll) (shaping) |
| aim | 150 | after it: 1 / (1 + (1.2 distance of ball and target)^2) (shaping) |
| forward | 1 | after it: the ball flies towards the far court (shaping) |
| down | 60 | the first step after it in which the ball falls: max(0, 5 - steps since the hit) (shaping) |
| land | 5 | the ball came down after the touch |
| court | 10 | it came down in the far court |
| hard | 20 | it did: its speed, m/s |
| net | -10 | the ball touched the net |
| wrong | -10 | a wrong touch, or none at all |
| drone | -10 | the drone is lost |

Action: any mode. Side: one-hot, target at y = 2 (first) or -2, in the published order. Metric: success rate, the share of balls that
come down in the far court within 1 m of the target.
Option starts="chained": the balls are sets of `zoo:set` (chain.py); "both": half of them are; default "thrown", as above.
Ours, where the reference is silent: the incoming balls (flights as `set` makes them), jitter, the end at the landing, the radius
(the disc just fits the court), `down` paid once, `wrong` and `drone`.
"""

from __future__ import annotations

from ..physics.native import play
from ..physics.records import I4
from ..physics.rng import uniform
from ..physics.vec import fn, norm, put3, vec3, write
from . import skill_measures as measures
from . import skill_parts as parts
from .chain import follow
from .scenario import Field, Layout, Term, pay

advance = play
SPREAD = (0.3, 0.3, 0.3)  # m
SET_SPREAD, SET_APEX, SET_MISS = (0.5, 0.5, 0.2), (4.2, 5.0), (0.4, 0.4, 0.0)  # m: where setters strike, how high, how well
TARGET_X, TARGET_Y = -5.0, 2.0  # m
HIT_HEIGHT = 3.6  # m
SOON = 5  # steps after the hit within which a spike goes down
LAYOUT = Layout("benchmark", [*parts.SKILL_VIEW, Field("side", 2, "0 or 1: target at y > 0, y < 0", "-", 0.0, 1.0)])
TERMS = [
    Term("hit", 20.0, "the touch"),
    Term("reach", 400.0, "at it: 1 / (1 + 2 |z_ball - 3.6|)", shaping=True),
    Term("near", 1.0, "before it: 1 / (1 + (1.2 distance to the ball)^2)", shaping=True),
    Term("yaw", -2.0, "before it: |yaw|", shaping=True),
    Term("roll", -2.0, "before it: |roll|", shaping=True),
    Term("aim", 150.0, "after it: 1 / (1 + (1.2 distance of ball and target)^2)", shaping=True),
    Term("forward", 1.0, "after it: the ball flies towards the far court", shaping=True),
    Term("down", 60.0, "when the ball first falls: max(0, 5 - steps since the hit)", shaping=True),
    Term("land", 5.0, "the ball came down after the touch"),
    Term("court", 10.0, "it came down in the far court"),
    Term("hard", 20.0, "its speed there, m/s"),
    Term("net", -10.0, "the ball touched the net"),
    Term("wrong", -10.0, "a wrong touch, or none"),
    Term("drone", -10.0, "the drone is lost"),
]


@fn
def reset(world, params):
    parts.begin(world)
    world.fell = 0
    parts.seat(world, params, 0, parts.ATTACK_POST, SPREAD, 0.0)
    put3(world.target, (TARGET_X, parts.coin(world, 14) * TARGET_Y, parts.BALL_FLOOR))
    if follow(world, params):
        return
    start = parts.scatter(world, 7, parts.SET_POINT, SET_SPREAD)
    goal = parts.scatter(world, 10, parts.ATTACK_POINT, SET_MISS)
    parts.throw(world, params, start, goal, uniform(world, 0, 13, SET_APEX[0], SET_APEX[1]))


@fn
def referee(world, params, reward):
    drone, ball = world.drones[0], world.ball
    pos, place = vec3(ball.pos), vec3(drone.pos)
    hit, wrong = parts.judge_touch(world)
    net = 1.0 if parts.in_net(world) else 0.0
    lost = 1.0 if parts.is_lost(drone, place[0]) else 0.0
    near = yaw = roll = reach = aim = forward = down = 0.0
    if world.hit_step < 0:
        near, yaw, roll = measures.nearness(place, pos, 1.2), measures.yaw_of(drone), measures.roll_of(drone)
    else:
        aim, forward, down = measures.nearness(pos, world.target, 1.2), 1.0 if ball.vel[0] < 0.0 else 0.0, _down(world)
        reach = 1.0 / (1.0 + 2.0 * abs(pos[2] - HIT_HEIGHT)) if hit > 0.0 else 0.0
    over, court, missed = parts.land(world, pos, wrong + net)
    landed, hard = 1.0 if over and missed == 0.0 else 0.0, court * norm(vec3(ball.vel))
    wrong = max(wrong, missed)
    reward[0] = pay(drone, params, (hit, reach, near, yaw, roll, aim, forward, down, landed, court, hard, net, wrong, lost))
    parts.end(world, params, landed + net + wrong + lost > 0.0)


@fn
def _down(world):
    """What is left of SOON steps when the ball first falls after the hit."""
    if world.fell == 1 or world.ball.vel[2] >= 0.0:
        return 0.0
    world.fell = 1
    return max(0.0, float(SOON - (world.step - world.hit_step)))


@fn
def observe(world, params, i, out):
    write(out, 0, parts.skill_view(world) + parts.flags(world.target[1] > 0.0))


ATTACK = parts.drill_of(
    "attack",
    "one drone strikes a set ball into the far court, left or right",
    __name__,
    LAYOUT,
    TERMS,
    "the ball came down in the far court within 1 m of its target",
    world_fields=[("fell", I4)],
    chained=True,
)
