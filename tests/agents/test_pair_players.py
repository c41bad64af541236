"""The scripted players of the two-drone drills reach what is asked of them; their strokes turn and rise the right way."""

import numpy as np
import pytest

from skyrally.agents.leap import leap, turn_gently
from skyrally.agents.passing import FIRST_DROP, HIT, LOW_HIT, _plan
from skyrally.agents.pilot import FULL, GRAVITY, MASS
from skyrally.agents.sight import dropped
from skyrally.agents.spec import find_agent
from skyrally.agents.spiking import HARD_SPIKE, _spike, _time_to_set
from skyrally.errors import SkyrallyError
from skyrally.physics.native import play
from skyrally.physics.params import make_params
from skyrally.physics.records import CTBR, RACKET, world_record
from skyrally.physics.vec import body_z, quat_from_euler
from skyrally.scenarios.registry import find
from skyrally.tournament.drills import play_drill
from skyrally.tournament.evaluation import evaluate

LEVEL, STILL, MANNER = (1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0), (104.0, 15.0, 1.8, 0.22, 0.24)


@pytest.mark.slow
def test_bump_and_pass_passes_14_times_and_most_of_them_high():
    rows = play_drill("bump-and-pass", "scripted:bump-and-pass", 400, seed=5)
    assert np.mean([row.metric for row in rows]) >= 14.5
    assert np.mean([row.info["high_passes"] for row in rows]) >= 12.0


@pytest.mark.slow
@pytest.mark.parametrize(("name", "least"), [("set-and-spike-easy", 0.98), ("set-and-spike-hard", 0.86)])
def test_set_and_spike_succeeds(name, least):
    assert evaluate(f"scripted:{name}", name, episodes=1000, seed=5).metric.mean >= least


def test_players_of_drills_refuse_other_scenarios():
    with pytest.raises(SkyrallyError, match="bump-and-pass"):
        find_agent("scripted:bump-and-pass", find("set-and-spike-easy"))


@pytest.mark.parametrize(("up", "axis", "sign"), [((0.2, 0.0, 0.98), 2, 1.0), ((0.0, 0.2, 0.98), 1, -1.0)])
def test_turn_gently_turns_towards_the_wanted_up(up, axis, sign):
    out = np.full(4, 9.0)
    turn_gently(out, LEVEL, STILL, up, 100.0, 15.0)
    assert sign * out[axis] > 0.1
    assert out[3 - axis] == pytest.approx(0.0)
    assert (out[0], out[3]) == (9.0, 0.0)


def test_turn_gently_brakes_a_turn():
    out = np.zeros(4)
    turn_gently(out, LEVEL, (1.0, 0.0, 0.0), (0.0, 0.0, 1.0), 100.0, 15.0)
    assert 2.5 * out[1] == pytest.approx(1.0 - 15.0 / 12.0, rel=0.01)


@pytest.mark.parametrize(("miss", "goes"), [(0.19, False), (0.25, True)])
def test_a_late_leap_leans_only_for_a_ball_that_would_fall_beside_the_racket(miss, goes):
    out = np.zeros(4)
    leap(out, (0.0, 0.0, 2.5), LEVEL, STILL, STILL, GRAVITY, (miss, 0.0, 2.5), (0.0, 0.0, 1.0), 1.0, 0.2, MANNER)
    assert (out[2] > 0.05) == goes
    assert out[1] == pytest.approx(0.0)


def test_a_drop_is_told_from_a_pass():
    assert dropped((0.0, 0.0, -3.0))
    assert not dropped((0.0, 0.5, -3.0))


def test_first_passes_and_low_balls_are_hit_later():
    """The plan does not change within a flight."""
    assert _plan((4.5, 0.0, 4.0), (0.0, 0.0, 0.0))[0] == pytest.approx(4.0 - FIRST_DROP)
    assert _plan((4.5, 0.0, 3.0), (0.0, 0.0, -np.sqrt(2.0 * GRAVITY)))[0] == pytest.approx(4.0 - FIRST_DROP)
    assert _plan((4.5, 0.0, 4.0), (0.0, 3.0, 1.0))[0] == HIT
    assert _plan((4.5, 0.0, 3.5), (0.0, 3.0, 1.0))[0] == LOW_HIT


def test_the_set_is_timed_by_the_drop():
    t = _time_to_set((2.0, -2.5, 4.0), (0.0, 0.0, -np.sqrt(2.0 * GRAVITY * 0.5)), 1.5)
    assert t == pytest.approx(np.sqrt(3.0 / GRAVITY) - np.sqrt(1.0 / GRAVITY))


def test_a_spike_comes_down_where_it_shall():
    start, (goal, rise) = (0.5, 0.4, 3.2), HARD_SPIKE[1:3]
    vel = _spike(start, goal, rise)
    t = (start[0] - goal[0]) / -vel[0]
    assert vel[2] == rise
    assert start[1] + t * vel[1] == pytest.approx(goal[1])
    assert start[2] + t * rise - 0.5 * GRAVITY * t * t == pytest.approx(goal[2])


@pytest.mark.jit
@pytest.mark.parametrize("tilt", [(0.0, 0.0), (0.25, -0.2)])
def test_a_leap_meets_a_ball_dropped_on_it(tilt):
    """From a tilted start, in the real physics: the racket is met, and rises about as asked (late from a tilted start, it rises faster)."""
    params, world = make_params()[0], np.zeros(1, world_record(1))[0]
    drone, ball, action = world["drones"][0], world["ball"], np.zeros((1, 4))
    drone["pos"], drone["quat"], drone["mode"], drone["alive"] = (2.0, 0.0, 2.5), quat_from_euler(*tilt, 0.0), CTBR, 1
    drone["rotor"], ball["pos"] = params["airframe"]["hover"], (2.0, 0.0, 4.5)
    normal, drop, speed = (0.0, 0.1, 0.995), 1.5, 1.0
    drone["up"] = body_z(tuple(drone["quat"]))
    for k in range(40):
        t = np.sqrt(2.0 * drop / GRAVITY) - 0.02 * k
        lift = float((drone["rotor"] ** 2).sum()) * FULL / (4.0 * MASS)
        state = [tuple(map(float, drone[name])) for name in ("pos", "quat", "vel", "rate")]
        before = drone["vel"].copy()
        leap(action[0], *state, lift, (2.0, -0.015, 2.85), normal, speed, max(t, 0.0), MANNER)
        play(world, params, action)
        if world["n_events"]:
            break
    assert world["events"][0]["kind"] == RACKET
    assert before @ normal == pytest.approx(speed, abs=0.4)
    assert ball["vel"][1] > 0.5
