"""Files that appear whole or not at all: written under a temporary name beside the target, renamed when closed well."""

from __future__ import annotations

import os
import secrets
import weakref
from pathlib import Path

from skyrally.errors import SkyrallyError


class PendingFile:
    """A file in the making at `temporary`; `commit` puts it at `path`, `abort` removes it, and so does forgetting it.

    Raises SkyrallyError when the target exists (unless `force`), is a folder, or its folder cannot be written.
    """

    def __init__(self, path: str | os.PathLike[str], *, force: bool = False) -> None:
        self.path, self._force = Path(path), force
        self._check()
        self.temporary = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}.part")
        try:
            self.temporary.open("xb").close()
        except OSError as error:
            raise SkyrallyError(f"cannot write {self.path}: {error.strerror or error}; choose a folder that can be written") from None
        self._clean = weakref.finalize(self, _remove, self.temporary)  # also at the interpreter's end

    def _check(self) -> None:
        if self.path.is_dir():
            raise SkyrallyError(f"cannot write {self.path}: it is a folder; give a file name")
        if self.path.exists() and not self._force:
            raise SkyrallyError(f"{self.path} exists; give another name, or --force to replace it")
        if not self.path.parent.is_dir():
            raise SkyrallyError(f"cannot write {self.path}: there is no folder {self.path.parent}; create it first")

    @property
    def open(self) -> bool:
        """True until commit or abort."""
        return self._clean.alive

    def commit(self) -> None:
        """Makes the file appear at its path. SkyrallyError if one has appeared there meanwhile (unless forced)."""
        if not self.open:
            return
        try:
            self._check()
            os.replace(self.temporary, self.path)
        except OSError as error:
            raise SkyrallyError(f"cannot write {self.path}: {error.strerror or error}") from None
        finally:
            self.abort()

    def abort(self) -> None:
        """Removes what was written; harmless when repeated or after commit."""
        self._clean()


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
