"""Hierarchies as data: a YAML file that names a commander and skills by spec. Reading it never runs code that it brings along.

```yaml
format: 1
scenario: volleyball-3v3      # where it is at home; any match will do
commander: scripted           # the rules, `fixed` (the published roles), a trained captain (run:DIR, zoo:NAME), or an agent of orders
options: {physics: fine}      # of the matches that it plays unless told otherwise; their airframe is what scripted skills know of rotors
every: 0                      # steps after which the commander is asked anyway; 0: at events only
tactics: {soonest: 1.0}       # numbers of the scripted parts that differ from commander.TACTICS
skills:                       # scripted unless named: goto serve receive set attack return block cover, after_serve after_receive ...
  receive: run:runs/receive   # learned in its drill, with the drill's view
```

Folders and files are looked up beside the manifest first. A skill may be a hierarchy of its own, but not the one that names it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from ..errors import SkyrallyError, unknown
from ..scenarios.registry import find
from ..scenarios.scenario import Scenario
from .agent import Agent
from .captain import load_captain
from .commander import TACTICS
from .fixed_roles import fixed_roles
from .hierarchy import COMMAND_MODE, VIEW, Hierarchy, Rules, crew
from .orders import SKILLS
from .policy import CAPTAINS, FOLDERS, TRAINED, ZOO, load_agent, read_manifest
from .recast import Plain, Recast, alike

FORMAT = 1
FILE = "hierarchy.yaml"
SCRIPTED, FIXED = "scripted", "fixed"  # commanders by rules; the first also names the skills
KEYS = ("format", "scenario", "options", "commander", "every", "tactics", "skills")


def hierarchy_names() -> list[str]:
    """The hierarchies that come with the package."""
    return sorted(path.parent.name for path in ZOO.glob(f"*/{FILE}"))


def hierarchy_path(kind: str, rest: str) -> Path | None:
    """The manifest that the spec `kind:rest` names; None if it names no hierarchy."""
    if kind == "hierarchy" and rest:
        return Path(rest)
    return ZOO / rest / FILE if kind == "zoo" and rest in hierarchy_names() else None


def members(path: Path, spec: str, chain: tuple[Path, ...] = ()) -> list[str]:
    """The manifest's own path and the specs of all that it names, those of inner hierarchies too: what it is made of."""
    path = path.resolve()
    _check_chain(path, spec, chain)
    told, found = read_hierarchy(path, spec), [f"hierarchy:{path}"]
    for text in (told["commander"], *told["skills"].values()):
        if text not in (SCRIPTED, FIXED):
            text = _beside(text, path)
            inner = hierarchy_path(*text.partition(":")[::2])
            found += members(inner, text, (*chain, path)) if inner else [text]
    return found


def _check_chain(path: Path, spec: str, chain: tuple[Path, ...]) -> None:
    if path in chain:
        raise SkyrallyError(f"{spec} names itself: {' -> '.join(step.name for step in (*chain, path))}; a skill must be another agent")


def read_hierarchy(path: Path, spec: str) -> dict[str, Any]:
    """The manifest, checked, with all keys. SkyrallyError when it is missing, no YAML, or says what is not known."""
    try:
        told = yaml.safe_load(path.read_text())
    except OSError:
        raise SkyrallyError(f"{spec}: there is no file {path}; expected the manifest of a hierarchy (YAML)") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SkyrallyError(f"{spec}: {path} is no YAML ({str(error).splitlines()[0]})") from None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise SkyrallyError(f"{spec}: {path} does not say format: {FORMAT}; expected the manifest of a hierarchy of this version")
    for key in told:
        if key not in KEYS:
            raise unknown(f"key of {path.name}", str(key), KEYS)
    told = {"scenario": "volleyball-3v3", "options": {}, "commander": SCRIPTED, "every": 0, "tactics": {}, "skills": {}, **told}
    for key, names in (("tactics", TACTICS), ("skills", SKILLS)):
        if not isinstance(told[key], dict):
            raise SkyrallyError(f"{spec}: {key} in {path} is {told[key]!r}; expected names with values")
        for name in told[key]:
            if name not in names:
                raise unknown(f"{'skill' if key == 'skills' else 'tactic'} of {path.name}", str(name), names)
    _check_values(told, spec)
    return told


def _check_values(told: dict[str, Any], spec: str) -> None:
    for name, value in told["tactics"].items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise SkyrallyError(f"{spec}: tactic {name} is {value!r}; expected a number")
    for name, value in (("commander", told["commander"]), *told["skills"].items()):
        if not isinstance(value, str):
            raise SkyrallyError(f"{spec}: {name} is {value!r}; expected {SCRIPTED} or an agent's spec")
    if not isinstance(told["options"], dict):
        raise SkyrallyError(f"{spec}: options is {told['options']!r}; expected the scenario's options with values")
    if isinstance(told["every"], bool) or not isinstance(told["every"], int) or told["every"] < 0:
        raise SkyrallyError(f"{spec}: every is {told['every']!r}; expected a number of steps, 0 for none")


def from_hierarchy(path: Path, spec: str, scenario: Scenario, seed: int = 0, chain: tuple[Path, ...] = ()) -> Hierarchy:
    """The hierarchy of a manifest, for a match. chain: the manifests that led here, none of which it may name."""
    path = path.resolve()
    _check_chain(path, spec, chain)
    told = read_hierarchy(path, spec)
    if scenario.family != "match":
        raise SkyrallyError(f"{spec} plays volleyball matches, not {scenario.name}; try {scenario.yardstick}")
    tactics = {**TACTICS, **{name: float(value) for name, value in told["tactics"].items()}}
    hands = crew(scenario, tactics)
    found = {SCRIPTED: hands}
    for text in dict.fromkeys(told["skills"].values()):
        found.setdefault(text, _skill(text, path, scenario, seed, (*chain, path)))
    skills = {name: found[told["skills"].get(name, SCRIPTED)] for name in SKILLS}
    commander = _commander(told["commander"], path, scenario, seed, tactics)
    at_home = scenario.resolved({name: value for name, value in told["options"].items() if name in scenario.options})
    skills = alike(skills, scenario.views[VIEW], scenario.configure(at_home)[0]["airframe"])
    return Hierarchy(spec, scenario, commander, skills, told["every"])


def _beside(text: str, path: Path) -> str:
    """A spec whose folder or file, if it lies beside the manifest, is named in full."""
    kind, _, rest = text.partition(":")
    near = path.parent / rest
    return f"{kind}:{near}" if kind in ("run", "file", "hierarchy") and rest and near.exists() else text


def _skill(text: str, path: Path, scenario: Scenario, seed: int, chain: tuple[Path, ...]) -> Agent:
    from .spec import find_agent

    text = _beside(text, path)
    kind, _, rest = text.partition(":")
    match = scenario.views[VIEW]
    if (inner := hierarchy_path(kind, rest)) is not None:
        return Plain(from_hierarchy(inner, text, scenario, seed, chain), match)
    if kind in TRAINED and rest:
        folder = FOLDERS[kind](rest)
        home = find(read_manifest(folder, text)["scenario"])
        agent = load_agent(folder, home, text)
        return Recast(agent, home.views[agent.view or home.default_view], match)
    agent = find_agent(text, scenario, seed)
    if (agent.view or scenario.default_view) != VIEW:
        raise SkyrallyError(f"{text} reads the view {agent.view or scenario.default_view} of {scenario.name}; a skill reads {VIEW}")
    return Plain(agent, match)


def _commander(text: str, path: Path, scenario: Scenario, seed: int, tactics: dict[str, float]) -> Agent:
    from .spec import find_agent

    if text == SCRIPTED:
        return Rules(scenario, tactics)
    if text == FIXED:
        return fixed_roles(scenario)
    text = _beside(text, path)
    kind, _, rest = text.partition(":")
    if kind in TRAINED and rest and not hierarchy_path(kind, rest) and read_manifest(FOLDERS[kind](rest), text)["action_mode"] == CAPTAINS:
        return load_captain(FOLDERS[kind](rest), scenario, text, tactics)
    agent = find_agent(text, scenario, seed)
    if agent.action_mode != COMMAND_MODE:
        raise SkyrallyError(f"{text} acts in mode {agent.action_mode}; a commander gives orders (action mode {COMMAND_MODE})")
    return agent
