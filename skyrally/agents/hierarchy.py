"""A hierarchy as one agent: a commander gives orders at events or every k steps, skills carry them out.

Commander and skills are agents like any other. The commander reads a row of the view `match` and writes an order (`orders`);
a skill reads such a row with the order behind it (view `ordered`), or, if it was trained elsewhere, a view of its own that is
made from both (`recast`). Every drone has its own commander, skills and memory; mates agree because they see the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from ..errors import SkyrallyError
from ..physics.compile import announced
from ..scenarios.scenario import Scenario
from . import commander, events
from .agent import Agent
from .orders import HEIGHT, ORDER, SKILLS, offsets, ordered
from .rows import compiled

VIEW = "match"
COMMAND_MODE = "order"
OF_CREW = ("steepest", "late", "behind")  # tactics that the scripted skills read


class Rowed(Agent):
    """A compiled row function of a hierarchy, over the view `match` or `ordered`, with `tactics` that it reads by name."""

    view = VIEW

    def __init__(self, name: str, scenario: Scenario, function: str, *, orders: bool, tactics: Mapping[str, float]):
        self.name = name
        layout = scenario.views[VIEW]
        self._at = offsets(ordered(layout) if orders else layout, tactics)
        self._n, width = scenario.drones // 2, layout.size + (ORDER if orders else 0)
        module, _, attribute = function.partition(":")
        built = compiled(f"skyrally.agents.{module}", attribute)
        self._function = built.act
        with announced(f"{name} ({scenario.family})", built, "act"):
            self.act(np.zeros((0, width), np.float32), np.zeros((0, events.MEMORY), np.float32), np.zeros((0, ORDER), np.float32))

    def act(self, obs: np.ndarray, memory: np.ndarray, out: np.ndarray) -> None:
        self._function(obs, self._at, self._n, memory, out)


class Rules(Rowed):
    """The rule commander with these tactics; `give` takes tactics of each row's own."""

    action_mode = COMMAND_MODE

    def __init__(self, scenario: Scenario, tactics: Mapping[str, float]):
        super().__init__("scripted:commander", scenario, "commander:command_row", orders=False, tactics=tactics)

    def give(self, obs: np.ndarray, tactics: Mapping[str, np.ndarray], out: np.ndarray) -> None:
        """Orders [B, ORDER] for rows [B, O] of the view `match`. tactics: name -> [B], for those that differ from its own."""
        at = np.repeat(self._at, max(len(obs), 1))
        for name, values in tactics.items():
            at[name][: len(obs)] = values
        self._function(obs, at, self._n, np.zeros((len(obs), 0), np.float32), out)


def crew(scenario: Scenario, tactics: Mapping[str, float]) -> Agent:
    """The scripted skills, all of them, as one agent."""
    own = {name: tactics[name] for name in OF_CREW}
    agent = Rowed("scripted:crew", scenario, "crew:crew_row", orders=True, tactics=own)
    agent.view, agent.action_mode = "ordered", "ctbr"
    return agent


class Hierarchy(Agent):
    """Plays by the orders of `commander`, carried out by `skills`: skill name -> agent, one for each of SKILLS.

    every: a commander is asked anew after so many steps at the latest; 0: at events only.
    Memory of a row: what `events` keeps, the present order, the commander's memory, then one part for each different skill agent.
    """

    view = VIEW

    def __init__(self, name: str, scenario: Scenario, commander: Agent, skills: Mapping[str, Agent], every: int = 0):
        self.name, self.commander, self.skills, self.every = name, commander, dict(skills), every
        modes = {agent.action_mode for agent in self.skills.values()}
        if len(modes) > 1:
            told = ", ".join(f"{skill} in {agent.action_mode}" for skill, agent in self.skills.items())
            raise SkyrallyError(f"{name}: its skills act in different modes ({told}); expected one action mode")
        self.action_mode = modes.pop()
        self._crew = list(dict.fromkeys(self.skills.values()))  # the different agents
        self._player = np.array([self._crew.index(self.skills[skill]) for skill in SKILLS])
        self._events = Rowed("events", scenario, "events:event_row", orders=False, tactics={"every": float(every)})
        sizes = [events.MEMORY, ORDER, commander.memory_size, *(agent.memory_size for agent in self._crew)]
        edges = np.cumsum([0, *sizes])
        self._parts = [slice(first, last) for first, last in pairwise(edges)]
        self.memory_size = int(edges[-1])

    def act(self, obs: np.ndarray, memory: np.ndarray, out: np.ndarray) -> None:
        rows = np.flatnonzero(self.asked(obs, memory))
        if len(rows):
            self.command(obs, memory, rows)
        self.play(obs, memory, out)

    def play(self, obs: np.ndarray, memory: np.ndarray, out: np.ndarray) -> None:
        """The skills carry out the orders in force."""
        orders = memory[:, self._parts[1]]
        seen = np.concatenate((obs, orders), axis=1)
        who = self._player[orders[:, 0].astype(int)]
        for k, agent in enumerate(self._crew):
            rows = np.flatnonzero(who == k)
            if len(rows):
                self._play(agent, self._parts[3 + k], rows, seen, memory, out)

    def asked(self, obs: np.ndarray, memory: np.ndarray) -> np.ndarray:
        """[B] bool: where something has happened since the last step, so that the commander is asked. Once per step."""
        kept, due = np.ascontiguousarray(memory[:, self._parts[0]]), np.zeros((len(obs), 1), np.float32)
        self._events.act(obs, kept, due)
        memory[:, self._parts[0]] = kept
        return np.asarray(due[:, 0] > 0.5)

    def command(self, obs: np.ndarray, memory: np.ndarray, rows: np.ndarray) -> None:
        """New orders for these rows [K], at least one."""
        given, own = (np.ascontiguousarray(memory[rows, part]) for part in self._parts[1:3])
        self.commander.first_row = self.first_row + int(rows[0])
        self.commander.act(np.ascontiguousarray(obs[rows]), own, given)
        memory[rows, self._parts[1]], memory[rows, self._parts[2]] = given, own
        memory[rows, self._parts[0].start + events.PLANNED] = given[:, HEIGHT]

    def _play(self, agent: Agent, part: slice, rows: np.ndarray, seen: np.ndarray, memory: np.ndarray, out: np.ndarray) -> None:
        own, action = np.ascontiguousarray(memory[rows, part]), np.zeros((len(rows), out.shape[1]), np.float32)
        agent.first_row = self.first_row + int(rows[0])
        agent.act(seen if len(rows) == len(seen) else seen[rows], own, action)
        memory[rows, part], out[rows] = own, action


def team(name: str, scenario: Scenario, tactics: Mapping[str, float] | None = None) -> Hierarchy:
    """`scripted:team`: the rule commander over the scripted skills. SkyrallyError where there is no match to play."""
    if scenario.family != "match":
        raise SkyrallyError(f"{name} plays volleyball matches, not {scenario.name}; try {scenario.yardstick}")
    numbers = {**commander.TACTICS, **(tactics or {})}
    return Hierarchy(name, scenario, Rules(scenario, numbers), dict.fromkeys(SKILLS, crew(scenario, numbers)))
