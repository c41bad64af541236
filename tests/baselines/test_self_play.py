"""Self-play on matrix games of one step: whose rows are learned from, who the opponent is, exact resuming through a run."""

from __future__ import annotations

import json
import signal

import numpy as np
import pytest
import torch

from skyrally.baselines.config import configured
from skyrally.baselines.run import resume, start
from skyrally.baselines.self_play import Fictitious, FictitiousConfig, SelfPlay, SelfPlayConfig, both_ways, sides, two_sides
from skyrally.envs.doors import make
from skyrally.errors import SkyrallyError
from skyrally.scenarios.registry import find

SMALL = {"worlds": 8, "steps": 6, "epochs": 2, "minibatches": 2, "hidden": (8,), "stagger": False}


@pytest.fixture(autouse=True)
def threads():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def learner(kind, config, payoff="rock-paper-scissors", **keys):
    torch.manual_seed(0)
    hyper = configured(config, {**SMALL, **keys})
    return kind(make("matrix", hyper.worlds, payoff=payoff, rounds=2, max_cycles=2), hyper, 10_000)


@pytest.mark.parametrize("critic", ["obs", "state"])
def test_both_sides_are_learned_from(critic):
    both = learner(SelfPlay, SelfPlayConfig, critic=critic)
    row = both.iterate() | both.iterate()
    rollout, track = both.carry.rollout, both.track
    assert track.obs.shape[1] == 16
    assert torch.equal(track.reward[:, :8, 0], rollout.reward[..., 0])
    assert torch.equal(track.reward[:, 8:, 0], rollout.reward[..., 1])
    width = rollout.obs.shape[-1]
    assert torch.equal(track.state[:, 8:, :width], rollout.obs[:, :, 1])  # blue sees its own side first
    assert torch.equal(track.state[:, 8:, width:], rollout.obs[:, :, 0])
    assert np.isfinite(row["loss/policy"])


def test_one_side_plays_red_and_blue():
    one = learner(SelfPlay, SelfPlayConfig, learn="one")
    one.iterate()
    assert one.track.obs.shape[1] == 8
    assert torch.equal(one.track.reward[:, :4, 0], one.carry.rollout.reward[:, :4, 0])
    assert torch.equal(one.track.reward[:, 4:, 0], one.carry.rollout.reward[:, 4:, 1])
    mine, theirs = both_ways(one.env)
    taken = np.zeros((8, 2), int)
    for drones, worlds in mine + theirs:
        taken[worlds, drones] += 1
    assert (taken == 1).all()


def test_self_play_finds_the_dominant_action():
    both = learner(SelfPlay, SelfPlayConfig, payoff=[[3, 0], [5, 1]], worlds=64, learning_rate=0.03)
    for _ in range(20):
        both.iterate()
    assert (both.carry.rollout.action[..., 0] == 1).float().mean() > 0.9


def test_the_pool_keeps_the_last_snapshots():
    fsp = learner(Fictitious, FictitiousConfig, window=3, period=2)
    names = []
    for _ in range(9):
        fsp.iterate()
        names.append(sorted(agent.name for agent in fsp.pool))
    assert names[0] == ["snapshot 0"]
    assert names[3] == ["snapshot 0", "snapshot 1", "snapshot 2"]
    assert names[-1] == ["snapshot 2", "snapshot 3", "snapshot 4"]
    assert fsp.rivals[0].weights == pytest.approx([1 / 3] * 3)
    old = fsp.pool[0].actors.state_dict()
    assert any(not torch.equal(old[name], value) for name, value in fsp.actors.state_dict().items())


def check_that_it_resumes_exactly(algorithm, keys, tmp_path):
    """Stopped after three rollouts and gone on with, a run gives the numbers of one that was let alone."""

    class Stop:
        left = 3

        def show(self, row):
            self.left -= 1
            if self.left == 0:
                signal.raise_signal(signal.SIGINT)

    assert start(algorithm, "matrix", keys, out=tmp_path / "whole", frames=300, seed=1).go()
    assert not start(algorithm, "matrix", keys, out=tmp_path / "run", frames=300, seed=1).go(Stop())
    assert resume(tmp_path / "run").go()
    read = [[json.loads(line) for line in (tmp_path / name / "metrics.jsonl").read_text().splitlines()] for name in ("whole", "run")]
    whole, again = ([{k: v for k, v in row.items() if not k.startswith("seconds")} for row in rows] for rows in read)
    assert whole == again


@pytest.mark.parametrize("algorithm", ["sp", "fsp"])
def test_runs_resume_exactly(algorithm, tmp_path):
    keys = {**SMALL, "payoff": "chicken", "threads": 1, "evaluate_every": 96, "evaluate_episodes": 4, "save_seconds": 0.0}
    keys |= {"window": 2, "period": 1} if algorithm == "fsp" else {}

    check_that_it_resumes_exactly(algorithm, keys, tmp_path)


def test_where_there_are_no_two_sides():
    with pytest.raises(SkyrallyError, match="has no two sides"):
        two_sides(find("hover"))
    with pytest.raises(SkyrallyError, match="sides of matrix differ"):
        sides(make("matrix", 2, payoff="portfolio"))


VALUES = {"worlds": 64, "steps": 6, "minibatches": 4, "hidden": (8,), "learning_rate": 0.02, "stagger": False, "hold": 1, "threads": 1}
VALUES |= {"evaluate_every": 10**9, "evaluate_episodes": 4, "save_seconds": 1e9, "payoff": [[3, 0], [5, 1]], "gamma": 0.0}


@pytest.mark.parametrize("algorithm", ["sp", "fsp"])
@pytest.mark.parametrize("learner", ["iql", "qmix", "pqn"])
def test_values_find_the_dominant_action(algorithm, learner, tmp_path):
    """A prisoner's dilemma: whatever the other does, the second action pays more. With little exploring they would go in circles."""
    keys = {**VALUES, "learner": learner, "replay": 0 if learner == "pqn" else 2, "epsilon": 0.5, "epsilon_end": 0.5}
    keys |= {"window": 2, "period": 2} if algorithm == "fsp" else {}
    run = start(algorithm, "matrix", keys, out=tmp_path / "run", frames=64 * 6 * 15, seed=1)
    for _ in range(15):
        run.learner.iterate()
    track = run.learner.track
    assert track.obs.shape[1] == (128 if algorithm == "sp" else 64)
    values = run.learner.actors(track.obs, torch.zeros(track.obs.shape[1], 1, 0))[0]
    assert (values.argmax(-1) == 1).float().mean() > 0.9
    assert run.learner.policy.hold == 1


@pytest.mark.parametrize("learner", ["vdn", "pqn"])
@pytest.mark.parametrize("algorithm", ["sp", "fsp"])
def test_runs_of_values_resume_exactly(algorithm, learner, tmp_path):
    keys = {**VALUES, "worlds": 8, "learner": learner, "gru": 3, "save_seconds": 0.0, "evaluate_every": 96}
    keys |= {"window": 2, "period": 1} if algorithm == "fsp" else {}

    check_that_it_resumes_exactly(algorithm, keys, tmp_path)


def test_only_populations_have_a_learner_to_choose(tmp_path):
    with pytest.raises(SkyrallyError, match="learner is iql; mappo has no other"):
        start("mappo", "matrix", {"learner": "iql"}, out=tmp_path / "run", frames=300)
    with pytest.raises(SkyrallyError, match="unknown learner 'iqk'"):
        start("sp", "matrix", {"learner": "iqk"}, out=tmp_path / "run", frames=300)


@pytest.mark.parametrize("algorithm", ["sp", "fsp"])
def test_they_begin_with_weights(algorithm, tmp_path):
    """The pool as well: its first opponent is no random network."""
    keys = {**VALUES, "worlds": 8, "learner": "iql"}
    first = start(algorithm, "matrix", keys, out=tmp_path / "first", frames=100, seed=1)
    assert first.go()
    run = start(algorithm, "matrix", {**keys, "initial": f"run:{tmp_path / 'first'}"}, out=tmp_path / "run", frames=100, seed=2)
    for networks in (run.learner, run.learner.targets["actors"], *(agent for agent in getattr(run.learner, "pool", ()))):
        actors = getattr(networks, "actors", networks)
        assert all(torch.equal(value, actors.state_dict()[name]) for name, value in first.learner.actors.state_dict().items())
