"""The benchmark of populations on the court: its commands are valid and have equal budgets, its rows and tables say what was played."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from skyrally.baselines.algorithms import kind_of
from skyrally.baselines.config import configured, plain
from skyrally.baselines.psro_run import PSROConfig
from skyrally.baselines.responder import LEARNERS
from skyrally.baselines.run import PLACE, RunConfig
from skyrally.cli_words import parse_options
from skyrally.scenarios.registry import find
from skyrally.tournament.duel import Played
from skyrally.tournament.statistics import wilson

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks" / "games"))

import court


@pytest.mark.parametrize("learner", [court.NETWORKS, court.CAPTAINS])
def test_commands_have_keys_that_exist_and_equal_budgets(tmp_path, learner):
    budgets = {}
    for name, (words, frames) in court.commands(court.Plan(tmp_path, kind=learner)).items():
        algorithm, scenario = words[1:3]
        keys = parse_options(tuple(word for word in words if "=" in word))
        of_psro = algorithm == "psro"
        kind = LEARNERS["ppo"][1] if of_psro else kind_of(algorithm, "ppo")[1]
        general = plain(PSROConfig() if of_psro else RunConfig())
        assert set(keys) <= {*general, *plain(kind()), *PLACE, *find(scenario).options}
        learns = {key: value for key, value in keys.items() if key in plain(kind()) and key != "threads"}
        configured(kind, learns)
        budgets[name] = keys["iterations"] * keys["response"] if of_psro else frames
    assert budgets.pop("lesson", 0) == learner.lesson
    assert budgets.pop("sp-twice") == 2 * court.RESPONSES * learner.response
    assert set(budgets.values()) == {court.RESPONSES * learner.response}
    assert set(budgets) == {"sp", "fsp", *(f"psro-{name}" for name in ("uniform", "nash", "rae", "nash-after-sp", "rae-after-sp"))}


def test_a_pair_as_a_row():
    """Three points to one; of the draw nothing counts. A crash costs the loser more, which is a point lost all the same."""
    payoffs = np.array([[1, 1, -1, 0, 1], [-1, -1, 1, 0, -1]], float)
    row = court.row_of("a", "b", Played(payoffs, np.array([True, False, False, False, False]), np.array([100, 200, 300, 3000, 50])))
    low, high = wilson(3, 4)
    assert {key: row[key] for key in ("won", "lost", "drawn", "rallies", "crashed", "share")} == {
        "won": 3, "lost": 1, "drawn": 1, "rallies": 5, "crashed": 1, "share": 0.75,
    }  # fmt: skip
    assert (row["low"], row["high"]) == pytest.approx((low, high), abs=1e-4)


def test_the_tables(tmp_path):
    plan = court.Plan(tmp_path, 0.5)
    for name in ("sp", "fsp"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "metrics.jsonl").write_text(json.dumps({"frames": 400_000, "seconds": 1.0}) + "\n")
    pair = {"rallies": 10, "won": 6, "lost": 4, "drawn": 0, "share": 0.6, "low": 0.31, "high": 0.83}
    rows = [{"first": "sp", "second": court.TEACHER, **pair}, {"first": "fsp", "second": "sp", **pair}]
    rows += [{"exploited": "fsp", "seed": k, "gain": 0.1 * k, "low": 0.0, "high": 0.5} for k in (1, 2)]
    told = court.tables(plan, rows)
    assert "| sp | 1 | 0.40 M | 0.600 [0.310, 0.830] | - | - |" in told
    assert "| fsp | 1 | 0.40 M | - | 0.600 [0.310, 0.830] | 0.20 [0.00, 0.50] |" in told
    court.keep(plan, rows)
    assert court.known_rows(plan) == rows


def test_a_smaller_share_of_the_budget(tmp_path):
    plan = court.Plan(tmp_path, 0.01)
    assert (plan.frames(1000), plan.rallies(1000), plan.rallies(10)) == (10, 200, 8)
