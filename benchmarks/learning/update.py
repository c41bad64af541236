"""What torch.compile, bfloat16 and glibc's allocator do to a PPO update: python benchmarks/learning/update.py

Samples per second of processor time (forward, backward, Adam; actor and critic), one thread, median of five, for the networks and the
minibatches that `ppo` has unless told otherwise and for large ones. The allocator's settings are read when a process starts: each case
is a process of its own.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from contextlib import nullcontext
from time import process_time

KEEP_PAGES = {"MALLOC_TRIM_THRESHOLD_": "2000000000", "MALLOC_MMAP_THRESHOLD_": "2000000000"}  # glibc gives nothing back
CASES = {"eager": {}, "keep pages": KEEP_PAGES, "compile": {}, "bfloat16": {}}
SIZES = (((128, 128), 512), ((256, 128, 128), 16384))  # widths of the layers, samples of a minibatch
INPUTS = 40


def measure(case: str, hidden: tuple[int, ...], batch: int) -> dict[str, float]:
    """Samples per CPU second, and the CPU seconds before the first update was over."""
    import torch

    from skyrally.agents.networks import Actors, Critic, NetworkSpec

    torch.set_num_threads(1)
    torch.manual_seed(0)
    actors, critic = Actors(NetworkSpec(obs_size=INPUTS, hidden=hidden)), Critic(INPUTS, hidden, "elu", False)
    optimiser = torch.optim.Adam([*actors.parameters(), *critic.parameters()], 1e-3, fused=True)
    obs, memory, target = torch.randn(1, batch, 1, INPUTS), torch.zeros(batch, 1, 0), torch.randn(1, batch, 1, 4)

    def loss() -> torch.Tensor:
        mean, log_std, _ = actors(obs, memory)
        return (((mean - target) * torch.exp(-log_std)).square().mean() + log_std.sum()) + (critic(obs) - target[..., :1]).square().mean()

    function = torch.compile(loss) if case == "compile" else loss
    low = torch.autocast("cpu", torch.bfloat16) if case == "bfloat16" else nullcontext()

    def update(times: int) -> float:
        began = process_time()
        for _ in range(times):
            with low:
                value = function()
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
        return process_time() - began

    first, times = update(1), max(10, 200_000 // batch)
    update(times)
    return {"samples": times * batch / statistics.median(update(times) for _ in range(5)), "first": first}


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(sys.argv[1], tuple(map(int, sys.argv[2].split(","))), int(sys.argv[3]))))
        sys.exit()
    for hidden, batch in SIZES:
        eager = 0.0
        for case, settings in CASES.items():
            words = [sys.executable, __file__, case, ",".join(map(str, hidden)), str(batch)]
            done = subprocess.run(words, env={**os.environ, **settings}, capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"{hidden} {batch:6} {case:10} failed: {done.stderr.strip().splitlines()[-1]}")
                continue
            told = json.loads(done.stdout)
            eager = eager or told["samples"]
            ratio = told["samples"] / eager
            print(f"{hidden} {batch:6} {case:10} {told['samples']:9.0f} samples/s of CPU  {ratio:.2f}x  first update {told['first']:.1f} s")
