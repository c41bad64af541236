"""The match runner: agents play matches to N points, many matches at once, one world each; worlds that are free take the next match.

An episode is a rally; score, serve order and side swap live here. `watch`, evaluations and leagues all play through this.
Of a match, agent 0 is `first` and agent 1 `second`; which of them is red (x > 0) changes with the side swap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from zlib import crc32

import numpy as np

from ..agents.agent import Agent
from ..agents.spec import find_agent
from ..envs import doors
from ..errors import SkyrallyError, unknown
from ..physics.seeds import world_seeds
from ..scenarios.registry import find
from ..scenarios.rulebook import DRAW, REASONS
from ..scenarios.scenario import Scenario
from ..scenarios.stage import Frame
from .seat import Seat

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


@dataclass(frozen=True)
class Fixture:
    """A match to be played: two different agents of the runner, by number, and how it begins."""

    first: int
    second: int
    seed: int  # of its world
    red: int = 0  # which of the two (0 or 1) begins as red
    server: int = 0  # which of the two serves first
    rallies: int | None = None  # after so many it is called off; None: as the format says


def find_match(scenario: str | Scenario) -> Scenario:
    """The scenario, if it is a match; else SkyrallyError."""
    found = find(scenario) if isinstance(scenario, str) else scenario
    if found.family != "match":
        raise SkyrallyError(f"{found.name} is no match: it has no two teams; choose one of volleyball-1v1, -2v2, -3v3, -6v6")
    return found


class MatchRunner:
    """Plays `matches` matches of `first` against `second` side by side; step it, or `play()` to the end.

    Even matches begin with `first` as red; pairs of matches alternate the first serve. The same seed gives the same
    matches whatever their number and the threads. `MatchRunner.of` plays a line of fixtures among any number of agents.
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
        found = find_match(scenario)
        agents = [a if isinstance(a, Agent) else find_agent(a, found, seed=seed + k) for k, a in enumerate((first, second))]
        self._set_up(found, agents, matches, form, seed=seed, threads=threads, **options)
        self.begin()

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        agents: Sequence[Agent],
        fixtures: Sequence[Fixture],
        *,
        worlds: int,
        form: Format | None = None,
        first_row: int = 0,
        **options: Any,
    ) -> MatchRunner:
        """Plays the fixtures in their order, `worlds` at a time. first_row: what agents that draw by row count from."""
        runner = cls.__new__(cls)
        runner._set_up(find_match(scenario), agents, min(worlds, len(fixtures)), form, **options)
        for seat in runner.seats:
            seat.first_row = first_row
        runner._start(fixtures)
        return runner

    def _set_up(self, scenario: Scenario, agents: Sequence[Agent], worlds: int, form: Format | None, **options: Any) -> None:
        self.form = form or Format()
        self.env = doors.make(scenario, worlds, **options)
        self.seats = [Seat(agent, self.env, self.env.num_drones // 2) for agent in agents]
        self.names = tuple(agent.name for agent in agents)

    def begin(self, first_match: int = 0) -> None:
        """Starts matches number `first_match` and on, anew and with their own seeds."""
        seeds = np.zeros(self.env.num_worlds, np.uint64)
        world_seeds(self.env.seed, first_match, seeds)
        for seat in self.seats:
            seat.first_row = first_match * seat.team_size
        self._start([Fixture(0, 1, int(seed), k % 2, k // 2 % 2) for k, seed in enumerate(seeds, first_match)], first_match)

    def _start(self, fixtures: Sequence[Fixture], first_match: int = 0) -> None:
        """Puts the first fixtures on the worlds, as many as there are."""
        w = self.env.num_worlds
        self._line, self.first_match, self._next = fixtures, first_match, 0
        self.rows: list[Rally] = []
        self.match = np.zeros(w, int)  # number of the match, from first_match on
        self.pair = np.zeros((w, 2), int)  # which agents play
        self.score = np.zeros((w, 2), int)  # by agent of the pair, as are red and server
        self.rally = np.zeros(w, int)
        self.limit = np.zeros(w, int)  # rallies after which the match is called off
        self.red = np.zeros(w, int)  # who plays red
        self.server = np.zeros(w, int)
        self.over = np.zeros(w, bool)
        self.swapped = np.zeros(w, bool)
        self.actions = np.zeros((w, self.env.num_drones, 4), np.float32)
        self._kinds = np.full((w, 2), -1)  # by team: whose view and action mode its drones have
        for k in range(w):
            self._take_next(k)
        self._open(np.ones(w, bool))

    def _take_next(self, k: int) -> None:
        """World k takes the next match of the line."""
        fixture, number = self._line[self._next], self._next
        self._next += 1
        self.match[k] = self.first_match + number
        self.pair[k] = fixture.first, fixture.second
        self.score[k], self.rally[k], self.swapped[k], self.over[k] = 0, 0, False, False
        self.red[k], self.server[k] = fixture.red, fixture.server
        self.limit[k] = self.form.rally_limit if fixture.rallies is None else fixture.rallies
        self.env.worlds["seed"][k], self.env.worlds["episode"][k] = fixture.seed, 0

    @property
    def done(self) -> bool:
        """Whether all matches are over."""
        return self._next == len(self._line) and bool(self.over.all())

    def step(self) -> np.ndarray:
        """One control step of all matches. Returns [W] bool: where a rally has just ended (its row is in `rows`).

        The ended rally's last moment stays in the worlds until `next_rallies`.
        """
        for seat in self.seats:
            seat.act(self.obs, self.actions)
        step = self.env.step(self.actions)
        self.obs = step.obs
        ended = step.done & ~self.over
        for k in np.flatnonzero(ended):
            self._book(int(k))
        self.ended = ended
        return ended

    def next_rallies(self) -> None:
        """Begins the next rally where one has ended; where the match is over, the next match of the line."""
        again = self.ended & ~self.over
        self._swap_sides(again)
        for k in np.flatnonzero(self.ended & self.over):
            if self._next < len(self._line):
                self._take_next(int(k))
                again[k] = True
        self.ended = np.zeros_like(again)
        if again.any():
            self._open(again)

    def play(self) -> list[Rally]:
        """Plays all matches to the end; returns the rallies in the order they ended."""
        while not self.done:
            if self.step().any():
                self.next_rallies()
        return self.rows

    def frame(self, world: int = 0) -> Frame:
        """A picture of the match in one world: score by side, red first."""
        frame = self.env.frame(world)
        red, pair = int(self.red[world]), self.pair[world]
        frame.score = (int(self.score[world, red]), int(self.score[world, 1 - red]))
        frame.rally = int(self.rally[world]) - (1 if self.ended[world] else 0)
        frame.title = f"{self.names[pair[red]]} vs {self.names[pair[1 - red]]}"
        return frame

    def _open(self, mask: np.ndarray) -> None:
        """Seats the agents where `mask` says, and resets those worlds."""
        env, worlds = self.env, np.arange(len(mask))
        teams = np.stack((self.pair[worlds, self.red], self.pair[worlds, 1 - self.red]), axis=1)  # [W, 2] agents, red first
        for number, seat in enumerate(self.seats):
            seat.sit(teams == number)
            seat.forget(mask)
        moved = self._assign(teams)
        env.worlds["next_serve"][mask] = np.where(self.server == self.red, 0, 1)[mask]
        self.obs = env.reset(mask)
        if moved:
            self.obs = env.observe()  # the buffers are new
        self.ended = np.zeros(len(mask), bool)

    def _assign(self, teams: np.ndarray) -> bool:
        """Gives the drones the views and action modes of who plays them. Whether any had to change."""
        kinds = [seat.kind for seat in self.seats]
        wanted = np.array([kinds.index(kind) for kind in kinds])[teams]
        changed = wanted != self._kinds
        for team in (0, 1):
            for kind in np.unique(wanted[changed[:, team], team]):
                view, mode = kinds[kind]
                self.env.assign(team=team, view=view, action_mode=mode, mask=changed[:, team] & (wanted[:, team] == kind))
        self._kinds = wanted
        return bool(changed.any())

    def _book(self, k: int) -> None:
        """Writes down the rally that ended in world k, the score and the next server."""
        world, red = self.env.worlds[k], int(self.red[k])
        winner = -1 if world["winner"] == DRAW else (red if world["winner"] == 0 else 1 - red)
        server = int(self.server[k])
        if winner >= 0:
            self.score[k, winner] += 1
        self.rows.append(
            Rally(
                match=int(self.match[k]),
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
        self.over[k] = self.score[k].max() >= self.form.points or self.rally[k] >= self.limit[k]

    def _swap_sides(self, mask: np.ndarray) -> None:
        if self.form.swap == "rally":
            self.red[mask] = 1 - self.red[mask]
        elif self.form.swap == "half":
            swap = mask & ~self.swapped & (self.score.max(axis=1) >= (self.form.points + 1) // 2)
            self.swapped |= swap
            self.red[swap] = 1 - self.red[swap]
