"""Two agents against each other in any scenario with two sides, many episodes at once: what both earn. A cell of a payoff table.

Matches go through the match runner (a rally is an episode: 1 for the point won, -1 for the point lost, 0 for a draw), games through the
drill runner (the return of each side, a mean over its drones).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..agents.agent import Agent
from ..errors import SkyrallyError
from ..scenarios.scenario import Scenario
from .drills import DrillRunner
from .evaluation import RALLIES
from .match import Format, MatchRunner

WORLDS = 512  # side by side
FAULTS = ("crash", "collision")  # reasons for which a rally is lost by crashing


@dataclass
class Played:
    """Episodes of one pair of agents."""

    payoffs: np.ndarray  # [2, E] what each agent earned
    crashed: np.ndarray  # [E] bool: somebody crashed
    steps: np.ndarray  # [E]
    info: dict[str, np.ndarray] = field(default_factory=dict)  # name -> [E] the scenario's own numbers at the end

    @classmethod
    def joined(cls, parts: list[Played]) -> Played:
        """Episodes one after the other."""
        info = {name: np.concatenate([part.info[name] for part in parts]) for name in parts[0].info}
        payoffs = np.concatenate([part.payoffs for part in parts], axis=1)
        crashed, steps = (np.concatenate([getattr(part, name) for part in parts]) for name in ("crashed", "steps"))
        return cls(payoffs, crashed, steps, info)

    def swapped(self) -> Played:
        """The same with the agents exchanged."""
        return Played(self.payoffs[::-1], self.crashed, self.steps, self.info)


def duel(
    scenario: Scenario,
    first: Agent,
    second: Agent,
    episodes: int,
    *,
    start: int = 0,
    seed: int = 0,
    crash_cost: float = 0.0,
    swap: bool = True,
    **options: Any,
) -> Played:
    """Episodes `start` to `start + episodes - 1` of a seed. The same numbers whatever the chunks they are played in.

    crash_cost: in matches, what a point lost by a crash costs besides (points). swap: in games, every other episode with sides exchanged.
    """
    if scenario.family == "match":
        return _points(scenario, first, second, episodes, start, seed, crash_cost, options)
    if scenario.family != "game":
        raise SkyrallyError(f"{scenario.name} is a drill, which has no opponent; choose a match or a game")
    numbers = np.arange(start, start + episodes)
    parts, order = [], []
    for side in (0, 1):
        mine = numbers[(numbers % 2 == side)] if swap else numbers[: episodes if side == 0 else 0]
        if len(mine):
            whole = _returns(scenario, (second, first) if side else (first, second), mine, seed, options)
            parts.append(whole.swapped() if side else whole)
            order.append(mine)
    return _ordered(Played.joined(parts), np.argsort(np.concatenate(order)))


def _ordered(played: Played, order: np.ndarray) -> Played:
    info = {name: values[order] for name, values in played.info.items()}
    return Played(played.payoffs[:, order], played.crashed[order], played.steps[order], info)


def _returns(scenario: Scenario, agents: tuple[Agent, Agent], numbers: np.ndarray, seed: int, options: Mapping[str, Any]) -> Played:
    """The episodes of these numbers of a game, red first. Every number has a world of its own."""
    parts = []
    for chunk in (numbers[k : k + WORLDS] for k in range(0, len(numbers), WORLDS)):
        span = int(chunk[-1] - chunk[0]) + 1
        runner = DrillRunner(scenario, agents[0], worlds=span, first=int(chunk[0]), seed=seed, opponent=agents[1], **options)
        mine = chunk - chunk[0]
        while not runner.over[mine].all():
            runner.step()
        worlds = runner.env.worlds[mine]
        returns = runner.env.returns[mine].sum(axis=2)  # [E, N]
        payoffs = np.stack([part.mean(axis=1) for part in np.array_split(returns, 2, axis=1)])
        crashed = worlds[scenario.crash] > 0 if scenario.crash else np.zeros(len(mine), bool)
        info = {name: np.array(worlds[name], float) for name in scenario.info}
        parts.append(Played(payoffs, crashed, np.array(worlds["step"], np.int64), info))
        runner.env.close()
    return Played.joined(parts)


def _points(
    scenario: Scenario, first: Agent, second: Agent, episodes: int, start: int, seed: int, crash_cost: float, options: Mapping[str, Any]
) -> Played:
    """Rallies of four-rally matches in which sides change after each rally, as evaluations have them."""
    form = Format(points=RALLIES, swap="rally", max_rallies=RALLIES)
    matches = range(start // RALLIES, -(-(start + episodes) // RALLIES))
    rows = []
    for begin in range(matches.start, matches.stop, WORLDS):
        count = min(WORLDS, matches.stop - begin)
        runner = MatchRunner(scenario.name, first, second, matches=count, form=form, seed=seed, **options)
        runner.begin(begin)
        rows += runner.play()
        runner.env.close()
    rows = [row for row in rows if start <= row.match * RALLIES + row.rally < start + episodes]
    rows.sort(key=lambda row: (row.match, row.rally))
    winner = np.array([row.winner for row in rows])
    crashed = np.array([row.reason in FAULTS for row in rows])
    payoffs = np.array([(winner == agent).astype(float) - (winner == 1 - agent) for agent in (0, 1)])
    payoffs -= crash_cost * (crashed & (payoffs <= 0.0))  # of a draw by crashes both pay
    names = ("touches", "crossings")
    info = {name: np.array([getattr(row, name) for row in rows], float) for name in names}
    return Played(payoffs, crashed, np.array([row.steps for row in rows]), info)
