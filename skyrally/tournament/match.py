"""The match runner: two agents play matches to N points, many matches at once, one world each.

An episode is a rally; score, serve order and side swap live here. `watch`, evaluations and leagues all play through this.
Agent 0 is `first`, agent 1 `second`; which of them is red (x > 0) changes with the side swap.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from zlib import crc32

import numpy as np

from ..agents.agent import Agent
from ..agents.spec import find_agent
from ..envs import doors
from ..envs.batch import BatchEnv
from ..errors import SkyrallyError, unknown
from ..physics.seeds import world_seeds
from ..scenarios.registry import find
from ..scenarios.rulebook import DRAW, REASONS
from ..scenarios.stage import Frame

SERVES = ("winner", "alternate")
SWAPS = ("half", "rally", "never")


@dataclass(frozen=True)
class Format:
    """How a match is played.

    points: first to this many. serve: "winner" of the last point serves, or "alternate". swap: sides change at "half" of
    the points (as in a deciding set), after each "rally", or "never". max_rallies: the match is called off then; a
    rally without winner is replayed, so two teams that never score would play for ever.
    """

    points: int = 15
    serve: str = "winner"
    swap: str = "half"
    max_rallies: int | None = None

    def __post_init__(self) -> None:
        if self.points < 1:
            raise SkyrallyError(f"points is {self.points}; expected 1 or more")
        if self.serve not in SERVES:
            raise unknown("serve", self.serve, SERVES)
        if self.swap not in SWAPS:
            raise unknown("swap", self.swap, SWAPS)

    @property
    def rally_limit(self) -> int:
        """Rallies after which a match is called off."""
        return self.max_rallies or 6 * self.points + 10


@dataclass(frozen=True)
class Rally:
    """One rally, as a row."""

    match: int
    rally: int  # within the match, from 0
    winner: int  # 0 or 1, the agent; -1: a draw
    reason: str
    red: int  # the agent that played red
    server: int  # the agent that served
    steps: int  # of 20 ms
    touches: int
    crossings: int
    possessions: tuple[int, ...]  # ended possessions by their touches 0..6, and [7] serves
    score: tuple[int, int]  # after the rally, by agent
    print: int  # a fingerprint: equal rallies have equal ones

    def row(self) -> dict[str, Any]:
        """Plain types, for JSON lines."""
        return asdict(self)


class Seat:
    """One agent in all worlds of a batch: gathers its rows, keeps its memory, scatters its actions."""

    def __init__(self, agent: Agent, env: BatchEnv, team_size: int):
        env.seats.accept(agent.name, getattr(agent, "choices", None))
        self.agent = agent
        self.view = agent.view or env.scenario.default_view
        self.size = env.views[self.view].size
        self.team_size = team_size
        rows = env.num_worlds * self.team_size
        self.memory = np.zeros((rows, agent.memory_size), np.float32)
        self.actions = np.zeros((rows, 4), np.float32)
        self.first_row = 0

    def act(self, obs: np.ndarray, drones: np.ndarray, actions: np.ndarray) -> None:
        """obs [W, N, O] in, its rows of actions [W, N, 4] out; drones [W, n]: the drones it plays."""
        worlds = np.arange(len(obs))[:, None]
        rows = np.ascontiguousarray(obs[worlds, drones, : self.size]).reshape(-1, self.size)
        self.agent.first_row = self.first_row
        self.agent.act(rows, self.memory, self.actions)
        actions[worlds, drones] = self.actions.reshape(len(obs), -1, 4)

    def forget(self, mask: np.ndarray) -> None:
        """Empties the memory of the worlds in mask [W]: a new episode begins."""
        self.memory.reshape(len(mask), -1)[mask] = 0.0


class MatchRunner:
    """Plays `matches` matches of `first` against `second` side by side; step it, or `play()` to the end.

    Even matches begin with `first` as red; pairs of matches alternate the first serve. The same seed gives the same
    matches whatever their number and the threads.
    """

    def __init__(
        self,
        scenario: str,
        first: str | Agent,
        second: str | Agent,
        *,
        matches: int = 1,
        form: Format | None = None,
        seed: int = 0,
        threads: int | None = None,
        **options: Any,
    ):
        found = find(scenario)
        if found.family != "match":
            raise SkyrallyError(f"{scenario} is no match: it has no two teams; choose one of volleyball-1v1, -2v2, -3v3, -6v6")
        self.form = form or Format()
        agents = [a if isinstance(a, Agent) else find_agent(a, found, seed=seed + k) for k, a in enumerate((first, second))]
        self.env = doors.make(found, matches, seed=seed, threads=threads, **options)
        self.seats = [Seat(agent, self.env, self.env.num_drones // 2) for agent in agents]
        self.names = (agents[0].name, agents[1].name)
        self.begin()

    def begin(self, first_match: int = 0) -> None:
        """Starts matches number `first_match` and on, anew and with their own seeds."""
        w = self.env.num_worlds
        self.first_match = first_match
        index = first_match + np.arange(w)
        world_seeds(self.env.seed, first_match, self.env.worlds["seed"])
        for seat in self.seats:
            seat.first_row = first_match * seat.team_size
        self.rows: list[Rally] = []
        self.score = np.zeros((w, 2), int)  # by agent
        self.rally = np.zeros(w, int)
        self.red = index % 2  # agent that plays red
        self.server = (index // 2) % 2  # agent that serves
        self.over = np.zeros(w, bool)
        self.swapped = np.zeros(w, bool)
        self.actions = np.zeros((w, self.env.num_drones, 4), np.float32)
        self.env.worlds["episode"] = 0
        self._open(np.ones(w, bool))

    @property
    def done(self) -> bool:
        """Whether all matches are over."""
        return bool(self.over.all())

    def step(self) -> np.ndarray:
        """One control step of all matches. Returns [W] bool: where a rally has just ended (its row is in `rows`).

        The ended rally's last moment stays in the worlds until `next_rallies`.
        """
        for agent in (0, 1):
            self.seats[agent].act(self.obs, self._drones(agent), self.actions)
        step = self.env.step(self.actions)
        self.obs = step.obs
        ended = step.done & ~self.over
        for k in np.flatnonzero(ended):
            self._book(int(k))
        self.ended = ended
        return ended

    def next_rallies(self) -> None:
        """Begins the next rally where one has ended and the match goes on."""
        again = self.ended & ~self.over
        self.ended = np.zeros_like(again)
        if again.any():
            self._swap_sides(again)
            self._open(again)

    def play(self) -> list[Rally]:
        """Plays all matches to the end; returns the rallies in the order they ended."""
        while not self.done:
            if self.step().any():
                self.next_rallies()
        return self.rows

    def frame(self, match: int = 0) -> Frame:
        """A picture of one match: score by side, red first."""
        frame = self.env.frame(match)
        red = int(self.red[match])
        frame.score = (int(self.score[match, red]), int(self.score[match, 1 - red]))
        frame.rally = int(self.rally[match]) - (1 if self.ended[match] else 0)
        frame.title = f"{self.names[red]} vs {self.names[1 - red]}"
        return frame

    def _drones(self, agent: int) -> np.ndarray:
        """[W, n] the drones that an agent plays in each world."""
        n = self.env.num_drones // 2
        team = np.where(self.red == agent, 0, n)
        return team[:, None] + np.arange(n)

    def _open(self, mask: np.ndarray) -> None:
        """Seats the agents where `mask` says, and resets those worlds."""
        env = self.env
        for agent, seat in enumerate(self.seats):
            seat.forget(mask)
            for team in (0, 1):
                env.assign(team=team, view=seat.view, action_mode=seat.agent.action_mode, mask=mask & ((self.red == agent) == (team == 0)))
        env.worlds["next_serve"][mask] = np.where(self.server == self.red, 0, 1)[mask]
        env.reset(mask)
        self.obs = env.observe()
        self.ended = np.zeros(len(mask), bool)

    def _book(self, k: int) -> None:
        """Writes down the rally that ended in world k, the score and the next server."""
        world, red = self.env.worlds[k], int(self.red[k])
        winner = -1 if world["winner"] == DRAW else (red if world["winner"] == 0 else 1 - red)
        server = int(self.server[k])
        if winner >= 0:
            self.score[k, winner] += 1
        self.rows.append(
            Rally(
                match=self.first_match + k,
                rally=int(self.rally[k]),
                winner=winner,
                reason=REASONS[int(world["reason"])],
                red=red,
                server=server,
                steps=int(world["step"]),
                touches=int(world["touches"]),
                crossings=int(world["crossings"]),
                possessions=tuple(int(v) for v in world["possessions"]),
                score=(int(self.score[k, 0]), int(self.score[k, 1])),
                print=crc32(world["ball"]["pos"].tobytes(), int(world["step"])),
            )
        )
        self.rally[k] += 1
        if self.form.serve == "alternate":
            self.server[k] = 1 - server
        elif winner >= 0:
            self.server[k] = winner
        self.over[k] = self.score[k].max() >= self.form.points or self.rally[k] >= self.form.rally_limit

    def _swap_sides(self, mask: np.ndarray) -> None:
        if self.form.swap == "rally":
            self.red[mask] = 1 - self.red[mask]
        elif self.form.swap == "half":
            swap = mask & ~self.swapped & (self.score.max(axis=1) >= (self.form.points + 1) // 2)
            self.swapped |= swap
            self.red[swap] = 1 - self.red[swap]
