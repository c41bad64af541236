"""Buckets: worlds shared between numbers of drones, the same worlds as in a batch of their own, arrays without padding."""

from __future__ import annotations

import numpy as np
import pytest

import skyrally
from skyrally.errors import SkyrallyError
from skyrally.physics.seeds import world_seeds


def test_worlds_are_shared_evenly_and_have_the_seeds_of_one_batch():
    buckets = skyrally.make_buckets("resource", 8, "train", seed=3)
    assert {drones: env.num_worlds for drones, env in buckets.items()} == {6: 3, 9: 3, 12: 2}
    expected = np.zeros(8, np.uint64)
    world_seeds(3, 0, expected)
    assert np.array_equal(np.concatenate([env.worlds["seed"] for env in buckets.values()]), expected)


def test_a_bucket_gives_what_a_mixed_batch_gives_without_the_padding():
    """World 4 of the batch, the second of the bucket of nine, in room for twelve: the same numbers, bit for bit."""
    buckets = skyrally.make_buckets("resource", 6, [6, 9, 12], seed=3)
    padded = skyrally.make("resource", 6, seed=3, agents=12, population=9)
    obs, wide = buckets.reset(), padded.reset()
    assert {drones: rows.shape[:2] for drones, rows in obs.items()} == {6: (2, 6), 9: (2, 9), 12: (2, 12)}
    assert np.array_equal(obs[9], wide[2:4, :9])
    moves = np.random.default_rng(0).uniform(-1.0, 1.0, (6, 12, 4)).astype(np.float32)
    done = buckets.step({9: moves[2:4, :9]})
    assert set(done) == {9}
    mixed = padded.step(moves)
    assert np.array_equal(done[9].obs, mixed.obs[2:4, :9])
    assert np.array_equal(done[9].reward, mixed.reward[2:4, :9])
    assert buckets[6].worlds["step"].tolist() == [0, 0]  # it was not named, so it stands
    buckets.close()


@pytest.mark.parametrize(
    ("given", "word"),
    [
        (("hover", 4, [1]), "is no swarm"),
        (("resource", 4, [6, 6]), "each once"),
        (("resource", 4, []), "each once"),
        (("resource", 2, "train"), "3 or more"),
        (("resource", 4, "trian"), "did you mean train"),
        (("resource", 4, [0]), "agents is 0"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_told(given, word):
    with pytest.raises(SkyrallyError, match=word):
        skyrally.make_buckets(*given)


def test_agents_and_actions_go_by_the_bucket():
    with pytest.raises(SkyrallyError, match="leave it out"):
        skyrally.make_buckets("resource", 4, [6], agents=3)
    with pytest.raises(SkyrallyError, match=r"actions for \[7\] drones; expected some of 6"):
        skyrally.make_buckets("resource", 4, [6]).step({7: None})
