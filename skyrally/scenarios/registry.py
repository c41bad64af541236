"""All scenarios by name, each imported when first asked for, and scenarios of one's own by file or module."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from importlib import import_module

from ..errors import SkyrallyError, unknown
from ..own_code import import_own, is_own_code
from .checked import check_tables
from .names import MATCHES, SCENARIO_NAMES
from .scenario import Scenario


class Registry(MutableMapping[str, Scenario]):
    """Scenarios by name. A name of this package stands for its module until it is asked for: starting one scenario imports no other."""

    def __init__(self, homes: dict[str, str]) -> None:
        self._known: dict[str, Scenario | str] = dict(homes)

    def __getitem__(self, name: str) -> Scenario:
        known = self._known[name]
        if isinstance(known, str):
            module = import_module(f".{known}", __package__)
            found = {scenario.name: scenario for scenario in getattr(module, "MATCHES", None) or [getattr(module, known.upper())]}
            known = self._known[name] = found[name]
        return known

    def __setitem__(self, name: str, scenario: Scenario) -> None:
        self._known[name] = scenario

    def __delitem__(self, name: str) -> None:
        del self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def __contains__(self, name: object) -> bool:
        return name in self._known


SCENARIOS = Registry({name: "volleyball" if name in MATCHES else name.replace("-", "_") for name in SCENARIO_NAMES})


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
