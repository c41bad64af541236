"""How swarms look: each drone an arrow in the colour of its heading, with a fading trail and a shadow; all drones at once.

Nothing here goes through drones one by one but the last call that fills each arrow: 2,000 drones stay watchable on one core. Of more
than MANY, shadows are spots and trails are stamped (stamps.py).
"""

from __future__ import annotations

import colorsys
import math
from collections import deque
from itertools import pairwise

import numpy as np

from skyrally.render import stamps, theme
from skyrally.render.camera import NEAR, Camera
from skyrally.render.drone import FARTHEST, rotations
from skyrally.render.pg import pygame
from skyrally.scenarios.stage import Stage

ARROW = np.array([[0.58, 0.0, 0.0], [-0.42, 0.36, 0.0], [-0.2, 0.0, 0.0], [-0.42, -0.36, 0.0]])  # of the glyph's length
HUES, LIGHTS = 96, 5
TRAIL_SECONDS, TRAIL_POINTS = 2.4, 8
BANDS, MANY = 4, 800  # of a trail, by brightness; of more than MANY drones trails have half the points
SPOT = 0.5  # of an arrow's nose: the radius of its shadow where shadows are spots
LEAST = 0.017  # of the picture's height: an arrow is never shorter
SHADOW = theme.mix(theme.GROUND_LIT, theme.SHADOW, 0.55)


def _wheel() -> list[list[theme.Colour]]:
    """[HUES][LIGHTS] a closed wheel of colours, as bright all round as they can be, each in steps from far (dim) to near."""
    wheel = []
    for k in range(HUES):
        red, green, blue = colorsys.hsv_to_rgb(k / HUES, 0.62, 1.0)
        evened = 0.9 * (0.62 / (0.3 * red + 0.5 * green + 0.2 * blue)) ** 0.35
        full = tuple(round(255 * min(1.0, c * evened + 0.03)) for c in (red, green, blue))
        wheel.append([theme.mix(full, theme.GROUND, share) for share in np.linspace(0.0, 0.22, LIGHTS)])  # type: ignore[arg-type]
    return wheel


WHEEL = _wheel()


class SwarmArt:
    """Draws the swarm of one stage, and keeps what its trails need."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._trail: deque[np.ndarray] = deque(maxlen=TRAIL_POINTS)
        self._every = max(1, round(TRAIL_SECONDS / TRAIL_POINTS / stage.dt))
        self._seen = 0
        half = stage.space or (math.inf, math.inf, math.inf)
        self._jump = 0.5 * min(half[:2])  # m: who goes farther between two points came round an edge

    def observe(self, pos: np.ndarray) -> None:
        """Takes the places [N, 3] of the next frame."""
        if self._seen % self._every == 0:
            self._trail.append(np.array(pos, float))
        self._seen += 1

    def forget(self) -> None:
        """The next frame does not follow the last."""
        self._trail.clear()
        self._seen = 0

    def draw(self, surface: pygame.Surface, camera: Camera, pos: np.ndarray, quat: np.ndarray) -> None:
        """Shadows, trails, arrows: pos [N, 3] m, quat [N, 4]; drones that are nowhere are left out."""
        pos = np.asarray(pos, float)
        here = np.flatnonzero((np.abs(pos) < FARTHEST).all(axis=1))
        pos, turn = pos[here], rotations(np.asarray(quat, float)[here])
        depth = camera.look(pos)[:, 2]
        near = depth > 2.0 * NEAR + self._stage.glyph
        here, pos, turn, depth = here[near], pos[near], turn[near], depth[near]
        if not len(here):
            return
        size = np.maximum(self._stage.glyph, LEAST * camera.size[1] * depth / camera.focal)
        points = (ARROW @ turn.transpose(0, 2, 1)) * size[:, None, None]
        self._draw_shadows(surface, camera, pos, points)
        heading = np.arctan2(turn[:, 1, 0], turn[:, 0, 0])
        hue = (heading / (2.0 * math.pi) * HUES).astype(int) % HUES
        self._draw_trails(surface, camera, here, pos, hue, size)
        span = max(float(depth.max() - depth.min()), 1e-9)
        dim = np.minimum(((depth - depth.min()) / span * LIGHTS).astype(int), LIGHTS - 1)
        far_first = np.argsort(-depth)
        outlines = camera.project(points + pos[:, None])[0]
        self._fill(surface, outlines[far_first], [WHEEL[h][d] for h, d in zip(hue[far_first], dim[far_first], strict=True)])

    @staticmethod
    def _fill(surface: pygame.Surface, outlines: np.ndarray, colours: list[theme.Colour]) -> None:
        polygon = pygame.draw.polygon
        for outline, colour in zip(outlines.tolist(), colours, strict=True):
            polygon(surface, colour, outline)

    def _draw_shadows(self, surface: pygame.Surface, camera: Camera, pos: np.ndarray, points: np.ndarray) -> None:
        """On the ground, below arrows with these outlines [N, 4, 3] about their places."""
        if len(pos) > MANY:
            spots, depth = camera.project(pos * (1.0, 1.0, 0.0))
            radius = SPOT * float(np.median(np.linalg.norm(points[:, 0], axis=1))) * camera.focal / float(np.median(depth))
            stamps.stamp(surface, spots, stamps.mapped(surface, [SHADOW])[0], stamps.spot(radius))
            return
        flat = points.copy()
        flat[..., 2] = 0.02
        flat[..., :2] += pos[:, None, :2]
        self._fill(surface, camera.project(flat)[0], [SHADOW] * len(pos))

    def _draw_trails(
        self, surface: pygame.Surface, camera: Camera, here: np.ndarray, pos: np.ndarray, hue: np.ndarray, size: np.ndarray
    ) -> None:
        """Lines through where each drone was, in bands: the older the fainter. Whoever came round an edge has no line there."""
        kept = list(self._trail)[:: 2 if len(here) > MANY else 1]
        places = np.array([old[here] for old in kept if len(old) > here.max()] + [pos])
        if len(places) < 2:
            return
        width = max(1, round(0.12 * float(np.median(size)) * camera.focal / float(np.median(camera.look(pos)[:, 2]))))
        flat, deep = camera.project(np.nan_to_num(places))
        if len(here) > MANY:
            self._stamp_trails(surface, places, flat, deep, hue, width)
            return
        edges = np.unique(np.linspace(0, len(places) - 1, BANDS + 1).astype(int))
        for first, last in pairwise(edges.tolist()):
            whole = self._unbroken(places[first : last + 1], deep[first : last + 1])
            colours = _faded(last / (len(places) - 1))
            lines = flat[first : last + 1].swapaxes(0, 1)[whole].tolist()
            for line, k in zip(lines, hue[whole].tolist(), strict=True):
                pygame.draw.lines(surface, colours[k], False, line, width)

    def _stamp_trails(
        self, surface: pygame.Surface, places: np.ndarray, flat: np.ndarray, deep: np.ndarray, hue: np.ndarray, width: int
    ) -> None:
        """The same for many drones: piece after piece of all trails at once."""
        for k in range(len(places) - 1):
            whole = self._unbroken(places[k : k + 2], deep[k : k + 2])
            colours = stamps.mapped(surface, _faded((k + 1) / (len(places) - 1)))[hue[whole]]
            stamps.stamp_lines(surface, flat[k, whole], flat[k + 1, whole], colours, width)

    def _unbroken(self, places: np.ndarray, deep: np.ndarray) -> np.ndarray:
        """[N] whose places [P, N, 3] follow each other and lie before the camera."""
        return (np.abs(np.diff(places, axis=0)).max(axis=(0, 2)) < self._jump) & (deep > 2.0 * NEAR).all(axis=0)


def _faded(share: float) -> list[theme.Colour]:
    """[HUES] the colours of a trail's piece that ends at this share of the trail, the latest being 1."""
    return [theme.mix(theme.GROUND, WHEEL[k][2], 0.08 + 0.5 * share) for k in range(HUES)]
