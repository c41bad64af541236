"""How a drone looks: four arms, spinning rotors, a hull, and the racket disc in its team's colour on top.

The airframe is a stack of flat layers along body z: painted from the layer farthest from the eye to the nearest, it is right from any side.
"""

from __future__ import annotations

import math

import numpy as np

from skyrally.render import canvas, theme
from skyrally.render.camera import Camera
from skyrally.render.pg import pygame
from skyrally.scenarios.stage import Stage

DISC = 20  # corners of a round outline
BLADE = 0.94  # length of a blade, of the rotor's radius
RIM = theme.mix(theme.METAL, theme.ROTOR, 0.55)
SMALL = 17.0  # pixels: a smaller drone (its body's radius, on the fine canvas) is drawn without legs and hull
TINY = 7.0  # pixels: a smaller drone is drawn as a disc only
FARTHEST = 1e6  # m from the origin: what is beyond is not drawn
NEAREST = 0.35  # m in front of the eye: a nearer drone is not drawn


def rotations(quat: np.ndarray) -> np.ndarray:
    """Quaternions [N, 4] (w, x, y, z; any length) to matrices [N, 3, 3], body to world. A zero or broken quaternion gives the identity."""
    size = np.linalg.norm(quat, axis=-1, keepdims=True)
    sound = np.isfinite(size) & (size > 1e-9)
    w, x, y, z = np.where(sound, quat / np.where(sound, size, 1.0), np.array([1.0, 0.0, 0.0, 0.0])).T
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.moveaxis(np.array(rows), -1, 0)


def outline_of_disc(x: float, y: float, z: float, radius: float, corners: int = DISC) -> np.ndarray:
    """[corners, 3] a level circle around (x, y, z)."""
    a = np.linspace(0.0, 2.0 * math.pi, corners, endpoint=False)
    return np.stack([x + radius * np.cos(a), y + radius * np.sin(a), np.full(corners, z)], axis=1)


class DroneArt:
    """The drawing of one stage's airframe: outlines in the body frame, projected for all drones at once."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.hubs = np.array(stage.rotor_xy, float).reshape(-1, 2)
        self.colours = [theme.team_colour(team, stage.teams) for team in stage.teams]
        self._slices: dict[str, slice] = {}
        self._points = np.zeros((0, 3))
        self._template(stage)

    def _add(self, name: str, points: np.ndarray) -> None:
        self._slices[name] = slice(len(self._points), len(self._points) + len(points))
        self._points = np.concatenate([self._points, points])

    def _template(self, stage: Stage) -> None:
        high, core = stage.body_half_height, 0.42 * stage.body_radius
        self._add("origin", np.zeros((1, 3)))
        self._add("belly", outline_of_disc(0.0, 0.0, -0.9 * high, 0.75 * core, 10))
        self._add("hull", outline_of_disc(0.0, 0.0, 0.1 * high, core, 10))
        self._add("nose", np.array([[0.55, 0.5, 0.0], [1.9, 0.0, 0.0], [0.55, -0.5, 0.0]]) * core + [0.0, 0.0, 0.1 * high])
        for k, (x, y) in enumerate(self.hubs.tolist()):
            self._add(f"hub{k}", np.array([[x, y, 0.0]]))
            self._add(f"motor{k}", outline_of_disc(x, y, 0.35 * high, 0.16 * stage.rotor_radius, 10))
            self._add(f"rotor{k}", outline_of_disc(x, y, 0.6 * high, stage.rotor_radius))
        struts = ((0.5, 0.7, -0.6), (0.6, 1.2, -2.2), (-0.6, 1.2, -2.2), (-0.5, 0.7, -0.6))  # x, y in cores, z in half heights
        legs = [(x * core, side * y * core, z * high) for side in (-1, 1) for x, y, z in struts]
        self._add("legs", np.array(legs))
        radius = stage.racket_radius if stage.racket_radius > 0.0 else 1.3 * core
        self._add("under", outline_of_disc(0.0, 0.0, 0.3 * high, radius))
        self._add("top", outline_of_disc(0.0, 0.0, high, radius))
        self._add("inner", outline_of_disc(0.0, 0.0, high, 0.86 * radius))
        self._add("mark", np.array([[0.2, 0.42, 0.0], [0.72, 0.0, 0.0], [0.2, -0.42, 0.0], [0.34, 0.0, 0.0]]) * radius + [0.0, 0.0, high])

    def pose(self, camera: Camera, pos: np.ndarray, quat: np.ndarray, angles: np.ndarray) -> list[DronePose | None]:
        """Projects all drones: pos [N, 3] m, quat [N, 4], angles [N, R] rad of the rotors. None for those that cannot be seen."""
        turn = rotations(np.asarray(quat, float))
        pos = np.asarray(pos, float)
        lost: np.ndarray = np.logical_not((np.abs(pos) < FARTHEST).all(axis=1))  # nowhere, or so far that arithmetic ends
        pos = np.where(lost[:, None], 0.0, pos)
        centre = camera.look(pos)
        world = pos[:, None] + self._points @ turn.transpose(0, 2, 1)
        tips = BLADE * self.stage.rotor_radius * np.stack([np.cos(angles), np.sin(angles)], axis=-1)  # [N, R, 2]
        ends = np.concatenate([self.hubs + tips, self.hubs - tips], axis=1)
        blades = np.concatenate([ends, np.full((*ends.shape[:2], 1), 0.6 * self.stage.body_half_height)], axis=-1)
        blades = pos[:, None] + blades @ turn.transpose(0, 2, 1)
        flat, depth = camera.project(np.concatenate([world, blades], axis=1))
        posed: list[DronePose | None] = []
        for i in range(len(centre)):
            seen = not lost[i] and centre[i, 2] > NEAREST and self._on_screen(camera, flat[i, 0], centre[i, 2])
            posed.append(DronePose(self, i, camera, flat[i], depth[i], turn[i, :, 2], pos[i]) if seen else None)
        return posed

    def _on_screen(self, camera: Camera, at: np.ndarray, depth: float) -> bool:
        reach = 2.5 * self.stage.body_radius * camera.scale(depth)
        return bool(-reach < at[0] < camera.size[0] + reach and -reach < at[1] < camera.size[1] + reach)


class DronePose:
    """One drone as it appears in one picture."""

    def __init__(
        self, art: DroneArt, index: int, camera: Camera, flat: np.ndarray, depth: np.ndarray, up: np.ndarray, pos: np.ndarray
    ) -> None:
        self._art, self.index, self._flat = art, index, flat.tolist()
        self._lowest = float(flat[:, 1].max())
        self.depth, self._depths, self.pos = float(depth[0]), depth, pos
        self.from_above = float((camera.eye - pos) @ up) > 0.0
        self.scale = camera.scale(self.depth)
        facing = up if self.from_above else -up
        self.light = 0.62 + 0.5 * round(max(0.0, float(facing @ np.array(theme.LIGHT))) * 64.0) / 64.0  # in steps: colours are cached
        self.colour = art.colours[index]

    @property
    def foot(self) -> tuple[float, float]:
        """The lowest point of the drone on the screen, below its middle."""
        return (self._flat[0][0], self._lowest)

    @property
    def at(self) -> tuple[float, float]:
        """The drone's middle on the screen."""
        return (self._flat[0][0], self._flat[0][1])

    def _outline(self, name: str) -> list:
        return self._flat[self._art._slices[name]]

    def draw(self, surface: pygame.Surface) -> None:
        """Paints the layers, the far one first."""
        if self.scale * self._art.stage.body_radius < TINY:
            canvas.fill(surface, self._outline("top"), theme.lit(self.colour, self.light))
            return
        layers = [self._legs, self._hull, self._arms, self._rotors, self._racket]
        if self.scale * self._art.stage.body_radius < SMALL:
            layers = layers[2:]
        for layer in layers if self.from_above else reversed(layers):
            layer(surface)

    def _legs(self, surface: pygame.Surface) -> None:
        points = self._outline("legs")
        for k in (0, 1, 2, 4, 5, 6):
            canvas.stroke(surface, points[k], points[k + 1], 0.014 * self.scale, theme.METAL)

    def _hull(self, surface: pygame.Surface) -> None:
        canvas.slab(surface, self._outline("belly"), self._outline("hull"), theme.lit(theme.FRAME, 0.85))
        canvas.fill(surface, self._outline("hull" if self.from_above else "belly"), theme.lit(theme.FRAME, 1.08))
        canvas.fill(surface, self._outline("nose"), theme.ROTOR)

    def _arms(self, surface: pygame.Surface) -> None:
        for k in self._rotors_by_depth():
            front = self._art.hubs[k, 0] > 0.0
            canvas.stroke(surface, self.at, self._outline(f"hub{k}")[0], 0.045 * self.scale, theme.lit(theme.FRAME, 1.25 if front else 0.9))
            canvas.fill(surface, self._outline(f"motor{k}"), self.colour if front else theme.METAL)

    def _rotors_by_depth(self) -> list[int]:
        depths = [self._depths[self._art._slices[f"hub{k}"]][0] for k in range(len(self._art.hubs))]
        return sorted(range(len(depths)), key=lambda k: -depths[k])

    def _rotors(self, surface: pygame.Surface) -> None:
        count = len(self._art.hubs)
        blades = self._flat[-2 * count :] if count else []
        for k in self._rotors_by_depth():
            outline = self._outline(f"rotor{k}")
            canvas.fill(surface, outline, theme.ROTOR, 62)
            canvas.stroke(surface, blades[k], blades[count + k], 0.018 * self.scale, theme.FRAME)
            canvas.ring(surface, outline, 0.008 * self.scale, RIM)

    def _racket(self, surface: pygame.Surface) -> None:
        canvas.slab(surface, self._outline("under"), self._outline("top"), theme.lit(self.colour, 0.62))
        high = "top" if self.from_above else "under"
        canvas.fill(surface, self._outline(high), theme.lit(self.colour, min(1.25, 1.2 * self.light) if self.from_above else 0.7))
        if self.from_above:
            canvas.fill(surface, self._outline("inner"), theme.lit(self.colour, self.light))
            canvas.fill(surface, self._outline("mark"), theme.lit(theme.TAPE, min(1.0, self.light)), 235)
