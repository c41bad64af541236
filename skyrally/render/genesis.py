"""Pictures by Genesis's rasteriser: its scene holds a stage's bodies and is posed frame by frame, whichever engine moved the world.

Score, clock, ticker, names and flashes are written over them as in all pictures. Loads genesis-world when the first is drawn.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from skyrally.errors import SkyrallyError
from skyrally.physics.genesis import drawable, patient, started
from skyrally.render import theme
from skyrally.render.bodies import bodies, places
from skyrally.render.camera import Camera, View
from skyrally.render.disc import DiscPose
from skyrally.render.drone import DronePose
from skyrally.render.painter import MARK, Painter
from skyrally.render.pg import pygame
from skyrally.render.pillar import draw_links, draw_marks
from skyrally.scenarios.stage import Frame, Stage

SIGHT = (0.3, 500.0)  # m, nearest and farthest that is drawn
FOV = 0.7  # rad, vertical: Genesis's cameras keep the one they were made with
LAMP, AMBIENT = 3.6, 0.32  # strengths of the lamps and of the light from everywhere


class Pictures:
    """Genesis's scene of a stage with these pillars [K, 4], seen by a camera of `size` pixels."""

    def __init__(self, stage: Stage, size: tuple[int, int], pillars: np.ndarray) -> None:
        self._stage, self.pillars, gs = stage, pillars, started("cpu")
        lamp = {"type": "directional", "dir": [-part for part in theme.LIGHT], "color": (1.0, 1.0, 1.0), "intensity": LAMP}
        sky = tuple(part / 255.0 for part in theme.SKY_LOW)
        with patient("Genesis"), drawable():
            self._scene: Any = gs.Scene(
                vis_options=gs.options.VisOptions(shadow=False, background_color=sky, ambient_light=(AMBIENT,) * 3, lights=[lamp]),
                show_viewer=False,
            )
            self._entity = self._scene.add_entity(
                gs.morphs.MJCF(file=bodies(stage, pillars), align=False), material=gs.materials.Kinematic()
            )
            self._camera = self._scene.add_camera(res=size, fov=math.degrees(FOV), near=SIGHT[0], far=SIGHT[1], GUI=False)
            self._scene.build()

    def draw(self, frame: Frame, trail: list[np.ndarray], eye: Camera) -> np.ndarray:
        """uint8 [height, width, 3]: the frame with the ball's trail, seen by a camera with the angle FOV."""
        self._entity.set_qpos(places(self._stage, frame, trail).ravel())
        pose = np.eye(4)
        pose[:3, :3], pose[:3, 3] = (eye.axes * np.array([[1.0], [1.0], [-1.0]])).T, eye.eye  # OpenGL looks along -z
        self._camera.set_pose(transform=pose)
        return np.asarray(self._camera.render(rgb=True, force_render=True)[0], np.uint8)

    def close(self) -> None:
        """Gives the scene's memory back."""
        self._scene.destroy()


class GenesisPainter(Painter):
    """A painter that draws by Genesis. Its pictures keep the size of the first one and are scaled where a window is of another.

    Of swarms it draws drones, domain and pillars (other pillars: a new scene); goals and rods are painted over, tiles left out.
    """

    def __init__(
        self, stage: Stage, size: tuple[int, int] = (960, 540), camera: str = "orbit", *, fineness: int | None = 1, labels: bool = True
    ) -> None:
        if stage.glyph > 0.0 or stage.players:
            what = "swarms of so many" if stage.glyph > 0.0 else "games"
            raise SkyrallyError(f"renderer genesis does not draw {what} ({stage.scenario}); leave --renderer out")
        super().__init__(stage, size, camera, fineness=1, labels=labels)
        self._pictures: Pictures | None = None
        started("cpu")

    def inherit(self, other: Painter) -> None:
        super().inherit(other)
        if isinstance(other, GenesisPainter):  # a scene has one owner, who closes it
            self._pictures, other._pictures = other._pictures, None

    def _draw(self, surface: pygame.Surface, view: View, frame: Frame) -> list[DronePose | DiscPose]:
        if self._pictures is not None and not np.array_equal(self._pictures.pillars, frame.pillars):
            self._pictures.close()
            self._pictures = None
        self._pictures = self._pictures or Pictures(self.stage, self.size, frame.pillars.copy())
        memory, away = self._memory, math.tan(0.5 * view.fov) / math.tan(0.5 * FOV)  # as large from another distance
        camera = Camera(replace(view, fov=FOV, distance=away * view.distance), self.size)
        picture = self._pictures.draw(frame, list(memory.trail), camera)
        drawn = pygame.image.frombuffer(picture.tobytes(), picture.shape[1::-1], "RGB")
        surface.blit(drawn if drawn.get_size() == self.size else pygame.transform.smoothscale(drawn, self.size), (0, 0))
        draw_marks(surface, camera, frame.marks, MARK * self.stage.body_radius)
        draw_links(surface, camera, frame)
        for flash in memory.flashes:
            self._draw_flash(surface, camera, flash)
        return [pose for pose in self._art.pose(camera, frame.pos, frame.quat, memory.angles) if pose is not None]
