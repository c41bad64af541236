"""Drawing on a pygame surface: filled outlines with and without transparency, rings, strokes. Coordinates are pixels, floats allowed."""

from __future__ import annotations

import math
from collections.abc import Sequence

from skyrally.render.pg import pygame
from skyrally.render.theme import Colour

Points = Sequence[Sequence[float]]  # x, y of each corner


def fill(surface: pygame.Surface, points: Points, colour: Colour, alpha: int = 255) -> None:
    """A filled outline; `alpha` 0 to 255. Fewer than three points draw nothing."""
    if len(points) < 3 or alpha <= 0:
        return
    if alpha >= 255:
        pygame.draw.polygon(surface, colour, points)
    else:
        pygame.gfxdraw.filled_polygon(surface, points, (*colour, alpha))


def stroke(surface: pygame.Surface, a: Sequence[float], b: Sequence[float], width: float, colour: Colour, alpha: int = 255) -> None:
    """A straight bar from a to b, `width` pixels thick, at least one pixel."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = math.hypot(dx, dy)
    if length < 1e-6:
        return
    if width <= 1.5:
        if alpha >= 255:
            pygame.draw.line(surface, colour, a, b)
        else:
            pygame.gfxdraw.line(surface, int(a[0]), int(a[1]), int(b[0]), int(b[1]), (*colour, alpha))
        return
    nx, ny = -0.5 * width * dy / length, 0.5 * width * dx / length
    fill(surface, [(a[0] + nx, a[1] + ny), (b[0] + nx, b[1] + ny), (b[0] - nx, b[1] - ny), (a[0] - nx, a[1] - ny)], colour, alpha)


def ring(surface: pygame.Surface, points: Points, width: float, colour: Colour) -> None:
    """A closed line along the points, at least one pixel thick."""
    if len(points) >= 3:
        pygame.draw.lines(surface, colour, True, points, max(round(width), 1))


class Veil:
    """A transparent layer over a part of a surface, for shapes that must not add up where they overlap: draw on it, then `lay` it down."""

    def __init__(self, surface: pygame.Surface, points: Points, margin: float = 2.0) -> None:
        xs, ys = [p[0] for p in points] or [0.0], [p[1] for p in points] or [0.0]
        low, high = (min(xs) - margin, min(ys) - margin), (max(xs) + margin, max(ys) + margin)
        self._under = surface
        self.box = pygame.Rect(int(low[0]), int(low[1]), int(high[0] - low[0]) + 2, int(high[1] - low[1]) + 2).clip(surface.get_rect())
        self.layer = pygame.Surface((max(self.box.width, 1), max(self.box.height, 1)), pygame.SRCALPHA, 32)

    def fill(self, points: Points, colour: Colour, alpha: int) -> None:
        """An outline that replaces what the layer had there. Points are those of the surface beneath."""
        x, y = self.box.topleft
        pygame.draw.polygon(self.layer, (*colour, alpha), [(px - x, py - y) for px, py in points])

    def lay(self) -> None:
        """Puts the layer on the surface."""
        self._under.blit(self.layer, self.box.topleft)


def circle(surface: pygame.Surface, centre: Sequence[float], radius: float, colour: Colour, alpha: int = 255) -> None:
    """A filled disc."""
    if alpha >= 255:
        pygame.draw.circle(surface, colour, centre, radius)
    elif alpha > 0:
        x, y, r = int(centre[0]), int(centre[1]), max(int(radius), 1)
        pygame.gfxdraw.filled_circle(surface, x, y, r, (*colour, alpha))
        pygame.gfxdraw.aacircle(surface, x, y, r, (*colour, alpha))


def slab(surface: pygame.Surface, low: Points, high: Points, colour: Colour) -> None:
    """A flat cylinder between two discs, given by outlines with corners in the same order: both discs and what is between them."""
    fill(surface, low, colour)
    fill(surface, high, colour)
    dx, dy = high[0][0] - low[0][0], high[0][1] - low[0][1]
    if abs(dx) + abs(dy) > 1.0:
        across = [p[1] * dx - p[0] * dy for p in high]
        left, right = across.index(min(across)), across.index(max(across))
        fill(surface, [low[left], high[left], high[right], low[right]], colour)


def panel(surface: pygame.Surface, box: pygame.Rect, colour: Colour, alpha: int, radius: int = 10) -> None:
    """A translucent box with round corners, smooth at the edge."""
    big = pygame.Surface((2 * box.width, 2 * box.height), pygame.SRCALPHA, 32)
    big.fill((*colour, 0))
    pygame.draw.rect(big, (*colour, alpha), big.get_rect(), border_radius=2 * radius)
    surface.blit(pygame.transform.smoothscale(big, box.size), box.topleft)
