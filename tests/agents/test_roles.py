"""Team-mates that decide alone decide alike; the scripted player neither looks at row order nor at the batch."""

import numpy as np
import pytest

from skyrally.agents.roles import HITTER, MEMORY, TARGET
from skyrally.agents.spec import find_agent
from skyrally.envs.batch import BatchEnv
from skyrally.scenarios.registry import find


def rally(size, worlds, steps):
    """Plays scripted against scripted; gives obs [T, W, N, O], memories [T, W, N, M] and actions [T, W, N, 4]."""
    scenario = find(f"volleyball-{size}v{size}")
    env, agent = BatchEnv(scenario, worlds, seed=2, threads=1), find_agent("scripted:rally", scenario)
    env.assign(view=agent.view, action_mode=agent.action_mode)
    obs, actions = env.reset(), np.zeros((worlds, env.num_drones, 4), np.float32)
    memory = np.zeros((worlds, env.num_drones, agent.memory_size), np.float32)
    seen, kept, done = [], [], []
    for _ in range(steps):
        seen.append(obs.copy())
        rows = worlds * env.num_drones
        agent.act(obs.reshape(rows, -1), memory.reshape(rows, -1), actions.reshape(rows, 4))
        kept.append(memory.copy())
        done.append(actions.copy())
        obs = env.step(actions).obs
    return agent, np.array(seen), np.array(kept), np.array(done), env


@pytest.mark.jit
@pytest.mark.parametrize("size", [2, 3])
def test_team_mates_agree_on_who_hits_and_where_to(size):
    _, _, memory, _, env = rally(size, 8, 400)
    assert memory.shape[-1] == MEMORY
    assert env.worlds["crossings"].max() >= 2
    plans = memory.reshape(*memory.shape[:2], 2, size, MEMORY)[..., HITTER : TARGET + 2]
    serving = plans[..., 0].max(-1) != plans[..., 0].min(-1)  # who serves is known to the server alone
    assert serving[100:].sum() == 0
    assert np.array_equal(plans[100:, :, :, 0], plans[100:, :, :, 1])


@pytest.mark.jit
def test_actions_depend_on_the_row_and_its_memory_alone():
    agent, obs, memory, actions, _ = rally(3, 4, 120)
    rows = obs[60].reshape(24, -1)[::-1].copy()
    kept, out = memory[59].reshape(24, -1)[::-1].copy(), np.zeros((24, 4), np.float32)
    agent.act(rows, kept, out)
    assert np.array_equal(out[::-1], actions[60].reshape(24, 4))
    alone = np.zeros((1, 4), np.float32)
    agent.act(rows[:1].copy(), memory[59].reshape(24, -1)[-1:].copy(), alone)
    assert np.array_equal(alone[0], out[0])


@pytest.mark.slow
@pytest.mark.parametrize(("size", "least"), [(1, 8.0), (2, 10.0), (3, 6.0)])
def test_rallies_are_long(size, least):
    _, _, _, _, env = rally(size, 300, 3000)
    assert env.worlds["crossings"].mean() >= least
