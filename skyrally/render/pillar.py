"""What stands about in a swarm's world: pillars, marks of goals in the air, tiles of the floor, rods between drones and loads."""

from __future__ import annotations

import numpy as np

from skyrally.render import canvas, theme
from skyrally.render.camera import NEAR, Camera
from skyrally.render.drone import FARTHEST, outline_of_disc, rotations
from skyrally.render.pg import pygame
from skyrally.scenarios.stage import Frame

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


def draw_tiles(surface: pygame.Surface, camera: Camera, tiles: np.ndarray) -> None:
    """Squares of the floor [K, 4] m: x, y, side, strength; the stronger the brighter."""
    for x, y, side, strength in tiles:
        half = 0.48 * side
        corners = np.array([(x - half, y - half, 0.0), (x + half, y - half, 0.0), (x + half, y + half, 0.0), (x - half, y + half, 0.0)])
        canvas.fill(surface, camera.polygon(corners), theme.mix(theme.GROUND_LIT, theme.GLOW, 0.85 * min(max(float(strength), 0.0), 1.0)))


def draw_links(surface: pygame.Surface, camera: Camera, frame: Frame) -> None:
    """The rods of a frame, from its drones to its discs."""
    for drone, disc, *hook in frame.links:
        if not (0 <= drone < len(frame.pos) and 0 <= disc < len(frame.discs)):
            continue
        place = frame.discs[int(disc)]
        ends = np.array([frame.pos[int(drone)], place[:3] + rotations(place[None, 3:])[0] @ np.array(hook)])
        if not (np.abs(ends) < FARTHEST).all():
            continue
        flat, depth = camera.project(ends)
        if depth.min() > 2.0 * NEAR:
            canvas.stroke(surface, flat[0].tolist(), flat[1].tolist(), max(1.0, 0.02 * camera.scale(float(depth.mean()))), theme.LINE)
