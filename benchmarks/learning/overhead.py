"""What of PPO's training time is not the network: python benchmarks/learning/overhead.py [SCENARIO ...] [dtype=bfloat16]

Whole iterations (worlds, buffer, returns, minibatches, losses, logging) beside the bare network work of the same sizes, in turns in one
process: as many forward passes to act and to value, as many forward, backward and Adam steps, on tensors that lie ready, with the plainest
loss. 4,096 worlds, 32 steps, networks 256-128-128, 3 epochs of 16 minibatches; one thread, processor time, medians of five.
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Callable
from time import process_time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch
from torch import nn

from skyrally.baselines.config import configured
from skyrally.baselines.ppo import CHUNK, PPO, PPOConfig
from skyrally.baselines.precision import products
from skyrally.envs.doors import make

WORLDS, STEPS, EPOCHS, MINIBATCHES = 4096, 32, 3, 16
SIZES = {"worlds": WORLDS, "steps": STEPS, "epochs": EPOCHS, "minibatches": MINIBATCHES, "hidden": (256, 128, 128)}
SCENARIOS = ("solo-bump", "volleyball-3v3")


def bare(ppo: PPO) -> Callable[[], None]:
    """The network work of one iteration, and nothing else."""
    drones = ppo.env.num_drones
    obs, none = torch.randn(1, WORLDS, drones, ppo.env.layout.size), torch.zeros(WORLDS, drones, 0)
    rows = WORLDS * STEPS // MINIBATCHES
    batch, nothing = torch.randn(1, rows, drones, ppo.env.layout.size), torch.zeros(rows, drones, 0)

    def states(x: torch.Tensor) -> torch.Tensor:
        return x.flatten(-2) if ppo.central else x

    @torch.no_grad()
    def act() -> None:
        for _ in range(STEPS):
            ppo.actors(obs, none)
        for _ in range(STEPS + 1):
            for part in states(obs).tensor_split(max(1, states(obs)[..., 0].numel() // CHUNK), 1):
                ppo.critic(part)

    def learn() -> None:
        with products(ppo.dtype):
            mean, log_std, _ = ppo.actors(batch, nothing)
            values = ppo.critic(states(batch))
        loss = mean.square().mean() + log_std.mean() + values.square().mean()
        ppo.optimiser.zero_grad()
        loss.backward()
        for part in ppo.parameters:
            nn.utils.clip_grad_norm_(part, 1.0)
        ppo.optimiser.step()

    def work() -> None:
        act()
        for _ in range(EPOCHS * MINIBATCHES):
            learn()

    return work


def seconds(function: Callable[[], object]) -> float:
    began = process_time()
    function()
    return process_time() - began


def measure(scenario: str, critic: str, dtype: str) -> str:
    env = make(scenario, WORLDS, threads=1)
    ppo = PPO(env, configured(PPOConfig, {**SIZES, "critic": critic}), 10**10)
    ppo.dtype = dtype
    work = bare(ppo)
    ppo.iterate(), ppo.iterate(), work()
    pairs = [(seconds(ppo.iterate), seconds(work)) for _ in range(5)]
    whole, floor = (statistics.median(column) for column in zip(*pairs, strict=True))
    rate = WORLDS * STEPS / whole
    return (
        f"{scenario:15} critic {critic:6} {dtype:9} {whole:6.2f} s, bare {floor:6.2f} s: {1.0 - floor / whole:4.0%} is not the network; "
        f"{rate:,.0f} world steps/s, {floor / whole:.0%} of the floor"
    )


if __name__ == "__main__":
    torch.set_num_threads(1)
    dtype = "bfloat16" if "dtype=bfloat16" in sys.argv else "float32"
    for name in [word for word in sys.argv[1:] if "=" not in word] or SCENARIOS:
        for critic in ("obs", "state") if name != "solo-bump" else ("obs",):
            print(measure(name, critic, dtype), flush=True)
