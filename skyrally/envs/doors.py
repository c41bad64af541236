"""The functions that make environments, by scenario name. `skyrally.make`, `skyrally.parallel_env` and `skyrally.env` are these."""

from __future__ import annotations

from functools import cache, partial
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ..errors import SkyrallyError, checked_options, unknown
from ..scenarios.registry import SCENARIOS, find
from ..scenarios.scenario import Scenario
from .batch import BatchEnv
from .probe import probe
from .registration import VERSION

if TYPE_CHECKING:
    from pettingzoo import AECEnv

    from .parallel import SkyParallelEnv

ENGINES = ("native", "genesis")
BATCH_OPTIONS = ("threads", "view", "action_mode", "discrete", "sight")


def list_scenarios() -> tuple[str, ...]:
    """The names of all scenarios."""
    return tuple(SCENARIOS)


def make(scenario: str | Scenario, worlds: int = 1, device: Any = "cpu", engine: str = "native", seed: int = 0, **options: Any) -> BatchEnv:
    """`worlds` worlds of a scenario behind one `step` on arrays [W, N, ...].

    `scenario`: a name, or one of your own: a Scenario, `my_drill.py`, `python:MODULE:ATTR`.
    `engine`: native, or genesis (see `GenesisEnv` and `GenesisSwarm`), which moves the bodies by genesis-world.
    `options` are the scenario's own (`physics`, `rules`, `max_cycles`, `weights` ...) and `threads`, `view`, `action_mode`,
    `discrete` (see `choices`), `sight` (see `scenarios.sight`).
    Raises SkyrallyError for unknown names, with the nearest ones, and for values out of range.
    """
    if engine not in ENGINES:
        raise unknown("engine", engine, ENGINES)
    if str(device) != "cpu" and engine == "native":
        raise SkyrallyError(
            f"device is {str(device)!r}; engine native steps worlds on the CPU only: pass device='cpu' and move the tensors"
        )
    found = find(scenario) if isinstance(scenario, str) else scenario
    checked_options(f"option of {found.name}", options, [*found.options, *BATCH_OPTIONS])
    if engine == "genesis":
        from .genesis import GenesisEnv
        from .genesis_swarm import GenesisSwarm

        kind = GenesisEnv if found.swarm is None else GenesisSwarm
        return kind(found, worlds, device=str(device), seed=seed, **options)
    probe(found, seed=seed, **options)
    return BatchEnv(found, worlds, seed=seed, **options)


def parallel_env(scenario: str | Scenario, render_mode: str | None = None, max_cycles: int | None = None, **options: Any) -> SkyParallelEnv:
    """A PettingZoo ParallelEnv of one world. Options: see `SkyParallelEnv`."""
    from .parallel import SkyParallelEnv

    return SkyParallelEnv(scenario, render_mode=render_mode, max_cycles=max_cycles, **options)


def env(scenario: str | Scenario, render_mode: str | None = None, max_cycles: int | None = None, **options: Any) -> AECEnv:
    """The same as a PettingZoo AECEnv: agents act one after the other, the world moves when the last one has."""
    from pettingzoo.utils import parallel_to_aec

    return parallel_to_aec(parallel_env(scenario, render_mode=render_mode, max_cycles=max_cycles, **options))


@cache
def classic_module(name: str) -> ModuleType | None:
    """The module that PettingZoo's users expect, such as `volleyball_3v3_v0`; None when there is no such scenario."""
    found = {f"{known.replace('-', '_')}_v{VERSION}": known for known in SCENARIOS}.get(name)
    if found is None:
        return None
    module = ModuleType(f"skyrally.envs.{name}", SCENARIOS[found].summary)
    module.parallel_env = module.raw_env = partial(parallel_env, found)  # type: ignore[attr-defined]
    module.env = partial(env, found)  # type: ignore[attr-defined]
    return module
