"""Cover mate: one drone goes to where it covers a mate's attack, out of the way of its mates. Ours; published results: none.

| observation | size | | start | | end | |
| --- | --- | --- | --- | --- | --- | --- |
| root | 23 | | attack | at (U(1.4, 2.6), U(-2, 2)) m, off the ball at 3.4 m | the attack | the ball falls through 3.4 m |
| to_target | 3 m | | ball | just set, from (2.4 m away, z 2.2 m), over U(5, 6.4) m | crowding | a mate within 0.8 m |
| to_clear | 2 m | | post | (U(3.6, 4.8), U(-0.6, 1.8), 1.8) m, y to the attack's side | touch | the drone touches the ball |
| keep_away | 6 m | | drone | within 1.3 m (x and y) of its place, z U(1.5, 2.1) m | drone | z < 0.3 or x < 0 m |
| | | | tilt, yaw | U(-0.1, 0.1) rad | | |
| | | | attacker | 1.2 m behind the attack, z 1.8 m; there after 1 s, z 2.6 m | | |
| | | | setter | under the ball; after 1.4 s on the other side | | |

| reward term | weight | |
| --- | --- | --- |
| near | 1 | 1 / (1 + (1.2 distance to its place)^2) (shaping) |
| there | 20 | at the attack: 1 if within 0.5 m of its place |
| wrong | -10 | crowding, or a touch |
| drone | -10 | the drone is lost |

Target: the post, as an order tells; clear: where the mate attacks, horizontally. The place is 2 m from there towards the post, where a
ball that is blocked would come down (the post itself if it is nearer). keep_away: from the drone to both mates, the nearest first; they
are points that fly straight, so `sight` hides nothing here. Action: any mode. Metric: success rate, the share of attacks at which the drone
is within 0.5 m of its place. What it does with a ball that comes back is another order, `receive`. The reference knows no such skill.
"""

from __future__ import annotations

import math

from ..physics.native import play
from ..physics.params import CONTROL_DT
from ..physics.records import F8
from ..physics.rng import uniform
from ..physics.vec import add_scaled, fn, norm, put3, sub, vec3, write
from . import skill_measures as measures
from . import skill_parts as parts
from .parts import root_of, touch_of
from .scenario import Field, Layout, Term, pay

advance = play
GUARD = 2.0  # m from a mate's hit
HIT_X, HIT_Y, HIT_Z = (1.4, 2.6), (-2.0, 2.0), 3.4  # m: where the mate attacks
SET_WAY, SET_Z, SET_APEX = 2.4, 2.2, (5.0, 6.4)  # m: from how far, from what height and how high the ball is set
POST_X, POST_Y, POST_Z = (3.6, 4.8), (-0.6, 1.8), 1.8  # m; y towards the attack's side
REST_Y = (1.2, 1.8)  # m: where the setter waits afterwards, on the other side
SPREAD, RISE = 1.3, 0.3  # m: how far from its place the drone begins, and how much higher or lower
APART, CROWD = 1.4, 0.8  # m from mates: at the start, and at most
RUN_UP, ATTACKER_Z, RUN_TIME = 1.2, (1.8, 2.6), 1.0  # m, m, s: of the attacker
SETTER_TIME, SETTER_UNDER = 1.4, 0.3  # s until the setter is where it waits; m under the ball that it has set
NEAR = 0.5  # m
LAYOUT = Layout(
    "benchmark",
    [
        *parts.ROOT,
        Field("to_target", 3, "m", "world"),
        Field("to_clear", 2, "m", "world"),
        Field("keep_away", 6, "m", "world"),
    ],
)
TERMS = [
    Term("near", 1.0, "1 / (1 + (1.2 distance to its place)^2)", shaping=True),
    Term("there", 20.0, "at the attack: within 0.5 m of its place"),
    Term("wrong", -10.0, "crowding, or a touch"),
    Term("drone", -10.0, "the drone is lost"),
]


@fn
def reset(world, params):
    parts.begin(world)
    hit = uniform(world, 0, 7, HIT_X[0], HIT_X[1]), uniform(world, 0, 8, HIT_Y[0], HIT_Y[1]), HIT_Z
    side = math.copysign(1.0, hit[1])
    post = uniform(world, 0, 9, POST_X[0], POST_X[1]), side * uniform(world, 0, 10, POST_Y[0], POST_Y[1]), POST_Z
    setter = hit[0] + uniform(world, 0, 11, -0.4, 1.2), hit[1] - side * SET_WAY, SET_Z
    parts.throw(world, params, setter, hit, uniform(world, 0, 12, SET_APEX[0], SET_APEX[1]))
    put3(world.target, post)
    put3(world.clear, hit)
    put3(world.mate_from[0], (hit[0] + RUN_UP, hit[1], ATTACKER_Z[0]))
    put3(world.mate_to[0], (hit[0], hit[1], ATTACKER_Z[1]))
    put3(world.mate_from[1], (setter[0], setter[1], setter[2] - SETTER_UNDER))
    put3(world.mate_to[1], (uniform(world, 0, 13, POST_X[0], POST_X[1]), -side * uniform(world, 0, 16, REST_Y[0], REST_Y[1]), POST_Z))
    place = place_of(world)
    start = place[0] + uniform(world, 0, 14, -SPREAD, SPREAD), place[1] + uniform(world, 0, 15, -SPREAD, SPREAD), POST_Z
    for k in range(2):
        start = _apart(start, vec3(world.mate_from[k]))
    parts.seat(world, params, 0, (max(start[0], 1.0), start[1], start[2]), (0.0, 0.0, RISE), 0.0)


@fn
def _apart(pos, mate):
    """`pos`, or as far from the mate as APART."""
    x, y = pos[0] - mate[0], pos[1] - mate[1]
    way = max(math.hypot(x, y), 1e-3)
    return add_scaled(pos, max(APART / way - 1.0, 0.0), (x, y, 0.0))


@fn
def guard(clear, post):
    """m: GUARD from where a mate hits, towards the post."""
    x, y = post[0] - clear[0], post[1] - clear[1]
    near = min(GUARD / max(math.hypot(x, y), 1e-6), 1.0)
    return clear[0] + near * x, clear[1] + near * y, post[2]


@fn
def place_of(world):
    """m: where the drone covers."""
    return guard(world.clear, vec3(world.target))


@fn
def mate_at(world, k):
    """m: where the attacker (0) or the setter (1) is now."""
    begin, way = vec3(world.mate_from[k]), sub(vec3(world.mate_to[k]), vec3(world.mate_from[k]))
    return add_scaled(begin, min(world.step * CONTROL_DT / (RUN_TIME if k == 0 else SETTER_TIME), 1.0), way)


@fn
def referee(world, params, reward):
    drone, ball = world.drones[0], world.ball
    pos, place = vec3(drone.pos), place_of(world)
    gap = norm(sub(pos, place))
    world.miss = gap
    crowd = min(norm(sub(pos, mate_at(world, 0))), norm(sub(pos, mate_at(world, 1)))) < CROWD
    wrong = 1.0 if crowd or touch_of(world, 0) != 0 else 0.0
    lost = 1.0 if parts.is_lost(drone, pos[0]) else 0.0
    attacked = measures.comes_down(ball, HIT_Z)
    if attacked and wrong + lost == 0.0 and gap <= NEAR:
        world.success = 1
    near = measures.nearness(pos, place, 1.2)
    reward[0] = pay(drone, params, (near, float(world.success), wrong, lost))
    parts.end(world, params, attacked or wrong + lost > 0.0)


@fn
def observe(world, params, i, out):
    drone = world.drones[0]
    pos, first, second = vec3(drone.pos), mate_at(world, 0), mate_at(world, 1)
    if norm(sub(second, pos)) < norm(sub(first, pos)):
        first, second = second, first
    to_clear = (world.clear[0] - pos[0], world.clear[1] - pos[1])
    write(out, 0, root_of(drone) + sub(vec3(world.target), pos) + to_clear + sub(first, pos) + sub(second, pos))


COVER_MATE = parts.drill_of(
    "cover-mate",
    "one drone goes to where it covers a mate's attack",
    __name__,
    LAYOUT,
    TERMS,
    "the drone was within 0.5 m of its place at the attack",
    world_fields=[("clear", F8, 3), ("mate_from", F8, (2, 3)), ("mate_to", F8, (2, 3))],
)
