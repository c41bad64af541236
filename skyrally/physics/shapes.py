"""Distances to the two shapes there are, a flat cylinder and a box, and the sweep of a point along a segment against them.

A sphere against a shape is its centre against the shape grown by the radius (`margin`): exact, rounded edges included.
The sweep steps from plane to plane, which can never pass through a surface however fast the motion is.
"""

import math

from .vec import add_scaled, dot, fn, norm

MISS = 2.0  # a fraction of the motion that is never reached
CYLINDER, BOX = 0, 1
TOUCH = 1e-7  # m: close enough to call it contact
MARCHES = 64


@fn
def from_cylinder(p, radius, half):
    """(distance, outward normal) of point p from a cylinder about z; negative inside."""
    r = math.sqrt(p[0] * p[0] + p[1] * p[1])
    outx, outy = (p[0] / r, p[1] / r) if r > 0.0 else (1.0, 0.0)
    side = 1.0 if p[2] >= 0.0 else -1.0
    dr, dz = r - radius, abs(p[2]) - half
    if dr <= 0.0 or dz <= 0.0:
        if dz > dr:
            return dz, (0.0, 0.0, side)
        return dr, (outx, outy, 0.0)
    d = math.sqrt(dr * dr + dz * dz)
    return d, (outx * dr / d, outy * dr / d, side * dz / d)


@fn
def from_box(p, hx, hy, hz):
    """(distance, outward normal) of point p from a box with these half sizes; negative inside."""
    sx = 1.0 if p[0] >= 0.0 else -1.0
    sy = 1.0 if p[1] >= 0.0 else -1.0
    sz = 1.0 if p[2] >= 0.0 else -1.0
    dx, dy, dz = abs(p[0]) - hx, abs(p[1]) - hy, abs(p[2]) - hz
    if dx <= 0.0 and dy <= 0.0 and dz <= 0.0:
        if dx >= dy and dx >= dz:
            return dx, (sx, 0.0, 0.0)
        if dy >= dz:
            return dy, (0.0, sy, 0.0)
        return dz, (0.0, 0.0, sz)
    gap = (max(dx, 0.0), max(dy, 0.0), max(dz, 0.0))
    d = norm(gap)
    return d, (sx * gap[0] / d, sy * gap[1] / d, sz * gap[2] / d)


@fn
def distance(shape, size, p):
    """(distance, normal) of p from a CYLINDER of size (radius, half height, -) or a BOX of half sizes."""
    if shape == CYLINDER:
        return from_cylinder(p, size[0], size[1])
    return from_box(p, size[0], size[1], size[2])


@fn
def sweep(shape, size, margin, start, motion):
    """(fraction of the motion at first contact, or MISS; normal there) of a point moving from `start` by `motion`.

    Newton's method on the distance: a convex shape lies behind the plane at its nearest point, so a step to that plane
    never passes the surface, and a motion away from it never arrives. Oblique paths take no more steps than straight ones.
    A point that starts inside touches at once if it moves inward, else not at all.
    """
    d, normal = distance(shape, size, start)
    if d - margin > norm(motion):
        return MISS, normal
    t = 0.0
    for _ in range(MARCHES):
        gap = d - margin
        closing = -dot(normal, motion)
        if closing <= 0.0:
            return MISS, normal
        if gap <= TOUCH:
            return t, normal
        t += gap / closing
        if t > 1.0:
            return MISS, normal
        d, normal = distance(shape, size, add_scaled(start, t, motion))
    return MISS, normal
