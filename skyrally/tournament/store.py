"""A league's memory: one SQLite file in WAL mode. What a job came to is written in one transaction, so it is there whole or not at all.

Killed at any moment, the file holds the jobs that were finished; the others are played (again) from their start. Primary keys keep a match
from being counted twice, a lock keeps a second process out.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from ..atomic import PendingFile
from ..errors import SkyrallyError
from ..lock import Lock
from .job import Meeting, Played
from .plan import Entrant, Plan, plan_of
from .schedule import Pairing, Result

FORMAT = 1
FILE, REPLAYS, ENTRANTS = "league.sqlite", "replays", "entrants"
TABLES = """
CREATE TABLE league (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE entrants (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, spec TEXT NOT NULL, hash TEXT NOT NULL);
CREATE TABLE matches (id INTEGER PRIMARY KEY, part INTEGER NOT NULL, round INTEGER NOT NULL, home INTEGER NOT NULL REFERENCES entrants,
    away INTEGER NOT NULL REFERENCES entrants);
CREATE TABLE results (match INTEGER PRIMARY KEY REFERENCES matches, home INTEGER NOT NULL, away INTEGER NOT NULL, draws INTEGER NOT NULL,
    touches REAL NOT NULL, crossings REAL NOT NULL, seconds REAL NOT NULL, replay TEXT);
CREATE TABLE rallies (match INTEGER NOT NULL REFERENCES results, "set" INTEGER NOT NULL, rally INTEGER NOT NULL, winner INTEGER NOT NULL,
    reason TEXT NOT NULL, red INTEGER NOT NULL, server INTEGER NOT NULL, steps INTEGER NOT NULL, touches INTEGER NOT NULL,
    crossings INTEGER NOT NULL, print INTEGER NOT NULL, PRIMARY KEY (match, "set", rally)) WITHOUT ROWID;
CREATE TABLE events (match INTEGER NOT NULL REFERENCES results, entrant INTEGER NOT NULL REFERENCES entrants, what TEXT NOT NULL,
    times INTEGER NOT NULL, PRIMARY KEY (match, entrant, what)) WITHOUT ROWID;
"""


class Store:
    """A league's folder: league.sqlite, replays/, entrants/ (copies of the weights that play)."""

    def __init__(self, root: Path):
        self.root = root
        self._lock = Lock(root / ".lock", f"{root} is being played by another process; stop that one first, or wait for it")

    @property
    def exists(self) -> bool:
        """Whether a league was begun here."""
        if not (self.root / FILE).exists():
            return False
        with self._read() as base:
            return base.execute("SELECT count(*) FROM sqlite_master WHERE name = 'league'").fetchone()[0] == 1

    @contextmanager
    def held(self) -> Iterator[None]:
        """While this process plays. SkyrallyError when another one does, or the folder cannot be written."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SkyrallyError(f"cannot write {self.root}: {error.strerror or error}; give another --out") from None
        self._lock.take()
        try:
            yield
        finally:
            self._lock.give_back()

    def create(self, plan: Plan, hashes: Sequence[str]) -> None:
        """Begins a league. Entrants with weights of their own are copied."""
        (self.root / REPLAYS).mkdir(exist_ok=True)
        with self._write() as base:
            if base.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
                for statement in TABLES.split(";"):
                    base.execute(statement)
                base.execute("INSERT INTO league VALUES ('format', ?)", (str(FORMAT),))
                base.execute("INSERT INTO league VALUES ('plan', ?)", (json.dumps(plan.plain()),))
                rows = [(k, e.name, e.spec, h) for k, (e, h) in enumerate(zip(plan.entrants, hashes, strict=True))]
                base.executemany("INSERT INTO entrants VALUES (?, ?, ?, ?)", rows)

    def plan(self) -> Plan:
        """The league's plan. SkyrallyError for a file of another format."""
        with self._read() as base:
            told = dict(base.execute("SELECT key, value FROM league").fetchall())
        if told.get("format") != str(FORMAT):
            raise SkyrallyError(f"{self.root / FILE} has format {told.get('format')}; this version reads format {FORMAT}")
        return plan_of(**json.loads(told["plan"]))

    def hashes(self) -> list[str]:
        """Of the entrants, in their order."""
        with self._read() as base:
            return [row[0] for row in base.execute("SELECT hash FROM entrants ORDER BY id")]

    def frozen(self, entrant: Entrant, digest: str, folder: Path) -> Entrant:
        """The entrant by the copy of its weights (agent.safetensors, agent.json of `folder`), made if it is not there yet."""
        kept = (self.root / ENTRANTS / digest).absolute()
        kept.mkdir(parents=True, exist_ok=True)
        for name in ("agent.safetensors", "agent.json"):
            if not (kept / name).exists():
                file = PendingFile(kept / name, force=True)
                shutil.copyfile(folder / name, file.temporary)
                file.commit()
        return Entrant(entrant.name, f"file:{kept}")

    # -- matches -------------------------------------------------------------------------------------------------------

    def schedule(self, pairings: Iterable[Pairing]) -> None:
        """Adds a part of the schedule: matches with the next numbers."""
        with self._write() as base:
            first, part = base.execute("SELECT coalesce(max(id), -1) + 1, coalesce(max(part), -1) + 1 FROM matches").fetchone()
            rows = [(first + k, part, p.round, p.home, p.away) for k, p in enumerate(pairings)]
            base.executemany("INSERT INTO matches VALUES (?, ?, ?, ?, ?)", rows)

    def last_part(self) -> list[tuple[Meeting, bool]]:
        """The matches of the last part of the schedule, and whether each has its result."""
        query = """SELECT id, m.home, m.away, match IS NOT NULL FROM matches m LEFT JOIN results ON match = id
            WHERE part = (SELECT max(part) FROM matches) ORDER BY id"""
        with self._read() as base:
            return [(Meeting(number, home, away), bool(done)) for number, home, away, done in base.execute(query)]

    def results(self) -> list[Result]:
        """All results, in the order of their matches."""
        query = "SELECT round, m.home, m.away, r.home, r.away FROM matches m JOIN results r ON match = id ORDER BY id"
        with self._read() as base:
            return [Result(Pairing(*row[:3]), (row[3], row[4])) for row in base.execute(query)]

    def add(self, played: Sequence[Played], dt: float) -> None:
        """What a job came to, in one transaction. A match that has a result already is an error of ours: nothing is written then."""
        replays = {one.id: self._keep_replay(one) for one in played}
        with self._write() as base:
            for one in played:
                rows = [row for _, row in one.rallies]
                mean = [sum(values) / max(1, len(rows)) for values in ([r.touches for r in rows], [r.crossings for r in rows])]
                seconds = dt * sum(r.steps for r in rows) / max(1, len(rows))
                base.execute(
                    "INSERT INTO results VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (one.id, *one.score, len(rows) - sum(one.score), *mean, seconds, replays[one.id]),
                )
                base.executemany(
                    "INSERT INTO rallies VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [
                        (one.id, k, r.rally, r.winner, r.reason, r.red, r.server, r.steps, r.touches, r.crossings, r.print)
                        for k, r in one.rallies
                    ],
                )
                base.executemany("INSERT INTO events VALUES (?, ?, ?, ?)", [(one.id, *fault) for fault in one.faults])

    def _keep_replay(self, one: Played) -> str | None:
        """Writes a match's replay; its path from the folder on. It may be there from before a kill: it is the same."""
        if one.replay is None:
            return None
        path = Path(REPLAYS) / f"match-{one.id:05d}.replay"
        file = PendingFile(self.root / path, force=True)
        file.temporary.write_bytes(one.replay)
        file.commit()
        return path.as_posix()

    def rows(self, query: str) -> list[Mapping[str, Any]]:
        """What a query gives, as mappings."""
        with self._read() as base:
            base.row_factory = sqlite3.Row
            return [dict(row) for row in base.execute(query)]

    def sweep(self) -> None:
        """Removes what a kill left half-made."""
        for part in [*self.root.glob(f"{REPLAYS}/.*.part"), *self.root.glob(f"{ENTRANTS}/*/.*.part")]:
            with suppress(OSError):
                part.unlink()

    # -- the file ------------------------------------------------------------------------------------------------------

    @contextmanager
    def _read(self) -> Iterator[sqlite3.Connection]:
        if not (self.root / FILE).exists():
            raise SkyrallyError(f"{self.root} holds no league: there is no {FILE} in it")
        with self._opened() as base:
            yield base

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        """One transaction: whole, or not at all."""
        with self._opened() as base:
            base.execute("PRAGMA journal_mode = WAL")
            base.execute("PRAGMA synchronous = FULL")  # a transaction that is over survives a loss of power too
            base.execute("BEGIN IMMEDIATE")
            yield base
            base.execute("COMMIT")

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.root / FILE, timeout=30.0, isolation_level=None)) as base:
                yield base
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorname", "SQLITE_ERROR") in ("SQLITE_ERROR", "SQLITE_CONSTRAINT_PRIMARYKEY"):
                raise  # ours
            hint = "free some room or give another --out; what was stored before is whole"
            raise SkyrallyError(f"{self.root / FILE}: {error}; {hint}") from None
