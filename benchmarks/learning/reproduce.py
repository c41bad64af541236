"""Regenerates the table of learning results from nothing: python benchmarks/learning/reproduce.py (or `make reproduce`).

One run after another; stop it whenever you like (Ctrl-C, a kill, a power cut) and call it again: finished runs are skipped, a
half-finished one is resumed. Everything lies in --out: runs/ (the run folders), rows/ (one raw row per run), README.md and curves.png.
"""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import tyro
from commands import ACTIONS, CURVES, OUT, SEEDS, Job, command, jobs

from skyrally.atomic import PendingFile
from skyrally.baselines.curves import write_report
from skyrally.baselines.folder import RunFolder
from skyrally.baselines.panel import clock
from skyrally.baselines.report import grouped, summary
from skyrally.baselines.results import Row, in_a_row, read_rows, read_run
from skyrally.errors import SkyrallyError, unknown
from skyrally.scenarios.registry import find

HERE = Path(__file__).parent
README = HERE.parents[1] / "README.md"
BLOCK = re.compile(r"(?<=<!-- learning results -->\n).*?(?=<!-- end -->)", re.DOTALL)
STOPPED = (130, -signal.SIGTERM, -signal.SIGINT)  # exit statuses of a verb that was asked to stop


@dataclass
class Sitting:
    """One call of this script: runs verbs, one at a time, until its time is up or somebody stops it."""

    minutes: float | None
    child: subprocess.Popen | None = None
    stopped: bool = False
    begun: float = field(default_factory=monotonic)

    def stop(self, *_: object) -> None:
        """Asks the present verb to stop after its iteration; asking twice does no harm."""
        self.stopped = True
        if self.child and self.child.poll() is None:
            self.child.terminate()

    def run(self, words: Sequence[str]) -> bool:
        """Runs a verb to its end. True when it went well. SkyrallyError when it failed of itself."""
        if self.stopped:
            return False
        self.child = subprocess.Popen([sys.executable, "-m", "skyrally", *words], stdout=subprocess.DEVNULL)
        try:
            status = self.child.wait(None if self.minutes is None else max(0.0, 60 * self.minutes - (monotonic() - self.begun)))
        except subprocess.TimeoutExpired:
            self.stop()
            status = self.child.wait()
        if status and not self.stopped and status not in STOPPED:
            raise SkyrallyError(f"exit status {status} of {command(words)}")
        self.stopped |= status != 0
        return status == 0


def state(job: Job, k: int) -> str:
    """Of stage k: trained, begun or new. SkyrallyError when the folder holds another run."""
    root = job.folders[k]
    if not (root / "config.yaml").exists():
        return "new"
    folder, _, manifest = RunFolder.open(root)
    if manifest["command"] != command(job.train(k)):
        raise SkyrallyError(f"{root} holds another run ({manifest['command']}); move it away, or give another --out")
    known = folder.known()
    return "trained" if known and int(known[-1].name) >= job.frames[k] else "begun"


def finished(job: Job) -> bool:
    """Whether the row is there, of the run that is asked for."""
    return job.row.exists() and all(state(job, k) != "new" for k in range(len(job.folders)))


def carry_out(job: Job, sitting: Sitting) -> bool:
    """Brings a job to its end from wherever it stands. True when its row is written."""
    for k, root in enumerate(job.folders):
        now = state(job, k)
        if now == "trained":
            continue
        told = job.train(k) if now == "new" else ["resume", str(root)]
        tell(command(told))
        if not sitting.run(told):
            return False
    judged = (job.folders[-1] / "eval" / "final" / "result.json").exists()
    if not judged and not sitting.run(job.judge):
        return False
    keep(in_a_row([read_run(root) for root in job.folders]), job.row)
    return True


def keep(row: Row, path: Path) -> None:
    """Writes a raw row, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pending = PendingFile(path, force=True)
    pending.temporary.write_text(json.dumps(row, indent=1) + "\n")
    pending.commit()


def samples(job: Job) -> int:
    return sum(job.frames) * find(job.curve.drill).drones


def left(waiting: Sequence[Job], ended: Sequence[Job]) -> str:
    """How long the waiting jobs may take, by the finished ones' time per sample."""
    rows = [(json.loads(job.row.read_text()), samples(job)) for job in ended]
    if not rows:
        return "unknown until the first is finished"
    rate = sum(row["seconds"] for row, _ in rows) / sum(count for _, count in rows)
    return "about " + clock(rate * sum(map(samples, waiting)))


def take_in(out: Path) -> None:
    """Takes the rows into benchmarks/learning/rows, the report beside them, the table into README."""
    shutil.rmtree(HERE / "rows", ignore_errors=True)
    shutil.copytree(out / "rows", HERE / "rows")
    rows = read_rows([HERE / "rows"])
    write_report(rows, HERE / "results", force=True)
    pending = PendingFile(README, force=True)
    pending.temporary.write_text(BLOCK.sub(lambda _: summary(grouped(rows)) + "\n", README.read_text()))
    pending.commit()


def choose(drills: Sequence[str], actions: Sequence[str], seeds: Sequence[int], frames: float | None, **place: Any) -> list[Job]:
    """The jobs that were asked for. SkyrallyError for unknown names."""
    known = [curve.drill for curve in CURVES]
    for words, all_of, what in ((drills, known, "drill"), (actions, ACTIONS, "action mode")):
        for word in words:
            if word not in all_of:
                raise unknown(what, word, all_of)
    if frames is not None and frames < 1:
        raise SkyrallyError(f"frames is {frames:g}; expected 1 or more")
    return jobs([curve for curve in CURVES if curve.drill in drills], actions, seeds, frames and int(frames), **place)


def work(todo: Sequence[Job], sitting: Sitting, out: Path) -> int:
    """Carries out all jobs. The exit status: 0, 1 when a job failed, 130 when stopped before the end."""
    failed = 0
    for k, job in enumerate(todo):
        if finished(job):
            continue
        ended = [other for other in todo if finished(other)]
        rest = [other for other in todo[k:] if other not in ended]
        tell(f"run {k + 1} of {len(todo)}: {job.name}; {len(ended)} finished, left: {left(rest, ended)}")
        try:
            if not carry_out(job, sitting):
                tell("stopped; the same command goes on from here")
                return 130
        except SkyrallyError as error:
            failed += 1
            tell(f"{job.name} failed: {error}")
            continue
        rows = read_rows([out / "rows"])
        _, problem = write_report(rows, out, force=True)
        tell(f"{job.name}: {json.loads(job.row.read_text())['final']['metric']}" + (f" ({problem})" if problem else ""))
    return 1 if failed else 0


def tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def main(
    drills: tuple[str, ...] = tuple(curve.drill for curve in CURVES),
    actions: tuple[str, ...] = ("rotor",),
    seeds: tuple[int, ...] = SEEDS,
    frames: float | None = None,
    minutes: float | None = None,
    threads: int = 0,
    out: Path = OUT,
    publish: tyro.conf.FlagCreatePairsOff[bool] = False,
) -> int:
    """Regenerate the table of learning results; call it again after any interruption.

    Args:
        drills: which drills.
        actions: rotor, ctbr, or both.
        seeds: of the runs.
        frames: world steps of each run, of each stage where there are several (default: as in commands.py).
        minutes: stop this sitting after so long; the next call goes on.
        threads: of each run; 0: all cores. On a machine that others use, 1 is faster.
        out: the folder for runs, rows and the report.
        publish: at the end take the rows into benchmarks/learning and the table into README.
    """
    try:
        todo = choose(drills, actions, seeds, frames, out=out, threads=threads)
        sitting = Sitting(minutes)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, sitting.stop)
        status = work(todo, sitting, out)
        if status == 0:
            print(summary(grouped(read_rows([out / "rows"]))))
            if publish:
                take_in(out)
        return status
    except SkyrallyError as error:
        tell(f"reproduce: {error}")
        return 2


if __name__ == "__main__":
    sys.exit(tyro.cli(main))
