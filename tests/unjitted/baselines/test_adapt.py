"""Adaptation: a run's learner goes on at other numbers of drones, is judged in the same episodes, and leaves the run as it was."""

from __future__ import annotations

import json

import pytest

from skyrally.baselines.adapt import adapt
from skyrally.baselines.run import start
from skyrally.cli_over import evaluate_over
from skyrally.errors import SkyrallyError
from skyrally.tournament.sweep import sweep

KEYS = {
    "agents": 3,
    "worlds": 4,
    "steps": 4,
    "minibatches": 2,
    "hidden": [8],
    "threads": 1,
    "evaluate_episodes": 2,
    "max_cycles": 10,
    "learning_rate": 0.05,
    "critic_first": 16,  # the first rollout: not waited for again
}


def trained(folder, **keys):
    start("mappo", "resource", {**KEYS, "critic": "pooled", "encoder": "mean", **keys}, out=folder, frames=32).go()
    return f"run:{folder}"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return trained(tmp_path_factory.mktemp("adapted") / "run")


def metrics(done) -> list[float]:
    return [row["metric"] for row in done.rows()]


def test_before_the_first_update_it_is_the_run_and_after_it_another(run):
    alone, once, thrice = adapt(run, "agents", [2, 6], [3, 1], episodes=24, seed=4)
    assert metrics(alone) == metrics(sweep(run, None, "agents", [2, 6], episodes=24, seed=4))
    assert len({tuple(metrics(done)) for done in (alone, once, thrice)}) == 3
    assert [one.agent for one in thrice.results] == [f"{run} after 3 updates"] * 2
    assert metrics(adapt(run, "agents", [6, 2], [1], episodes=24, seed=4)[1]) == metrics(once)[::-1]  # each value from the run itself


def test_it_is_told_and_written_for_every_number_of_updates(run, tmp_path, capsys):
    play = {"episodes": 6, "seed": 0, "opponent": None, "force": False, "json": False}
    evaluate_over(run, None, "agents=2,4", yardstick="own", adapt="1,2", out=str(tmp_path), **play)
    assert capsys.readouterr().out.count("mean score") == 3
    told = json.loads((tmp_path / "over.json").read_text())
    assert [one["agent"] for one in told["adapted"]] == [f"{run} after {k} updates" for k in (1, 2)]
    assert all(row["score"] is not None for one in (told, *told["adapted"]) for row in one["rows"])


@pytest.mark.parametrize("updates", [[], [0], [2, 2], ["many"]], ids=str)
def test_numbers_of_updates_are_checked(run, updates):
    with pytest.raises(SkyrallyError, match="for example 1,5,20"):
        adapt(run, "agents", [2], updates)


def test_who_cannot_adapt_is_told_why(run, tmp_path):
    with pytest.raises(SkyrallyError, match="expected run:DIR"):
        adapt("scripted:resource", "agents", [2], [1])
    of_three = trained(tmp_path / "run", critic="state")
    with pytest.raises(SkyrallyError, match=r"critic does not fit agents=2.*critic=pooled"):
        adapt(of_three, "agents", [2], [1], episodes=6)
    with pytest.raises(SkyrallyError, match="leave both out"):
        evaluate_over(run, "resource", "agents=2", yardstick=None, adapt="1", out=None, force=False, json=False, opponent=None)
