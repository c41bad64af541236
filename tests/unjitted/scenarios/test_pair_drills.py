"""Bump and pass, set and spike: touches in turn, every reward term and every end, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from handmade import Bench

from skyrally.errors import SkyrallyError
from skyrally.physics.records import BALL_BOARD, BALL_NET, BODY, RACKET
from skyrally.scenarios import board, spike_parts
from skyrally.scenarios.mirror import half_turn_quat
from skyrally.scenarios.pair import SAME_TOUCH
from skyrally.scenarios.registry import find

PASS, EASY, HARD = "bump-and-pass", "set-and-spike-easy", "set-and-spike-hard"


def bench_of(name, shaping=False, **options):
    """A bench with both drones on their anchors and the ball where nothing is rewarded."""
    bench = Bench(name, shaping=shaping, **options)
    for i in range(2):
        bench.world.drones[i].pos[:] = bench.module.ANCHORS[i] if name == PASS else SPOTS[i]
    bench.world.step = 50
    return bench.ball(4.5, -2.5, 3.0) if name == PASS else bench.ball(2.0, -2.5, 3.5)


SPOTS = ((2.0, -2.5, 2.5), (2.0, 2.5, 3.5))


def touch(bench, who, later=20, kind=RACKET, vel=(0.0, 0.0, 5.0)):
    """The rewards of a touch `later` steps on, after which the ball flies with `vel`."""
    bench.world.step += later
    bench.clear()
    bench.event(kind, who)
    bench.world.ball.vel[:] = vel
    return list(bench.referee())


def quiet(bench):
    """The rewards of the next step, in which nothing is touched."""
    bench.world.step += 1
    bench.clear()
    return list(bench.referee())


@pytest.mark.parametrize(("name", "turns"), [(PASS, 2), (EASY, 3), (HARD, 3)])
def test_start_and_observation(name, turns):
    bench = Bench(name)
    anchors = bench.module.ANCHORS if name == PASS else SPOTS
    drones, ball = bench.world.drones, bench.world.ball
    for i in range(2):
        assert (np.abs(drones[i].pos - anchors[i]) <= (0.5, 0.5, 0.2)).all()
        see = bench.see(i)
        assert see["from_anchor"] == pytest.approx(drones[i].pos - anchors[i])
        assert see["to_mate"] == pytest.approx(drones[1 - i].pos - drones[i].pos)
        assert see["from_ball"] == pytest.approx(drones[i].pos - ball.pos)
        assert list(see["turn"]) == [1.0] + [0.0] * (turns - 1)
        assert list(see["identity"]) == [1.0 - i, float(i)]
        assert sum(map(len, see.values())) == 37 + turns
    assert ball.pos == pytest.approx(drones[0].pos + np.array((0, 0, 2)))
    bench.world.step = 800
    bench.referee()
    assert (bench.world.truncated, bench.world.terminated) == (1, 0)


# -- touches, in all three ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "pay"), [(PASS, 1.0), (EASY, 5.0), (HARD, 5.0)])
def test_hits_in_turn_pay_both(name, pay):
    bench = bench_of(name)
    assert touch(bench, 0) == [pay, pay]
    assert bench.world.turn == 1
    assert touch(bench, 1) == [pay, pay]
    assert bench.world.terminated == 0


@pytest.mark.parametrize("name", [PASS, EASY, HARD])
@pytest.mark.parametrize(("who", "kind"), [(1, RACKET), (0, BODY), (1, BODY)])
def test_out_of_turn_or_with_the_airframe_is_wrong(name, who, kind):
    bench = bench_of(name)
    reward = touch(bench, who, kind=kind)
    assert reward[who] == -10.0
    assert reward[1 - who] == 0.0
    assert (bench.world.terminated, bench.world.turn) == (1, 0)


@pytest.mark.parametrize("name", [PASS, EASY, HARD])
def test_a_touch_soon_after_is_the_same_touch(name):
    bench = bench_of(name)
    touch(bench, 0)
    assert touch(bench, 0, later=SAME_TOUCH) == [0.0, 0.0]
    assert touch(bench, 0, later=SAME_TOUCH, kind=BODY) == [0.0, 0.0]
    assert bench.world.terminated == 0
    assert touch(bench, 0, later=SAME_TOUCH + 1)[0] == -10.0


def test_racket_and_airframe_in_one_step_are_wrong():
    bench = bench_of(PASS)
    bench.event(BODY, 0)
    bench.event(RACKET, 0)
    assert list(bench.referee()) == [-10.0, 0.0]


@pytest.mark.parametrize("name", [EASY, HARD])
def test_nobody_may_touch_after_the_spike(name):
    bench = bench_of(name)
    touch(bench, 0)
    touch(bench, 1)
    assert bench.world.turn == 2
    assert touch(bench, 0)[0] == -10.0


# -- ball and drone ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [PASS, EASY, HARD])
@pytest.mark.parametrize(
    ("pos", "lost"),
    [
        ((4.0, 0.5, 0.19), True),
        ((4.0, 0.5, 16.01), True),
        ((0.09, 0.5, 2.4), True),
        ((9.01, 0.5, 3.0), True),
        ((4.0, -4.51, 3.0), True),
        ((-3.0, 4.51, 3.0), True),
        ((0.13, 0.5, 2.4), False),
        ((0.05, 0.5, 2.44), False),
        ((4.0, 0.5, 15.9), False),
    ],
)
def test_ball_faults_cost_both(name, pos, lost):
    bench = bench_of(name).ball(*pos)
    bench.world.turn = 0
    assert list(bench.referee()) == ([-10.0, -10.0] if lost else [0.0, 0.0])
    assert bench.world.terminated == lost


@pytest.mark.parametrize(("height", "lost"), [(2.0, True), (2.43, False)])
def test_a_ball_too_fast_to_be_seen_in_the_net_is_seen(height, lost):
    bench = bench_of(PASS).ball(-0.4, 0.5, height)
    bench.event(BALL_NET, point=(0.02, 0.5, height))
    bench.referee()
    assert bench.world.terminated == lost


@pytest.mark.parametrize(
    ("name", "pos", "lost"),
    [
        (PASS, (4.5, 2.5, 0.39), True),
        (PASS, (0.19, 2.5, 2.4), True),
        (PASS, (-0.19, 2.5, 2.0), True),
        (PASS, (0.1, 2.5, 2.44), False),
        (PASS, (-3.0, 2.5, 2.0), False),
        (EASY, (2.0, 2.5, 0.19), True),
        (EASY, (2.0, 2.5, 0.3), False),
        (EASY, (-0.01, 2.5, 3.0), True),
        (HARD, (2.0, 2.5, 0.39), True),
        (HARD, (2.0, 2.5, 0.41), False),
        (HARD, (-0.01, 2.5, 3.0), True),
    ],
)
def test_drone_faults(name, pos, lost):
    """Bump and pass charges the drone itself, set and spike both."""
    bench = bench_of(name, weights={"strayed": 0.0})
    bench.world.drones[1].pos[:] = pos
    mate = -10.0 if lost and name != PASS else 0.0
    assert list(bench.referee()) == [mate, -10.0 if lost else 0.0]
    assert bench.world.terminated == lost


@pytest.mark.parametrize("name", [PASS, EASY, HARD])
def test_straying_costs_beyond_half_a_metre(name):
    bench = bench_of(name)
    bench.world.drones[0].pos[1] += 0.49
    assert list(bench.referee()) == [0.0, 0.0]
    bench.world.drones[0].pos[1] += 1.01
    assert list(bench.referee()) == pytest.approx([-0.05 * 0.5] * 2)


# -- bump and pass -----------------------------------------------------------------------------------------------------


def test_bumps_are_counted():
    bench = bench_of(PASS)
    for k in range(5):
        touch(bench, k % 2)
    assert (bench.world.bumps, bench.world.turn) == (5, 1)


def test_high_passes_pay_once_each():
    bench = bench_of(PASS)
    assert quiet(bench.ball(4.5, 0.05, 4.1)) == [1.0, 1.0]
    assert quiet(bench.ball(4.5, 0.0, 4.1)) == [0.0, 0.0]
    quiet(bench.ball(4.5, 0.5, 4.1))
    bench.world.step += 3
    assert quiet(bench.ball(4.5, -0.1, 3.99)) == [0.0, 0.0]
    bench.world.step += 4
    assert quiet(bench.ball(4.5, -0.05, 4.01)) == [1.0, 1.0]
    assert bench.world.high_passes == 2


def test_pass_shaping():
    bench = bench_of(PASS, shaping=True, weights={"hit": 0.0, "strayed": 0.0}).ball(4.5, -1.5, 3.0)
    assert list(bench.referee()) == pytest.approx([0.05 * 0.5 * (1 / 2 - 1 / 5)] * 2)
    near = 0.05 * 0.5 * (1 / 5 - 1 / 2)  # the turn has passed on
    assert touch(bench, 0, vel=(0.0, 3.0, 5.0)) == pytest.approx([near + 1.0, near])
    assert touch(bench, 1, vel=(3.0, -3.0, 5.0)) == pytest.approx([-near, -near + math.sqrt(0.5)])


# -- set and spike -----------------------------------------------------------------------------------------------------


def spiked(name, shaping=False, down=-1.0, **options):
    """A bench after set and spike, and what the spike paid."""
    bench = bench_of(name, shaping, **options)
    touch(bench, 0)
    return bench, touch(bench, 1, vel=(-6.0, 0.0, down))


def test_only_a_downward_spike_is_one():
    assert spiked(EASY)[1] == [10.0, 10.0]
    bench, reward = spiked(EASY, down=0.5)
    assert reward == [5.0, 5.0]
    assert (bench.world.was_set, bench.world.spiked, bench.world.success) == (1, 0, 0.25)


def test_the_crossing_pays_once_and_with_turn_2_only():
    bench, _ = spiked(EASY)
    assert quiet(bench.ball(0.5, 0.0, 3.0)) == [0.0, 0.0]
    assert quiet(bench.ball(-0.1, 0.0, 3.0)) == [5.0, 5.0]
    assert quiet(bench.ball(-0.5, 0.0, 3.0)) == [0.0, 0.0]
    assert bench.world.success == 0.75
    early = bench_of(EASY)
    quiet(early.ball(0.5, 0.0, 3.0))
    assert quiet(early.ball(-0.5, 0.0, 3.0)) == [0.0, 0.0]


@pytest.mark.parametrize(("spot", "hits"), [((-4.5, 0.0), 1), ((-5.0, 0.8), 1), ((-5.55, 0.0), 0), ((-4.5, 1.05), 0)])
def test_the_target_of_easy(spot, hits):
    bench, _ = spiked(EASY)
    quiet(bench.ball(-0.5, 0.0, 3.0))
    assert quiet(bench.ball(*spot, 0.15)) == [5.0 * hits - 10.0] * 2
    assert (bench.world.on_target, bench.world.success, bench.world.terminated) == (hits, 0.75 + 0.25 * hits, 1)


def test_the_target_counts_with_turn_2_only():
    bench = bench_of(EASY)
    touch(bench, 0)
    quiet(bench.ball(-4.5, 0.0, 0.15))
    assert bench.world.on_target == 0


def test_spike_shaping():
    """near: (1, 0), (-1, 1), (0, -1) by turn; aim at the attacker, then at the target; power; landing."""
    bench = bench_of(EASY, shaping=True, weights={"hit": 0.0, "spike": 0.0, "cross": 0.0, "ball": 0.0, "target": 0.0})
    bench.ball(2.0, -1.5, 3.0)
    assert quiet(bench) == pytest.approx([0.025 / 2] * 2)
    near = 0.025 * (1 / 5 - 1 / 2)
    assert touch(bench, 0, vel=(0.0, 2.0, 5.0)) == pytest.approx([near + 1.0, near])
    shared = -0.025 / 5 + 0.2 * (5.0 + 3.0)
    cosine = 6.5 / math.hypot(6.5, 2.5)
    assert touch(bench, 1, vel=(-3.0, 0.0, -3.0)) == pytest.approx([shared, shared + cosine])
    far = -0.025 / (1 + math.hypot(6.5 + 3.0, 2.5))
    assert quiet(bench.ball(-7.5, 0.0, 0.15)) == pytest.approx([far + 0.2 * 7.0] * 2)


def test_hard_does_not_add_the_landing_term():
    bench, _ = spiked(HARD, shaping=True, weights={"near": 0.0, "ball": 0.0})
    quiet(bench.ball(-0.5, 0.0, 3.0))
    assert quiet(bench.ball(-4.5, 0.0, 0.15)) == [0.0, 0.0]


# -- the board of hard -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("engaged", "returned", "pos", "target"), [
    (1, 0, (-6.0, 0.0, 0.15), 1),
    (0, 0, (-6.0, 0.0, 0.15), 0),
    (1, 1, (3.0, 1.0, 0.15), 0),
    (1, 1, (0.05, 1.0, 2.0), 1),
    (1, 1, (3.0, 4.6, 2.0), 1),
    (1, 0, (-9.1, 0.0, 2.0), 0),
])  # fmt: skip
def test_the_target_of_hard(engaged, returned, pos, target):
    bench, _ = spiked(HARD)
    quiet(bench.ball(-0.5, 0.0, 3.0))
    bench.world.board.engaged, bench.world.board.returned = engaged, returned
    quiet(bench.ball(*pos))
    assert (bench.world.on_target, bench.world.success) == (target, 0.75 + 0.25 * target)


def defending(pos=(-0.5, 0.5, 3.5), vel=(-4.0, 0.0, -1.0), turn=2):
    bench = bench_of(HARD)
    bench.world.turn = turn
    bench.ball(*pos, vel)
    board.defend(bench.world, bench.params)
    return bench


@pytest.mark.parametrize(("changed", "engaged"), [
    ({}, 1),
    ({"turn": 1}, 0),
    ({"vel": (-1.9, 0.0, -1.0)}, 0),
    ({"vel": (-4.0, 0.0, 0.1)}, 0),
    ({"pos": (-0.5, 0.5, 1.19)}, 0),
    ({"vel": (-20.0, 0.0, -1.0)}, 0),
    ({"vel": (-4.0, 8.0, -1.0)}, 0),
    ({"pos": (2.0, 0.5, 3.5)}, 1),
    ({"pos": (3.0, 0.5, 3.5)}, 0),
])  # fmt: skip
def test_when_the_board_goes_for_the_ball(changed, engaged):
    assert defending(**changed).world.board.engaged == engaged


def test_the_board_waits_until_then():
    bench = defending(turn=1)
    board.move_and_hit(bench.world, bench.params)
    assert list(bench.world.board.pos) == [-4.0, 0.0, 0.5]
    assert list(bench.world.board.quat) == [1.0, 0.0, 0.0, 0.0]


def test_the_board_meets_the_ball_and_returns_it():
    """It arrives with the ball, hits it once, and the ball flies about where it aims: over the net, to (3, 1)."""
    bench = defending()
    for _ in range(200):
        bench.step(0.24)
        board_is, ball = bench.world.board, bench.world.ball
        if board_is.state == board.DONE:
            break
        assert np.linalg.norm(board_is.vel) <= board.TOP_SPEED
        assert np.abs(board_is.tilt_rate).max() <= board.TOP_RATE
    assert board_is.returned == 1
    assert [event.kind for event in bench.world.events[: bench.world.n_events]] == [BALL_BOARD]
    assert ball.vel[0] > 0.0
    t = (ball.vel[2] + math.sqrt(ball.vel[2] ** 2 + 2 * 9.81 * (ball.pos[2] - 1.3))) / 9.81
    assert ball.pos[:2] + t * ball.vel[:2] == pytest.approx([3.0, 1.0], abs=1.0)


def test_a_fast_ball_far_away_beats_the_board():
    bench = defending(pos=(-0.3, 4.0, 2.7), vel=(-2.1, 0.0, -6.0))
    while not bench.world.terminated:
        bench.step(0.24)
    assert (bench.world.board.engaged, bench.world.board.returned, bench.world.on_target) == (1, 0, 1)


def test_the_board_rests_after_its_hit():
    bench = defending()
    bench.world.board.state = board.DONE
    board.move_and_hit(bench.world, bench.params)
    assert list(bench.world.board.pos) == list(board.HOME)


# -- what only training uses ---------------------------------------------------------------------------------------------


def anchor_of(bench):
    """(x, y, z) of drone_1."""
    return getattr(bench.module, "ANCHORS", spike_parts.ANCHORS)[1]


def time_left(world, height):
    """s until the freely flying ball falls through a height."""
    rise, fall = world.ball.vel[2], 2.0 * 9.81 * (world.ball.pos[2] - height)
    return (rise + math.sqrt(rise**2 + fall)) / 9.81


def comes_down(world, height):
    """(x, y) where it does."""
    return world.ball.pos[:2] + world.ball.vel[:2] * time_left(world, height)


@pytest.mark.parametrize(("name", "receivers"), [(PASS, {0, 1}), (EASY, {1}), (HARD, {1})])
def test_practice_begins_with_a_pass_that_comes_down_at_its_receiver(name, receivers):
    seen, far = set(), []
    for seed in range(60):
        world = Bench(name, seed=seed, practice=1.0).world
        seen.add(int(world.turn))
        receiver = world.drones[world.turn].pos
        far.append(np.abs(comes_down(world, receiver[2]) - receiver[:2]).max())
        assert world.drones[world.turn].to_place == pytest.approx(np.linalg.norm(comes_down(world, receiver[2]) - receiver[:2]))
        assert 0.75 < time_left(world, receiver[2]) < 2.0
        assert np.linalg.norm(world.ball.pos - world.drones[1 - world.turn].pos) > 0.4
    assert seen == receivers
    assert np.mean(np.array(far) < 0.25) > 0.15
    assert 0.7 < max(far) <= 1.0


def test_practice_is_a_share_and_shifts_no_other_draw():
    turns = []
    for seed in range(60):
        usual, other = Bench(PASS, seed=seed).world, Bench(PASS, seed=seed, practice=0.5).world
        assert np.array_equal(usual.drones["pos"], other.drones["pos"])
        assert np.array_equal(usual.drones["quat"], other.drones["quat"])
        turns.append(bool(other.ball.vel.any()))
    assert 15 < sum(turns) < 45


@pytest.mark.parametrize("name", [PASS, EASY, HARD])
def test_practice_tilt_is_a_share_of_starts_with_a_steep_first_drone(name):
    steep = []
    for seed in range(60):
        usual, other = Bench(name, seed=seed).world, Bench(name, seed=seed, practice_tilt=0.5).world
        assert np.array_equal(usual.drones["pos"], other.drones["pos"])
        assert np.array_equal(usual.drones["quat"][1], other.drones["quat"][1])
        steep.append(not np.array_equal(usual.drones["quat"][0], other.drones["quat"][0]))
        if steep[-1]:
            before, after = tilts(usual.drones["quat"][0]), tilts(other.drones["quat"][0])
            assert np.array_equal(np.sign(before), np.sign(after))
            assert ((np.abs(after) > 0.06 * np.pi) & (np.abs(after) < 0.1 * np.pi)).all()
    assert 15 < sum(steep) < 45
    assert find(name).judged({"practice_tilt": 0.5}) == {}


def tilts(quat):
    """(roll, pitch), rad."""
    w, x, y, z = quat
    return np.arctan2(2.0 * (w * x + y * z), 1.0 - 2.0 * (x * x + y * y)), np.arcsin(2.0 * (w * y - z * x))


@pytest.mark.parametrize("name", [PASS, "solo-bump"])
def test_practice_may_be_short(name):
    scenario = find(name)
    assert scenario.configure(scenario.resolved({"practice_cycles": 5}))["max_steps"] == 5
    assert scenario.configure(scenario.resolved({}))["max_steps"] == 800
    assert scenario.judged({"practice_cycles": 5, "shaping": False}) == {"shaping": False}


@pytest.mark.parametrize("name", ["practice", "practice_tilt"])
@pytest.mark.parametrize("share", [-0.1, 1.1, "half", float("nan")])
def test_practice_is_a_share_of_episodes(name, share):
    with pytest.raises(SkyrallyError, match=f"{name} is"):
        Bench(PASS, **{name: share})


@pytest.mark.parametrize("name", [PASS, EASY, HARD])
def test_place_pays_metres_come_nearer_to_where_a_drone_should_be(name):
    bench = bench_of(name, shaping=True, weights={"hit": 0.0, "place": 2.0, "near": 0.0, "strayed": 0.0, "aim": 0.0})
    (drone, mate), ball = bench.world.drones, bench.world.ball
    ball.pos[:] = drone.pos + np.array((1.0, 0.0, 2.0))
    ball.vel[:] = 1.0 / math.sqrt(2.0 * 2.0 / 9.81), 0.0, 0.0  # falls 2 m while it flies 1 m on: comes down 2 m away
    quiet(bench)
    assert drone.to_place == pytest.approx(2.0)
    assert mate.to_place == pytest.approx(np.linalg.norm((mate.pos - anchor_of(bench))[:2]))
    drone.pos[0] += 0.25
    assert quiet(bench) == pytest.approx([0.5, 0.0])
    drone.pos[0] -= 0.5
    assert quiet(bench) == pytest.approx([-1.0, 0.0])
    mate.pos[:2] = anchor_of(bench)[0], anchor_of(bench)[1] + 0.5
    quiet(bench)
    mate.pos[1] -= 0.5
    assert quiet(bench) == pytest.approx([0.0, 1.0])
    assert touch(bench, 0) == [0.0, 0.0]  # a hit pays none: the places are new
    assert mate.to_place == pytest.approx(np.linalg.norm((ball.pos - mate.pos)[:2]))
    mate.pos[1] -= 0.5
    assert quiet(bench)[1] == pytest.approx(2.0 * 0.5, rel=0.1)


@pytest.mark.parametrize("name", [EASY, HARD])
def test_when_nobody_may_touch_the_ball_all_belong_to_their_anchors(name):
    bench = bench_of(name, shaping=True, weights={"place": 2.0, "near": 0.0, "strayed": 0.0})
    bench.world.turn = 2
    quiet(bench)
    bench.world.ball.pos[0] += 1.0
    assert quiet(bench) == [0.0, 0.0]
    bench.world.drones[1].pos[:2] += (0.3, 0.0)
    assert quiet(bench)[0] == 0.0
    assert bench.world.drones[1].to_place == pytest.approx(np.linalg.norm((bench.world.drones[1].pos - anchor_of(bench))[:2]))


def test_the_own_view_shows_both_drones_the_same_drill():
    """A world and the world turned by pi about the middle of the anchors, drones exchanged: drone_1 sees there what drone_0 sees here."""
    here, there = Bench(PASS, seed=3), Bench(PASS, seed=3)
    rng = np.random.default_rng(0)
    middle = np.mean(here.module.ANCHORS, axis=0) * (1, 1, 0)
    for drone in here.world.drones:
        drone.vel[:], drone.rate[:] = rng.normal(size=3), rng.normal(size=3)
    here.ball(4.0, 1.0, 3.0)
    here.world.ball.vel[:] = 1.0, 2.0, 3.0
    for i in range(2):
        one, other = here.world.drones[i], there.world.drones[1 - i]
        other.pos[:] = middle + (one.pos - middle) * (-1, -1, 1)
        other.vel[:], other.up[:] = one.vel * (-1, -1, 1), one.up * (-1, -1, 1)
        other.rate[:], other.rotor[:] = one.rate, one.rotor
        other.quat[:] = half_turn_quat(1, one.quat)
    there.world.ball.pos[:] = middle + (here.world.ball.pos - middle) * (-1, -1, 1)
    there.world.ball.vel[:] = here.world.ball.vel * (-1, -1, 1)
    there.world.turn = 1 - here.world.turn
    for i in range(2):
        seen, mirrored = here.see(i, "own"), there.see(1 - i, "own")
        assert sum(map(len, seen.values())) == 38
        assert np.linalg.norm(seen["to_ball_meeting"][:2]) == pytest.approx(
            np.linalg.norm(comes_down(here.world, here.world.drones[i].pos[2]) - here.world.drones[i].pos[:2])
        )
        for name in seen:
            sign = -1.0 if name == "quaternion" and seen[name] @ mirrored[name] < 0.0 else 1.0
            assert mirrored[name] == pytest.approx(sign * seen[name]), name
