"""A choice between decisions of different length, of which one learns the better only if what follows is discounted by their length."""

from __future__ import annotations

import numpy as np
import torch
import toy_scenario

from skyrally.baselines.config import configured
from skyrally.baselines.ppo import PPO, PPOConfig
from skyrally.envs.doors import make

GAMMA, LONG = 0.9, 10  # per step; steps that the long decision takes
SHORT_PAY, LONG_PAY = 1.0, 3.0


class Patience:
    """One drone that decides for ever: above 0 it is paid LONG_PAY and waits LONG steps, else SHORT_PAY and 1 step.

    Values: SHORT_PAY / (1 - gamma) = 10 against LONG_PAY / (1 - gamma^LONG) = 4.6; per decision the long one pays more.
    """

    semi_markov, num_drones = True, 1

    def __init__(self, worlds):
        self.toy = make(toy_scenario.scenario(), worlds, threads=1)
        self.agents = self.toy.agents[:1]
        self.alive = np.ones((worlds, 1), np.int32)

    def __getattr__(self, name):
        return getattr(self.toy, name)

    def assign(self, **seat): ...

    def reset(self, mask=None, seeds=None, out=None):
        return self.observe(out)

    def observe(self, out=None):
        seen = np.zeros((self.num_worlds, 1, self.layout.size), np.float32) if out is None else out
        seen[:] = 0.5
        return seen

    def step(self, actions, out):
        long = np.asarray(actions)[:, 0, 0] > 0.0
        out.reward[:, 0] = np.where(long, LONG_PAY, SHORT_PAY)
        out.lasted[:] = np.where(long, LONG, 1)
        out.terminated[:] = out.truncated[:] = False
        self.observe(out.obs)
        return out


def learned(semi_markov):
    torch.manual_seed(0)
    env = Patience(32)
    env.semi_markov = semi_markov
    keys = {"worlds": 32, "steps": 16, "minibatches": 4, "hidden": (16,), "gamma": GAMMA, "learning_rate": 0.02, "stagger": False}
    ppo = PPO(env, configured(PPOConfig, keys), 50_000)
    for _ in range(12):
        ppo.iterate()
    mean, _, _ = ppo.actors(torch.full((1, 1, 1, 2), 0.5), torch.zeros(1, 1, 0))
    return mean[0, 0, 0, 0].item(), ppo


def test_what_takes_long_must_pay_for_it():
    choice, ppo = learned(True)
    assert choice < -0.2
    assert ppo.carry.frames > 12 * 32 * 16  # world steps, not decisions
    assert learned(False)[0] > 0.2  # who counts decisions is taken in
