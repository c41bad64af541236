"""The net: posts, mesh, tape and antennas. Below the mesh a faint veil shows that the net's plane is closed down to the ground."""

from __future__ import annotations

import numpy as np

from skyrally.render import canvas, theme
from skyrally.render.camera import Camera
from skyrally.render.pg import pygame
from skyrally.scenarios.stage import Court

DEPTH = 1.0  # m, height of the mesh below the top tape
MESH = 0.125  # m between threads
TAPE = 0.07  # m
POST_RADIUS = 0.045  # m
ANTENNA = 0.8  # m above the net


def _bar(surface: pygame.Surface, camera: Camera, a: tuple, b: tuple, width: float, colour: theme.Colour, alpha: int = 255) -> None:
    """A bar between two world points, `width` metres thick."""
    points = camera.line(np.array(a), np.array(b))
    if points:
        depth = float(camera.look(0.5 * (np.array(a) + np.array(b)))[2])
        canvas.stroke(surface, points[0], points[1], width * camera.scale(depth), colour, alpha)


def _wall(
    surface: pygame.Surface, camera: Camera, y: tuple[float, float], z: tuple[float, float], colour: theme.Colour, alpha: int
) -> None:
    corners = np.array([(0.0, y[0], z[0]), (0.0, y[1], z[0]), (0.0, y[1], z[1]), (0.0, y[0], z[1])])
    canvas.fill(surface, camera.polygon(corners), colour, alpha)


def _threads(surface: pygame.Surface, camera: Camera, half: float, low: float, high: float) -> None:
    """The mesh. Threads are thinner than a pixel, so their strength is in the transparency; far away only the veil remains."""
    pixels = MESH * camera.scale(float(camera.look(np.array([0.0, 0.0, high]))[2]))
    alpha = int(min(120.0, 10.0 * pixels))
    across, up = max(round(2 * half / MESH), 1), max(round((high - low) / MESH), 1)
    y, z = np.linspace(-half, half, across + 1), np.linspace(low, high, up + 1)
    standing = [((0.0, v, low), (0.0, v, high)) for v in y]
    lying = [((0.0, -half, v), (0.0, half, v)) for v in z]
    for points in camera.lines(np.array(standing + lying)):
        if points:
            canvas.stroke(surface, points[0], points[1], 1.0, theme.NET, alpha)


def draw_net(surface: pygame.Surface, court: Court, camera: Camera) -> None:
    """Everything in the plane x = 0."""
    half, high = 0.5 * court.width, court.net_height
    low = max(high - DEPTH, 0.3 * high)
    posts = sorted((-1.0, 1.0), key=lambda s: -float(camera.look(np.array([0.0, s * half, high]))[2]))
    outside = half + min(0.5, 0.08 * court.width)
    _post(surface, camera, posts[0] * outside, high)
    _wall(surface, camera, (-half, half), (0.0, low), theme.NET, 12)
    _wall(surface, camera, (-half, half), (low, high), theme.NET, 34)
    _threads(surface, camera, half, low, high)
    _bar(surface, camera, (0.0, -outside, low), (0.0, outside, low), 0.03, theme.TAPE, 200)
    _bar(surface, camera, (0.0, -outside, high - 0.5 * TAPE), (0.0, outside, high - 0.5 * TAPE), 0.02, theme.TAPE, 200)
    _wall(surface, camera, (-half, half), (high - TAPE, high), theme.TAPE, 255)
    for side in posts:
        _antenna(surface, camera, side * half, low, high)
    _post(surface, camera, posts[1] * outside, high)


def _post(surface: pygame.Surface, camera: Camera, y: float, high: float) -> None:
    _bar(surface, camera, (0.0, y, 0.0), (0.0, y, high + 0.1), 2.0 * POST_RADIUS, theme.POST)
    _bar(surface, camera, (0.0, y, 0.0), (0.0, y, high + 0.1), 0.6 * POST_RADIUS, theme.METAL)


def _antenna(surface: pygame.Surface, camera: Camera, y: float, low: float, high: float) -> None:
    """Striped red and white, from the mesh's foot to above the tape: the ball passes between them."""
    steps = np.linspace(low, high + ANTENNA * min(1.0, high), 13)
    width = 0.03 * camera.scale(float(camera.look(np.array([0.0, y, high]))[2]))
    stripes = np.array([((0.0, y, steps[k]), (0.0, y, steps[k + 1])) for k in range(12)])
    for k, points in enumerate(camera.lines(stripes)):
        if points:
            canvas.stroke(surface, points[0], points[1], width, theme.RED if k % 2 else theme.TAPE)
