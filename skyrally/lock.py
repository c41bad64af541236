"""One process at a time: an advisory lock on a file, which the system lets go of when its process ends, however it ends."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import IO

from .errors import SkyrallyError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None


class Lock:
    """The lock at `path`. `busy`: what an error says if another process holds it."""

    def __init__(self, path: Path, busy: str):
        self._path, self._busy = path, busy
        self._file: IO[str] | None = None

    def take(self) -> None:
        """Takes it; harmless when it is held by this object already. SkyrallyError when another process has it."""
        if fcntl is None or self._file is not None:
            return
        with suppress(OSError):  # some network disks know no locks
            file = self._path.open("w")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.close()
                raise SkyrallyError(self._busy) from None
            self._file = file

    def give_back(self) -> None:
        """Lets go of it."""
        if self._file is not None:
            self._file.close()
            self._file = None
