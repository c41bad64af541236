"""Two-way road: one test per rule, on roads set up by hand; the cars' motion against its laws and, if it is there, highway-env."""

from __future__ import annotations

import importlib.util
import math
import sys
from pathlib import Path

import numpy as np
import pytest
from handmade import Bench
from hypothesis import given, settings
from hypothesis import strategies as st

import skyrally
from skyrally import SkyrallyError
from skyrally.physics.cars import LENGTH, WIDTH, follow, touching
from skyrally.scenarios.two_way_road import FASTER, KEEP, LEFT, RIGHT, SLOWER
from skyrally.scenarios.two_way_views import narrate
from skyrally.tournament.drills import play_drill

ROOT = Path(__file__).parents[3]
FAR = 1e4  # m


def road(red=0.0, blue=-FAR, traffic=(), **options):
    """Cars at these places (m, each in its own direction) at 30 m/s, all others far away; traffic: (direction, place, speed)."""
    bench = Bench("two-way-road", **options)
    world = bench.world
    for car, s in zip(world.drones, (red, blue), strict=True):
        car.s = car.begun = s
    for i in range(2):
        for k in range(3):
            world.traffic[i, k].s = -2 * FAR - 100 * k
    for k, (i, s, speed) in enumerate(traffic):
        car = world.traffic[i, k % 3]
        car.s, car.speed, car.desired = s, speed, speed
    return bench


def test_a_car_alone_holds_its_lane_and_speed():
    bench = road()
    assert bench.play(KEEP, KEEP).tolist() == pytest.approx([1, 1])
    red = bench.world.drones[0]
    assert (red.s, red.y, red.speed) == pytest.approx((30, -2, 30))
    assert bench.world.progress_red == pytest.approx(400)  # from its start, 30 m from the end of 800 m


def test_faster_and_slower_go_by_the_present_speed():
    bench = road()
    for expected in (20, 10, 0, 0):
        bench.play(SLOWER, KEEP)
        assert bench.world.drones[0].target_speed == expected
        for _ in range(4):
            bench.play(KEEP, KEEP)
    bench.play(FASTER, KEEP)
    assert bench.world.drones[0].target_speed == 10
    assert bench.world.drones[0].speed == pytest.approx(10 * (1 - (1 - 1 / 15 / 0.6) ** 15), rel=0.05)


def test_left_and_right_change_lanes_and_back():
    bench = road()
    bench.play(LEFT, KEEP)
    assert -2 < bench.world.drones[0].y < 2
    bench.play(KEEP, KEEP)
    bench.play(KEEP, KEEP)
    assert bench.world.drones[0].y == pytest.approx(2, abs=0.05)
    assert bench.world.drones[0].term[1] == 1  # the whole step in the oncoming lane
    for _ in range(4):
        bench.play(RIGHT, KEEP)
    assert bench.world.drones[0].y == pytest.approx(-2, abs=0.05)
    assert bench.world.crashes == 0


def test_the_published_left_lane_reward():
    bench = road(weights={"left": 0.2})
    for _ in range(4):
        reward = bench.play(LEFT, KEEP)
    assert reward.tolist() == pytest.approx([1.2, 1.0], abs=1e-3)


def test_running_into_a_leader_is_a_crash_and_over_for_both():
    bench = road(traffic=[(0, 20.0, 5.0)])
    reward = bench.play(KEEP, KEEP)
    assert (bench.world.crash_red, bench.world.crash_blue, bench.world.crashes, bench.world.terminated) == (1, 0, 1, 1)
    assert reward[0] < -9 < 0 < reward[1]
    assert bench.world.drones[0].s < 30  # the step ended there
    assert narrate(bench.world, None) == ["red crashes"]


def test_cars_pass_each_other_in_their_own_lanes():
    bench = road(red=-20.0, blue=-20.0, traffic=[(1, 10.0, 20.0)])
    bench.play(KEEP, KEEP)
    assert bench.world.crashes == 0


def test_two_that_overtake_at_the_same_place_crash_head_on():
    bench = road(red=-100.0, blue=-100.0)
    for car in bench.world.drones:
        car.y, car.left = 2.0, 1
    bench.world.drones[1].y, bench.world.drones[1].left = -2.0, 0
    for _ in range(4):
        if bench.world.terminated == 0:
            bench.play(KEEP, KEEP)
    assert (bench.world.crash_red, bench.world.crash_blue, bench.world.crashes) == (1, 1, 2)


def test_drivers_brake_for_who_is_in_their_way_only():
    """A follower behind a car that stands, a learner in its lane, one that comes in it, and one in the other lane."""
    speeds = []
    for case in range(4):
        bench = road(red=FAR / 2, traffic=[(0, 0.0, 20.0)])
        red, blue = bench.world.drones
        if case == 0:
            other = bench.world.traffic[0, 1]
            other.s, other.speed, other.desired = 40.0, 1e-3, 1e-3
        elif case == 1:
            red.s, red.speed, red.target_speed = 40.0, 0.0, 0.0
        else:
            blue.s, blue.speed, blue.target_speed = -40.0, 0.0, 0.0
            blue.y, blue.left = (2.0, 1) if case == 2 else (-2.0, 0)
        bench.play(KEEP, KEEP)
        speeds.append(float(bench.world.traffic[0, 0].speed))
    assert speeds[0] == pytest.approx(speeds[1], abs=0.01)
    assert speeds[1] == pytest.approx(speeds[2], abs=1e-9)
    assert speeds[0] < 15 < 19 < speeds[3]


def test_the_drivers_model_by_hand():
    assert follow(20.0, 20.0, math.inf, 0.0) == 0
    assert follow(0.0, 20.0, math.inf, 0.0) == 3
    wanted = 10 + 20 * 1.5 + 20 * 4 / (2 * math.sqrt(15))
    assert follow(20.0, 25.0, 100.0, 4.0) == pytest.approx(3 * (1 - 0.8**4 - (wanted / 100) ** 2))
    assert follow(20.0, 20.0, 1.0, 5.0) == -6


@given(st.floats(-8, 8), st.floats(-8, 8), st.floats(-4, 4), st.floats(-4, 4))
def test_touching_is_what_sampling_says(x, y, heading, turned):
    """Against corners of each in the other, and edges that cross: sampled points of one rectangle inside the other."""

    def points(cx, cy, angle, size):
        u, v = np.meshgrid(np.linspace(-size, size, 41) * LENGTH / 2, np.linspace(-size, size, 21) * WIDTH / 2)
        return np.stack([cx + u * math.cos(angle) - v * math.sin(angle), cy + u * math.sin(angle) + v * math.cos(angle)], -1).reshape(-1, 2)

    def inside(p, cx, cy, angle):
        dx, dy = p[:, 0] - cx, p[:, 1] - cy
        along, across = dx * math.cos(angle) + dy * math.sin(angle), dy * math.cos(angle) - dx * math.sin(angle)
        return ((np.abs(along) <= LENGTH / 2) & (np.abs(across) <= WIDTH / 2)).any()

    if inside(points(0, 0, heading, 1.0), x, y, turned) or inside(points(x, y, turned, 1.0), 0, 0, heading):
        assert touching(x, y, heading, turned)
    elif touching(x, y, heading, turned):  # a sliver between the samples
        assert inside(points(0, 0, heading, 1.2), x, y, turned)
    assert touching(x, y, heading, turned) == touching(-x, -y, turned, heading)


def test_starts_and_horizon():
    bench = Bench("two-way-road")
    assert bench.world.drones["s"].tolist() == [-370, -370]
    assert bench.world.drones["speed"].tolist() == [30, 30]
    leaders = np.array([Bench("two-way-road", seed=seed).world.traffic["s"] for seed in range(60)]) + 400
    assert np.abs(leaders.mean(axis=(0, 1)) - [70, 110, 150]).max() < 4
    assert 8 < leaders.std(axis=(0, 1)).mean() < 12
    bench = road(max_cycles=1)
    bench.play(KEEP, KEEP)
    assert (bench.world.truncated, bench.world.terminated) == (1, 0)
    assert Bench("two-way-road").params.max_steps == 25


@settings(max_examples=8)
@given(st.integers(0, 2**32), st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=4))
def test_both_see_and_drive_alike(seed, moves):
    """With red and blue exchanged, everything goes the same way, seen from the other side."""
    one, two = Bench("two-way-road", seed=seed), Bench("two-way-road", seed=seed)
    two.world.traffic[0], two.world.traffic[1] = one.world.traffic[1].copy(), one.world.traffic[0].copy()
    for red, blue in moves:
        if one.world.terminated:
            break
        assert one.play(red, blue).tolist() == two.play(blue, red)[::-1].tolist()
    for name, values in one.see(0).items():
        assert values.tolist() == two.see(1)[name].tolist()


def test_what_red_sees():
    bench = road(red=0.0, blue=-200.0, traffic=[(0, 50.0, 20.0), (0, 90.0, 21.0), (0, 130.0, 22.0), (1, -90.0, 18.0)])
    red, blue = bench.world.drones
    red.y, red.left, red.heading = 1.0, 1, 0.1
    blue.y, blue.heading = -1.5, 0.2
    see = bench.see(0)
    assert [see[name][0] for name in ("offset", "heading", "speed", "target_speed", "changing")] == pytest.approx([3, 0.1, 30, 30, 1])
    assert see["rival"] == pytest.approx([200, 0.5, -30 * math.cos(0.2), -30 * math.sin(0.2)])
    assert see["leaders"] == pytest.approx([50, 20, 90, 21, 130, 22])
    assert see["oncoming"][:2] == pytest.approx([90, -18])


def test_overtakes_are_counted():
    bench = road(traffic=[(0, 12.0, 5.0), (0, 80.0, 5.0)])
    bench.world.drones[0].y, bench.world.drones[0].left = 2.0, 1
    bench.play(KEEP, KEEP)
    assert bench.world.drones[0].passed == 2  # one now, and the one that was put far behind


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"speeds": (0, 10, 25)}, "evenly spaced"),
        ({"speeds": (30, 20)}, "speeds is .30, 20."),
        ({"speeds": (0,)}, "2 to 8"),
        ({"speeds": "fast"}, "speeds is 'fast'"),
        ({"speeds": (0, float("nan"))}, "speeds is"),
        ({"speeds": (0, 50)}, "0 to 40"),
        ({"length": 10}, "length is 10; expected a finite number from 400 to 4000"),
        ({"limit": float("inf")}, "limit is inf"),
        ({"weights": {"crash": float("nan")}}, "finite"),
    ],
)
def test_wrong_options_are_one_clear_line(options, says):
    with pytest.raises(SkyrallyError, match=says) as error:
        skyrally.make("two-way-road", **options)
    assert "\n" not in str(error.value)


def test_the_scripted_drivers():
    """Behind the leader nothing happens; who overtakes whatever comes gets farther against one that does not, and crashes."""
    safe = play_drill("two-way-road", "scripted:safe", 3, max_cycles=14)
    mixed = play_drill("two-way-road", "scripted:greedy", 3, opponent="scripted:safe")
    assert all(row.info["crashes"] == 0 and row.steps == 14 and row.metric > 220 for row in safe)
    assert sum(row.info["crash_red"] for row in mixed) >= 2
    assert all(row.info["crash_blue"] == 0 for row in mixed)
    assert np.mean([row.info["overtakes"] for row in mixed]) > 2


@pytest.mark.skipif(importlib.util.find_spec("highway_env") is None, reason="highway-env is not installed")
def test_cars_move_as_in_highway_env(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(ROOT / "benchmarks"), *sys.path])
    import two_way_road

    found = two_way_road.run(12)
    assert found["largest difference"] < 0.01
    assert found["episodes within 1e-9"] >= 9
    assert found["crashes"]["two-way-v0"] - found["crashes in the same second"] <= 1
