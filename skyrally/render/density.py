"""Where a swarm is dense: its drones counted over the floor, as tiles."""

from __future__ import annotations

import numpy as np

ACROSS = 24  # tiles along the longer side of the domain
FULL = 4.0  # times the mean count that is as bright as it gets
FAINT = 0.04  # strength below which there is no tile
BLUR = (0.25, 0.5, 0.25)  # along each axis


def density_tiles(pos: np.ndarray, space: tuple[float, float, float]) -> np.ndarray:
    """[K, 4] tiles (see `Frame.tiles`) of the drones at pos [N, 3] m in a domain of half length, half width (m) and height."""
    here = np.asarray(pos, float)[:, :2]
    here = here[np.isfinite(here).all(axis=1)]
    side = 2.0 * max(space[:2]) / ACROSS
    shape = [max(1, round(2.0 * half / side)) for half in space[:2]]
    edges = [np.linspace(-0.5 * side * n, 0.5 * side * n, n + 1) for n in shape]
    count, _, _ = np.histogram2d(here[:, 0], here[:, 1], bins=edges)
    wide = np.pad(count, 1)
    count = BLUR[0] * wide[:-2] + BLUR[1] * wide[1:-1] + BLUR[2] * wide[2:]
    count = BLUR[0] * count[:, :-2] + BLUR[1] * count[:, 1:-1] + BLUR[2] * count[:, 2:]
    strength = np.minimum(1.0, count * count.size / (FULL * max(len(here), 1)))
    x, y = np.meshgrid(*(0.5 * (edge[1:] + edge[:-1]) for edge in edges), indexing="ij")
    tiles = np.stack([x, y, np.full_like(x, side), strength], axis=-1).reshape(-1, 4)
    return tiles[tiles[:, 3] > FAINT]
