"""Does a scenario keep the promises that learners rely on? A stricter kit than the libraries' own checkers.

>>> from skyrally.envs.conformance import check
>>> check("volleyball-3v3")  # a name, a Scenario, or a function that makes a BatchEnv
['agents', 'layout', ...]

Raises ConformanceError with one line for each check that fails: what differs, in which step, world, drone and field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from ...errors import unknown
from ...scenarios.scenario import Scenario
from .. import doors
from ..batch import BatchEnv
from . import contract, worlds
from .kit import Failure, Kit

__all__ = ["CHECKS", "ConformanceError", "check"]

CHECKS: dict[str, Callable[[Kit], None]] = {
    "agents": contract.agents,
    "layout": contract.layout,
    "bounds": contract.bounds,
    "rewards": contract.rewards,
    "info": contract.info,
    "actions": contract.actions,
    "invalid actions": contract.invalid_actions,
    "memory": contract.memory,
    "horizon": contract.horizon,
    "ended worlds": contract.ended_worlds,
    "determinism": worlds.determinism,
    "instances": worlds.instances,
    "clone": worlds.clone,
    "batch": worlds.batch,
    "threads": worlds.threads,
    "masks": worlds.masks,
    "seeds": worlds.seeds,
}


class ConformanceError(AssertionError):
    """What a scenario does not keep. `failures`: name of the check -> what was seen."""

    def __init__(self, name: str, failures: dict[str, str], total: int):
        self.failures = failures
        lines = "".join(f"\n- {check}: {text}" for check, text in failures.items())
        super().__init__(f"{name} fails {len(failures)} of {total} checks:{lines}")


def check(
    what: str | Scenario | Callable[..., BatchEnv],
    *,
    worlds: int = 4,
    steps: int = 120,
    seed: int = 0,
    only: Iterable[str] | None = None,
    **options: Any,
) -> list[str]:
    """Runs the checks (all, or those named in `only`) on `worlds` worlds over `steps` random steps; gives the names of those that passed.

    `what`: a scenario's name, a Scenario, or a function that takes what `skyrally.make` takes after the name and gives a BatchEnv.
    `options`: the scenario's own. Raises ConformanceError when a check fails.
    """
    names = list(CHECKS) if only is None else list(only)
    for name in names:
        if name not in CHECKS:
            raise unknown("check", name, CHECKS)
    factory = partial(doors.make, what) if isinstance(what, (str, Scenario)) else what
    kit = Kit(partial(factory, **options), worlds, steps, seed)
    failures: dict[str, str] = {}
    for name in names:
        try:
            CHECKS[name](kit)
        except Failure as failure:
            failures[name] = str(failure)
        finally:
            kit.close()
    if failures:
        raise ConformanceError(kit.scenario.name, failures, len(names))
    return names
