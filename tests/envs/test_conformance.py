"""Every scenario keeps the promises of the conformance kit."""

import pytest

import skyrally
from skyrally.envs.conformance import check

FAST = ["hover", "solo-bump", "volleyball-3v3"]
SLOW = [pytest.param(name, marks=pytest.mark.slow) for name in skyrally.list_scenarios() if name not in FAST]


@pytest.mark.parametrize("name", FAST + SLOW)
def test_conformance(name):
    check(name)
