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
EVEN_BYTES, LANE = np.uint64(0x00FF00FF00FF00FF), np.uint64(0xFFFF)
BELL_MEAN = 510.0  # of the sum of four bytes
TO_BELL = 0.006765875086793227  # sqrt(3 / (2^16 - 1)): one over its standard deviation


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
def moment(seed, episode, step):
    """The hash that all draws of one step of a world's episode share."""
    return hash2(seed, np.uint64(episode) * np.uint64(1 << 32) + np.uint64(step))


@fn
def word(when, drone, channel):
    """64 random bits of (drone, channel) at a `moment`."""
    return hash2(when, np.uint64(drone) * np.uint64(1 << 16) + np.uint64(channel))


@fn
def draw(world, drone, channel):
    """64 random bits of this world, episode and step."""
    return word(moment(world.seed, world.episode, world.step), drone, channel)


@fn
def unit(bits):
    """A uniform number in [0, 1) from 64 random bits."""
    return np.float64(bits >> np.uint64(11)) * TO_UNIT


@fn
def uniform(world, drone, channel, low, high):
    """A uniform number in [low, high) for (drone, channel) at this step of the world's episode."""
    return low + (high - low) * unit(draw(world, drone, channel))


@fn
def bells(when, drone, channel):
    """Three independent, nearly Gaussian numbers, mean 0 and standard deviation 1: each the sum of four uniform bytes.

    They never leave +-3.46, lie 0.0068 apart, and have kurtosis 2.7 (a Gaussian has 3).
    """
    a = word(when, drone, channel)
    b = (a ^ (a >> np.uint64(32))) * MIX_1  # as scattered as `a`, and cheaper than a second draw
    b = b ^ (b >> np.uint64(29))
    a = (a & EVEN_BYTES) + ((a >> np.uint64(8)) & EVEN_BYTES)  # four sums of two bytes, side by side
    b = (b & EVEN_BYTES) + ((b >> np.uint64(8)) & EVEN_BYTES)
    sums = a + b
    x, y, z = sums & LANE, (sums >> np.uint64(16)) & LANE, (sums >> np.uint64(32)) & LANE
    return (np.float64(x) - BELL_MEAN) * TO_BELL, (np.float64(y) - BELL_MEAN) * TO_BELL, (np.float64(z) - BELL_MEAN) * TO_BELL
