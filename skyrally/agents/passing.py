"""`scripted:bump-and-pass`: high passes between two places nearer to the middle than the anchors, where rackets need tilt less.

The first bump comes too soon for a good pass, so it is a short and low one, and the mate comes to meet it. The numbers were
found by CMA-ES (24 candidates on 100 starts each, some hundred rounds) that counted bumps and high passes alike, and judged on other
seeds: 92 % of the episodes are played to their end, the others lost in the first bumps.
"""

from __future__ import annotations

from ..physics.vec import add_scaled, fn
from .ballistics import GRAVITY, NEVER, flight, launch, racket, time_to_fall
from .pilot import HALF_HEIGHT, fly_to, lift_of, strike
from .sight import BENCHMARK_RADIUS, BENCHMARK_RESTITUTION, anchor_of, ball_parabola, dropped, own_motion

HIT, APEX = 3.03, 3.97  # m of the ball: where it is hit, and the top asked of a pass, which comes out over the 4 m that count
NEARER, WAIT = 0.42, 2.2  # share of the anchors' y, and m: where to wait
FIRST_DROP, FIRST_APEX, FIRST_NEARER = 1.6, 3.8, 0.225  # m, m, -: the first bump
LOW, LOW_HIT = 3.86, 1.65  # m: a ball that does not rise over LOW is hit later, at LOW_HIT
LAG, HELD = 0.112, 0.192  # s until a turn has effect, s for which the tilt is held (`strike`)


@fn
def pass_row(o, at, n, memory, out):
    """Writes the ctbr action [4] for one row of the published layout."""
    pos, vel, quat, rate = own_motion(o, at)
    ball, ball_vel = ball_parabola(o, at)
    anchor = anchor_of(o, at)
    hit, apex, nearer = _plan(ball, ball_vel)
    me = 0 if o[at.identity] > 0.5 else 1
    if o[at.turn + me] < 0.5:
        fly_to(out, pos, quat, vel, rate, (anchor[0], nearer * anchor[1], WAIT))
        return
    t = time_to_fall(ball[2], ball_vel[2], hit)
    if t >= NEVER:
        fly_to(out, pos, quat, vel, rate, (ball[0], ball[1], pos[2]))
        return
    meet, incoming = flight(ball, ball_vel, 0.0, t)
    outgoing = launch(meet, (anchor[0], -nearer * anchor[1], HIT), apex, 0.0)
    normal, speed = racket(incoming, outgoing, BENCHMARK_RESTITUTION)
    contact = add_scaled(meet, -(HALF_HEIGHT + BENCHMARK_RADIUS), normal)
    strike(out, pos, quat, vel, rate, lift_of(o, at.throttle, 0.5, 0.5), contact, normal, speed, t, lag=LAG, held=HELD)


@fn
def _plan(ball, ball_vel):
    """(m ball height at the hit, m apex of the pass, share of the anchors' y of its ends), the same all through a flight."""
    top = ball[2] + ball_vel[2] * ball_vel[2] / (2.0 * GRAVITY)
    if dropped(ball_vel):
        return top - FIRST_DROP, FIRST_APEX, FIRST_NEARER
    return LOW_HIT if top < LOW else HIT, APEX, NEARER
