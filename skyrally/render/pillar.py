"""Pillars that stand on the ground, and the marks of goals in the air."""

from __future__ import annotations

import numpy as np

from skyrally.render import canvas, theme
from skyrally.render.camera import NEAR, Camera
from skyrally.render.drone import outline_of_disc
from skyrally.render.pg import pygame

STONE = theme.mix(theme.GROUND_LIT, theme.LINE, 0.38)
CORNERS = 18


class PillarPose:
    """One pillar as it appears in one picture. place: [4] m, x, y, radius, height."""

    def __init__(self, place: np.ndarray, camera: Camera) -> None:
        x, y, radius, height = (float(v) for v in place)
        self.pos = np.array([x, y, 0.5 * height])
        low, depth = camera.project(outline_of_disc(x, y, 0.0, radius, CORNERS))
        high, _ = camera.project(outline_of_disc(x, y, height, radius, CORNERS))
        self._low, self._high = low.tolist(), high.tolist()
        self.depth, self.seen = float(camera.look(np.array([x, y, 0.0]))[2]), float(depth.min()) > NEAR

    def draw(self, surface: pygame.Surface) -> None:
        """The shaft and its lighter top."""
        canvas.slab(surface, self._low, self._high, theme.lit(STONE, 0.72))
        canvas.fill(surface, self._high, theme.lit(STONE, 1.08))


def pose_pillars(pillars: np.ndarray, camera: Camera) -> list[PillarPose]:
    """Those of the pillars [K, 4] that can be seen."""
    return [pose for pose in (PillarPose(place, camera) for place in pillars) if pose.seen]


def draw_marks(surface: pygame.Surface, camera: Camera, marks: np.ndarray, radius: float) -> None:
    """Rings [K, 3] m in the air, each with a thin line to the ground."""
    for place in marks:
        flat, depth = camera.project(place)
        if depth <= 2.0 * NEAR or not np.isfinite(flat).all():
            continue
        foot, _ = camera.project(np.array([place[0], place[1], 0.0]))
        canvas.stroke(surface, flat.tolist(), foot.tolist(), 1.0, theme.ACCENT, 60)
        ring = camera.project(outline_of_disc(float(place[0]), float(place[1]), float(place[2]), radius, CORNERS))[0]
        canvas.ring(surface, ring.tolist(), 0.12 * radius * camera.scale(float(depth)), theme.ACCENT)
