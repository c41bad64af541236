"""Jobs side by side in spawned processes, or one after the other in this one; and how an interrupt ends them."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")
Stopped = Callable[[], bool]  # whether to stop now


class Interrupted(Exception):
    """A job was stopped before its end; what it had saved is kept."""


@contextmanager
def interruptible(stop: Callable[[], object]) -> Iterator[None]:
    """The first interrupt (or request to end) calls `stop`, for a stop at the next good place; a second one stops at once.

    Main thread only.
    """

    def handle(number: int, frame: FrameType | None) -> None:
        stop()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


class Workers:
    """Runs `function(job, stopped)` for every job. With several processes function and jobs must be picklable.

    Results come in the order of the jobs, so that nothing depends on who is done first.
    """

    def __init__(self, processes: int = 1):
        context = get_context("spawn")  # a forked child dies once Numba's threads have run
        self._flag: Any = context.Event() if processes > 1 else threading.Event()
        self._pool = None
        if processes > 1:
            self._pool = ProcessPoolExecutor(processes, context, _enter, (self._flag,))

    def stop(self) -> None:
        """Asks all jobs to end; `map` raises Interrupted."""
        self._flag.set()

    def map(self, function: Callable[[Any, Stopped], T], jobs: Iterable[Any]) -> list[T]:
        """The results. Raises Interrupted after `stop`."""
        if self._flag.is_set():
            raise Interrupted
        if self._pool is not None:
            futures = [self._pool.submit(_call, function, job) for job in jobs]
            return [future.result() for future in futures]
        results = []
        for job in jobs:
            if self._flag.is_set():
                raise Interrupted
            results.append(function(job, self._flag.is_set))
        return results

    def each(self, function: Callable[[Any, Stopped], T], jobs: Iterable[Any]) -> Iterator[T]:
        """The results as they come, in any order. After `stop` those of jobs that were finished still come; then Interrupted."""
        if self._pool is None:
            for job in jobs:
                yield self.map(function, [job])[0]
            return
        stopped = False
        futures = [self._pool.submit(_call, function, job) for job in jobs]
        for future in as_completed(futures):
            try:
                result = future.result()
            except Interrupted:
                stopped = True
                continue
            yield result
        if stopped:
            raise Interrupted

    def close(self) -> None:
        """Ends the processes."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


_flag: Any = None  # in a worker process: its parent's


def _enter(flag: Any) -> None:
    """A worker leaves interrupts to its parent, and ends with it even if that is killed."""
    global _flag
    _flag = flag
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _call(function: Callable[[Any, Stopped], T], job: Any) -> T:
    if _flag.is_set():
        raise Interrupted
    return function(job, _flag.is_set)
