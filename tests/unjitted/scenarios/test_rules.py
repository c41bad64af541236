"""The rule book, sentence by sentence and reason by reason, on hand-made steps."""

# ruff: noqa: RUF005  (array + tuple is a sum)
from __future__ import annotations

import numpy as np
import pytest
from handmade import Bench, match

from skyrally.physics.records import BALL_GROUND, BALL_NET, DRONE_DRONE, DRONE_GROUND, DRONE_NET
from skyrally.scenarios.rulebook import SERVE_POSSESSION
from skyrally.scenarios.volleyball import COURTS, HORIZON, SERVERS

RED, BLUE, DRAW, OPEN = 0, 1, 2, -1
RULES = pytest.mark.parametrize("rules", ["benchmark", "sport"])
SIZES = pytest.mark.parametrize("n", [1, 2, 3, 6])
TEAMS = pytest.mark.parametrize("n", [2, 3, 6])


def served(n: int, rules: str = "sport", **options) -> Bench:
    """Red has served; the ball is on blue's side."""
    return match(n, rules, **options).touch(SERVERS[n]).cross(-1.0)


# -- the serve -----------------------------------------------------------------------------------------------------------


@RULES
@SIZES
def test_a_good_serve_goes_on(n, rules):
    bench = match(n, rules).touch(SERVERS[n])
    assert bench.world.legal_hits.tolist() == [1, 0]
    assert bench.cross(-1.0).verdict == (OPEN, "none")
    assert (bench.world.serving, bench.world.side) == (0, 1)


@RULES
@TEAMS
def test_only_the_server_may_touch_the_serve(n, rules):
    other = 0 if SERVERS[n] else 1
    assert match(n, rules).touch(other).verdict == (BLUE, "serve fault")
    assert match(n, rules).touch(SERVERS[n]).touch(other).verdict == (BLUE, "serve fault")


@RULES
@SIZES
def test_the_server_may_touch_once(n, rules):
    assert match(n, rules).touch(SERVERS[n]).touch(SERVERS[n]).verdict == (BLUE, "double touch")


@RULES
@SIZES
def test_the_receivers_may_not_touch_a_serve_that_nobody_made(n, rules):
    assert match(n, rules).touch(n, x=1.0).verdict == (RED, "touch out of turn")


@RULES
@SIZES
def test_a_serve_dropped_untouched_loses(n, rules):
    bench = match(n, rules)
    bench.event(BALL_GROUND, point=(1.0, 0, 0)).ball(1.0, z=0.1)
    bench.referee()
    assert bench.verdict == (BLUE, "ball down")


# -- touches -------------------------------------------------------------------------------------------------------------


@RULES
@TEAMS
def test_a_drone_touches_once_per_possession(n, rules):
    assert served(n, rules).touch(n).touch(n).verdict == (RED, "double touch")
    bench = served(n, rules).touch(n).cross(1.0).cross(-1.0).touch(n)  # a new possession
    assert bench.verdict == (OPEN, "none")


@TEAMS
def test_two_may_alternate_only_across_the_net(n):
    bench = served(n).touch(n).touch(n + 1)
    assert bench.verdict == (OPEN, "none")
    assert bench.touch(n).verdict == (RED, "double touch")


def test_sport_allows_three_touches_and_no_fourth():
    bench = served(6).touch(6).touch(7).touch(8)
    assert bench.verdict == (OPEN, "none")
    assert bench.touch(9).verdict == (RED, "too many touches")


def test_benchmark_six_against_six_allows_six_touches():
    bench = served(6, "benchmark")
    for who in range(6, 12):
        assert bench.touch(who).verdict == (OPEN, "none")


@RULES
@SIZES
def test_a_team_touches_only_on_its_own_side(n, rules):
    bench = served(n, rules)
    assert bench.touch(0, x=-1.0).verdict == (BLUE, "touch out of turn")


@RULES
def test_one_against_one_alternates(rules):
    assert served(1, rules).touch(1).cross(1.0).touch(0).verdict == (OPEN, "none")
    assert served(1, rules).touch(1).touch(1).verdict == (RED, "touch out of turn")


@SIZES
def test_a_touch_on_ones_own_side_in_the_step_of_crossing_counts_after_it(n):
    bench = match(n).touch(SERVERS[n])
    assert bench.touch(n, x=-0.5).verdict == (OPEN, "none")
    assert bench.world.crossings == 1


@RULES
@SIZES
@pytest.mark.parametrize("team", [RED, BLUE])
def test_the_airframe_is_a_fault(n, rules, team):
    assert served(n, rules).airframe(team * n).verdict == (1 - team, "airframe touch")


# -- where the ball comes down -------------------------------------------------------------------------------------------


def down(bench: Bench, x: float, y: float) -> tuple[int, str]:
    bench.clear()
    if bench.params.sport:
        bench.event(BALL_GROUND, point=(x, y, 0.0))
    bench.ball(x, y, 0.1 if not bench.params.sport else 0.3)
    bench.referee()
    return bench.verdict


@RULES
@SIZES
def test_landing(n, rules):
    """In: the half decides; the lines are in; out: the last toucher loses."""
    half_length, half_width = 0.5 * np.array(COURTS[n])
    for x, y in ((0.5, 0.2), (half_length, 0.0), (0.5, half_width), (half_length, -half_width)):
        assert down(served(n, rules), -x, y) == (RED, "ball down")
        assert down(served(n, rules).touch(n).cross(0.9), x, y) == (BLUE, "ball down")
    for x, y in ((half_length + 0.01, 0.0), (0.5, half_width + 0.01)):
        assert down(served(n, rules), -x, y) == (BLUE, "out")
        assert down(served(n, rules).touch(n), -x, -y) == (RED, "out")


def test_out_in_the_air_is_a_fault_only_in_published_one_against_one():
    for n, rules, expected in ((1, "benchmark", (BLUE, "out")), (1, "sport", (OPEN, "none")), (3, "benchmark", (OPEN, "none"))):
        bench = served(n, rules)
        bench.clear()
        bench.ball(-20.0, 0.0, 5.0)
        bench.referee()
        assert bench.verdict == expected


# -- net, antennas, centre -----------------------------------------------------------------------------------------------


def test_sport_a_ball_in_a_net_without_body_loses_and_a_solid_net_does_not():
    for physics, expected in (("benchmark", (BLUE, "ball in the net")), ("fine", (OPEN, "none"))):
        bench = match(3, physics=physics).touch(2)
        bench.clear()
        bench.event(BALL_NET).ball(0.1, z=2.0)
        bench.referee()
        assert bench.verdict == expected


@pytest.mark.parametrize(
    ("x", "y", "z", "fault"),
    [(0.29, 0, 2.42, True), (0.31, 0, 2.42, False), (0.29, 0, 2.44, False), (0.29, 3.1, 2.42, False)],
)
def test_benchmark_net_volume(x, y, z, fault):
    bench = match(3, "benchmark").touch(2)
    bench.clear()
    bench.ball(x, y, z)
    bench.referee()
    assert bench.verdict == ((BLUE, "ball in the net") if fault else (OPEN, "none"))


@pytest.mark.parametrize("rules", ["sport", "benchmark"])
def test_antennas_stand_in_sport_only(rules):
    """The ball crosses x = 0 at y = 3.5, outside the half width of 3, though it is inside again at the step's end."""
    bench = match(3, rules).touch(2)
    bench.clear()
    bench.ball(-0.4, 2.7, 3.0, vel=(-1.0, -2.0, 0.0))
    bench.referee()
    assert bench.verdict == ((BLUE, "out") if rules == "sport" else (OPEN, "none"))
    bench = match(3, rules).touch(2)
    bench.clear()
    bench.ball(-0.4, 2.7, 3.0, vel=(-1.0, 0.5, 0.0))
    bench.referee()
    assert bench.verdict == (OPEN, "none")


@RULES
@SIZES
@pytest.mark.parametrize("team", [RED, BLUE])
def test_crossing_the_centre_loses(n, rules, team):
    bench = served(n, rules)
    bench.world.drones[team * n].pos[0] = 0.01 if team else -0.01
    bench.cross(-1.0)
    assert bench.verdict == (1 - team, "crossed the centre")


def test_sport_a_drone_in_the_net_loses():
    bench = served(3)
    bench.clear()
    bench.event(DRONE_NET, 1)
    bench.referee()
    assert bench.verdict == (BLUE, "drone in the net")


# -- crashes, collisions, actions, time ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("rules", "verdict"), [("benchmark", (DRAW, "crash")), ("sport", (RED, "crash"))])
@SIZES
def test_a_crash(n, rules, verdict):
    bench = served(n, rules)
    bench.world.drones[n].pos[2] = 0.29
    bench.cross(-1.0)
    assert bench.verdict == verdict
    assert bench.world.drones[n].crashed == 1
    assert bench.world.terminated == 1


@pytest.mark.parametrize(("rules", "verdict"), [("benchmark", (DRAW, "crowding")), ("sport", (RED, "crowding"))])
@TEAMS
def test_crowding_of_team_mates(n, rules, verdict):
    bench = served(n, rules)
    a, b = bench.world.drones[n], bench.world.drones[n + 1]
    b.pos[:] = a.pos + (0.0, 0.0, 0.81)
    assert bench.cross(-1.0).verdict == (OPEN, "none")
    b.pos[:] = a.pos + (0.0, 0.0, 0.79)
    assert bench.cross(-1.0).verdict == verdict
    assert (a.crowded, b.crowded, bench.world.drones[0].crowded) == (1, 1, 0)


@RULES
def test_opponents_may_come_near(rules):
    bench = served(3, rules)
    bench.world.drones[0].pos[:] = (0.1, 0, 2)
    bench.world.drones[3].pos[:] = (-0.1, 0, 2)
    assert bench.cross(-1.0).verdict == (OPEN, "none")


def test_sport_contacts():
    for kind, who, other, verdict in (
        (DRONE_GROUND, 4, -1, (RED, "crash")),
        (DRONE_DRONE, 0, 1, (BLUE, "collision")),
        (DRONE_DRONE, 0, 3, (DRAW, "collision")),
    ):
        bench = served(3)
        bench.clear()
        bench.event(kind, who, other)
        bench.referee()
        assert bench.verdict == verdict
        bench = served(3, "benchmark")
        bench.clear()
        bench.event(kind, who, other)
        bench.referee()
        assert bench.verdict == (OPEN, "none")


@RULES
@SIZES
def test_an_action_that_is_not_finite_loses(n, rules):
    bench = match(n, rules)
    actions = np.full((2 * n, 4), 0.24)
    actions[n, 2] = np.nan
    bench.step(actions)
    assert bench.verdict == (RED, "invalid action")


@RULES
def test_faults_of_both_teams_in_one_step_are_a_draw(rules):
    bench = served(3, rules)
    bench.world.drones[0].invalid = bench.world.drones[3].invalid = 1
    assert bench.cross(-1.0).verdict == (DRAW, "invalid action")


def test_the_first_fault_of_a_team_is_the_reason():
    bench = served(3)
    bench.world.drones[3].pos[2] = 0.1
    assert bench.airframe(3).verdict == (RED, "airframe touch")


@RULES
@SIZES
def test_time(n, rules):
    bench = served(n, rules)
    limit = HORIZON[n] if rules == "benchmark" else 3000
    assert bench.params.max_steps == limit
    bench.world.step = limit - 1
    assert bench.cross(-1.0).verdict == (OPEN, "none")
    bench.world.step = limit
    assert bench.cross(-1.0).verdict == (DRAW, "time")
    assert (bench.world.terminated, bench.world.truncated) == (0, 1)


# -- books ---------------------------------------------------------------------------------------------------------------


def test_crossings_and_possessions_are_counted():
    bench = served(3).touch(3).touch(4).cross(1.0).touch(0).cross(-1.0).cross(1.0)
    assert bench.world.crossings == 4
    assert (bench.world.touches, bench.world.team_touches) == (4, 0)
    expected = np.zeros(8, int)
    expected[[SERVE_POSSESSION, 2, 1, 0]] = 1
    assert bench.world.possessions.tolist() == expected.tolist()
    down(bench, 1.0, 0.0)
    assert bench.world.possessions[0] == 2
