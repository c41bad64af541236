"""Who plays the ball next, where, and where to: decided once for each flight of the ball and kept in memory.

A flight begins when the ball was hit. All team-mates see that in the same step and come to the same decision, because it
follows from numbers that all of them see. Kept decisions cannot flicker when two drones are about equally near.
"""

from __future__ import annotations

import math

from ..physics.vec import clip, fn
from .ballistics import GRAVITY, NEVER, STEP, flight, time_to_fall_in_air
from .team import ball_motion, free_players, has_touched, identity, place_of, room_to_foes, speed_of

# The memory of a drone: float32 numbers.
KNOWN, LAST_VEL, HITTER, HEIGHT, TARGET, APEX, MEMORY = 0, 1, 4, 5, 6, 8, 9
# 1 once begun; ball velocity a step ago (3); number of the next hitter + 1, 0 nobody; ball height there; target x, y; apex

JUMP = 0.5  # m/s: a larger change of the ball's velocity within a step, gravity aside, is a hit
HIT_HEIGHTS = (2.3, 2.0, 1.7, 1.4, 1.1)  # m of the ball at the hit, the first that can still be reached
BALANCE = 0.3  # s of a flight that are no use for going places: seeing, turning, standing the racket
TRUSTED = 2.0  # m/s^2: a drone gets as far as TRUSTED (t - BALANCE)^2
COAST = 0.4  # s for which a present velocity counts
MEET_GAP = 1.2  # m from the net where a ball is met if there is a choice: there is way left to stop
LEAST_GAP = 0.3  # m: nearer to the net nobody can go
FIRST, DEEPER, WIDE = 0.5, 0.2, 0.65  # shares of half the court: rows and columns of the places to attack
SPIKE_FIRST, SPIKE_DEEPER = 0.5, 0.3  # the same for spikes
SPIKES, DUEL_SPIKES = 0.5, 0.04  # share of attacks; in a duel every touch is one
WHIM = 1.0  # m
OUT_MARGIN = 0.15  # m outside the lines where a ball is left alone
PASS_APEX, ATTACK_APEX, SPIKE_APEX, SERVE_APEX = 4.4, 3.6, 2.8, 4.4  # m
PASS_WAY = 2.2  # m from the hit: a shorter pass would call the next player to where this one is
HIGH_DROP = 2.2  # m: a ball dropped from more than this over the server gives time for a run-up
SERVE_RISE, SERVE_RISE_PER_M, LOW_SERVE_RISE = -0.05, 0.168, 0.35  # m, -, m: where it is met over the server; the farther from the net,
# the more of the time until then goes into speed
LOW_SERVE_APEX = 3.8  # m


@fn
def follow_ball(o, at, n, memory):
    """Keeps the decision up to date: makes a new one when the ball was hit, or fell through the height it was planned for."""
    vel, m = at.ball_velocity, LAST_VEL
    jump = abs(o[vel] - memory[m]) + abs(o[vel + 1] - memory[m + 1]) + abs(o[vel + 2] - memory[m + 2] + GRAVITY * STEP)
    missed = memory[HITTER] > 0.5 and o[at.ball + 2] < memory[HEIGHT] and o[vel + 2] < 0.0
    if memory[KNOWN] < 0.5 or jump > JUMP or missed:
        decide(o, at, n, memory)
    memory[KNOWN] = 1.0
    for k in range(3):
        memory[m + k] = o[vel + k]


@fn
def decide(o, at, n, memory):
    """Writes who hits next (0: nobody), the ball's height there, the target and the apex."""
    me = identity(o, at, n)
    ball, vel = ball_motion(o, at)
    for k in range(HITTER, MEMORY):
        memory[k] = 0.0
    if o[at.serving] > 0.5:
        if o[at.server] > 0.5 and o[at.may_touch] > 0.5:
            drop = ball[2] - o[at.position + 2]
            if drop > HIGH_DROP:
                rise = SERVE_RISE + SERVE_RISE_PER_M * o[at.position]
                _write(memory, me, o[at.position + 2] + rise, _serve_target(o, at), SERVE_APEX)
            else:
                _write(memory, me, o[at.position + 2] + LOW_SERVE_RISE, _serve_target(o, at), LOW_SERVE_APEX)
        return
    if not playable(o, at, ball, vel):
        return
    hitter, height = choose(o, at, n, me, ball, vel)
    if hitter < 0:
        return
    meet, _ = flight(ball, vel, o[at.ball_constants + 1], time_to_fall_in_air(ball, vel, o[at.ball_constants + 1], height))
    if is_last(o, at, n, me):
        target, apex = _attack(o, at, n)
        _write(memory, hitter, height, target, apex)
    else:
        _write(memory, hitter, height, pass_target(o, at, n, me, hitter, meet), PASS_APEX)


@fn
def _write(memory, hitter, height, target, apex):
    memory[HITTER], memory[HEIGHT] = hitter + 1, height
    memory[TARGET], memory[TARGET + 1] = target
    memory[APEX] = apex


@fn
def playable(o, at, ball, vel):
    """Whether the ball comes down on our side and it would be wrong to let it."""
    if o[at.our_touches] > 2.5:
        return False
    drag, ours = o[at.ball_constants + 1], o[at.our_ball] > 0.5
    landing, _ = flight(ball, vel, drag, min(time_to_fall_in_air(ball, vel, drag, o[at.ball_constants]), 5.0))
    if ours and o[at.our_touches] > 0.5:
        return landing[0] > 0.0 or meets_net(o, at, ball, vel, drag)
    if landing[0] <= 0.0 or (not ours and (vel[0] <= 0.0 or meets_net(o, at, ball, vel, drag))):
        return False
    across = ball[1] - vel[1] * ball[0] / vel[0] if not ours else 0.0
    half_width = o[at.court + 1] + OUT_MARGIN
    return landing[0] < o[at.court] + OUT_MARGIN and abs(landing[1]) < half_width and abs(across) < half_width


@fn
def meets_net(o, at, ball, vel, drag):
    """Whether a ball on its way to the net plane is too low to clear it."""
    if vel[0] * ball[0] >= 0.0:
        return False
    there, _ = flight(ball, vel, drag, min(-ball[0] / vel[0], 5.0))
    return there[2] < o[at.court + 2] + o[at.ball_constants]


@fn
def choose(o, at, n, me, ball, vel, heights=HIT_HEIGHTS, but=-1):
    """(number, height) of who reaches the ball soonest enough: the first of the heights at which the nearest free player is in time.

    Where nobody is, the height and player that come closest to it. -1: nobody can. but: who is left out.
    """
    drag = o[at.ball_constants + 1]
    best, best_height, least = -1, 0.0, NEVER
    for height in heights:
        t = time_to_fall_in_air(ball, vel, drag, height)
        if t >= NEVER:
            continue
        meet, _ = flight(ball, vel, drag, t)
        if meet[0] < LEAST_GAP - 0.2:
            continue
        hitter, way = nearest(o, at, n, me, meet, but)
        effort = way / max(t - BALANCE, 0.05) ** 2 + (2.0 * TRUSTED if meet[0] < MEET_GAP else 0.0)
        if hitter >= 0 and effort < 0.95 * least:
            best, best_height, least = hitter, height, effort
        if least <= TRUSTED:
            break
    return best, best_height


@fn
def nearest(o, at, n, me, meet, but=-1):
    """(number, m) of the free player whose way to a place is the shortest; -1 if none is free."""
    best, least = -1, NEVER
    for k in range(n):
        if k == but or (o[at.our_ball] > 0.5 and has_touched(o, at, me, k)):
            continue
        pos, vel = place_of(o, at, me, k), speed_of(o, at, me, k)
        way = math.hypot(meet[0] - pos[0] - COAST * vel[0], meet[1] - pos[1] - COAST * vel[1])
        if way < least:
            best, least = k, way
    return best, least


@fn
def next_player(o, at, n, me, hitter, target):
    """The number of the free player nearest to where a pass comes down; -1 if nobody is free."""
    best, least = -1, NEVER
    for k in range(n):
        if k != hitter and not (o[at.our_ball] > 0.5 and has_touched(o, at, me, k)):
            pos = place_of(o, at, me, k)
            way = math.hypot(pos[0] - target[0], pos[1] - target[1])
            if way < least:
                best, least = k, way
    return best


@fn
def is_last(o, at, n, me):
    """Whether the next touch must send the ball over: the third, or nobody is left to pass to."""
    touches = o[at.our_touches] if o[at.our_ball] > 0.5 else 0.0
    return touches > 1.5 or free_players(o, at, n, me) < 2


@fn
def _serve_target(o, at):
    return max(-0.55 * o[at.court], -2.5), 0.0


@fn
def pass_target(o, at, n, me, hitter, meet, depth=0.42):
    """(x, y) m: towards the middle at `depth` of half the court, near the free mate nearest to there, at least PASS_WAY from the hit."""
    length, width = o[at.court], o[at.court + 1]
    spot, best, least = depth * length, -1, NEVER
    for k in range(n):
        if k != hitter and not (o[at.our_ball] > 0.5 and has_touched(o, at, me, k)):
            pos = place_of(o, at, me, k)
            way = math.hypot(pos[0] - spot, 0.7 * pos[1])
            if way < least:
                best, least = k, way
    mate = place_of(o, at, me, best)
    x, y = 0.5 * (spot + mate[0]), 0.8 * mate[1]
    away_x, away_y = x - meet[0], y - meet[1]
    way = math.hypot(away_x, away_y)
    if way < PASS_WAY:
        away_x, away_y = mate[0] - meet[0], mate[1] - meet[1]
        way = max(math.hypot(away_x, away_y), 1e-3)
        x, y = meet[0] + PASS_WAY * away_x / way, meet[1] + PASS_WAY * away_y / way
    return clip(x, 0.25 * length, 0.7 * length), clip(y, -0.65 * width, 0.65 * width)


@fn
def whim(o, at, salt):
    """A number in [0, 1) from the digits of where the ball is: mates see the same, opponents cannot foresee it, and rallies
    do not fall into a circle."""
    digits = 5370.1 * o[at.ball] + 9130.3 * o[at.ball + 1] + 0.618 * salt
    return digits - math.floor(digits)


@fn
def _attack(o, at, n):
    """(target (x, y) m, apex m): the place in the far court that is farthest from all opponents, give or take WHIM; now and
    then a spike, which is fast and deep and may go wrong."""
    spike = whim(o, at, 7) < (DUEL_SPIKES if n == 1 else SPIKES)
    first, deeper = (SPIKE_FIRST, SPIKE_DEEPER) if spike else (FIRST, DEEPER)
    best_x, best_y, most = 0.0, 0.0, -1.0
    for i in range(2):
        for j in range(3):
            x, y = -(first + deeper * i) * o[at.court], (j - 1) * WIDE * o[at.court + 1]
            room = room_to_foes(o, at, n, x, y) + WHIM * whim(o, at, 3 * i + j)
            if room > most:
                best_x, best_y, most = x, y, room
    return (best_x, best_y), SPIKE_APEX if spike else ATTACK_APEX
