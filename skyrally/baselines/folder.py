"""A run's folder: config.yaml, manifest.json, metrics.jsonl, eval/, checkpoints/. Everything in it appears whole or not at all."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import torch
import yaml

from ..agents.policy import BEST
from ..errors import SkyrallyError
from ..lock import Lock

STATE = "state.pt"


class RunFolder:
    """Where a run lives. Checkpoints are folders named by their world steps; `checkpoints/best` names the best one."""

    def __init__(self, root: Path):
        self.root = root
        self.checkpoints = root / "checkpoints"
        self.metrics = root / "metrics.jsonl"
        self._lock = Lock(root / ".lock", f"{root} is being trained by another process; stop that one first, or wait for it")

    @classmethod
    def create(cls, root: Path, config: Mapping[str, Any], manifest: Mapping[str, Any]) -> RunFolder:
        """A new run's folder. SkyrallyError when a run is there already or the place cannot be written."""
        if (root / "config.yaml").exists():
            raise SkyrallyError(f"{root} holds a run already; go on with `skyrally resume {root}`, or give another --out")
        folder = cls(root)
        try:
            folder.checkpoints.mkdir(parents=True, exist_ok=True)
            (root / "eval").mkdir(exist_ok=True)
        except OSError as error:
            raise SkyrallyError(f"cannot write {root}: {error.strerror or error}; give another --out") from None
        folder.write("manifest.json", json.dumps(manifest, indent=1) + "\n")
        folder.write("config.yaml", yaml.safe_dump(dict(config), sort_keys=False))
        return folder

    @classmethod
    def open(cls, root: Path) -> tuple[RunFolder, dict[str, Any], dict[str, Any]]:
        """(folder, config, manifest) of a run that exists. SkyrallyError when it does not."""
        try:
            config = yaml.safe_load((root / "config.yaml").read_text())
            manifest = json.loads((root / "manifest.json").read_text())
        except (OSError, ValueError, yaml.YAMLError) as error:
            raise SkyrallyError(f"{root} is no run's folder: {error}; expected config.yaml and manifest.json in it") from None
        return cls(root), config, manifest

    def write(self, name: str, text: str) -> None:
        """A text file, whole or not at all."""
        self._place(self.root / name, lambda path: path.write_text(text))

    def log(self, row: Mapping[str, Any]) -> None:
        """One more line of metrics.jsonl."""
        try:
            with self.metrics.open("a") as file:
                file.write(json.dumps(row) + "\n")
        except OSError as error:
            raise _unwritable(self.metrics, error) from None

    def rows(self) -> list[dict[str, Any]]:
        """The lines of metrics.jsonl; a last line cut short by a kill is dropped."""
        rows = []
        for line in self.metrics.read_text().splitlines() if self.metrics.exists() else []:
            try:
                rows.append(json.loads(line))
            except ValueError:
                break
        return rows

    def rewind(self, frames: int) -> None:
        """Forgets the lines logged after a checkpoint, which will be made again."""
        self.write("metrics.jsonl", "".join(json.dumps(row) + "\n" for row in self.rows() if row["frames"] <= frames))

    def save(self, frames: int, write_agent: Callable[[Path], None], state: Mapping[str, Any], keep: int, best: bool) -> None:
        """A checkpoint: the agent and all that is needed to go on. Keeps the last `keep` and the best."""

        def fill(path: Path) -> None:
            path.mkdir()
            write_agent(path)
            torch.save(dict(state), path / STATE)

        if not (self.checkpoints / _name(frames)).exists():
            self._place(self.checkpoints / _name(frames), fill)
        if best:
            self.name_best(frames)
        known = self.known()
        for old in known[:-keep]:
            if old.name != self.best_name():
                _remove(old)

    def name_best(self, frames: int | None) -> None:
        """Makes the checkpoint of these world steps the best one."""
        if frames is not None and self.best_name() != _name(frames):
            self._place(self.checkpoints / BEST, lambda path: path.write_text(_name(frames) + "\n"))

    def hold(self) -> None:
        """Takes the run for this process until `held` ends or the process does. SkyrallyError when another process has it."""
        self._lock.take()

    @contextmanager
    def held(self) -> Iterator[None]:
        """While this process trains the run."""
        self.hold()
        try:
            yield
        finally:
            self._lock.give_back()

    def sweep(self) -> None:
        """Removes what a kill left half-made."""
        for part in [*self.root.glob(".*.part"), *self.root.glob("*/.*.part")]:
            shutil.rmtree(part, ignore_errors=True) if part.is_dir() else part.unlink(missing_ok=True)

    def known(self) -> list[Path]:
        """Checkpoints, oldest first."""
        return sorted(path for path in self.checkpoints.glob("[0-9]*") if (path / STATE).exists())

    def best_name(self) -> str | None:
        path = self.checkpoints / BEST
        return path.read_text().strip() if path.exists() else None

    def last_state(self) -> dict[str, Any] | None:
        """The newest checkpoint's state; None before the first. Data only: nothing in it is executed."""
        known = self.known()
        return torch.load(known[-1] / STATE, weights_only=True) if known else None

    def _place(self, path: Path, make: Callable[[Path], object]) -> None:
        """Makes a file or folder under another name, then renames it."""
        temporary = _part(path)
        try:
            make(temporary)
            os.replace(temporary, path)
        except (OSError, RuntimeError) as error:  # torch reports a full disk as RuntimeError
            raise _unwritable(path, error) from None
        finally:
            shutil.rmtree(temporary, ignore_errors=True) if temporary.is_dir() else temporary.unlink(missing_ok=True)


def _name(frames: int) -> str:
    return f"{frames:012d}"


def _part(path: Path) -> Path:
    """A name beside a path for something that is not whole: `sweep` removes such."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")


def _remove(folder: Path) -> None:
    """Removes a folder: it is gone at once, or not at all."""
    with suppress(OSError):  # what cannot be renamed stays, and does no harm
        shutil.rmtree(folder.rename(_part(folder)), ignore_errors=True)


def _unwritable(path: Path, error: Exception) -> SkyrallyError:
    first = (getattr(error, "strerror", None) or str(error)).splitlines()[0]
    return SkyrallyError(f"cannot write {path}: {first}; what was saved before is whole: free some room and `skyrally resume`")
