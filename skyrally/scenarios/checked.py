"""A scenario's tables, checked when it is registered: one clear line that names the field, instead of a crash in compiled code."""

from __future__ import annotations

import importlib
import re

from ..errors import SkyrallyError, unknown
from .scenario import Layout, Scenario

FUNCTIONS = ("reset", "advance", "referee", "observe")
SWARM_FUNCTIONS = ("reset", "move", "judge", "look")  # `sense` and `couple` if it has them
WORLD = ("seed", "episode", "step", "terminated", "truncated", "drones")
DRONE = ("view_id", "mode", "alive", "term", "returns")


def check_tables(scenario: Scenario) -> None:
    """Raises SkyrallyError for the first thing that does not fit together."""
    name = scenario.name
    if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
        raise SkyrallyError(f"a scenario is named {name!r}; expected lower-case letters, digits and hyphens")
    _check_module(scenario)
    _check_records(scenario)
    for view, layout in scenario.views.items():
        _check_layout(name, view, layout)
    if not scenario.views:
        raise SkyrallyError(f"{name} has no view; expected one Layout or more")
    _check_terms(scenario)


def _check_module(scenario: Scenario) -> None:
    if scenario.module == "__main__":
        raise SkyrallyError(
            f"{scenario.name} is defined in the script that runs, which compiled code cannot import; "
            "put it into a file of its own and import that, or give the file's name instead of a scenario's"
        )
    module = importlib.import_module(scenario.module)
    for function in FUNCTIONS if scenario.swarm is None else SWARM_FUNCTIONS:
        if not hasattr(module, function):
            raise SkyrallyError(f"{scenario.name}: module {scenario.module} has no function {function!r}; define it before registering")


def _check_records(scenario: Scenario) -> None:
    name, fields = scenario.name, scenario.world.names or ()
    for field in WORLD:
        if field not in fields:
            raise SkyrallyError(f"{name}: the world record has no field {field!r}; make it with physics.records.world_record")
    drone = scenario.world["drones"]
    for field in DRONE:
        if field not in (drone.base.names or ()):
            raise SkyrallyError(f"{name}: the drone record has no field {field!r}; see skyrally.scenarios.hover.DRONE_FIELDS")
    if not len(scenario.agents) == len(scenario.teams) == drone.shape[0]:
        raise SkyrallyError(
            f"{name}: {len(scenario.agents)} agents, {len(scenario.teams)} teams and {drone.shape[0]} drones in the record; "
            "expected as many of each"
        )
    for what, names in (("metric", [scenario.metric.field]), ("info", scenario.info), ("initial", scenario.initial)):
        for field in names:
            if field not in fields:
                raise unknown(f"field of the world record, in `{what}` of {name},", field, fields)


def _check_layout(name: str, view: str, layout: Layout) -> None:
    names = [field.name for field in layout.fields]
    for field in layout.fields:
        if names.count(field.name) > 1:
            raise SkyrallyError(f"{name}: view {view!r} has {names.count(field.name)} fields named {field.name!r}")
        if field.size < 0:
            raise SkyrallyError(f"{name}: field {field.name!r} of view {view!r} has size {field.size}; expected 0 or more")


def _check_terms(scenario: Scenario) -> None:
    """As many reward terms in the table, the drone's record and the shared block, whose fields the doors need."""
    name, drone = scenario.name, scenario.world["drones"].base
    options = scenario.resolved({})
    terms = [term.name for term in scenario.terms(options)]
    for field in ("term", "returns"):
        size = drone[field].shape[0] if drone[field].shape else 1
        if size != len(terms):
            raise SkyrallyError(f"{name}: drone field {field!r} holds {size} numbers, and there are {len(terms)} reward terms: {terms}")
    try:
        params = scenario.configure(options)
    except (KeyError, ValueError) as error:  # NumPy's words for a field that the block does not have
        raise SkyrallyError(f"{name}: configure() fails: {error}") from error
    for field in ("max_steps", "weight"):
        if field not in (params.dtype.names or ()):
            raise SkyrallyError(f"{name}: the shared block of configure() has no field {field!r}; add it to make_params([...])")
