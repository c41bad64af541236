"""Which files a compiled function is made from: a module, and through its imports every module of this package and of the user's own.

The Python library and installed packages are left out (but for the package that the module itself belongs to).
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import sysconfig
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = "skyrally"
LIBRARY = Path(sysconfig.get_path("stdlib")).resolve()
INSTALLED = frozenset(("site-packages", "dist-packages"))


@cache
def digest_of(module: str) -> str:
    """A hash of the text of all `sources_of(module)`, taken once per process: what is loaded does not change when a file does."""
    digest = hashlib.sha256()
    for path in sources_of(module):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def sources_of(module: str) -> list[Path]:
    """The source file of `module` and every file that it is made from."""
    home = module.partition(".")[0]
    todo, found = [module], {}
    while todo:
        name = todo.pop()
        top = name.partition(".")[0]
        wanted = name != PACKAGE and (top in (PACKAGE, home) or _is_own(top))  # the package's face holds lazy names only
        path = _source(name) if wanted and name not in found else None
        if path is not None:
            found[name] = path
            todo += _imports(path, name if path.name == "__init__.py" else name.rpartition(".")[0])
    return sorted(set(found.values()))


@cache
def _is_own(package: str) -> bool:
    """Whether a top-level module or package is neither Python's nor installed."""
    path = _source(package)
    return path is not None and not path.is_relative_to(LIBRARY) and INSTALLED.isdisjoint(path.parts)


def _source(name: str) -> Path | None:
    """The file of a module, if it is Python."""
    try:
        spec = importlib.util.find_spec(name)
    except (ModuleNotFoundError, ValueError):  # the parent is a module, so the name is something inside it; or it is __main__
        return None
    return Path(spec.origin).resolve() if spec is not None and spec.origin and spec.origin.endswith(".py") else None


def _imports(path: Path, package: str) -> Iterator[str]:
    """Everything that a file may import as a module, by its full name."""
    todo: list[ast.AST] = list(ast.parse(path.read_bytes()).body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            prefix = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
            base = ".".join(part for part in (prefix, node.module or "") if part)
            yield base
            for alias in node.names:
                yield f"{base}.{alias.name}"
        for block in ("body", "orelse", "finalbody", "handlers"):  # statements only: no expression imports
            inside = getattr(node, block, ())
            todo += inside if isinstance(inside, list) else ()
