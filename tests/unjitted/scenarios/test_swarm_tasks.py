"""The swarm scenarios with tasks of their own: formation, pursuit, cover-search, payload."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment, linprog
from scipy.spatial.distance import cdist, directed_hausdorff

import skyrally
from skyrally.agents.spec import find_agent
from skyrally.errors import SkyrallyError
from skyrally.physics.links import hook_of, hook_place
from skyrally.render.painter import Painter
from skyrally.render.recorder import ReplaySink
from skyrally.render.replay import open_replay
from skyrally.scenarios.coverage import transport_to_users
from skyrally.scenarios.matching import exact_transport, forget_transport, hausdorff, soft_transport, soften
from skyrally.scenarios.pillars import in_sight, set_pillar
from skyrally.scenarios.slots import SHAPES, slot_of

NAMES = ["formation", "pursuit", "cover-search", "payload"]


def still(env) -> np.ndarray:
    return np.zeros((env.num_worlds, env.num_drones, 4), np.float32)


@pytest.mark.parametrize(
    ("name", "options", "word"),
    [
        ("formation", {"agents": 0}, "agents"),
        ("formation", {"agents": 78, "size": "domain"}, "at most 77 fit"),
        ("formation", {"shape": "hexagn"}, "hexagon"),
        ("pursuit", {"evaders": 4}, "evaders"),
        ("pursuit", {"evaders": 0}, "evaders"),
        ("pursuit", {"evader_speed": math.nan}, "evader_speed"),
        ("pursuit", {"evader_agents": "yes"}, "evader_agents"),
        ("pursuit", {"evader_agents": True, "agents": 1}, "a pursuer and an evader"),
        ("pursuit", {"evader_agents": True, "evaders": 3}, "from 1 to 2"),
        ("pursuit", {"evader_agents": True, "population": 1}, "the least of population is 1"),
        ("pursuit", {"evader_agents": True, "agents": 6, "population": {"low": 3, "high": 6}, "evaders": 3}, "from 1 to 2, with 3 agents"),
        ("cover-search", {"task": "serach"}, "search"),
        ("cover-search", {"share_map": "yes"}, "share_map"),
        ("payload", {"carriers": 17}, "carriers"),
        ("payload", {"carriers": 0}, "carriers"),
        ("payload", {"failures": 1.5}, "failures"),
        ("payload", {"gate": 1}, "gate"),
        ("payload", {"gate": True, "size": "domain", "agents": 8}, "too near"),
        ("payload", {"agents": 4, "population": 5}, "population"),
    ],
    ids=str,
)
def test_bad_options_are_told(name, options, word):
    with pytest.raises(SkyrallyError) as caught:
        skyrally.make(name, **options)
    assert word in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "options"), [("cover-search", {"task": "cover"}), ("cover-search", {"share_map": True}), ("payload", {"carriers": 2})]
)
def test_padding_changes_no_number(name, options):
    tight = skyrally.make(name, agents=3, seed=3, **options)
    roomy = skyrally.make(name, agents=5, population=3, seed=3, **options)
    a, b = tight.reset().copy(), roomy.reset().copy()
    rng = np.random.default_rng(0)
    for _ in range(2):
        assert np.array_equal(a, b[:, :3])
        assert not b[:, 3:].any()
        wide = rng.uniform(-1, 1, (1, 5, 4)).astype(np.float32)
        one, two = tight.step(np.ascontiguousarray(wide[:, :3])), roomy.step(wide)
        a, b = one.obs.copy(), two.obs.copy()
        assert np.array_equal(one.reward, two.reward[:, :3])
        assert all(np.array_equal(tight.info[key], roomy.info[key]) for key in tight.info)


@pytest.mark.parametrize(
    ("name", "options", "there"),
    [
        ("formation", {}, {"marks": 7}),
        ("pursuit", {}, {"pillars": 5, "discs": 1}),
        ("pursuit", {"agents": 16}, {"pillars": 27, "discs": 4}),
        ("cover-search", {"agents": 4}, {"marks": 2}),
        ("cover-search", {"agents": 4, "task": "cover"}, {"marks": 100}),
        ("payload", {"agents": 6}, {"marks": 2, "discs": 2, "links": 6, "pillars": 0}),
        ("payload", {"agents": 8, "gate": True}, {"marks": 2, "pillars": 4}),
    ],
    ids=str,
)
def test_pictures_show_what_there_is_and_replays_keep_it(name, options, there, tmp_path):
    env = skyrally.make(name, **options)
    env.reset()
    frame = env.frame()
    assert len(frame.discs) == len(env.stage.discs)
    for field, count in there.items():
        assert len(getattr(frame, field)) == count, field
    with ReplaySink(tmp_path / "a.replay", env.stage) as sink:
        sink.write(frame)
    with open_replay(tmp_path / "a.replay") as replay:
        kept = replay.frame(0)
        assert replay.stage == env.stage
    for field in ("marks", "pillars", "links", "tiles", "discs"):
        assert getattr(kept, field) == pytest.approx(getattr(frame, field), abs=1e-3, nan_ok=True), field
    painter = Painter(env.stage, (320, 180))
    painter.observe(kept)
    with_things = painter.rgb()
    bare = Painter(env.stage, (320, 180))
    bare.observe(replace(kept, marks=np.zeros((0, 3)), pillars=np.zeros((0, 4)), links=np.zeros((0, 5)), tiles=np.zeros((0, 4))))
    assert (with_things != bare.rgb()).any()


def test_rods_go_to_the_load_of_their_group():
    env = skyrally.make("payload", agents=6)
    env.reset()
    frame = env.frame()
    assert frame.links[:, 1].tolist() == [0, 0, 0, 0, 1, 1]
    assert frame.discs[1, :3] == pytest.approx(env.worlds[0]["drones"]["load"]["pos"][4])


# -- formation -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def swarm_of_nine():
    env = skyrally.make("formation", agents=9)
    env.reset()
    return env.worlds[0]["drones"]


@given(st.integers(1, 9), st.integers(0, 10**6))
@settings(max_examples=25)
def test_transport_is_that_of_the_best_matching(swarm_of_nine, count, seed):
    drones, rng = swarm_of_nine, np.random.default_rng(seed)
    drones["pos"], drones["slot_pos"] = rng.normal(0, 2, (2, 9, 3))
    cost = cdist(drones["pos"][:count], drones["slot_pos"][:count], "sqeuclidean")
    best = cost[linear_sum_assignment(cost)].mean()
    assert exact_transport(drones, count) == pytest.approx(best, abs=1e-9)


def test_transport_of_three_by_hand(swarm_of_nine):
    drones = swarm_of_nine
    drones["pos"][:3], drones["slot_pos"][:3] = [(0, 0, 0), (1, 0, 0), (5, 0, 0)], [(1, 0, 0), (2, 0, 0), (0, 0, 0)]
    orders = [sum(float(((drones["pos"][i] - drones["slot_pos"][k]) ** 2).sum()) for i, k in enumerate(p)) for p in permutations(range(3))]
    assert exact_transport(drones, 3) == pytest.approx(min(orders) / 3)


def test_sinkhorn_comes_to_the_same_cost(swarm_of_nine):
    drones, rng = swarm_of_nine, np.random.default_rng(4)
    drones["pos"], drones["slot_pos"] = rng.normal(0, 1, (2, 9, 3))
    forget_transport(drones, 9)
    for t in range(120):
        for i in range(9):
            soften(drones, 9, i, t % 2 == 0)
    soft = soft_transport(drones, 9)
    assert soft == pytest.approx(exact_transport(drones, 9), abs=0.06)


def test_hausdorff_is_the_larger_of_both_directions(swarm_of_nine):
    drones, rng = swarm_of_nine, np.random.default_rng(5)
    drones["pos"], drones["slot_pos"] = rng.normal(0, 1, (2, 9, 3))
    moved, slots = drones["pos"] + (0.1, -0.2, 0.3), drones["slot_pos"]
    both = max(directed_hausdorff(moved, slots)[0], directed_hausdorff(slots, moved)[0])
    assert hausdorff(drones, 9, (0.1, -0.2, 0.3)) == pytest.approx(both)


@pytest.mark.parametrize("shape", range(len(SHAPES)))
@pytest.mark.parametrize("count", [2, 7, 40])
def test_slots_keep_their_distance(shape, count):
    spots = np.array([slot_of(shape, k, count) for k in range(count)])
    apart = cdist(spots, spots) + 9.0 * np.eye(count)
    assert apart.min() >= 1.0 - 1e-9
    if shape == 0 and count == 7:
        assert sorted(np.linalg.norm(spots, axis=1)) == pytest.approx([0.0] + [1.0] * 6)


def test_a_swarm_in_its_slots_is_paid_in_full_and_the_shape_changes():
    env = skyrally.make("formation", shape="any")
    env.reset()
    world = env.worlds[0]
    drones = world["drones"]
    drones["pos"], drones["vel"], drones["quat"] = drones["slot_pos"], 0.0, (1, 0, 0, 0)
    drones["up"] = (0, 0, 1)
    world["step"] = 299
    before, figure = drones["slot_pos"].copy(), int(world["figure"])
    step = env.step(still(env))
    assert env.reward_terms[0, 0] == pytest.approx([1.0, 2.0, 1.0, 0.0], abs=0.05)
    assert step.reward[0, 0] == pytest.approx(1.0 + 2.0 + 0.4, abs=0.06)
    assert env.info["ot"][0] < 1e-3
    assert int(world["figure"]) != figure
    assert not np.allclose(before, drones["slot_pos"])


def test_a_touch_ends_a_formation_and_a_held_slot_is_not_free():
    env = skyrally.make("formation")
    env.reset()
    drones = env.worlds[0]["drones"]
    drones["pos"], drones["quat"], drones["vel"] = drones["slot_pos"] + (0, 0, 2), (1, 0, 0, 0), 0.0
    drones["up"] = (0, 0, 1)
    drones["pos"][0] = drones["slot_pos"][3]
    obs = env.step(still(env)).obs[0]
    slots = [obs[i, env.layout["slot_0"].start :][:24].reshape(6, 4) for i in (0, 1)]
    assert slots[0][:, 3].tolist() == [1] * 6
    assert np.linalg.norm(slots[0][0, :3]) < 0.1
    ways = slots[1][:, :3] + drones["pos"][1]
    assert np.linalg.norm(ways - drones["slot_pos"][3], axis=1).min() > 0.5
    drones["pos"][1] = drones["pos"][0] + (0.05, 0, 0)
    assert env.step(still(env)).terminated[0]
    assert env.info["crashed"][0] == 1


# -- pursuit ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("agents", "evaders", "pillars"), [(1, 1, 2), (3, 1, 5), (8, 2, 13), (16, 4, 27)])
def test_an_arena_has_what_the_reference_says(agents, evaders, pillars):
    env = skyrally.make("pursuit", agents=agents)
    env.reset()
    world = env.worlds[0]
    assert world["side"][0] == pytest.approx(1.8 * math.sqrt(agents / 3))
    assert int(world["evaders"]) == evaders
    assert sum(bin(int(word)).count("1") for word in world["pillars"]) == pillars
    bodies = np.concatenate([world["drones"]["pos"], world["drones"]["evader"]["pos"][:evaders]])
    assert (np.linalg.norm(bodies[:, :2], axis=1) < 0.5 * world["side"][0]).all()
    assert (cdist(bodies, bodies) + np.eye(len(bodies))).min() > 0.14


def lone_hunt():
    env = skyrally.make("pursuit", agents=1, action_mode="velocity", size="domain")
    env.reset()
    world = env.worlds[0]
    world["pillars"] = 0
    drone = world["drones"]
    drone["pos"], drone["vel"], drone["evader"]["vel"] = (0.1, 0.1, 0.6), 0.0, 0.0
    return env, env.worlds.view(np.recarray)[0], drone


def test_who_is_near_and_seen_is_caught_and_the_hunt_over():
    env, _, drone = lone_hunt()
    drone["evader"]["pos"] = (0.1 + 0.25, 0.1, 0.6)
    step = env.step(still(env))
    assert step.terminated[0]
    assert env.info["capture"][0] == 1.0
    assert env.info["first_capture"][0] == pytest.approx(0.02)
    assert env.reward_terms[0, 0, 1] == 1.0


def test_nobody_is_seen_or_caught_through_a_pillar():
    env, world, drone = lone_hunt()
    middle = (int(world["across"]) // 2) * (int(world["across"]) + 1)
    set_pillar(world, middle, int(world["across"]))
    spot = (0.5 - 0.5 * (int(world["across"]) % 2)) * float(world["cell"])
    drone["pos"], drone["evader"]["pos"] = (spot - 0.15, spot, 0.6), (spot + 0.14, spot, 0.6)
    assert not in_sight(world, drone["pos"][0], drone["evader"]["pos"][0])
    drone["evader"]["pos"][0, 1] += 0.2
    assert in_sight(world, drone["pos"][0] + (0, 0.2, 0), drone["evader"]["pos"][0])
    drone["evader"]["pos"][0, 1] -= 0.2
    step = env.step(still(env))
    assert not step.terminated[0]
    assert not step.obs[0, 0, env.layout["evader"]].any()


def test_an_evader_flees_at_its_speed():
    env, _, drone = lone_hunt()
    drone["pos"], drone["evader"]["pos"] = (-0.3, 0.0, 0.6), (0.1, 0.0, 0.6)
    for _ in range(12):
        env.step(still(env))
    assert np.linalg.norm(drone["wish"][0]) == pytest.approx(1.3)
    assert drone["evader"]["vel"][0, 0] > 0.4


def test_history_keeps_ten_looks_of_a_tenth_of_a_second():
    env, _, drone = lone_hunt()
    env.assign(view="history")
    drone["evader"]["pos"], drone["sighting"] = (0.6, 0.1, 0.6), 0.0
    first = env.layout["sighting_0"].start
    env.worlds["step"] = 4
    seen = env.step(still(env)).obs[0, 0, first : first + 8].reshape(2, 4)
    assert seen[0] == pytest.approx([0.5, 0.0, 0.0, 1.0], abs=0.02)
    assert not seen[1].any()
    drone["pos"] = (0.0, 0.1, 0.6)
    for _ in range(5):
        seen = env.step(still(env)).obs[0, 0, first : first + 12].reshape(3, 4)
    assert seen[:, 3].tolist() == [1.0, 1.0, 0.0]
    assert seen[1, 0] == pytest.approx(0.6, abs=0.02)  # from where the drone is now


def both_sides(agents: int = 4):
    env = skyrally.make("pursuit", agents=agents, evader_agents=True, action_mode="velocity")
    env.reset()
    env.worlds["pillars"] = 0
    return env, env.worlds[0]["drones"]


def test_evaders_that_are_agents_are_paid_against_their_pursuers():
    env, drones = both_sides()
    assert env.agents == ("evader_0", "pursuer_0", "pursuer_1", "pursuer_2")
    assert env.stage.teams == (0, 1, 1, 1)
    drones["vel"] = 0.0
    drones["pos"] = [(0.5, 0.0, 0.6), (-0.6, 0.0, 0.6), (0.0, 0.6, 0.6), (0.0, -0.6, 0.6)]
    away = still(env)
    away[0, 0, 0] = 1.0
    obs = env.step(away).obs[0]
    assert obs[:, env.layout["role"]].ravel().tolist() == [1.0, 0.0, 0.0, 0.0]
    assert obs[1, env.layout["evader"]][:3] == pytest.approx([1.1, 0.0, 0.0], abs=0.03)
    assert not obs[0, env.layout["evader"]].any()
    neighbours = obs[:, env.layout["neighbour_0"].start :][:, :42].reshape(4, 6, 7)[..., 6].sum(axis=1)
    assert neighbours.tolist() == [3.0, 2.0, 2.0, 2.0]  # evaders are no neighbours
    assert env.reward_terms[0, 0, 0] == pytest.approx(-math.hypot(0.5, 0.6), abs=0.02)
    drones["pos"][1] = drones["pos"][0] - (0.2, 0.0, 0.0)
    step = env.step(still(env))
    assert env.reward_terms[0, :, 1].tolist() == [-1.0, 1.0, 1.0, 1.0]
    assert step.terminated[0]


def test_a_caught_evader_that_is_an_agent_is_out_and_the_others_flee_on():
    env, drones = both_sides(10)
    drones["pos"][2] = drones["pos"][0] - (0.2, 0.0, 0.0)
    step = env.step(still(env))
    assert step.alive[0].tolist() == [0] + [1] * 9
    assert not step.obs[0, 0].any()
    assert not step.terminated[0]
    assert env.step(still(env)).reward[0, 0] == 0.0


@pytest.mark.parametrize(("asked", "evaders"), [({}, 1), ({"evaders": 2}, 2)], ids=str)
def test_of_a_population_with_evaders_that_are_agents_only_the_pursuers_change(asked, evaders):
    env = skyrally.make("pursuit", 32, agents=7, population={"low": 4, "high": 7}, evader_agents=True, action_mode="velocity", **asked)
    obs = env.reset()
    assert env.agents[: evaders + 1] == (*(f"evader_{k}" for k in range(evaders)), "pursuer_0")
    assert set(env.players.tolist()) == {4, 5, 6, 7}
    assert (env.worlds["evaders"] == evaders).all()
    role = obs[..., env.layout["role"].start]
    assert role[:, :evaders].all()
    assert not role[:, evaders:].any()
    assert np.array_equal(env.step(still(env)).alive.sum(axis=1), env.players)


# -- cover and search ------------------------------------------------------------------------------------------------------


def test_chance_is_a_distribution_that_only_looks_make_less():
    env = skyrally.make("cover-search", agents=5, action_mode="velocity")
    env.reset()
    chance = env.worlds["drones"]["chance"][0]
    assert chance[:, 0].sum() == pytest.approx(1.0)
    env.worlds["drones"]["pos"][0, :, 2] = 9.0  # too high to see anything
    env.step(still(env))
    assert chance[:, 0].sum() == pytest.approx(1.0)
    assert env.info["coverage"][0] == 0.0
    middle, flow = env.worlds["middle"][0].copy(), env.worlds["flow"][0]
    assert np.linalg.norm(flow) == pytest.approx(0.3)
    env.worlds["drones"]["pos"][0, :, 2] = 3.0
    step = env.step(still(env))
    assert env.worlds["middle"][0] == pytest.approx(middle + 0.5 * flow)
    assert chance[:, 0].sum() == pytest.approx(1.0 - env.info["coverage"][0])
    assert step.obs[0, 0, env.layout["map"]].shape == (64,)


def test_a_target_under_five_drones_is_found_and_one_far_away_is_not():
    env = skyrally.make("cover-search", agents=5, action_mode="velocity", collisions="none")
    env.reset()
    drones = env.worlds["drones"][0]
    drones["target"][0], drones["target"][1] = (0.0, 0.0), (500.0, 0.0)
    drones["pos"] = (0.3, 0.0, 3.0)
    step = env.step(still(env))
    assert drones["found"][:2].tolist() == [1, 0]
    assert env.reward_terms[0, 0, 1] == 1.0
    assert env.info["detection_time"][0] == pytest.approx(0.5)
    assert not step.terminated[0]


def test_own_memory_knows_own_looks_and_a_shared_map_all():
    for share in (False, True):
        env = skyrally.make("cover-search", agents=2, action_mode="velocity", share_map=share, collisions="none")
        env.reset()
        world = env.worlds[0]
        world["middle"], world["flow"] = 0.0, 0.0
        world["drones"]["pos"] = [(2.0, 0.0, 3.0), (-2.0, 0.0, 3.0)]
        before = env.observe()[0, 1, env.layout["map"]].copy()
        after = env.step(still(env)).obs[0, 1, env.layout["map"]]
        drop = (before - after).reshape(8, 8) / np.maximum(before, 1e-9).reshape(8, 8)
        seen = (drop > 0.5).sum(axis=0)
        assert seen[:4].sum() + seen[4:].sum() > 0
        assert (seen[5:].sum() > 0) == share


def test_transport_to_users_agrees_with_the_linear_program():
    env = skyrally.make("cover-search", agents=3, task="cover", action_mode="velocity")
    env.reset()
    world = env.worlds.view(np.recarray)[0]
    places = world["drones"]["pos"][:, :2]
    places[:] = np.random.default_rng(1).uniform(-4, 4, (3, 2))
    cost = cdist(places, world["users"], "sqeuclidean") / (0.25 * float(world["side"][0])) ** 2
    rows, columns = np.kron(np.eye(3), np.ones(100)), np.kron(np.ones(3), np.eye(100))
    exact = linprog(cost.ravel(), A_eq=np.vstack([rows, columns]), b_eq=np.concatenate([np.full(3, 1 / 3), np.full(100, 0.01)])).fun
    assert transport_to_users(world, world["drones"]) == pytest.approx(exact, rel=0.05)


def test_users_go_from_one_end_to_the_other():
    env = skyrally.make("cover-search", agents=2, task="cover", action_mode="velocity", collisions="none")
    env.reset()
    world, q = env.worlds[0], 0.25 * env.worlds["side"][0, 0]
    assert (world["users"][:, 0] < 0).all()
    assert world["users"].std(axis=0) == pytest.approx([q * math.sqrt(0.05)] * 2, rel=0.3)
    world["step"] = 24
    env.step(still(env))
    assert (world["users"][:, 0] > 0).all()
    assert world["drones"]["chance"][:, 0].sum() == pytest.approx(1.0)


# -- payload ---------------------------------------------------------------------------------------------------------------


def flown(steps: int = 20, **options):
    """A payload flown by its own player for some steps."""
    env = skyrally.make("payload", seed=1, **options)
    player, n = find_agent("scripted:payload", env.scenario), env.num_drones
    obs, out, memory = env.reset(), still(env), np.zeros((n, 2), np.float32)
    for _ in range(steps):
        player.act(obs.reshape(n, -1), memory, out.reshape(n, 4))
        step = env.step(out)
        obs = step.obs
    return env, step


@pytest.mark.parametrize("carriers", [1, 2, 3, 4, 6, 16])
def test_hooks_lie_around_the_top_and_rods_begin_at_their_length(carriers):
    hooks = np.array([hook_place(k, carriers, (0.375, 0.25, 0.1)) for k in range(carriers)])
    if carriers != 3:
        assert hooks[:, :2].sum(axis=0) == pytest.approx([0.0, 0.0], abs=1e-12)
    assert (np.abs(hooks) <= (0.3750001, 0.2500001, 0.1000001)).all()
    env = skyrally.make("payload", agents=carriers, carriers=carriers)
    env.reset()
    drones = env.worlds.view(np.recarray)[0]["drones"]
    rods = [np.linalg.norm(drone["pos"] - hook_of(drones[0]["load"], drone)) for drone in drones]
    assert rods == pytest.approx([1.0] * carriers)
    assert 0.5 <= float(drones["load"]["mass"][0]) / (carriers * 0.028) <= 0.8


def test_rods_keep_their_length_and_a_flown_load_stays_level():
    env, step = flown(40, failures=0.0)
    drones = env.worlds.view(np.recarray)[0]["drones"]
    rods = [np.linalg.norm(drone["pos"] - hook_of(drones[0]["load"], drone)) for drone in drones]
    assert rods == pytest.approx([1.0] * 4, abs=2e-3)
    up = 1.0 - 2.0 * (drones[0]["load"]["quat"][1] ** 2 + drones[0]["load"]["quat"][2] ** 2)
    assert up > 0.95
    assert not step.terminated[0]
    assert (step.reward > 0).all()


def test_a_failed_carrier_is_gone_and_the_others_go_on():
    env = skyrally.make("payload", failures=1.0)
    env.reset()
    drones = env.worlds[0]["drones"]
    assert 1 <= int(drones["fail_at"][0]) <= 750
    drones["fail_at"][0], drones["fails"][0] = 2, 3
    for _ in range(3):
        step = env.step(still(env))
    assert step.alive[0].tolist() == [1, 1, 1, 0]
    assert not step.obs[0, 3].any()
    assert step.reward[0, 3] == 0.0
    left = step.obs[0, 0, env.layout["carrier_0"].start :][: 15 * 7].reshape(15, 7)[:, 6]
    assert left.sum() == 2
    assert env.info["failed"][0] == 1


def drop(group: np.ndarray) -> None:
    """Puts a load and its carriers so low that the load is lost."""
    low = float(group["load"]["pos"][0, 2]) - 0.1
    group["load"]["pos"][0, 2] -= low
    group["pos"][:, 2] -= low


def test_a_lost_load_ends_its_group_only():
    env = skyrally.make("payload", agents=8, failures=0.0)
    env.reset()
    world = env.worlds[0]
    assert int(world["groups"]) == 2
    apart = world["drones"]["load"]["pos"][0] - world["drones"]["load"]["pos"][4]
    assert np.linalg.norm(apart[:2]) > 2.0
    drop(world["drones"][:4])
    step = env.step(still(env))
    assert step.alive[0].tolist() == [0] * 4 + [1] * 4
    assert not step.terminated[0]
    drop(world["drones"][4:])
    assert env.step(still(env)).terminated[0]
    assert env.info["out"][0] == 2


def gated(way: tuple[float, float, float], speed: float = 3.0):
    """A group of four whose load is so far from the middle of its gate (m) and flies to +x."""
    env = skyrally.make("payload", gate=True, failures=0.0)
    env.reset()
    group = env.worlds[0]["drones"]
    shift = group["gate"][0] + way - group["load"]["pos"][0]
    group["load"]["pos"][0] += shift
    group["pos"] += shift
    group["load"]["vel"][0], group["vel"] = (speed, 0, 0), (speed, 0, 0)
    group["ahead"][0] = -way[0]
    return env, group


def test_a_gate_stands_between_start_and_goal():
    env = skyrally.make("payload", worlds=8, gate=True)
    env.reset()
    leader = env.worlds["drones"][:, 0]
    start, gate = leader["load"]["pos"] - leader["goal"], leader["gate"] - leader["goal"]
    assert ((start[:, 0] >= -3.0) & (start[:, 0] <= -2.0)).all()
    assert gate[:, 0] == pytest.approx(np.full(8, -1.2))
    assert (np.abs(gate[:, 1]) <= 1.0).all()


def test_who_comes_through_the_gate_is_paid_once():
    env, group = gated((-0.03, 0.3, 0.0))
    before = env.observe()[0, 0, env.layout["gate"]]
    assert before == pytest.approx([0.03, -0.3, 0.0, 1.0], abs=1e-6)
    step = env.step(still(env))
    assert env.reward_terms[0, :, 4].tolist() == [1.0] * 4
    assert not step.obs[0, 0, env.layout["gate"]].any()
    assert env.info["passed"][0] == 1
    group["load"]["pos"][0, 0] -= 0.5
    env.step(still(env))
    assert env.reward_terms[0, 0, 4] == 0.0


def test_who_goes_around_a_gate_has_not_passed_it():
    env, _ = gated((-0.03, 1.4, 0.0))
    env.step(still(env))
    assert env.reward_terms[0, 0, 4] == 0.0
    assert env.info["passed"][0] == 0


def test_a_post_that_is_touched_costs_when_the_touch_begins():
    env, _ = gated((-0.3, 0.9, 0.0), speed=0.0)  # the load's edge is at the post
    assert env.step(still(env)).reward[0, 0] < -2.0
    assert env.info["post_hits"][0] == 1
    assert env.step(still(env)).reward[0, 0] > -2.0
    free, _ = gated((-0.3, 0.0, 0.0), speed=0.0)
    free.step(still(free))
    assert free.info["post_hits"][0] == 0


@pytest.mark.parametrize("name", NAMES)
def test_an_episode_begins_with_nothing_of_the_last(name):
    env = skyrally.make(name, agents=2)
    env.reset()
    env.step(still(env))
    env.reset(seeds=[7])
    fresh = skyrally.make(name, agents=2)
    fresh.reset(seeds=[7])
    for key in env.info:
        assert env.info[key][0] == fresh.info[key][0], key
