"""All scenarios by name."""

from __future__ import annotations

from ..errors import SkyrallyError, unknown
from .back_and_forth import BACK_AND_FORTH
from .bump_and_pass import BUMP_AND_PASS
from .goto import GOTO
from .hit_the_ball import HIT_THE_BALL
from .hover import HOVER
from .juggle import JUGGLE
from .scenario import Scenario
from .set_and_spike_easy import SET_AND_SPIKE_EASY
from .set_and_spike_hard import SET_AND_SPIKE_HARD
from .solo_bump import SOLO_BUMP
from .volleyball import MATCHES

SINGLES = (HOVER, GOTO, BACK_AND_FORTH, HIT_THE_BALL, SOLO_BUMP, JUGGLE)  # drills of one drone
PAIRS = (BUMP_AND_PASS, SET_AND_SPIKE_EASY, SET_AND_SPIKE_HARD)  # drills of two drones
SCENARIOS: dict[str, Scenario] = {scenario.name: scenario for scenario in (*SINGLES, *PAIRS, *MATCHES)}


def find(name: str) -> Scenario:
    """The scenario of this name. Raises SkyrallyError with the nearest names."""
    if name not in SCENARIOS:
        raise unknown("scenario", name, SCENARIOS)
    return SCENARIOS[name]


def register(scenario: Scenario) -> Scenario:
    """Adds a scenario of one's own. Its functions must be importable as `scenario.module`."""
    if scenario.name in SCENARIOS:
        raise SkyrallyError(f"a scenario named {scenario.name!r} exists already; choose another name")
    SCENARIOS[scenario.name] = scenario
    return scenario
