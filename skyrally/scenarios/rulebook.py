"""The rule book of n-vs-n drone volleyball: a state machine over the contact events of one step.

A rally begins with a ball dropped above the server. Each sentence below is one rule and one test:

- Only the server may touch the serve, once, and it must cross the net before anyone else touches it.
- A drone may touch the ball once per possession, with its racket only; a team at most `touch_limit` times.
- A team may touch the ball only on its own side. With one drone a side, touches simply alternate.
- The team whose half the ball lands in loses; out of court, the team that touched it last.
- A team loses whose drone crosses the centre plane, or whose action is not finite.
- The ball must not touch a net without a body, nor (sport) cross outside the antennas.
- A crash or crowding is a draw under `benchmark` rules and loses the point under `sport` rules.
- Two faults of different teams in one step are a draw.

Team 0 (red) plays x > 0, team 1 (blue) x < 0. Reasons are kept per team in `world.fault`.
"""

from __future__ import annotations

from ..physics.records import BALL_GROUND, BALL_NET, BODY, DRONE_DRONE, DRONE_GROUND, DRONE_NET, RACKET
from ..physics.vec import dot, fn, sub, vec3

NONE = 0
SERVE, DOUBLE, LIMIT, WRONG_SIDE, AIRFRAME, LANDED, OUT, NET, CENTRE, NET_TOUCH, CRASH, CROWDING, COLLISION, INVALID, TIME = range(1, 16)
REASONS = {
    NONE: "none",
    SERVE: "serve fault",
    DOUBLE: "double touch",
    LIMIT: "too many touches",
    WRONG_SIDE: "touch out of turn",
    AIRFRAME: "airframe touch",
    LANDED: "ball down",
    OUT: "out",
    NET: "ball in the net",
    CENTRE: "crossed the centre",
    NET_TOUCH: "drone in the net",
    CRASH: "crash",
    CROWDING: "crowding",
    COLLISION: "collision",
    INVALID: "invalid action",
    TIME: "time",
}
DRAW, OPEN = 2, -1  # values of world.winner beside the teams 0 and 1
SERVE_POSSESSION = 7  # index in world.possessions of the serve itself; 0 to 6 count touches


@fn
def team_of(world, i):
    return 1 if 2 * i >= len(world.drones) else 0


@fn
def may_touch(world, params, i):
    """Whether drone i may touch the ball now."""
    team = team_of(world, i)
    if world.last_team == -1:
        return i == world.server
    if len(world.drones) == 2:
        return world.last_team != team
    return world.serving == 0 and world.side == team and world.drones[i].touched == 0 and world.team_touches < params.touch_limit


@fn
def judge(world, params):
    """One step of the rally: reads events and positions; sets faults, winner and reason."""
    world.legal_hits[0] = 0
    world.legal_hits[1] = 0
    for e in range(world.n_events):
        event = world.events[e]
        if event.kind == RACKET or event.kind == BODY:
            _judge_touch(world, params, event)
        elif params.sport == 1:
            _judge_contact(world, params, event)
    _judge_ball(world, params)
    _judge_drones(world, params)
    _settle(world, params)


@fn
def _blame(world, team, reason):
    """The first fault of a team in a rally is the one that counts."""
    if world.fault[team] == NONE:
        world.fault[team] = reason


@fn
def _blame_last(world, reason):
    """The team that touched the ball last; the serving team if nobody has."""
    _blame(world, world.serve_team if world.last_team == -1 else world.last_team, reason)


@fn
def _judge_touch(world, params, event):
    i = event.who
    team = team_of(world, i)
    x = event.point[0]
    if world.side != team and ((team == 0 and x > 0.0) or (team == 1 and x < 0.0)):
        _cross(world, team)
    drone = world.drones[i]
    if event.kind == BODY:
        _blame(world, team, AIRFRAME)
    elif not may_touch(world, params, i):
        if world.serving == 1 and team == world.serve_team:
            _blame(world, team, DOUBLE if drone.touched == 1 else SERVE)
        elif world.side != team or len(world.drones) == 2:
            _blame(world, team, WRONG_SIDE)
        else:
            _blame(world, team, DOUBLE if drone.touched == 1 else LIMIT)
    else:
        world.legal_hits[team] += 1
    drone.touched = 1
    world.team_touches += 1
    world.touches += 1
    world.last_team, world.last_drone = team, i


@fn
def _judge_contact(world, params, event):
    """Contacts that only the sport rules judge as such."""
    if event.kind == BALL_GROUND:
        _land(world, params, event.point[0], event.point[1])
    elif event.kind == BALL_NET:
        if params.net_solid == 0:
            _blame_last(world, NET)
    elif event.kind == DRONE_GROUND:
        _blame(world, team_of(world, event.who), CRASH)
    elif event.kind == DRONE_NET:
        _blame(world, team_of(world, event.who), NET_TOUCH)
    elif event.kind == DRONE_DRONE:
        _blame(world, team_of(world, event.who), COLLISION)
        _blame(world, team_of(world, event.other), COLLISION)


@fn
def _land(world, params, x, y):
    """The ball is down at (x, y): lines belong to the court."""
    if abs(x) <= params.half_length and abs(y) <= params.half_width:
        _blame(world, 0 if x > 0.0 or (x == 0.0 and world.side == 0) else 1, LANDED)
    else:
        _blame_last(world, OUT)


@fn
def _cross(world, side):
    """The ball is now on `side`: possession and touches begin anew."""
    world.crossings += 1
    _close_possession(world)
    world.side = side
    world.serving = 0
    world.team_touches = 0
    for i in range(len(world.drones)):
        world.drones[i].touched = 0


@fn
def _close_possession(world):
    if world.serving == 1:
        world.possessions[SERVE_POSSESSION] += 1
    else:
        world.possessions[min(world.team_touches, 6)] += 1


@fn
def _judge_ball(world, params):
    ball = world.ball
    x, y, z = ball.pos[0], ball.pos[1], ball.pos[2]
    if (x > 0.0 and world.side == 1) or (x < 0.0 and world.side == 0):
        if params.sport == 1 and ball.vel[0] != 0.0 and abs(y - ball.vel[1] * x / ball.vel[0]) > params.half_width:
            _blame_last(world, OUT)
        _cross(world, 0 if x > 0.0 else 1)
    if params.sport == 1:
        return
    inside = abs(x) <= params.half_length and abs(y) <= params.half_width
    if z < params.ball_floor:
        _land(world, params, x, y)
    elif params.out_in_air == 1 and not inside:
        _blame_last(world, OUT)
    if abs(x) < params.net_margin and abs(y) < params.half_width and z < params.net_height:
        _blame_last(world, NET)


@fn
def _judge_drones(world, params):
    n = len(world.drones) // 2
    for i in range(2 * n):
        drone = world.drones[i]
        team = 1 if i >= n else 0
        if drone.invalid == 1:
            _blame(world, team, INVALID)
        if (team == 0 and drone.pos[0] < 0.0) or (team == 1 and drone.pos[0] > 0.0):
            _blame(world, team, CENTRE)
        drone.crashed = 1 if drone.pos[2] < params.drone_floor else 0
        drone.crowded = 0
    for i in range(2 * n):
        for j in range(i + 1, n if i < n else 2 * n):
            gap = sub(vec3(world.drones[i].pos), vec3(world.drones[j].pos))
            if dot(gap, gap) < params.crowding * params.crowding:
                world.drones[i].crowded = 1
                world.drones[j].crowded = 1
    if params.sport == 1:
        for i in range(2 * n):
            if world.drones[i].crashed == 1:
                _blame(world, 1 if i >= n else 0, CRASH)
            if world.drones[i].crowded == 1:
                _blame(world, 1 if i >= n else 0, CROWDING)


@fn
def _settle(world, params):
    """Who won, and why, if the rally is over."""
    red, blue = world.fault[0], world.fault[1]
    if red != NONE or blue != NONE:
        world.winner = DRAW if red != NONE and blue != NONE else (1 if red != NONE else 0)
        world.reason = red if red != NONE else blue
    else:
        for i in range(len(world.drones)):
            if world.drones[i].crashed == 1 or world.drones[i].crowded == 1:
                world.winner = DRAW
                world.reason = CRASH if world.drones[i].crashed == 1 else CROWDING
    if world.winner != OPEN:
        world.terminated = 1
    elif world.step >= params.max_steps:
        world.truncated = 1
        world.winner, world.reason = DRAW, TIME
    if world.winner != OPEN:
        _close_possession(world)
