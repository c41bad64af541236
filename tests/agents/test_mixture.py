"""Mixtures: one member per episode, by its weight, for a whole team; the same draws whatever the chunks."""

from __future__ import annotations

import numpy as np
import pytest

from skyrally.agents.agent import Agent
from skyrally.agents.mixture import Chooser, Hashed, Mixture, settled
from skyrally.envs.choices import Choices
from skyrally.errors import SkyrallyError


class Says(Agent):
    """Acts its number; counts its steps in memory."""

    def __init__(self, number, memory_size=1, action_mode="pick"):
        self.name, self.number, self.memory_size, self.action_mode = f"says {number}", number, memory_size, action_mode

    def act(self, obs, memory, out):
        out[:] = self.number
        if self.memory_size:
            memory[:, 0] += 1
            out[:, 1] = memory[:, 0]


def played(mixture, rows=2000, steps=3, first=0):
    memory, out = np.zeros((rows, mixture.memory_size), np.float32), np.zeros((rows, 4), np.float32)
    mixture.first_row = first
    seen = []
    for _ in range(steps):
        mixture.act(np.zeros((rows, 1), np.float32), memory, out)
        seen.append(out.copy())
    return np.stack(seen), memory


def test_members_are_drawn_by_weight_and_stay_for_the_episode():
    seen, memory = played(Mixture("m", [Says(0), Says(1), Says(2, 0)], [0.2, 0.5, 0.3]))
    assert (seen[0, :, 0] == seen[2, :, 0]).all()
    assert np.bincount(seen[0, :, 0].astype(int)) / 2000 == pytest.approx([0.2, 0.5, 0.3], abs=0.04)
    counting = seen[2, :, 0] < 2
    assert (seen[2, counting, 1] == 3).all()  # the member's own memory goes on
    memory[:10] = 0.0
    mixture = Mixture("m", [Says(0), Says(1)], [0.0, 1.0])
    assert (played(mixture)[0][..., 0] == 1).all()


def test_a_team_has_one_member():
    seen, _ = played(Mixture("m", [Says(0), Says(1)], [0.5, 0.5], drones=4))
    teams = seen[0, :, 0].reshape(-1, 4)
    assert (teams == teams[:, :1]).all()
    assert 0.4 < teams.mean() < 0.6


def test_draws_do_not_depend_on_chunks():
    members = [Says(0), Says(1)]
    whole, _ = played(Mixture("m", members, [0.5, 0.5], Hashed(3)), 20)
    parts = Mixture("m", members, [0.5, 0.5], Hashed(3))
    halves = [played(parts, 10, first=k)[0] for k in (0, 10)]
    assert np.array_equal(whole, np.concatenate(halves, axis=1))
    draw = Hashed(0)
    assert draw(np.arange(5)).tolist() != draw(np.arange(5)).tolist()  # the next episode


def test_what_was_faced_is_kept_when_asked():
    mixture = Mixture("m", [Says(0), Says(1)], [0.5, 0.5])
    mixture.keeps = True
    seen, _ = played(mixture, 6, 2)
    assert np.array_equal(np.stack(mixture.faced), seen[..., 0].astype(int))


def test_choices_become_rows():
    choices = Choices(np.array([[0.1, 0, 0, 0], [0.7, 0, 0, 0]]), mode="pick")
    agent = settled(Says(1, 0, "discrete"), choices)
    assert isinstance(agent, Chooser)
    assert agent.action_mode == "pick"
    out = np.zeros((2, 4), np.float32)
    agent.act(np.zeros((2, 1), np.float32), np.zeros((2, 0), np.float32), out)
    assert out[:, 0] == pytest.approx([0.7, 0.7])


@pytest.mark.parametrize(
    ("members", "weights", "words"),
    [
        ([], [], "mixes 0 agents"),
        ([Says(0)], [0.5], "sum 1"),
        ([Says(0), Says(1)], [2.0, -1.0], "one probability each"),
        ([Says(0), Says(1, action_mode="rotor")], [0.5, 0.5], "different views or action modes"),
    ],
)
def test_mixtures_that_are_none(members, weights, words):
    with pytest.raises(SkyrallyError, match=words):
        Mixture("m", members, weights)
