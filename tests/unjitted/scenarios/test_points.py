"""Swarms of point masses: their rules on hand-made cases, their scripted players against doing nothing or anything."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

import skyrally
from skyrally.errors import SkyrallyError
from skyrally.physics.records import F8, record
from skyrally.scenarios.comms_coverage import PERIOD, USERS, draw_users, transport
from skyrally.scenarios.foraging import SITES, TENTH, open_sites, take_from
from skyrally.scenarios.point_parts import line_cost, sort_ranks
from skyrally.scenarios.resource import LANDMARKS, OTHER, radius_of
from skyrally.tournament.drills import DrillRunner

RANKED = record([("rank", F8, 1)])
NUMBERS = st.lists(st.floats(-5, 5), min_size=1, max_size=20)


def ranked(values) -> np.ndarray:
    things = np.zeros(len(values), RANKED)
    things["rank"][:, 0] = values
    return things


def metric(name: str, agent: str, **options) -> float:
    return DrillRunner(name, agent, worlds=1, **options).play()[0].metric


def still(env) -> np.ndarray:
    return np.zeros((env.num_worlds, env.num_drones, 4), np.float32)


# -- parts -----------------------------------------------------------------------------------------------------------------


@given(NUMBERS)
def test_sorting_by_rank(values):
    things = ranked(values)
    sort_ranks(things, len(things))
    assert things["rank"][:, 0].tolist() == sorted(values)


@settings(max_examples=25)
@given(NUMBERS, NUMBERS)
def test_the_distance_on_a_line_is_that_of_the_repeated_numbers(a, b):
    """Both repeated to equally many: the mean squared difference of the sorted ones."""
    n = math.lcm(len(a), len(b))
    many = [np.repeat(sorted(values), n // len(values)) for values in (a, b)]
    expected = ((many[0] - many[1]) ** 2).mean()
    assert line_cost(ranked(sorted(a)), len(a), ranked(sorted(b)), len(b)) == pytest.approx(expected, abs=1e-9)


# -- resource --------------------------------------------------------------------------------------------------------------


def test_resource_shares_a_landmark_among_those_on_it():
    env = skyrally.make("resource", agents=3)
    env.reset()
    world = env.worlds[0]
    world["mark"] = [(k, 0.0) for k in range(LANDMARKS)]
    world["drones"]["pos"][0, :2], world["drones"]["pos"][1, :2] = (5.0, 0.3), (5.0, -0.3)  # both on the largest: 0.30 + 0.05
    world["drones"]["pos"][2, :2] = (0.0, 0.101)  # just beside the smallest: 0.05 + 0.05
    step = env.step(still(env))
    assert step.reward[0] == pytest.approx([1.5, 1.5, 0.0])
    world["drones"]["pos"][2, :2] = (0.0, 0.099)
    world["drones"]["vel"] = 0.0
    assert env.step(still(env)).reward[0] == pytest.approx([1.5, 1.5, 0.5])
    assert env.info["gain_now"][0] == pytest.approx(3.5 / 3)


def test_resource_moves_like_the_particle_environments():
    env = skyrally.make("resource", agents=1)
    env.reset()
    drone = env.worlds["drones"][0, 0]
    drone["pos"], drone["vel"] = (0, 0, 1), (1.0, -1.0, 0.0)
    env.step(np.array([[[1.0, 0.0, 0.0, 0.0]]], np.float32))
    assert drone["vel"][:2] == pytest.approx([0.75 + 0.5, -0.75])
    assert drone["pos"][:2] == pytest.approx([0.125, -0.075])


def test_resource_choices_are_the_originals():
    env = skyrally.make("resource", worlds=1, agents=5, action_mode="discrete")
    env.reset()
    env.worlds["drones"]["vel"] = 0.0
    env.step(np.arange(5)[None])
    assert env.worlds["drones"]["vel"][0, :, :2].tolist() == [[0, 0], [-0.5, 0], [0.5, 0], [0, -0.5], [0, 0.5]]


def test_resource_shows_all_as_the_original_did():
    """4 + 22 (N - 1) + 18: 132, 198 and 264 numbers for 6, 9 and 12 drones (reference C2), the last ones the landmarks."""
    for count, size in ((6, 132), (9, 198), (12, 264)):
        env = skyrally.make("resource", agents=count, view="all")
        assert env.layout.size == size
    obs, world = env.reset()[0], env.worlds[0]
    others = obs[3, env.layout["peers"]].reshape(11, OTHER)
    place = world["drones"]["pos"][:, :2]
    assert others[3, :2] == pytest.approx(place[4] - place[3], abs=1e-6)
    marks = others[0, 4:].reshape(LANDMARKS, 3)
    assert marks[:, :2] == pytest.approx(world["mark"] - place[0], abs=1e-6)
    assert marks[:, 2] == pytest.approx([radius_of(k) for k in range(LANDMARKS)])
    assert obs[3, -18:].reshape(LANDMARKS, 3)[:, :2] == pytest.approx(world["mark"] - place[3], abs=1e-6)


def test_resource_near_shows_the_nearest_first_and_who_is_not_there_as_zeros():
    env = skyrally.make("resource", agents=4)
    obs = env.reset()[0, 0]
    place = env.worlds["drones"]["pos"][0, :, :2]
    nearest = 1 + np.argmin(np.linalg.norm(place[1:] - place[0], axis=1))
    assert obs[env.layout["peer_0"]][:2] == pytest.approx(place[nearest] - place[0], abs=1e-6)
    assert [obs[env.layout[f"peer_{k}"]][-1] for k in range(6)] == [1, 1, 1, 0, 0, 0]
    assert not obs[env.layout["peer_4"]].any()


# -- comms coverage --------------------------------------------------------------------------------------------------------


def test_users_move_back_and_forth():
    env = skyrally.make("comms-coverage", agents=1)
    env.reset()
    users = env.worlds["users"][0]["pos"]
    assert (users[:, 0] < 0).all()
    assert users.mean(0) == pytest.approx([-1.0, 0.0], abs=0.1)
    assert users.var(0) == pytest.approx([0.05, 0.05], rel=0.5)
    world = env.worlds.view(np.recarray)[0]
    world["step"] = PERIOD // 2
    draw_users(world)
    assert (users[:, 0] > 0).all()


def test_transport_of_a_shifted_crowd_is_the_square_of_the_shift():
    env = skyrally.make("comms-coverage", agents=USERS)
    env.reset()
    world = env.worlds[0]
    world["drones"]["pos"][:, :2] = world["users"]["pos"] + (0.3, -0.4)
    assert transport(world, world["drones"]) == pytest.approx(0.25)


def test_sliced_transport_never_exceeds_the_exact_one():
    env = skyrally.make("comms-coverage", agents=USERS, seed=3)
    env.reset()
    world = env.worlds[0]
    cost = ((world["drones"]["pos"][:, None, :2] - world["users"]["pos"][None]) ** 2).sum(-1)
    exact = cost[linear_sum_assignment(cost)].mean()
    assert 0.6 * exact < transport(world, world["drones"]) <= exact


# -- foraging --------------------------------------------------------------------------------------------------------------


def test_what_is_short_at_a_site_is_shared():
    env = skyrally.make("foraging", agents=4)
    env.reset()
    world = env.worlds[0]
    world["site"][0], world["stock"][:] = (1.0, 1.0), (0.05, 0, 0, 0, 0)  # 0.2 loads in all
    drones = world["drones"]
    drones["pos"][:, :2], drones["load"] = [(1, 1), (1.2, 1), (1, 0.6), (-1, 1)], [0.0, 0.9, 0.0, 0.0]
    taken = take_from(world, drones, 0)  # wishes 0.2, 0.1, 0.2
    assert taken == pytest.approx(0.05)
    assert drones["load"] == pytest.approx([0.08, 0.94, 0.08, 0.0])
    assert world["stock"][0] == 0.0
    assert take_from(world, drones, 0) == 0.0


def test_the_truck_gets_what_is_brought_and_drives_to_the_load():
    env = skyrally.make("foraging", agents=2)
    env.reset()
    world, drones = env.worlds[0], env.worlds["drones"][0]
    world["stock"], world["truck"] = 0.0, 0.0
    drones["load"], drones["pos"][:, :2] = [0.6, 0.0], [(0.2, -1.7), (-1.0, 0.0)]
    step = env.step(still(env))
    assert env.info["delivered"][0] == pytest.approx(0.3)
    assert step.reward[0] == pytest.approx([30.0, 30.0], abs=1e-4)
    assert world["truck"] == pytest.approx(0.1)
    assert drones["load"].tolist() == [0.0, 0.0]


def test_sites_come_at_their_rate_and_never_more_than_five():
    env = skyrally.make("foraging", agents=1)
    env.reset()
    world, opened = env.worlds[0], 0
    for k in range(600):
        world["step"], world["stock"], world["opened"] = k, 0.0, 0
        open_sites(world)
        opened += int(world["opened"])
        assert ((world["stock"] == 0) | ((world["stock"] >= 0.5 * TENTH) & (world["stock"] < 1.5 * TENTH))).all()
    assert opened / 600 == pytest.approx(0.2, abs=0.08)
    world["stock"] = 0.01
    open_sites(world)
    assert (world["stock"] == 0.01).all()
    assert len(world["stock"]) == SITES


# -- potential field -------------------------------------------------------------------------------------------------------


def test_a_swarm_pushes_the_body_away_from_itself():
    env = skyrally.make("potential-field", agents=2)
    env.reset()
    world = env.worlds[0]
    world["body"], world["target"] = (0.0, 0.0), (1.0, 0.0)
    world["drones"]["pos"][:, :2] = [(-0.5, 0.0), (0.0, 3.9)]
    env.step(still(env))
    # One pushes with 1 - 0.5, moved by noise of 0.03 m; the other stands at 0.1 m over the edge and pushes down with 0.9.
    assert world["body"][0] == pytest.approx(0.05 * 0.5, abs=0.02)
    assert world["body"][1] == pytest.approx(0.05 * 0.9, abs=0.02)


def test_the_distance_goes_the_short_way_round():
    env = skyrally.make("potential-field", agents=1)
    env.reset()
    world = env.worlds[0]
    world["body"], world["target"], world["drones"]["pos"][0, :2] = (-1.9, 0.0), (1.9, 0.0), (0.0, 0.0)
    assert env.observe()[0, 0] == pytest.approx([-1.9, 0.0, -0.2, 0.0], abs=1e-6)
    env.step(still(env))
    assert env.info["distance_now"][0] < 0.5


# -- players ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "agents", "steps", "more"),
    [("resource", 6, 20, True), ("comms-coverage", 8, 10, False), ("foraging", 8, 110, True), ("potential-field", 8, 40, False)],
)
def test_scripted_players_beat_random_ones(name, agents, steps, more):
    scripted, random = (metric(name, agent, agents=agents, max_cycles=steps, seed=2) for agent in (f"scripted:{name}", "random"))
    assert (scripted > 1.3 * random) if more else (scripted < 0.7 * random)


def test_points_have_no_quadrotor_mode():
    with pytest.raises(SkyrallyError, match="mode"):
        skyrally.make("foraging", mode="quadrotor")
