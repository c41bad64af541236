"""The number format of a learner's matrix products: float32, or bfloat16, where processors multiply it themselves up to twice as fast.

Only the layers between normaliser and head multiply in bfloat16, and only while networks learn: weights, normalised observations, losses
and the optimiser stay in float32, and so does all acting. Where a processor has no such products PyTorch imitates them, slowly: `auto`
measures both once, when a run begins, and the run's manifest keeps what it chose.
"""

from __future__ import annotations

from statistics import median
from time import process_time

import torch

from ..agents.networks import trunk

FORMATS = ("float32", "bfloat16", "auto")
WORTH = 1.1  # how many times faster bfloat16 must be for `auto` to take it


def products(dtype: str) -> torch.autocast:
    """What forward passes of a learner's losses run in."""
    return torch.autocast("cpu", torch.bfloat16, enabled=dtype == "bfloat16")


def choose(dtype: str, inputs: int, hidden: tuple[int, ...], rows: int) -> str:
    """float32 or bfloat16; for `auto` what measures faster for these networks and `rows` samples of a minibatch."""
    if dtype != "auto":
        return dtype
    return "bfloat16" if gain(inputs, hidden, rows) >= WORTH else "float32"


def gain(inputs: int, hidden: tuple[int, ...], rows: int) -> float:
    """How many times faster these layers learn in bfloat16 than in float32: processor time of one thread, medians of nine."""
    with torch.random.fork_rng():  # the run's own draws stay what they are
        layers, x = trunk(inputs, hidden, "hardswish", False), torch.randn(rows, inputs)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # several spin while they wait for each other, which reads as work
    seconds = {dtype: median(_once(layers, x, dtype) for _ in range(9)) for dtype in FORMATS[:2]}
    torch.set_num_threads(threads)
    return seconds["float32"] / seconds["bfloat16"]


def _once(layers: torch.nn.Module, x: torch.Tensor, dtype: str) -> float:
    """Seconds of one pass forth and back."""
    began = process_time()
    with products(dtype):
        loss = layers(x).float().square().mean()
    loss.backward()
    return process_time() - began
