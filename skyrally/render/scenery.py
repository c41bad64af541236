"""What stands still behind everything: sky, ground with its light, and on it a court with its lines, a floor, or a measured grid."""

from __future__ import annotations

import math

import numpy as np

from skyrally.render import canvas, theme
from skyrally.render.camera import Camera
from skyrally.render.hud import text_image
from skyrally.render.pg import pygame
from skyrally.scenarios.stage import Court, Patch, Stage

COARSE = 20  # pixels per sample of the sky and ground shading (it is smooth, so few samples do)
FOG = 45.0  # m, distance over which the ground fades into the horizon
LINE_WIDTH = 0.05  # m, as on a real court
GRID_REACH = 10  # m from the origin to the last line
TEXT = 0.36  # height of what is written on a patch of floor, of its width
WIDE = 8.0  # m, half a domain's width from which on fog begins farther away
ROUND = 72  # corners of a round domain
MESH = 10  # lines across a swarm's domain, at most
STRIPS = 6  # bands of slightly different light on each half of the court


def apron_margin(court: Court) -> float:
    """Width (m) of the free zone around a court: a sixth of its length, as 3 m for 18 m."""
    return court.length / 6.0


def draw_backdrop(surface: pygame.Surface, stage: Stage, camera: Camera) -> None:
    """Fills the surface (of the camera's size) with all that does not move."""
    _draw_room(surface, stage, camera)
    if stage.floor:
        _draw_floor(surface, stage.floor, camera)
    elif stage.space is not None:
        if stage.round:
            _draw_arena(surface, stage.space[0], camera)
        else:
            _draw_space(surface, stage.space, camera)
    elif stage.court is None:
        _draw_grid(surface, camera)
    else:
        _draw_court(surface, stage.court, camera)


def _draw_room(surface: pygame.Surface, stage: Stage, camera: Camera) -> None:
    """Sky and ground: a coarse picture of where each ray goes, blown up smoothly."""
    width, height = camera.size
    across, down = max(width // COARSE, 2), max(height // COARSE, 2)
    x = (np.arange(across) + 0.5) / across * width - 0.5 * width
    y = 0.5 * height - (np.arange(down) + 0.5) / down * height
    ray = camera.axes[2] * camera.focal + x[:, None, None] * camera.axes[0] + y[None, :, None] * camera.axes[1]
    slope = ray[..., 2] / np.linalg.norm(ray, axis=-1)
    reach = max(camera.eye[2], 0.05) / np.maximum(-slope, 1e-4)  # m, along the ray to the ground
    spot = camera.eye[:2] + ray[..., :2] / np.linalg.norm(ray, axis=-1, keepdims=True) * reach[..., None]
    size = 4.0 if stage.court is None else 0.6 * stage.court.length + 1.0
    wide = 1.0 if stage.space is None else max(1.0, max(stage.space[:2]) / WIDE)  # a swarm's hall grows with it
    if stage.space is not None:
        size = 0.8 * max(stage.space[:2])
    lamp = np.exp(-(spot**2).sum(axis=-1) / (2.0 * size**2))[..., None]
    ground = np.array(theme.GROUND) + lamp * (np.array(theme.GROUND_LIT) - np.array(theme.GROUND))
    fog = (1.0 - np.exp(-((reach / (FOG * wide)) ** 2)))[..., None]
    sky_share = np.sqrt(np.clip(slope / 0.55, 0.0, 1.0))[..., None]
    sky = np.array(theme.SKY_LOW) + sky_share * (np.array(theme.SKY_HIGH) - np.array(theme.SKY_LOW))
    colour = np.where(slope[..., None] < 0.0, ground + fog * (np.array(theme.SKY_LOW) - ground), sky)
    coarse = pygame.Surface((across, down), 0, 32)
    pygame.surfarray.blit_array(coarse, np.clip(colour, 0, 255).astype(np.uint8))
    half = pygame.transform.smoothscale(coarse, (max(width // 2, 1), max(height // 2, 1)))
    pygame.transform.scale(half, (width, height), surface)


def _rectangle(surface: pygame.Surface, camera: Camera, x: tuple[float, float], y: tuple[float, float], colour: theme.Colour) -> None:
    corners = np.array([(x[0], y[0], 0.0), (x[1], y[0], 0.0), (x[1], y[1], 0.0), (x[0], y[1], 0.0)])
    canvas.fill(surface, camera.polygon(corners), colour)


def _draw_court(surface: pygame.Surface, court: Court, camera: Camera) -> None:
    hx, hy, margin = 0.5 * court.length, 0.5 * court.width, apron_margin(court)
    _rectangle(surface, camera, (-hx - margin, hx + margin), (-hy - margin, hy + margin), theme.APRON)
    for k in range(-STRIPS, STRIPS):
        tint = theme.mix(theme.COURT, theme.RED if k >= 0 else theme.BLUE, 0.07)
        light = 1.04 - 0.016 * abs(k + 0.5)  # brightest at the net, under the lamps
        _rectangle(surface, camera, (k * hx / STRIPS, (k + 1) * hx / STRIPS), (-hy, hy), theme.lit(tint, light))
    _draw_lines(surface, court, camera)


def _draw_space(surface: pygame.Surface, space: tuple[float, float, float], camera: Camera) -> None:
    """A swarm's domain: a lighter floor with lines at whole steps of 1, 2 or 5 m (or ten times that), and its edge."""
    hx, hy = space[:2]
    _rectangle(surface, camera, (-hx, hx), (-hy, hy), theme.mix(theme.GROUND_LIT, theme.GROUND, 0.35))
    least = 2.0 * max(hx, hy) / MESH
    unit = 10.0 ** math.floor(math.log10(least))
    step = next(unit * k for k in (1.0, 2.0, 5.0, 10.0) if unit * k >= 0.999 * least)
    ends = [((k * step, -hy, 0.0), (k * step, hy, 0.0)) for k in range(math.ceil(-hx / step), math.floor(hx / step) + 1)]
    ends += [((-hx, k * step, 0.0), (hx, k * step, 0.0)) for k in range(math.ceil(-hy / step), math.floor(hy / step) + 1)]
    for points in camera.lines(np.array(ends)):
        if points:
            canvas.stroke(surface, points[0], points[1], 1.0, theme.GRID, 70)
    corners = [(-hx, -hy, 0.0), (hx, -hy, 0.0), (hx, hy, 0.0), (-hx, hy, 0.0), (-hx, -hy, 0.0)]
    for points in camera.lines(np.array([corners[k : k + 2] for k in range(4)])):
        if points:
            canvas.stroke(surface, points[0], points[1], 2.5, theme.mix(theme.GRID, theme.TEXT, 0.3))


def _draw_arena(surface: pygame.Surface, radius: float, camera: Camera) -> None:
    """A swarm's round domain: a lighter floor with rings, and its edge."""
    angles = np.linspace(0.0, 2.0 * math.pi, ROUND + 1)
    circle = np.stack([np.cos(angles), np.sin(angles), np.zeros(ROUND + 1)], axis=1)
    canvas.fill(surface, camera.polygon(radius * circle[:-1]), theme.mix(theme.GROUND_LIT, theme.GROUND, 0.35))
    for part in (0.25, 0.5, 0.75, 1.0):
        edge = part == 1.0
        width, colour, alpha = (2.5, theme.mix(theme.GRID, theme.TEXT, 0.3), 255) if edge else (1.0, theme.GRID, 70)
        for points in camera.lines(np.stack([part * radius * circle[:-1], part * radius * circle[1:]], axis=1)):
            if points:
                canvas.stroke(surface, points[0], points[1], width, colour, alpha)


def _draw_floor(surface: pygame.Surface, floor: tuple[Patch, ...], camera: Camera) -> None:
    for patch in floor:
        x, y = 0.5 * patch.length, 0.5 * patch.width
        _rectangle(surface, camera, (patch.x - x, patch.x + x), (patch.y - y, patch.y + y), theme.named(patch.colour))
    for patch in floor:
        if patch.text:
            flat, depth = camera.project(np.array([patch.x, patch.y, 0.0]))
            image = text_image(patch.text, max(round(TEXT * patch.width * camera.scale(float(depth))), 8), theme.TEXT, True)
            surface.blit(image, (flat[0] - 0.5 * image.get_width(), flat[1] - 0.5 * image.get_height()))


def _draw_lines(surface: pygame.Surface, court: Court, camera: Camera) -> None:
    """Sidelines, end lines, centre line, and the attack lines a third of the half from the net (3 m on a full court)."""
    hx, hy, w = 0.5 * court.length, 0.5 * court.width, LINE_WIDTH * min(1.0, court.width / 6.0)
    for y in (-hy, hy - w):
        _rectangle(surface, camera, (-hx, hx), (y, y + w), theme.LINE)
    for x in (-hx, hx - w, -0.5 * w, hx / 3.0 - 0.5 * w, -hx / 3.0 - 0.5 * w):
        _rectangle(surface, camera, (x, x + w), (-hy, hy), theme.LINE)


def _draw_grid(surface: pygame.Surface, camera: Camera) -> None:
    """Lines every metre, fading outwards; the axes through the origin are stronger."""
    ends, strengths = [], []
    for k in range(-GRID_REACH, GRID_REACH + 1):
        for j in range(-GRID_REACH, GRID_REACH, 2):
            far = math.hypot(k, j + 1.0) / GRID_REACH
            if far < 1.0:
                ends += [((k, j, 0.0), (k, j + 2, 0.0)), ((j, k, 0.0), (j + 2, k, 0.0))]
                strengths += [int((235 if k == 0 else 150) * (1.0 - far) ** 1.2)] * 2
    for points, alpha in zip(camera.lines(np.array(ends)), strengths, strict=True):
        if points:
            canvas.stroke(surface, points[0], points[1], 1.0, theme.GRID, alpha)
