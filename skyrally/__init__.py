"""skyrally: multi-drone volleyball and drone swarms.

>>> env = skyrally.make("volleyball-3v3", worlds=4096)  # arrays [W, N, ...], for training
>>> env = skyrally.parallel_env("volleyball-3v3")  # PettingZoo; `skyrally.env` for its AEC form
>>> env = gymnasium.make("skyrally/hover-v0")  # Gymnasium, for one drone

Names load on first use: importing this package imports no NumPy, Numba, torch or pygame.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .envs.registration import register_imported
from .version import __version__

if TYPE_CHECKING:
    from .envs.batch import BatchEnv, Step
    from .envs.buckets import make_buckets
    from .envs.doors import env, list_scenarios, make, parallel_env
    from .envs.registration import register_all
    from .errors import SkyrallyError
    from .scenarios.registry import find as find_scenario
    from .scenarios.registry import register as register_scenario

_HOMES = {
    "BatchEnv": ("envs.batch", "BatchEnv"),
    "SkyrallyError": ("errors", "SkyrallyError"),
    "Step": ("envs.batch", "Step"),
    "env": ("envs.doors", "env"),
    "find_scenario": ("scenarios.registry", "find"),
    "list_scenarios": ("envs.doors", "list_scenarios"),
    "make": ("envs.doors", "make"),
    "make_buckets": ("envs.buckets", "make_buckets"),
    "parallel_env": ("envs.doors", "parallel_env"),
    "register_all": ("envs.registration", "register_all"),
    "register_scenario": ("scenarios.registry", "register"),
}

__all__ = [
    "BatchEnv",
    "SkyrallyError",
    "Step",
    "__version__",
    "env",
    "find_scenario",
    "list_scenarios",
    "make",
    "make_buckets",
    "parallel_env",
    "register_all",
    "register_scenario",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home, attribute = _HOMES[name]
    return getattr(import_module(f"{__name__}.{home}"), attribute)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})


register_imported()
