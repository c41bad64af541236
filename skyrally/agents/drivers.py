"""`scripted:safe`, `scripted:greedy` and `scripted:careful` in two-way-road.

The first stays behind its leader, the second passes everybody at once, the third who can be passed in time.
"""

from __future__ import annotations

from ..physics.vec import fn

LEFT, KEEP, RIGHT, FASTER, SLOWER = range(5)
LEADERS = 3
SECONDS = 1.5  # to the leader, that a safe driver keeps
BEHIND, AHEAD = 10.0, 14.0  # m free before one turns in
NEAR = 45.0  # m to the leader, from which a careful driver looks for a chance to pass
PASSING, GIVE_UP = 8.0, 4.0  # s until somebody comes
FAR = 1e9


@fn
def safe_row(o, at, n, memory, out):
    """Writes the number of the choice for one row of two-way-road's layout."""
    gap, pace = leader(o, at)
    out[0] = hold(o, at, gap, pace)


@fn
def greedy_row(o, at, n, memory, out):
    """Pulls out whoever comes, stays out until all are passed."""
    gap, _ = leader(o, at)
    out[0] = FASTER
    if o[at.changing] > 0.5:
        if gap >= FAR and room(o, at, 0.0):
            out[0] = RIGHT
    elif gap < SECONDS * o[at.speed] + 10.0:
        out[0] = LEFT


@fn
def careful_row(o, at, n, memory, out):
    """Passes one leader at a time if there is time for it, and gives up if there is none any more."""
    gap, pace = leader(o, at)
    clear = clear_for(o, at)
    if o[at.changing] < 0.5:
        out[0] = LEFT if gap < NEAR and clear > PASSING else hold(o, at, gap, pace)
    elif room(o, at, AHEAD):
        out[0] = RIGHT
    else:
        out[0] = FASTER if clear > GIVE_UP else SLOWER


@fn
def hold(o, at, gap, pace):
    """Faster or slower, so that the leader stays SECONDS ahead."""
    if gap < SECONDS * o[at.speed]:
        return SLOWER if o[at.target_speed] > pace - 5.0 else KEEP
    return FASTER if gap > SECONDS * o[at.speed] + 25.0 else KEEP


@fn
def leader(o, at):
    """(m ahead, m/s) of the nearest car ahead in the own lane."""
    gap, pace = FAR, 0.0
    for k in range(LEADERS):
        ahead = o[at.leaders + 2 * k]
        if 0.0 < ahead < gap:
            gap, pace = ahead, o[at.leaders + 2 * k + 1]
    return gap, pace


@fn
def room(o, at, ahead):
    """Whether no leader is where one would turn in, or so many m ahead of there."""
    free = True
    for k in range(LEADERS):
        free = free and not -BEHIND < o[at.leaders + 2 * k] < BEHIND + ahead
    return free


@fn
def clear_for(o, at):
    """s until the first of those that come is here, if all keep their speed."""
    soonest = FAR
    for k in range(LEADERS + 1):
        place = at.rival if k == LEADERS else at.oncoming + 2 * k
        along = o[at.rival + 2] if k == LEADERS else o[at.oncoming + 2 * k + 1]
        if o[place] > 0.0:
            soonest = min(soonest, o[place] / max(o[at.speed] - along, 1.0))
    return soonest
