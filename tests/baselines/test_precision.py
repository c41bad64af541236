"""Products in bfloat16: what stays in float32, that learners learn with them, and what `auto` freezes."""

from __future__ import annotations

import json
import signal

import pytest
import torch
import toy_scenario

from skyrally.agents.networks import Actors, Critic, NetworkSpec
from skyrally.baselines import precision
from skyrally.baselines.config import configured
from skyrally.baselines.ppo import PPO, PPOConfig
from skyrally.baselines.qmix import Q, QConfig
from skyrally.baselines.run import resume, start
from skyrally.envs.doors import make
from skyrally.errors import SkyrallyError
from skyrally.scenarios.registry import SCENARIOS

SMALL = {"worlds": 4, "steps": 5, "minibatches": 2, "hidden": (8,), "threads": 1, "evaluate_every": 60, "evaluate_episodes": 4}


@pytest.fixture(autouse=True)
def toy(monkeypatch):
    scenario = toy_scenario.scenario()
    monkeypatch.setitem(SCENARIOS, scenario.name, scenario)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize(
    "spec", [NetworkSpec(6, hidden=(32, 32)), NetworkSpec(6, hidden=(32,), gru=8), NetworkSpec(6, hidden=(32,), std="observed")]
)
def test_only_the_layers_between_are_rounded(spec):
    actors, obs = Actors(spec), torch.randn(3, 5, 2, 6)
    memory = torch.zeros(5, 2, spec.gru)
    fine = actors(obs, memory)
    with precision.products("bfloat16"):
        rounded, seen = actors(obs, memory), actors.normaliser(obs)
    assert torch.equal(seen, actors.normaliser(obs))
    for a, b in zip(fine[:2], rounded[:2], strict=True):
        assert b.dtype == torch.float32
        assert torch.allclose(a, b, rtol=0.02, atol=0.002)
    assert not torch.equal(fine[0], rounded[0])
    with precision.products("float32"):
        assert torch.equal(actors(obs, memory)[0], fine[0])


def test_values_come_out_in_float32():
    critic, x = Critic(6, (32,), "tanh", False), torch.randn(100, 6)
    with precision.products("bfloat16"):
        assert critic(x).dtype == torch.float32


def learned(learner, rollouts: int) -> list[float]:
    learner.dtype = "bfloat16"
    return [learner.iterate()["return"] for _ in range(rollouts)]


def test_ppo_learns_the_toy_with_them():
    """As in test_learning: 0.9 at first, 2.2 at best."""
    config = configured(PPOConfig, {"worlds": 64, "steps": 14, "hidden": (16,), "minibatches": 2, "learning_rate": 0.01, "critic": "state"})
    returns = learned(PPO(make("toy", 64, seed=0, max_cycles=7, threads=1), config, 20 * 64 * 14), 20)
    assert returns[0] < 1.0
    assert returns[-1] > 1.8


def test_values_of_choices_are_learned_with_them():
    keys = {"worlds": 64, "steps": 14, "hold": 1, "gamma": 0.8, "hidden": (16,), "minibatches": 4, "epochs": 4, "learning_rate": 0.005}
    config = configured(QConfig, {**keys, "epsilon": 0.5, "explore": 1.0, "epsilon_end": 0.0, "mixer": "monotone"})
    env = make("toy", 64, seed=0, max_cycles=7, threads=1, action_mode="discrete", discrete="rotors")
    returns = learned(Q(env, config, 30 * 64 * 14), 30)
    assert returns[0] < 1.0
    assert returns[-1] > 1.8


def test_who_acts_acts_in_float32():
    config = configured(PPOConfig, {"worlds": 8, "steps": 6, "hidden": (16,), "minibatches": 2})
    ppo = PPO(make("toy", 8, seed=0, max_cycles=7, threads=1), config, 1000)
    ppo.dtype = "bfloat16"
    ppo.iterate()
    before = {name: value.clone() for name, value in ppo.actors.state_dict().items()}
    ppo.iterate()
    track, actors = ppo.track, Actors(ppo.actors.spec)
    actors.load_state_dict(before)
    obs = track.obs[:-1]
    with torch.no_grad():
        mean, log_std, _ = actors(obs, torch.zeros(*obs.shape[1:3], 0))
    assert torch.allclose(ppo.policy.kind.log_prob(track.action, mean, log_std), track.extras["log_prob"], atol=1e-4)


class Interrupt:
    """A watcher that stops the run at once, as Ctrl-C does."""

    def show(self, row):
        signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize(("gain", "dtype"), [(1.5, "bfloat16"), (1.05, "float32")])
def test_auto_is_measured_once_and_frozen(gain, dtype, tmp_path, monkeypatch):
    monkeypatch.setattr(precision, "gain", lambda *networks: gain)
    run = start("mappo", "toy", {**SMALL, "dtype": "auto"}, out=tmp_path / "run", frames=40, seed=1)
    assert run.learner.dtype == dtype
    assert json.loads((tmp_path / "run/manifest.json").read_text())["dtype"] == dtype
    assert not run.go(Interrupt())
    monkeypatch.setattr(precision, "gain", None)
    assert resume(tmp_path / "run").learner.dtype == dtype


def test_float32_unless_asked(tmp_path):
    assert start("ppo", "toy", SMALL, out=tmp_path / "run", frames=40, seed=1).learner.dtype == "float32"


def test_measuring_leaves_the_draws_alone():
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    assert precision.gain(6, (8,), 16) > 0.0
    assert torch.equal(torch.rand(2), expected)


def test_other_formats_are_refused(tmp_path):
    with pytest.raises(SkyrallyError, match="bfloat16"):
        start("ppo", "toy", {**SMALL, "dtype": "float16"}, out=tmp_path / "run", frames=40, seed=1)
