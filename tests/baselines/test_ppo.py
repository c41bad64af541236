"""The PPO family on the toy scenario: what the critic sees, what is shared, gradients that are right, exact resuming."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
import toy_scenario

from skyrally.agents.basic import Random
from skyrally.baselines.config import configured
from skyrally.baselines.ppo import PPO, Diverged, PPOConfig
from skyrally.envs.doors import make
from skyrally.errors import SkyrallyError
from skyrally.rollout import Seat

SMALL = {"worlds": 4, "steps": 6, "epochs": 2, "minibatches": 3, "hidden": (16, 8)}


TOY = toy_scenario.scenario()


def learner(seed=0, frames=1000, drones=slice(None), others=(), mode="rotor", **keys):
    torch.manual_seed(seed)
    config = configured(PPOConfig, {**SMALL, **keys})
    env = make(TOY, config.worlds, seed=seed, max_cycles=5, action_mode=mode)
    return PPO(env, config, frames, places=[(drones, slice(None))], others=lambda policy: others)


def weights(module):
    return [p.detach().clone() for p in module.parameters()]


def test_the_central_critic_sees_all_drones_and_nothing_else():
    ppo = learner(critic="state")
    ppo.iterate()
    track = ppo.track
    assert ppo._value(track.state[0]).shape == (4, 3)
    assert np.array_equal(track.state[-1], ppo.env.state())
    state = track.state[0].clone().requires_grad_()
    ppo._value(state)[:, 0].sum().backward()
    assert (state.grad.view(4, 3, -1).abs().sum((0, 2)) > 0).all()


def test_the_independent_critic_sees_one_drone_only():
    ppo = learner(critic="obs")
    ppo.iterate()
    obs = ppo.track.obs[0].clone().requires_grad_()
    ppo._value(obs)[:, 0].sum().backward()
    one, *others = obs.grad.abs().sum((0, 2))
    assert one > 0
    assert not any(others)


@pytest.mark.parametrize("share", [True, False])
def test_parameters_are_shared_or_not(share):
    ppo = learner(share=share)
    assert len(ppo.actors.each) == (1 if share else 3)
    for _ in range(2):
        ppo.iterate()
    obs = ppo.track.obs[:1, :, :1].expand(1, 4, 3, -1)
    mean = ppo.actors(obs, torch.zeros(4, 3, 0))[0]
    assert torch.allclose(mean[:, :, 0], mean[:, :, 1]) == share


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"critic": "state"},
        {"gru": 5},
        {"share": False, "gru": 4},
        {"std": "observed", "layer_norm": True},
        {"mode": "discrete", "gru": 4},
    ],
)
def test_the_policy_learned_about_is_the_one_that_acted(keys):
    """Recomputed log-probabilities equal the kept ones (also through memory and its resets), so the first ratio is 1."""
    ppo = learner(**keys)
    ppo.iterate()
    kept = {}
    original = ppo._minibatch

    def spy(at, *arguments):
        if not kept:
            kept.update(original(at, *arguments))
            return kept
        return original(at, *arguments)

    ppo._minibatch = spy
    ppo.iterate()
    assert ppo.track.done.any()
    assert kept["kl"] == pytest.approx(0.0, abs=1e-6)


def test_learning_changes_both_networks_and_normalisers():
    ppo = learner()
    ppo.iterate()
    before = weights(ppo.actors), weights(ppo.critic)
    row = ppo.iterate()
    for old, module in zip(before, (ppo.actors, ppo.critic), strict=True):
        assert all(not torch.equal(a, b) for a, b in zip(old, weights(module), strict=True))
    assert ppo.actors.normaliser.count == 2 * 7 * 4 * 3
    assert {"loss/policy", "loss/value", "entropy", "kl", "explained", "metric", "return", "term/place"} <= set(row)


def test_where_drones_choose_it_learns_choices():
    ppo = learner(mode="discrete", share=False)
    before = weights(ppo.actors)
    for _ in range(2):
        row = ppo.iterate()
    assert set(ppo.track.action[..., 0].unique().tolist()) <= set(range(27))
    assert row["entropy"] == pytest.approx(np.log(27), abs=0.05)  # the first scores are nearly alike
    assert all(not torch.equal(a, b) for a, b in zip(before, weights(ppo.actors), strict=True))


def test_each_world_step_is_used_once_per_epoch():
    for keys in ({}, {"gru": 3}):
        ppo = learner(**keys)
        seen = torch.zeros(6, 4)
        for t, w in ppo._minibatches():
            seen[t, w] += 1
        assert (seen == 1).all()


def test_a_frozen_opponent_is_not_learned_from():
    ppo = learner(drones=slice(0, 1), others=[Seat(Random(), slice(1, 3))])
    for _ in range(2):
        ppo.iterate()
    assert ppo.track.obs.shape[2] == 1
    assert not torch.equal(ppo.carry.rollout.action[:, :, 0], ppo.carry.rollout.action[:, :, 1])
    assert ppo.track.alive.any()


def test_the_dead_teach_the_policy_nothing():
    ppo = learner(entropy=0.0)
    ppo.iterate()
    assert not ppo.track.alive.all()  # the toy's first point is out after four steps
    ppo.track.alive[:] = False
    old = weights(ppo.actors)
    ppo._learn(ppo.carry.rollout)
    assert all(torch.equal(a, b) for a, b in zip(old, weights(ppo.actors), strict=True))


@pytest.mark.parametrize("average", [0.0, 0.9])
def test_going_on_from_a_state_gives_the_same_numbers(average):
    whole = learner(gru=3, critic="state", average=average)
    for _ in range(3):
        whole.iterate()
    saved = copy.deepcopy(whole.state())
    expected = [whole.iterate() for _ in range(2)]
    again = learner(seed=9, gru=3, critic="state", average=average)
    again.load(saved)
    for row in expected:
        got = again.iterate()
        assert {k: v for k, v in got.items() if not k.startswith("seconds")} == {
            k: v for k, v in row.items() if not k.startswith("seconds")
        }
    assert all(torch.equal(a, b) for a, b in zip(weights(whole.actors), weights(again.actors), strict=True))


def test_an_average_of_the_weights_plays_and_the_last_ones_act_in_training():
    ppo = learner(average=0.5, minibatches=1, epochs=1)
    assert ppo.policy.actors is ppo.network
    assert ppo.agent("it").actors is ppo.actors  # type: ignore[attr-defined]
    for _ in range(2):
        ppo.iterate()  # the first step of the optimiser, which the average takes as it is
    first = copy.deepcopy(dict(ppo.network.named_parameters()))
    ppo.iterate()
    played, last = dict(ppo.actors.named_parameters()), dict(ppo.network.named_parameters())
    for name in (name for name in first if "log_std" not in name):  # those are bounded after the step
        assert not torch.equal(first[name], last[name])
        assert torch.allclose(played[name], 0.5 * (first[name] + last[name]))
    assert ppo.actors.normaliser is ppo.network.normaliser


def test_the_learning_rate_falls_linearly():
    ppo = learner(frames=6 * 4 * 10, learning_rate=0.5, final_rate=0.1)
    assert ppo.set_rate() == 0.5
    ppo.carry.frames = 6 * 4 * 5
    assert ppo.set_rate() == pytest.approx(0.275)
    ppo.carry.frames = 10**9
    assert ppo.set_rate() == pytest.approx(0.05)


def test_the_standard_deviation_is_bounded_lower_and_lower():
    ppo = learner(frames=6 * 4 * 4, std_init=0.8, std_final=0.1, entropy=1.0)
    spreads = []
    for _ in range(5):
        ppo.iterate()
        spreads.append(float(ppo.actors.each[0].log_std.detach().exp().max()))
    assert spreads == sorted(spreads, reverse=True)
    assert spreads[0] == pytest.approx(0.8)
    assert spreads[-1] <= 0.1 + 1e-6


def test_losses_that_are_not_finite_stop_learning():
    ppo = learner()
    ppo.iterate()
    with torch.no_grad():
        ppo.critic.value.weight[:] = torch.nan
    with pytest.raises(Diverged, match="not finite"):
        ppo.iterate()


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"learning_rat": 1}, "did you mean learning_rate"),
        ({"learning_rate": 0}, "learning_rate is 0; expected a number, more than 0 and at most 1"),
        ({"learning_rate": float("nan")}, "learning_rate is nan"),
        ({"gamma": 1.5}, "gamma is 1.5; expected a number, 0 or more and at most 1"),
        ({"worlds": 0}, "worlds is 0; expected a whole number, 1 or more"),
        ({"worlds": 2.5}, "worlds is 2.5"),
        ({"worlds": True}, "worlds is True"),
        ({"hidden": (8, 0)}, "hidden is 0"),
        ({"hidden": ()}, "hidden is empty"),
        ({"critic": "stat"}, "did you mean state"),
        ({"share": 1}, "share is 1; expected true or false"),
        ({"lambda": 2}, "lambda is 2"),
    ],
)
def test_bad_hyperparameters_are_one_clear_line(keys, message):
    with pytest.raises(SkyrallyError, match=message) as error:
        configured(PPOConfig, keys)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("keys", "most"), [({"gru": 4, "minibatches": 5}, "4, as many as there are worlds, with gru="), ({"minibatches": 25}, "24")]
)
def test_parts_of_a_rollout_are_not_empty(keys, most):
    with pytest.raises(SkyrallyError, match=f"minibatches is {keys['minibatches']}; expected at most {most}"):
        learner(**keys)
