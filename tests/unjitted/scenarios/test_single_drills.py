"""Goto, back-and-forth, hit-the-ball and juggle: one case per rule of start, reward and end."""

# ruff: noqa: RUF005  (array + tuple is a sum)
from __future__ import annotations

import numpy as np
import pytest
from handmade import Bench

from skyrally.physics.records import BODY, RACKET
from skyrally.physics.vec import body_z

START, OTHER = np.array((4.5, 0, 2)), np.array((9, 4.5, 2))


def tilt_of(bench):
    return np.arccos(bench.world.drones[0].up[2])


def tilts(name, seeds=60, **options):
    """[seeds] rad: how far starts lean."""
    return np.array([tilt_of(Bench(name, seed=seed, **options)) for seed in range(seeds)])


# -- goto --------------------------------------------------------------------------------------------------------------


def test_goto_is_hover_from_a_steeper_start():
    goto, hover = Bench("goto", seed=3), Bench("hover", seed=3)
    assert goto.world.drones[0].pos == pytest.approx(hover.world.drones[0].pos)
    assert goto.world.drones[0].up == pytest.approx(body_z(tuple(goto.world.drones[0].quat)))
    assert tilts("hover").max() <= 0.2 * np.pi * 1.42
    assert 0.2 * np.pi * 1.42 < tilts("goto").max() <= 0.33 * np.pi * 1.42
    for bench in (goto, hover):
        bench.world.drones[0].pos[:] = (0.1, 0.2, 1.8)
        bench.world.drones[0].quat[:], bench.world.drones[0].up[:] = (1, 0, 0, 0), (0, 0, 1)
    assert goto.referee() == pytest.approx(hover.referee())
    assert sum(map(len, goto.see().values())) == 26


# -- back and forth ----------------------------------------------------------------------------------------------------


def fly_at(bench, pos):
    """One judged step with the drone at `pos`."""
    bench.world.step += 1
    bench.world.drones[0].pos[:] = pos
    return bench.referee()[0]


def test_back_and_forth_starts_at_the_first_point_and_sees_the_second():
    bench = Bench("back-and-forth")
    assert bench.world.drones[0].pos == pytest.approx(START)
    assert bench.see()["to_target"] == pytest.approx(OTHER - START)
    assert sum(map(len, bench.see().values())) == 26
    assert tilts("back-and-forth").max() <= 0.1 * np.pi * 1.42


def test_a_waypoint_is_five_consecutive_steps_and_pays_37_5():
    bench = Bench("back-and-forth", shaping=False)
    paid = [fly_at(bench, OTHER + (0.4, 0.4, 0)) for _ in range(5)]
    assert paid == pytest.approx([2.5, 5.0, 7.5, 10.0, 12.5])
    assert (bench.world.waypoints, bench.world.inside) == (1, 0)
    assert bench.see()["to_target"] == pytest.approx(START - OTHER - (0.4, 0.4, 0))
    assert fly_at(bench, OTHER) == 0.0
    for _ in range(5):
        fly_at(bench, START)
    assert bench.world.waypoints == 2


def test_leaving_the_sphere_starts_the_count_anew():
    bench = Bench("back-and-forth", shaping=False)
    for _ in range(4):
        fly_at(bench, OTHER)
    assert fly_at(bench, OTHER - (0.61, 0, 0)) == 0.0
    assert fly_at(bench, OTHER) == 2.5
    assert bench.world.waypoints == 0


def test_back_and_forth_pays_for_nearness():
    bench = Bench("back-and-forth")
    assert fly_at(bench, OTHER - (2, 0, 0)) == pytest.approx(0.5 * 0.02 * 50 / (1 + 4))
    assert fly_at(bench, OTHER) == pytest.approx(2.5 + 0.5 * 0.02 * 49)


def test_progress_is_metres_come_nearer_to_the_present_target():
    bench = Bench("back-and-forth", weights={"progress": 1.0, "near": 0.0, "inside": 0.0})
    way = np.linalg.norm(OTHER - START)
    assert fly_at(bench, OTHER - (2, 0, 0)) == pytest.approx(way - 2.0)
    assert fly_at(bench, OTHER - (3, 0, 0)) == pytest.approx(-1.0)
    assert fly_at(bench, OTHER) == pytest.approx(3.0)
    assert [fly_at(bench, OTHER) for _ in range(4)] == pytest.approx([0.0] * 4)  # the last of them turns to the other target
    assert fly_at(bench, START) == pytest.approx(way)


@pytest.mark.parametrize(
    ("pos", "ends"),
    [((9, 4.5, 0.39), 1), ((9, 4.5, 5.01), 1), ((9 - 7.51, 4.5, 2), 1), ((9 - 7.49, 4.5, 2), 0), ((9, 4.5, 0.41), 0)],
)
def test_back_and_forth_ends(pos, ends):
    bench = Bench("back-and-forth", shaping=False)
    assert (fly_at(bench, pos) == -10.0) == bool(ends)
    assert bench.world.terminated == ends


def test_back_and_forth_time_is_up():
    bench = Bench("back-and-forth")
    bench.world.step = 799
    fly_at(bench, START)
    assert (bench.world.truncated, bench.world.terminated) == (1, 0)


# -- hit the ball ------------------------------------------------------------------------------------------------------


def hit(step=10, kind=RACKET, bench=None):
    """A touch at this step, the ball then on its way up."""
    bench = bench or Bench("hit-the-ball")
    world = bench.world
    world.step, world.n_events = step, 0
    world.drones[0].pos[:], world.ball.pos[:], world.ball.vel[:] = (4.5, 0, 2), (4.4, 0, 2.2), (-5, 0, 6)
    bench.event(kind, 0)
    reward = bench.referee()[0]
    bench.clear()
    return bench, reward


def test_hit_the_ball_start():
    bench = Bench("hit-the-ball")
    drone, ball = bench.world.drones[0], bench.world.ball
    assert ball.pos == pytest.approx(drone.pos + (0, 0, 3))
    assert (np.abs(drone.pos - (4.5, 0, 2)) <= (0.5, 0.5, 0.2)).all()
    assert sum(map(len, bench.see().values())) == 32


@pytest.mark.parametrize("kind", [RACKET, BODY])
def test_a_hit_pays_and_the_landing_pays_the_distance(kind):
    bench, reward = hit(kind=kind)
    assert reward == 1.0
    bench.world.step, bench.world.ball.pos[:], bench.world.ball.vel[:] = 90, (-6.5, 0, 2.01), (-5, 0, -6)
    assert bench.referee()[0] == 0.0
    bench.world.ball.pos[:] = (-6.7, 0, 1.9)
    assert bench.referee()[0] == pytest.approx(2 * 11.2)
    assert bench.world.distance == pytest.approx(11.2)
    assert bench.world.terminated == 1


def test_a_rising_ball_has_not_landed():
    bench, _ = hit()
    bench.world.ball.pos[:], bench.world.ball.vel[:] = (4, 0, 1.5), (-5, 0, 1)
    bench.referee()
    assert (bench.world.terminated, bench.world.distance) == (0, 0.0)


def test_no_distance_without_a_hit_or_after_two():
    bench = Bench("hit-the-ball")
    bench.world.ball.pos[2], bench.world.ball.vel[2] = 1.9, -3
    assert bench.referee()[0] == 0.0
    bench, _ = hit()
    bench, reward = hit(36, bench=bench)
    assert reward == 1.0
    bench.world.ball.pos[:], bench.world.ball.vel[:] = (-6, 0, 1.9), (-5, 0, -3)
    bench.referee()
    assert (bench.world.terminated, bench.world.distance) == (0, 0.0)


def test_a_second_touch_within_25_steps_ends():
    bench, _ = hit(10)
    bench, reward = hit(35, bench=bench)
    assert reward == -10.0
    assert (bench.world.terminated, bench.world.distance) == (1, 0.0)


@pytest.mark.parametrize(
    ("drone", "ball", "reward"),
    [
        ((4.5, 0, 0.39), (4.5, 0, 3), -10 - 0.05),
        ((0.005, 0, 2), (4.5, 0, 3), -10 - 0.05),
        ((4.5, 0, 2), (4.5, 0, 0.14), -10),
        ((4.5, 0, 2), (4.5, 0, 16.01), -10),
        ((4.5, 0, 2), (-20, 12, 3), 0),
        ((4.5, 1.01, 2), (4.5, 0, 3), -0.05),
        ((4.5, 0.99, 2), (4.5, 0, 3), 0),
    ],
)
def test_hit_the_ball_ends(drone, ball, reward):
    bench = Bench("hit-the-ball")
    bench.world.drones[0].pos[:], bench.world.ball.pos[:] = drone, ball
    assert bench.referee()[0] == pytest.approx(reward)
    assert bench.world.terminated == (reward < -1)


# -- juggle ------------------------------------------------------------------------------------------------------------


def juggle(**options):
    bench = Bench("juggle", shaping=False, **options)
    bench.world.drones[0].pos[:], bench.world.drones[0].quat[:] = (0, 0, 0.945), (1, 0, 0, 0)
    bench.world.ball.pos[:], bench.world.ball.vel[:] = (0, 0, 1.5), (0, 0, 1)
    return bench


def strike(bench, step, z=1.0, x=0.0, kind=RACKET):
    bench.world.step = step
    bench.clear()
    bench.event(kind, 0, point=(x, 0, z))
    reward = bench.referee()[0]
    bench.clear()
    return reward


def top(bench, z):
    """The ball begins to fall at z."""
    bench.world.ball.pos[2], bench.world.ball.vel[2] = z, -0.1
    reward = bench.referee()[0]
    bench.world.ball.vel[2] = 1.0
    return reward


def test_juggle_start():
    for seed in range(20):
        bench = Bench("juggle", seed=seed)
        drone, ball = bench.world.drones[0], bench.world.ball
        assert (np.abs(drone.pos - (0, 0, 0.945)) <= 0.07).all()
        assert ball.pos[:2] == pytest.approx((0, 0))
        assert 1.5 <= ball.pos[2] < 2.0
        assert drone.up[2] == pytest.approx(1.0)
    assert bench.params.airframe.mass == pytest.approx(0.9505)
    assert bench.params.ball.drag > 0


def test_a_hit_in_its_band_pays_50_a_central_one_10_more():
    assert strike(juggle(), 40) == pytest.approx(60)
    assert strike(juggle(), 40, x=0.075) == pytest.approx(55)
    assert strike(juggle(), 40, z=1.16) == pytest.approx(10)
    assert strike(juggle(), 40, z=0.84) == pytest.approx(10)


def test_an_apex_in_its_band_pays_50_once_and_the_next_hit_100_more():
    bench = juggle()
    assert top(bench, 1.7) == 0.0  # no hit before it
    strike(bench, 40)
    assert top(bench, 1.7) == 50.0
    assert top(bench, 1.7) == 0.0
    assert strike(bench, 80) == pytest.approx(160)
    assert top(bench, 1.9) == 0.0
    assert strike(bench, 120) == pytest.approx(60)
    assert bench.world.hits == 3


def test_hits_are_racket_touches_35_steps_after_any_touch():
    bench = juggle()
    strike(bench, 40)
    assert strike(bench, 74) == 0.0
    assert strike(bench, 108) == 0.0  # 34 after the last touch, whatever that counted
    assert strike(bench, 143) == pytest.approx(60)
    assert strike(bench, 180, kind=BODY) == 0.0
    assert strike(bench, 214) == 0.0
    assert bench.world.hits == 2
    assert bench.world.terminated == 0


@pytest.mark.parametrize(
    ("drone", "ball", "ends"),
    [
        ((0, 0, 0.29), (0, 0, 1.5), 1),
        ((0, 0, 2.01), (0, 0, 1.5), 1),
        ((0, 2.01, 1), (0, 0, 1.5), 1),
        ((0, 0, 1), (0, 0, 0.19), 1),
        ((0, 0, 1), (0, 0, 3.01), 1),
        ((0, 0, 1), (2.01, 0, 1.5), 1),
        ((0, 1.99, 1), (1.99, 0, 1.5), 0),
    ],
)
def test_juggle_ends(drone, ball, ends):
    bench = juggle()
    bench.world.drones[0].pos[:], bench.world.ball.pos[:] = drone, ball
    assert bench.referee()[0] == pytest.approx(-100.0 * ends)
    assert bench.world.terminated == ends


def test_juggle_shaping_is_smoothness_and_drift():
    bench = Bench("juggle")
    bench.step((0.0, 0.0, 0.0, 0.0))
    bench.world.drones[0].pos[:], bench.world.ball.pos[:] = (0.3, 0.4, 1), (0, 0.2, 1.5)
    bench.world.drones[0].change = 1.0
    assert bench.referee()[0] == pytest.approx(2 * np.exp(-1) - 0.5 * 0.2 - 0.5 * 0.5)
    bench.step((0.3, 0.0, 0.0, -0.4))
    assert bench.world.drones[0].change == pytest.approx(0.5)


def test_juggle_sees_velocities_two_steps_late():
    bench = Bench("juggle")
    seen, true = [], []
    for _ in range(6):
        bench.step((0.1, 0.2, 0.0, 0.0))
        seen.append(np.concatenate([bench.see()["velocity"], bench.see()["ball_velocity"]]))
        true.append(np.concatenate([bench.world.drones[0].vel, bench.world.ball.vel]))
    assert np.array(seen[2:]) == pytest.approx(np.array(true[:-2]))
    assert seen[0] == pytest.approx(np.zeros(6))
    assert sum(map(len, bench.see().values())) == 32
