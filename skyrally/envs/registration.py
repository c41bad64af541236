"""Entries for PettingZoo's and Gymnasium's registries, as strings: writing them imports no scenario and compiles nothing.

Neither library looks for plug-ins (Gymnasium stopped in 1.0, PettingZoo never did), so somebody has to import skyrally:
`import skyrally` registers with those of the two that are imported already, `register_all()` with both.
`gymnasium.make("skyrally:skyrally/hover-v0")` works in any order.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from ..scenarios.names import DRILLS, SCENARIO_NAMES

VERSION = 0  # raised whenever rewards, dynamics or observations change


def env_id(name: str) -> str:
    """The name in both registries."""
    return f"skyrally/{name}-v{VERSION}"


def register_imported() -> None:
    """Registers the scenarios of this package with those of the two libraries that are imported."""
    if hasattr(sys.modules.get("gymnasium"), "register"):
        _register_gymnasium(DRILLS)
    if hasattr(sys.modules.get("pettingzoo"), "register"):
        _register_pettingzoo(SCENARIO_NAMES)


def register_all() -> None:
    """Registers every scenario, the user's own included, with both libraries (PettingZoo from 1.27). May be repeated."""
    from ..scenarios.registry import SCENARIOS

    _register_gymnasium(name for name, scenario in SCENARIOS.items() if scenario.drones == 1)
    import pettingzoo

    if hasattr(pettingzoo, "register"):
        _register_pettingzoo(SCENARIOS)


def _register_gymnasium(names: Iterable[str]) -> None:
    import gymnasium

    for name in names:
        if env_id(name) not in gymnasium.registry:
            gymnasium.register(
                env_id(name),
                entry_point="skyrally.envs.gym:SingleDroneEnv",
                vector_entry_point="skyrally.envs.vector:SingleDroneVectorEnv",
                kwargs={"scenario": name},
            )


def _register_pettingzoo(names: Iterable[str]) -> None:
    import pettingzoo

    doors: list[tuple[Any, str, dict]] = [
        ("parallel", "parallel_env", pettingzoo.parallel_registry),
        ("aec", "env", pettingzoo.aec_registry),
    ]
    for name in names:
        for kind, function, registry in doors:
            if env_id(name) not in registry:
                pettingzoo.register(kind, env_id(name), f"skyrally.envs.doors:{function}", kwargs={"scenario": name})
