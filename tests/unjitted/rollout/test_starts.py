"""Hard starts: the worst come again as they were, what succeeds makes room, a world's own series goes on."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from skyrally.envs.doors import make
from skyrally.rollout import Learner, Seat, begin, collect
from skyrally.rollout.starts import OWN, HardStarts

W = 4


class Still(Learner):
    """Hovers, more or less."""

    def sample(self, obs, memory, out):
        out["action"][:] = 0.2


@pytest.fixture(autouse=True)
def same_draws():
    torch.manual_seed(0)


def bench(share, name="solo-bump"):
    env = make(name, W, seed=3, threads=1, max_cycles=50)
    env.reset()
    return env, HardStarts(env, share)


def end(env, starts, scores, done=(True,) * W):
    """The episodes of `done` end with these scores, and the next begin."""
    env.worlds[env.scenario.metric.field] = scores
    starts.choose(env, np.array(done))
    env.reset(np.array(done))


def shown(env):
    """[W] (seed, episode) of what is played."""
    return list(zip(env.worlds["seed"].tolist(), env.worlds["episode"].tolist(), strict=True))


def test_without_a_share_nothing_changes():
    env, starts = bench(0.0)
    other, _ = bench(0.0)
    end(env, starts, [0, 1, 2, 3])
    other.reset()
    assert shown(env) == shown(other)
    assert np.array_equal(env.observe(), other.observe())


def test_a_start_comes_again_as_it_was():
    env, starts = bench(1.0)
    first = {start: row.copy() for start, row in zip(shown(env), env.observe(), strict=True)}
    end(env, starts, [0, 1, 2, 3])
    assert all(place != OWN for place in starts.place)
    for start, row in zip(shown(env), env.observe(), strict=True):
        assert np.array_equal(first[start], row)


def test_the_pool_holds_the_worst_and_what_succeeds_makes_room():
    env, starts = bench(0.0)
    starts.share = 1e-9  # books, and lends nothing
    seen = {}
    for scores in ([5, 1, 7, 3], [0, 6, 2, 8], [9, 9, 4, 9]):
        seen |= dict(zip(shown(env), scores, strict=True))
        end(env, starts, scores)
    assert sorted(starts.score) == [0, 1, 2, 3]
    assert {tuple(map(int, start)): score for start, score in zip(starts.pool, starts.score, strict=True)} == {
        start: score for start, score in seen.items() if score <= 3
    }
    starts.place[0] = int(starts.score.argmin())  # world 0 plays the worst of them, and now succeeds:
    env.worlds["seed"][0], env.worlds["episode"][0] = starts.pool[starts.place[0]]
    end(env, starts, [10, 9, 9, 9], (True, False, False, False))
    assert sorted(starts.score) == [1, 2, 3, 10]
    end(env, starts, [9, 5, 9, 9], (False, True, False, False))
    assert sorted(starts.score) == [1, 2, 3, 5]


def test_a_worlds_own_series_goes_on():
    env, starts = bench(1.0)
    own = shown(env)
    end(env, starts, [0, 1, 2, 3])
    end(env, starts, [4, 4, 4, 4])
    starts.share = 1e-9
    end(env, starts, [4, 4, 4, 4])
    assert shown(env) == [(seed, episode + 1) for seed, episode in own]


def test_lower_may_be_better():
    env, starts = bench(1e-9, "hover")
    assert env.scenario.metric.lower_is_better == (starts.sign < 0)
    end(env, starts, [0.5, 0.1, 0.2, 0.4])
    end(env, starts, [0.3, 0.6, 0.7, 0.8])
    worst = [0.5, 0.6, 0.7, 0.8] if env.scenario.metric.lower_is_better else [0.1, 0.2, 0.3, 0.4]
    assert sorted(starts.sign * starts.score) == pytest.approx(worst)


def test_the_collector_lends_and_goes_on_exactly():
    """Half of the episodes come from the pool; saved and restored in another batch, the same follows."""
    tracks = []
    env, seats = make("solo-bump", W, seed=3, threads=1, max_cycles=12), [Seat(Still())]
    carry = begin(env, seats, 30, hard_starts=0.5)
    for _ in range(3):
        collect(env, seats, carry, 30)
    assert 0 < (carry.starts.place != OWN).sum() < W
    state, draws = carry.state(env), torch.get_rng_state()
    tracks.append(collect(env, seats, carry, 30)[0].tracks[0].obs.clone())
    twin, others = make("solo-bump", W, seed=9, threads=1, max_cycles=12), [Seat(Still())]
    again = begin(twin, others, 30, hard_starts=0.5)
    again.restore(twin, state)
    torch.set_rng_state(draws)
    tracks.append(collect(twin, others, again, 30)[0].tracks[0].obs)
    assert torch.equal(*tracks)
