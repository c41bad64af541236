"""What all swarms rest on: shuffles, starts, populations, touches."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyrally.errors import SkyrallyError
from skyrally.physics.cells import list_drones, make_cells
from skyrally.physics.swarm import begin_swarm, scattered, shuffled, touch
from skyrally.physics.swarm_records import views
from skyrally.scenarios.registry import find

FLOCK = find("flock")


def world_of(agents: int, **options):
    """(world, drones, params) of a flock, not begun."""
    options = FLOCK.resolved({"agents": agents, **options})
    scenario = FLOCK.sized(FLOCK, options)
    assert scenario.swarm is not None
    heads, drones = views(np.zeros(2, scenario.world), *scenario.swarm)
    heads["seed"] = 5
    return heads.view(np.recarray)[0], drones.view(np.recarray)[0], scenario.configure(options)[0]


@given(st.integers(0, 2**63 - 1), st.integers(1, 150))
def test_a_shuffle_is_a_permutation(key, count):
    assert sorted(shuffled(np.uint64(key), i, count) for i in range(count)) == list(range(count))


def test_shuffles_put_everybody_everywhere():
    places = np.array([[shuffled(np.uint64(key * 7919 + 1), i, 9) for i in range(9)] for key in range(900)])
    counts = np.array([np.bincount(column, minlength=9) for column in places.T])
    assert (np.abs(counts - 100) < 50).all()


@pytest.mark.parametrize(("dims", "count"), [(2, 1), (2, 37), (3, 64), (3, 200)])
def test_starts_keep_their_distance_and_the_domain(dims, count):
    world, drones, params = world_of(count)
    begin_swarm(world, drones, params)
    world.side[:] = (6.0, 6.0, 6.0)
    spots = np.array([scattered(world, i, dims, 0.4) for i in range(count)])
    assert (np.abs(spots[:, :2]) <= 3.0).all()
    assert (spots[:, 2] >= 0.0).all()
    assert (spots[:, 2] <= 6.0).all()
    axes = spots[:, :dims]
    apart = np.linalg.norm(axes[:, None] - axes[None], axis=2) + 10.0 * np.eye(count)
    assert apart.min() >= 0.4 - 1e-9


def drawn(count: int, **options) -> list[int]:
    world, drones, params = world_of(12, **options)
    counts = []
    for _ in range(count):
        begin_swarm(world, drones, params)
        counts.append(int(world.count))
        assert drones["exists"].sum() == drones["alive"].sum() == world.count == world.moving
        assert (drones["exists"][: world.count] == 1).all()
    return counts


def test_populations():
    assert set(drawn(5)) == {12}
    assert set(drawn(5, population=7)) == {7}
    assert set(drawn(60, population={"low": 3, "high": 5})) == {3, 4, 5}
    assert set(drawn(60, population={"values": [12, 2, 6]})) == {2, 6, 12}
    assert drawn(20, population={"low": 1, "high": 12}) == drawn(20, population={"low": 1, "high": 12})


@pytest.mark.parametrize(
    "options",
    [
        {"agents": 0},
        {"agents": 2.5},
        {"agents": 10**9},
        {"agents": 5, "population": 6},
        {"agents": 5, "population": 0},
        {"agents": 5, "population": {"low": 4, "high": 2}},
        {"agents": 5, "population": {"low": 1, "high": 9}},
        {"agents": 5, "population": {"values": []}},
        {"agents": 5, "population": {"value": [1]}},
        {"agents": 5, "manifold": "torsu"},
        {"agents": 5, "manifold": "klein"},
        {"agents": 5, "collisions": "some"},
        {"agents": 5, "size": "big"},
        {"agents": 9000, "size": "domain", "collisions": "physical"},
    ],
    ids=str,
)
def test_bad_options_are_told(options):
    with pytest.raises(SkyrallyError) as caught:
        FLOCK.configure(FLOCK.resolved(options))
    assert "\n" not in str(caught.value)
    if options["agents"] == 9000:
        assert "at most 5041 fit" in str(caught.value)


def met(pos, vel):
    """Drones at places [N, 3] with velocities, after everybody met everybody; (pos, vel, struck)."""
    pos, vel = np.array(pos, float), np.array(vel, float)
    world, drones, params = world_of(len(pos), collisions="physical")
    begin_swarm(world, drones, params)
    drones["pos"], drones["vel"] = pos, vel
    cells = make_cells(len(pos))
    list_drones(drones, len(pos), params.contact, cells)
    for i in range(len(pos)):
        touch(world, drones, params, cells, i)
    return drones["pos"].copy(), drones["vel"].copy(), drones["struck"].copy(), params


def test_two_drones_bounce_with_the_restitution():
    pos, vel, struck, params = met([(-0.06, 0, 2), (0.06, 0, 2)], [(1, 0.5, 0), (-1, 0.5, 0)])
    assert vel[:, 0] == pytest.approx([-params.drone_restitution, params.drone_restitution])
    assert vel[:, 1] == pytest.approx([0.5, 0.5])
    assert pos[1, 0] - pos[0, 0] == pytest.approx(params.contact)
    assert struck.tolist() == [1, 1]


def test_touches_keep_momentum_lose_energy_and_know_no_order():
    rng = np.random.default_rng(2)
    pos, vel = rng.uniform((-0.2, -0.2, 1.8), (0.2, 0.2, 2.2), (40, 3)), rng.normal(0, 1, (40, 3))
    _, after, _, _ = met(pos, vel)
    assert after.sum(0) == pytest.approx(vel.sum(0), abs=1e-12)
    order = rng.permutation(40)
    _, again, _, _ = met(pos[order], vel[order])
    assert again == pytest.approx(after[order], abs=1e-12)
    _, two, _, _ = met(pos[:2] * 0.1 + (0, 0, 2), vel[:2])
    assert (two**2).sum() <= (vel[:2] ** 2).sum() + 1e-12


def test_drones_over_the_edge_of_the_torus_meet():
    _, vel, struck, _ = met([(-0.70, 0, 2), (0.70, 0, 2)], [(-1, 0, 0), (1, 0, 0)])
    assert struck.tolist() == [1, 1]  # two drones have a square of 1.41 m
    assert vel[0, 0] > 0 > vel[1, 0]
