"""The verb cross-play on matrix games, whose payoffs are known."""

from __future__ import annotations

import json

import numpy as np
import pytest
from handmade import Always

from skyrally.cli_cross_play import cross_play, labels
from skyrally.errors import SkyrallyError
from skyrally.games.intervals import clopper_pearson

HUNT = ("payoff=[[9,0],[1,1]]", "threads=1")


def stag(scenario):
    return Always(0)


def hare(scenario):
    return Always(1)


STAG, HARE = f"python:{__name__}:stag", f"python:{__name__}:hare"


def test_the_matrix_and_the_standings(capsys, tmp_path):
    cross_play((STAG, HARE), scenario="matrix", episodes=4, out=tmp_path / "met.json", json=True, option=HUNT)
    told = json.loads(capsys.readouterr().out)
    assert told == json.loads((tmp_path / "met.json").read_text())
    assert [cell["mean"] for cell in told["cells"]] == [[9, 9], [0, 1], [1, 0], [1, 1]]
    assert told["cells"][0]["crash_interval"] == [float(end) for end in clopper_pearson(0, 4)]
    hunter, forager = told["standings"]
    assert (hunter["mean"], hunter["worst"], hunter["opponents"]) == (0.0, 0.0, 1)  # against the other alone
    assert (forager["mean"], forager["variance"]) == (1.0, 0.0)


def test_opponents_that_no_row_is(capsys):
    cross_play((STAG,), scenario="matrix", against=(HARE, "random"), episodes=40, json=True, option=HUNT)
    told = json.loads(capsys.readouterr().out)
    (hunter,) = told["standings"]
    assert (hunter["opponents"], hunter["episodes"], hunter["worst_opponent"]) == (2, 80, HARE)
    assert hunter["between"] > 0


def test_a_table_for_people(capsys):
    cross_play((STAG, HARE), scenario="matrix", episodes=4, option=HUNT)
    out = capsys.readouterr().out
    assert "mean payoff of" in out
    assert "9 [9, 9]" in out
    assert "crashed" in out


def test_short_names():
    assert labels(["run:/a/one", "run:/b/two", "zoo:x"]) == ["run:one", "run:two", "zoo:x"]
    assert labels(["run:/a/one", "run:/b/one"]) == ["run:/a/one", "run:/b/one"]


@pytest.mark.parametrize(
    ("agents", "given", "words"),
    [
        ((STAG, STAG), {}, "named twice"),
        ((STAG,), {}, "has no opponent"),
        ((STAG,), {"against": (STAG,)}, "has no opponent"),
        ((), {}, "nobody has no opponent"),
        ((STAG, HARE), {"crash_cost": -1.0}, "crash_cost is -1"),
        ((STAG, HARE), {"crash_cost": np.nan}, "crash_cost is nan"),
        ((STAG, HARE), {"episodes": 1}, "2 or more episodes"),
        ((STAG, HARE), {"scenario": "matrx"}, "matrix"),
        ((STAG, HARE), {"scenario": "hover", "option": ()}, "is a drill, which has no opponent"),
        ((STAG, HARE), {"scenario": None}, "names no scenario"),
        ((STAG, "run:nowhere"), {}, "no folder"),
        ((STAG, HARE), {"option": ("payof=1",)}, "payoff"),
    ],
)
def test_what_cannot_be_played_is_refused(agents, given, words, tmp_path):
    out = tmp_path / "met.json"
    with pytest.raises(SkyrallyError, match=words):
        cross_play(agents, **{"scenario": "matrix", "episodes": 2, "option": HUNT, "out": out, **given})
    assert not list(tmp_path.iterdir())


def test_a_file_that_exists_is_kept(tmp_path):
    out = tmp_path / "met.json"
    out.write_text("mine")
    with pytest.raises(SkyrallyError, match="exists"):
        cross_play((STAG, HARE), scenario="matrix", episodes=2, option=HUNT, out=out)
    assert out.read_text() == "mine"
