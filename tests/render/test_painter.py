"""Pictures: every stage from every camera, odd places, what covers what, and stored small pictures to compare with."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from skyrally.errors import SkyrallyError
from skyrally.render import theme
from skyrally.render.drone import rotations
from skyrally.render.painter import Painter
from skyrally.render.pg import pygame
from skyrally.render.views import MODES
from skyrally.scenarios.stage import Disc

GOLDEN = Path(__file__).parent / "golden"
SIZE = (320, 180)
COARSE = (64, 36)  # golden pictures are this small: fonts and smoothing do not matter there
CLOSE = 2.5  # of 255, mean difference that is still the same picture


def picture(stage, frames, camera="orbit", size=SIZE, **options) -> np.ndarray:
    painter = Painter(stage, size, camera, **options)
    for frame in frames:
        painter.observe(frame)
    return painter.rgb()


def coarse(image: np.ndarray) -> np.ndarray:
    """A picture as the mean colours of COARSE cells, float [36, 64, 3]."""
    height, width = image.shape[0] // COARSE[1], image.shape[1] // COARSE[0]
    return image.reshape(COARSE[1], height, COARSE[0], width, 3).mean(axis=(1, 3))


def near_colour(image: np.ndarray, colour: theme.Colour, within: float = 60.0) -> np.ndarray:
    """Where a colour is, bool [height, width]."""
    return np.linalg.norm(image.astype(float) - colour, axis=-1) < within


@pytest.mark.parametrize("camera", MODES)
@pytest.mark.parametrize("each", [0, 1, 3, 6])
def test_every_stage_from_every_camera(stage_of, frames_of, each, camera):
    stage = stage_of(each)
    image = picture(stage, frames_of(stage, 65), camera)
    assert image.shape == (180, 320, 3)
    assert image.dtype == np.uint8
    assert len(np.unique(image.reshape(-1, 3), axis=0)) > 300  # there is something to see
    if each and camera != "follow":
        assert near_colour(image, theme.RED).any()
        assert near_colour(image, theme.BLUE).any()


@pytest.mark.parametrize("camera", MODES)
def test_open_ground_without_ball(stage_of, frames_of, camera):
    stage = stage_of(0, court=False, ball=False)
    image = picture(stage, frames_of(stage, 20), camera)
    assert near_colour(image, theme.GREY, 70).any()


@pytest.mark.parametrize("camera", MODES)
@pytest.mark.parametrize(
    "where", [(0, 0, 0), (1e6, 0, 2), (0, 40, 3), (0, 14, 5), (3, 3, -50), (0, 0, 1e9), (np.nan, 0, 2), (np.inf, 0, 0)]
)
def test_extreme_places(stage, match, camera, where):
    frame = replace(match[0], pos=match[0].pos.copy(), quat=match[0].quat.copy(), ball=np.array(where, float))
    frame.pos[0] = where
    frame.quat[1] = (0, 1, 0, 0)  # upside down
    frame.quat[2] = (np.nan, 0, 0, 0)
    frame.quat[3] = 0.0
    frame.contacts = [("racket", 99, where), ("ball-ground", -1, where)]
    frame.lines = ["", "\x00\n\t odd", "x" * 5000]
    assert len(np.unique(picture(stage, [match[0], frame, frame], camera).reshape(-1, 3), axis=0)) > 100


def test_camera_inside_things(stage, match):
    painter = Painter(stage, SIZE)
    painter.observe(match[0])
    painter.paint(pygame.Surface(SIZE))
    for distance in (0.0, 0.3, 1.0):
        for spot in (match[0].pos[0], match[0].ball, (0, 0, 0), (0, 3.0, 1.0)):
            painter.rig.view = replace(painter.rig.view, target=tuple(map(float, spot)), distance=distance)
            painter.paint(pygame.Surface(SIZE), 0.0)


def test_same_frames_same_picture(stage, match):
    assert (picture(stage, match[:70]) == picture(stage, match[:70])).all()


def test_kept_background_equals_a_fresh_one(stage, match):
    """What is drawn over a kept background is what a painter that draws everything would give."""
    painter, surface = Painter(stage, SIZE), pygame.Surface(SIZE, 0, 32)
    for frame in match[:50]:
        painter.observe(frame)
        painter.paint(surface)
    assert painter._kept is not None
    fresh = Painter(stage, SIZE)
    for frame in match[:50]:
        fresh.observe(frame)
    assert np.abs(painter.rgb().astype(int) - fresh.rgb().astype(int)).max() <= 2


def test_net_covers_what_is_behind_and_not_what_is_before(stage, match):
    def whiteness(x: float) -> float:
        """How white the mesh makes the place of a ball at x, seen from x > 0."""
        frame = replace(match[0], ball=np.array([x, 0.0, 2.0]), pos=match[0].pos + np.array([0, 0, 300.0]))
        painter = Painter(stage, (640, 360), "behind", labels=False)
        painter.observe(frame)
        image = painter.rgb().astype(int)
        yellow = (image[..., 0] - image[..., 2] > 90) & (image[..., 1] > 120)
        return float(yellow.sum())

    assert whiteness(0.4) > 1.05 * whiteness(-0.4)


def test_a_broken_quaternion_is_level():
    quat = np.array([[1, 0, 0, 0], [0, 0, 0, 0], [np.nan, 0, 0, 0], [2, 0, 0, 0], [math.sqrt(0.5), 0, 0, math.sqrt(0.5)]])
    turns = rotations(quat)
    for k in range(4):
        assert turns[k] == pytest.approx(np.eye(3))
    assert turns[4] @ [1, 0, 0] == pytest.approx([0, 1, 0])


def test_tilt_spin_score_and_ticker_are_seen(stage, match):
    base = match[10]
    still = picture(stage, [base])
    tilted = replace(base, quat=np.roll(base.quat, 1, axis=0))
    for other in (
        [tilted],
        [base, base],
        [replace(base, score=(7, 2))],
        [replace(base, lines=["red 1 sets"])],
        [replace(base, title="a vs b")],
    ):
        assert (picture(stage, other) != still).any()


def test_trail_fades_and_is_dropped_when_the_ball_is_put_elsewhere(stage, match):
    painter = Painter(stage, SIZE)
    for frame in match[:60]:
        painter.observe(frame)
    assert len(painter._memory.trail) == 35
    painter.observe(replace(match[60], ball=np.array([5.0, 2.0, 3.0]) - match[60].ball))
    assert len(painter._memory.trail) == 1
    painter.forget()
    assert not painter.ready
    with pytest.raises(SkyrallyError, match="observe a frame first"):
        painter.rgb()


def test_size_is_checked(stage):
    with pytest.raises(SkyrallyError, match="picture size 5x100000 is out of range"):
        Painter(stage, (5, 100000))


GOLDENS = {"3v3-orbit": (3, True, "orbit"), "1v1-side": (1, True, "side"), "6v6-top": (6, True, "top"), "hover-orbit": (0, False, "orbit")}


@pytest.mark.parametrize("name", GOLDENS)
def test_golden_pictures(name, stage_of, frames_of):
    """Set SKYRALLY_GOLDEN=write to store the pictures of today; look at them before committing."""
    each, court, camera = GOLDENS[name]
    stage = stage_of(each, court=court, ball=court)
    image = picture(stage, frames_of(stage, 75), camera, (640, 360))
    path = GOLDEN / f"{name}.png"
    if os.environ.get("SKYRALLY_GOLDEN") == "write":
        GOLDEN.mkdir(exist_ok=True)
        small = pygame.surfarray.make_surface(np.rint(coarse(image)).astype(np.uint8).swapaxes(0, 1))
        pygame.image.save(small, str(path))
    stored = pygame.surfarray.array3d(pygame.image.load(str(path))).swapaxes(0, 1).astype(float)
    assert np.abs(coarse(image) - stored).mean() < CLOSE
    other = picture(stage, frames_of(stage, 75), "behind", (640, 360))
    assert np.abs(coarse(other) - stored).mean() > CLOSE  # the comparison can fail


@pytest.mark.parametrize(
    "place", [[-3.0, 0.0, 1.0, 0.9, 0.1, 0.0, 0.0], [-3.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0]], ids=["tilted", "upside down"]
)
def test_discs_are_drawn_beside_the_drones(stage, match, place):
    stage = replace(stage, discs=(Disc("board", 0.5, 0.15),))
    shown = picture(stage, [replace(match[0], discs=np.array([place]))])
    nowhere = picture(stage, [replace(match[0], discs=np.full((1, 7), np.nan))])
    assert near_colour(shown, theme.BLUE).sum() > near_colour(nowhere, theme.BLUE).sum() + 20
