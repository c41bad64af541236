"""The ball, its fading trail, the soft shadows on the ground and the flashes where things touched."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from skyrally.render import canvas, theme
from skyrally.render.camera import NEAR, Camera
from skyrally.render.pg import pygame

SMALLEST = 3.2  # pixels of final picture: the ball is never drawn smaller
ROUND = 20  # corners of a round shadow
SHADOW_LAYERS = 7  # discs that make the soft edge
SOFTNESS = 0.38  # the edge reaches from 1 - this to 1 + this times the radius
FLASH_SECONDS = 0.45
_AROUND = np.linspace(0.0, 2.0 * np.pi, ROUND, endpoint=False)
_CIRCLE = np.stack([np.cos(_AROUND), np.sin(_AROUND), np.zeros(ROUND)], axis=1)


@lru_cache(maxsize=96)
def _sphere(radius: int) -> pygame.Surface:
    """A shaded ball of `radius` pixels with a smooth edge, light from the upper left."""
    size = 2 * radius + 3
    y, x = (np.mgrid[0:size, 0:size] - (size - 1) / 2.0) / radius
    r = np.sqrt(x * x + y * y)
    z = np.sqrt(np.clip(1.0 - r * r, 0.0, 1.0))
    light = np.clip(-0.42 * x - 0.6 * y + 0.68 * z, 0.0, 1.0)
    shade = np.clip(0.52 + 0.55 * light, 0.0, 1.0)[..., None] * np.array(theme.BALL)
    colour = shade + (light**14 * 0.75)[..., None] * (255.0 - shade)
    sprite = pygame.Surface((size, size), pygame.SRCALPHA, 32)
    pixels, alpha = pygame.surfarray.pixels3d(sprite), pygame.surfarray.pixels_alpha(sprite)
    pixels[:] = np.clip(colour, 0, 255).transpose(1, 0, 2).astype(np.uint8)
    alpha[:] = (np.clip((1.0 - r) * radius + 0.5, 0.0, 1.0) * 255).T.astype(np.uint8)
    del pixels, alpha  # they lock the surface
    return sprite


def draw_ball(surface: pygame.Surface, camera: Camera, ball: np.ndarray, radius: float, fineness: float) -> None:
    """The ball at [3] m; `fineness` is how many surface pixels make one pixel of the final picture."""
    flat, depth = camera.project(ball)
    if depth <= NEAR + radius:
        return
    pixels = round(min(max(radius * camera.scale(float(depth)), SMALLEST * fineness), 0.4 * camera.size[1]))
    if -pixels < flat[0] < camera.size[0] + pixels and -pixels < flat[1] < camera.size[1] + pixels:
        sprite = _sphere(max(pixels, 1))
        surface.blit(sprite, (round(flat[0] - sprite.get_width() / 2), round(flat[1] - sprite.get_height() / 2)))


def draw_trail(surface: pygame.Surface, camera: Camera, trail: np.ndarray, keep: np.ndarray, radius: float, fineness: float) -> None:
    """The last places [K, 3] of the ball, oldest first, as a band that tapers and fades; only segments with `keep` [K - 1]."""
    flat, depth = camera.project(trail)
    seen = keep & (depth[1:] > NEAR + radius) & (depth[:-1] > NEAR + radius)
    seen &= np.abs(flat[1:]).max(axis=1) < 3 * max(camera.size)
    if not seen.any():
        return
    young = np.arange(len(trail)) / (len(trail) - 1)
    along = np.gradient(flat, axis=0)
    normal = np.stack([-along[:, 1], along[:, 0]], axis=1) / np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-6)
    half = np.maximum(0.65 * radius * camera.focal / np.maximum(depth, NEAR) * young, 0.5 * fineness)[:, None]
    left, right = (flat + half * normal).tolist(), (flat - half * normal).tolist()
    used = np.flatnonzero(np.append(seen, False) | np.append(False, seen))
    veil = canvas.Veil(surface, [side[k] for side in (left, right) for k in used])
    for k in np.flatnonzero(seen):
        veil.fill([left[k], left[k + 1], right[k + 1], right[k]], theme.TRAIL, int(140 * young[k] ** 1.5))
    veil.lay()


def draw_shadow(surface: pygame.Surface, camera: Camera, at: np.ndarray, radius: float) -> None:
    """A soft round shadow on the ground straight below `at` [3] m: the higher, the wider and the fainter."""
    if not (np.abs(at) < 1e3).all():
        return
    high = max(float(at[2]), 0.0)
    radius, strength = radius * (1.0 + 0.05 * high), 130.0 / (1.0 + 0.2 * high)
    outline = camera.polygon(np.array([at[0], at[1], 0.0]) + (1.0 + SOFTNESS) * radius * _CIRCLE)
    if len(outline) != ROUND or not _in_sight(outline, camera):
        return  # cut by the edge of sight: not worth its shadow
    ring, middle = np.array(outline), np.mean(outline, axis=0)
    veil = canvas.Veil(surface, outline)
    share = np.arange(1, SHADOW_LAYERS + 1) / SHADOW_LAYERS
    size = 1.0 - share * 2.0 * SOFTNESS / (1.0 + SOFTNESS)
    rings = (middle + size[:, None, None] * (ring - middle)).tolist()
    for points, alpha in zip(rings, strength * share * share * (3.0 - 2.0 * share), strict=True):
        veil.fill(points, theme.SHADOW, int(alpha))
    veil.lay()


def _in_sight(points: list[tuple[float, float]], camera: Camera) -> bool:
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return max(xs) > 0 and max(ys) > 0 and min(xs) < camera.size[0] and min(ys) < camera.size[1]


def draw_flash(surface: pygame.Surface, camera: Camera, name: str, point: np.ndarray, colour: theme.Colour, age: float) -> None:
    """A ring that opens and fades for `FLASH_SECONDS` (age s): lying where the ground was touched, facing the eye elsewhere."""
    share = age / FLASH_SECONDS
    if not 0.0 <= share < 1.0 or not (np.abs(point) < 1e4).all() or camera.look(point)[2] < 4 * NEAR:
        return
    alpha, radius = int(235 * (1.0 - share) ** 1.5), 0.10 + 0.45 * math.sqrt(share)
    if name.endswith("ground"):
        ground = np.array([point[0], point[1], 0.01])
        outer = ground + 1.3 * radius * _CIRCLE
    else:
        outer = point + radius * (_CIRCLE[:, :1] * camera.axes[0] + _CIRCLE[:, 1:2] * camera.axes[1])
    points = camera.polygon(outer)
    if points:
        veil = canvas.Veil(surface, points)
        inner = np.mean(points, axis=0) + (np.array(points) - np.mean(points, axis=0)) * (1.0 - 0.32 * (1.0 - share))
        veil.fill(points, colour, alpha)
        veil.fill(inner.tolist(), colour, alpha // 6)
        veil.lay()
