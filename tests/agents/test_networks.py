"""The own frame: what it turns, that it forgets nothing, that the way a drone looks does not matter; side by side for critics."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from skyrally.agents.networks import Critic, NetworkSpec, own_frame, turned_of
from skyrally.agents.normaliser import Normaliser
from skyrally.physics.vec import body_x, body_z, quat_from_euler
from skyrally.scenarios.registry import find

LAYOUT = find("solo-bump").views["benchmark"]
VECTORS = ("position", "velocity", "angular_velocity", "from_anchor", "from_ball", "ball_velocity")
SPEC = NetworkSpec(LAYOUT.size, hidden=(8,), turned=turned_of(LAYOUT))


def observation(yaw, pitch=0.3, seed=0):
    """[O] of a drone that sees random vectors, which turn with its yaw."""
    rng, (c, s) = np.random.default_rng(seed), (math.cos(yaw), math.sin(yaw))
    turn, quat = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]]), quat_from_euler(0.2, pitch, 0.5 + yaw)
    obs = np.zeros(LAYOUT.size, np.float32)
    obs[LAYOUT["throttle"]] = rng.normal(size=4)
    for name in VECTORS:
        obs[LAYOUT[name]] = turn @ rng.normal(size=3)
    obs[LAYOUT["quaternion"]], obs[LAYOUT["heading"]], obs[LAYOUT["up"]] = quat, body_x(quat), body_z(quat)
    return torch.from_numpy(obs)


def test_it_finds_the_vectors_of_a_layout():
    assert SPEC.turned == tuple(LAYOUT[name].start for name in ("heading", "up", *VECTORS))
    assert turned_of(find("volleyball-3v3").views["match"]) == ()
    several = find("volleyball-3v3").views["benchmark"]
    names = {name for start in turned_of(several) for name, place in several.slices.items() if place.start <= start < place.stop}
    assert {"heading", "up", "to_ball", "positions"} < names
    assert not names & {"quaternion", "throttle", "identity", "ball_side"}
    place = several["positions"]
    assert len(turned_of(several)) == len(names) - 1 + (place.stop - place.start) // 3


def test_the_way_a_drone_looks_does_not_matter():
    frame = own_frame(SPEC)
    one, other = frame(observation(0.4)), frame(observation(-2.1))
    vectors = slice(-3 * len(VECTORS) - 3, -3)
    assert torch.allclose(one[vectors], other[vectors], atol=1e-5)
    assert not torch.allclose(frame(observation(0.4, pitch=-0.3))[vectors], one[vectors], atol=0.1)


def test_nothing_is_lost():
    """v = x vx + y vy + z vz with the axes that stay."""
    obs = observation(1.2)
    seen = own_frame(SPEC)(obs)
    assert seen.shape == (LAYOUT.size + 3,)
    left = seen[-3:]
    axes = torch.stack((obs[LAYOUT["heading"]], left, obs[LAYOUT["up"]]), -1)
    assert torch.allclose(axes @ axes.T, torch.eye(3), atol=1e-5)
    for k, name in enumerate(VECTORS):
        own = seen[LAYOUT.size - 3 * len(VECTORS) + 3 * k :][:3]
        assert torch.allclose(axes @ own, obs[LAYOUT[name]], atol=1e-5), name
    assert torch.equal(seen[: LAYOUT.size - 3 * len(VECTORS)][:4], obs[LAYOUT["quaternion"]])


@pytest.mark.parametrize("drones", [1, 3])
def test_a_critic_turns_every_drones_part_by_itself(drones):
    torch.manual_seed(0)
    state = torch.stack([observation(0.3 * k, seed=k) for k in range(drones)])
    normaliser = Normaliser(drones * LAYOUT.size, own_frame(SPEC))
    assert normaliser.size == drones * (LAYOUT.size + 3)
    assert torch.allclose(normaliser(state.flatten()[None])[0].clamp(-5, 5), own_frame(SPEC)(state).flatten().clamp(-5, 5), atol=1e-4)
    critic = Critic(drones * LAYOUT.size, (8,), "tanh", False, heads=drones, frame=own_frame(SPEC))
    critic.normaliser.update(torch.randn(40, drones * LAYOUT.size))
    assert critic(torch.randn(5, drones * LAYOUT.size)).shape == (5, drones)
