"""The drill runner and evaluations: every episode once, the same numbers however they are played, honest intervals."""

from __future__ import annotations

import json

import numpy as np
import pytest

from skyrally import SkyrallyError
from skyrally.tournament import evaluation
from skyrally.tournament.drills import DrillRunner, play_drill
from skyrally.tournament.evaluation import evaluate
from skyrally.tournament.statistics import bootstrap

SHORT = {"max_cycles": 60}  # random play leaves hover after 40 to 90 steps


@pytest.fixture(scope="module")
def rows():
    return play_drill("hover", "random", 7, seed=3, **SHORT)


@pytest.mark.parametrize("worlds", [1, 3])
def test_chunks_change_nothing(rows, worlds):
    assert play_drill("hover", "random", 7, seed=3, worlds=worlds, **SHORT) == rows
    assert play_drill("hover", "random", 5, seed=3, worlds=worlds, **SHORT) == rows[:5]


def test_each_episode_counts_once_however_short(rows):
    assert [row.episode for row in rows] == list(range(7))
    assert len({row.seed for row in rows}) == 7
    assert len({row.steps for row in rows}) > 1
    assert all(row.truncated == (row.steps == 60) for row in rows)
    assert any(not row.truncated for row in rows)


def test_another_seed_shares_no_episode(rows):
    other = play_drill("hover", "random", 7, seed=4, **SHORT)
    assert not {row.seed for row in rows} & {row.seed for row in other}
    assert not {row.metric for row in rows} & {row.metric for row in other}


def test_a_row_is_what_the_world_said(rows):
    runner = DrillRunner("hover", "random", worlds=1, first=2, seed=3, **SHORT)
    reward = 0.0
    while not runner.done:
        runner.step()
        reward += runner.env.worlds["drones"]["term"][0, 0] @ runner.env.params["weight"][0]
    row = rows[2]
    assert (row.steps, row.metric) == (runner.env.worlds["step"][0], runner.env.worlds["position_error"][0])
    assert row.reward == pytest.approx(reward)
    assert row.info == {"position_error": row.metric}


def test_an_evaluation_is_the_mean_of_its_rows_and_repeats():
    one, two = (evaluate("random", "hover", episodes=8, seed=1, **SHORT) for _ in range(2))
    assert one == two
    assert one.metric.mean == pytest.approx(np.mean([row.metric for row in one.rows]))
    assert one.metric.low < one.metric.mean < one.metric.high
    assert set(one.result()) >= {"agent", "scenario", "episodes", "seed", "metric"}
    assert set(one.result()["metric"]) == {"name", "mean", "low", "high"}


def test_the_scenario_may_be_in_the_agents_name():
    assert evaluate("hover", episodes=6, max_cycles=2).scenario == "hover"


def test_a_game_has_an_opponent_or_is_played_against_oneself():
    options = {"episodes": 8, "seed": 3, "payoff": [[4, 3], [2, 1]], "column": [[1, 2], [3, 4]]}
    assert evaluate("scripted:stag", "stag-hunt", episodes=6, max_cycles=4).opponent is None
    mixed = evaluate("scripted:stag", "stag-hunt", episodes=6, opponent="scripted:plant", max_cycles=30)
    assert mixed.opponent == "scripted:plant"
    one = DrillRunner("stag-hunt", "scripted:stag", worlds=6, opponent="scripted:plant", max_cycles=30)
    assert [row.reward for row in one.play()] == [row.reward for row in mixed.rows]
    assert one.rows()[0].reward == one.env.returns[0, 0].sum() != one.env.returns[0, 1].sum()
    alone, both = (evaluate("random", "matrix", opponent=opponent, **options) for opponent in (None, "random"))
    assert {row.metric for row in (*alone.rows, *both.rows)} <= {1.0, 2.0, 3.0, 4.0}
    assert len({row.metric for row in both.rows}) > 1


def test_a_match_is_judged_by_points(monkeypatch):
    done = evaluate("hover", "volleyball-1v1", episodes=10, opponent="random", seed=2, max_cycles=50)
    assert done.metric.name == "points won"
    assert [(row.match, row.rally) for row in done.rows] == [(k // 4, k % 4) for k in range(10)]
    wins = [row.winner for row in done.rows if row.winner >= 0]
    assert done.metric.mean == wins.count(0) / len(wins)
    monkeypatch.setattr(evaluation, "WORLDS", 2)
    again = evaluate("hover", "volleyball-1v1", episodes=10, opponent="random", seed=2, max_cycles=50)
    assert again.rows == done.rows


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: evaluate("hover", "hover", episodes=5), "episodes is 5; a 95 % interval of position error needs 6"),
        (lambda: evaluate("hover", "hover", episodes=-1), "episodes is -1"),
        (lambda: evaluate("hover", "hover", seed=-1), "seed is -1"),
        (lambda: evaluate("random"), "names no scenario"),
        (lambda: evaluate("hover", "hoverr"), "did you mean hover"),
        (lambda: evaluate("hover", "hover", opponent="random"), "no opponent"),
        (lambda: play_drill("volleyball-1v1", "hover", 6), "is a match"),
        (lambda: evaluate("hover", "matrix"), "hover flies drones and matrix has none; try random"),
        (lambda: evaluate("scripted:stag", "matrix"), "scripted:stag plays stag-hunt only, not matrix; try random"),
    ],
)
def test_mistakes_are_one_clear_line(call, says):
    with pytest.raises(SkyrallyError, match=says) as error:
        call()
    assert "\n" not in str(error.value)


def test_rows_are_stored_whole_and_never_overwritten(tmp_path):
    done = evaluate("random", "hover", episodes=6, **SHORT)
    done.store(tmp_path / "new")
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["result.json", "rows.jsonl"]
    lines = (tmp_path / "new" / "rows.jsonl").read_text().splitlines()
    assert [json.loads(line)["metric"] for line in lines] == [row.metric for row in done.rows]
    assert json.loads((tmp_path / "new" / "result.json").read_text()) == json.loads(json.dumps(done.result()))
    with pytest.raises(SkyrallyError, match="--force"):
        done.store(tmp_path / "new")
    done.store(tmp_path / "new", force=True)
    (tmp_path / "file").write_text("")
    with pytest.raises(SkyrallyError, match="cannot write"):
        done.store(tmp_path / "file")


def test_the_bootstrap_agrees_with_the_normal_interval():
    sample = np.random.default_rng(1).normal(5.0, 2.0, 400)
    low, high = bootstrap(list(sample))
    half = 1.96 * sample.std() / 20
    assert (low, high) == pytest.approx((sample.mean() - half, sample.mean() + half), abs=0.02)
    assert bootstrap([2.0] * 9) == (2.0, 2.0)


def test_the_bootstrap_covers():
    rng = np.random.default_rng(2)
    intervals = [bootstrap(list(rng.exponential(1.0, 40)), 200) for _ in range(150)]
    assert 0.88 <= np.mean([low <= 1.0 <= high for low, high in intervals]) <= 0.98
