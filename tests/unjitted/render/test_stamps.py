"""Spots and lines that are set by array operations."""

from __future__ import annotations

import numpy as np
import pytest

from skyrally.render import stamps
from skyrally.render.pg import pygame


@pytest.fixture
def surface():
    return pygame.Surface((40, 30), 0, 32)


def lit(surface) -> np.ndarray:
    """[40, 30] whether a pixel was set."""
    return pygame.surfarray.array3d(surface).any(axis=2)


def test_a_spot_is_round_and_has_its_colour(surface):
    stamps.stamp(surface, np.array([[20.4, 15.2]]), stamps.mapped(surface, [(10, 200, 30)])[0], stamps.spot(4.0))
    x, y = np.nonzero(lit(surface))
    assert np.hypot(x - 20, y - 15).max() <= 4.1
    assert len(x) == pytest.approx(np.pi * 16, rel=0.15)
    assert surface.get_at((20, 15))[:3] == (10, 200, 30)


def test_what_would_lie_outside_is_left_out_and_later_ones_lie_on_top(surface):
    colours = stamps.mapped(surface, [(255, 0, 0), (0, 255, 0), (0, 0, 255), (9, 9, 9)])
    stamps.stamp(surface, np.array([[5, 5], [5, 5], [0, 5], [39.5, 29.9]], float), colours, stamps.block(3))
    assert surface.get_at((5, 5))[:3] == (0, 255, 0)
    assert lit(surface).sum() == 9


def test_a_line_has_no_gaps_whatever_its_slope(surface):
    ends = np.array([[35.0, 25.0], [35.0, 5.0], [5.0, 25.0]])
    stamps.stamp_lines(surface, np.full((3, 2), 5.0), ends, stamps.mapped(surface, [(255, 255, 255)] * 3), 2)
    for end in ends:
        for t in np.linspace(0.05, 0.95, 60):
            x, y = (5.0 + t * (end - 5.0)).astype(int)
            assert lit(surface)[x - 1 : x + 2, y - 1 : y + 2].any()
    stamps.stamp_lines(surface, np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0, np.uint32), 2)
