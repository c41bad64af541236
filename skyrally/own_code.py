"""Code of one's own by its spec, the same for scenarios and agents: `python:MODULE:ATTR`, `FILE.py` or `FILE.py:ATTR`.

Modules and files are looked for from the current folder. A file is imported under its own name, since compiled code imports it again.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from .errors import SkyrallyError


def is_own_code(spec: str) -> bool:
    """Whether a spec means code of one's own."""
    return spec.startswith("python:") or spec.endswith(".py") or ".py:" in spec


def import_own(spec: str) -> tuple[ModuleType, str]:
    """(module, name of the attribute or ""). Raises SkyrallyError when there is no such module or attribute."""
    if spec.startswith("python:"):
        module, _, attribute = spec.removeprefix("python:").partition(":")
        if not attribute:
            raise SkyrallyError(f"{spec}: expected python:MODULE:ATTR")
        _look_in(Path.cwd())
    else:
        file, attribute = (spec, "") if spec.endswith(".py") else spec.rsplit(":", 1)
        module = _prepared(spec, Path(file).resolve())
    try:
        loaded = importlib.import_module(module)
    except ImportError as error:
        raise SkyrallyError(f"{spec}: {error}; MODULE must be importable") from error
    if attribute and not hasattr(loaded, attribute):
        raise SkyrallyError(f"{spec}: module {module} has no attribute {attribute!r}")
    return loaded, attribute


def _prepared(spec: str, path: Path) -> str:
    """The module name of a file, which can be imported from now on."""
    if not path.is_file():
        raise SkyrallyError(f"{spec}: there is no file {path}")
    name = path.stem
    if not name.isidentifier():
        raise SkyrallyError(f"{spec}: {name!r} cannot be imported; name the file with letters, digits and underscores")
    _look_in(path.parent)
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None or Path(found.origin).resolve() != path:
        other = found.origin if found else "nowhere"
        raise SkyrallyError(f"{spec}: another module is called {name!r} already ({other}); rename the file")
    return name


def _look_in(folder: Path) -> None:
    if str(folder) not in sys.path:
        sys.path.append(str(folder))  # last: a file of one's own never hides an installed module
        importlib.invalidate_caches()
