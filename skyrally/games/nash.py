"""Nash equilibria of two-player games: a linear program when constant-sum, enumeration and pivoting otherwise.

The maximin program of a zero-sum game with payoffs M (von Neumann 1928): maximise v subject to Mᵀx ≥ v, x in the simplex.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np
from scipy.optimize import linprog

from ..errors import SkyrallyError, unknown
from .lemke_howson import lemke_howson, lemke_howson_symmetric
from .normal_form import Game, Profile, nash_conv

SELECT = ("welfare", "entropy", "first")
SMALL = 6  # up to so many actions each, all vertices of the best-response polytopes are enumerated (20 to 100 ms)
EXACT = 1e-8  # NashConv that counts as an equilibrium, in units of the payoffs' span


def two_players(game: Game, what: str) -> None:
    """SkyrallyError unless there are two players."""
    if game.players != 2:
        raise SkyrallyError(
            f"{what} solves games of two players, not {game.players}; uniform, rae, replicator, prd and alpha-rank take more"
        )


def constant_sum(game: Game) -> bool:
    """Whether both players' payoffs add up to one number in every cell, up to rounding."""
    total = game.payoffs[0] + game.payoffs[1]
    return float(np.ptp(total)) <= 1e-9 * max(game.span, 1e-300)


def maximin(payoffs: np.ndarray) -> tuple[np.ndarray, float]:
    """(mixture [m], value): what the row player of payoffs [m, n] can be sure of, and how."""
    m, n = payoffs.shape
    cost = np.append(np.zeros(m), -1.0)
    below = np.hstack((-payoffs.T, np.ones((n, 1))))
    bounds = [(0.0, None)] * m + [(None, None)]
    found = linprog(cost, A_ub=below, b_ub=np.zeros(n), A_eq=np.append(np.ones(m), 0.0)[None], b_eq=[1.0], bounds=bounds, method="highs")
    x = np.clip(found.x[:m], 0.0, None)
    x /= x.sum()
    return x, float((x @ payoffs).min())


def nash(game: Game, *, select: str = "welfare") -> Profile:
    """A Nash equilibrium of a two-player game; of a symmetric one, one in which both seats play alike.

    A constant-sum game has one value, and the linear program's solution is taken. Of several equilibria of any other game `select` takes
    that with the highest sum of payoffs ("welfare"), the most mixed one ("entropy"), or the first found ("first").
    Up to six actions each all equilibria of nondegenerate games are considered, beyond that all pure ones and those that pivoting reaches.
    """
    two_players(game, "nash")
    if select not in SELECT:
        raise unknown("selection", select, SELECT)
    if constant_sum(game):
        x, _ = maximin(game.payoffs[0])
        return (x, x.copy()) if game.symmetric else (x, maximin(game.payoffs[1].T)[0])
    found = equilibria(game)
    if select == "welfare":
        return max(found, key=lambda profile: float(game.values(profile).sum()))
    if select == "entropy":
        return max(found, key=lambda profile: sum(entropy(x) for x in profile))
    return found[0]


def equilibria(game: Game) -> list[Profile]:
    """The distinct equilibria that are found, each checked by its NashConv. SkyrallyError when rounding hides them all."""
    found: list[Profile] = []
    for candidate in _candidates(game):
        if not all(np.isfinite(x).all() and x.sum() > 0.5 for x in candidate):
            continue
        profile = tuple(np.clip(x, 0.0, None) / np.clip(x, 0.0, None).sum() for x in candidate)
        sound = nash_conv(game, profile) <= EXACT * game.span
        alike = not game.symmetric or np.abs(profile[0] - profile[1]).max() <= 1e-9
        if sound and alike and not any(all(np.allclose(x, y, atol=1e-7) for x, y in zip(profile, p, strict=True)) for p in found):
            found.append(profile)
    if not found:
        raise SkyrallyError(f"no Nash equilibrium was found in a game of {game.sizes} actions: its payoffs are too close; try rae, gamma=0")
    return found


def _candidates(game: Game) -> Iterator[Profile]:
    a, b = game.payoffs
    pure = (a >= a.max(axis=0)) & (b >= b.max(axis=1, keepdims=True))
    for i, j in np.argwhere(pure):
        yield np.eye(len(a))[i], np.eye(a.shape[1])[j]
    for dropped in range(len(a) if game.symmetric else sum(a.shape)):
        if game.symmetric:
            x = lemke_howson_symmetric(a, dropped)
            reached = None if x is None else (x, x.copy())
        else:
            reached = lemke_howson(a, b, dropped)
        if reached is not None:
            yield reached
    if min(a.shape) >= 2 and max(a.shape) <= SMALL:
        yield from _by_vertices(a, b)


def _by_vertices(a: np.ndarray, b: np.ndarray) -> Iterator[Profile]:
    """nashpy's vertex enumeration: its enumeration of supports misses some equilibria (seen with 0.0.43)."""
    import nashpy  # brings networkx, which most users of this package do not need

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of degenerate games
        for x, y in nashpy.Game(a, b).vertex_enumeration():
            yield np.asarray(x, float), np.asarray(y, float)


def entropy(x: np.ndarray) -> float:
    """−Σ x log x, in nats."""
    inside = x[x > 0.0]
    return float(-(inside * np.log(inside)).sum())
