"""Distances and sweeps against what geometry says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyrally.physics.shapes import BOX, CYLINDER, MISS, distance, sweep

coordinate = st.floats(-3, 3).map(lambda v: v if abs(v) > 1e-6 else 0.0)
points = st.tuples(coordinate, coordinate, coordinate)
SIZES = {BOX: (0.5, 1.0, 0.2), CYLINDER: (0.7, 0.1, 0.0)}
shapes = st.sampled_from([BOX, CYLINDER])


@settings(max_examples=150, deadline=None)
@given(shapes, points, points)
def test_distance_changes_no_faster_than_the_point_moves(shape, p, q):
    d = distance(shape, SIZES[shape], p)[0] - distance(shape, SIZES[shape], q)[0]
    assert abs(d) <= np.linalg.norm(np.subtract(p, q)) + 1e-12


@settings(max_examples=150, deadline=None)
@given(shapes, points)
def test_the_normal_is_unit_and_leads_back_to_the_surface(shape, p):
    d, normal = distance(shape, SIZES[shape], p)
    assert np.linalg.norm(normal) == pytest.approx(1.0, abs=1e-9)
    foot = tuple(np.subtract(p, np.multiply(d, normal)))
    assert distance(shape, SIZES[shape], foot)[0] == pytest.approx(0.0, abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(shapes, points)
def test_the_normal_is_the_gradient(shape, p):
    d, normal = distance(shape, SIZES[shape], p)
    e = 1e-6
    gradient = [(distance(shape, SIZES[shape], tuple(np.add(p, e * axis)))[0] - d) / e for axis in np.eye(3)]
    if abs(np.linalg.norm(gradient) - 1.0) < 1e-4:  # elsewhere p lies on an edge of two regions
        assert np.allclose(gradient, normal, atol=2e-3)


@pytest.mark.parametrize("margin", [0.0, 0.1])
def test_head_on_against_faces(margin):
    for shape, axis, face in ((BOX, 0, 0.5), (BOX, 1, 1.0), (BOX, 2, 0.2), (CYLINDER, 0, 0.7), (CYLINDER, 2, 0.1)):
        start, motion = np.zeros(3), np.zeros(3)
        start[axis], motion[axis] = 2.0, -4.0
        t, normal = sweep(shape, SIZES[shape], margin, tuple(start), tuple(motion))
        assert t == pytest.approx((2.0 - face - margin) / 4.0, abs=1e-6)
        assert normal == tuple(np.eye(3)[axis])


def test_a_sphere_against_a_rim_is_a_circle_in_the_plane():
    """Falling at 0.75 from the axis of a cylinder of radius 0.7, a sphere of 0.1 meets the rim at sqrt(0.1^2 - 0.05^2)."""
    t, normal = sweep(CYLINDER, SIZES[CYLINDER], 0.1, (0.75, 0.0, 1.1), (0.0, 0.0, -2.0))
    assert 1.1 - 2.0 * t == pytest.approx(0.1 + np.sqrt(0.1**2 - 0.05**2), abs=1e-5)
    assert normal == pytest.approx((0.5, 0.0, np.sqrt(0.75)), abs=1e-4)


def test_misses():
    size = SIZES[BOX]
    assert sweep(BOX, size, 0.1, (2.0, 0, 0), (-1.0, 0, 0))[0] == MISS  # too short
    assert sweep(BOX, size, 0.1, (2.0, 0, 0), (1.0, 0, 0))[0] == MISS  # away
    assert sweep(BOX, size, 0.1, (2.0, 0, 0.35), (-4.0, 0, 0))[0] == MISS  # passes over
    assert sweep(BOX, size, 0.1, (0.55, 0, 0), (1.0, 0, 0))[0] == MISS  # inside the margin, leaving
    assert sweep(BOX, size, 0.1, (0.55, 0, 0), (-1.0, 0, 0))[0] == 0.0  # inside, coming in


def test_sweep_never_passes_through():
    """Where a fine scan of the path finds the inside, the sweep has found a contact before."""
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(300):
        shape = int(rng.integers(2))
        size = SIZES[CYLINDER if shape == CYLINDER else BOX]
        kind = CYLINDER if shape == CYLINDER else BOX
        start = 4.0 * rng.normal(size=3)
        motion = (rng.normal(size=3) * 0.4 - start) * rng.uniform(1, 3)
        if distance(kind, size, tuple(start))[0] < 0.1:
            continue
        gaps = [distance(kind, size, tuple(start + s * motion))[0] - 0.1 for s in np.linspace(0, 1, 200)]
        t, _ = sweep(kind, size, 0.1, tuple(start), tuple(motion))
        if min(gaps) < -1e-6:
            hits += 1
            assert t <= np.argmax(np.array(gaps) < 0) / 199 + 1e-6
            assert distance(kind, size, tuple(start + t * motion))[0] == pytest.approx(0.1, abs=1e-5)
    assert hits > 100
