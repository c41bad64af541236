"""The trained agents that come with the package are as good as they were said to be."""

from __future__ import annotations

import pytest

from skyrally.agents.policy import ZOO, zoo_names
from skyrally.agents.spec import find_agent
from skyrally.scenarios.registry import find
from skyrally.tournament.evaluation import evaluate


@pytest.mark.slow
@pytest.mark.parametrize(("name", "least"), [("solo-bump", 10.83), ("back-and-forth", 9.7), ("hit-the-ball", 11.0)])
def test_they_are_as_good_as_said(name, least):
    """solo-bump: the published number; the others came near it (10.04 and 11.40)."""
    assert evaluate(f"zoo:{name}", episodes=300, seed=4).metric.low > least


@pytest.mark.parametrize("name", zoo_names())
def test_they_are_small_and_say_where_they_come_from(name):
    assert sum(path.stat().st_size for path in (ZOO / name).iterdir()) < 1_000_000
    agent = find_agent(f"zoo:{name}", find(name))
    assert {"command", "seed", "frames", "seconds", "machine", "result"} <= set(agent.provenance)
