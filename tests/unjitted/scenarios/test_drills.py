"""Solo bump, hover, commentary and stages."""

# ruff: noqa: RUF005  (array + tuple is a sum)
from __future__ import annotations

import numpy as np
import pytest
from handmade import Bench, match

from skyrally.physics.records import BODY, RACKET
from skyrally.scenarios.commentary import narrate
from skyrally.scenarios.registry import SCENARIOS


def bump(step, apex=None, kind=RACKET, bench=None):
    """A touch at this step after the ball rose to `apex`."""
    bench = bench or Bench("solo-bump", shaping=False)
    bench.world.step, bench.world.n_events = step, 0
    bench.world.ball.pos[:] = (4.5, 0, 2.2)
    bench.world.drones[0].pos[:] = (4.5, 0, 2.0)
    if apex is not None:
        bench.world.apex = apex
    bench.event(kind, 0)
    return bench, bench.referee()[0]


@pytest.mark.parametrize("kind", [RACKET, BODY])
def test_bumps_by_hand(kind):
    """First hit 2; a high one 2 + 8; a low one that pulls the mean under 3.5 m only 2; the metric counts high ones."""
    bench, reward = bump(10, kind=kind)
    assert (reward, bench.world.bumps) == (2.0, 0)
    assert bump(36, 3.6, kind, bench)[1] == 10.0
    assert bump(62, 3.3, kind, bench)[1] == 2.0
    assert bump(88, 3.65, kind, bench)[1] == 10.0
    assert (bench.world.bumps, bench.world.hits, bench.world.terminated) == (2, 4, 0)


def test_a_touch_within_25_steps_ends():
    bench, _ = bump(10)
    assert bump(35, 3.6, bench=bench)[1] == -10.0
    assert bench.world.terminated == 1


@pytest.mark.parametrize(
    ("drone", "ball", "reward"),
    [
        ((4.5, 0, 0.39), (4.5, 0, 3), -10),
        ((4.5, 0, 2.51), (4.5, 0, 3), -10),
        ((0.005, 0, 2), (4.5, 0, 3), -10),
        ((4.5, 0, 2), (4.5, 0, 0.14), -10),
        ((4.5, 0, 2), (4.5, 0, 4.51), -10),
        ((4.5, 0, 2), (9.01, 0, 3), -10),
        ((4.5, 0, 2), (4.5, -4.51, 3), -10),
        ((4.5, 0, 2), (4.5, 0, 3), 0),
    ],
)
def test_solo_bump_ends(drone, ball, reward):
    bench = Bench("solo-bump", shaping=False)
    bench.world.drones[0].pos[:], bench.world.ball.pos[:] = drone, ball
    assert bench.referee()[0] == reward
    assert bench.world.terminated == (reward < 0)


def test_solo_bump_shaping_start_and_time():
    bench = Bench("solo-bump")
    assert bench.world.ball.pos == pytest.approx(bench.world.drones[0].pos + (0, 0, 2))
    assert (np.abs(bench.world.drones[0].pos - (4.5, 0, 2)) <= (0.5, 0.5, 0.2)).all()
    bench.world.drones[0].pos[:], bench.world.ball.pos[:] = (4.5, 0, 2), (4.8, 0.4, 3)
    assert bench.referee()[0] == pytest.approx(1 / 1.5 + 0.5 * 1.0)
    bench.world.step = 800
    bench.referee()
    assert (bench.world.truncated, bench.world.terminated) == (1, 0)
    see = bench.see()
    assert see["from_ball"] == pytest.approx([-0.3, -0.4, -1.0])
    assert see["from_anchor"] == pytest.approx([0, 0, 0])
    assert sum(map(len, see.values())) == 32


def test_hover_by_hand():
    bench = Bench("hover")
    drone, world = bench.world.drones[0], bench.world
    drone.pos[:], drone.quat[:], drone.up[:], drone.rate[:] = (0.3, 0, 2.4), (1, 0, 0, 0), (0, 0, 1), (0, 0, 2)
    drone.rotor[:], world.heading[:] = 0.5, (0, 1, 0)
    near = 1 / (1 + 1.44 * (0.25 + 2))
    assert bench.referee()[0] == pytest.approx(near + near * (1 + 1 / 17) + 0.1 * np.exp(-2))
    assert world.position_error == pytest.approx(0.5)
    see = bench.see()
    assert see["to_target"] == pytest.approx([-0.3, 0, -0.4])
    assert see["heading_error"] == pytest.approx([-1, 1, 0])
    assert sum(map(len, see.values())) == 26


@pytest.mark.parametrize(("pos", "ends"), [((0, 0, 0.19), 1), ((4.01, 0, 2), 1), ((1, 0, 2), 0)])
def test_hover_ends(pos, ends):
    bench = Bench("hover")
    bench.world.drones[0].pos[:] = pos
    bench.referee()
    assert bench.world.terminated == ends


def test_hover_metric_is_the_mean_over_the_second_half():
    bench = Bench("hover", max_cycles=4)
    for step, x in enumerate((2.0, 2.0, 0.4, 0.8), start=1):
        bench.world.step = step
        bench.world.drones[0].pos[:] = (x, 0, 2)
        bench.referee()
    assert bench.world.position_error == pytest.approx(0.6)
    assert bench.world.truncated == 1


def test_commentary():
    bench = match(3)
    stage = bench.scenario.stage(bench.options)
    assert narrate(bench.world, stage) == ["red to serve"]
    bench.world.step = 1
    assert narrate(bench.touch(2).world, stage) == ["red 3 serves"]
    bench.cross(-1.0)
    assert [narrate(bench.touch(k).world, stage) for k in (3, 4, 5)] == [["blue 1 receives"], ["blue 2 sets"], ["blue 3 attacks"]]
    lines = narrate(bench.airframe(4).world, stage)
    assert lines == ["blue 2 touches with the airframe", "point red: airframe touch"]


@pytest.mark.parametrize("name", SCENARIOS)
def test_stages(name):
    scenario = SCENARIOS[name]
    stage = scenario.stage(scenario.resolved({}))
    assert stage.agents == scenario.agents
    assert len(stage.teams) == scenario.drones
    if scenario.swarm is not None:
        assert stage.space is not None
        return
    if scenario.choices is not None:
        assert len(stage.players) == scenario.drones
        assert stage.floor
        return
    assert stage.dt == 0.02
    assert stage.body_radius == (0.21 if name == "juggle" else 0.26)
    assert (stage.ball_radius > 0) == ("ball" in scenario.world.names)
