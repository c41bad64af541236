"""The risk-averse equilibrium, by stochastic fictitious play with exact best responses.

A risk-averse equilibrium RAE(γ, ε) is a profile in which every player's mixture maximises U (`risk.py`) over Δ_ε against the others'. The
idea is of Slumbers et al. (ICML 2023, arXiv 2205.15434); the equations are our own specification, for the paper's body was not at hand.

- γ = 0, ε = 0 is Nash. γ = 0, ε > 0 is Nash with trembles.
- At ε = 0 every pure Nash equilibrium stays one for every γ: against a pure opponent there is no variance. It is the trembles ε, the
  least probability of every action, that let risk aversion leave a risky equilibrium.
- There may be several. Play from different starts finds several, and all are reported; no theorem says that it converges, so the
  RiskNashConv that was reached is reported with each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import SkyrallyError, unknown
from . import quadratic
from .normal_form import Game, Profile
from .risk import Risk, Variance
from .rule import Rule, check_epsilon, choices, regret
from .support import solved_support, supports

SELECT = ("first", "utility")
SAME = 1e-3  # limits nearer than this in every probability are one


@dataclass(frozen=True)
class Limit:
    """Where fictitious play came to."""

    profile: Profile
    risk_nash_conv: float  # Σ_k of what player k could still gain in U, in payoffs
    residual: float  # largest violation of a player's first-order conditions at `profile` (for risks with kinks an upper bound)
    utility: tuple[float, ...]  # U of each player
    iterations: int
    converged: bool
    start: str  # "uniform", "given", "pure i" or "random i"

    def without_trembles(self, epsilon: float) -> Profile:
        """The mixtures that the players mean: ε taken off and renormalised. Measure rates of rare events with these as well."""
        return tuple((x - epsilon) / (1.0 - len(x) * epsilon) for x in self.profile)


def fictitious_play(game: Game, rule: Rule, start: Profile, label: str = "given") -> Limit:
    """Plays best responses against running averages, all players at once, until RiskNashConv is small or iterations are used up.

    Averages creep up to their limit as 1/t or 1/t². When best responses have kept their supports for `rule.settle` iterations, twice and
    four times as many and so on, after as many iterations in all, and at the end, the equilibrium with these supports is solved for. It
    is returned if it is one, and near (`support.py`).
    """
    profile, enough = start, rule.tolerance * max(game.span, 1e-300)
    last, repeated = None, 0
    for t in range(rule.iterations + 1):
        left, best = regret(game, profile, rule)
        played = supports(best, rule.epsilon)
        repeated = repeated + 1 if last is not None and all(map(np.array_equal, played, last)) else 0
        done = left <= enough or t == rule.iterations
        if rule.settle and game.span > 0.0 and (done or _due(repeated, rule.settle) or _due(t, rule.settle)):
            solved = solved_support(game, rule, profile, played)
            there = np.inf if solved is None else regret(game, solved, rule)[0]
            if solved is not None and there <= min(left, enough):
                profile, left = solved, there
                break
        if done:
            break
        a, last = rule.alpha(t + 1), played
        moved = tuple((1.0 - a) * x + a * b for x, b in zip(profile, best, strict=False))
        profile = moved * (game.players // len(moved))
    each = choices(game, profile, rule)
    return Limit(
        profile=profile,
        risk_nash_conv=left,
        residual=max(quadratic.gap(c.slope(x), x, rule.epsilon) for c, x in zip(each, profile, strict=False)),
        utility=tuple(c.utility(x) for c, x in zip(each, profile, strict=False)) * (game.players // len(each)),
        iterations=t,
        converged=left <= enough,
        start=label,
    )


def equilibria(
    game: Game,
    *,
    gamma: float | Sequence[float] = 0.1,
    epsilon: float | None = None,
    risk: Risk | None = None,
    step: str | float = "2/(t+2)",
    iterations: int = 5000,
    tolerance: float = 1e-7,
    settle: int = 30,
    start: Profile | None = None,
    restarts: int = 1,
    seed: int = 0,
) -> list[Limit]:
    """The distinct limits of play from several starts, in the order of the starts.

    step, iterations, tolerance, settle: as of `Rule`. epsilon: None takes 0.01 / (actions of the larger population), so that all trembles
    together stay below 1 %. start: the first start; None starts from uniform beliefs. restarts: so many starts in all; after the first
    come pure profiles, then random ones (drawn from `seed`).
    """
    epsilon = 0.01 / max(game.sizes) if epsilon is None else float(epsilon)
    check_epsilon(game, epsilon)
    if restarts < 1:
        raise SkyrallyError(f"restarts is {restarts}; expected 1 or more starts")
    rule = Rule(_by_player(game, gamma), epsilon, risk or Variance(), step, iterations, tolerance, settle)
    limits: list[Limit] = []
    for label, first in _starts(game, epsilon, start, restarts, seed):
        limit = fictitious_play(game, rule, first, label)
        if not any(_same(limit.profile, other.profile) for other in limits):
            limits.append(limit)
    return limits


def rae(game: Game, *, select: str = "first", **options) -> Profile:
    """One risk-averse equilibrium; options as of `equilibria`.

    select: "first" takes the limit of the first start (uniform beliefs, or `start`); "utility", of the limits that converged (or else of
    the one nearest to an equilibrium), the one with the highest Σ_k U_k.
    """
    if select not in SELECT:
        raise unknown("selection", select, SELECT)
    limits = equilibria(game, **options)
    if select == "first":
        return limits[0].profile
    good = [limit for limit in limits if limit.converged] or [min(limits, key=lambda limit: limit.risk_nash_conv)]
    return max(good, key=lambda limit: sum(limit.utility)).profile


def _due(count: int, settle: int) -> bool:
    """Whether a count is settle, 2 settle, 4 settle, ..."""
    times, rest = divmod(count, settle)
    return rest == 0 and times > 0 and times & (times - 1) == 0


def _by_player(game: Game, gamma: float | Sequence[float]) -> tuple[float, ...]:
    gammas = np.atleast_1d(np.asarray(gamma, float))
    if gammas.shape not in ((1,), (game.players,)):
        raise SkyrallyError(f"gamma is {gamma}; expected one number, or one for each of {game.players} players")
    return tuple(float(g) for g in np.broadcast_to(gammas, game.players))


def _starts(game: Game, epsilon: float, given: Profile | None, restarts: int, seed: int):
    rng = np.random.default_rng(seed)
    yield ("uniform", game.uniform()) if given is None else ("given", _trembling(game, game.profile(given), epsilon))
    for i in range(restarts - 1):
        pure = i < max(game.sizes)
        mixtures = tuple(np.eye(n)[i % n] if pure else rng.dirichlet(np.ones(n)) for n in game.sizes)
        yield (f"pure {i}" if pure else f"random {i - max(game.sizes)}"), _trembling(game, mixtures, epsilon)


def _trembling(game: Game, profile: Profile, epsilon: float) -> Profile:
    """Every mixture squeezed into Δ_ε; one population plays the first player's."""
    profile = profile[:1] * 2 if game.symmetric else profile
    return tuple(epsilon + (1.0 - len(x) * epsilon) * x for x in profile)


def _same(a: Profile, b: Profile) -> bool:
    return all(np.abs(x - y).max() <= SAME for x, y in zip(a, b, strict=True))
