"""Swarms as single agents: shapes, rewards, who counts, what is deployed, and runs that resume."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

import skyrally
from skyrally.agents.field_agent import FieldAgent, RuleSpec
from skyrally.agents.field_rule import GridSpec
from skyrally.agents.spec import find_agent
from skyrally.baselines.field_env import FieldEnv
from skyrally.baselines.mean_field import FieldConfig, FieldMAPPO, MeanField, MeanFieldConfig, closed_loop
from skyrally.baselines.run import resume, start
from skyrally.errors import SkyrallyError
from skyrally.rollout import Seat, begin, collect
from skyrally.scenarios.registry import find
from skyrally.tournament.drills import DrillRunner
from skyrally.tournament.evaluation import evaluate
from skyrally.tournament.sweep import sweep

OPTIONS = {"mode": "point", "view": "noisy", "max_cycles": 4, "size": "domain"}
KEYS = {**OPTIONS, "agents": 5, "worlds": 2, "steps": 4, "minibatches": 2, "epochs": 1, "hidden": (8,), "limit": 6, "threads": 1}
JUDGED = {"evaluate_every": 16, "evaluate_episodes": 2, "save_seconds": 0.0}


def swarms(worlds: int = 3, **options):
    return skyrally.make("aggregate", worlds, seed=1, **{**OPTIONS, "agents": 6, **options})


def field_env(worlds: int = 3, kind: str = "blend", **options) -> FieldEnv:
    return FieldEnv(swarms(worlds, **options), RuleSpec(GridSpec(bins=3), kind, 0))


@pytest.mark.parametrize("kind", ["blend", "mixture", "histogram"])
def test_a_swarm_is_one_agent(kind):
    env = field_env(kind=kind)
    assert (env.num_drones, env.action_size, env.layout.size) == (1, 9 * 2 * 2, 9)
    assert env.reset().shape == (3, 1, 9)
    step = env.step(torch.randn(3, 1, 36))
    assert step.obs.shape == (3, 1, 9)
    assert step.reward.shape == (3, 1)
    assert np.isfinite(step.obs).all()
    with pytest.raises(SkyrallyError, match="rules have shape"):
        env.step(torch.randn(3, 1, 35))


def test_its_reward_is_the_mean_of_those_who_exist():
    """The same five drones in room for five and in room for nine, playing the rule's mean: the same mean fields and rewards."""
    tight, roomy = field_env(agents=5), field_env(agents=9, population=5)
    tight.noisy = roomy.noisy = False
    a, b = tight.reset(), roomy.reset()
    for t in range(4):
        assert a == pytest.approx(b, abs=1e-6)
        xi = torch.randn(3, 1, tight.action_size, generator=torch.Generator().manual_seed(t))
        one, two = tight.step(xi), roomy.step(xi)
        assert one.reward == pytest.approx(two.reward, abs=1e-6)
        assert one.reward[:, 0] == pytest.approx(tight.swarm._own.reward[:, 0])
        a, b = one.obs, two.obs
    assert one.truncated.all()


def test_rules_and_mean_fields_go_by_world():
    """A world's rule moves its own drones only: world 0 is sent to one corner, world 1 to the other."""
    env = field_env(2)
    env.noisy = False
    env.reset()
    xi = torch.zeros(2, 1, 9, 2, 2)
    xi[0, :, :, 0], xi[1, :, :, 0] = 5.0, -5.0
    before = env.worlds["drones"]["pos"].copy()
    env.step(xi.flatten(2))
    way = (env.worlds["drones"]["pos"] - before)[..., :2].mean(1)
    assert (way[0] > 0.05).all()
    assert (way[1] < -0.05).all()


def test_collector_and_snapshot_take_it_as_any_batch():
    env = field_env()
    learner = MeanField(swarms(), MeanFieldConfig(worlds=3, steps=5, hidden=(8,), bins=3, limit=4), 60)
    rollout, carry = collect(learner.env, learner.seats, learner.carry, 5)
    assert rollout.action.shape == (5, 3, 1, 36)
    assert rollout.tracks[0].alive.all()
    assert carry.episodes.summary()["length"] <= 4
    assert learner.iterate().keys() >= {"seconds/collect"}
    env.reset()
    kept, xi = env.snapshot(), torch.randn(3, 1, 36)
    env.noisy = False
    first = env.step(xi).reward.copy()
    env.restore(kept)
    assert np.array_equal(env.step(xi).reward, first)


def test_only_swarms_have_a_mean_field():
    with pytest.raises(SkyrallyError, match="no swarm"):
        FieldEnv(skyrally.make("hover"), RuleSpec(GridSpec()))


def test_the_list_is_what_the_upper_level_did_in_the_large_swarm():
    learner = MeanField(swarms(2), MeanFieldConfig(worlds=2, steps=4, hidden=(8,), bins=3, limit=7), 60)
    learner.actors.each[0].mean.weight.data.normal_()
    state = torch.get_rng_state()
    learner.settle()
    assert torch.equal(torch.get_rng_state(), state)
    plan = learner.upper.plan
    assert plan.shape == (4, 36)
    assert not torch.equal(plan[0], plan[3])
    again = plan.clone()
    learner.settle()
    assert torch.equal(again, plan)
    metric, total = closed_loop(learner.upper, learner._limit, np.array([5], np.uint64))
    assert metric.shape == total.shape == (1,)
    assert np.isfinite(metric).all()


def test_rules_may_be_held_for_several_steps():
    learner = MeanField(swarms(2), MeanFieldConfig(worlds=2, steps=2, hold=2, hidden=(8,), bins=3, limit=4), 60)
    learner.actors.each[0].mean.weight.data.normal_()
    learner.iterate()
    assert learner.carry.frames == 2 * 2 * 2
    learner.settle()
    plan = learner.upper.plan
    assert torch.equal(plan[0], plan[1])
    assert torch.equal(plan[2], plan[3])
    assert not torch.equal(plan[1], plan[2])


def test_the_deployed_drone_needs_a_clock_and_its_own_observation():
    """Row by row or all at once, and at different moments of their episodes: the same actions."""
    learner = MeanField(swarms(2), MeanFieldConfig(worlds=2, steps=4, hidden=(8,), bins=3, limit=4), 60)
    learner.upper.plan.normal_()
    agent = learner.agent("x")
    obs, memory = np.random.default_rng(0).normal(size=(5, 2)).astype(np.float32), np.array([[0], [1], [1], [3], [9]], np.float32)
    out = np.zeros((5, 4), np.float32)
    agent.act(obs, memory, out)
    assert memory[:, 0].tolist() == [1, 2, 2, 4, 10]
    assert not out[:, 2:].any()
    for k, t in enumerate((0, 1, 1, 3, 3)):  # after the list's end its last rule
        one = np.zeros((1, 4), np.float32)
        agent.act(obs[k : k + 1], np.full((1, 1), t, np.float32), one)
        assert one[0] == pytest.approx(out[k], abs=1e-6)


def numbers(folder: Path):
    rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    return [{k: v for k, v in row.items() if not k.startswith("seconds")} for row in rows]


class StopAt:
    """Interrupts after so many rows."""

    def __init__(self, run, rows: int):
        self.run, self.left = run, rows

    def show(self, row):
        self.left -= 1
        if self.left == 0:
            self.run._interrupt()


@pytest.fixture
def threads():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("threads")
@pytest.mark.parametrize("rule", ["blend", "mixture"])
def test_a_run_resumes_to_the_same_numbers_and_plays_at_any_population(tmp_path, rule):
    def begun(name: str):
        return start("mean-field", "aggregate", {**KEYS, **JUDGED, "rule": rule, "bins": 3}, out=tmp_path / name, frames=40, seed=3)

    assert begun("whole").go()
    part = begun("part")
    assert not part.go(StopAt(part, 2))
    part.folder._lock.give_back()
    assert resume(tmp_path / "part").go()
    assert numbers(tmp_path / "part") == numbers(tmp_path / "whole")
    spec = f"run:{tmp_path / 'whole'}"
    agent = find_agent(spec, find("aggregate"))
    assert isinstance(agent, FieldAgent)
    assert agent.provenance["algorithm"] == "mean-field"
    for count in (2, 9):
        assert len(DrillRunner("aggregate", agent, agents=count, mode="point", max_cycles=2).play()) == 1
    done = sweep(spec, None, "agents", [2, 4], episodes=6)
    assert [row["agents"] for row in done.rows()] == [2, 4]
    assert done.results[1].metric == evaluate(spec, episodes=6, agents=4).metric


def test_mappo_with_the_mean_field_sees_it():
    env = swarms(2, agents=9, population=5)
    learner = FieldMAPPO(env, FieldConfig(worlds=2, steps=4, hidden=(8,), bins=3, minibatches=2, epochs=1), 60)
    assert learner.critic.normaliser.size == 2 + 9
    learner.iterate()
    row = learner.iterate()
    assert np.isfinite(row["loss/value"])
    seen = learner._seen(learner.track.obs, learner.track.state)
    mu = learner.grid.kernels(learner.track.obs[..., :5, :]).mean(-2)
    assert seen[:, :, 0, 2:].numpy() == pytest.approx(mu.numpy(), abs=1e-5)


def test_a_seat_of_the_adapter_is_played_like_any_other():
    env = field_env(2)
    learner = MeanField(swarms(2), MeanFieldConfig(worlds=2, steps=4, hidden=(8,), bins=3, limit=4), 60)
    seats = [Seat(learner.policy)]
    rollout, _ = collect(env, seats, begin(env, seats, 3), 3)  # type: ignore[arg-type]
    assert rollout.obs.shape == (4, 2, 1, 9)
