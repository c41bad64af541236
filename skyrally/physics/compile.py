"""The batch compiler: one world's functions in, a batch step out, kept on disk under a hash of what it was made from.

This is the only file that knows how batches are built. The generated source is twenty lines one can read; the compiled code
lies beside it. The key is the text of every file that the functions come from, the user's own included (`sources`), so edited code is
never stale (Numba's own key is one file's time stamp), and the Numba version; Numba itself adds the processor.
"""

from __future__ import annotations

import hashlib
import importlib.util
import itertools
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
from numba.core.bytecode import FunctionIdentity

from .sources import digest_of

# Numba tells compiled functions apart by a count that begins at 1 in every process, and record types likewise. So code that two
# processes kept may carry one name for different functions, and who loads both runs the first in the place of the second.
# Counts that begin anywhere do not meet.
FunctionIdentity._unique_ids = itertools.count(int.from_bytes(os.urandom(6), "big"))
NAMES = "counted from anywhere"  # part of the key: code that was kept under colliding names is not read again

KEEP_DAYS = 30  # compiled folders that nobody used for so long are removed


def cache_root() -> Path:
    """Where compiled worlds are kept: $SKYRALLY_CACHE, or the user's cache folder."""
    given = os.environ.get("SKYRALLY_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(given) if given else Path(base) / "skyrally"


def load(name: str, source: str, *modules: str) -> ModuleType:
    """Imports generated `source`, whose functions are made from `modules`, from the cache folder of its hash."""
    parts = [numba.__version__, sys.version, NAMES, source, *(digest_of(module) for module in modules)]
    folder = _folder(hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16])
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
def announced(name: str, built: ModuleType, function: str = "step", pack: bool = False) -> Iterator[None]:
    """Around the first call of a built module's function: says so when it will compile, and how long it took.

    `pack`: numbers side by side share vector instructions (LLVM's SLP, off in Numba by default). Worlds of several drones gain a tenth
    or more by it, those of one drone lose a little (docs/performance.md).
    """
    path = Path(str(built.__file__))
    cold = not numba.core.config.DISABLE_JIT and not any(path.parent.glob(f"__pycache__/{path.stem}.{function}-*.nbi"))
    start = time.perf_counter()
    if cold:
        say(f"compiling {name} for this machine (once; usually 5 to 30 s, swarms up to minutes) ...")
    packing = numba.core.config.SLP_VECTORIZE
    numba.core.config.SLP_VECTORIZE = int(pack or packing)
    try:
        yield
    finally:
        numba.core.config.SLP_VECTORIZE = packing
    if cold:
        say(f"compiled {name} in {time.perf_counter() - start:.1f} s; kept in {path.parent}")


BATCH = '''"""The batch step of {module}: generated by skyrally.physics.compile, compiled by Numba.

`traits` to `seen` are the parts of a disturb.Rig. All are None in undisturbed batches, whose code then holds nothing about them.
"""

from numba import njit

from skyrally.physics.disturb import derive, lay_out
from skyrally.physics.sensing import blur, blur_ball, exchange, remember, send, sharpen, sharpen_ball, silence, slot_of
from skyrally.physics.vec import OPTIONS
from {module} import {move}, observe, referee, reset


@njit(nogil=True, cache=True, **OPTIONS)
def step(worlds, params, traits, desk, kept, balls, sent, seen, actions, obs, reward, terminated, truncated, first, last):
    for k in range(first, last):
        w, p, action, slot = worlds[k], params[0], actions[k], 0
        if w.terminated == 0 and w.truncated == 0:
{obeying}            referee(w, p, reward[k])
        else:
            reward[k] = 0.0
        terminated[k] = w.terminated != 0
        truncated[k] = w.truncated != 0
        look(w, params[0], traits, kept, balls, k, obs[k])
        if traits is not None:
            if len(seen) > 0:
                exchange(seen[k], w.step, obs[k])


@njit(nogil=True, cache=True, **OPTIONS)
def restart(worlds, params, traits, desk, kept, balls, sent, seen, what, obs, first, last):
    """what[k]: 0 leave alone, 1 reset and observe, 2 observe only, 3 observe and forget what was on its way to be seen."""
    for k in range(first, last):
        if what[k] == 0:
            continue
        w, p = worlds[k], params[0]
        if traits is not None:
            p = desk[0]
            fresh = what[k] == 1
            derive(traits[k], params[0], w.seed, w.episode + fresh, 0 if fresh else w.step)
            lay_out(p, traits[k], w, len(balls) > 0)
        if what[k] == 1:
            reset(w, p)
            if traits is not None:
                silence(sent, k)
        look(w, params[0], traits, kept, balls, k, obs[k])
        if traits is not None:
            if len(seen) > 0:
                if what[k] != 2:
                    remember(seen[k], obs[k])
                exchange(seen[k], w.step, obs[k])


@njit(**OPTIONS)
def look(w, p, traits, kept, balls, k, obs):
    if traits is not None:
        if p.disturb.noisy == 1:
            blur(w, p.disturb, kept[0])
            if len(balls) > 0:
                blur_ball(balls[k], w, p.disturb, kept[0])
    for i in range(len(w.drones)):
        observe(w, p, i, obs[i])
    if traits is not None:
        if p.disturb.noisy == 1:
            sharpen(w, kept[0])
            if len(balls) > 0:
                sharpen_ball(balls[k], kept[0])
'''


# How an action becomes motion in the world k: what it obeys is the action that arrives now, which may have been given before.
ARRIVING = """            if traits is not None:
                p = desk[0]
                lay_out(p, traits[k], w, len(balls) > 0)
                if len(sent) > 0:
                    slot = slot_of(w.step, sent.shape[1])
                    action = sent[k, slot]
"""
SENDING = """            if traits is not None:
                if len(sent) > 0:
                    send(sent[k], slot, w, actions[k])
"""


def obeying(*calls: str) -> str:
    """Source of those calls, made with the action that arrives; then the one that was given is sent on its way."""
    return ARRIVING + "".join(f"            {call}\n" for call in calls) + SENDING


def batch(name: str, module: str, disturbed: bool = False) -> tuple[Callable, Callable, ModuleType]:
    """(step, restart, built module) over arrays of worlds, for the scenario functions in `module`.

    Undisturbed and disturbed batches are the same source compiled for two types of `rig`, each in a file of its own.
    """
    built = load(
        f"{name}-disturbed" if disturbed else name,
        BATCH.format(module=module, move="advance", obeying=obeying("advance(w, p, action)")),
        module,
        "skyrally.physics.sensing",
    )
    return built.step, built.restart, built
