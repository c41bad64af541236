"""How good an agent is while it trains: every world plays one whole episode, without exploration, from starts of its own seed."""

from __future__ import annotations

import math

import numpy as np

from ..agents.agent import Agent
from ..envs.batch import BatchEnv


def evaluate(env: BatchEnv, agent: Agent) -> dict[str, float]:
    """Mean, standard error, return and length over one episode per world of `env`; the agent plays all drones."""
    rows = env.num_worlds * env.num_drones
    env.assign(view=agent.view or env.scenario.default_view, action_mode=agent.action_mode)
    env.worlds["episode"] = 0  # the same episodes each time
    obs = env.reset()
    memory, actions = np.zeros((rows, agent.memory_size), np.float32), np.zeros((rows, 4), np.float32)
    over = np.zeros(env.num_worlds, bool)
    while not over.all():  # worlds that ended stand still
        agent.act(obs.reshape(rows, -1), memory, actions)
        step = env.step(actions.reshape(env.num_worlds, env.num_drones, 4))
        obs, over = step.obs, over | step.done
    metric = env.worlds[env.scenario.metric.field].astype(float)
    return {
        "episodes": env.num_worlds,
        "metric": float(metric.mean()),
        "error": float(metric.std(ddof=1) / math.sqrt(len(metric))) if len(metric) > 1 else 0.0,
        "return": float(env.returns.sum(-1).mean()),
        "length": float(env.worlds["step"].mean()),
    }
