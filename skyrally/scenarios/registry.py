"""All scenarios by name, and scenarios of one's own by file or module."""

from __future__ import annotations

from ..errors import SkyrallyError, unknown
from ..own_code import import_own, is_own_code
from .aggregate import AGGREGATE
from .attack import ATTACK
from .back_and_forth import BACK_AND_FORTH
from .bump_and_pass import BUMP_AND_PASS
from .checked import check_tables
from .comms_coverage import COMMS_COVERAGE
from .flock import FLOCK
from .foraging import FORAGING
from .goal_swap import GOAL_SWAP
from .goto import GOTO
from .hit_the_ball import HIT_THE_BALL
from .hover import HOVER
from .juggle import JUGGLE
from .kuramoto import KURAMOTO
from .matrix import MATRIX
from .potential_field import POTENTIAL_FIELD
from .receive import RECEIVE
from .resource import RESOURCE
from .scenario import Scenario
from .serve import SERVE
from .serve_receive import SERVE_RECEIVE
from .set import SET
from .set_and_spike_easy import SET_AND_SPIKE_EASY
from .set_and_spike_hard import SET_AND_SPIKE_HARD
from .solo_bump import SOLO_BUMP
from .stag_hunt import STAG_HUNT
from .two_way_road import TWO_WAY_ROAD
from .volleyball import MATCHES

SINGLES = (HOVER, GOTO, BACK_AND_FORTH, HIT_THE_BALL, SOLO_BUMP, JUGGLE, SERVE, RECEIVE, SET, ATTACK)  # drills of one drone
PAIRS = (BUMP_AND_PASS, SET_AND_SPIKE_EASY, SET_AND_SPIKE_HARD, SERVE_RECEIVE)  # drills of two drones
GAMES = (MATRIX, STAG_HUNT, TWO_WAY_ROAD)  # of two players that are no drones
POINTS = (RESOURCE, COMMS_COVERAGE, FORAGING, POTENTIAL_FIELD)  # swarms of point masses
SWARMS = (FLOCK, KURAMOTO, AGGREGATE, GOAL_SWAP, *POINTS)  # of any number of drones
SCENARIOS: dict[str, Scenario] = {scenario.name: scenario for scenario in (*SINGLES, *PAIRS, *MATCHES, *GAMES, *SWARMS)}


def find(name: str) -> Scenario:
    """The scenario of this name, or of one's own: `my_drill.py`, `my_drill.py:ATTR`, `python:MODULE:ATTR`; it is registered then.

    Raises SkyrallyError with the nearest names.
    """
    if is_own_code(name):
        return _own(name)
    if name not in SCENARIOS:
        raise unknown("scenario", name, SCENARIOS)
    return SCENARIOS[name]


def register(scenario: Scenario) -> Scenario:
    """Adds a scenario of one's own. Its functions must be importable as `scenario.module`; registering it again is harmless.

    Raises SkyrallyError for tables that do not fit together and a name that is taken.
    """
    known = SCENARIOS.get(scenario.name)
    if known is not None and known.module != scenario.module:
        raise SkyrallyError(f"a scenario named {scenario.name!r} exists already; choose another name")
    check_tables(scenario)
    SCENARIOS[scenario.name] = scenario
    return scenario


def _own(spec: str) -> Scenario:
    """The scenario in a module or file of one's own: what ATTR names, or the only one there is."""
    module, attribute = import_own(spec)
    named = [attribute] if attribute else [key for key, value in vars(module).items() if isinstance(value, Scenario)]
    found = list({id(getattr(module, key)): getattr(module, key) for key in named}.values())
    if len(found) != 1 or not isinstance(found[0], Scenario):
        what = f"{attribute} is a {type(found[0]).__name__}" if attribute else f"it holds {len(found)} scenarios"
        raise SkyrallyError(f"{spec}: {what}; expected one skyrally Scenario: FILE.py:ATTR or python:MODULE:ATTR names it")
    return found[0] if SCENARIOS.get(found[0].name) is found[0] else register(found[0])
