"""Where two arrays or two worlds differ, in words."""

from __future__ import annotations

import numpy as np


def first_difference(a: np.ndarray, b: np.ndarray, tolerance: float = 0.0) -> tuple[int, ...] | None:
    """The index of the first number that differs; None when the arrays agree.

    `tolerance` 0 compares bits (so 0.0 differs from -0.0, and a NaN equals itself); else |a - b| <= tolerance max(1, |b|).
    """
    if a.dtype.kind != "f":
        unlike = a != b
    elif tolerance == 0.0:
        bits = f"u{a.dtype.itemsize}"
        unlike = np.ascontiguousarray(a).view(bits) != np.ascontiguousarray(b).view(bits)
    else:
        with np.errstate(invalid="ignore"):
            unlike = ~((np.abs(a - b) <= tolerance * np.maximum(1.0, np.abs(b))) | (a == b) | (np.isnan(a) & np.isnan(b)))
    where = np.argwhere(unlike)
    return tuple(int(k) for k in where[0]) if len(where) else None


def record_difference(a: np.ndarray, b: np.ndarray, tolerance: float = 0.0, path: str = "world") -> str | None:
    """The first field in which two arrays of records differ, with its index and both values; None when they agree."""
    if a.dtype.names is None:
        at = first_difference(a, b, tolerance)
        return None if at is None else f"{path}{list(at)} is {a[at]} against {b[at]}"
    for name in a.dtype.names:
        found = record_difference(np.asarray(a[name]), np.asarray(b[name]), tolerance, f"{path}.{name}")
        if found is not None:
            return found
    return None
