"""Serve, receive, set, attack, return-ball, block and serve-receive: one case per rule of start, reward and end."""

from __future__ import annotations

import numpy as np
import pytest
from handmade import Bench

from skyrally.errors import SkyrallyError
from skyrally.physics.records import BALL_NET, BODY, RACKET
from skyrally.scenarios import skill_measures as measures
from skyrally.scenarios.skill_orders import COUNT, FOLDER, ROW

SINGLES = ("serve", "receive", "set", "attack", "return-ball", "block")
ORDERED = ("receive", "set", "attack")
TERMS = {name: [term.name for term in Bench(name).scenario.terms({})] for name in (*SINGLES, "serve-receive")}


def ready(name, pos=(4.0, 0, 2), ball=(4.0, 0, 2.15), vel=(0, 0, -1), hit_at=None, **options) -> Bench:
    """A world at step 10, under the published order, with a level drone and a ball where told; hit already if `hit_at` is its step."""
    bench = published(name, 7, **options)
    world = bench.world
    world.step = 10
    place(bench, 0, pos)
    bench.ball(*ball, vel=vel)
    if hit_at is not None:
        world.hit_step, world.apex = hit_at, ball[2]
    return bench


def published(name, seed, **options) -> Bench:
    return Bench(name, seed=seed, **({"starts": "published"} if name in ORDERED else {}), **options)


def place(bench, i, pos):
    drone = bench.world.drones[i]
    drone.pos[:], drone.quat[:], drone.up[:] = pos, (1, 0, 0, 0), (0, 0, 1)


def paid(bench, i=0) -> dict[str, float]:
    """The raw terms of a judged step."""
    bench.referee()
    return dict(zip(TERMS[bench.scenario.name], bench.world.drones[i].term, strict=True))


def verdict(bench) -> tuple[int, int]:
    return int(bench.world.terminated), int(bench.world.success)


# -- starts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "post", "spread"),
    [
        ("serve", (6, 0, 2), 0.1),
        ("receive", (4.5, 0, 1.5), 0.3),
        ("set", (2, -2, 1.8), 0.3),
        ("attack", (2, 1.5, 2.5), 0.3),
    ],
)
def test_drones_start_about_their_posts(name, post, spread):
    benches = [published(name, seed) for seed in range(30)]
    gaps = np.array([bench.world.drones[0].pos - post for bench in benches])
    assert np.abs(gaps).max() <= spread
    assert (gaps.std(0) > 0.4 * spread).all()
    assert min(bench.world.drones[0].up[2] for bench in benches) > np.cos(0.1 * 1.42)


def test_a_serve_begins_with_a_ball_dropped_over_the_server():
    for seed in range(20):
        world = Bench("serve", seed=seed).world
        gap = world.ball.pos - world.drones[0].pos
        assert gap[:2] == pytest.approx([0, 0])
        assert 2.7 <= gap[2] <= 3.3
        assert -5.4 <= world.target[0] <= -4.2
        assert -2 <= world.target[1] <= 2
        assert measures.in_far_court(world.target)


@pytest.mark.parametrize("physics", ["benchmark", "fine"])
@pytest.mark.parametrize(
    ("name", "height", "low", "high", "apex"),
    [
        ("receive", 0.1, (4.2, -2), (5.4, 2), (4.2, 5.2)),
        ("set", 2.2, (0.9, -2.1), (2.1, -0.9), (3.4, 4.8)),
        ("attack", 3.6, (1.1, 1.1), (1.9, 1.9), (4.2, 5.0)),
    ],
)
def test_balls_come_as_a_rally_sends_them(name, height, low, high, apex, physics):
    """The thrown ball comes down where the table says (within a step of its way), also through air."""
    for seed in range(12):
        bench = published(name, seed, physics=physics)
        assert np.linalg.norm(bench.world.ball.pos - bench.world.drones[0].pos) > 0.6
        where, top = bench.fall(height)
        assert (where[:2] >= np.array(low) - 0.2).all()
        assert (where[:2] <= np.array(high) + 0.2).all()
        assert apex[0] - (0.02 if physics == "benchmark" else 1.0) <= top <= apex[1] + 0.02


def test_balls_to_return_come_to_the_drone_from_all_over_its_half():
    """They start clear of the drone, come down near it on either side, and are sent to any place of the far court."""
    sides = set()
    for seed in range(40):
        world = (bench := Bench("return-ball", seed=seed)).world
        begin, post, target = world.ball.pos.copy(), world.drones[0].pos.copy(), world.target.copy()
        assert np.linalg.norm(begin[:2] - post[:2]) > 0.55
        where, top = bench.fall(2.0)
        assert np.abs(where[:2] - post[:2]).max() <= 0.8 + 0.2
        assert 3.4 - 0.02 <= top <= 6.3 + 0.02
        assert measures.in_far_court(target)
        sides.add(np.sign(post[1]))
    assert sides == {-1.0, 1.0}


def test_both_sides_of_a_published_attack_are_drawn_and_seen():
    sides = set()
    for seed in range(12):
        bench = published("attack", seed)
        assert bench.world.target[[0, 2]] == pytest.approx([-5, 0.2])
        assert bench.see(view="benchmark")["side"].tolist() == ([1, 0] if bench.world.target[1] == 2 else [0, 1])
        sides.add(float(bench.world.target[1]))
    assert sides == {-2.0, 2.0}


@pytest.mark.parametrize(
    ("name", "struck", "meet", "target", "told"),
    [
        (
            "receive",
            ((-6.1, -2.3, 1.2), (-1.8, 2.3, 3.5)),
            ((1.8, -2.3, 1.1), (4.6, 2.3, 2.4)),
            ((2, -2.1, 2.2), (3.6, 2.1, 2.2)),
            (4, 5.4),
        ),
        ("set", ((1.6, -2.3, 1), (5, 2.3, 2.5)), ((2.4, -2.1, 1.7), (5, 2.1, 2.4)), ((1.6, -2.1, 3), (4.4, 2.1, 3.7)), (5.2, 7.2)),
        (
            "attack",
            ((2.2, -2.2, 1.9), (5.5, 2.2, 2.5)),
            ((1.8, -2.2, 2.7), (4.5, 2.2, 3.6)),
            ((-5.2, -2.4, 0.1), (-2.8, 2.4, 0.1)),
            (0.85, 1.4),
        ),
    ],
)
def test_orders_are_drawn_over_their_ranges_and_seen(name, struck, meet, target, told):
    """The ball comes down where the order says it is met, near the drone, and what is ordered is what the drone sees."""
    drawn = []
    for seed in range(40):
        bench = Bench(name, seed=seed)
        world, see = bench.world, bench.see()
        drawn.append([*world.ball.pos, *world.meet, *world.target, see["order_soonest" if name == "attack" else "order_apex"][0]])
        assert see["ball"] - see["from_target"] == pytest.approx(world.target)
        assert see["order_height"] == pytest.approx(world.meet[2])
        assert np.linalg.norm(world.drones[0].pos[:2] - world.meet[:2]) <= 2.3
        assert bench.fall(world.meet[2])[0] == pytest.approx(world.meet, abs=0.3)
    low, high = (np.concatenate((struck[k], meet[k], target[k], [told[k]])) for k in (0, 1))
    assert (np.array(drawn) >= low - 1e-6).all()
    assert (np.array(drawn) <= high + 1e-6).all()
    assert (np.std(drawn, axis=0) >= 0.2 * (high - low) - 1e-9).all()


@pytest.mark.parametrize(
    ("name", "size"),
    [("serve", 37), ("receive", 39), ("set", 39), ("attack", 39), ("return-ball", 37), ("block", 39), ("serve-receive", 42)],
)
def test_observations(name, size):
    bench = ready(name)
    see = bench.see()
    assert sum(map(len, see.values())) == size
    if name != "serve-receive":
        assert see["ball"] == pytest.approx([4, 0, 2.15])
        assert see["to_ball"] == pytest.approx([0, 0, 0.15])
        assert see["turn"].tolist() == [1, 0]
        bench.world.hit_step = 3
        assert bench.see()["turn"].tolist() == [0, 1]
    if name != "serve-receive":
        assert see["from_target"] == pytest.approx(bench.world.ball.pos - bench.world.target)


@pytest.mark.parametrize(("name", "size"), [("receive", 34), ("set", 34), ("attack", 36)])
def test_the_published_view_shows_no_order(name, size):
    bench = Bench(name)
    assert sum(map(len, bench.see(view="benchmark").values())) == size
    assert not {"from_target", "order_height"} & set(bench.see(view="benchmark"))


@pytest.mark.parametrize("name", [*ORDERED, "block"])
def test_starts_of_matches_are_moments_of_the_file(name):
    """Drone, ball and order are of one row; many different ones are drawn, and each ball comes to where the order says."""
    table = np.load(FOLDER / f"{name}.npy")
    assert table.shape == (COUNT, sum(size for _, size in ROW))
    benches = [Bench(name, seed=seed, starts="matches") for seed in range(40)]
    rows = set()
    for bench in benches:
        world, drone = bench.world, bench.world.drones[0]
        motion = *drone.pos, *drone.quat, *drone.vel, *drone.rate, *drone.rotor, *world.ball.pos, *world.ball.vel
        begun = np.array([*motion, *world.target, *world.meet, world.order_apex, world.order_soonest], np.float32)
        rows.update(np.flatnonzero((table == begun).all(1)).tolist())
        if name != "block":  # a blocker meets a low ball at its top
            assert bench.fall(world.meet[2])[0] == pytest.approx(world.meet, abs=0.3)
    assert len(rows) > 30


def test_half_of_both_starts_are_of_matches():
    table = np.load(FOLDER / "set.npy")
    starts = [Bench("set", seed=seed, starts="both").world.ball.pos.astype(np.float32) for seed in range(60)]
    matched = [(table[:, 17:20] == start).all(1).any() for start in starts]
    assert 18 <= sum(matched) <= 42


@pytest.mark.parametrize(("options", "says"), [({"starts": "match"}, "matches"), ({"starts": "both", "physics": "fine"}, "without drag")])
def test_starts_that_cannot_be_are_refused(options, says):
    with pytest.raises(SkyrallyError, match=says):
        Bench("set", **options)


# -- touches, and what ends all skills ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SINGLES)
def test_the_touch_is_paid_once_and_turns_the_flag(name):
    bench = ready(name, ball=(4, 0, 2.65), vel=(0, 0, 3)).event(RACKET, 0).event(RACKET, 0)
    terms = paid(bench)
    assert (terms["hit"], terms["wrong"], bench.world.hit_step) == (1, 0, 10)
    assert verdict(bench) == (0, 0)


@pytest.mark.parametrize("name", SINGLES)
@pytest.mark.parametrize("case", ["airframe", "second", "both"])
def test_wrong_touches_end(name, case):
    bench = ready(name, hit_at=3 if case == "second" else None)
    bench.event(RACKET if case == "second" else BODY, 0)
    if case == "both":
        bench.event(RACKET, 0)
    terms = paid(bench)
    assert (terms["hit"], terms["wrong"]) == (0, 1)
    assert verdict(bench) == (1, 0)


@pytest.mark.parametrize("name", SINGLES)
def test_a_ball_in_the_net_ends(name):
    terms = paid(bench := ready(name, ball=(0.1, 0, 2), hit_at=3).event(BALL_NET))
    assert terms["net" if name == "attack" else "wrong"] == 1
    assert verdict(bench) == (1, 0)


@pytest.mark.parametrize("name", SINGLES)
@pytest.mark.parametrize(("pos", "lost"), [((4, 0, 0.29), 1), ((-0.01, 0, 2), 1), ((4, 0, 0.31), 0)])
def test_a_lost_drone_ends(name, pos, lost):
    bench = ready(name, pos=pos, ball=(4, 0, 5))
    assert paid(bench)["drone"] == lost
    assert verdict(bench) == (lost, 0)


@pytest.mark.parametrize("name", SINGLES)
def test_a_ball_that_nobody_touched_is_wrong(name):
    bench = ready(name, ball=(4, 0, 0.19))
    assert paid(bench)["wrong"] == 1
    assert verdict(bench) == (1, 0)


@pytest.mark.parametrize("name", [*SINGLES, "serve-receive"])
def test_time(name):
    bench = ready(name, ball=(4, 0, 5))
    bench.world.step = 500
    bench.referee()
    assert (bench.world.truncated, bench.world.terminated) == (1, 0)


@pytest.mark.parametrize("name", [*SINGLES, "serve-receive"])
def test_shaping_off_leaves_a_quiet_step_without_reward(name):
    assert ready(name, pos=(2.0, 0.3, 2.2), ball=(4, 0, 5), shaping=False).referee() == pytest.approx(0)


# -- serve -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ball", "court", "success"), [((-4.5, 0.9), 1, 1), ((-4.5, 1.1), 1, 0), ((-6.1, 0), 0, 0), ((-4.5, 3.01), 0, 0), ((0.5, 0), 0, 0)]
)
def test_a_serve_succeeds_within_a_metre_of_its_target_and_in_court(ball, court, success):
    bench = ready("serve", ball=(*ball, 0.1), hit_at=5)
    bench.world.target[:], bench.world.apex = (-4.5, 0, 0.2), 3.5
    terms = paid(bench)
    assert (terms["court"], terms["high"], terms["wrong"]) == (court, 1, 0)
    assert verdict(bench) == (1, success)
    assert bench.world.miss == pytest.approx(np.hypot(ball[0] + 4.5, ball[1]))


def test_serve_shaping_by_hand():
    bench = ready("serve", pos=(2.5, 0, 1.5), ball=(2.5, 0, 3.5))
    bench.world.drones[0].quat[:] = (np.cos(0.15), 0, 0, np.sin(0.15))
    terms = paid(bench)
    assert terms["near"] == pytest.approx(1 / (1 + 0.25 * 4))
    assert terms["height"] == pytest.approx(0.4)
    assert terms["yaw"] == pytest.approx(0.3, abs=2e-5)
    assert (terms["line"], terms["roll"], terms["aim"]) == (1, 0, 0)
    bench.world.drones[0].quat[:], bench.world.drones[0].up[:] = (np.cos(1), np.sin(1), 0, 0), (0, -np.sin(2), np.cos(2))
    assert paid(bench)["roll"] == pytest.approx(2 - np.pi / 2, abs=2e-5)
    bench = ready("serve", ball=(-4.5, 0, 2.2), hit_at=5)
    bench.world.target[:] = (-4.5, 1, 0.2)
    terms = paid(bench)
    assert terms["aim"] == pytest.approx(1 / (1 + 1.44 * 5))
    assert (terms["near"], terms["height"], terms["line"]) == (0, 0, 0)


def test_angles_are_those_of_atan2():
    for turn in np.linspace(-np.pi, np.pi, 61):
        assert measures.angle(np.sin(turn), np.cos(turn)) == pytest.approx(abs(turn), abs=2e-5)


def test_a_low_serve_is_not_paid_as_high():
    bench = ready("serve", ball=(-4.5, 0, 0.1), hit_at=5)
    bench.world.apex = 2.9
    assert paid(bench)["high"] == 0


# -- return-ball -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("ball", "court", "success"), [((-3.5, 0.9), 1, 1), ((-3.5, 1.1), 1, 0), ((-3.5, 3.01), 0, 0), ((0.5, 0), 0, 0)])
def test_a_return_succeeds_within_a_metre_of_its_target_and_in_court(ball, court, success):
    bench = ready("return-ball", ball=(*ball, 0.1), hit_at=5)
    bench.world.target[:] = (-3.5, 0, 0.2)
    terms = paid(bench)
    assert (terms["court"], terms["wrong"], terms["near"]) == (court, 0, 0)
    assert terms["aim"] == pytest.approx(1 / (1 + 1.44 * ((ball[0] + 3.5) ** 2 + ball[1] ** 2 + 0.01)))
    assert verdict(bench) == (1, success)


# -- receive and set ---------------------------------------------------------------------------------------------------

HANDOVER = {"receive": ((1.5, -1.5, 2.2), 2.4, 3.5), "set": ((1.5, 1.5, 3.6), 3.8, 4.5)}


@pytest.mark.parametrize("name", HANDOVER)
@pytest.mark.parametrize(("aside", "over_least", "success"), [(0.9, 0.05, 1), (1.1, 0.05, 0), (0.9, -0.05, 0)])
def test_a_ball_is_handed_over_near_and_high(name, aside, over_least, success):
    """It counts where it falls through the target's height, within 1 m of it, after an apex that is high enough."""
    target, least, best = HANDOVER[name]
    bench = ready(name, ball=(target[0] + aside, target[1], target[2] - 0.01), vel=(0, 0, -2), hit_at=5)
    bench.world.apex = least + over_least
    terms = paid(bench)
    assert terms["handover"] == pytest.approx(1 / (1 + 2 * aside) if over_least > 0 else 0)
    assert terms["apex"] == pytest.approx(1 / (1 + 2 * (best - bench.world.apex)))
    assert terms["wrong"] == 0
    assert verdict(bench) == (1, success)


@pytest.mark.parametrize("name", HANDOVER)
def test_only_a_touched_ball_on_its_way_down_is_handed_over(name):
    target = HANDOVER[name][0]
    below = (target[0], target[1], target[2] - 0.01)
    for bench in (ready(name, ball=below, vel=(0, 0, -2)), ready(name, ball=below, vel=(0, 0, 2), hit_at=5)):
        assert paid(bench)["handover"] == 0
        assert verdict(bench) == (0, 0)
    bench = ready(name, ball=(3, 0, 0.1), hit_at=5)
    assert paid(bench)["wrong"] == 1
    assert verdict(bench) == (1, 0)


def test_receive_shaping_by_hand():
    bench = ready("receive", pos=(2.9, 0, 1.5), ball=(2.9, 0, 2.5))
    bench.world.meet[:] = (4.41, 0, 1.4)
    terms = paid(bench)
    assert (terms["near"], terms["line"], terms["yaw"]) == (pytest.approx(1 / 2.44), 1, pytest.approx(0))
    bench = ready("receive", ball=(4, 0, 1.65), vel=(0, 0, 5)).event(RACKET, 0)
    terms = paid(bench)
    assert (terms["height"], terms["direction"]) == (pytest.approx(0.25), 0)
    assert terms["aim"] == pytest.approx(1 / (1 + 1.44 * (2.5**2 + 1.5**2 + 0.55**2)))
    bench.world.step, bench.world.n_events = 11, 0
    bench.ball(4, 0, 2, vel=(-1, 0, 3))
    assert paid(bench)["direction"] == pytest.approx(2.5 / np.hypot(2.5, 1.5))
    bench.world.step = 12
    assert paid(bench)["direction"] == 0


def test_set_shaping_by_hand():
    bench = ready("set", ball=(1.8, -1.9, 2.5), vel=(0, 0, 5)).event(RACKET, 0)
    terms = paid(bench)
    assert (terms["height"], terms["place"]) == (pytest.approx(0.3), pytest.approx(0.5))
    assert terms["near"] == 0


# -- attack ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("ball", "court", "success"), [((-5, -1.1), 1, 1), ((-5, 1.1), 1, 0), ((-6.1, -2), 0, 0), ((1, 0), 0, 0)])
def test_an_attack_succeeds_on_its_side(ball, court, success):
    bench = ready("attack", ball=(*ball, 0.1), vel=(-3, 0, -4), hit_at=5)
    bench.world.target[:] = (-5, -2, 0.2)
    terms = paid(bench)
    assert (terms["land"], terms["court"], terms["wrong"]) == (1, court, 0)
    assert terms["hard"] == pytest.approx(5 * court)
    assert verdict(bench) == (1, success)


@pytest.mark.parametrize(("steps", "success"), [(69, 1), (71, 0)])
def test_an_attack_that_takes_longer_than_ordered_is_none(steps, success):
    bench = ready("attack", ball=(-5, -2, 0.1), vel=(-3, 0, -4), hit_at=5)
    bench.world.target[:], bench.world.order_soonest, bench.world.step = (-5, -2, 0.2), 1.1, 5 + steps
    assert paid(bench)["court"] == 1
    assert verdict(bench) == (1, success)


def test_attack_shaping_by_hand():
    bench = ready("attack", pos=(1.5, 1.5, 2), ball=(1.5, 1.5, 3))
    bench.world.drones[0].quat[:] = (np.cos(0.1), np.sin(0.1), 0, 0)
    bench.world.drones[0].up[:] = (0, -np.sin(0.2), np.cos(0.2))
    terms = paid(bench)
    assert (terms["near"], terms["roll"], terms["yaw"]) == pytest.approx((1 / 2.44, 0.2, 0), abs=2e-5)
    bench = ready("attack", ball=(1.5, 1.5, 3.1), vel=(-5, 0, 2)).event(RACKET, 0)
    terms = paid(bench)
    assert (terms["reach"], terms["forward"], terms["down"]) == (pytest.approx(0.5), 1, 0)
    bench.world.n_events = 0
    for step, vel, down in ((12, (-5, 0, 0.1), 0), (13, (-5, 0, -0.1), 2), (14, (5, 0, -1), 0)):
        bench.world.step = step
        bench.ball(1, 1, 3, vel=vel)
        terms = paid(bench)
        assert (terms["down"], terms["forward"], terms["reach"]) == (down, vel[0] < 0, 0)


# -- serve and receive -------------------------------------------------------------------------------------------------


def exchange(server=0, touches=0, **where) -> Bench:
    """An exchange that red (0) or blue (1) serves, after so many legal touches."""
    seed = next(seed for seed in range(40) if Bench("serve-receive", seed=seed).world.server == server)
    bench = Bench("serve-receive", seed=seed)
    bench.world.step, bench.world.touches = 10, touches
    bench.ball(*where.get("ball", (0.5, 0, 5)), vel=where.get("vel", (0, 0, -1)))
    return bench


@pytest.mark.parametrize("server", [0, 1])
def test_an_exchange_begins_alike_for_both_sides(server):
    bench = Bench("serve-receive", seed=int(exchange(server).world.seed))
    assert bench.world.server == server
    serve, receive = bench.see(server), bench.see(1 - server)
    assert np.abs(serve["position"] - (6, 0, 2)).max() <= 0.1
    assert np.abs(receive["position"] - (4.5, 0, 1.5)).max() <= 0.3
    assert serve["heading"][0] > 0.98
    assert receive["heading"][0] > 0.98
    assert (serve["turn"].tolist(), serve["role"].tolist()) == ([1, 0], [1, 0])
    assert (receive["turn"].tolist(), receive["role"].tolist()) == ([0, 1], [0, 1])
    assert serve["ball"][:2] == pytest.approx(serve["position"][:2])
    target = serve["ball"] - serve["from_target"]
    assert -5.4 <= target[0] <= -4.2
    assert receive["ball"] - receive["from_target"] == pytest.approx((1.5, -1.5, 2.2))
    assert receive["to_other"][0] < -10


@pytest.mark.parametrize("server", [0, 1])
def test_touches_go_from_server_to_receiver(server):
    bench = exchange(server).event(RACKET, server)
    assert paid(bench, server)["hit"] == 1
    assert bench.see(1 - server)["turn"].tolist() == [1, 0]
    bench.clear()
    assert paid(bench.event(RACKET, 1 - server), 1 - server)["hit"] == 1
    assert bench.see(0)["turn"].tolist() == bench.see(1)["turn"].tolist() == [0, 1]
    assert verdict(bench) == (0, 0)


@pytest.mark.parametrize(
    ("touches", "kind", "who"), [(0, RACKET, 1), (0, BODY, 0), (1, RACKET, 0), (1, BODY, 1), (2, RACKET, 1), (2, RACKET, 0)]
)
def test_touches_that_are_faults(touches, kind, who):
    bench = exchange(0, touches).event(kind, who)
    bench.referee()
    faults = [bench.world.drones[i].term[TERMS["serve-receive"].index("fault")] for i in (0, 1)]
    assert faults == [who == 0, who == 1]
    assert verdict(bench) == (1, 0)


@pytest.mark.parametrize(
    ("server", "touches", "ball", "net", "guilty"),
    [
        (0, 0, (5, 0, 0.1), False, 0),  # a drop
        (0, 1, (-4, 0, 0.1), False, 1),  # a good serve comes down
        (1, 1, (4, 0, 0.1), False, 0),
        (0, 1, (-6.1, 0, 0.1), False, 0),  # out
        (0, 1, (4, 0, 0.1), False, 0),  # into the own court
        (0, 2, (-4, 0, 0.1), False, 1),  # a bad receive
        (0, 1, (0.1, 0, 2), True, 0),
        (0, 2, (-0.1, 0, 2), True, 1),
        (1, 1, (0.1, 0, 2), True, 1),
    ],
)
def test_whose_fault_a_lost_ball_is(server, touches, ball, net, guilty):
    bench = exchange(server, touches, ball=ball)
    if net:
        bench.event(BALL_NET)
    assert paid(bench, guilty)["fault"] == 1
    assert bench.world.drones[1 - guilty].term[-1] == 0
    assert verdict(bench) == (1, 0)


@pytest.mark.parametrize(("who", "pos"), [(0, (4, 0, 0.29)), (0, (-0.01, 0, 2)), (1, (0.01, 0, 2))])
def test_a_lost_drone_is_a_fault(who, pos):
    bench = exchange(0)
    place(bench, who, pos)
    assert paid(bench, who)["fault"] == 1
    assert bench.world.drones[1 - who].term[-1] == 0
    assert verdict(bench) == (1, 0)


@pytest.mark.parametrize(("aside", "apex", "success"), [(0.9, 2.5, 1), (1.1, 2.5, 0), (0.9, 2.3, 0)])
def test_an_exchange_succeeds_at_the_handover_and_pays_both(aside, apex, success):
    bench = exchange(0, 2, ball=(-1.5 - aside, 1.5, 2.19), vel=(0, 0, -2))
    bench.world.apex = apex
    bench.referee()
    assert [bench.world.drones[i].term[0] for i in (0, 1)] == [success, success]
    assert verdict(bench) == (1, success)


def test_exchange_shaping_by_hand():
    bench = exchange(0, 1, ball=(-4, 0, 3.0))
    bench.world.aim[:] = (-4, 1, 3.0)
    place(bench, 1, (-4, 0, 1.0))
    assert paid(bench, 0)["aim"] == pytest.approx(1 / 2.44)
    assert paid(bench, 1)["near"] == pytest.approx(1 / 2)
    assert (bench.world.drones[0].term[2], bench.world.drones[1].term[3]) == (0, 0)
    bench.world.touches = 2
    assert paid(bench, 1)["aim"] == pytest.approx(1 / (1 + 1.44 * (2.5**2 + 1.5**2 + 0.8**2)))
    assert (bench.world.drones[0].term[3], bench.world.drones[1].term[2]) == (0, 0)
