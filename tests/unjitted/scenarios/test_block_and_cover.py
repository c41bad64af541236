"""Block and cover-mate: their starts, what they pay and how they end. What all skills share is in test_skills.py."""

from __future__ import annotations

import numpy as np
import pytest
from handmade import Bench

from skyrally.errors import SkyrallyError
from skyrally.physics.records import DRONE_NET, RACKET


def paid(bench) -> dict[str, float]:
    """The raw terms of a judged step."""
    bench.referee()
    names = [term.name for term in bench.scenario.terms({})]
    return dict(zip(names, bench.world.drones[0].term, strict=True))


def verdict(bench) -> tuple[int, int]:
    return int(bench.world.terminated), int(bench.world.success)


def place(bench, pos) -> None:
    drone = bench.world.drones[0]
    drone.pos[:], drone.quat[:], drone.up[:] = pos, (1, 0, 0, 0), (0, 0, 1)


# -- block -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("starts", ["drawn", "matches"])
def test_a_blocker_begins_lined_up_with_an_attack_over_the_net(starts):
    """The ball passes over the net, and falls where and to the height that is told within reach of the drone."""
    heights = []
    for seed in range(30):
        bench = Bench("block", seed=seed, starts=starts)
        world, post, see = bench.world, bench.world.drones[0].pos.copy(), bench.see()
        ball, height = world.ball, float(world.meet[2])
        assert ball.vel[0] > 0
        t = -ball.pos[0] / ball.vel[0]
        assert ball.pos[2] + ball.vel[2] * t - 4.905 * t * t > 2.43 + 0.1
        assert 2.6 <= round(height, 6) <= 3.2
        assert see["order_height"] == pytest.approx(height)
        assert see["order_apex"] == pytest.approx(4.3)
        assert see["ball"] - see["from_target"] == pytest.approx(world.target)
        assert post[0] >= 0.8
        where, _ = bench.fall(height)
        if starts == "drawn":
            assert where == pytest.approx(world.meet, abs=0.2)
        assert np.abs(where[:2] - post[:2]).max() < 1.3
        heights.append(height)
    assert np.std(heights) > 0.02


def test_a_block_has_no_published_start():
    with pytest.raises(SkyrallyError, match="starts"):
        Bench("block", starts="published")


def test_attacks_to_block_come_down_in_the_own_court():
    for seed in range(20):
        where, _ = Bench("block", seed=seed).fall(0.2)
        assert 2.8 < where[0] < 5.4
        assert abs(where[1]) < 2.4


def blocking(ball, vel=(0, 0, -1), hit_at=None) -> Bench:
    """A blocker by the net at step 10 with a ball where it is told; already hit if `hit_at` is the step of it."""
    bench = Bench("block")
    bench.world.step = 10
    place(bench, (1.5, 0, 2.2))
    if hit_at is not None:
        bench.world.hit_step = hit_at
    return bench.ball(*ball, vel=vel)


@pytest.mark.parametrize(("z", "wrong"), [(2.44, 0), (2.42, 1)])
def test_a_block_is_a_touch_above_the_net(z, wrong):
    bench = blocking(ball=(1.4, 0, z), vel=(-2, 0, 3)).event(RACKET, 0)
    assert paid(bench)["wrong"] == wrong
    assert verdict(bench) == (wrong, 0)


@pytest.mark.parametrize(("ball", "court"), [((-3, 2.9), 1), ((-3, 3.1), 0), ((-6.1, 0), 0), ((0.5, 0), 0)])
def test_a_block_succeeds_anywhere_in_the_far_court(ball, court):
    terms = paid(bench := blocking(ball=(*ball, 0.1), vel=(-2, 0, -5), hit_at=5))
    assert (terms["court"], terms["aim"], terms["wrong"]) == (court, 1, 0)
    assert verdict(bench) == (1, court)


def test_a_blocker_in_the_net_is_lost():
    terms = paid(bench := blocking(ball=(-3, 0, 0.1), hit_at=5).event(DRONE_NET, 0))
    assert terms["drone"] == 1
    assert verdict(bench) == (1, 0)


# -- cover-mate --------------------------------------------------------------------------------------------------------


def covering(pos=None, ball=(2.0, 1.0, 5.0), vel=(0, 0, -1)) -> Bench:
    """A drone at its place (2 m from the attack at (2, 1) towards the post), or at `pos`; the mates are far away."""
    bench = Bench("cover-mate")
    world = bench.world
    world.step = 10
    world.clear[:], world.target[:] = (2.0, 1.0, 3.4), (5.0, 1.0, 1.8)
    world.mate_from[:] = world.mate_to[:] = ((2.0, -2.0, 2.0), (5.0, -2.0, 2.0))
    place(bench, pos or (4.0, 1.0, 1.8))
    return bench.ball(*ball, vel=vel)


def test_a_cover_begins_apart_from_its_mates_and_not_far_from_its_place():
    for seed in range(40):
        bench = Bench("cover-mate", seed=seed)
        world, see = bench.world, bench.see()
        mates = see["keep_away"].reshape(2, 3)
        assert np.hypot(*mates[:, :2].T).min() > 0.9
        assert np.linalg.norm(mates[0]) <= np.linalg.norm(mates[1])
        assert world.drones[0].pos + see["to_target"] == pytest.approx(world.target)
        assert world.drones[0].pos[:2] + see["to_clear"] == pytest.approx(world.clear[:2])
        where, top = bench.fall(3.4)
        assert where[:2] == pytest.approx(world.clear[:2], abs=0.1)
        assert 4.9 < top < 6.5


def test_the_mates_fly_to_the_attack_and_off_it():
    bench = Bench("cover-mate")
    world = bench.world
    for step, share in ((0, 0.0), (25, 0.5), (50, 1.0), (90, 1.0)):
        world.step = step
        assert bench.module.mate_at(world, 0) == pytest.approx(world.mate_from[0] + share * (world.mate_to[0] - world.mate_from[0]))
    assert bench.module.mate_at(world, 1) == pytest.approx(world.mate_to[1])


@pytest.mark.parametrize(("pos", "success"), [((4.0, 1.0, 1.8), 1), ((4.0, 1.4, 1.8), 1), ((4.0, 1.6, 1.8), 0), ((2.5, 1.0, 1.8), 0)])
def test_a_cover_succeeds_at_its_place_when_the_mate_attacks(pos, success):
    terms = paid(bench := covering(pos, ball=(2.0, 1.0, 3.39)))
    assert (terms["there"], terms["wrong"]) == (success, 0)
    assert verdict(bench) == (1, success)
    assert verdict_of_a_step_before(pos) == (0, 0)


def verdict_of_a_step_before(pos):
    bench = covering(pos)
    bench.referee()
    return verdict(bench)


def test_the_post_is_the_place_where_it_is_nearer_than_the_guard():
    bench = covering()
    bench.world.target[:] = (3.0, 1.0, 1.8)
    assert bench.module.place_of(bench.world) == pytest.approx((3.0, 1.0, 1.8))


@pytest.mark.parametrize("case", ["crowd", "touch", "low", "far"])
def test_what_ends_a_cover(case):
    bench = covering((4.0, 1.0, 0.29) if case == "low" else (-0.01, 1.0, 1.8) if case == "far" else None)
    if case == "crowd":
        bench.world.mate_to[0] = bench.world.mate_from[0] = (4.0, 1.79, 1.8)
    if case == "touch":
        bench.event(RACKET, 0)
    terms = paid(bench)
    assert (terms["wrong"], terms["drone"]) == ((1, 0) if case in ("crowd", "touch") else (0, 1))
    assert verdict(bench) == (1, 0)
