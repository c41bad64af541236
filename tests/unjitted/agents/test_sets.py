"""Networks over sets: order and number of entities and drones change nothing that they should not."""

from __future__ import annotations

import pytest
import torch

import skyrally
from skyrally.agents.networks import Actors, NetworkSpec, PooledCritic
from skyrally.agents.sets import entities_of
from skyrally.baselines.ppo import PPO, PPOConfig
from skyrally.errors import SkyrallyError
from skyrally.scenarios.registry import find
from skyrally.scenarios.scenario import Field, Layout

VIEW = Layout("v", [Field("own", 2), *(Field(f"other_{k}", 3) for k in range(4)), Field("rest", 1)])


def actors(kind: str) -> Actors:
    made = Actors(NetworkSpec(VIEW.size, hidden=(8,), encoder=kind, entities=entities_of(VIEW)))
    for actor in made.each:
        torch.nn.init.normal_(actor.mean.weight)  # type: ignore[union-attr,arg-type]
    made.normaliser.update(torch.randn(100, VIEW.size))
    return made


def play(made: Actors, obs: torch.Tensor) -> torch.Tensor:
    return made(obs[None, :, None], torch.zeros(len(obs), 1, 0))[0][0, :, 0]


def test_where_entities_are():
    assert entities_of(VIEW) == (2, 4, 3)
    assert entities_of(find("goal-swap").views["own"]) == (18, 6, 7)
    with pytest.raises(SkyrallyError, match="no entities"):
        entities_of(find("flock").views["mean"])


@pytest.mark.parametrize("kind", ["mean", "attention"])
def test_the_order_of_entities_and_who_is_not_there_change_nothing(kind):
    made, obs = actors(kind), torch.randn(6, VIEW.size)
    slots = obs[:, 2:14].view(6, 4, 3)
    slots[..., 2] = torch.tensor([1.0, 1.0, 0.0, 1.0])
    before = play(made, obs)
    slots[:, 2, :2] = 99.0  # not there
    assert play(made, obs).detach().numpy() == pytest.approx(before.detach().numpy(), abs=1e-5)
    slots[:] = slots[:, [3, 2, 0, 1]].clone()
    assert play(made, obs).detach().numpy() == pytest.approx(before.detach().numpy(), abs=1e-5)
    slots[..., 2] = 0.0
    assert torch.isfinite(play(made, obs)).all()
    assert (play(made, obs) - before).abs().max() > 1e-3


def test_entities_share_mean_and_deviation():
    made = actors("mean").normaliser
    rows = torch.randn(500, VIEW.size) * 3.0 + torch.arange(VIEW.size)
    made.count.zero_()
    made.update(rows)
    together = rows[:, 2:14].reshape(-1, 3)
    assert made.mean[5:8].numpy() == pytest.approx(together.mean(0).numpy(), rel=1e-4)
    assert made.var[5:8].numpy() == pytest.approx(together.var(0, correction=0).numpy(), rel=1e-4)
    assert made.mean[0].item() == pytest.approx(rows[:, 0].mean().item(), rel=1e-4)


def test_a_pooled_critic_takes_any_number_in_any_order():
    critic = PooledCritic(3, (8,), "tanh", False)
    obs = torch.randn(2, 5, 3)
    values = critic(obs)
    assert values.shape == (2, 5, 1)
    padded = torch.cat((obs, torch.zeros(2, 7, 3)), 1)
    assert critic(padded)[:, :5].detach().numpy() == pytest.approx(values.detach().numpy(), abs=1e-5)
    order = torch.tensor([4, 2, 0, 1, 3])
    assert critic(obs[:, order]).detach().numpy() == pytest.approx(values[:, order].detach().numpy(), abs=1e-5)


def test_ppo_learns_with_them_at_mixed_populations_and_the_weights_fit_any_number():
    config = PPOConfig(worlds=2, steps=3, minibatches=2, epochs=1, hidden=(8,), critic="pooled", encoder="attention")
    options = {"population": {"values": [2, 4]}, "max_cycles": 2, "pillars": 0.0, "action_mode": "velocity"}
    learner = PPO(skyrally.make("goal-swap", 2, agents=4, **options), config, 60)
    learner.iterate()
    assert all(torch.isfinite(torch.tensor(value)) for value in learner.iterate().values())
    other = PPO(skyrally.make("goal-swap", 2, agents=6, action_mode="velocity"), config, 60)
    other.actors.load_state_dict(learner.actors.state_dict())
    other.critic.load_state_dict(learner.critic.state_dict())
