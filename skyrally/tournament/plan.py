"""What a league is: entrants, format, points, limits; from keywords or from a YAML file, every value checked."""

from __future__ import annotations

import hashlib
import importlib.machinery
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

from ..agents.manifest import hierarchy_path, members
from ..agents.policy import MANIFEST, WEIGHTS
from ..agents.population import POPULATION, population_place
from ..agents.spec import FOLDERS
from ..envs.arguments import whole
from ..errors import SkyrallyError, checked_options, unknown
from ..own_code import is_own_code
from ..physics.sources import digest_of
from .cell.isolation import Limits
from .match import SERVES, SWAPS, Format, find_match
from .schedule import FORMATS

STRETCH = 4  # rallies in a row in one world, when all points of a match are played: 2 on either side
COUNTS = ("first", "total")


@dataclass(frozen=True)
class Entrant:
    """Who takes part."""

    name: str
    spec: str

    @property
    def isolated(self) -> bool:
        """Whether it is code of somebody's own, which runs in a process of its own."""
        return is_own_code(self.spec)


@dataclass(frozen=True)
class Plan:
    """A league. Times in seconds, memory in MiB.

    count: "first": a match goes to `points` points; "total": `points` rallies in all, `STRETCH` in a row in a world.
    """

    entrants: tuple[Entrant, ...]
    title: str = "League"
    scenario: str = "volleyball-3v3"
    options: Mapping[str, Any] = field(default_factory=dict)
    format: str = "round-robin"
    rounds: int | None = None
    points: int = 15
    count: str = "first"
    serve: str = "winner"
    swap: str | None = None
    seed: int = 0
    time_limit: float = Limits.action
    start_limit: float = Limits.start
    memory_limit: int = Limits.memory
    replays: int = 10
    replay_seconds: float = 60.0

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            raise unknown("format", self.format, FORMATS)
        if self.count not in COUNTS:
            raise unknown("count", self.count, COUNTS)
        for name, least in (("points", 1), ("seed", 0), ("replays", 0), ("memory_limit", 16)):
            whole(name, getattr(self, name), least)
        if self.rounds is not None:
            whole("rounds", self.rounds, 1)
        for name in ("time_limit", "start_limit", "replay_seconds"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0.0 < value < 1e6:
                raise SkyrallyError(f"{name} is {value!r}; expected seconds, above 0")
        if self.swap is not None and self.swap not in SWAPS:
            raise unknown("swap", self.swap, SWAPS)
        if self.serve not in SERVES:
            raise unknown("serve", self.serve, SERVES)
        names = [entrant.name for entrant in self.entrants]
        if len(names) < 2 or len(set(names)) < len(names):
            raise SkyrallyError(f"entrants are {', '.join(names) or 'nobody'}; expected two or more with different names")

    @property
    def form(self) -> Format:
        """How each set of a match is played."""
        if self.count == "first":
            return Format(self.points, self.serve, self.swap or "half")
        return Format(STRETCH, self.serve, self.swap or "rally", STRETCH)

    @property
    def sets(self) -> tuple[int | None, ...]:
        """The worlds that a match is played in, by their number of rallies (None: until the points are won)."""
        if self.count == "first":
            return (None,)
        return tuple(min(STRETCH, self.points - begun) for begun in range(0, self.points, STRETCH))

    @property
    def limits(self) -> Limits:
        return Limits(self.time_limit, self.start_limit, self.memory_limit)

    def plain(self) -> dict[str, Any]:
        """Plain types, for JSON: what `plan_of` takes."""
        told = asdict(self)
        return {**told, "options": dict(self.options), "entrants": [asdict(entrant) for entrant in self.entrants]}

    def check(self) -> None:
        """SkyrallyError for a scenario that is no match, unknown options, and entrants whose files are missing or do not fit."""
        from ..agents.spec import find_agent

        scenario = find_match(self.scenario)
        scenario.configure(scenario.resolved({k: v for k, v in self.options.items() if k != "sight"}))
        for entrant in self.entrants:
            if not entrant.isolated:
                find_agent(entrant.spec, scenario, 0)


def plan_of(entrants: Sequence[Any] | Mapping[str, str], **keys: Any) -> Plan:
    """A plan from entrants (specs, {name, spec}, or a mapping of names to specs) and the other keys of a league file."""
    checked_options("key of a league", keys, [f.name for f in fields(Plan)])
    given = [{"name": name, "spec": spec} for name, spec in entrants.items()] if isinstance(entrants, Mapping) else list(entrants or ())
    options = keys.pop("options", None) or {}
    if not isinstance(options, Mapping):
        raise SkyrallyError(f"options is {options!r}; expected a mapping of the scenario's options to values")
    found: list[Entrant] = []
    for one in given:
        if isinstance(one, Entrant):
            found.append(one)
        elif isinstance(one, str):
            same = sum(one == known.spec for known in found)
            found.append(Entrant(one if not same else f"{one} ({same + 1})", one))
        elif isinstance(one, Mapping) and set(one) <= {"name", "spec"} and isinstance(one.get("spec"), str):
            found.append(Entrant(str(one.get("name", one["spec"])), one["spec"]))
        else:
            raise SkyrallyError(f"entrant {one!r}; expected a spec such as scripted:rally, or name: and spec:")
    return Plan(tuple(found), options=dict(options), **keys)


def read_plan(path: str | Path) -> Plan:
    """The plan in a league file. SkyrallyError when it cannot be read or holds something odd."""
    try:
        told = yaml.safe_load(Path(path).read_text())
    except OSError as error:
        raise SkyrallyError(f"cannot read {path}: {error.strerror or error}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SkyrallyError(f"{path} is no YAML: {' '.join(str(error).split())}") from None
    if not isinstance(told, dict) or "entrants" not in told or not all(isinstance(key, str) for key in told):
        raise SkyrallyError(f"{path} holds no league; expected keys such as scenario: and entrants:")
    if not isinstance(told["entrants"], (list, dict)):
        raise SkyrallyError(f"entrants in {path} is {told['entrants']!r}; expected a list of specs")
    return plan_of(**told)


def content_hash(spec: str) -> str:
    """[16 hex digits] what an entrant is made of: weights and manifest, the source of one's own file (not of what it imports; nothing is
    executed), or of the player's module. SkyrallyError when files are missing."""
    kind, _, rest = spec.partition(":")
    parts = [spec.encode()]
    if is_own_code(spec):
        parts.append(_read(spec, source_of(spec)))
    elif kind == "run" and (place := population_place(rest)):
        parts += [_read(spec, file) for file in sorted(place[0].rglob("agent.*")) if "scratch" not in file.parts]
        parts.append(_read(spec, place[0] / POPULATION))
    elif (manifest := hierarchy_path(kind, rest)) is not None:
        first, *others = members(manifest, spec)
        parts = [_read(spec, Path(first.partition(":")[2])), digest_of("skyrally.agents.spec").encode()]
        parts += [content_hash(other).encode() for other in others]
    elif kind in FOLDERS and rest:
        parts += [_read(spec, FOLDERS[kind](rest) / name) for name in (WEIGHTS, MANIFEST)]
        parts = parts[1:]  # a copy elsewhere is the same entrant
    else:
        parts.append(digest_of("skyrally.agents.spec").encode())
    return hashlib.sha256(b"\n".join(parts)).hexdigest()[:16]


def source_of(spec: str) -> Path:
    """The file of one's own code, found without running anything. SkyrallyError when there is none."""
    if not spec.startswith("python:"):
        return Path(spec if spec.endswith(".py") else spec.rpartition(":")[0]).resolve()
    import sys

    module, places = spec.removeprefix("python:").partition(":")[0], [os.getcwd(), *sys.path]
    for name in module.split("."):
        found = importlib.machinery.PathFinder.find_spec(name, places)
        if found is None or (found.origin is None and not found.submodule_search_locations):
            raise SkyrallyError(f"{spec}: there is no module {module!r}; it is looked for from the current folder")
        places = list(found.submodule_search_locations or ())
    return Path(found.origin or "")


def _read(spec: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SkyrallyError(f"{spec}: cannot read {path}: {error.strerror or error}") from None
