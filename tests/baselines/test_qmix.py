"""QMIX, VDN, IQL, PQN: mixers, targets and loss with known answers; resuming; what they play; what is refused."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
import toy_scenario
from hypothesis import given, settings
from hypothesis import strategies as st

from skyrally.agents.spec import find_agent
from skyrally.baselines.config import configured
from skyrally.baselines.losses import Diverged
from skyrally.baselines.qmix import Monotone, Q, QConfig, Sum
from skyrally.baselines.run import start
from skyrally.envs.doors import make
from skyrally.errors import SkyrallyError
from skyrally.scenarios.registry import SCENARIOS

SMALL = {"worlds": 4, "steps": 6, "epochs": 2, "minibatches": 2, "hidden": (16, 8), "replay": 0, "hold": 1}
MIXED = [{}, {"mixer": "sum"}, {"mixer": "monotone"}, {"gru": 5}]
KINDS = [*MIXED, {"replay": 3}, {"replay": 3, "mixer": "monotone"}, {"replay": 3, "mixer": "sum", "gru": 5}]
KINDS += [{"replay": 3, "gru": 5, "hold": 2}]
TOY = toy_scenario.scenario()


def learner(seed=0, frames=1000, mode="discrete", **keys):
    torch.manual_seed(seed)
    config = configured(QConfig, {**SMALL, **keys})
    env = make(TOY, config.worlds, seed=seed, max_cycles=5, action_mode=mode, discrete="rotors", threads=1)
    return Q(env, config, frames)


def weights(module):
    return [p.detach().clone() for p in module.parameters()]


# -- mixers ------------------------------------------------------------------------------------------------------------


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 4), st.floats(0.1, 30.0))
def test_the_teams_value_never_falls_with_a_drones(seed, drones, scale):
    torch.manual_seed(seed)
    mixer = Monotone(drones, 7, 6)
    values = (scale * torch.randn(32, drones)).requires_grad_()
    state = scale * torch.randn(32, 7)
    mixer(values, state).sum().backward()
    assert values.grad is not None
    assert (values.grad >= 0.0).all()
    assert (values.grad > 0.0).any()


def test_so_the_best_choice_of_each_is_the_best_of_the_team():
    torch.manual_seed(3)
    mixer, state = Monotone(2, 4, 8), torch.randn(1, 4)
    values = torch.randn(2, 5)
    pairs = torch.cartesian_prod(values[0], values[1])
    team = mixer(pairs, state.expand(25, -1))[:, 0]
    assert team.argmax() == 5 * values[0].argmax() + values[1].argmax()


def test_the_mixture_depends_on_the_state():
    torch.manual_seed(0)
    mixer, values = Monotone(2, 4, 8), torch.tensor([[1.0, 2.0]])
    assert not torch.allclose(mixer(values, torch.zeros(1, 4)), mixer(values, torch.ones(1, 4)))


def test_vdn_is_the_sum():
    assert torch.equal(Sum()(torch.tensor([[1.0, -2.5, 4.0]]), torch.zeros(1, 9)), torch.tensor([[2.5]]))


# -- targets and loss --------------------------------------------------------------------------------------------------


def test_targets_by_hand():
    """One world, three drones, gamma 1/2, lambda 1/2, rewards 1: step 1 ends the game, step 4 is cut off by time."""
    q = learner(gamma=0.5, **{"lambda": 0.5}, reward_scale=1.0)
    q.iterate()
    track, best = q.track, torch.arange(7.0)[:, None, None].expand(7, 4, 3) * 4.0  # worth of row t: 4 t
    track.reward[:] = 1.0
    track.alive[:] = True
    track.terminated[:] = track.truncated[:] = False
    track.terminated[1] = track.truncated[4] = True
    got = q._returns(track, best)[:, 0, 0]
    expected = torch.tensor([1 + 0.5 * (0.5 * 4 + 0.5 * 1), 1.0, 1 + 0.5 * (0.5 * 12 + 0.5 * 9), 1 + 0.5 * 16, 0.0, 1 + 0.5 * 24])
    counted = torch.tensor([0, 1, 2, 3, 5])  # row 4 teaches nothing
    assert torch.allclose(got[counted], expected[counted])


@pytest.mark.parametrize("mixer", ["none", "sum"])
def test_the_loss_by_hand(mixer):
    q = learner(mixer=mixer, huber=1e9, learning_rate=1e-9)
    q.iterate()
    track = q.track
    assert not track.alive.all()
    at = (torch.arange(6).repeat_interleave(4)[None], torch.arange(4).repeat(6)[None])
    values = q.actors(track.obs[:-1], torch.zeros(4, 3, 0))[0].detach()
    chosen = torch.gather(values, -1, track.action[..., :1].long())[..., 0] * track.alive
    targets = torch.randn(6, 4, 3 if mixer == "none" else 1)
    error = 0.5 * ((chosen if mixer == "none" else chosen.sum(-1, keepdim=True)) - targets).square()
    counts = (~track.truncated[..., None]) & (track.alive if mixer == "none" else torch.ones(1, dtype=torch.bool))
    expected = error[counts.expand_as(error)].mean()
    assert q._step(track, at, targets)["loss/value"] == pytest.approx(float(expected), rel=1e-5)


def test_the_values_kept_while_acting_are_those_of_the_networks():
    for keys in ({}, {"gru": 4}):
        q = learner(**keys)
        for _ in range(2):
            q.iterate()
        q.epsilon = 0.0
        normaliser = copy.deepcopy(q.actors.normaliser.state_dict())
        before = copy.deepcopy(q.actors)
        q.iterate()
        before.normaliser.load_state_dict(normaliser)
        track = q.track
        fresh = torch.cat((torch.zeros_like(track.done[:1]), track.done[:-1]))
        assert track.done[:-1].any()
        values = before(track.obs[:-1], track.memory, fresh)[0]
        assert torch.allclose(values.amax(-1), track.extras["best"], atol=1e-5)


# -- the learner -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("keys", KINDS)
def test_learning_changes_all_networks(keys):
    q = learner(**keys)
    q.iterate()
    before, slow = weights(q.networks), weights(q.targets)
    row = q.iterate()
    changed = [not torch.equal(a, b) for a, b in zip(before, weights(q.networks), strict=True)]
    assert all(changed)
    assert {"loss/value", "epsilon", "metric", "return"} <= set(row)
    if q.replay is not None:
        far = [(a - b).abs().sum() for a, b in zip(before, weights(q.networks), strict=True)]
        near = [(a - b).abs().sum() for a, b in zip(slow, weights(q.targets), strict=True)]
        assert 0.0 < sum(near) < sum(far)
    else:
        assert q.targets is q.networks


@pytest.mark.parametrize("keys", KINDS)
def test_going_on_from_a_state_gives_the_same_numbers(keys):
    whole = learner(**keys)
    for _ in range(3):
        whole.iterate()
    saved = copy.deepcopy(whole.state())
    expected = [whole.iterate() for _ in range(2)]
    again = learner(seed=9, **keys)
    again.load(saved)
    for row in expected:
        got = again.iterate()
        assert [v for k, v in got.items() if not k.startswith("seconds")] == [v for k, v in row.items() if not k.startswith("seconds")]
    assert all(torch.equal(a, b) for a, b in zip(weights(whole.networks), weights(again.networks), strict=True))


# -- teachers ----------------------------------------------------------------------------------------------------------

TAUGHT = {"teacher": "scripted:bump-and-pass", "worlds": 8, "steps": 16, "discrete": "fine"}


def taught(frames=8 * 16 * 100, **keys):
    keys = {**TAUGHT, **keys}
    torch.manual_seed(0)
    env = make("bump-and-pass", keys["worlds"], action_mode="discrete", discrete=keys.pop("discrete"), threads=1)
    return Q(env, configured(QConfig, {**SMALL, **keys}), frames)


def test_a_teacher_leads_by_the_nearest_choice_and_ever_less():
    q = taught(led=0.5, epsilon=1.0, epsilon_end=1.0)
    teacher, lesson = find_agent(TAUGHT["teacher"], q.env.scenario), np.zeros((16, 4), np.float32)
    for led in (8, 0):
        q.carry.frames = 0 if led else 8 * 16 * 50
        q.iterate()
        assert q.policy.led == led
        for t in range(16):
            obs = q.track.obs[t].flatten(0, 1).numpy()
            teacher.act(obs, np.zeros((16, 0), np.float32), lesson)
            off = np.linalg.norm(q.policy.choices.rows - lesson[:, None], axis=-1)
            taken = off[np.arange(16), q.track.action[t, ..., 0].long().flatten()]
            assert (taken == off.min(1)).all() == bool(led)


def test_lessons_sink_in():
    q = taught(frames=10**9, learning_rate=3e-3, epochs=8, hidden=(64, 64))
    q.iterate()
    losses = [q.iterate()["loss/lesson"] for _ in range(60)]
    assert sum(losses[-10:]) < 0.5 * losses[0] * 10


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"replay": 2}, "set replay=0"),
        ({"discrete": "rotors", "teacher": "scripted:serve"}, "plays serve only"),
        ({"teacher": "scripted:team"}, "plays"),
    ],
)
def test_teachers_that_do_not_fit_are_refused(keys, words):
    with pytest.raises(SkyrallyError, match=words):
        taught(**keys)


# -- the run -----------------------------------------------------------------------------------------------------------


def test_exploring_falls():
    q = learner(frames=100, epsilon=0.5, epsilon_end=0.1, explore=0.5)
    assert q._epsilon() == 0.5
    q.carry.frames = 25
    assert q._epsilon() == pytest.approx(0.3)
    q.carry.frames = 80
    assert q._epsilon() == pytest.approx(0.1)


def test_how_often_it_explores():
    q = learner(worlds=400, epsilon=0.4, epsilon_end=0.4)
    q.iterate()
    values = q.actors  # the first policy is told by its first rollout's own numbers
    track = q.track
    mean, std = torch.zeros_like(values.normaliser.mean), torch.ones_like(values.normaliser.var)
    values.normaliser.mean.copy_(mean)
    values.normaliser.var.copy_(std)
    choice = values(track.obs[:-1], torch.zeros(400, 3, 0))[0].argmax(-1)
    share = (choice != track.action[..., 0]).float().mean()
    assert share == pytest.approx(0.4 * 15 / 16, abs=0.03)


def test_drones_that_share_weights_are_told_apart_where_the_layout_does_not():
    assert learner().actors.spec.identity == 3
    spec = Q(make("bump-and-pass", 2, action_mode="discrete", threads=1), configured(QConfig, SMALL), 10).actors.spec
    assert spec.identity == 0


def test_losses_that_are_not_finite_stop_learning():
    q = learner()
    q.iterate()
    with torch.no_grad():
        q.actors.each[0].mean.weight[:] = torch.nan
    with pytest.raises(Diverged, match="not finite"):
        q.iterate()


def test_it_needs_choices():
    with pytest.raises(SkyrallyError, match="action_mode is rotor; this learner needs discrete"):
        learner(mode="rotor")


def test_a_run_plays_its_choices_wherever_their_mode_is_served(tmp_path, monkeypatch):
    """The agent carries the rows that it chose from: worlds need not be told the same set."""
    monkeypatch.setitem(SCENARIOS, "toy", TOY)
    threads = torch.get_num_threads()
    keys = {**SMALL, "discrete": "rotors", "threads": 1, "evaluate_every": 50, "evaluate_episodes": 4, "max_cycles": 7}
    run = start("qmix", "toy", {**keys, "replay": 2}, out=tmp_path / "run", frames=150)
    assert run.go()
    torch.set_num_threads(threads)
    agent = find_agent(f"run:{tmp_path / 'run'}", TOY)
    assert agent.action_mode == "rotor"
    obs, out = np.random.default_rng(0).normal(size=(6, 2)).astype(np.float32), np.zeros((6, 4), np.float32)
    agent.act(obs, np.zeros((6, 0), np.float32), out)
    values = agent.actors(torch.from_numpy(obs).view(1, 2, 3, 2), torch.zeros(2, 3, 0))[0].view(6, 16)
    assert np.array_equal(out, agent.choices.rows[values.argmax(1)])
    with pytest.raises(SkyrallyError, match="plays 3 drones that it tells apart; got 4 rows"):
        agent.act(obs[:4], np.zeros((4, 0), np.float32), out[:4])
