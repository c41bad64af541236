"""World seeds: the hash of `rng` over whole arrays. Plain NumPy, so that making a batch compiles nothing."""

from __future__ import annotations

import numpy as np

from .rng import GOLDEN, MIX_1, MIX_2


def scramble(z: np.ndarray) -> np.ndarray:
    """SplitMix64's finaliser over an array of uint64 (the array twin of `rng.mix`)."""
    z = (z ^ (z >> np.uint64(30))) * MIX_1
    z = (z ^ (z >> np.uint64(27))) * MIX_2
    return z ^ (z >> np.uint64(31))


def world_seeds(seed: int, first: int, out: np.ndarray) -> None:
    """out[k] = the seed of world `first + k` of a batch with this seed; batches with other seeds share no world."""
    base = scramble(np.array([seed], np.uint64) + GOLDEN)  # out[k] = rng.hash2(base, first + k)
    index = np.arange(first, first + len(out), dtype=np.uint64)
    out[:] = scramble(scramble(base + GOLDEN) ^ (index * GOLDEN + GOLDEN))
