"""Randomness as a hash, not a state: draw = hash(world seed, episode, step, drone, channel).

So world 17 of 4096 draws what a single world with the same seed draws, and a new channel shifts no other draw.
The mixer is the finaliser of SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators").
"""

import numba.core.config
import numpy as np

from .vec import fn

if numba.core.config.DISABLE_JIT:  # plain NumPy scalars warn where machine integers wrap, which is the point here
    np.seterr(over="ignore")

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)
TO_UNIT = 1.1102230246251565e-16  # 2^-53


@fn
def mix(z):
    """A bijection of 64-bit integers that scatters near-by inputs."""
    z = (z ^ (z >> np.uint64(30))) * MIX_1
    z = (z ^ (z >> np.uint64(27))) * MIX_2
    return z ^ (z >> np.uint64(31))


@fn
def hash2(a, b):
    """A 64-bit hash of two integers, sensitive to their order."""
    return mix(mix(np.uint64(a) + GOLDEN) ^ (np.uint64(b) * GOLDEN + GOLDEN))


@fn
def draw(world, drone, channel):
    """64 random bits of this world, episode and step."""
    when = hash2(world.seed, np.uint64(world.episode) * np.uint64(1 << 32) + np.uint64(world.step))
    return hash2(when, np.uint64(drone) * np.uint64(1 << 16) + np.uint64(channel))


@fn
def uniform(world, drone, channel, low, high):
    """A uniform number in [low, high) for (drone, channel) at this step of the world's episode."""
    return low + (high - low) * (np.float64(draw(world, drone, channel) >> np.uint64(11)) * TO_UNIT)
