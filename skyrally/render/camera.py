"""A perspective camera: from metres in the world to pixels on the screen. Pure NumPy.

View coordinates: x to the right, y up, z forward (the depth), metres. Screen coordinates: x right, y down, pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

NEAR = 0.1  # m, what is closer than this plane in front of the eye is cut away
GUARD = 2.0  # screens, how far beyond the picture an outline may reach before it is cut (the fill cost grows with the reach)


@dataclass(frozen=True)
class View:
    """Where one looks from, as an orbit around a target: no direction is singular, so straight down needs no special case."""

    target: tuple[float, float, float]  # m, world
    distance: float  # m, from the eye to the target
    azimuth: float  # rad, direction from the target to the eye, 0 along +x, pi/2 along +y
    elevation: float  # rad, 0 level, pi/2 straight above
    fov: float = 0.7  # rad, vertical field of view


class Camera:
    """A view on a picture of `size` pixels.

    `eye` [3] m; `axes` [3, 3] rows right, up, forward in world coordinates; `focal` pixels per unit of x / depth.
    """

    def __init__(self, view: View, size: tuple[int, int]) -> None:
        self.view, self.size = view, size
        ca, sa = np.cos(view.azimuth), np.sin(view.azimuth)
        ce, se = np.cos(view.elevation), np.sin(view.elevation)
        back = np.array([ce * ca, ce * sa, se])
        self.eye = np.asarray(view.target, float) + view.distance * back
        self.axes = np.array([[-sa, ca, 0.0], [-se * ca, -se * sa, ce], -back])
        self.focal = 0.5 * size[1] / float(np.tan(0.5 * view.fov))

    def look(self, points: np.ndarray) -> np.ndarray:
        """World points [..., 3] to view coordinates [..., 3]."""
        return (np.asarray(points, float) - self.eye) @ self.axes.T

    def screen(self, seen: np.ndarray) -> np.ndarray:
        """View coordinates [..., 3] to pixels [..., 2]. Depths below `NEAR` count as `NEAR`: cut or cull before."""
        depth = np.maximum(seen[..., 2:], NEAR)
        flat = seen[..., :2] * (self.focal / depth)
        return np.array([0.5 * self.size[0], 0.5 * self.size[1]]) + flat * np.array([1.0, -1.0])

    def project(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """World points [..., 3] to (pixels [..., 2], depth [...] m)."""
        seen = self.look(points)
        return self.screen(seen), seen[..., 2]

    def scale(self, depth: float) -> float:
        """Pixels per metre at a depth (m)."""
        return self.focal / max(depth, NEAR)

    def lines(self, ends: np.ndarray) -> list[list[tuple[float, float]]]:
        """Many segments [K, 2, 3] at once, each cut as by `line`."""
        flat, depth = self.project(ends)
        inside = (depth.min(axis=1) >= NEAR) & (np.abs(flat).max(axis=(1, 2)) < GUARD * min(self.size))
        pairs = flat.tolist()
        return [[(a[0], a[1]), (b[0], b[1])] if inside[k] else self.line(*ends[k]) for k, (a, b) in enumerate(pairs)]

    def polygon(self, points: np.ndarray) -> list[tuple[float, float]]:
        """The outline [K, 3] (convex, world) on the screen, cut at the near plane and around the picture; empty when nothing is left."""
        seen = self.look(points)
        if not np.isfinite(seen).all():
            return []
        if seen[:, 2].min() < NEAR:
            seen = _cut(seen, seen[:, 2] - NEAR)
        return self._guarded(self.screen(seen)) if len(seen) >= 3 else []

    def line(self, a: np.ndarray, b: np.ndarray) -> list[tuple[float, float]]:
        """The segment a-b ([3], world) on the screen, cut in the same way: two points, or none."""
        seen = self.look(np.array([a, b], float))
        if not np.isfinite(seen).all():
            return []
        over = seen[:, 2] - NEAR
        if (over < 0).all():
            return []
        if (over < 0).any():
            seen[int(over[0] >= 0)] = seen[0] + (seen[1] - seen[0]) * (over[0] / (over[0] - over[1]))
        return self._guarded(self.screen(seen), closed=False)

    def _guarded(self, flat: np.ndarray, closed: bool = True) -> list[tuple[float, float]]:
        if len(flat) and np.abs(flat).max() < GUARD * min(self.size):
            return [(x, y) for x, y in flat.tolist()]
        for axis in (0, 1):
            low, high = -GUARD * self.size[axis], (1.0 + GUARD) * self.size[axis]
            if len(flat) and flat[:, axis].min() < low:
                flat = _cut(flat, flat[:, axis] - low, closed)
            if len(flat) and flat[:, axis].max() > high:
                flat = _cut(flat, high - flat[:, axis], closed)
        return [(x, y) for x, y in flat.tolist()] if len(flat) >= (3 if closed else 2) else []


def _cut(points: np.ndarray, over: np.ndarray, closed: bool = True) -> np.ndarray:
    """The part of a convex outline [K, D] (or, not closed, of a polyline) where `over` [K] >= 0: Sutherland and Hodgman's step."""
    kept: list[np.ndarray] = []
    for k in range(len(points)):
        j = k - 1
        if (k > 0 or closed) and (over[j] >= 0) != (over[k] >= 0):
            kept.append(points[j] + (points[k] - points[j]) * (over[j] / (over[j] - over[k])))
        if over[k] >= 0:
            kept.append(points[k])
    return np.array(kept).reshape(-1, points.shape[1])


def fitting_distance(points: np.ndarray, view: View, size: tuple[int, int], fill: tuple[float, float]) -> float:
    """The least distance (m) from which all `points` [K, 3] lie within the middle `fill` (share of width, of height) of the picture."""
    camera = Camera(view, size)
    seen = (np.asarray(points, float) - np.asarray(view.target, float)) @ camera.axes.T
    half = 0.5 * np.array(size) * np.array(fill) / camera.focal
    return float((np.abs(seen[:, :2]) / half - seen[:, 2:]).max())
