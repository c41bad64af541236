"""The collector against a plain loop: same observations, successors kept, memories emptied, any mix of players."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from skyrally.agents.basic import Random
from skyrally.envs.doors import make
from skyrally.errors import SkyrallyError
from skyrally.rollout import Learner, Seat, begin, collect

T, W = 9, 3


class Counter(Learner):
    """Acts by the step count in its memory and remembers how often it acted this episode."""

    memory_size = 1
    extras = {"note": (2,)}  # noqa: RUF012

    def __init__(self, view=None):
        self.view = view

    def sample(self, obs, memory, out):
        out["action"][:] = 0.2 + 0.1 * torch.sin(memory + torch.arange(4))
        out["note"][:] = memory
        memory += 1.0


def hover(**options):
    return make("hover", W, seed=3, max_cycles=4, **options)


def played(env, seats, rollouts=1, **kwargs):
    carry = begin(env, seats, T, **kwargs)
    for _ in range(rollouts):
        rollout, carry = collect(env, seats, carry, T)
    return rollout, carry


@pytest.fixture(scope="module")
def both():
    """A rollout, and the same by a plain loop over a second batch: (rollout, rows of successors, next observations)."""
    seats = [Seat(Counter())]
    rollout, carry = played(hover(), seats)
    env = hover()
    first = env.reset().copy()
    rows = []
    for t in range(T):
        step = env.step(rollout.action[t])
        successor, done, truncated, reward = step.obs.copy(), step.done, step.truncated.copy(), step.reward.copy()
        rows.append((successor, done, truncated, reward, env.reset(done).copy()))
    return rollout, carry, first, rows


def test_rows_are_those_of_a_plain_loop(both):
    rollout, _, first, rows = both
    assert np.array_equal(rollout.obs[0], first)
    for t, (_, done, truncated, reward, after) in enumerate(rows):
        assert np.array_equal(rollout.obs[t + 1], after)
        assert np.array_equal(rollout.reward[t], reward)
        assert np.array_equal(rollout.truncated[t], truncated)
        assert np.array_equal(rollout.tracks[0].done[t], done)
    assert sum(row[1].sum() for row in rows) > W


def test_successors_of_truncated_rows_are_kept_apart(both):
    rollout, _, _, rows = both
    t, w, obs, state = rollout.successors(rollout.tracks[0])
    expected = [(k, world) for k, row in enumerate(rows) for world in np.flatnonzero(row[2])]
    assert [(int(a), int(b)) for a, b in zip(t, w, strict=True)] == expected
    for (k, world), seen, whole in zip(expected, obs, state, strict=True):
        assert np.array_equal(seen, rows[k][0][world])
        assert np.array_equal(whole, rows[k][0][world].ravel())
        assert not np.array_equal(seen, rollout.obs[k + 1, world])


def test_worlds_write_into_the_memory_that_learners_read(both):
    rollout = both[0]
    track = rollout.tracks[0]
    assert track.obs.data_ptr() == rollout.obs.data_ptr()
    assert track.state.data_ptr() == rollout.obs.data_ptr()
    for t, row in enumerate(rollout.rows):
        assert row.obs.ctypes.data == rollout.obs[t + 1].data_ptr()
        assert row.reward.ctypes.data == rollout.reward[t].data_ptr()


def test_memory_is_carried_and_emptied_at_ends():
    env, seats = hover(), [Seat(Counter())]
    carry = begin(env, seats, T)
    age = np.zeros((W, 1))
    for _ in range(2):
        rollout, carry = collect(env, seats, carry, T)
        track = rollout.tracks[0]
        assert np.array_equal(track.memory[..., 0], age)
        for t in range(T):
            assert np.array_equal(track.extras["note"][t, ..., 0], age)
            age = (age + 1) * ~track.done[t].numpy()[:, None]


def test_episode_statistics_come_from_the_records(both):
    rollout, carry, _, rows = both
    summary = carry.episodes.summary()
    done = np.array([row[1] for row in rows])
    assert summary["episodes"] == done.sum()
    assert summary["length"] <= 4
    assert summary["return"] == pytest.approx(sum(v for k, v in summary.items() if k.startswith("term/")))
    paid, total = np.zeros(W), []
    for t in range(T):
        paid += rollout.reward[t, :, 0].numpy()
        total += list(paid[done[t]])
        paid[done[t]] = 0.0
    assert summary["return"] == pytest.approx(np.mean(total), rel=1e-5)
    assert carry.episodes.summary() == {}


def test_the_rollout_goes_on_where_the_last_one_ended():
    env, seats = hover(), [Seat(Counter())]
    carry = begin(env, seats, T)
    rollout, carry = collect(env, seats, carry, T)
    last = rollout.obs[-1].clone()
    rollout, carry = collect(env, seats, carry, T)
    assert torch.equal(rollout.obs[0], last)
    assert carry.frames == 2 * T * W


def test_a_restored_carry_gives_the_same_numbers():
    env, seats = hover(), [Seat(Counter())]
    _, carry = played(env, seats)
    saved = carry.state(env)
    rollout, _ = collect(env, seats, carry, T)
    expected = rollout.obs.clone(), rollout.reward.clone()
    again_env, again_seats = hover(), [Seat(Counter())]
    again = begin(again_env, again_seats, T)
    again.restore(again_env, saved)
    rollout, again = collect(again_env, again_seats, again, T)
    assert torch.equal(rollout.obs, expected[0])
    assert torch.equal(rollout.reward, expected[1])
    assert again.frames == 2 * T * W


def test_stagger_spreads_the_first_ends():
    env = make("hover", 16, seed=3, max_cycles=8)
    seats = [Seat(Counter())]
    rollout, _ = collect(env, seats, begin(env, seats, T, stagger=True), T)
    assert len(rollout.truncated.any(1).nonzero()) > 4


@pytest.fixture(scope="module")
def match():
    """1v1: a learner plays red; in worlds 0..3 against itself, in worlds 4, 5 against a frozen player with another view."""
    env = make("volleyball-1v1", 6, seed=1, max_cycles=5)
    red, other = Counter(), Random(seed=2)
    seats = [Seat(red, slice(0, 1)), Seat(red, slice(1, 2), slice(0, 4)), Seat(other, slice(1, 2), slice(4, 6))]
    carry = begin(env, seats, T)
    return env, *collect(env, seats, carry, T)


def test_seats_share_worlds(match):
    _, rollout, carry = match
    mine, mirror = rollout.tracks
    assert mine.obs.shape[:3] == (T + 1, 6, 1)
    assert mirror.obs.shape[:3] == (T + 1, 4, 1)
    assert torch.equal(mirror.action, rollout.action[:, :4, 1:])
    frozen = rollout.action[:, 4:, 1]
    assert frozen.abs().max() <= 1.0
    assert len(frozen.flatten().unique()) > 10
    assert carry.memories[2].shape == (2, 1, 1)
    assert mine.done.any()


def test_the_state_is_what_the_environment_calls_it(match):
    env, rollout, _ = match
    assert np.array_equal(rollout.tracks[0].state[-1], env.state())
    assert torch.equal(rollout.tracks[1].state[-1], rollout.tracks[0].state[-1, :4])


def test_successors_count_a_seats_own_worlds(match):
    _, rollout, _ = match
    for track in rollout.tracks:
        t, w, obs, state = rollout.successors(track)
        assert len(t) == track.truncated.sum() > 0
        assert torch.equal(track.truncated[t, w], torch.ones(len(t), dtype=torch.bool))
        assert torch.equal(state.view(len(t), 2, -1)[:, track.seat.drones], obs)


def test_dead_drones_are_marked():
    env, seats = make("volleyball-1v1", 2, seed=1), [Seat(Counter())]
    carry = begin(env, seats, T)
    env.worlds["drones"]["alive"][1, 0] = 0
    rollout, _ = collect(env, seats, carry, T)
    assert not rollout.alive[0, 1, 0]
    assert rollout.alive[0].sum() == 3


def test_every_drone_needs_one_seat():
    env = make("volleyball-1v1", 2)
    with pytest.raises(SkyrallyError, match="blue_0 of world 0 has 0 seats"):
        begin(env, [Seat(Counter(), slice(0, 1))], T)
    with pytest.raises(SkyrallyError, match="red_0 of world 1 has 2 seats"):
        begin(env, [Seat(Counter()), Seat(Random(), slice(0, 1), slice(1, 2))], T)


def test_a_carry_belongs_to_its_seats_and_steps():
    env, seats = hover(), [Seat(Counter())]
    carry = begin(env, seats, T)
    with pytest.raises(SkyrallyError, match="call begin"):
        collect(env, seats, carry, T + 1)
    with pytest.raises(SkyrallyError, match="steps is 0"):
        begin(env, seats, 0)


def test_actions_are_held_and_rewards_add_up():
    """Three steps of the worlds per step of the rollout; worlds of four steps end in the second one, and their truncation is told."""
    env, plain = hover(), hover()
    carry = begin(env, seats := [Seat(Counter())], 2, hold=3)
    rollout, carry = collect(env, seats, carry, 2)
    assert carry.frames == 2 * 3 * W
    assert torch.equal(rollout.obs[0], torch.from_numpy(plain.reset().copy()))
    for t, steps in enumerate((3, 3)):
        rewards = torch.zeros(W, 1)
        for _ in range(steps):
            step = plain.step(rollout.action[t])
            rewards += torch.from_numpy(step.reward)
        assert torch.allclose(rollout.reward[t], rewards)
        assert np.array_equal(rollout.truncated[t], step.truncated)
    assert rollout.truncated[1].all()
    assert np.array_equal(rollout.successors(rollout.tracks[0])[2], step.obs)


def test_critics_see_what_a_sight_hides_from_drones():
    """States are those of the same worlds without a sight, successors and later rollouts included; observations are masked."""
    short, clear = ({"sight": 0.5}, {})
    tracks = []
    for options in (short, clear):
        env = make("volleyball-1v1", W, seed=1, max_cycles=5, **options)
        seats = [Seat(Counter())]
        rollout, _ = played(env, seats, rollouts=2)
        track = rollout.tracks[0]
        tracks.append((track, rollout.successors(track), env.layout.size))
    (masked, cut, wide), (whole, whole_cut, size) = tracks
    assert torch.equal(masked.state.unflatten(-1, (2, wide))[..., :size], whole.state.unflatten(-1, (2, size)))
    assert (masked.state.unflatten(-1, (2, wide))[..., size:] == 1.0).all()
    assert len(cut[0]) > 0
    assert torch.equal(cut[3].unflatten(-1, (2, wide))[..., :size], whole_cut[3].unflatten(-1, (2, size)))
    assert not torch.equal(masked.obs[..., :size], whole.obs)
    assert not torch.equal(cut[2][..., :size], whole_cut[2])
