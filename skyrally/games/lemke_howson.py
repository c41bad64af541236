"""One Nash equilibrium of a two-player game by complementary pivoting (Lemke and Howson 1964).

With payoffs A, B > 0 [m, n] equilibria are, up to scale, pairs of vertices of {x ≥ 0, Bᵀx ≤ 1} and {y ≥ 0, Ay ≤ 1} that together carry
every label 0 .. m+n−1 (label i < m: x_i = 0 or row i is a best response; label m+j alike for columns). From the pair (0, 0) one label is
dropped, and pivots in turn restore it. Ties are broken lexicographically, so degenerate games do not cycle (Lemke 1965).
"""

from __future__ import annotations

import numpy as np

TINY = 1e-11  # below this a number of a tableau counts as zero; payoffs are scaled to [1, 2]
PIVOTS = 10_000  # at most


def lemke_howson(a: np.ndarray, b: np.ndarray, dropped: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Mixtures (x [m], y [n]) reached by dropping label 0 <= dropped < m+n; None when rounding spoils the path (check what is found)."""
    m, n = a.shape
    tables = [_tableau(b.T), np.hstack((np.eye(m), _tableau(a)[:, :n], np.ones((m, 1))))]
    bases = [np.arange(m, m + n), np.arange(m)]
    units = [np.arange(m, m + n), np.arange(m)]  # columns that hold the inverse of the basis
    side, entering = (0, dropped) if dropped < m else (1, dropped)
    for _ in range(PIVOTS):
        leaving = _exchange(tables[side], bases[side], entering, units[side])
        if leaving == dropped:
            return _mixture(tables[0], bases[0], np.arange(m)), _mixture(tables[1], bases[1], np.arange(m, m + n))
        if leaving is None:
            return None
        side, entering = 1 - side, leaving
    return None


def lemke_howson_symmetric(a: np.ndarray, dropped: int) -> np.ndarray | None:
    """The same for one population [n, n] that plays both seats: a mixture that is a best response to itself, or None."""
    n = len(a)
    table, basis, entering = _tableau(a), np.arange(n, 2 * n), dropped
    for _ in range(PIVOTS):
        leaving = _exchange(table, basis, entering, np.arange(n, 2 * n))
        if leaving is None:
            return None
        if leaving % n == dropped:
            return _mixture(table, basis, np.arange(n))
        entering = (leaving + n) % (2 * n)
    return None


def _tableau(payoffs: np.ndarray) -> np.ndarray:
    """[payoffs scaled to 1 .. 2, slacks, right-hand side] of payoffs z <= 1."""
    rows = len(payoffs)
    scaled = 1.0 + (payoffs - payoffs.min()) / max(float(np.ptp(payoffs)), 1e-300)
    return np.hstack((scaled, np.eye(rows), np.ones((rows, 1))))


def _exchange(table: np.ndarray, basis: np.ndarray, entering: int, units: np.ndarray) -> int | None:
    """One pivot; the variable that left, or None when nothing limits the entering one."""
    row = _leaving(table, entering, units)
    if row is None:
        return None
    leaving = int(basis[row])
    _pivot(table, row, entering)
    basis[row] = entering
    return leaving


def _leaving(table: np.ndarray, column: int, units: np.ndarray) -> int | None:
    """The row that limits the entering column first, ties broken by the columns of the basis' inverse."""
    rows = np.flatnonzero(table[:, column] > TINY)
    for tested in (-1, *units):
        if len(rows) <= 1:
            break
        ratios = table[rows, tested] / table[rows, column]
        rows = rows[ratios <= ratios.min() + TINY]
    return int(rows[0]) if len(rows) else None


def _pivot(table: np.ndarray, row: int, column: int) -> None:
    table[row] /= table[row, column]
    others = table[:, column].copy()
    others[row] = 0.0
    table -= np.outer(others, table[row])


def _mixture(table: np.ndarray, basis: np.ndarray, labels: np.ndarray) -> np.ndarray:
    values = np.zeros(len(labels))
    inside = np.isin(basis, labels)
    values[basis[inside] - labels[0]] = np.clip(table[inside, -1], 0.0, None)
    return values / values.sum() if values.any() else np.full(len(labels), np.nan)
