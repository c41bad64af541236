"""Rewards by hand, observations by name, and the mirror, on match worlds."""

# ruff: noqa: RUF005  (array + tuple is a sum)
from __future__ import annotations

import numpy as np
import pytest
from handmade import match, rotation

from skyrally.scenarios.mirror import mirrored
from skyrally.scenarios.volleyball import ANCHORS

SIZES = pytest.mark.parametrize("n", [1, 2, 3, 6])


def scrambled(n, seed=0, **options):
    """A match in the air: everything moves, blue has just received."""
    rng, bench = np.random.default_rng(seed), match(n, seed=seed, **options)
    bench.touch(bench.world.server).cross(-1.0)
    bench.world.n_events = 0
    for drone in bench.world.drones:
        drone.vel, drone.rate, drone.rotor = rng.normal(size=3), rng.normal(size=3), rng.uniform(0.3, 0.9, 4)
    bench.world.drones[n].touched, bench.world.team_touches = 1, 1
    bench.world.last_team, bench.world.last_drone = 1, n
    bench.ball(-1.2, 0.7, 3.1, tuple(rng.normal(size=3)))
    bench.world.ball.spin[:] = rng.normal(size=3)
    return bench


# -- rewards -------------------------------------------------------------------------------------------------------------


def test_team_rewards_by_hand():
    """Red's server hits legally at (6, 0, 2.2) with everybody at the anchors."""
    bench = match(3, "benchmark")
    bench.world.drones[2].pos[2] = 2.5
    bench.event(1, 2, point=(6, 0, 2.6)).ball(5.0, 0.0, 2.5)
    reward = bench.referee()
    assert reward[2] == pytest.approx(10 * 1 + 0.05 / 1.5)  # it may not touch again
    assert reward[0] == pytest.approx(10 * 1 + 0.05)
    assert reward[3:] == pytest.approx(0.05)
    bench = match(3, "benchmark")
    assert bench.referee()[2] == pytest.approx(0.5 / (1 + 3.0) + 0.05)
    assert bench.referee()[0] == pytest.approx(0.05)


@pytest.mark.parametrize(("rules", "crash"), [("benchmark", -100), ("sport", 0)])
def test_results_and_crashes_by_hand(rules, crash):
    bench = match(3, rules, shaping=False)
    bench.world.drones[4].pos[2] = 0.2
    reward = bench.referee()
    result = 0 if rules == "benchmark" else 100
    assert reward == pytest.approx([result] * 3 + [-result, -result + crash, -result])


def test_weights_of_ones_own():
    bench = match(3, "benchmark", weights={"station": 2.0, "approach": 0.0})
    assert bench.referee() == pytest.approx([2.0] * 6)
    assert bench.world.drones[0].returns[3] == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("pos", "penalty"),
    [((1.5, 0, 2), 0.5), ((0.2, 0.5, 2), 0.3), ((2.9, 0.5, 2), 0.4), ((1.5, 1.2, 2), 0.2), ((1.5, 0.6, 3.25), 0.25)],
)
def test_one_against_one_station_penalty(pos, penalty):
    bench = match(1, "benchmark", weights={"approach": 0.0})
    bench.world.drones[0].pos[:] = pos
    assert bench.referee()[0] == pytest.approx(-0.2 * penalty)


def test_one_against_one_approach_is_horizontal():
    bench = match(1, "benchmark", weights={"station": 0.0})
    bench.ball(*(bench.world.drones[0].pos + (0.3, 0.4, 1.0)))
    assert bench.referee() == pytest.approx([0.5 / 1.5, 0.0])
    assert bench.touch(0).world.drones[0].term[1] == 1.0


# -- observations --------------------------------------------------------------------------------------------------------


@SIZES
@pytest.mark.parametrize("team", [0, 1])
def test_observations_by_name(n, team):
    bench = scrambled(n)
    world, turn = bench.world, np.array([1, 1, 1]) * ((-1, -1, 1) if team else 1)
    i = team * n + n - 1
    drone, ball = world.drones[i], world.ball
    anchor = np.array(ANCHORS[n][n - 1], float)
    see, r = bench.see(i), rotation(drone.quat)
    expected = {
        "position": drone.pos * turn,
        "velocity": drone.vel * turn,
        "angular_velocity": r @ drone.rate * turn,
        "heading": r[:, 0] * turn,
        "up": r[:, 2] * turn,
        "throttle": 2 * drone.rotor - 1,
        "from_anchor": drone.pos * turn - anchor,
        "ball_velocity": ball.vel * turn,
    }
    may = team == (0 if n == 1 else 1)  # blue's first drone has received
    if n == 1:
        expected |= {"to_opponent": (world.drones[1 - i].pos - drone.pos) * turn, "from_ball": (drone.pos - ball.pos) * turn}
        expected["turn"] = [may, not may]
    else:
        own, other = world.drones["pos"][team * n : team * n + n], world.drones["pos"][(1 - team) * n : (1 - team) * n + n]
        expected |= {"to_ball": (ball.pos - drone.pos) * turn, "ball_side": [team == 1, team == 0], "identity": np.eye(n)[n - 1]}
        expected |= {"touched": [may, not may], "positions": (np.concatenate([own, other]) * turn).ravel()}
    for name, value in expected.items():
        assert see[name] == pytest.approx(np.array(value, float)), name
    assert rotation(see["quaternion"]) == pytest.approx(np.diag(turn) @ r)
    assert see["quaternion"][0] >= 0.0  # of the two signs the published one
    assert sum(len(v) for v in see.values()) == {1: 37, 2: 50, 3: 57, 6: 78}[n]

    view = bench.see(i, "match")
    expected = {
        "position": drone.pos * turn,
        "rate": drone.rate,
        "throttle": drone.rotor,
        "anchor": anchor,
        "ball": ball.pos * turn,
        "ball_velocity": ball.vel * turn,
        "ball_spin": ball.spin * turn,
        "ball_constants": [0.1, 0.0, 0.8],
        "court": [bench.params.half_length, bench.params.half_width, 2.43],
        "identity": np.eye(n)[n - 1],
        "may_touch": [may],
        "our_ball": [team],
        "our_touches": [team],
        "serving": [0],
        "server": [0],
        "touched": [drone.touched],
    }
    for name, value in expected.items():
        assert view[name] == pytest.approx(np.array(value, float)), name
    foes = view["foes"].reshape(n, 6)
    assert foes[0, :3] == pytest.approx(world.drones[(1 - team) * n].pos * turn)
    assert foes[0, 3:] == pytest.approx(world.drones[(1 - team) * n].vel * turn)
    if n > 1:
        mate = world.drones[team * n]
        assert view["mates"].reshape(n - 1, 7)[0] == pytest.approx([*(mate.pos * turn), *(mate.vel * turn), mate.touched])


def test_serve_flags():
    bench = match(3)
    assert bench.see(2, "match")["server"] == [1]
    assert bench.see(2, "match")["may_touch"] == [1]
    assert bench.see(1, "match")["serving"] == [1]
    assert bench.see(1)["touched"].tolist() == [0, 1]  # published: (not yet, already), and who may not serve counts as already
    assert bench.see(2)["touched"].tolist() == [1, 0]
    exact = match(3, "benchmark")  # without jitter: both servers face the net, and both see the same attitude
    assert exact.see(2)["quaternion"] == pytest.approx([1, 0, 0, 0])
    assert exact.see(5)["quaternion"] == pytest.approx([1, 0, 0, 0], abs=1e-12)
    assert bench.see(4, "match")["serving"] == [0]


# -- symmetry ------------------------------------------------------------------------------------------------------------


def assert_same(a, b, tolerance=1e-12):
    """World records equal but for rounding and the sign of quaternions; events aside."""
    for name in a.dtype.names:
        if name in ("drones", "ball"):
            for field in a[name].dtype.names:
                x, y = a[name][field], b[name][field]
                if field == "quat":
                    y = y * np.sign((x * y).sum(-1))[..., None]
                assert x == pytest.approx(y, abs=tolerance), f"{name}.{field}"
        elif name != "events":
            assert np.array_equal(a[name], b[name]), name


@SIZES
def test_mirrored_twice_is_the_identity(n):
    world = scrambled(n).world
    assert_same(mirrored(mirrored(world)), world, 0.0)


@SIZES
@pytest.mark.parametrize("rules", ["benchmark", "sport"])
@pytest.mark.parametrize("physics", ["benchmark", "fine"])
def test_the_mirror_commutes_with_steps_rewards_and_observations(n, rules, physics):
    """A ball that falls on a drone, so that contacts are in it too."""
    bench, image = (scrambled(n, 3, rules=rules, physics=physics) for _ in range(2))
    for drone in bench.world.drones:
        drone.rate *= 0.1
        drone.vel *= 0.1
    bench.world.ball.pos[:] = bench.world.drones[2 * n - 1].pos + (0.03, 0.02, 0.3)
    bench.world.ball.vel[:] = (0.5, 0.2, -4.0)
    image.world = mirrored(bench.world)
    rng, other, touches = np.random.default_rng(n), np.r_[n : 2 * n, 0:n], 0
    for _ in range(6):
        actions = rng.uniform(-0.2, 0.6, (2 * n, 4))
        reward, turned = bench.step(actions), image.step(actions[other])
        touches += bench.world.n_events
        assert turned[other] == pytest.approx(reward, abs=1e-9)
        assert_same(image.world, mirrored(bench.world), 1e-10)
        for view in ("benchmark", "match"):
            for i in (0, n):
                a, b = bench.see(i, view), image.see(other[i], view)
                for name in a:
                    sign = np.sign(a[name] @ b[name]) if name == "quaternion" else 1.0
                    assert a[name] == pytest.approx(sign * b[name], abs=1e-10), name
    assert touches > 0


@SIZES
def test_a_mirrored_serve_is_the_other_teams(n):
    bench, image = match(n, "benchmark", weights={}), match(n, "benchmark")
    image.world = mirrored(bench.world)
    for name in ("serve_team", "side", "next_serve"):
        assert (bench.world[name], image.world[name]) == (0, 1)
    assert image.world.server == bench.world.server + n
    for i in range(2 * n):
        a, b = bench.see(i, "match"), image.see((i + n) % (2 * n), "match")
        assert all(a[k] == pytest.approx(b[k], abs=1e-12) for k in ("serving", "server", "may_touch", "our_ball", "ball"))
