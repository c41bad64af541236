"""An agent at many values of one option: rows, files, what is refused."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from skyrally.cli_over import evaluate_over, parse_over
from skyrally.errors import SkyrallyError
from skyrally.tournament import drills
from skyrally.tournament.drills import play_drill
from skyrally.tournament.evaluation import Estimate, Evaluation, evaluate
from skyrally.tournament.sweep import Sweep, sweep

OPTIONS = {"mode": "point", "max_cycles": 3}


@pytest.fixture(scope="module")
def done():
    return sweep("scripted:homing", "aggregate", "agents", [2, 5], episodes=6, **OPTIONS)


def test_every_value_has_the_row_of_its_own_evaluation(done):
    rows = done.rows()
    assert [row["agents"] for row in rows] == [2, 5]
    alone = evaluate("scripted:homing", "aggregate", episodes=6, agents=5, **OPTIONS)
    assert (rows[1]["metric"], rows[1]["low"], rows[1]["high"]) == (alone.metric.mean, alone.metric.low, alone.metric.high)
    assert rows[1]["return"] == pytest.approx(sum(row.reward for row in alone.rows) / 6)  # type: ignore[union-attr]


def test_table_and_picture_are_written_and_not_overwritten(done, tmp_path):
    files, problem = done.store(tmp_path / "over")
    assert problem == ""
    assert {path.name for path in files} == {"over.json", "over.png"}
    told = json.loads((tmp_path / "over" / "over.json").read_text())
    assert (told["over"], told["metric"], told["options"]["mode"]) == ("agents", "spread", "point")
    assert (tmp_path / "over" / "over.png").read_bytes()[:4] == b"\x89PNG"
    with pytest.raises(SkyrallyError, match="exists"):
        done.store(tmp_path / "over")


def test_the_verb_prints_a_table(capsys):
    evaluate_over(
        "scripted:homing",
        "aggregate",
        "agents=3",
        yardstick=None,
        adapt=None,
        out=None,
        force=False,
        json=False,
        episodes=6,
        seed=1,
        **OPTIONS,
    )
    assert "spread" in capsys.readouterr().out


@pytest.mark.parametrize("words", ["agents", "=2,5", "agents=", "agents=,"])
def test_what_is_no_list_is_refused(words):
    with pytest.raises(SkyrallyError, match="expected NAME=A,B,C"):
        parse_over(words)


def test_values_are_read_as_options_are():
    assert parse_over("size=density,domain") == ("size", ["density", "domain"])
    assert parse_over("noise=0.05, 0.1") == ("noise", [0.05, 0.1])
    with pytest.raises(SkyrallyError, match="each once"):
        sweep("random", "aggregate", "agents", [2, 2], episodes=6)


def test_large_swarms_are_played_in_smaller_chunks_to_the_same_rows(monkeypatch):
    many = play_drill("aggregate", "scripted:homing", 5, agents=3, **OPTIONS)
    monkeypatch.setattr(drills, "DRONES", 6)
    assert play_drill("aggregate", "scripted:homing", 5, agents=3, **OPTIONS) == many


def test_populations_go_by_name_and_a_population_that_was_learned_with_does_not_stay():
    done = sweep("random", "resource", "agents", ["between", 2], episodes=6, max_cycles=2)
    assert [row["agents"] for row in done.rows()] == [8, 10, 2]
    assert all(row["moving"] == agents for one, agents in zip(done.results, (8, 10, 2), strict=True) for row in [one.rows[0].info])
    with pytest.raises(SkyrallyError, match="unknown populations of resource"):
        sweep("random", "resource", "agents", ["betwen"], episodes=6)


@pytest.fixture(scope="module")
def measured():
    return sweep("scripted:homing", "aggregate", "agents", [8, 2], episodes=6, **OPTIONS).measured_by("own")


def test_a_score_is_0_for_random_actions_and_1_for_the_yardstick(measured):
    rows = measured.rows()
    for row, value in zip(rows, (8, 2), strict=True):
        both = ("random", "scripted:aggregate")
        random, own = (evaluate(who, "aggregate", episodes=6, agents=value, **OPTIONS).metric.mean for who in both)
        assert (row["random"], row["yardstick"]) == (random, own)
        assert row["score"] == pytest.approx((row["metric"] - random) / (own - random))
        assert row["score_low"] <= row["score"] <= row["score_high"]
    for who, score in (("random", 0.0), ("scripted:aggregate", 1.0)):
        assert sweep(who, "aggregate", "agents", [8], episodes=6, **OPTIONS).measured_by("own").rows()[0]["score"] == score


def test_the_area_is_the_mean_score_over_the_logarithm(measured, monkeypatch):
    heights = {2: 0.5, 4: 1.0, 64: 0.0}
    monkeypatch.setattr(Sweep, "scores", lambda self: [(heights.get(value, 0.0),) * 3 for value in self.values])
    assert replace(measured, values=(64, 2, 4)).area() == pytest.approx((0.75 * 1 + 0.5 * 4) / 5)
    assert replace(measured, values=(2,)).area() is None
    assert replace(measured, values=("density", "domain")).area() is None


def test_where_the_yardstick_does_as_random_actions_do_there_is_no_score():
    done = sweep("scripted:homing", "aggregate", "agents", [2, 3], episodes=6, **OPTIONS).measured_by("random")
    assert [row["score"] for row in done.rows()] == [None, None]
    assert done.area() is None


def test_scores_are_printed_and_written(measured, tmp_path, capsys):
    evaluate_over(
        "scripted:homing", "aggregate", "agents=3,4", yardstick="own", adapt=None, out=None, force=False, json=False, episodes=6, **OPTIONS
    )
    assert "mean score" in capsys.readouterr().out
    measured.store(tmp_path)
    told = json.loads((tmp_path / "over.json").read_text())
    assert (told["yardstick"], told["area"]) == ("scripted:aggregate", measured.area())


def test_matches_have_opponents_for_yardsticks():
    done = Sweep("substeps", (1,), (Evaluation("hover", "volleyball-1v1", 6, 0, Estimate("points won", 0.5, 0.0, 1.0)),))
    with pytest.raises(SkyrallyError, match="leave yardstick out"):
        done.measured_by("own")
