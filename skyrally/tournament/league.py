"""Tournaments: a league of entrants, played to its end or as far as one likes, and gone on with from its folder.

>>> league = Tournament(["scripted:rally", "hover", "random"], scenario="volleyball-1v1", points=11, out="runs/league")
>>> league.run()
>>> league.results()["entrants"][0]["name"]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..agents.policy import TRAINED_PATHS
from ..agents.population import population_place
from ..agents.spec import FOLDERS
from ..envs.arguments import whole
from ..errors import SkyrallyError
from ..physics.params import CONTROL_DT
from ..workers import Interrupted, interruptible
from .engines import cores, engine_of, play
from .job import jobs_of
from .plan import Plan, content_hash, plan_of, read_plan
from .schedule import due
from .standings import results
from .store import Store

Told = Callable[[int, int], object]  # is told (matches played, matches of the schedule so far)


class Tournament:
    """A league in a folder of its own, `out`. Entrants are specs, {name, spec}, or a mapping of names to specs; the other keys are those of
    a league file (docs/tournaments.md).

    Raises SkyrallyError for unknown keys, scenarios, formats and entrants, before anything is played.
    """

    def __init__(self, entrants: Sequence[Any] | Mapping[str, str], *, out: str | Path = "runs/league", **keys: Any):
        self.plan = plan_of(entrants, **keys)
        self.store = Store(Path(out))

    @classmethod
    def load(cls, file: str | Path, out: str | Path | None = None) -> Tournament:
        """The league of a YAML file; its folder is runs/NAME unless told."""
        return cls._of(read_plan(file), Path("runs") / Path(file).stem if out is None else Path(out))

    @classmethod
    def open(cls, folder: str | Path) -> Tournament:
        """A league that was begun."""
        return cls._of(Store(Path(folder)).plan(), Path(folder))

    @classmethod
    def _of(cls, plan: Plan, out: Path) -> Tournament:
        league = cls.__new__(cls)
        league.plan, league.store = plan, Store(out)
        return league

    @property
    def folder(self) -> Path:
        """Where it is kept."""
        return self.store.root

    def run(
        self, *, resume: bool = False, workers: int | None = None, engine: str = "local", told: Told = lambda played, known: None
    ) -> bool:
        """Plays what is left. Whether the league is over: an interrupt stops it after the present matches.

        resume: go on with a league that was begun with the same plan. workers: processes, None for one per core.
        """
        self.plan.check()
        hashes = [content_hash(entrant.spec) for entrant in self.plan.entrants]
        playing = engine_of(engine, whole("workers", cores() if workers is None else workers, 1))
        try:
            with self.store.held(), interruptible(playing.stop):
                plan = self._begin(hashes, resume)
                while self._due():
                    for played in playing.each(play, self._jobs(plan)):
                        self.store.add(played, CONTROL_DT)
                        told(*self._count())
        except Interrupted:
            return False
        except BrokenProcessPool:
            raise SkyrallyError(f"a worker process died; what was stored is whole: go on with --resume ({self.folder})") from None
        finally:
            playing.close()
        return True

    def results(self) -> dict[str, Any]:
        """Standings, cross-play, matches and faults as plain data (docs/tournaments.md has the fields)."""
        return results(self.plan, self.store)

    def _begin(self, hashes: Sequence[str], resume: bool) -> Plan:
        """Makes the folder, or checks that it is this league's. The plan with the entrants as they play: by copies of their weights."""
        plan, store = self.plan, self.store
        if store.exists:
            if not resume:
                raise SkyrallyError(f"{self.folder} holds a league already; go on with --resume (resume=True), or give another --out")
            self._same(store.plan(), store.hashes(), hashes)
        else:
            store.create(plan, hashes)
        store.sweep()
        entrants = []
        for entrant, digest in zip(plan.entrants, hashes, strict=True):
            kind, _, rest = entrant.spec.partition(":")
            trained = kind in TRAINED_PATHS and not entrant.isolated and not (kind == "run" and population_place(rest))
            entrants.append(store.frozen(entrant, digest, FOLDERS[kind](rest)) if trained else entrant)
        return replace(plan, entrants=tuple(entrants))

    def _same(self, before: Plan, hashes: Sequence[str], now: Sequence[str]) -> None:
        """SkyrallyError, naming what differs, unless the stored league is this one."""
        old, new = before.plain(), self.plan.plain()
        differ = [key for key in new if old[key] != new[key]]
        if differ:
            told = "; ".join(f"{key} was {old[key]!r}, is {new[key]!r}" for key in differ)
            raise SkyrallyError(f"{self.folder} holds another league: {told}; give another --out")
        changed = [e.name for e, old_hash, new_hash in zip(self.plan.entrants, hashes, now, strict=True) if old_hash != new_hash]
        if changed:
            raise SkyrallyError(f"{', '.join(changed)} changed since this league began; give another --out, or put the old files back")

    def _due(self) -> bool:
        """Whether something is left to play; a new part of the schedule is made when the last one is over."""
        if any(not done for _, done in self.store.last_part()):
            return True
        pairings = due(self.plan.format, len(self.plan.entrants), self.store.results(), self.plan.rounds)
        if pairings:
            self.store.schedule(pairings)
        return bool(pairings)

    def _jobs(self, plan: Plan) -> list[Any]:
        """The jobs of the present part that were not played yet."""
        part = self.store.last_part()
        done = {meeting.id for meeting, played in part if played}
        return [job for job in jobs_of(plan, [meeting for meeting, _ in part]) if job.meetings[0].id not in done]

    def _count(self) -> tuple[int, int]:
        (row,) = self.store.rows("SELECT (SELECT count(*) FROM results) AS played, (SELECT count(*) FROM matches) AS known")
        return row["played"], row["known"]
