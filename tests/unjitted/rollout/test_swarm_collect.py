"""The collector plays swarms: rows of drones that do not exist are marked, and pay nothing."""

from __future__ import annotations

import torch

import skyrally
from skyrally.agents.basic import Random
from skyrally.envs.conformance.compare import record_difference
from skyrally.rollout import Learner, Seat, begin, collect


class Still(Learner):
    """Learns nothing and does nothing."""

    action_mode = "steer"

    def sample(self, obs, memory, out):
        out["action"].zero_()


def test_who_does_not_exist_is_marked_in_the_rollout():
    env = skyrally.make("flock", 3, seed=2, agents=4, population={"values": [2, 4]}, max_cycles=2, mode="point")
    seats = [Seat(Still())]
    carry = begin(env, seats, 4)
    rollout, carry = collect(env, seats, carry, 4)
    track = rollout.tracks[0]
    assert track.obs.shape == (5, 3, 4, env.layout.size)
    gone = ~track.alive
    assert gone.any()
    assert track.alive[..., :2].all()
    assert not track.reward[gone].any()
    assert track.truncated.sum() == 6
    assert carry.episodes.summary()["length"] == 2.0
    state = carry.state(env)
    first = env.snapshot()
    collect(env, seats, carry, 4)
    carry.restore(env, state)
    assert record_difference(env.snapshot(), first) is None


def test_an_agent_plays_a_part_of_the_worlds():
    env = skyrally.make("goal-swap", 2, agents=3)
    seats = [Seat(Still(), worlds=slice(0, 1)), Seat(Random(0, "ctbr"), worlds=slice(1, 2))]
    seats[0].player.action_mode = "velocity"
    rollout, _ = collect(env, seats, begin(env, seats, 2), 2)
    assert torch.isfinite(rollout.obs).all()
    assert rollout.action[:, 1].abs().sum() > 0
