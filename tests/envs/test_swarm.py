"""Swarms compiled: any number of drones by the same code, the same numbers by any threads and worlds, and the reference's bars."""

from __future__ import annotations

import numpy as np
import pytest

import skyrally
from skyrally.agents.spec import find_agent
from skyrally.envs.conformance.compare import record_difference
from skyrally.physics.swarm_batch import swarm_batch
from skyrally.scenarios.registry import find

pytestmark = [pytest.mark.jit, pytest.mark.slow]


def play(worlds: int, agents: int, threads: int, steps: int = 3, **options):
    """(obs, reward, snapshot) after some random steps."""
    env = skyrally.make("flock", worlds, agents=agents, threads=threads, seed=3, **options)
    env.reset()
    rng = np.random.default_rng(0)
    moves = rng.uniform(-1, 1, (steps, 4, agents, 4)).astype(np.float32)[:, :worlds]
    for move in moves:
        step = env.step(np.ascontiguousarray(move))
    result = step.obs.copy(), step.reward.copy(), env.snapshot()
    env.close()
    return result


@pytest.mark.parametrize("agents", [9, 200, 1500])
@pytest.mark.parametrize("options", [{}, {"collisions": "physical"}, {"mode": "point", "manifold": "projective"}], ids=str)
def test_threads_and_worlds_change_no_bit(agents, options):
    one, two = play(1, agents, 1, **options), play(1, agents, 2, **options)
    many, shared = play(4, agents, 1, **options), play(4, agents, 2, **options)
    for a, b in ((one, two), (many, shared), (one, tuple(part[:1] for part in many))):
        assert np.array_equal(a[0], b[0])
        assert np.array_equal(a[1], b[1])
        assert record_difference(a[2], b[2]) is None


def test_another_number_of_drones_compiles_nothing():
    built = swarm_batch("flock", find("flock").module)
    play(2, 7, 1)
    play(1, 1100, 2)
    functions = [built.step, built.move_part, built.list_part, built.touch_part, built.sense_part, built.judge_part, built.look_part]
    before = [len(function.signatures) for function in functions]
    for worlds, agents in ((1, 1), (3, 2), (1, 50), (2, 1023), (1, 1024), (1, 4000)):
        play(worlds, agents, 2, steps=1)
    assert [len(function.signatures) for function in functions] == before


def test_jitted_agrees_with_pairs_by_hand():
    """Mean headings by the cell list against all pairs of 300 points on the torus."""
    env = skyrally.make("flock", agents=300, mode="point")
    env.reset()
    drones, side = env.worlds["drones"][0], env.worlds["side"][0, 0]
    gap = drones["pos"][:, None, :2] - drones["pos"][None, :, :2]
    gap -= side * np.round(gap / side)
    near = (gap**2).sum(-1) < 2.5**2
    turn = np.exp(1j * (drones["heading"][None] - drones["heading"][:, None]))
    mean = (near * turn).sum(1) / near.sum(1)
    assert env.observe()[0, :, :2] == pytest.approx(np.stack([mean.real, mean.imag], 1), abs=1e-6)


def order_of(agent: str, agents: int, worlds: int, **options) -> np.ndarray:
    """[W] the mean order over an episode of points in the square of the reference."""
    env = skyrally.make("flock", worlds, agents=agents, mode="point", size="domain", **options)
    player = find_agent(agent, env.scenario)
    obs, out = env.reset(), np.zeros((worlds, agents, 4), np.float32)
    memory = np.zeros((worlds * agents, player.memory_size), np.float32)
    for _ in range(100):
        player.act(obs.reshape(worlds * agents, -1), memory, out.reshape(-1, 4))
        step = env.step(out)
        obs = step.obs
    assert step.truncated.all()
    return env.info["order"].copy()


@pytest.mark.parametrize(("agents", "aligned", "random"), [(20, 0.903, 0.201), (100, 0.937, 0.089), (300, 0.918, 0.058)])
def test_the_reference_bars_of_the_flock(agents, aligned, random):
    assert order_of("scripted:flock", agents, 24).mean() == pytest.approx(aligned, abs=0.06)
    assert order_of("random", agents, 24).mean() == pytest.approx(random, abs=0.05)


def test_standing_points_come_into_order_where_their_graph_hangs_together():
    """Reference A5.5, zero speed: 0.999 with 100 or 300 neighbours-rich points at the end, less with 20."""
    env = skyrally.make("flock", 8, agents=300, mode="point", size="domain", speed=0.0)
    player = find_agent("scripted:flock", env.scenario)
    obs, out = env.reset(), np.zeros((8, 300, 4), np.float32)
    for _ in range(100):
        player.act(obs.reshape(2400, -1), np.zeros((2400, 0), np.float32), out.reshape(-1, 4))
        obs = env.step(out).obs
    assert np.median(env.info["order_now"]) > 0.99
