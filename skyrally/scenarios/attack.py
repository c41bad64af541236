"""Attack: one drone strikes a set ball down into the far court, to where it is told (reference 3.5). Published results: none.

| observation | size | | start, drawn | | end | |
| --- | --- | --- | --- | --- | --- | --- |
| root | 23 | | ball | set at x U(2.2, 5.5), y U(-2.2, 2.2), z U(1.9, 2.5) m | wrong | a touch with the airframe, or a second one |
| ball | 3 m | | its apex | U(4.8, 7.2) m | net | the ball touches the net |
| to_ball | 3 m | | it is met at | x U(1.8, 4.5), y U(-2.2, 2.2), z U(2.7, 3.6) m, 1 m from there | drone | z < 0.3 or x < 0 m |
| ball_velocity | 3 m/s | | target | x U(-5.2, -2.8), y U(-2.4, 2.4), z 0.1 m | ball | z < 0.2 m |
| turn | 2 | | ordered time | U(0.85, 1.4) s | horizon | 500 steps |
| from_target | 3 m, of the ball | | drone | 0.57 m behind and 1 m under where the ball is met, give or take 0.5 m | | |
| order_height | 1 m | | its velocity | U(-0.3, 0.3) m/s each | | |
| order_soonest | 1 s | | tilt, yaw | U(-0.1, 0.1) rad | | |

| reward term | weight | |
| --- | --- | --- |
| hit | 20 | the touch |
| reach | 400 | at it: 1 / (1 + 2 abs(z_ball - ordered height)) (shaping) |
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

Action: any mode. Metric: success rate, the share of balls that come down in the far court within 1 m of the target, at most 0.3 s later
than ordered (the ball shall take no less than that time, and as little more as it can).
Option starts: "drawn" (default), "matches", "both", "published" (`skill_orders.py`). Published: the drone at (2, 1.5, 2.5) +- 0.3 m; the
ball just set, at (1.5, -1.5, 2.2) +- (0.5, 0.5, 0.2) m, over U(4.2, 5) m; it comes down to (1.5, 1.5, 3.6) +- (0.4, 0.4, 0) m; target (-5,
2, 0.2) or (-5, -2, 0.2), height 3.6 m, time 1.7 s. View `benchmark` (36 numbers) ends with `turn` and `side` (one-hot, target at y = 2 or
-2), as published.
Ours, where the reference is silent: all that is drawn, the end at the landing, the radius (the disc just fits the court), `down` paid
once, `wrong` and `drone`.
"""

from __future__ import annotations

from ..physics.native import play
from ..physics.params import CONTROL_DT
from ..physics.records import I4
from ..physics.rng import uniform
from ..physics.vec import fn, norm, vec3, write
from . import skill_measures as measures
from . import skill_orders as orders
from . import skill_parts as parts
from .scenario import Field, Term, pay

advance = play
# What is drawn: corners of boxes (m) and ranges, in the frame of the attacker's team.
STRUCK = (2.2, -2.2, 1.9), (5.5, 2.2, 2.5)  # where setters strike
ROSE = 4.8, 7.2  # m: how high the ball rises
MEET = (1.8, -2.2, 2.7), (4.5, 2.2, 3.6)  # where it is met
AIM = (-5.2, -2.4, 0.1), (-2.8, 2.4, 0.1)  # where it shall go
SOONEST = 0.85, 1.4  # s
LEAST_WAY = 1.0  # m: of the set
BEHIND, UNDER, FARTHEST, DRIFT = 0.57, 1.0, 0.5, 0.3  # m, m, m, m/s: where the drone waits, how far off, how it may drift
# What the published drill has.
SPREAD = (0.3, 0.3, 0.3)  # m
SET_SPREAD, SET_APEX, SET_MISS = (0.5, 0.5, 0.2), (4.2, 5.0), (0.4, 0.4, 0.0)  # m: where setters strike, how high, how well
TARGET_X, TARGET_Y = -5.0, 2.0  # m
FLIGHT = 1.7  # s, an order where the published drill has none
LATE = 0.3  # s: so much longer than ordered the ball may take to the ground
SOON = 5  # steps after the hit within which a spike goes down
VIEWS = orders.views(orders.SOONEST, Field("side", 2, "0 or 1: target at y > 0, y < 0", "-", 0.0, 1.0))
TERMS = [
    Term("hit", 20.0, "the touch"),
    Term("reach", 400.0, "at it: 1 / (1 + 2 |z_ball - ordered height|)", shaping=True),
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
    if orders.from_match(world, params):
        return
    if params.published > 0.0:
        _published(world, params)
        return
    meet = orders.box(world, 7, MEET)
    struck = orders.box_away(world, 50, STRUCK, meet, LEAST_WAY)
    seconds = parts.throw(world, params, struck, meet, uniform(world, 0, 13, ROSE[0], ROSE[1]))
    orders.order(world, orders.box(world, 14, AIM), meet, 0.0, uniform(world, 0, 39, SOONEST[0], SOONEST[1]))
    orders.ready(world, params, (meet[0] + BEHIND, meet[1], meet[2] - UNDER), seconds, FARTHEST, DRIFT)


@fn
def _published(world, params):
    """A ball that was set as the attacker wants it."""
    parts.seat(world, params, 0, parts.ATTACK_POST, SPREAD, 0.0)
    start = parts.scatter(world, 7, parts.SET_POINT, SET_SPREAD)
    goal = parts.scatter(world, 10, parts.ATTACK_POINT, SET_MISS)
    parts.throw(world, params, start, goal, uniform(world, 0, 13, SET_APEX[0], SET_APEX[1]))
    orders.order(world, (TARGET_X, parts.coin(world, 14) * TARGET_Y, parts.BALL_FLOOR), parts.ATTACK_POINT, 0.0, FLIGHT)


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
        reach = 1.0 / (1.0 + 2.0 * abs(pos[2] - world.meet[2])) if hit > 0.0 else 0.0
    over, court, missed = parts.land(world, pos, wrong + net)
    if (world.step - world.hit_step) * CONTROL_DT > world.order_soonest + LATE:
        world.success = 0
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
    if world.drones[i].view_id == orders.PUBLISHED:
        write(out, 0, parts.skill_view(world) + parts.flags(world.target[1] > 0.0))
    else:
        write(out, write(out, 0, parts.target_view(world)), (world.meet[2], world.order_soonest))


ATTACK = orders.drill_of(
    "attack",
    "one drone strikes a set ball into the far court, to where it is told",
    __name__,
    VIEWS,
    TERMS,
    "the ball came down in the far court within 1 m of its target",
    world_fields=[("fell", I4)],
)
