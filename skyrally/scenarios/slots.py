"""Slots of the shapes that a swarm takes (formation), for any number of drones, in units of the spacing."""

import math

from ..physics.vec import fn

SHAPES = ("hexagon", "square", "triangle", "disc")
GOLDEN_ANGLE = math.pi * (3.0 - math.sqrt(5.0))  # rad: turned by it each time, points fill a disc evenly


@fn
def slot_of(shape, k, count):
    """The k-th slot of a shape of `count`, in units of the spacing."""
    if shape == 0:
        return _hexagon(k)
    if shape == 1:
        across = math.ceil(math.sqrt(count))
        row = k // across
        return float(row), k % across - 0.5 * min(across, count - row * across)
    if shape == 2:
        row = int(0.5 * (math.sqrt(8.0 * k + 1.0) - 1.0) + 1e-9)
        return -0.5 * math.sqrt(3.0) * row, k - 0.5 * row * (row + 1.0) - 0.5 * row
    radius = math.sqrt(k + 0.5) / 1.5  # so that no two are nearer than the spacing
    return radius * math.cos(k * GOLDEN_ANGLE), radius * math.sin(k * GOLDEN_ANGLE)


@fn
def _hexagon(k):
    """Ring r of a hexagonal lattice holds 6 r places."""
    if k == 0:
        return 0.0, 0.0
    ring = math.ceil((math.sqrt(12.0 * k + 9.0) - 3.0) / 6.0 - 1e-9)
    j = k - 3 * ring * (ring - 1) - 1
    a, b, share = (j // ring) * math.pi / 3.0, (j // ring + 1) * math.pi / 3.0, (j % ring) / ring
    return (
        ring * (math.cos(a) + share * (math.cos(b) - math.cos(a))),
        ring * (math.sin(a) + share * (math.sin(b) - math.sin(a))),
    )
