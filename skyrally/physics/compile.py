"""The batch compiler: one world's functions in, a batch step out, kept on disk under a hash of what it was made from.

This is the only file that knows how batches are built. The generated source is twenty lines one can read; the compiled code
lies beside it. The key is the text of every skyrally file that the functions come from, so edited code is never stale
(Numba's own key is one file's time stamp), and the Numba version; Numba itself adds the processor.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import numba
import numba.core.config

PACKAGE = "skyrally"
KEEP_DAYS = 30  # compiled folders that nobody used for so long are removed


def cache_root() -> Path:
    """Where compiled worlds are kept: $SKYRALLY_CACHE, or the user's cache folder."""
    given = os.environ.get("SKYRALLY_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(given) if given else Path(base) / "skyrally"


def sources_of(module: str) -> list[Path]:
    """The source file of `module` and, through its imports, every file of this package it is made from."""
    todo, found = [module], {}
    while todo:
        name = todo.pop()
        spec = importlib.util.find_spec(name)
        if name in found or spec is None or not spec.origin or not spec.origin.endswith(".py"):
            continue
        path = Path(spec.origin)
        found[name] = path
        tree = ast.parse(path.read_bytes())
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                prefix = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
                base = ".".join(part for part in (prefix, node.module or "") if part)
                if base.split(".")[0] == PACKAGE:
                    todo += [base, *(f"{base}.{alias.name}" for alias in node.names if _is_module(f"{base}.{alias.name}"))]
    return sorted(found.values())


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # the parent is a module, so the name is something inside it
        return False


def load(name: str, source: str, module: str) -> ModuleType:
    """Imports generated `source`, whose functions are made from `module`, from the cache folder of its hash."""
    digest = hashlib.sha256(f"{numba.__version__}\n{sys.version}\n{source}".encode())
    for path in sources_of(module):
        digest.update(path.read_bytes())
    folder = _folder(digest.hexdigest()[:16])
    path = folder / f"{name.replace('-', '_')}.py"
    if not path.exists():
        _write(path, source)
    spec = importlib.util.spec_from_file_location(f"skyrally_built_{folder.name}_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    built = sys.modules.get(spec.name)
    if built is None:
        built = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = built
        spec.loader.exec_module(built)
    return built


def _folder(key: str) -> Path:
    """The cache folder of this key; a temporary one, with a word about it, where the cache cannot be written."""
    folder = cache_root() / key
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True)
            _prune(folder.parent)
        with tempfile.TemporaryFile(dir=folder):
            pass
        os.utime(folder)
        return folder
    except OSError as error:
        folder = Path(tempfile.gettempdir()) / f"skyrally-{os.getpid()}" / key
        if not folder.is_dir():
            say(f"the cache folder {cache_root()} cannot be written ({error.strerror}); compiling anew each time. Set SKYRALLY_CACHE.")
            folder.mkdir(parents=True)
        return folder


def _prune(root: Path) -> None:
    limit = time.time() - KEEP_DAYS * 86400
    for folder in root.iterdir():
        if folder.is_dir() and folder.stat().st_mtime < limit:
            shutil.rmtree(folder, ignore_errors=True)


def _write(path: Path, text: str) -> None:
    """Atomically, and never over an existing file: its time stamp is part of Numba's key."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    with os.fdopen(handle, "w") as file:
        file.write(text)
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without links
        os.replace(temporary, path)
        return
    os.unlink(temporary)


def say(text: str) -> None:
    """A word to the user on standard error; SKYRALLY_QUIET=1 silences it."""
    if not os.environ.get("SKYRALLY_QUIET"):
        print(f"skyrally: {text}", file=sys.stderr, flush=True)


@contextmanager
def announced(name: str, built: ModuleType, function: str = "step") -> Iterator[None]:
    """Around the first call of a built module's function: says so when it will compile, and how long it took."""
    path = Path(str(built.__file__))
    cold = not numba.core.config.DISABLE_JIT and not any(path.parent.glob(f"__pycache__/{path.stem}.{function}-*.nbi"))
    start = time.perf_counter()
    if cold:
        say(f"compiling {name} for this machine (once; usually 5 to 30 s) ...")
    yield
    if cold:
        say(f"compiled {name} in {time.perf_counter() - start:.1f} s; kept in {path.parent}")


BATCH = '''"""The batch step of {module}: generated by skyrally.physics.compile, compiled by Numba."""

from numba import njit

from skyrally.physics.vec import OPTIONS
from {module} import advance, observe, referee, reset


@njit(nogil=True, cache=True, **OPTIONS)
def step(worlds, params, actions, obs, reward, terminated, truncated, first, last):
    p = params[0]
    for k in range(first, last):
        w = worlds[k]
        if w.terminated == 0 and w.truncated == 0:
            advance(w, p, actions[k])
            referee(w, p, reward[k])
        else:
            reward[k] = 0.0
        terminated[k] = w.terminated != 0
        truncated[k] = w.truncated != 0
        for i in range(len(w.drones)):
            observe(w, p, i, obs[k, i])


@njit(nogil=True, cache=True, **OPTIONS)
def restart(worlds, params, what, obs, first, last):
    """what[k]: 0 leave alone, 1 reset and observe, 2 observe only."""
    p = params[0]
    for k in range(first, last):
        w = worlds[k]
        if what[k] == 1:
            reset(w, p)
        if what[k] != 0:
            for i in range(len(w.drones)):
                observe(w, p, i, obs[k, i])
'''


def batch(name: str, module: str) -> tuple[Callable, Callable, ModuleType]:
    """(step, restart, built module) over arrays of worlds, for the scenario functions in `module`."""
    built = load(name, BATCH.format(module=module), module)
    return built.step, built.restart, built
