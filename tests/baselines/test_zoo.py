"""The trained agents that come with the package are as good as they were said to be."""

from __future__ import annotations

import pytest

from skyrally.agents.policy import ZOO, zoo_names
from skyrally.agents.spec import find_agent
from skyrally.scenarios.registry import find
from skyrally.tournament.evaluation import evaluate


@pytest.mark.slow
def test_solo_bump_beats_the_published_number():
    assert evaluate("zoo:solo-bump", episodes=300, seed=4).metric.low > 10.83


@pytest.mark.parametrize("name", zoo_names())
def test_they_are_small_and_say_where_they_come_from(name):
    assert sum(path.stat().st_size for path in (ZOO / name).iterdir()) < 1_000_000
    agent = find_agent(f"zoo:{name}", find(name))
    assert {"command", "seed", "frames", "seconds", "machine", "result"} <= set(agent.provenance)
