"""Who plays the jobs of a league: this process and its workers, or a Ray cluster (pip install 'skyrally[cluster]')."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from ..agents.spec import TRAINED
from ..errors import SkyrallyError, unknown
from ..workers import Interrupted, Stopped, Workers
from .job import Job, Played, play_job


class Engine(Protocol):
    """What plays jobs."""

    def each(self, function: Callable[[Any, Stopped], list[Played]], jobs: Sequence[Job]) -> Iterator[list[Played]]:
        """What each job came to, in any order. Raises Interrupted after `stop`."""
        ...

    def stop(self) -> None:
        """Asks it to end soon."""
        ...

    def close(self) -> None:
        """Ends its processes."""
        ...


class Ray:
    """Jobs as tasks of a Ray cluster: the one that RAY_ADDRESS names, else one on this machine with so many workers."""

    def __init__(self, workers: int):
        try:
            import ray  # pyright: ignore[reportMissingImports]
        except ImportError:
            raise SkyrallyError("engine ray needs Ray: pip install 'skyrally[cluster]'") from None
        self._ray, self._stopped = ray, False
        self._ours = not ray.is_initialized()
        if self._ours:
            place: dict[str, Any] = {} if os.environ.get("RAY_ADDRESS") else {"num_cpus": workers, "include_dashboard": False}
            ray.init(log_to_driver=False, configure_logging=False, **place)

    def each(self, function: Callable[[Any, Stopped], list[Played]], jobs: Sequence[Job]) -> Iterator[list[Played]]:
        task = self._ray.remote(num_cpus=1)(_alone)
        waiting = [task.remote(function, job) for job in jobs]
        while waiting:
            if self._stopped:
                for job in waiting:
                    self._ray.cancel(job, force=True)
                raise Interrupted
            done, waiting = self._ray.wait(waiting, timeout=0.5)
            for one in done:
                yield self._ray.get(one)

    def stop(self) -> None:
        self._stopped = True

    def close(self) -> None:
        if self._ours:
            self._ray.shutdown()


def _alone(function: Callable[[Any, Stopped], list[Played]], job: Job) -> list[Played]:
    """A job where nobody can ask it to stop."""
    return function(job, lambda: False)


def play(job: Job, stopped: Stopped) -> list[Played]:
    """A job in a worker. Networks use one core: the workers share them all, and sums in another order are other sums."""
    if not any(entrant.spec.startswith(tuple(f"{kind}:" for kind in (*TRAINED, "hierarchy"))) for entrant in job.plan.entrants):
        return play_job(job, stopped)
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return play_job(job, stopped)
    finally:
        torch.set_num_threads(before)


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


ENGINES: dict[str, Callable[[int], Engine]] = {"local": Workers, "ray": Ray}


def engine_of(name: str, workers: int) -> Engine:
    """The engine of this name. SkyrallyError for unknown ones, and for ray where it is not installed."""
    if name not in ENGINES:
        raise unknown("engine", name, ENGINES)
    return ENGINES[name](workers)
