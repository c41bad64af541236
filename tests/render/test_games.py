"""Floors, players that are no drones, and frames between frames."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from skyrally.render import Painter, open_replay, open_sink
from skyrally.render.glide import between, glide, slowed
from skyrally.scenarios.registry import SCENARIOS
from skyrally.scenarios.stage import Disc, Frame, Patch, board_stage

STAGE = board_stage(
    "game",
    ("red_0", "blue_0"),
    0.2,
    (Disc("red", 0.3, 0.1, colour="red"), Disc("blue", 0.2, 0.1, length=1.0, colour="blue")),
    (Disc("thing", 0.2, 0.1, colour="plant"),),
    (Patch(0.0, 0.0, 8.0, 4.0, "field", "meadow"),),
)
GAMES = [name for name, scenario in SCENARIOS.items() if scenario.family == "game"]


def frame(step: int = 0, x: float = 0.0) -> Frame:
    places = np.array([(x, 0.0, 0.1), (-2.0, 1.0, 0.1)])
    return Frame(step, places, np.array([(1.0, 0, 0, 0)] * 2), np.zeros((2, 0)), None, discs=np.array([(2.0, -1.0, 0.1, 1.0, 0, 0, 0)]))


def picture(shown: Frame, **changes) -> np.ndarray:
    painter = Painter(replace(STAGE, **changes), (320, 180))
    painter.observe(shown)
    return painter.rgb().astype(int)


def test_players_things_and_words_are_seen_from_above():
    whole = picture(frame())
    assert (np.abs(picture(frame(x=1.0)) - whole).sum(axis=2) > 60).sum() > 50
    gone = frame()
    gone.discs = np.full((1, 7), 1e9)
    assert (np.abs(picture(gone) - whole).sum(axis=2) > 60).sum() > 20
    assert (picture(frame(), floor=(replace(STAGE.floor[0], text=""),)) != whole).any()
    red = (whole[..., 0] > 180) & (whole[..., 1] < 110)
    assert red.any()
    assert 150 < np.nonzero(red)[1].mean() < 170  # x = 0 is the middle


def test_things_glide_between_steps_and_jumps_are_jumps():
    assert between(STAGE) == 5
    assert slowed(STAGE).dt == pytest.approx(0.04)
    shown = list(glide(STAGE, iter([frame(0, 0.0), frame(1, 1.0), frame(2, 9.0)])))
    assert [one.step for one in shown] == list(range(11))
    assert [one.pos[0, 0] for one in shown] == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1, 1, 1, 1, 1, 9])
    drones = replace(STAGE, dt=0.02)
    assert (between(drones), slowed(drones).dt) == (1, 0.02)
    assert [one.step for one in glide(drones, iter([frame(4), frame(5)]))] == [4, 5]


def test_replays_keep_the_floor_and_the_players(tmp_path):
    path = tmp_path / "game.replay"
    with open_sink(path, STAGE) as sink:
        for k in range(5):
            sink.write(frame(k, 0.1 * k))
    replay = open_replay(path)
    assert replay.stage == STAGE
    assert replay.frame(3).pos == pytest.approx(frame(3, 0.3).pos, abs=1e-3)


@pytest.mark.parametrize("name", GAMES)
def test_the_pictures_of_games(name):
    """Every player and thing of the first moment lies on the floor."""
    scenario = SCENARIOS[name]
    options = scenario.resolved({})
    stage, world = scenario.stage(options), np.zeros(2, scenario.world)[0]
    shown = scenario.picture(world, stage)
    assert shown.pos.shape == (2, 3)
    assert shown.discs.shape == (len(stage.discs), 7)
    half = np.max([(abs(p.x) + 0.5 * p.length, abs(p.y) + 0.5 * p.width) for p in stage.floor], axis=0)
    assert (np.abs(shown.pos[:, :2]) <= half).all()
