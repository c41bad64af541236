"""An agent at many values of one option: rows, files, what is refused."""

from __future__ import annotations

import json

import pytest

from skyrally.cli_over import evaluate_over, parse_over
from skyrally.errors import SkyrallyError
from skyrally.tournament import drills
from skyrally.tournament.drills import play_drill
from skyrally.tournament.evaluation import evaluate
from skyrally.tournament.sweep import sweep

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
    evaluate_over("scripted:homing", "aggregate", "agents=3", out=None, force=False, json=False, episodes=6, seed=1, **OPTIONS)
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
