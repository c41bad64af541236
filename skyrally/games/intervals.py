"""Confidence intervals of payoffs and of crash rates, for whole tables at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from ..errors import SkyrallyError


def check_level(level: float) -> None:
    """SkyrallyError unless 0 < level < 1."""
    if not 0.0 < level < 1.0:
        raise SkyrallyError(f"level of the interval is {level}; expected between 0 and 1, such as 0.95")


def mean_interval(
    count: np.ndarray, mean: np.ndarray, squares: np.ndarray, level: float = 0.95, bounds: tuple[float, float] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Interval of each mean from the number of values, their mean and the sum of their squared deviations; arrays of one shape.

    Without bounds Student's, infinite below two values. With payoffs known to lie in `bounds`: the normal interval after z²/2 more
    values at either bound (of shares, 0 or 1: Agresti and Coull 1998), so that equal values give no interval of no width.
    """
    check_level(level)
    n = np.asarray(count, float)
    if bounds is None:
        known = np.maximum(n, 2.0)
        half = stats.t.ppf(0.5 + level / 2, known - 1) * np.sqrt(squares / (known - 1) / known)
        half = np.where(n < 2, np.inf, half)
        return mean - half, mean + half
    low, high = bounds
    extra = float(stats.norm.ppf(0.5 + level / 2)) ** 2
    centre = (n * mean + extra * (low + high) / 2) / (n + extra)
    spread = squares + n * (mean - centre) ** 2 + extra / 2 * ((low - centre) ** 2 + (high - centre) ** 2)
    half = np.sqrt(extra * spread) / (n + extra)
    return np.maximum(low, centre - half), np.minimum(high, centre + half)


def clopper_pearson(events: ArrayLike, trials: ArrayLike, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """The exact interval of a rate (Clopper and Pearson 1934) of `events` among `trials`, elementwise; no trials give (0, 1)."""
    check_level(level)
    k, n = np.asarray(events, float), np.asarray(trials, float)
    tail = (1.0 - level) / 2
    with np.errstate(invalid="ignore"):
        low = np.where(k > 0, stats.beta.ppf(tail, k, n - k + 1), 0.0)
        high = np.where(k < n, stats.beta.ppf(1 - tail, k + 1, n - k), 1.0)
    return low, high
