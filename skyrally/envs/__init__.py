"""Environments: the batch of worlds and the standard doors to it (PettingZoo, Gymnasium), and the kit that checks them.

Names load on first use. Every scenario is also here as the classic kind of module, made when asked for:
`from skyrally.envs import volleyball_3v3_v0; volleyball_3v3_v0.parallel_env()`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .batch import BatchEnv, Step
    from .doors import env, make, parallel_env
    from .gym import SingleDroneEnv
    from .parallel import SkyParallelEnv
    from .registration import register_all
    from .vector import SingleDroneVectorEnv

_HOMES = {
    "BatchEnv": "batch",
    "SingleDroneEnv": "gym",
    "SingleDroneVectorEnv": "vector",
    "SkyParallelEnv": "parallel",
    "Step": "batch",
    "env": "doors",
    "make": "doors",
    "parallel_env": "doors",
    "register_all": "registration",
}

__all__ = [
    "BatchEnv",
    "SingleDroneEnv",
    "SingleDroneVectorEnv",
    "SkyParallelEnv",
    "Step",
    "env",
    "make",
    "parallel_env",
    "register_all",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    if name.endswith("_v0"):
        from .doors import classic_module

        module = classic_module(name)
        if module is not None:
            return module
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
