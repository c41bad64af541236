"""Reads the tensors of a `torch.save` archive that another project wrote, without running anything from it.

Such an archive is a zip with one pickle, `data.pkl`, and the raw numbers of each storage beside it. A pickle may name any
callable of the machine and have it called. Here a name means one of four things of our own (tensors, parameters, ordered
mappings, storages' kinds); every other name becomes a `Stub`, a class that keeps what it is given and does nothing.
"""

from __future__ import annotations

import pickle
import pickletools
from collections import OrderedDict
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np

from ..errors import SkyrallyError

LARGEST = 256 * 1024 * 1024  # bytes, unpacked: a policy has 300 kB
KINDS = {
    "FloatStorage": "<f4",
    "DoubleStorage": "<f8",
    "HalfStorage": "<f2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "BoolStorage": "?",
}
MEMO = ("PUT", "BINPUT", "LONG_BINPUT")


class Stub:
    """Stands for an object of a class that is not allowed: it keeps its state and does nothing."""

    def __init__(self, *given: Any, **named: Any):
        self.state: Any = None

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def append(self, value: Any) -> None:
        pass

    def add(self, value: Any) -> None:
        pass


def read_archive(path: Path) -> Any:
    """What the archive holds: plain containers, arrays for tensors, a `Stub` for every other object.

    Raises SkyrallyError with one line for what is missing, no such archive, cut off, or does not add up.
    """
    try:
        with ZipFile(path) as archive:
            roots = [name.removesuffix("data.pkl") for name in archive.namelist() if name.endswith("/data.pkl")]
            if len(roots) != 1 or sum(part.file_size for part in archive.infolist()) > LARGEST:
                raise SkyrallyError(f"{path}: no torch archive of a policy (one data.pkl, {LARGEST >> 20} MiB at most)")
            return _unpickle(archive, roots[0])
    except BadZipFile:
        raise SkyrallyError(f"{path}: cut off, or no torch archive (a zip file that torch.save writes)") from None
    except OSError as error:
        raise SkyrallyError(f"{path}: {error.strerror or error}; expected a file that torch.save wrote") from None
    except SkyrallyError:
        raise
    except Exception as error:  # whatever bytes of a stranger's pickle can cause
        raise SkyrallyError(f"{path}: its data.pkl cannot be read ({type(error).__name__}: {error}); broken, or no torch archive") from None


def _unpickle(archive: ZipFile, root: str) -> Any:
    code = archive.read(f"{root}data.pkl")
    for operation, argument, _ in pickletools.genops(code):  # parses, runs nothing
        if operation.name in MEMO and int(argument) > len(code):  # type: ignore[arg-type]
            raise pickle.UnpicklingError("a memo number beyond the file")  # it would take memory for so many
    return _Reader(archive, root, code).load()


class _Reader(pickle.Unpickler):
    """The restricted unpickler: `find_class` is the only way from a name to something that can be called."""

    def __init__(self, archive: ZipFile, root: str, code: bytes):
        super().__init__(BytesIO(code))
        self._archive, self._root = archive, root

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, size, stride, *rest: _tensor(storage, offset, size, stride)
        if (module, name) == ("torch._utils", "_rebuild_parameter"):
            return lambda data, *rest: data
        if (module, name) == ("collections", "OrderedDict"):
            return type(name, (OrderedDict,), {})  # of this file alone: what it sets on the class is gone with it
        return type(name, (Stub,), {"__module__": module})

    def persistent_load(self, pid: Any) -> np.ndarray:
        """A storage: ("storage", its kind, key, device, count)."""
        word, kind, key, _, count = pid
        if word != "storage" or kind.__name__ not in KINDS:
            raise pickle.UnpicklingError(f"a storage of kind {getattr(kind, '__name__', kind)}; known: {', '.join(KINDS)}")
        numbers = np.frombuffer(self._archive.read(f"{self._root}data/{key}"), KINDS[kind.__name__])
        if len(numbers) != count:
            raise pickle.UnpicklingError(f"storage {key} holds {len(numbers)} numbers, not {count}")
        return numbers


def _tensor(storage: np.ndarray, offset: int, size: tuple[int, ...], stride: tuple[int, ...]) -> np.ndarray:
    """A copy of the part of a storage that a tensor shows; strides in numbers. Refuses what reaches beyond it."""
    last = offset + sum((n - 1) * s for n, s in zip(size, stride, strict=True))
    if not isinstance(storage, np.ndarray) or min((offset, *size, *stride), default=0) < 0 or (0 not in size and last >= len(storage)):
        raise pickle.UnpicklingError(f"a tensor of size {size} reaches beyond its storage")
    if int(np.prod(size, dtype=object)) > len(storage):
        raise pickle.UnpicklingError(f"a tensor of size {size} has more numbers than its storage")
    part = storage[offset:]
    return np.lib.stride_tricks.as_strided(part, size, [part.itemsize * s for s in stride]).copy()
