"""`scripted:stag` and `scripted:plant` in stag-hunt: the rewarding and the safe way to live, for the board of 5 x 5 cells.

The stag comes to whoever is nearest, so two hunters who trust each other need not run after it: they meet in the middle of the top
row and stay (a step into the edge is none), and whenever it comes it is caught. A forager goes to the nearer plant and keeps out of the
stag's reach.
"""

from __future__ import annotations

from ..physics.vec import fn

CELL = 0.5  # of the observation: from a cell to the next
DX, DY = (-1, 0, 1, 0), (0, 1, 0, -1)  # left, down, right, up
LEFT, RIGHT, UP = 0, 2, 3
DANGER = 10.0  # cells' worth of a way round


@fn
def stag_row(o, at, n, memory, out):
    """Writes the number of the choice for one row of stag-hunt's layout."""
    x = o[at.own]
    out[0] = UP
    if abs(x) > 0.5 * CELL:
        out[0] = LEFT if x > 0.0 else RIGHT


@fn
def plant_row(o, at, n, memory, out):
    x, y = o[at.own], o[at.own + 1]
    first, second = at.plants, at.plants + 2
    goal = first if far(o, first, x, y) <= far(o, second, x, y) else second
    best = 1e9
    for k in range(4):
        to_x, to_y = min(max(x + CELL * DX[k], -1.0), 1.0), min(max(y + CELL * DY[k], -1.0), 1.0)
        cost = far(o, goal, to_x, to_y)
        if far(o, at.stag, to_x, to_y) < 1.5:  # it moves, too
            cost += DANGER
        if cost < best:
            best = cost
            out[0] = k


@fn
def far(o, place, x, y):
    """Cells from (x, y) to what is seen at a place of the row."""
    return (abs(o[place] - x) + abs(o[place + 1] - y)) / CELL
