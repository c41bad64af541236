"""The drill runner: one agent plays a drill, or two agents a game, many episodes side by side, one world each.

World k of a seed plays one episode, from its first reset to its end, and then stands still: so every episode counts once and short ones
count no more than long ones. `watch` and evaluations play through this.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..agents.agent import Agent
from ..agents.spec import find_agent
from ..envs import doors
from ..errors import SkyrallyError
from ..physics.seeds import world_seeds
from ..scenarios.registry import find
from ..scenarios.scenario import Scenario
from .seat import Seat

WORLDS = 1024  # side by side; more episodes are played in chunks of so many
DRONES = 65_536  # of a swarm's worlds side by side, all together: about 60 MB
Told = Callable[[int], None]  # is told how many episodes are over


@dataclass(frozen=True)
class Episode:
    """One episode, as a row."""

    episode: int  # from 0: the number of its world in a batch with the run's seed
    seed: int  # of the world
    metric: float
    steps: int  # of 20 ms
    truncated: bool  # time was up
    reward: float  # weighted terms summed over the episode, mean over the agent's drones
    info: dict[str, float]  # the scenario's own numbers at the end

    def row(self) -> dict[str, Any]:
        """Plain types, for JSON lines."""
        return asdict(self)


class DrillRunner:
    """Plays episodes `first` to `first + worlds - 1` of a seed side by side; step it, or `play()` to the end.

    The same seed gives the same episodes whatever their number, the worlds and the threads.
    In a game `agent` plays red, and `opponent` (None: the agent itself) blue.
    """

    def __init__(
        self,
        scenario: str | Scenario,
        agent: str | Agent,
        *,
        worlds: int = 1,
        first: int = 0,
        seed: int = 0,
        threads: int | None = None,
        opponent: str | Agent | None = None,
        **options: Any,
    ):
        found = find(scenario) if isinstance(scenario, str) else scenario
        if opponent is not None and found.family != "game":
            raise SkyrallyError(f"{found.name} is a drill, which has no opponent; leave it out")
        if found.family == "match":
            raise SkyrallyError(f"{found.name} is a match, which two teams play: --red and --blue watch it, --opponent evaluates")
        names = [agent] if opponent is None else [agent, opponent]
        players = [one if isinstance(one, Agent) else find_agent(one, found, seed + k) for k, one in enumerate(names)]
        self.agent, self.names = players[0], [one.name for one in players]
        seat = {"view": self.agent.view, "action_mode": self.agent.action_mode}
        self.env = doors.make(found, worlds, seed=seed, threads=threads, **{**options, **seat})
        for other in players[1:]:
            self.env.assign(team=1, view=other.view or found.default_view, action_mode=other.action_mode)
        drones = self.env.num_drones
        self._drones = np.array_split(np.arange(drones), len(players))
        self._seats = [Seat(one, self.env, len(mine)) for one, mine in zip(players, self._drones, strict=True)]
        for seat, mine in zip(self._seats, self._drones, strict=True):
            seat.take(np.arange(worlds), np.broadcast_to(mine, (worlds, len(mine))), drones)
        self._actions = np.zeros((worlds, drones, 4), np.float32)
        self.begin(first)

    def begin(self, first: int = 0) -> None:
        """Starts the episodes from number `first` on."""
        env = self.env
        self.first = first
        self.over = np.zeros(env.num_worlds, bool)
        seeds = np.zeros(env.num_worlds, np.uint64)
        world_seeds(env.seed, first, seeds)
        for seat in self._seats:
            seat.first_row = first * seat.team_size
            seat.forget(~self.over)
        self._obs = env.reset(seeds=seeds)

    @property
    def done(self) -> bool:
        """Whether all episodes are over."""
        return bool(self.over.all())

    def step(self) -> None:
        """One control step of all episodes that are not over."""
        for seat in self._seats:
            seat.act(self._obs, self._actions)
        step = self.env.step(self._actions)
        self._obs = step.obs
        self.over |= step.done

    def play(self) -> list[Episode]:
        """Plays all episodes to the end."""
        while not self.done:
            self.step()
        return self.rows()

    def rows(self) -> list[Episode]:
        """The episodes that are over, in their order."""
        return [self._row(int(k)) for k in np.flatnonzero(self.over)]

    def _row(self, k: int) -> Episode:
        scenario, world = self.env.scenario, self.env.worlds[k]
        return Episode(
            episode=self.first + k,
            seed=int(world["seed"]),
            metric=float(world[scenario.metric.field]),
            steps=int(world["step"]),
            truncated=bool(world["truncated"]),
            reward=float(self.env.returns[k, self._drones[0][: self.env.players[k]]].sum(axis=1).mean()),
            info={name: float(world[name]) for name in scenario.info},
        )


def play_drill(
    scenario: str | Scenario,
    agent: str | Agent,
    episodes: int,
    *,
    seed: int = 0,
    worlds: int = WORLDS,
    threads: int | None = None,
    told: Told = lambda over: None,
    **options: Any,
) -> list[Episode]:
    """Episodes 0 to `episodes - 1` of a seed, played `worlds` at a time. Raises SkyrallyError for a match and unknown names."""
    found = find(scenario) if isinstance(scenario, str) else scenario
    if found.swarm is not None and isinstance(size := options.get("agents", found.drones), int) and size > 0:
        worlds = min(worlds, max(1, DRONES // size))
    rows: list[Episode] = []
    for first in range(0, episodes, worlds):
        count = min(worlds, episodes - first)
        runner = DrillRunner(found, agent, worlds=count, first=first, seed=seed, threads=threads, **options)
        while not runner.done:
            runner.step()
            told(first + int(runner.over.sum()))
        rows += runner.rows()
        runner.env.close()
    return rows
