"""A job: some matches of a league as one batch of worlds. What it comes to depends on the job alone, not on who plays it when.

Matches of package and trained entrants share jobs; a match with somebody's own code is a job of its own, with a fresh process for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from ..agents.agent import Agent
from ..agents.spec import find_agent
from ..physics.params import CONTROL_DT
from ..physics.seeds import world_seeds
from ..render.recorder import ReplaySink
from ..scenarios.scenario import Scenario
from ..workers import Interrupted
from .cell.isolation import IsolatedAgent
from .match import Fixture, MatchRunner, Rally
from .plan import Plan

SETS = 1024  # in a job: enough to fill the worlds and keep the tail short
WORLDS = 256  # side by side: more of them leave the cache (benchmarks/tournament/speed.py)
ROWS = 1 << 20  # rows of a match, for agents that draw by row


@dataclass(frozen=True)
class Meeting:
    """A match of the league by its number, and who meets (numbers of entrants)."""

    id: int
    home: int
    away: int


@dataclass(frozen=True)
class Job:
    """Matches to be played as one batch."""

    plan: Plan
    meetings: tuple[Meeting, ...]


@dataclass
class Played:
    """What a match came to."""

    id: int
    rallies: list[tuple[int, Rally]] = field(default_factory=list)  # (set, row)
    faults: list[tuple[int, str, int]] = field(default_factory=list)  # (entrant, what, times)
    replay: bytes | None = None

    @property
    def score(self) -> tuple[int, int]:
        """Points of home and away."""
        return (sum(row.winner == 0 for _, row in self.rallies), sum(row.winner == 1 for _, row in self.rallies))


def jobs_of(plan: Plan, meetings: Sequence[Meeting]) -> list[Job]:
    """All matches of a part of the schedule as jobs: always the same, so that those that are missing can be played later."""
    own = [entrant.isolated for entrant in plan.entrants]
    alone = [m for m in meetings if own[m.home] or own[m.away]]
    shared = [m for m in meetings if not (own[m.home] or own[m.away])]
    size = max(1, min(SETS // len(plan.sets), -(-len(shared) // 4)))
    batches = [shared[k : k + size] for k in range(0, len(shared), size)]
    return [Job(plan, tuple(batch)) for batch in batches] + [Job(plan, (m,)) for m in alone]


def play_job(job: Job, stopped: Callable[[], bool] = lambda: False) -> list[Played]:
    """Plays it to the end. Interrupted when `stopped` says so."""
    plan = job.plan
    runner, agents = _runner(job)
    recorder = Recorder(plan, job, runner)
    try:
        while not runner.done:
            if stopped():
                raise Interrupted
            recorder.frames()
            if runner.step().any():
                recorder.frames(ended=True)
                runner.next_rallies()
        return _played(job, runner, agents, recorder.close())
    finally:
        recorder.close()
        runner.env.close()
        for agent in agents:
            if isinstance(agent, IsolatedAgent):
                agent.close()


def _runner(job: Job) -> tuple[MatchRunner, list[Agent]]:
    """The match runner of a job, and its agents."""
    from .match import find_match

    plan, sets = job.plan, job.plan.sets
    scenario = find_match(plan.scenario)
    entrants = sorted({who for m in job.meetings for who in (m.home, m.away)})
    worlds = min(WORLDS, len(sets) * len(job.meetings))
    first_row = job.meetings[0].id * ROWS
    agents = [_agent(plan, k, scenario, worlds, first_row) for k in entrants]
    fixtures = []
    for meeting in job.meetings:
        seeds = np.zeros(len(sets), np.uint64)
        world_seeds(match_seed(plan.seed, meeting.id), 0, seeds)
        pair = entrants.index(meeting.home), entrants.index(meeting.away)
        for k, (seed, rallies) in enumerate(zip(seeds, sets, strict=True), meeting.id):
            fixtures.append(Fixture(*pair, int(seed), k % 2, k // 2 % 2, rallies))
    runner = MatchRunner.of(scenario, agents, fixtures, worlds=worlds, form=plan.form, first_row=first_row, threads=1, **plan.options)
    runner.names = tuple(plan.entrants[k].name for k in entrants)
    return runner, agents


def match_seed(league: int, match: int) -> int:
    """The seed of a match's worlds: a hash of the league's seed and the match's number, below 2^63."""
    seed = np.zeros(1, np.uint64)
    world_seeds(league, match, seed)
    return int(seed[0] >> np.uint64(1))


def _agent(plan: Plan, k: int, scenario: Scenario, worlds: int, first_row: int) -> Agent:
    """Entrant number k."""
    entrant, seed = plan.entrants[k], match_seed(plan.seed, 2**32 + k)
    if not entrant.isolated:
        return find_agent(entrant.spec, scenario, seed)
    rows = worlds * scenario.drones // 2
    return IsolatedAgent(entrant.spec, scenario, rows, plan.limits, where=plan.scenario, seed=seed, first_row=first_row)


def _played(job: Job, runner: MatchRunner, agents: Sequence[Agent], replays: dict[int, bytes]) -> list[Played]:
    """The rallies and faults, match by match."""
    per = len(job.plan.sets)
    found = [Played(meeting.id, replay=replays.get(meeting.id)) for meeting in job.meetings]
    for row in sorted(runner.rows, key=lambda row: (row.match, row.rally)):
        found[row.match // per].rallies.append((row.match % per, row))
    entrants = sorted({who for m in job.meetings for who in (m.home, m.away)})
    for who, agent in zip(entrants, agents, strict=True):
        if isinstance(agent, IsolatedAgent):
            found[0].faults += [(who, what, times) for what, times in agent.faults.items()]
    return found


class Recorder:
    """Records the first set of the first matches of the league, from their start until the seconds are full and the rally is over."""

    def __init__(self, plan: Plan, job: Job, runner: MatchRunner):
        self._runner, self._folder = runner, TemporaryDirectory(prefix="skyrally-replays-")
        self._frames_left: dict[int, float] = {}
        self._sinks: dict[int, tuple[int, ReplaySink]] = {}  # fixture -> (match, file)
        self._done: dict[int, bytes] = {}
        for k, meeting in enumerate(job.meetings):
            if meeting.id < plan.replays:
                fixture = k * len(plan.sets)
                names = [plan.entrants[who].name for who in (meeting.home, meeting.away)]
                header: dict[str, Any] = {"title": " vs ".join(names), "agents": names, "match": meeting.id, "league": plan.title}
                sink = ReplaySink(Path(self._folder.name) / f"{meeting.id}.replay", runner.env.stage, header=header)
                self._sinks[fixture] = meeting.id, sink
                self._frames_left[fixture] = plan.replay_seconds / CONTROL_DT

    def frames(self, ended: bool = False) -> None:
        """A frame of every match that is recorded; `ended`: of those whose rally has just ended."""
        runner = self._runner
        if not self._sinks:
            return
        for world in np.flatnonzero(runner.ended if ended else ~runner.over):
            fixture = int(runner.match[world])
            if fixture in self._sinks:
                self._sinks[fixture][1].write(runner.frame(int(world)))
                self._frames_left[fixture] -= 1
                if ended and (runner.over[world] or self._frames_left[fixture] <= 0):
                    self._finish(fixture)

    def _finish(self, fixture: int) -> None:
        match, sink = self._sinks.pop(fixture)
        sink.close()
        self._done[match] = (Path(self._folder.name) / f"{match}.replay").read_bytes()

    def close(self) -> dict[int, bytes]:
        """Match -> the bytes of its replay. Harmless when repeated."""
        for _, sink in self._sinks.values():
            sink.abort()
        self._sinks = {}
        self._folder.cleanup()
        return self._done
