"""The rule commander of `scripted:team`: who does what, decided anew at every event and alike by all mates.

A rally loops through serve, serve receive (or defence), set, attack, and defence again. Roles go by position, not by number: whoever
reaches the ball first receives, the free mate nearest to the setting place sets, the next attacks. The numbers that make its
style are `TACTICS`, which a manifest may change.
"""

from __future__ import annotations

import math

from ..physics.vec import clip, fn
from ..scenarios.block import APEX as BLOCK_APEX
from ..scenarios.block import SENT
from .ballistics import NEVER, flight, time_to_fall_in_air
from .blocking import block_height, waiting_place
from .orders import APEX, ATTACK, BLOCK, CLEAR, COVER, GOTO, HEIGHT, NOWHERE, ORDER, RECEIVE, RETURN, SERVE, SET, SOONEST, TARGET
from .roles import HIT_HEIGHTS, choose, is_last, next_player, pass_target, playable, whim
from .team import ball_motion, identity, place_of, room_to_foes

TACTICS = {
    "attack_height": 3.4,  # m of the ball where it is attacked
    "soonest": 1.075,  # s an attack takes to the ground at least: sooner is harder to defend and less exact
    "steepest": 1.15,  # tangent of the largest racket tilt in attacks
    "late": 0.1,  # s per rad of turn by which a racket's large turns have effect later
    "behind": 0.35,  # m that receives, sets and returns aim behind the ball, per horizontal part of the racket's normal
    "set_apex": 6.3,  # m
    "pass_apex": 4.6,  # m, of a receive
    "return_apex": 4.0,  # m
    "set_depth": 0.36,  # share of half the court: where receives come down
    "attack_depth": 0.36,  # and where sets do
    "whim": 0.6,  # m by which the choice of a target is blurred
    "aim_deep": 0.0,  # m of room that the deepest targets of attacks count more than the middle, and the nearest less
    "aim_side": 0.0,  # m of room that targets of attacks and serves to the right (y > 0) count more, and to the left less
    "early": 0.0,  # 1: the second touch goes over the net
    "block": 0.0,  # 1: the nearest to the net blocks (blocking.py)
    "serve_depth": 0.8,  # share of half the court: where serves go
    "home_depth": 0.55,  # share of half the court: where a team waits for an attack, and how far apart
    "home_back": 0.76,
    "home_width": 0.58,
}
HANDOVER = 2.2  # m: where a receive comes down to the setter
SERVED = 0.9  # share of half the court: balls farther back are serves, which nobody blocks
LOW_HEIGHTS = HIT_HEIGHTS[-2:]  # m: where a ball is met that passes a blocker, well behind it
WAIT = 1.8  # m: height of drones that wait
APPROACH, UNDER = 0.6, 1.0  # m behind and under its hit that an attacker waits
ROOM, SHY, BACK = 2.0, 10.0, 1.8  # m; m of way that a metre less room is worth; m
CLIMB_TIME = 0.9  # s: an attack needs as much time to climb
LOWER = 0.35  # m: an attack that cannot be reached is met so much lower
DEEP, WIDE = (0.5, 0.68, 0.84), 0.76  # shares of half the court: where attacks go
SERVE_WIDE = 0.55  # share of half the width
SERVE_APEX, SERVE_RISE, SERVE_RISE_PER_M, LOW_SERVE_RISE, HIGH_DROP = 4.4, -0.05, 0.168, 0.35, 2.2  # as roles.py


@fn
def command_row(o, at, n, memory, out):
    """Writes the order [ORDER] of one drone from its row of the view `match`."""
    me = identity(o, at, n)
    ball, vel = ball_motion(o, at)
    for k in range(ORDER):
        out[k] = 0.0
    out[CLEAR], out[CLEAR + 1] = NOWHERE, NOWHERE
    if o[at.serving] > 0.5:
        if o[at.server] > 0.5 and o[at.may_touch] > 0.5:
            _serve(o, at, n, ball, out)
        else:
            _go(out, GOTO, _home(o, at, n, me))
        return
    hitter, height, attacks = -1, 0.0, False
    if playable(o, at, ball, vel):
        blocker = _blocker(o, at, n, me)
        top = block_height(o, at, me, blocker, ball, vel) if blocker >= 0 else 0.0
        if top > 0.0 and (vel[2] > 0.0 or ball[2] > top):
            _block(o, at, n, me, blocker, ball, vel, top, out)
            return
        hitter, height, attacks = next_hit(o, at, n, me, ball, vel, blocker if top > 0.0 else -1)
    if hitter < 0:
        _defend(o, at, n, me, ball, vel, out)
    else:
        _play(o, at, n, me, ball, vel, hitter, height, attacks, out)


@fn
def next_hit(o, at, n, me, ball, vel, but=-1):
    """(number, ball's height, whether it attacks) of who plays the ball next, number `but` left out; number -1: nobody can."""
    if goes_over(o, at, n, me):
        top = at.attack_height
        heights = (top, top - LOWER, top - 2.0 * LOWER)
        if time_to_fall_in_air(ball, vel, o[at.ball_constants + 1], heights[2]) < NEVER:
            hitter, height = choose(o, at, n, me, ball, vel, heights)
            t = time_to_fall_in_air(ball, vel, o[at.ball_constants + 1], height)
            if hitter >= 0 and CLIMB_TIME < t < NEVER:
                return hitter, height, True
    if but >= 0:
        hitter, height = choose(o, at, n, me, ball, vel, LOW_HEIGHTS, but)
    else:
        hitter, height = choose(o, at, n, me, ball, vel, HIT_HEIGHTS)
    return hitter, height, False


@fn
def goes_over(o, at, n, me):
    """Whether the next touch sends the ball over: the last, or the second of a team that wants it early."""
    return is_last(o, at, n, me) or (at.early > 0.5 and o[at.our_ball] > 0.5 and o[at.our_touches] > 0.5)


@fn
def _play(o, at, n, me, ball, vel, hitter, height, attacks, out):
    """Orders of a team that plays the ball: the touch itself, the next player's way, cover for the rest."""
    drag, length = o[at.ball_constants + 1], o[at.court]
    meet, _ = flight(ball, vel, drag, time_to_fall_in_air(ball, vel, drag, height))
    touches = o[at.our_touches] if o[at.our_ball] > 0.5 else 0.0
    last = goes_over(o, at, n, me)
    skill = ATTACK if attacks else RETURN
    apex, target = at.return_apex, (0.0, 0.0, 0.0)
    if last:
        x, y = _far_corner(o, at, n)
        target = (x, y, float(o[at.ball_constants]))
    elif touches < 0.5 and n > 2:
        skill, apex = RECEIVE, at.pass_apex
        x, y = pass_target(o, at, n, me, hitter, meet, at.set_depth)
        target = (x, y, HANDOVER)
    else:
        skill, apex = SET, at.set_apex
        x, y = pass_target(o, at, n, me, hitter, meet, at.attack_depth)
        target = (x, y, at.attack_height)
    out[HEIGHT] = height
    if me == hitter:
        _go(out, skill, target)
        out[APEX], out[SOONEST] = apex, at.soonest
        return
    out[CLEAR], out[CLEAR + 1] = meet[0], meet[1]
    if not last and me == next_player(o, at, n, me, hitter, target):
        behind, wait = (APPROACH, at.attack_height - UNDER) if skill == SET else (0.0, WAIT)
        _go(out, GOTO, (min(target[0] + behind, length), target[1], wait))
    elif skill == RECEIVE and n <= 3:
        _go(out, GOTO, _approach(o, at, n, me, meet, target))
    else:
        _go(out, COVER, _home(o, at, n, me))


@fn
def _go(out, skill, place):
    out[0] = skill
    out[TARGET], out[TARGET + 1], out[TARGET + 2] = place


@fn
def _approach(o, at, n, me, meet, target):
    """m: where a player who may attack waits while the ball is received: on its side, behind the line of attack; farther back or to the
    other side where it would be within ROOM of the receiver or the setter, whom its downwash would push to the ground."""
    line, side, pos = (at.attack_depth + 0.15) * o[at.court], 0.6 * o[at.court + 1], place_of(o, at, me, me)
    best_x, best_y, least = line, 0.0, NEVER
    for j in range(6):
        x, y = line + (j // 3) * BACK, clip(pos[1], -side, side) if j % 3 == 0 else (2 * (j % 3) - 3) * side
        room = min(math.hypot(x - meet[0], y - meet[1]), math.hypot(x - target[0], y - target[1]))
        cost = x - line + abs(y - pos[1]) + SHY * max(ROOM - room, 0.0)
        if cost < least:
            best_x, best_y, least = x, y, cost
    return best_x, best_y, WAIT


@fn
def _serve(o, at, n, ball, out):
    """The server's order: deep, to the side with the most room."""
    rise = LOW_SERVE_RISE
    if ball[2] - o[at.position + 2] > HIGH_DROP:
        rise = SERVE_RISE + SERVE_RISE_PER_M * o[at.position]
    best, most, x = 0.0, -1.0, -at.serve_depth * o[at.court]
    for j in range(-1, 2):
        y = j * SERVE_WIDE * o[at.court + 1]
        room = room_to_foes(o, at, n, x, y) + at.whim * whim(o, at, j) + at.aim_side * j
        if room > most:
            best, most = y, room
    _go(out, SERVE, (x, best, float(o[at.ball_constants])))
    out[APEX], out[HEIGHT] = SERVE_APEX, o[at.position + 2] + rise


@fn
def _far_corner(o, at, n):
    """(x, y) m: the place in the far court with the most room to all opponents, give or take a whim."""
    best_x, best_y, most = 0.0, 0.0, -1.0
    for i in range(3):
        for j in range(-2, 3):
            x, y = -DEEP[i] * o[at.court], 0.5 * j * WIDE * o[at.court + 1]
            room = room_to_foes(o, at, n, x, y) + at.whim * whim(o, at, 5 * i + j) + at.aim_deep * (i - 1) + 0.5 * at.aim_side * j
            if room > most:
                best_x, best_y, most = x, y, room
    return best_x, best_y


@fn
def _defend(o, at, n, me, ball, vel, out):
    """Everybody home; while the opponents build an attack one waits for it at the net, if the team blocks."""
    blocker = _blocker(o, at, n, me) if -SERVED * o[at.court] < ball[0] < 0.0 and o[at.our_ball] < 0.5 else -1
    if me == blocker:
        _go(out, GOTO, waiting_place(o, at, ball, vel))
    else:
        _go(out, GOTO, _home(o, at, n, me, blocker))


@fn
def _blocker(o, at, n, me):
    """The number of who blocks if the team does, the nearest to the net; -1: nobody. Not once the ball was touched on this side."""
    if at.block < 0.5 or n < 3 or (o[at.our_ball] > 0.5 and o[at.our_touches] > 0.5):
        return -1
    best, least = -1, NEVER
    for k in range(n):
        x = place_of(o, at, me, k)[0]
        if x < least:
            best, least = k, x
    return best


@fn
def _block(o, at, n, me, blocker, ball, vel, height, out):
    """Orders while an attack is blocked where it falls through `height`: the blocker sends it back, the others stay out of its wake,
    which blows away from the net. All are asked again if it misses."""
    out[HEIGHT] = height
    if me != blocker:
        _go(out, GOTO, _home(o, at, n, me, blocker))
        return
    drag = o[at.ball_constants + 1]
    meet, _ = flight(ball, vel, drag, time_to_fall_in_air(ball, vel, drag, height))
    _go(out, BLOCK, (SENT[0], SENT[1] * meet[1], float(o[at.ball_constants])))
    out[APEX] = BLOCK_APEX


@fn
def _home(o, at, n, me, but=-1):
    """m: this drone's place in defence. Places are given out from the back to whoever is nearest and still without one; while number
    `but` blocks, the one right behind the net's middle stays empty: the wake of a racket that is tilted to the net blows there."""
    taken, mine, empty = 0, (0.0, 0.0, WAIT), -1
    if but >= 0:
        taken, empty = 1 << but, 0 if n == 3 else n - 2
    for j in range(n):
        if j == empty:
            continue
        place = home_place(o, at, n, j)
        best, least = 0, NEVER
        for k in range(n):
            pos = place_of(o, at, me, k)
            way = math.hypot(pos[0] - place[0], pos[1] - place[1])
            if way < least and (taken >> k) & 1 == 0:
                best, least = k, way
        taken |= 1 << best
        if best == me:
            mine = place
    return mine


@fn
def home_place(o, at, n, j):
    """m: place j of n in defence: one, two side by side, a triangle with its point behind, or two rows of three."""
    length, width = o[at.court], o[at.court + 1]
    if n == 1:
        return at.home_depth * length, 0.0, WAIT
    if n == 2:
        return at.home_depth * length, (2 * j - 1) * 0.45 * width, WAIT
    if n == 3 and j == 0:
        return at.home_back * length, 0.0, WAIT
    if n == 3:
        return at.home_depth * length, (2 * j - 3) * at.home_width * width, WAIT
    row, column = j // 3, j % 3
    return (at.home_back - row * (at.home_back - 0.5 * at.home_depth)) * length, (column - 1) * at.home_width * width, WAIT
