"""Spaces and seeds as the standard libraries want them, from a scenario's layouts."""

from __future__ import annotations

import secrets
from typing import Any

import numpy as np
from gymnasium.spaces import Box, Discrete, Space

from ..errors import SkyrallyError
from ..physics.control import ACTION_SIZE
from ..physics.seeds import world_seeds
from ..scenarios.scenario import Layout
from .batch import BatchEnv

FAR = 1e6  # m, m/s, rad/s: stands for "no limit", since checkers and libraries want finite bounds; no drone gets there


def layout_bounds(layout: Layout) -> tuple[np.ndarray, np.ndarray]:
    """([O], [O]) float32: the layout's low and high, FAR where it has none."""
    low, high = layout.bounds()
    return np.maximum(low, np.float32(-FAR)), np.minimum(high, np.float32(FAR))


def observation_space(layout: Layout, copies: int = 1) -> Box:
    """A box of `copies` observations one after the other: [copies * O] float32."""
    low, high = layout_bounds(layout)
    return Box(np.tile(low, copies), np.tile(high, copies), dtype=np.float32)


def action_space(batch: BatchEnv, drone: int) -> Space:
    """A box [-1, 1] of four numbers, or K choices. Each agent needs its own: seeding one may not change another's samples."""
    if batch.seats.choosing[0, drone]:
        return Discrete(len(batch.seats.choices))
    return Box(-1.0, 1.0, (ACTION_SIZE,), np.float32)


def fresh_seed() -> int:
    """A seed nobody chose, for environments that were given none."""
    return secrets.randbits(32)


def world_seed(seed: Any) -> np.uint64:
    """The seed of the one world of an environment that was reset with `seed`: what world 0 of `make(seed=seed)` has."""
    if not isinstance(seed, (int, np.integer)) or isinstance(seed, bool) or not 0 <= seed < 2**63:
        raise SkyrallyError(f"seed is {seed!r}; expected a whole number from 0 to 2^63 - 1")
    out = np.zeros(1, np.uint64)
    world_seeds(int(seed), 0, out)
    return out[0]
