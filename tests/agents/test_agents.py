"""Agents by spec: what they need, that they are reproducible, and that the scripted player plays."""

import numpy as np
import pytest

from skyrally.agents.agent import Agent
from skyrally.agents.basic import Random
from skyrally.agents.spec import find_agent
from skyrally.errors import SkyrallyError
from skyrally.scenarios.registry import find
from skyrally.tournament.drills import play_drill
from skyrally.tournament.evaluation import evaluate
from skyrally.tournament.match import Format, MatchRunner
from skyrally.tournament.statistics import summarise


class Still(Agent):
    """For python: specs."""

    name = "still"

    def __init__(self, scenario):
        self.scenario = scenario

    def act(self, obs, memory, out):
        out[:] = 0.0


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("scripted:ralli", "rally"),
        ("hoover", "hover"),
        ("zoo:x", "unknown trained agent"),
        ("python:nowhere", "python:MODULE:ATTR"),
        ("python:nowhere:x", "nowhere"),
        ("python:math:pi", "python:math:pi"),
    ],
)
def test_bad_specs_are_one_clear_line(spec, says):
    with pytest.raises(SkyrallyError, match=says) as error:
        find_agent(spec, find("volleyball-3v3"))
    assert "\n" not in str(error.value)


def test_python_specs_bring_ones_own_code():
    agent = find_agent(f"python:{__name__}:Still", find("hover"))
    assert agent.name == "still"


def test_random_is_reproducible_and_independent_of_the_batch():
    out, few, memory = np.zeros((64, 4), np.float32), np.zeros((5, 4), np.float32), np.zeros((64, 1), np.float32)
    agent = Random(seed=3)
    for step in range(3):
        agent.act(np.zeros((64, 1)), memory, out)
        agent.act(np.zeros((5, 1)), np.full((5, 1), step, np.float32), few)
        assert np.array_equal(out[:5], few)
    assert np.abs(out).max() <= 1.0
    assert not np.array_equal(out[0], out[1])
    other = np.zeros((5, 4), np.float32)
    Random(seed=4).act(np.zeros((5, 1)), np.full((5, 1), 2, np.float32), other)
    assert not np.array_equal(other, few)


@pytest.mark.jit
def test_hover_stays_at_the_target():
    assert max(row.metric for row in play_drill("hover", "hover", 16, seed=1)) < 0.05


@pytest.mark.jit
def test_rally_bumps_more_than_the_published_best():
    assert evaluate("scripted:rally", "solo-bump", episodes=100, seed=5).metric.low >= 12.0


def play(first, second, matches=40, points=2, scenario="volleyball-3v3", **options):
    form = Format(points=points, swap="rally", max_rallies=points)
    return summarise(MatchRunner(scenario, first, second, matches=matches, form=form, seed=11, **options).play())


@pytest.mark.jit
def test_rally_keeps_the_ball_in_play():
    summary = play("scripted:rally", "scripted:rally")
    assert summary.distinct == summary.rallies
    assert summary.crossings >= 4.0
    assert summary.three_touch >= 0.3


@pytest.mark.jit
@pytest.mark.parametrize(("opponent", "least"), [("hover", 0.95), ("random", 0.99)])
def test_rally_beats_the_plain_players(opponent, least):
    assert play("scripted:rally", opponent, matches=100).win_rate >= least


@pytest.mark.slow
@pytest.mark.parametrize(("scenario", "least"), [("volleyball-1v1", 2.0), ("volleyball-2v2", 1.2)])
def test_rally_plays_other_sizes(scenario, least):
    assert play("scripted:rally", "scripted:rally", scenario=scenario).crossings >= least
