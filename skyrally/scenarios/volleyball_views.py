"""What a drone sees in a match: two views, each in its team's frame (own half x > 0).

`benchmark` is the published layout (37 numbers for 1v1, 57 for 3v3, 78 for 6v6). Deviation: its turn and touch flags are of
this step; the published ones lag one step behind the event.
`match` is one layout for any n, with the rules' state and the ball's constants: what scripted players and teams need.
"""

from __future__ import annotations

from ..physics.vec import fn, sub, vec3, vec4, write
from .mirror import half_turn, half_turn_quat, team_root
from .parts import ROOT, flags
from .rulebook import may_touch, team_of
from .scenario import BALL, FOES, MATES, OURS, Field, Layout

BENCHMARK, MATCH = 0, 1
TEAM = "team"


def layouts(n: int) -> dict[str, Layout]:
    """The two layouts of an n-vs-n match, in the order of the record's view numbers."""
    return {"benchmark": _duel_layout() if n == 1 else _team_layout(n), "match": _match_layout(n)}


def _root() -> list[Field]:
    return [Field(f.name, f.size, f.unit, f.frame.replace("world", TEAM), f.low, f.high) for f in ROOT]


def _flag(name: str, size: int = 1) -> Field:
    return Field(name, size, "0 or 1", "-", 0.0, 1.0)


def _duel_layout() -> Layout:
    from_ball = Field("from_ball", 3, "m", TEAM, shows=(BALL,))
    return Layout(
        "benchmark",
        [
            *_root(),
            Field("from_anchor", 3, "m", TEAM),
            Field("to_opponent", 3, "m", TEAM, shows=(FOES,)),
            from_ball,
            Field("ball_velocity", 3, "m/s", TEAM, shows=(BALL,)),
            _flag("turn", 2),
        ],
    )


def _team_layout(n: int) -> Layout:
    return Layout(
        "benchmark",
        [
            *_root(),
            Field("from_anchor", 3, "m", TEAM),
            Field("to_ball", 3, "m", TEAM, shows=(BALL,)),
            Field("ball_velocity", 3, "m/s", TEAM, shows=(BALL,)),
            _flag("ball_side", 2),
            _flag("identity", n),
            Field("touched", 2, "0 or 1: may touch, has touched or may not", "-", 0.0, 1.0),
            Field("positions", 6 * n, "m", TEAM, shows=(OURS, FOES)),
        ],
    )


def _match_layout(n: int) -> Layout:
    return Layout(
        "match",
        [
            Field("position", 3, "m", TEAM),
            Field("quaternion", 4, "-", f"body to {TEAM}, w x y z", -1.01, 1.01),
            Field("velocity", 3, "m/s", TEAM),
            Field("rate", 3, "rad/s", "body"),
            Field("throttle", 4, "-", "per rotor, 0 to 1", 0.0, 1.01),
            Field("anchor", 3, "m", TEAM),
            Field("ball", 3, "m", TEAM, shows=(BALL,)),
            Field("ball_velocity", 3, "m/s", TEAM, shows=(BALL,)),
            Field("ball_spin", 3, "rad/s", TEAM, shows=(BALL,)),
            Field("ball_constants", 3, "m, 1/m, -", "radius, drag, restitution", 0.0),
            Field("court", 3, "m", "half length, half width, net height", 0.0),
            Field("identity", n, "0 or 1", "-", 0.0, 1.0),
            _flag("may_touch"),
            _flag("our_ball"),
            Field("our_touches", 1, "-", "this possession", 0.0, 6.0),
            _flag("serving"),
            _flag("server"),
            _flag("touched"),
            Field("mates", 7 * (n - 1), "m, m/s, 0 or 1", "position, velocity, touched", shows=(MATES,)),
            Field("foes", 6 * n, "m, m/s", "position, velocity", shows=(FOES,)),
        ],
    )


@fn
def observe(world, params, i, out):
    """Writes drone i's observation in the layout of its view."""
    if world.drones[i].view_id == MATCH:
        _observe_match(world, params, i, out)
    elif len(world.drones) == 2:
        _observe_duel(world, params, i, out)
    else:
        _observe_team(world, params, i, out)


@fn
def _observe_duel(world, params, i, out):
    drone, team = world.drones[i], team_of(world, i)
    pos, ball = vec3(drone.pos), world.ball
    from_anchor = half_turn(team, sub(pos, vec3(params.anchor[i])))
    to_opponent = half_turn(team, sub(vec3(world.drones[1 - i].pos), pos))
    seen = half_turn(team, sub(pos, vec3(ball.pos))) + half_turn(team, vec3(ball.vel))
    write(out, 0, team_root(drone, team) + from_anchor + to_opponent + seen + flags(may_touch(world, params, i)))


@fn
def _observe_team(world, params, i, out):
    drone, team, n = world.drones[i], team_of(world, i), len(world.drones) // 2
    pos, ball = vec3(drone.pos), world.ball
    from_anchor = half_turn(team, sub(pos, vec3(params.anchor[i])))
    seen = half_turn(team, sub(vec3(ball.pos), pos)) + half_turn(team, vec3(ball.vel))
    at = write(out, 0, team_root(drone, team) + from_anchor + seen + flags(world.side == team))
    at = write(out, _write_identity(world, i, out, at), flags(may_touch(world, params, i)))
    for k in range(n):
        at = write(out, at, half_turn(team, vec3(world.drones[team * n + k].pos)))
    for k in range(n):
        at = write(out, at, half_turn(team, vec3(world.drones[(1 - team) * n + k].pos)))


@fn
def _write_identity(world, i, out, at):
    """Which of its team's drones it is, as a one-hot; returns the next place."""
    n = len(world.drones) // 2
    own = i - team_of(world, i) * n
    for k in range(n):
        out[at + k] = 1.0 if k == own else 0.0
    return at + n


@fn
def _observe_match(world, params, i, out):
    drone, team, n = world.drones[i], team_of(world, i), len(world.drones) // 2
    ball, air = world.ball, params.ball
    own = half_turn(team, vec3(drone.pos)) + half_turn_quat(team, vec4(drone.quat)) + half_turn(team, vec3(drone.vel))
    own = own + vec3(drone.rate) + vec4(drone.rotor) + half_turn(team, vec3(params.anchor[i]))
    seen = half_turn(team, vec3(ball.pos)) + half_turn(team, vec3(ball.vel)) + half_turn(team, vec3(ball.spin))
    constants = (air.radius, air.drag, air.racket_restitution, params.half_length, params.half_width, params.net_height)
    at = write(out, 0, own + seen + constants)
    at = write(out, _write_identity(world, i, out, at), _rally_state(world, params, i))
    for k in range(n):
        mate = world.drones[team * n + k]
        if team * n + k != i:
            at = write(out, at, half_turn(team, vec3(mate.pos)) + half_turn(team, vec3(mate.vel)) + (float(mate.touched),))
    for k in range(n):
        foe = world.drones[(1 - team) * n + k]
        at = write(out, at, half_turn(team, vec3(foe.pos)) + half_turn(team, vec3(foe.vel)))


@fn
def _rally_state(world, params, i):
    """may_touch, our_ball, our_touches, serving, server, touched."""
    team = team_of(world, i)
    ours, serving = world.side == team, world.serving == 1
    return (
        1.0 if may_touch(world, params, i) else 0.0,
        1.0 if ours else 0.0,
        float(world.team_touches) if ours else 0.0,
        1.0 if serving and world.serve_team == team else 0.0,
        1.0 if serving and world.server == i else 0.0,
        float(world.drones[i].touched),
    )
