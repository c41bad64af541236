"""What may be given to a standard `reset(options=...)`. Unknown keys never fail: libraries and wrappers pass their own.

| key | value |
| --- | --- |
| snapshot | worlds from `env.snapshot()`: begin exactly there |
| reset_mask | [W] bool, vector environments only: reset these rows |
| a name in `Scenario.initial` | a whole number for this reset only, such as `next_serve` in matches (0 red, 1 blue, -1 a coin) |
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..errors import SkyrallyError
from .batch import BatchEnv


class ResetOptions:
    """Reads the options of one environment's resets; warns once about each key that it ignores."""

    def __init__(self, batch: BatchEnv, extra: tuple[str, ...] = ()):
        self._batch = batch
        self._known = {"snapshot", *extra, *batch.scenario.initial}
        self._warned: set[str] = set()

    def known(self, options: Mapping[str, Any] | None) -> dict[str, Any]:
        """The options that mean something here."""
        if options is not None and not isinstance(options, Mapping):
            raise SkyrallyError(f"reset options are {options!r}; expected a mapping of names to values")
        given = dict(options or {})
        for key in given.keys() - self._known - self._warned:
            self._warned.add(key)
            warnings.warn(f"reset option {key!r} is unknown and ignored; known: {', '.join(sorted(self._known))}", stacklevel=3)
        return {key: value for key, value in given.items() if key in self._known}

    def snapshot(self, options: Mapping[str, Any]) -> np.ndarray | None:
        """The worlds to begin from, if they were given."""
        worlds = options.get("snapshot")
        if worlds is not None and not isinstance(worlds, np.ndarray):
            raise SkyrallyError(f"reset option 'snapshot' is a {type(worlds).__name__}; expected what `snapshot()` returned")
        return worlds

    @contextmanager
    def applied(self, options: Mapping[str, Any], rows: Any = slice(None)) -> Iterator[None]:
        """Around a reset: sets the initial fields of the worlds in `rows` and puts them back afterwards."""
        worlds, before = self._batch.worlds, {}
        for key in options.keys() & self._batch.scenario.initial.keys():
            if not isinstance(options[key], (int, np.integer)) or isinstance(options[key], bool):
                raise SkyrallyError(f"reset option {key!r} is {options[key]!r}; expected a whole number")
            before[key] = worlds[key].copy()
        for key in before:
            worlds[key][rows] = options[key]
        try:
            yield
        finally:
            for key, values in before.items():
                worlds[key][rows] = values[rows]
