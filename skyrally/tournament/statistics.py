"""Sums over rallies, with intervals: what an evaluation prints."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .match import Rally

Z95 = 1.959963984540054  # standard normal quantile of a two-sided 95 % interval


def wilson(wins: float, n: int, z: float = Z95) -> tuple[float, float]:
    """The Wilson score interval of a proportion (Wilson 1927). n = 0 gives (0, 1)."""
    if n == 0:
        return 0.0, 1.0
    p, z2 = wins / n, z * z
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = z / (1 + z2 / n) * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def bootstrap(values: Sequence[float], resamples: int = 2000) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of a mean (Efron 1979). The resamples are drawn from a fixed seed."""
    rng = np.random.default_rng(0)
    sample = np.asarray(values, float)
    means = [rng.choice(sample, len(sample)).mean() for _ in range(resamples)]
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)


def normalised_score(
    values: Sequence[float], zero: Sequence[float], one: Sequence[float], resamples: int = 2000
) -> tuple[float, float, float] | None:
    """Where the mean of `values` lies between those of `zero` (0) and `one` (1), and its 95 % bootstrap interval, all three resampled.

    None where the two are the same.
    """
    rng = np.random.default_rng(0)
    samples = [np.asarray(sample, float) for sample in (values, zero, one)]
    mean, low, high = (sample.mean() for sample in samples)
    if high == low:
        return None
    drawn, bottom, top = (rng.choice(sample, (resamples, len(sample))).mean(axis=1) for sample in samples)
    scores = (drawn - bottom)[top != bottom] / (top - bottom)[top != bottom]
    below, above = np.quantile(scores, (0.025, 0.975))
    return float((mean - low) / (high - low)), float(below), float(above)


def interquartile_mean(values: Sequence[float] | np.ndarray) -> np.ndarray:
    """Mean of the middle half along the last axis; the values at its borders count by the part of them that lies within."""
    ordered = np.sort(np.asarray(values, float))
    edges = np.linspace(0.0, 1.0, ordered.shape[-1] + 1)
    inside = np.clip(np.minimum(edges[1:], 0.75) - np.maximum(edges[:-1], 0.25), 0.0, None)
    return ordered @ inside / inside.sum()


def stratified_bootstrap(groups: Sequence[Sequence[float]], resamples: int = 2000) -> tuple[float, float]:
    """The 95 % interval of the interquartile mean of all values, resampled within each group (Agarwal et al. 2021, section 4.1)."""
    rng = np.random.default_rng(0)
    drawn = [rng.choice(np.asarray(group, float), (resamples, len(group))) for group in groups]
    low, high = np.quantile(interquartile_mean(np.concatenate(drawn, 1)), (0.025, 0.975))
    return float(low), float(high)


@dataclass(frozen=True)
class Summary:
    """What a set of rallies came to."""

    rallies: int
    distinct: int
    draws: int
    points: tuple[int, int]  # by agent
    win_rate: float  # of the first agent, draws left out; nan without points
    interval: tuple[float, float]  # 95 %
    crossings: float  # per rally
    touches: float  # per rally
    seconds: float  # per rally
    three_touch: float  # share of the possessions (serves left out) with three touches or more
    possessions: tuple[int, ...]
    reasons: dict[str, int]


def summarise(rows: Sequence[Rally], dt: float = 0.02) -> Summary:
    """Sums over rallies. Raises ValueError when there are none."""
    if not rows:
        raise ValueError("no rallies to sum up")
    n = len(rows)
    wins = (sum(r.winner == 0 for r in rows), sum(r.winner == 1 for r in rows))
    decided = wins[0] + wins[1]
    possessions = tuple(sum(r.possessions[k] for r in rows) for k in range(len(rows[0].possessions)))
    held = sum(possessions[:-1])
    return Summary(
        rallies=n,
        distinct=len({r.print for r in rows}),
        draws=n - decided,
        points=wins,
        win_rate=wins[0] / decided if decided else math.nan,
        interval=wilson(wins[0], decided),
        crossings=sum(r.crossings for r in rows) / n,
        touches=sum(r.touches for r in rows) / n,
        seconds=sum(r.steps for r in rows) * dt / n,
        three_touch=sum(possessions[3:-1]) / held if held else math.nan,
        possessions=possessions,
        reasons=dict(Counter(r.reason for r in rows).most_common()),
    )
