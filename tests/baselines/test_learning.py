"""Does it learn? A short training must beat what it began with by a wide margin."""

from __future__ import annotations

import pytest
import torch
import toy_scenario

from skyrally.baselines.config import configured
from skyrally.baselines.ppo import PPO, PPOConfig
from skyrally.envs.doors import make

GRU = pytest.param({"gru": 8}, marks=pytest.mark.slow)


@pytest.mark.parametrize("keys", [{}, {"critic": "state"}, {"share": False}, GRU])
def test_the_toy_is_learned(keys):
    """Points drift with their actions and earn their place: full speed ahead gives 2.2 in seven steps, the first policy 0.9."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    config = configured(PPOConfig, {"worlds": 64, "steps": 14, "hidden": (16,), "minibatches": 2, "learning_rate": 0.01, **keys})
    ppo = PPO(make(toy_scenario.scenario(), config.worlds, seed=0, max_cycles=7, threads=1), config, 20 * 64 * 14)
    returns = [ppo.iterate()["return"] for _ in range(20)]
    torch.set_num_threads(threads)
    assert returns[0] < 1.0
    assert returns[-1] > 1.8
