"""The scripted players of the skill drills reach their thresholds."""

import pytest

from skyrally.tournament.evaluation import evaluate

LEAST = [
    ("serve", {}, 0.9),
    ("receive", {"starts": "published"}, 0.88),
    ("receive", {}, 0.78),  # serves and attacks, to any place: fast ones cannot be sent there
    ("set", {}, 0.88),
    ("attack", {}, 0.95),
    ("return-ball", {}, 0.88),
    ("block", {}, 0.72),
    ("cover-mate", {}, 0.87),
    ("serve-receive", {}, 0.8),
]


@pytest.mark.jit
@pytest.mark.slow
@pytest.mark.parametrize(("drill", "options", "least"), LEAST)
def test_skills_succeed(drill, options, least):
    result = evaluate(f"scripted:{drill}", episodes=500, seed=7, **options)
    assert result.scenario == drill
    assert result.metric.mean >= least
