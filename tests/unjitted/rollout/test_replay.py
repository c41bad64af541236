"""The replay buffer: what comes out is what went in, the oldest is forgotten, every sequence can be drawn."""

from __future__ import annotations

import pytest
import torch

from skyrally.errors import SkyrallyError
from skyrally.rollout import Replay, Seat, Track
from skyrally.rollout.seats import Learner

T, W, N, SIZE = 3, 4, 2, 5


class Nobody(Learner):
    def sample(self, obs, memory, out): ...


def track(drones=slice(None)):
    n = len(range(N)[drones])
    obs = torch.zeros(T + 1, W, N, SIZE)
    return Track(
        seat=Seat(Nobody(), drones),
        obs=obs[:, :, drones],
        state=obs.flatten(2),
        action=torch.zeros(T, W, n, 4),
        extras={"best": torch.zeros(T, W, n)},
        memory=torch.zeros(W, n, 6),
        reward=torch.zeros(T, W, n),
        alive=torch.ones(T, W, n, dtype=torch.bool),
        terminated=torch.zeros(T, W, dtype=torch.bool),
        truncated=torch.zeros(T, W, dtype=torch.bool),
        lasted=torch.ones(T, W),
    )


def fill(part: Track, rollout: int):
    """Numbers that tell where they belong: rollout * 100 + world * 10 + step."""
    steps, worlds = torch.arange(T + 1.0)[:, None], torch.arange(W)[None] * 10.0
    place = rollout * 100.0 + worlds + steps  # [T + 1, W]
    part.state.copy_(place[..., None].expand_as(part.state))
    part.action.copy_(place[:-1, :, None, None].expand_as(part.action))
    part.reward.copy_(place[:-1, :, None].expand_as(part.reward))
    part.memory.copy_(place[0, :, None, None].expand_as(part.memory))
    part.terminated.copy_((place[:-1] % 3) == 0)


def filled(slots: int, rollouts: int, **kwargs) -> Replay:
    part = track(**kwargs)
    replay = Replay(part, slots)
    for k in range(rollouts):
        fill(part, k)
        replay.add(part)
    return replay


@pytest.mark.parametrize("drones", [slice(None), slice(0, 1)])
def test_a_sequence_is_one_worlds_steps_of_one_rollout(drones):
    drawn = filled(3, 2, drones=drones).draw(50)
    first = drawn.reward[0, :, 0]
    assert drawn.obs.shape == (T + 1, 50, len(range(N)[drones]), SIZE)
    assert drawn.state.shape == (T + 1, 50, N * SIZE)
    for t in range(T):
        assert torch.equal(drawn.reward[t, :, 0], first + t)
        assert torch.equal(drawn.action[t, :, 0, 0], first + t)
        assert torch.equal(drawn.terminated[t], (first + t) % 3 == 0)
    for t in range(T + 1):
        assert torch.equal(drawn.obs[t], (first + t)[:, None, None].expand_as(drawn.obs[t]))
        assert torch.equal(drawn.state[t], (first + t)[:, None].expand_as(drawn.state[t]))
    assert torch.equal(drawn.memory[:, 0, 0], first)


@pytest.mark.parametrize(("rollouts", "kept"), [(1, {0}), (3, {0, 1, 2}), (4, {1, 2, 3}), (8, {5, 6, 7})])
def test_a_full_buffer_forgets_the_oldest(rollouts, kept):
    replay = filled(3, rollouts)
    assert len(replay) == len(kept) * W
    places = set(replay.draw(500).reward[0, :, 0].tolist())
    assert places == {k * 100.0 + 10.0 * w for k in kept for w in range(W)}


def test_draws_are_uniform():
    drawn = filled(2, 2).draw(8000).reward[0, :, 0]
    counts = drawn.unique(return_counts=True)[1]
    assert len(counts) == 2 * W
    assert counts.min() > 850  # 1000 expected, standard deviation 30
    assert counts.max() < 1150


def test_what_is_drawn_is_a_copy():
    replay = filled(1, 1)
    drawn = replay.draw(5)
    before = drawn.obs.clone()
    fill(replay._track, 7)
    replay.add(replay._track)
    assert torch.equal(drawn.obs, before)


@pytest.mark.parametrize("rollouts", [2, 5])
def test_going_on_from_a_state_draws_the_same(rollouts):
    replay, again = filled(3, rollouts), Replay(track(), 3)
    again.restore(replay.state())
    for one in (replay, again):
        fill(one._track, 9)
        one.add(one._track)
    torch.manual_seed(0)
    a = replay.draw(40)
    torch.manual_seed(0)
    b = again.draw(40)
    assert torch.equal(a.obs, b.obs)
    assert torch.equal(a.memory, b.memory)


def test_refusals():
    with pytest.raises(SkyrallyError, match="slots is 0; expected 1 or more"):
        Replay(track(), 0)
    with pytest.raises(SkyrallyError, match="nothing to draw from"):
        Replay(track(), 2).draw(1)
