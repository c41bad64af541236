"""`scripted:rally` in a match: a classical team player for any n-vs-n that sees only its own observation row (view `match`).

Every drone decides alone; mates come to the same decision because it follows from what all of them see. The ball comes
to our side: who is nearest to where it falls receives it and passes it high to the next nearest, who sets it for the
third, who attacks deep, far from the opponents. Everybody else keeps station, out of the way.
Positions are in the team frame: our half is x > 0.
"""

from __future__ import annotations

import math

from ..physics.vec import add_scaled, clip, fn, norm, scale, to_body
from .ballistics import NEVER, flight, launch, racket, time_to_fall_in_air
from .pilot import fly_to, hold, keep_apart, steer, strike, tilt_for

HALF_HEIGHT = 0.05  # m, the Iris' racket above its centre
HIT_HEIGHTS = (2.3, 1.7, 1.1)  # m of the ball at the hit, the first that can still be reached
SERVE_HEIGHT = 2.8  # m: so early there is no time for a run-up, and higher needs the least
REACH_ACC = 6.0  # m/s^2 of acceleration that a drone is trusted with
NEAR = 0.15  # m off the mark that may still be made good
PASS_APEX, ATTACK_APEX, SERVE_APEX = 4.4, 3.3, 4.4  # m
OUT_MARGIN = 0.35  # m outside the lines where a ball is left alone
RISK = 4
YIELD = 1.7  # m: nearer to a mate, a drone without the ball gives way
NET_GAP = 0.45  # m that every drone keeps from the net plane
MEET_GAP = 1.5  # m from it where a ball is met if there is a choice: there is way left to stop


@fn
def play_row(o, at, n, out):
    """Writes the ctbr action [4] for one observation row o; `at` holds the offsets of its fields."""
    pos, vel, ball, ball_vel = _three(o, at.position), _three(o, at.velocity), _three(o, at.ball), _three(o, at.ball_velocity)
    quat = (o[at.quaternion], o[at.quaternion + 1], o[at.quaternion + 2], o[at.quaternion + 3])
    rate, drag = _three(o, at.rate), o[at.ball_constants + 1]
    mine, t = _my_ball(o, at, n, pos, vel, ball, ball_vel, drag)
    if not mine:
        _keep_station(o, at, n, out, pos, quat, vel, rate)
        return
    meet, incoming = flight(ball, ball_vel, drag, t)
    outgoing = launch(meet, _target(o, at, n, meet), _apex(o, at), drag)
    normal, speed = racket(incoming, outgoing, o[at.ball_constants + 2])
    contact = add_scaled(meet, -(HALF_HEIGHT + o[at.ball_constants]), normal)
    contact = (max(contact[0], NET_GAP), contact[1], max(contact[2], 0.6))
    strike(out, pos, quat, vel, rate, contact, normal, speed, t)


@fn
def _three(o, k):
    return float(o[k]), float(o[k + 1]), float(o[k + 2])


@fn
def _my_ball(o, at, n, pos, vel, ball, ball_vel, drag):
    """(whether this drone plays the ball next, seconds until it does)."""
    ours = o[at.our_ball] > 0.5
    serving = o[at.serving] > 0.5
    if serving and o[at.server] < 0.5:
        return False, 0.0
    if not ours and ball_vel[0] <= 0.0:
        return False, 0.0
    if o[at.may_touch] < 0.5 and ours:
        return False, 0.0
    landing, _ = flight(ball, ball_vel, drag, min(time_to_fall_in_air(ball, ball_vel, drag, 0.1), 5.0))
    if landing[0] < 0.2 or (o[at.our_touches] < 0.5 and not serving and _goes_out(o, at, landing)):
        return False, 0.0
    if serving:
        return True, time_to_fall_in_air(ball, ball_vel, drag, SERVE_HEIGHT)
    t = _when(pos, vel, ball, ball_vel, drag)
    if t >= NEVER or not _nearest(o, at, n, pos, flight(ball, ball_vel, drag, t)[0]):
        return False, 0.0
    return True, t


@fn
def _goes_out(o, at, landing):
    return landing[0] > o[at.court] + OUT_MARGIN or abs(landing[1]) > o[at.court + 1] + OUT_MARGIN


@fn
def _when(pos, vel, ball, ball_vel, drag):
    """Seconds until the ball is at the first hit height on its way down that the drone can reach in time."""
    t = NEVER
    for h in HIT_HEIGHTS:
        s = time_to_fall_in_air(ball, ball_vel, drag, h)
        if s < NEVER:
            t = s
            meet, _ = flight(ball, ball_vel, drag, s)
            x, y, z = meet[0] - pos[0] - s * vel[0], meet[1] - pos[1] - s * vel[1], h - 0.15 - pos[2] - s * vel[2]
            off = math.hypot(x, y) + 0.5 * abs(z)
            if meet[0] > MEET_GAP and 3.0 * max(off - NEAR, 0.0) <= REACH_ACC * s * s:
                break
    return t


@fn
def _nearest(o, at, n, pos, meet):
    """Whether no mate that may still touch is nearer to where the ball is met (ties: the lower identity)."""
    own = math.hypot(meet[0] - pos[0], meet[1] - pos[1])
    me = _identity(o, at, n)
    for k in range(n - 1):
        m = at.mates + 7 * k
        if o[m + 6] < 0.5:
            gap = math.hypot(meet[0] - o[m], meet[1] - o[m + 1])
            number = k if k < me else k + 1
            if gap < own - 1e-4 or (gap <= own + 1e-4 and number < me):
                return False
    return True


@fn
def _identity(o, at, n):
    for k in range(n):
        if o[at.identity + k] > 0.5:
            return k
    return 0


@fn
def _attacks(o, at, n):
    """Whether this touch sends the ball over: the serve, the last touch there is, or nobody left to pass to."""
    left = 0
    for k in range(n - 1):
        if o[at.mates + 7 * k + 6] < 0.5:
            left += 1
    return o[at.serving] > 0.5 or left == 0 or o[at.our_touches] > 1.5


@fn
def _apex(o, at):
    if o[at.serving] > 0.5:
        return SERVE_APEX
    return ATTACK_APEX if o[at.our_touches] > 1.5 else PASS_APEX


@fn
def _target(o, at, n, meet):
    """Where the ball shall go: to a mate near the net, or into the far half where no opponent is."""
    if o[at.serving] > 0.5:
        return -0.72 * o[at.court], 0.0, 0.1
    if _attacks(o, at, n):
        return _open_place(o, at, n, meet)
    best, found = (0.0, 0.0), NEVER
    spot = 0.4 * o[at.court]
    for k in range(n - 1):
        m = at.mates + 7 * k
        gap = math.hypot(o[m] - spot, o[m + 1])
        if o[m + 6] < 0.5 and gap < found:
            best, found = (float(o[m]), float(o[m + 1])), gap
    wide = 0.5 * o[at.court + 1]
    x = clip(0.7 * spot + 0.3 * best[0], 0.3 * o[at.court], 0.6 * o[at.court])
    return x, clip(best[1], -wide, wide), 2.2


@fn
def _open_place(o, at, n, meet):
    """The far-court place, of a few, that is farthest from all opponents; a little credit for the middle, which is safe.

    One attack in RISK, drawn by the millimetres of where the ball is met, goes deeper: hard to defend, sometimes out.
    """
    deep = 0.25 if int(1000.0 * abs(meet[1])) % RISK == 0 else 0.2
    best, found = (-0.55 * o[at.court], 0.0, 0.1), -1.0
    for i in range(2):
        for j in range(3):
            x, y = -(0.5 + deep * i) * o[at.court], (j - 1) * 0.8 * o[at.court + 1]
            room = 0.3 if j == 1 else 0.0
            near = NEVER
            for k in range(n):
                f = at.foes + 6 * k
                near = min(near, math.hypot(x - o[f], y - o[f + 1]))
            if near + room > found:
                best, found = (x, y, 0.1), near + room
    return best


@fn
def _keep_station(o, at, n, out, pos, quat, vel, rate):
    """Goes to the waiting place, gives way to mates, stays off the net."""
    place = _station(o, at, n)
    acc = hold(pos, vel, place)
    for k in range(n - 1):
        acc = keep_apart(acc, pos, _three(o, at.mates + 7 * k), YIELD, 14.0)
    ahead = pos[0] + 0.4 * vel[0]
    if ahead < NET_GAP + 0.4:
        acc = (acc[0] + 20.0 * (NET_GAP + 0.4 - ahead), acc[1], acc[2])
    force = tilt_for(acc)
    steer(out, quat, rate, scale(1.0 / norm(force), force), force)


@fn
def _station(o, at, n):
    """The anchor, the back row a little forward: from there the whole half is in reach."""
    anchor = _three(o, at.anchor)
    return min(anchor[0], 0.72 * o[at.court]), anchor[1], 1.9


@fn
def bump_row(o, at, out):
    """Solo bump: keeps the ball over the anchor with apexes just over 3.5 m. Reads the published layout."""
    pos, vel = _three(o, at.position), _three(o, at.velocity)
    quat = (o[at.quaternion], o[at.quaternion + 1], o[at.quaternion + 2], o[at.quaternion + 3])
    rate = to_body(quat, _three(o, at.angular_velocity))
    gap, off, ball_vel = _three(o, at.from_ball), _three(o, at.from_anchor), _three(o, at.ball_velocity)
    ball = (pos[0] - gap[0], pos[1] - gap[1], pos[2] - gap[2])
    t = time_to_fall_in_air(ball, ball_vel, 0.0, BUMP_HEIGHT)
    if t >= NEVER:
        fly_to(out, pos, quat, vel, rate, (ball[0], ball[1], pos[2]))
        return
    meet, incoming = flight(ball, ball_vel, 0.0, t)
    anchor = (pos[0] - off[0], pos[1] - off[1], BUMP_HEIGHT)
    target = (meet[0] + clip(anchor[0] - meet[0], -0.3, 0.3), meet[1] + clip(anchor[1] - meet[1], -0.3, 0.3), BUMP_HEIGHT)
    normal, speed = racket(incoming, launch(meet, target, BUMP_APEX, 0.0), 0.8)
    strike(out, pos, quat, vel, rate, add_scaled(meet, -(HALF_HEIGHT + 0.1), normal), normal, speed, t)


BUMP_HEIGHT, BUMP_APEX = 2.25, 3.62  # m
