"""Surfaces glued from a rectangle: their metric, their edges, and what is known of them (reference A5.4)."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from skyrally.physics.manifolds import KLEIN, MANIFOLDS, MOEBIUS, OPEN, PROJECTIVE, TORUS, distance2, image, images, source, wrap

UNIT = (1.0, 1.0, 1.0)
CLOSED = [TORUS, KLEIN, MOEBIUS, PROJECTIVE]
NAMES = [MANIFOLDS[m] for m in CLOSED]


def apart(manifold: int, a, b) -> float:
    return distance2(manifold, UNIT, a[0], a[1], b[0], b[1]) ** 0.5


def wide_images(manifold: int, x: float, y: float):
    """Images for k and l up to 3, written from the table of the reference in the square [0, 1]."""
    x, y = x + 0.5, y + 0.5
    for k, j in itertools.product(range(-3, 4), repeat=2):
        fy = y if manifold == TORUS or k % 2 == 0 else 1.0 - y
        fx = x if manifold != PROJECTIVE or j % 2 == 0 else 1.0 - x
        if manifold == MOEBIUS and j != 0:
            continue
        yield fx + k - 0.5, fy + j - 0.5


@pytest.mark.parametrize("manifold", CLOSED, ids=NAMES)
def test_the_distance_is_a_metric_and_three_by_three_images_are_enough(manifold):
    rng = np.random.default_rng(manifold)
    for _ in range(400):
        a, b, c = rng.uniform(-0.5, 0.5, (3, 2))
        d = apart(manifold, a, b)
        assert d == pytest.approx(apart(manifold, b, a), abs=1e-12)
        assert d <= apart(manifold, a, c) + apart(manifold, c, b) + 1e-12
        assert d == pytest.approx(min(np.hypot(x - a[0], y - a[1]) for x, y in wide_images(manifold, *b)), abs=1e-12)
        assert apart(manifold, a, a) == 0.0


@pytest.mark.parametrize(("manifold", "largest"), list(zip(CLOSED, (0.707, 0.702, 0.977, 0.967), strict=True)), ids=NAMES)
def test_no_two_points_are_farther_apart_than_the_reference_found(manifold, largest):
    rng = np.random.default_rng(7)
    pairs = rng.uniform(-0.5, 0.5, (4000, 4))
    found = max(apart(manifold, p[:2], p[2:]) for p in pairs)
    assert largest - 0.08 < found < largest + 0.02


@pytest.mark.parametrize("manifold", CLOSED, ids=NAMES)
def test_a_move_over_an_edge_and_back_ends_where_it_began(manifold):
    rng = np.random.default_rng(3)
    for _ in range(300):
        x, y = rng.uniform(-0.5, 0.5, 2)
        angle, way = rng.uniform(-np.pi, np.pi), rng.uniform(0.0, 0.3)
        c, s = np.cos(angle), np.sin(angle)
        nx, ny, nc, ns = wrap(manifold, UNIT, x + way * c, y + way * s, c, s)
        assert abs(nx) <= 0.5
        assert abs(ny) <= 0.5
        assert np.hypot(nc, ns) == pytest.approx(1.0)
        if manifold == MOEBIUS and abs(y + way * s) > 0.5:
            continue  # reflected, not wrapped
        bx, by, bc, bs = wrap(manifold, UNIT, nx - way * nc, ny - way * ns, -nc, -ns)
        assert (bx, by, -bc, -bs) == pytest.approx((x, y, c, s), abs=1e-12)


@pytest.mark.parametrize("manifold", CLOSED, ids=NAMES)
def test_a_short_move_over_an_edge_is_a_short_way(manifold):
    rng = np.random.default_rng(5)
    for _ in range(300):
        x, y = rng.uniform(-0.5, 0.5, 2)
        dx, dy = rng.uniform(-0.1, 0.1, 2)
        nx, ny, _, _ = wrap(manifold, UNIT, x + dx, y + dy, 1.0, 0.0)
        assert apart(manifold, (x, y), (nx, ny)) <= np.hypot(dx, dy) + 1e-12


@pytest.mark.parametrize("manifold", [OPEN, *CLOSED])
def test_source_undoes_image(manifold):
    for m in range(images(manifold)):
        x, y = image(manifold, (3.0, 2.0, 1.0), 0.4, -0.7, m)
        assert source(manifold, (3.0, 2.0, 1.0), x, y, m) == pytest.approx((0.4, -0.7))
