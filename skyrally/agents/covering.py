"""`scripted:cover-mate`: covers a mate's attack as the team's drones do, out of the way of both mates."""

from __future__ import annotations

from ..physics.vec import add, fn, to_body
from ..scenarios.cover_mate import guard
from .crew import YIELD, YIELD_GAIN, fly_clear
from .pilot import hold, keep_apart
from .team import four, three


@fn
def cover_mate_row(o, at, n, memory, out):
    """Writes the ctbr action [4] for one row of the drill's layout."""
    pos, vel, quat = three(o, at.position), three(o, at.velocity), four(o, at.quaternion)
    rate = to_body(quat, three(o, at.angular_velocity))
    clear = (pos[0] + o[at.to_clear], pos[1] + o[at.to_clear + 1], pos[2])
    acc = hold(pos, vel, guard(clear, add(pos, three(o, at.to_target))))
    for k in range(2):
        acc = keep_apart(acc, pos, add(pos, three(o, at.keep_away + 3 * k)), YIELD, YIELD_GAIN)
    acc = keep_apart(acc, pos, clear, YIELD, YIELD_GAIN)
    fly_clear(out, pos, vel, quat, rate, acc)
