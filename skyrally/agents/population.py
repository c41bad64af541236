"""A population of policies as one agent: what a run of PSRO leaves. Every episode is played by a policy drawn from its mixture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..envs.choices import choices_of
from ..errors import SkyrallyError
from ..scenarios.scenario import Scenario
from .agent import Agent
from .mixture import Hashed, Mixture, settled
from .policy import load_agent

POPULATION = "population.json"
SIDES = ("red", "blue")


def read_population(root: Path) -> dict[str, Any]:
    """population.json of a run's folder. SkyrallyError when it is missing, broken or empty."""
    try:
        told = json.loads((root / POPULATION).read_text())
        sound = all(len(p) == len(x) > 0 for p, x in zip(told["populations"], told["mixtures"], strict=True)) and told["scenario"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SkyrallyError(f"{root / POPULATION} cannot be read ({error}); expected what a run of psro wrote") from None
    if not sound or not told["populations"]:
        raise SkyrallyError(f"{root / POPULATION} holds an empty population; expected one policy or more, each with its probability")
    return told


def population_place(text: str) -> tuple[Path, str] | None:
    """(folder, side) of DIR or DIR@blue, where a population lies; None where there is none."""
    root, _, side = text.rpartition("@") if text.endswith(tuple(f"@{side}" for side in SIDES)) else (text, "", "")
    return (Path(root), side) if root and (Path(root) / POPULATION).exists() else None


def settle(agent: Agent, scenario: Scenario, options: dict[str, Any]) -> Agent:
    """An agent as a member of a mixture: its view is named, its choices are rows."""
    agent.view = agent.view or scenario.default_view
    if scenario.choices is None:
        return agent
    resolved = scenario.resolved(options)
    return settled(agent, choices_of(scenario, resolved, scenario.configure(resolved), "grid"))


def members_of(root: Path, names: list[str], scenario: Scenario, options: dict[str, Any], seed: int = 0) -> list[Agent]:
    """Policies by name: folders within `root`, or specs."""
    from .spec import find_agent

    kept = [load_agent(root / name, scenario, f"{root / name}") if "/" in name and ":" not in name else None for name in names]
    return [settle(agent or find_agent(name, scenario, seed), scenario, options) for agent, name in zip(kept, names, strict=True)]


def from_population(root: Path, side: str, scenario: Scenario, seed: int = 0) -> Mixture:
    """The population of a side ("": red's) by its mixture. SkyrallyError when it belongs to another scenario."""
    told = read_population(root)
    if told["scenario"] != scenario.name:
        raise SkyrallyError(f"run:{root} is a population for {told['scenario']}, not for {scenario.name}")
    k = min(SIDES.index(side or "red"), len(told["populations"]) - 1)
    members = members_of(root, told["populations"][k], scenario, told["options"], seed)
    drones = max(1, scenario.drones // 2)
    return Mixture(f"run:{root}", members, told["mixtures"][k], Hashed(seed), drones)
