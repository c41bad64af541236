"""Agents by spec string, the same in every verb and function.

| spec | what |
| --- | --- |
| random | uniform actions |
| hover | holds its place |
| scripted:NAME | a classical player, compiled (rally) |
| zoo:NAME | a trained agent of the package, or a hierarchy |
| hierarchy:FILE.yaml | a commander over skills, by a manifest (manifest.py) |
| run:DIR | the best agent of a training run; of psro the population (run:DIR@blue: blue's) |
| file:PATH | weights and manifest in a folder (data only) |
| python:MODULE:ATTR, FILE.py:ATTR | your own code: ATTR(scenario) gives an Agent |
"""

from __future__ import annotations

from typing import Any

from ..envs.choices import DISCRETE
from ..errors import SkyrallyError, unknown
from ..own_code import import_own, is_own_code
from ..scenarios.registry import SCENARIOS
from ..scenarios.scenario import Scenario
from .agent import Agent
from .basic import Random, hover
from .manifest import from_hierarchy, hierarchy_names, hierarchy_path, read_hierarchy
from .policy import FOLDERS, TRAINED, read_manifest, zoo_names
from .population import from_population, population_place, read_population
from .scripted import PLAYERS, find_scripted

WORDY = ("run:DIR", "file:PATH", "hierarchy:FILE.yaml", "python:MODULE:ATTR")
LATER = {"keyboard": "no keyboard player"}


def known_specs() -> list[str]:
    """Every spec that needs no more words."""
    zoo = sorted([*zoo_names(), *hierarchy_names()])
    return ["random", "hover", *(f"scripted:{name}" for name in PLAYERS), *(f"zoo:{name}" for name in zoo)]


def find_agent(spec: str, scenario: Scenario, seed: int = 0) -> Agent:
    """The agent that a spec names, built for a scenario. Raises SkyrallyError, with the nearest names, for unknown ones."""
    kind, _, rest = spec.partition(":")
    if spec == "random":
        return Random(seed, next(mode for mode in scenario.action_modes if mode != DISCRETE))
    if spec == "hover":
        return hover(scenario)
    if kind == "scripted" and rest:
        return find_scripted(rest, scenario)
    if (path := hierarchy_path(kind, rest)) is not None:
        return from_hierarchy(path, spec, scenario, seed)
    if kind == "run" and (place := population_place(rest)):
        return from_population(*place, scenario, seed)
    if kind in TRAINED and rest:
        return TRAINED[kind](rest, scenario)
    if is_own_code(spec):
        return _from_python(spec, scenario)
    if kind in LATER:
        raise SkyrallyError(f"{spec}: {LATER[kind]} yet in this version; known: {', '.join([*known_specs(), *WORDY])}")
    raise unknown("agent", spec, [*known_specs(), *WORDY])


def is_agent(spec: str) -> bool:
    """Whether a word is an agent's spec that may name a scenario."""
    return spec.partition(":")[0] in (*TRAINED, "scripted", "hierarchy")


def home(spec: str) -> tuple[str, dict[str, Any]]:
    """(scenario, its options) where an agent learned, or that its name tells (scripted:solo-bump). SkyrallyError when neither says."""
    kind, _, rest = spec.partition(":")
    name, options = rest or spec, {}
    if (path := hierarchy_path(kind, rest)) is not None:
        told = read_hierarchy(path, spec)
        name, options = told["scenario"], told["options"]
    elif kind == "run" and (place := population_place(rest)):
        told = read_population(place[0])
        name, options = told["scenario"], told["options"]
    elif kind in TRAINED and rest:
        manifest = read_manifest(FOLDERS[kind](rest), spec)
        name, options = manifest["scenario"], manifest.get("options", {})
    if name not in SCENARIOS:
        raise SkyrallyError(f"{spec!r} names no scenario; say which: --scenario, one of {', '.join(SCENARIOS)}")
    return name, options


def _from_python(spec: str, scenario: Scenario) -> Agent:
    module, attribute = import_own(spec)
    if not attribute:
        raise SkyrallyError(f"{spec}: expected {spec}:ATTR, where ATTR(scenario) gives an Agent")
    factory = getattr(module, attribute)
    made = factory(scenario) if callable(factory) else factory
    if not isinstance(made, Agent):
        raise SkyrallyError(f"{spec} gave a {type(made).__name__}; expected a skyrally Agent")
    return made
