"""How bodies look that are no drones: round ones (a defending board, a hunter) and boxes (a car)."""

from __future__ import annotations

import numpy as np

from skyrally.render import canvas, theme
from skyrally.render.camera import NEAR, Camera
from skyrally.render.drone import FARTHEST, DronePose, outline_of_disc, rotations
from skyrally.render.pg import pygame
from skyrally.scenarios.stage import Disc, Stage

WINDOW = np.array([[0.08, 0.78], [0.26, 0.9], [0.26, -0.9], [0.08, -0.78]])  # of a box: x in lengths, y in half widths
MARK = 0.55  # of a round player's radius: a lighter disc on top tells it from a thing


def _outline(disc: Disc, z: float) -> np.ndarray:
    """[K, 3] m, body frame, at a height."""
    if disc.length <= 0.0:
        return outline_of_disc(0.0, 0.0, z, disc.radius)
    x, y = 0.5 * disc.length, disc.radius
    return np.array([[x, 0.8 * y, z], [0.9 * x, y, z], [-x, y, z], [-x, -y, z], [0.9 * x, -y, z], [x, -0.8 * y, z]])


class DiscPose:
    """One body as it appears in one picture. place: [7] m and w, x, y, z. `index`: of the agent that it stands for, -1: none."""

    def __init__(self, disc: Disc, place: np.ndarray, camera: Camera, index: int = -1) -> None:
        self.disc, self.pos, self.index, self.colour = disc, place[:3], index, theme.named(disc.colour)
        turn = rotations(place[None, 3:])[0]
        self._camera, self._turn = camera, turn
        flat, depths = camera.project(np.concatenate([self._placed(_outline(disc, z)) for z in (-disc.half_height, disc.half_height)]))
        self.depth, self.seen = float(depths.mean()), float(depths.min()) > NEAR
        half = len(flat) // 2
        self._low, self._high = flat[:half].tolist(), flat[half:].tolist()
        if float((camera.eye - self.pos) @ turn[:, 2]) < 0.0:
            self._low, self._high = self._high, self._low

    def _placed(self, points: np.ndarray) -> np.ndarray:
        return points @ self._turn.T + self.pos

    @property
    def foot(self) -> tuple[float, float]:
        """The lowest point on the screen, below its middle."""
        points = np.array(self._low + self._high)
        return float(points[:, 0].mean()), float(points[:, 1].max())

    def draw(self, surface: pygame.Surface) -> None:
        canvas.slab(surface, self._low, self._high, theme.lit(self.colour, 0.62))
        canvas.fill(surface, self._high, theme.lit(self.colour, 1.05))
        if self.disc.length > 0.0:
            corners = WINDOW * (self.disc.length, self.disc.radius)
            glass = np.column_stack([corners, np.full(len(corners), self.disc.half_height)])
            canvas.fill(surface, self._camera.project(self._placed(glass))[0].tolist(), theme.FRAME)
        elif self.index >= 0:
            mark = self._placed(outline_of_disc(0.0, 0.0, self.disc.half_height, MARK * self.disc.radius))
            canvas.fill(surface, self._camera.project(mark)[0].tolist(), theme.lit(self.colour, 1.5))


def pose_discs(discs: tuple[Disc, ...], places: np.ndarray, camera: Camera) -> list[DiscPose]:
    """The bodies that can be seen. places: [D, 7]."""
    sound = [(disc, place) for disc, place in zip(discs, places, strict=False) if (np.abs(place) < FARTHEST).all()]
    return [pose for pose in (DiscPose(disc, place, camera) for disc, place in sound) if pose.seen]


class PlayerArt:
    """The drawing of agents that are no drones; stands in for `DroneArt`."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.colours = [theme.named(disc.colour) for disc in stage.players]

    def pose(self, camera: Camera, pos: np.ndarray, quat: np.ndarray, angles: np.ndarray) -> list[DiscPose | DronePose | None]:
        """All agents: pos [N, 3] m, quat [N, 4]. None for those that cannot be seen."""
        places = np.hstack([np.asarray(pos, float), np.asarray(quat, float)])
        posed: list[DiscPose | DronePose | None] = []
        for i, (disc, place) in enumerate(zip(self.stage.players, places, strict=True)):
            seen = bool((np.abs(place) < FARTHEST).all())
            pose = DiscPose(disc, place, camera, i) if seen else None
            posed.append(pose if pose is not None and pose.seen else None)
        return posed
