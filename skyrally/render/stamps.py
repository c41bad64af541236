"""Many small things at once: spots and lines of a few pixels, set on a surface by a handful of array operations."""

from __future__ import annotations

import numpy as np

from skyrally.render import theme
from skyrally.render.pg import pygame

MOST_SAMPLES = 48  # points of a line


def mapped(surface: pygame.Surface, colours: list[theme.Colour]) -> np.ndarray:
    """Colours as the numbers that the surface keeps."""
    return np.array([surface.map_rgb(colour) for colour in colours], np.uint32)


def stamp(surface: pygame.Surface, points: np.ndarray, colours: np.ndarray, offsets: np.ndarray) -> None:
    """Sets the pixels at `offsets` [K, 2] from each of the points [M, 2] to its colour (`mapped`, [M] or one); later ones lie on top.

    The surface has 32 bits a pixel. Points of which a pixel would lie outside are left out.
    """
    pixels = pygame.surfarray.pixels2d(surface)
    limit = np.array(pixels.shape)
    whole = points.astype(np.intp)
    inside = ((whole + offsets.min(axis=0) >= 0) & (whole + offsets.max(axis=0) < limit)).all(axis=1)
    whole, colours = whole[inside], colours[inside] if colours.ndim else colours
    flat, width = pixels.T.reshape(-1), pixels.strides[1] // pixels.itemsize  # a view, row after row
    at = whole[:, 1] * width + whole[:, 0]
    for dx, dy in offsets.tolist():
        flat[at + (dy * width + dx)] = colours
    del flat, pixels  # which unlocks the surface


def block(side: int) -> np.ndarray:
    """Offsets of a square."""
    return np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2) - side // 2


def spot(radius: float) -> np.ndarray:
    """Offsets of a disc (px)."""
    square = block(2 * int(radius) + 1)
    return square[(square**2).sum(axis=1) <= radius * radius + 0.5]


def stamp_lines(surface: pygame.Surface, starts: np.ndarray, ends: np.ndarray, colours: np.ndarray, width: int) -> None:
    """Straight lines from starts to ends, both [M, 2] px, of colours [M] (`mapped`)."""
    if not len(starts):
        return
    longest = float(np.quantile(np.abs(ends - starts).max(axis=1), 0.98))
    samples = int(np.clip(np.ceil(longest / width), 1, MOST_SAMPLES))
    along = (np.arange(samples) + 0.5)[:, None, None] / samples
    points = starts + along * (ends - starts)
    stamp(surface, points.reshape(-1, 2), np.tile(colours, samples), block(width))
