"""Parts that the skill drills share: the court, one touch of the ball, how a flight to the player is thrown, what is seen.

The skills are those of the published hierarchical 3v3 policy (reference 3.5). Its training code is not public; rewards follow the
nearest public recipe (HCSP, cited there). Where both are silent, the drills say what they chose.
Rules of all of them: one touch, with the racket; the ball must not touch the net; a drone below 0.3 m or beyond the net plane
is lost; a ball below 0.2 m is down. Each ends the episode. Contacts of one step are one touch.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..physics.ball import move_ball
from ..physics.records import BALL_NET, BODY, F8, I4, I8, world_record
from ..physics.rng import draw, uniform
from ..physics.vec import add, add_scaled, fn, inlined, put3, sub, vec3
from .parts import (
    COMMON_OPTIONS,
    REWARD_OPTIONS,
    ROOT,
    begin_drone,
    begin_episode,
    drill_params,
    drop_ball,
    flags,
    jitter3,
    random_attitude,
    root_of,
    stage_of,
    touch_of,
)
from .scenario import BALL, Field, Layout, Metric, Scenario, Term
from .skill_measures import comes_down, gap_xy, in_far_court
from .stage import Court

COURT = Court(12.0, 6.0, 2.43)  # m, the 3v3 court
HORIZON = 500  # steps
TILT = 0.1  # rad: start attitudes, as the sport rules jitter them
BALL_FLOOR, DRONE_FLOOR = 0.2, 0.3  # m
REACH = 1.0  # m: how near to its target a ball must come
AIMS = 4  # corrections of a throw through air

# A rally's way: serve -> receive -> set -> attack. Places in the frame of the team that plays them.
SERVE_POST, SERVE_DROP = (6.0, 0.0, 2.0), 3.0  # m; the ball is dropped from SERVE_DROP above the server
SERVED_X, SERVED_Y = (-5.4, -4.2), (-2.0, 2.0)  # m: where serves land; published to -6.0, which is the line itself
RECEIVE_POST = (4.5, 0.0, 1.5)  # m
SET_POST, SET_POINT = (2.0, -2.0, 1.8), (1.5, -1.5, 2.2)  # m: where the setter waits, where a receive shall come down
ATTACK_POST, ATTACK_POINT = (2.0, 1.5, 2.5), (1.5, 1.5, 3.6)  # m: where the attacker waits, where a set shall come down

SKILL_VIEW = [
    *ROOT,
    Field("ball", 3, "m", "world", shows=(BALL,)),
    Field("to_ball", 3, "m", "world", shows=(BALL,)),
    Field("ball_velocity", 3, "m/s", "world", shows=(BALL,)),
    Field("turn", 2, "0 or 1: to hit, has hit", "-", 0.0, 1.0),
]
TARGET_VIEW = [*SKILL_VIEW, Field("from_target", 3, "m", "world")]  # of the ball
FLIGHT_FIELDS = [
    ("target", F8, 3),  # m, world: where the ball shall go
    ("apex", F8),  # m: highest ball since the hit
    ("hit_step", I8),  # step of the touch; -1: none yet
    ("miss", F8),  # m: how far from the target the ball came down, horizontally; -1: not yet
    ("success", I4),
]


def reward_fields(count: int) -> list[tuple]:
    """The drone's fields for `count` reward terms."""
    return [("term", F8, count), ("returns", F8, count)]


@fn
def begin(world):
    """A new episode: nothing has happened to the ball."""
    begin_episode(world)
    world.apex = 0.0
    world.hit_step = -1
    world.miss = -1.0
    world.success = 0


@fn
def seat(world, params, i, post, spread, yaw):
    """Drone i hovers within `spread` (m) of `post`, a little tilted."""
    turned = random_attitude(world, i, 4, TILT, yaw - TILT, yaw + TILT)
    begin_drone(world.drones[i], params.airframe, add(post, jitter3(world, i, 1, spread)), turned)


@fn
def drop(world, pos):
    """The ball at rest SERVE_DROP over `pos`, give or take 0.3 m as in sport matches."""
    drop_ball(world.ball, (pos[0], pos[1], pos[2] + SERVE_DROP + uniform(world, 0, 7, -0.3, 0.3)))


@fn
def scatter(world, channel, centre, spread):
    """A point within `spread` (m) of `centre`."""
    return add(centre, jitter3(world, 0, channel, spread))


@fn
def coin(world, channel):
    """1 or -1, evenly."""
    return 1.0 if draw(world, 0, channel) >> np.uint64(63) else -1.0


@fn
def throw(world, params, start, target, apex):
    """The ball at `start`, on its way to `target` over `apex` (m): what the player before has just hit. Gives the seconds until then.

    v_z = sqrt(2 g (apex - z)), plus half a step of gravity for the world's semi-implicit steps. Through air the aim is
    corrected by where the ball's own motion leads it.
    """
    ball, g = world.ball, params.gravity
    rise = math.sqrt(2.0 * g * (apex - start[2]))
    t = (rise + math.sqrt(2.0 * g * (apex - target[2]))) / g
    vel = ((target[0] - start[0]) / t, (target[1] - start[1]) / t, rise + 0.5 * g * params.dt)
    put3(ball.spin, (0.0, 0.0, 0.0))
    if params.ball.drag > 0.0:
        for _ in range(AIMS):
            put3(ball.pos, start)
            put3(ball.vel, vel)
            for _ in range(int(t / params.dt)):
                move_ball(ball, params)
            vel = add_scaled(vel, 1.0 / t, sub(target, vec3(ball.pos)))
    put3(ball.pos, start)
    put3(ball.vel, vel)
    return t


@fn
def in_net(world, kind=BALL_NET):
    """Whether the ball (or with DRONE_NET a drone) touched the net in this step."""
    found = False
    for e in range(world.n_events):
        found = found or world.events[e].kind == kind
    return found


@fn
def judge_touch(world):
    """(hit, wrong), each 0 or 1: the one racket touch; any other. Books the hit and the apex. One drone."""
    z = world.ball.pos[2]
    kind = touch_of(world, 0)
    if kind != 0:
        if kind == BODY or world.hit_step >= 0:
            return 0.0, 1.0
        world.hit_step = world.step
        world.apex = z
        return 1.0, 0.0
    world.apex = max(world.apex, z) if world.hit_step >= 0 else 0.0
    return 0.0, 0.0


@fn
def is_lost(drone, x):
    """Whether a drone crashed, or crossed the net plane: x is its place along its own half."""
    return drone.pos[2] < DRONE_FLOOR or x < 0.0


@fn
def arrived(world, least_apex):
    """1 if the ball comes down within REACH of its target after an apex over `least_apex` (m). Books the miss."""
    world.miss = gap_xy(world.ball.pos, world.target)
    return 1 if world.miss <= REACH and world.apex > least_apex else 0


@fn
def hand_over(world, least_apex, best_apex, wrong):
    """(over, nearness to the target, nearness to the best apex, missed): whether the ball now comes down to the next player.

    It does when it falls through the target's height after the touch; only then it pays. Missed is 1 if it is down, or in
    the net. Books the success.
    """
    ball = world.ball
    if wrong > 0.0 or in_net(world) or ball.pos[2] < BALL_FLOOR:
        return True, 0.0, 0.0, 1.0
    if world.hit_step < 0 or not comes_down(ball, world.target[2]):
        return False, 0.0, 0.0, 0.0
    world.success = arrived(world, least_apex)
    near = 1.0 / (1.0 + 2.0 * world.miss) if world.apex > least_apex else 0.0
    return True, near, 1.0 / (1.0 + 2.0 * abs(world.apex - best_apex)), 0.0


@fn
def judge_clean_touch(world):
    """As judge_touch, where a ball in the net is wrong too."""
    hit, wrong = judge_touch(world)
    return hit, 1.0 if in_net(world) else wrong


@fn
def land(world, pos, wrong):
    """(over, in the far court, missed) of this step: whether the ball is down, missed if nobody touched it. Books the success."""
    if pos[2] >= BALL_FLOOR or wrong > 0.0:
        return False, 0.0, 0.0
    if world.hit_step < 0:
        return True, 0.0, 1.0
    near = arrived(world, 0.0)
    if not in_far_court(pos):
        return True, 0.0, 0.0
    world.success = near
    return True, 1.0, 0.0


@fn
def end(world, params, over):
    """Ends the episode, by the rules or by time."""
    if over:
        world.terminated = 1
    elif world.step >= params.max_steps:
        world.truncated = 1


@inlined
def skill_view(world):
    """The view of a skill, less what a drill appends."""
    drone, ball = world.drones[0], world.ball
    pos = vec3(ball.pos)
    return root_of(drone) + pos + sub(pos, vec3(drone.pos)) + vec3(ball.vel) + flags(world.hit_step < 0)


@inlined
def target_view(world):
    """TARGET_VIEW: that, and where the ball shall go."""
    return skill_view(world) + sub(vec3(world.ball.pos), vec3(world.target))


def drill_of(
    name: str,
    summary: str,
    module: str,
    layout: Layout,
    terms: list[Term],
    meaning: str,
    agents: tuple[str, ...] = ("drone_0",),
    teams: tuple[int, ...] = (0,),
    world_fields: list[tuple] | None = None,
    block_fields: list[tuple] | None = None,
) -> Scenario:
    """A skill drill as a scenario; its metric is the share of successes. world_fields, block_fields: what it keeps beside what all do."""
    fields = [("max_steps", I8), ("weight", F8, len(terms)), *(block_fields or [])]

    def configure(options: Mapping[str, Any]) -> np.ndarray:
        return drill_params(fields, terms, options, HORIZON, net=(COURT.net_height, COURT.width))

    return Scenario(
        name=name,
        summary=summary,
        family="drill",
        module=module,
        world=world_record(len(agents), reward_fields(len(terms)), [*FLIGHT_FIELDS, *(world_fields or [])]),
        agents=agents,
        teams=teams,
        views={layout.name: layout},
        terms=lambda options: terms,
        metric=Metric("success rate", "success", meaning),
        options={**COMMON_OPTIONS, **REWARD_OPTIONS, "max_cycles": None},
        configure=configure,
        stage=lambda options: stage_of(name, agents, teams, COURT, True, options),
        yardstick=f"scripted:{name}",
        info=("success", "miss"),
    )
