"""Swarm scenarios: numbers known from theory and from the reference (A5), masks and padding, the doors."""

from __future__ import annotations

import math

import numpy as np
import pytest

import skyrally
from skyrally.agents.spec import find_agent
from skyrally.envs import crowd
from skyrally.errors import SkyrallyError
from skyrally.physics.manifolds import MANIFOLDS
from skyrally.scenarios.aggregate import _pair_distance
from skyrally.scenarios.flock import octant
from skyrally.scenarios.names import SWARMS
from skyrally.scenarios.swarm_blocks import FIELD_SIZE

NAMES = SWARMS


def actions_of(env, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, (env.num_worlds, env.num_drones, 4)).astype(np.float32)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("mode", ["view", "point"])
def test_padding_changes_no_number(name, mode):
    """Five drones in room for five and in room for twenty: the same worlds bit for bit."""
    options: dict = {"mode": "point"} if mode == "point" else {}
    if mode == "point" and "mode" not in skyrally.find_scenario(name).options:
        pytest.skip("no point mode")
    if name == "kuramoto":
        options["spread"] = 0.2
    tight = skyrally.make(name, worlds=2, seed=3, agents=5, **options)
    roomy = skyrally.make(name, worlds=2, seed=3, agents=20, population=5, **options)
    a, b = tight.reset().copy(), roomy.reset().copy()
    for t in range(4):
        assert np.array_equal(a, b[:, :5])
        assert not b[:, 5:].any()
        move = actions_of(tight, t)
        wide = np.zeros((2, 20, 4), np.float32)
        wide[:, :5] = move
        one, two = tight.step(move), roomy.step(wide)
        a, b = one.obs.copy(), two.obs.copy()
        assert np.array_equal(one.reward, two.reward[:, :5])
        assert not two.reward[:, 5:].any()
        for key in tight.info:
            assert np.array_equal(tight.info[key], roomy.info[key]), key
        assert two.alive.tolist() == [[1] * 5 + [0] * 15] * 2


@pytest.mark.parametrize("name", NAMES)
def test_the_form_for_large_worlds_gives_the_same(name, monkeypatch):
    """Phase by phase, shared out among two threads: bit for bit what one compiled step does."""
    small = skyrally.make(name, agents=5, seed=4)
    monkeypatch.setattr(crowd, "LARGE", 5)
    large = skyrally.make(name, agents=5, seed=4, threads=2)
    assert np.array_equal(small.reset(), large.reset())
    for t in range(2):
        one, two = small.step(actions_of(small, t)), large.step(actions_of(large, t))
        assert np.array_equal(one.obs, two.obs)
        assert np.array_equal(one.reward, two.reward)
    large.close()


@pytest.mark.parametrize("name", NAMES)
def test_one_drone_alone_sees_zeros_and_no_nan(name):
    env = skyrally.make(name, agents=1)
    obs = env.reset()
    assert np.isfinite(obs).all()
    for t in range(3):
        step = env.step(actions_of(env, t))
        assert np.isfinite(step.obs).all()
        assert np.isfinite(step.reward).all()
    if name == "aggregate":
        assert not step.obs[0, 0, :FIELD_SIZE].any()


@pytest.mark.parametrize("name", NAMES)
def test_the_parallel_door_leaves_out_who_does_not_exist(name):
    env = skyrally.parallel_env(name, agents=6, population=4, remove_dead=True, seed=1)
    obs, infos = env.reset(seed=1)
    assert env.agents == [f"drone_{k}" for k in range(4)]
    assert len(env.possible_agents) == 6
    obs, rewards, *_ = env.step({agent: np.zeros(4, np.float32) for agent in env.agents})
    assert set(obs) == set(rewards) == set(env.agents)
    fixed = skyrally.parallel_env(name, agents=6, population=4, seed=1)
    _, infos = fixed.reset(seed=1)
    assert [infos[agent]["alive"] for agent in fixed.agents] == [1, 1, 1, 1, 0, 0]


# -- flock -----------------------------------------------------------------------------------------------------------------


def test_octants():
    for angle in np.linspace(-math.pi + 1e-6, math.pi - 1e-6, 400):
        assert octant(math.cos(angle), math.sin(angle)) == int((angle + math.pi) / (math.pi / 4))


def order_at_start(count: int, worlds: int) -> float:
    env = skyrally.make("flock", worlds=worlds, agents=count, mode="point")
    env.reset()
    heading = env.worlds["drones"]["heading"]
    return float(np.abs(np.exp(1j * heading).mean(axis=1)).mean())


@pytest.mark.parametrize(("count", "worlds"), [(10, 80), (60, 12)])
def test_random_headings_have_the_order_of_a_random_walk(count, worlds):
    expected = math.sqrt(math.pi / (4.0 * count))
    assert order_at_start(count, worlds) == pytest.approx(expected, abs=4.0 * 0.53 * expected / math.sqrt(worlds))


def flock_with(pos, heading, manifold: str = "torus", **options):
    """A flock of points put by hand; its observation [N, 3] (mean cos, mean sin, speed error)."""
    env = skyrally.make("flock", agents=len(pos), mode="point", manifold=manifold, noise=0.0, size="domain", **options)
    env.reset()
    drones = env.worlds["drones"]
    drones["pos"][0, :, :2], drones["heading"][0] = pos, heading
    env.step(np.zeros((1, len(pos), 4), np.float32))
    return env


@pytest.mark.parametrize("manifold", MANIFOLDS[1:])
def test_who_is_seen_over_an_edge_is_seen_through_the_glue(manifold):
    """Two points on either side of the edge x = 5, a flip away: they see each other fly alike where their headings are glued alike."""
    flips = manifold != "torus"
    env = flock_with([(4.5, 2.0), (-4.5, -2.0 if flips else 2.0)], [0.5, -0.5 if flips else 0.5], manifold, speed=0.0)
    seen = env.observe()[0]
    assert seen[:, :2] == pytest.approx(np.array([(1.0, 0.0)] * 2), abs=1e-6)
    assert env.info["local_order"][0] == pytest.approx(1.0)


def test_order_counts_the_mean_heading_and_effort_the_turns():
    env = flock_with([(0, 0), (3, 0), (-3, 0), (0, 3)], [0.0, 0.0, 0.0, math.pi], speed=0.0)
    assert env.info["order_now"][0] == pytest.approx(0.5)
    step = env.step(np.full((1, 4, 4), 0.5, np.float32))
    assert step.reward[0] == pytest.approx(np.full(4, 0.25 - 0.1 * 0.5), abs=1e-6)


def test_two_drones_in_a_small_torus_count_each_other_once():
    env = skyrally.make("flock", agents=2, mode="point", noise=0.0)
    env.reset()
    assert env.worlds["side"][0, 0] < 2.0 * 2.5
    assert env.worlds["drones"]["company"][0].tolist() == [1, 1]


def test_local_alignment_reaches_order_and_random_turns_do_not():
    from skyrally.agents.spec import find_agent

    env = skyrally.make("flock", agents=16, mode="point", size="domain")
    player = find_agent("scripted:flock", env.scenario)
    obs, out = env.reset(), np.zeros((1, 16, 4), np.float32)
    for _ in range(40):
        player.act(obs.reshape(16, -1), np.zeros((16, 0), np.float32), out.reshape(16, 4))
        obs = env.step(out).obs
    assert env.info["order_now"][0] > 0.9
    env.reset()
    for t in range(20):
        env.step(actions_of(env, t))
    assert env.info["order"][0] < 0.6


# -- aggregate -------------------------------------------------------------------------------------------------------------


def test_pair_distances_by_sorting_are_those_of_all_pairs():
    env = skyrally.make("aggregate", worlds=3, agents=23, mode="point")
    env.reset()
    for k in range(3):
        x = env.worlds["drones"]["pos"][k, :, 0]
        assert _pair_distance(env.worlds[k], env.worlds[k]["drones"], 0) == pytest.approx(np.abs(x[:, None] - x[None]).mean())


def test_a_uniform_swarm_pays_what_the_reference_says():
    """-8/3 (1 - 1/N), here over 24 swarms of 16 (the noise of the one step included)."""
    env = skyrally.make("aggregate", worlds=24, agents=16, mode="point")
    env.reset()
    reward = env.step(np.zeros((24, 16, 4), np.float32)).reward[:, 0]
    assert reward.mean() == pytest.approx(-8.0 / 3.0 * (1.0 - 1.0 / 16.0), abs=0.2)


def test_points_at_one_place_pay_nothing():
    env = skyrally.make("aggregate", agents=9, mode="point")
    env.reset()
    env.worlds["drones"]["pos"][0] = (0.5, -0.5, 1.0)
    env.step(np.zeros((1, 9, 4), np.float32))
    assert env.info["spread_now"][0] < 0.15  # the noise of 0.03


# -- kuramoto --------------------------------------------------------------------------------------------------------------


def test_drones_with_one_pace_and_phase_stay_in_step():
    env = skyrally.make("kuramoto", agents=4, mode="point", spread=0.0)
    env.reset()
    env.worlds["drones"]["phase"] = 0.3
    for _ in range(5):
        step = env.step(np.zeros((1, 4, 4), np.float32))
    assert env.info["order_now"][0] == pytest.approx(1.0)
    assert step.obs[0] == pytest.approx(np.array([(0.0, 1.0, 0.0)] * 4), abs=1e-6)
    assert env.worlds["drones"]["phase"][0] == pytest.approx(np.full(4, 0.3 + 5 * 0.2))


def test_a_quadrotor_keeps_to_its_orbit():
    env = skyrally.make("kuramoto", agents=2)
    env.reset()
    for _ in range(10):
        env.step(np.zeros((1, 2, 4), np.float32))
    drones = env.worlds["drones"][0]
    radius = np.linalg.norm(drones["pos"][:, :2] - drones["centre"], axis=1)
    assert (np.abs(radius - 1.0) < 0.06).all()


# -- goal swap -------------------------------------------------------------------------------------------------------------


def test_starts_and_goals_are_free_cells_all_different():
    env = skyrally.make("goal-swap", worlds=4)
    env.reset()
    for world in env.worlds:
        drones = world["drones"]
        spots = np.concatenate([drones["pos"][:, :2], drones["home"][:, :2]])
        assert len(np.unique(spots, axis=0)) == 16
        bits = [(int(word) >> k) & 1 for word in world["pillars"] for k in range(64)]
        assert sum(bits) == 12
        for x, y in spots:
            assert bits[int(y + 4) * 128 + int(x + 4)] == 0
        assert sorted(map(tuple, drones["goal"])) == sorted(map(tuple, drones["home"]))


def test_goals_swap_in_time_and_a_reached_one_counts():
    env = skyrally.make("goal-swap", pillars=0.0, collisions="none")
    env.reset()
    world = env.worlds[0]
    assert 200 <= world["swap_at"] < 300
    world["step"], world["swap_at"] = 300, 306
    before = world["drones"]["goal"].copy()
    for _ in range(6):
        world["drones"]["pos"], world["drones"]["vel"] = world["drones"]["goal"], 0.0
        env.step(np.zeros((1, 8, 4), np.float32))
    assert (world["deals"], world["won"]) == (8, 8)
    assert env.info["success"][0] == 1.0
    assert not np.array_equal(before, world["drones"]["goal"])


def test_a_pillar_throws_back_and_counts():
    env = skyrally.make("goal-swap", agents=1, action_mode="velocity")
    env.reset()
    world = env.worlds[0]
    world["pillars"] = 0
    across = int(world["across"])
    row = column = across // 2
    bit = row * 128 + column
    world["pillars"][bit // 64] = np.uint64(1) << np.uint64(bit % 64)
    drone, centre = world["drones"], column + 0.5 - 0.5 * across
    drone["pos"], drone["vel"] = (centre - 0.36, centre, 2.0), (2.0, 0.0, 0.0)
    step = env.step(np.zeros((1, 1, 4), np.float32))
    assert env.info["pillar_hits"][0] == 1
    assert step.reward[0, 0] < -4.9
    assert drone["vel"][0, 0] < 0.0
    assert np.hypot(*(drone["pos"][0, :2] - centre)) >= 0.3 + 0.07 - 1e-9


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"disturb": "hard"}, "swarms fly undisturbed"),
        ({"sight": 2.0}, "hides nothing of swarms"),
        ({"sight": {"fov": 90}}, "leave sight out"),
    ],
    ids=str,
)
def test_what_does_nothing_for_swarms_is_refused(options, word):
    with pytest.raises(SkyrallyError, match=word):
        skyrally.make("goal-swap", agents=2, **options)
    skyrally.make("goal-swap", agents=2, disturb="none")


def test_hover_keeps_its_place_and_says_where_it_cannot():
    scenario = skyrally.find_scenario("goal-swap")
    player = find_agent("hover", scenario)
    env = skyrally.make(scenario, agents=3, seed=2, view=player.view, action_mode=player.action_mode)
    obs = env.reset()
    before, out = env.worlds["drones"]["pos"].copy(), np.ones((3, 4), np.float32)
    for _ in range(25):
        player.act(obs[0], np.zeros((3, 0), np.float32), out)
        obs = env.step(out[None]).obs
    assert env.worlds["drones"]["pos"] == pytest.approx(before, abs=0.05)
    with pytest.raises(SkyrallyError, match="scripted:flock"):
        find_agent("hover", skyrally.find_scenario("flock"))
