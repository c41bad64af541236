"""The scripted players of the skill drills reach their thresholds."""

import pytest

from skyrally.tournament.evaluation import evaluate

LEAST = {
    "serve": 0.9,
    "receive": 0.9,
    "set": 0.9,
    "attack": 0.9,
    "return-ball": 0.88,
    "block": 0.82,
    "cover-mate": 0.87,
    "serve-receive": 0.8,
}


@pytest.mark.jit
@pytest.mark.slow
@pytest.mark.parametrize("drill", LEAST)
def test_skills_succeed(drill):
    result = evaluate(f"scripted:{drill}", episodes=500, seed=7)
    assert result.scenario == drill
    assert result.metric.mean >= LEAST[drill]
