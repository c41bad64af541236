"""Our side of an isolated entrant: an Agent whose code runs in a process of its own, with limits, and whose faults cost points.

Rules. An exception, or an action that is not finite, loses the points that are being played: those rows become NaN, which the rule book
judges as "invalid action". A process that does not answer in time, ends, hangs up or sends junk is killed, and all further points of the
match are lost the same way.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import numpy as np

from ...agents.agent import Agent
from ...errors import SkyrallyError
from ...scenarios.scenario import Scenario
from . import wire

PASSED = ("NUMBA_DISABLE_JIT", "SYSTEMROOT")  # of our environment; all else is left out
SYSTEM = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/dev/null", "/dev/zero", "/dev/urandom", "/sys/devices/system/cpu")
OWN_PROC = ("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat")


@dataclass(frozen=True)
class Limits:
    """What an isolated entrant may use."""

    action: float = 1.0  # s until the actions of one step are there
    start: float = 60.0  # s until it is made: importing takes a while
    memory: int = 2048  # MiB beyond what Python and skyrally take

    def __post_init__(self) -> None:
        if min(self.action, self.start) <= 0.0 or self.memory < 16:
            raise SkyrallyError(f"limits are {self}; expected times above 0 s and 16 MiB of memory or more")


class IsolatedAgent(Agent):
    """An entrant by its spec, for `rows` rows. It never raises: `faults` counts what went wrong, `dead` says why it plays no more."""

    memory_size = 1  # 0: the row's episode begins

    def __init__(
        self, spec: str, scenario: Scenario, rows: int, limits: Limits, *, where: str = "", seed: int = 0, first_row: int = 0
    ):  # where: the scenario's own spec, if it is not its name
        self.name, self.view, self.action_mode = spec, scenario.default_view, scenario.action_modes[0]
        self.faults: Counter[str] = Counter()
        self.dead, self.walls = "", []
        self._rows, self._limits, self._first_row = rows, limits, first_row
        self._folder = Path(tempfile.mkdtemp(prefix="skyrally-entrant-"))
        self._line, theirs = socket.socketpair()
        command = [sys.executable, "-m", f"{__package__}.inmate"]
        self._process = subprocess.Popen(
            command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self._folder, env=self._environment(),
            close_fds=True, start_new_session=True,
        )  # fmt: skip
        theirs.close()
        self._start(spec, scenario, where or scenario.name, seed)

    def act(self, obs: np.ndarray, memory: np.ndarray, out: np.ndarray) -> None:
        out[:] = np.nan
        if self.dead:
            return
        deadline = monotonic() + self._limits.action
        fresh = (memory[:, 0] == 0.0).astype(np.uint8)
        memory[:] = 1.0
        try:
            wire.send(self._line, wire.ACT, fresh.tobytes(), np.ascontiguousarray(obs, np.float32).tobytes(), deadline=deadline)
            kind, data = wire.receive(self._line, {wire.ACT: out.nbytes, wire.FAULT: wire.WORDS}, deadline)
        except (wire.Late, wire.Broken) as error:
            self._end(error, self._limits.action)
            return
        if kind == wire.FAULT:
            self.faults[_words(data)] += 1
        elif len(data) != out.nbytes:
            self._end(wire.Broken(f"sent {len(data)} bytes of actions instead of {out.nbytes}"), 0.0)
        else:
            out[:] = np.frombuffer(data, np.float32).reshape(out.shape)
            bad = ~np.isfinite(out).all(axis=1)
            if bad.any():
                self.faults["an action is not finite"] += 1

    def close(self) -> None:
        """Ends the process and its group, and removes its folder."""
        self._line.close()
        with suppress(OSError):
            os.killpg(self._process.pid, signal.SIGKILL)
        with suppress(OSError):
            self._process.kill()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, spec: str, scenario: Scenario, where: str, seed: int) -> None:
        """Gives the order and waits for the greeting."""
        deadline = monotonic() + self._limits.start
        order = {
            "spec": spec,
            "scenario": where,
            "rows": self._rows,
            "first_row": self._first_row,
            "seed": seed,
            "memory": self._limits.memory,
            "path": [os.getcwd() if place == "" else place for place in (*sys.path, os.getcwd())],
            "readable": readable(spec),
            "widths": {name: layout.size for name, layout in scenario.views.items()},
        }
        try:
            wire.send(self._line, wire.START, json.dumps(order).encode(), deadline=deadline)
            kind, data = wire.receive(self._line, {wire.HELLO: wire.WORDS, wire.FAULT: wire.WORDS}, deadline)
        except (wire.Late, wire.Broken) as error:
            self._end(error, self._limits.start)
            return
        if kind == wire.FAULT:
            self._fail(f"could not be made: {_words(data)}")
            return
        self._greeted(data, scenario)

    def _greeted(self, data: bytes, scenario: Scenario) -> None:
        try:
            told = json.loads(data)
            view, mode, walls = told["view"], told["action_mode"], [str(wall) for wall in told["walls"]]
        except (ValueError, KeyError, TypeError):
            self._fail("greeted with junk")
            return
        if view not in scenario.views or mode not in scenario.action_modes:
            self._fail(f"wants the view {str(view)[:40]!r} and the action mode {str(mode)[:40]!r}, which {scenario.name} does not serve")
            return
        self.view, self.action_mode, self.walls = view, mode, walls

    def _end(self, error: Exception, limit: float) -> None:
        """The process is of no more use."""
        if isinstance(error, wire.Late):
            self._fail(f"gave no answer within {limit:g} s")
            return
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(3.0)
        status = self._process.returncode
        if str(error):
            self._fail(str(error))
        elif status is None:
            self._fail("closed its connection")
        else:
            how = f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
            self._fail(f"its process {how}")

    def _fail(self, what: str) -> None:
        self.faults[what] += 1
        self.dead = what
        self.close()

    def _environment(self) -> dict[str, str]:
        import skyrally

        place = str(Path(str(skyrally.__file__)).parent.parent)
        folder = str(self._folder)
        own = {"PATH": "/usr/bin:/bin", "HOME": folder, "TMPDIR": folder, "SKYRALLY_CACHE": folder, "PYTHONPATH": place}
        plain = {"LANG": "C.UTF-8", "OMP_NUM_THREADS": "1", "SKYRALLY_QUIET": "1", "PYTHONDONTWRITEBYTECODE": "1", "MALLOC_ARENA_MAX": "2"}
        return {**own, **plain, **{name: os.environ[name] for name in PASSED if name in os.environ}}


def readable(spec: str) -> list[str]:
    """Where an isolated entrant may read: the interpreter and its packages, the system's libraries, the folder of its own code."""
    import skyrally

    python = [
        sys.prefix,
        sys.base_prefix,
        str(Path(str(skyrally.__file__)).parent),
        *(place for place in sys.path if place.endswith("-packages")),
    ]
    file = Path(spec if spec.endswith(".py") else spec.rpartition(":")[0])
    own = os.getcwd() if spec.startswith("python:") else str(file.resolve().parent)
    return [*python, *SYSTEM, *OWN_PROC, own]


def _words(data: bytes) -> str:
    """What a fault says, on one line that is safe to print."""
    text = " ".join(data.decode(errors="replace")[: wire.TEXT].split())
    return "".join(c if c.isprintable() else "?" for c in text) or "a fault without words"
