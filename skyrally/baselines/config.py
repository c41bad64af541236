"""Hyperparameters as frozen dataclasses: each field carries its help and its range, and is checked in one place."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, TypeVar, get_type_hints

from ..errors import SkyrallyError, checked_options, unknown

T = TypeVar("T")


@dataclass(frozen=True)
class Range:
    """Numbers from low to high."""

    low: float
    high: float = math.inf
    open_low: bool = False

    def holds(self, value: float) -> bool:
        return math.isfinite(value) and self.low <= value <= self.high and not (self.open_low and value == self.low)

    def __str__(self) -> str:
        low = f"more than {self.low:g}" if self.open_low else f"{self.low:g} or more"
        return low if math.isinf(self.high) else f"{low} and at most {self.high:g}"


def option(default: Any, meaning: str, allowed: Range | tuple[str, ...] | None = None) -> Any:
    """A field of a configuration: its default, what it means, and its range or choices."""
    return field(default=default, metadata={"help": meaning, "allowed": allowed})


def configured(kind: type[T], values: Mapping[str, Any]) -> T:
    """The configuration with these values. SkyrallyError for unknown names (the nearest are told) and for values out of range."""
    known = {part.name.rstrip("_"): part for part in fields(kind)}  # type: ignore[arg-type]
    checked_options("key", values, known)
    hints = get_type_hints(kind)
    given = {known[name].name: checked(name, value, hints[known[name].name], known[name]) for name, value in values.items()}
    return kind(**given)


def plain(config: Any) -> dict[str, Any]:
    """The configuration as plain data, under the names that `configured` takes."""
    values = {part.name.rstrip("_"): getattr(config, part.name) for part in fields(config)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def checked(name: str, value: Any, kind: Any, part: Field) -> Any:
    """The value as its field's type."""
    allowed = part.metadata["allowed"]
    if isinstance(allowed, tuple):
        if value not in allowed:
            raise unknown(name, value, allowed)
        return value
    if kind is str:
        return str(value)
    if kind is bool:
        if not isinstance(value, bool):
            raise SkyrallyError(f"{name} is {value!r}; expected true or false")
        return value
    if kind in (int, float):
        return _number(name, value, kind, allowed)
    values = list(value) if isinstance(value, (list, tuple)) else [value]
    if not values:
        raise SkyrallyError(f"{name} is empty; expected whole numbers, for example 256,128,128")
    return tuple(_number(name, v, int, allowed) for v in values)


def _number(name: str, value: Any, kind: type, allowed: Range | None) -> Any:
    words = "a whole number" if kind is int else "a number"
    span = f", {allowed}" if allowed else ""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or (kind is int and value != int(value)) or (allowed and not allowed.holds(value)):
        raise SkyrallyError(f"{name} is {value!r}; expected {words}{span}")
    return kind(value)
