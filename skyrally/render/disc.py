"""How a disc looks that is no drone: the defending board."""

from __future__ import annotations

import numpy as np

from skyrally.render import canvas, theme
from skyrally.render.camera import NEAR, Camera
from skyrally.render.drone import FARTHEST, outline_of_disc, rotations
from skyrally.render.pg import pygame
from skyrally.scenarios.stage import Disc


class DiscPose:
    """One disc as it appears in one picture. place: [7] m and w, x, y, z."""

    def __init__(self, disc: Disc, place: np.ndarray, camera: Camera) -> None:
        self.pos = place[:3]
        turn = rotations(place[None, 3:])[0]
        rims = [outline_of_disc(0.0, 0.0, z, disc.radius) @ turn.T + self.pos for z in (-disc.half_height, disc.half_height)]
        flat, depths = camera.project(np.concatenate(rims))
        self.depth, self.seen = float(depths.mean()), float(depths.min()) > NEAR
        half = len(flat) // 2
        self._low, self._high = flat[:half].tolist(), flat[half:].tolist()
        if float((camera.eye - self.pos) @ turn[:, 2]) < 0.0:
            self._low, self._high = self._high, self._low

    def draw(self, surface: pygame.Surface) -> None:
        canvas.slab(surface, self._low, self._high, theme.lit(theme.BLUE, 0.62))
        canvas.fill(surface, self._high, theme.lit(theme.BLUE, 1.05))


def pose_discs(discs: tuple[Disc, ...], places: np.ndarray, camera: Camera) -> list[DiscPose]:
    """The discs that can be seen. places: [D, 7]."""
    sound = [(disc, place) for disc, place in zip(discs, places, strict=False) if (np.abs(place) < FARTHEST).all()]
    return [pose for pose in (DiscPose(disc, place, camera) for disc, place in sound) if pose.seen]
