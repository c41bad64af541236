"""`skyrally doctor`: what is installed, what works, and how fast this machine is."""

from __future__ import annotations

import os
import platform
import tempfile
from importlib import metadata
from typing import Any

from .envs.throughput import measure
from .errors import SkyrallyError
from .physics.compile import cache_root

PACKAGES = ("skyrally", "numpy", "numba", "torch", "gymnasium", "pettingzoo", "pygame", "av", "tyro", "rich", "safetensors", "PyYAML")


def examine(quick: bool = False) -> dict[str, Any]:
    """Everything that `doctor` tells, as plain types. `problems` is empty when all is well."""
    problems: list[str] = []
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            problems.append(f"{name} is not installed: pip install {name}")
    both = [name for name in ("pygame", "pygame-ce") if _installed(name)]
    if len(both) == 2:
        problems.append("pygame and pygame-ce overwrite each other: pip uninstall pygame pygame-ce, then pip install pygame")
    cache = _cache_state(problems)
    report: dict[str, Any] = {
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}",
        "versions": versions,
        "cache": cache,
        "display": _display(),
        "steps_per_s": {}
        if quick
        else {name: round(measure(name, 1024, repeats=3, seconds=0.2).steps_per_s) for name in ("hover", "solo-bump")},
        "bfloat16": None if quick else _bfloat16(),
        "problems": problems,
    }
    return report


def _bfloat16() -> float:
    """How many times faster networks of the usual size learn with products in bfloat16 here."""
    from .baselines.precision import gain

    return round(gain(inputs=40, hidden=(128, 128), rows=4096), 2)


def _installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _cache_state(problems: list[str]) -> str:
    root = cache_root()
    try:
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=root):
            return f"{root} (writable)"
    except OSError as error:
        problems.append(f"the cache folder {root} cannot be written ({error.strerror}): every start compiles anew; set SKYRALLY_CACHE")
        return f"{root} (not writable)"


def _display() -> str:
    from .render.window import require_display

    try:
        require_display()
    except SkyrallyError:
        return "none: watch writes files"
    return "yes"
