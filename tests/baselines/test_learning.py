"""Does it learn? A short training must beat what it began with by a wide margin."""

from __future__ import annotations

import pytest
import torch
import toy_scenario

from skyrally.baselines.config import configured
from skyrally.baselines.ppo import PPO, PPOConfig
from skyrally.baselines.qmix import Q, QConfig
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


@pytest.mark.parametrize("keys", [{"replay": 0}, {"mixer": "sum"}, {"mixer": "monotone"}, pytest.param({"gru": 8}, marks=pytest.mark.slow)])
def test_the_toy_is_learned_by_choices(keys):
    """As above, by rotors that are off or full; the other three rotors of a choice mean nothing."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    small = {"worlds": 64, "steps": 14, "hold": 1, "gamma": 0.8, "hidden": (16,), "minibatches": 4, "epochs": 4, "learning_rate": 0.005}
    keys = {"epsilon": 0.5, "explore": 1.0, "epsilon_end": 0.0, **keys}
    config = configured(QConfig, {**small, **keys})
    env = make(toy_scenario.scenario(), 64, seed=0, max_cycles=7, threads=1, action_mode="discrete", discrete="rotors")
    learner = Q(env, config, 30 * 64 * 14)
    returns = [learner.iterate()["return"] for _ in range(30)]
    torch.set_num_threads(threads)
    assert returns[0] < 1.0
    assert returns[-1] > 1.8


def test_a_dominant_row_is_learned_from_both_seats():
    """[[1, 0], [0, 0]]: whatever the other does, the first action pays no less; both players learn it, by choices."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    config = configured(PPOConfig, {"worlds": 64, "steps": 8, "hidden": (8,), "minibatches": 2, "learning_rate": 0.02})
    ppo = PPO(make("matrix", config.worlds, seed=0, threads=1, payoff=[[1, 0], [0, 0]]), config, 15 * 64 * 8)
    returns = [ppo.iterate()["return"] for _ in range(15)]
    torch.set_num_threads(threads)
    assert returns[0] < 0.4
    assert returns[-1] > 0.9
