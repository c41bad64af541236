"""Entries for PettingZoo's and Gymnasium's registries, as strings: writing them imports no scenario and compiles nothing.

Neither library looks for plug-ins (Gymnasium stopped in 1.0, PettingZoo never did), so somebody has to import skyrally:
`import skyrally` registers with those of the two that are imported already, `register_all()` with both.
`gymnasium.make("skyrally:skyrally/hover-v0")` works in any order.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

VERSION = 0  # raised whenever rewards, dynamics or observations change
DRILLS = ("hover", "goto", "back-and-forth", "hit-the-ball", "solo-bump", "juggle", "serve", "receive", "set", "attack")  # one drone
PAIRS = ("bump-and-pass", "set-and-spike-easy", "set-and-spike-hard", "serve-receive")  # two drones
MATCHES = ("volleyball-1v1", "volleyball-2v2", "volleyball-3v3", "volleyball-6v6")
GAMES = ("matrix", "stag-hunt", "two-way-road")  # two players that are no drones
SWARMS = (
    "flock",
    "kuramoto",
    "aggregate",
    "goal-swap",
    "resource",
    "comms-coverage",
    "foraging",
    "potential-field",
)  # any number of drones


def env_id(name: str) -> str:
    """The name in both registries."""
    return f"skyrally/{name}-v{VERSION}"


def register_imported() -> None:
    """Registers the scenarios of this package with those of the two libraries that are imported."""
    if hasattr(sys.modules.get("gymnasium"), "register"):
        _register_gymnasium(DRILLS)
    if hasattr(sys.modules.get("pettingzoo"), "register"):
        _register_pettingzoo(DRILLS + PAIRS + MATCHES + GAMES + SWARMS)


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
