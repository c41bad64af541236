"""Surfaces that points fly on: walls, torus, Klein bottle, Moebius strip, projective plane; made from a rectangle by gluing edges.

A rectangle [-X/2, X/2] x [-Y/2, Y/2] is glued by the images g(k, l), k and l in {-1, 0, 1}:

| surface | g(k, l)(x, y) | seen heading (cos, sin) | edges |
| --- | --- | --- | --- |
| open | (x, y), k = l = 0 | (+, +) | walls that reflect |
| torus | (x + kX, y + lY) | (+, +) | both wrap |
| klein | (x + kX, [k odd: -y] + lY) | (+, - if k odd) | x wraps with a flip, y wraps |
| moebius | (x + kX, [k odd: -y]), l = 0 | (+, - if k odd) | x wraps with a flip, y reflects |
| projective | ([l odd: -x] + kX, [k odd: -y] + lY) | (- if l odd, - if k odd) | both wrap with a flip |

The distance of two points is the least over the images. The flat projective plane has two cone points of angle pi (its corners), near
which a pair can be seen along two ways: the nearer counts.
"""

import math

from .vec import fn

OPEN, TORUS, KLEIN, MOEBIUS, PROJECTIVE = range(5)
MANIFOLDS = ("open", "torus", "klein", "moebius", "projective")
ORIENTABLE = ("open", "torus")


@fn
def images(manifold):
    """How many images of a point there are to look at; number 0 is the point itself."""
    return 1 if manifold == OPEN else 3 if manifold == MOEBIUS else 9


@fn
def _turns(m):
    """(k, l) of image m."""
    k = m % 3
    j = m // 3
    return (k if k < 2 else -1), (j if j < 2 else -1)


@fn
def flips(manifold, m):
    """(+-1, +-1): what image m does to the two components of a direction."""
    k, j = _turns(m)
    fx = -1.0 if manifold == PROJECTIVE and j != 0 else 1.0
    fy = -1.0 if manifold >= KLEIN and k != 0 else 1.0
    return fx, fy


@fn
def image(manifold, side, x, y, m):
    """The place of image m of a point: g(k, l)(x, y)."""
    k, j = _turns(m)
    fx, fy = flips(manifold, m)
    return fx * x + k * side[0], fy * y + j * side[1]


@fn
def source(manifold, side, x, y, m):
    """The place whose image m is (x, y): the inverse of `image`."""
    k, j = _turns(m)
    fx, fy = flips(manifold, m)
    return fx * (x - k * side[0]), fy * (y - j * side[1])


@fn
def distance2(manifold, side, ax, ay, bx, by):
    """m^2: the square of the distance of two points."""
    least = math.inf
    for m in range(images(manifold)):
        x, y = image(manifold, side, bx, by, m)
        least = min(least, (x - ax) * (x - ax) + (y - ay) * (y - ay))
    return least


@fn
def in_view(side, x, y, reach):
    """Whether a place may have somebody of the rectangle within reach: else its image need not be searched."""
    return abs(x) <= 0.5 * side[0] + reach and abs(y) <= 0.5 * side[1] + reach


@fn
def wrap(manifold, side, x, y, c, s):
    """A point that left the rectangle by less than a side, brought back: (x, y, c, s) with its direction (c, s)."""
    hx, hy = 0.5 * side[0], 0.5 * side[1]
    if abs(x) > hx:
        x, y, c, s = _over_x(manifold, side, x, y, c, s)
    if abs(y) > hy:
        x, y, c, s = _over_y(manifold, side, x, y, c, s)
    if abs(x) > hx:  # the second move may have flipped x only
        x = math.copysign(hx, x)
    return x, y, c, s


@fn
def _over_x(manifold, side, x, y, c, s):
    if manifold == OPEN:
        return math.copysign(side[0], x) - x, y, -c, s
    x -= math.copysign(side[0], x)
    return (x, y, c, s) if manifold == TORUS else (x, -y, c, -s)


@fn
def _over_y(manifold, side, x, y, c, s):
    if manifold in (OPEN, MOEBIUS):
        return x, math.copysign(side[1], y) - y, c, -s
    y -= math.copysign(side[1], y)
    return (-x, y, -c, s) if manifold == PROJECTIVE else (x, y, c, s)
