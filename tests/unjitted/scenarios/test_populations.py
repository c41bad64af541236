"""Populations by name: what they are, what is drawn from them, what is refused; policies that play any of them."""

from __future__ import annotations

import numpy as np
import pytest

import skyrally
from skyrally.baselines.run import start
from skyrally.errors import SkyrallyError
from skyrally.scenarios.names import SWARMS
from skyrally.scenarios.populations import SPLITS, split
from skyrally.tournament.sweep import sweep


@pytest.mark.parametrize("name", SWARMS)
def test_splits_do_not_overlap_and_keep_to_their_ranges(name):
    train, everything = split(name, "train"), split(name, "all")
    assert len(set(everything)) == len(everything) == sum(map(len, SPLITS[name].values()))
    assert set(split(name, "test")) == set(everything) - set(train)
    assert all(min(train) < size < max(train) for size in SPLITS[name].get("between", ()))
    assert not any(min(train) <= size <= max(train) for size in split(name, "beyond"))
    assert len(everything) >= 9


def test_a_population_by_name_draws_its_numbers():
    env = skyrally.make("resource", worlds=24, agents=12, population="train")
    env.reset()
    assert set(env.players.tolist()) == {6, 9, 12}
    assert np.array_equal(env.alive.sum(axis=1), env.players)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"agents": 12, "population": "beyond"}, "set agents=96"),
        ({"agents": 12, "population": "trian"}, "did you mean train"),
        ({"agents": 12, "population": 13}, "from 1 to agents (12)"),
        ({"agents": 12, "population": {"values": []}}, "population"),
        ({"agents": 12, "population": {"values": [0, 3]}}, "population"),
        ({"agents": 12, "population": {"low": 5, "high": 3}}, "population"),
        ({"agents": 12, "population": {"low": 5}}, "population"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_told(options, word):
    with pytest.raises(SkyrallyError) as caught:
        skyrally.make("resource", **options)
    assert word in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_scenario_without_splits_says_so():
    with pytest.raises(SkyrallyError, match=r"my-swarm has no populations called 'train'.*resource"):
        split("my-swarm", "train")


@pytest.mark.parametrize("encoder", ["mean", "attention"])
def test_a_policy_learned_with_one_split_is_measured_at_all_by_one_call(encoder, tmp_path):
    keys = {"agents": 12, "population": "train", "critic": "pooled", "encoder": encoder, "worlds": 2, "steps": 4, "minibatches": 2}
    keys |= {"hidden": [8], "threads": 1, "evaluate_episodes": 2, "evaluate_every": 100, "max_cycles": 3}
    start("mappo", "resource", keys, out=tmp_path / "run", frames=16).go()
    done = sweep(f"run:{tmp_path / 'run'}", None, "agents", ["all"], episodes=6)
    assert [row["agents"] for row in done.rows()] == list(split("resource", "all"))
    assert all(np.isfinite(row["metric"]) for row in done.rows())
