"""The camera: projections known by hand, cutting at the near plane and around the picture, modes, smooth movement."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from skyrally.errors import SkyrallyError
from skyrally.render.camera import NEAR, Camera, View, fitting_distance
from skyrally.render.views import MODES, Hand, Rig, Scene, camera_mode

SIZE = (800, 600)
SIDE = View((0.0, 0.0, 1.0), 10.0, 0.5 * math.pi, 0.0, 2.0 * math.atan(0.5))  # eye at (0, 10, 1); focal length = height = 600 pixels


def test_known_projections():
    camera = Camera(SIDE, SIZE)
    assert camera.eye == pytest.approx([0.0, 10.0, 1.0])
    assert camera.focal == pytest.approx(600.0)
    flat, depth = camera.project(np.array([[0, 0, 1], [1, 0, 1], [-1, 0, 2], [0, 5, 1.5]], float))
    assert flat == pytest.approx(np.array([[400, 300], [340, 300], [460, 240], [400, 240]]))  # red (x > 0) is on the left
    assert depth == pytest.approx([10, 10, 10, 5])


def test_axes_are_a_rotation_for_every_view():
    for azimuth in np.linspace(-4, 4, 9):
        for elevation in (-0.5, 0.0, 1.0, 0.5 * math.pi):
            axes = Camera(replace(SIDE, azimuth=azimuth, elevation=elevation), SIZE).axes
            right, up, forward = axes
            assert axes @ axes.T == pytest.approx(np.eye(3), abs=1e-12)
            assert np.cross(right, up) == pytest.approx(-forward, abs=1e-12)


def test_straight_down_needs_no_special_case():
    camera = Camera(View((0, 0, 0), 5.0, 0.5 * math.pi, 0.5 * math.pi, 2 * math.atan(0.5)), SIZE)
    flat, depth = camera.project(np.array([[1.0, 0, 0], [0, 1.0, 0]]))
    assert flat == pytest.approx(np.array([[280, 300], [400, 420]]))
    assert depth == pytest.approx([5, 5])


def test_line_is_cut_at_the_near_plane():
    camera = Camera(SIDE, SIZE)
    (ax, ay), (bx, by) = camera.line(np.array([0.0, 0.0, 1.5]), np.array([0.0, 20.0, 1.5]))
    assert (ax, ay) == pytest.approx((400, 270))
    assert bx == pytest.approx(400)
    assert by == pytest.approx(max(300 - 600 * 0.5 / NEAR, -2 * SIZE[1]))
    assert camera.line(np.array([0.0, 20.0, 1.0]), np.array([1.0, 30.0, 1.0])) == []
    assert camera.line(np.array([0.0, np.nan, 1.0]), np.array([1.0, 0.0, 1.0])) == []


def test_many_lines_equal_single_ones():
    camera, rng = Camera(SIDE, SIZE), np.random.default_rng(0)
    for spread in (1.0, 30.0):
        ends = rng.normal(size=(40, 2, 3)) * spread
        for many, (a, b) in zip(camera.lines(ends), ends, strict=True):
            assert np.allclose(many, camera.line(a, b))


def test_polygon_is_cut_at_the_near_plane_and_around_the_picture():
    camera = Camera(SIDE, SIZE)
    floor = np.array([(-50, -50, 0), (50, -50, 0), (50, 50, 0), (-50, 50, 0)], float)
    points = np.array(camera.polygon(floor))
    assert len(points) >= 4
    assert (points >= [-2 * SIZE[0] - 1e-6, -2 * SIZE[1] - 1e-6]).all()
    assert (points <= [3 * SIZE[0] + 1e-6, 3 * SIZE[1] + 1e-6]).all()
    assert points[:, 1].min() > 300  # the floor is below the horizon
    assert camera.polygon(floor + np.array([0, 100, 0])) == []
    assert camera.polygon(floor * np.nan) == []


def test_fitting_distance_fits_and_no_more():
    points = np.random.default_rng(1).uniform(-3, 3, (30, 3))
    view = replace(SIDE, target=(0.3, 0.1, 0.2), azimuth=1.0, elevation=0.4)
    view = replace(view, distance=fitting_distance(points, view, SIZE, (0.9, 0.8)))
    flat, _ = Camera(view, SIZE).project(points)
    share = np.abs(flat - np.array(SIZE) / 2) / (np.array(SIZE) / 2) / np.array([0.9, 0.8])
    assert share.max() == pytest.approx(1.0)


@pytest.mark.parametrize("mode", [mode for mode in MODES if mode != "follow"])
@pytest.mark.parametrize("each", [0, 1, 3, 6])
def test_modes_show_the_court_and_a_high_ball(mode, each, stage_of, frames_of):
    stage = stage_of(each)
    frame = next(iter(frames_of(stage, 1)))
    view = MODES[mode](Scene(stage, frame, 0.0, (960, 540), 9.0))
    hx, hy = stage.court.length / 2, stage.court.width / 2
    corners = np.array([(sx * hx, sy * hy, 0) for sx in (-1, 1) for sy in (-1, 1)] + [(0, 0, 9.0)])
    flat, depth = Camera(view, (960, 540)).project(corners)
    assert (depth > 1).all()
    assert (flat >= 0).all()
    assert (flat <= (960, 540)).all()


def test_follow_keeps_the_ball_in_sight(stage, match):
    rig = Rig(stage, SIZE, "follow")
    for frame in match:
        view = rig.advance(frame, stage.dt)
        flat, _ = Camera(view, SIZE).project(frame.ball)
        assert (np.abs(flat - (400, 300)) < (380, 280)).all()


def test_rig_moves_smoothly_and_then_stands(stage, match):
    rig = Rig(stage, SIZE, "orbit")
    first = rig.advance(match[0], 0.02)
    assert rig.advance(match[1], 0.02) is first  # nothing changed: the very same view, so that its background is kept
    rig.switch("behind")
    gaps = []
    for _ in range(200):
        before, after = rig.view, rig.advance(match[0], 0.02)
        gaps.append(np.linalg.norm(Camera(before, SIZE).eye - Camera(after, SIZE).eye))
    assert 0 < max(gaps) < 1.5
    assert gaps[-1] == 0.0
    assert rig.view.azimuth == pytest.approx(0.0, abs=2e-3)


def test_the_hand_turns_the_view(stage, match):
    rig = Rig(stage, SIZE, "orbit")
    plain = rig.advance(match[0], 0.0)
    rig.hand = Hand(turn=0.5, rise=9.0, zoom=0.5)
    for _ in range(300):
        rig.advance(match[0], 0.05)
    assert rig.view.azimuth == pytest.approx(plain.azimuth + 0.5, abs=2e-3)
    assert rig.view.elevation == pytest.approx(0.5 * math.pi, abs=2e-3)
    assert rig.view.distance == pytest.approx(0.5 * plain.distance, rel=1e-3)


def test_unknown_camera_names_the_near_ones():
    with pytest.raises(SkyrallyError, match=r"unknown camera 'orbot'.*orbit"):
        camera_mode("orbot")
