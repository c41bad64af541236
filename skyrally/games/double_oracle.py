"""Double oracle on a game whose payoffs are all known (McMahan, Gordon and Blum 2003), risk-averse: the exact case of PSRO.

Each player starts with one action. Round by round the game of the actions found so far is solved, and every player adds the action that
its oracle likes best against the others' mixtures. Two oracles:

- "marginal": the action with the highest slope of U at the present mixture. No action above the mixture's own slope (a gap of 0) means
  that the restricted equilibrium is one of the whole game.
- "alone": the action with the highest U when played alone. It ignores how an action hedges the others, and can stop too early.

Trembles are left out (ε = 0): actions not found yet have probability 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..errors import SkyrallyError, unknown
from .normal_form import Game, Profile
from .rae import equilibria
from .risk import Choice, Risk, Variance
from .rule import Rule, choices, risk_nash_conv

MetaSolver = Callable[[Game], Profile]


def _marginal(choice: Choice, x: np.ndarray) -> np.ndarray:
    return choice.slope(x)


def _alone(choice: Choice, x: np.ndarray) -> np.ndarray:
    return np.array([choice.utility(action) for action in np.eye(len(x))])


ORACLES = {"marginal": _marginal, "alone": _alone}


@dataclass(frozen=True)
class Outcome:
    """What a double oracle found."""

    actions: tuple[tuple[int, ...], ...]  # of each player, in the order in which they were added
    profile: Profile  # over all actions of the game
    gaps: tuple[float, ...]  # the certificate: the largest slope of U outside less the profile's own, by player; 0 or less at the end
    risk_nash_conv: float  # in the whole game, ε = 0
    rounds: int


def double_oracle(
    game: Game,
    *,
    gamma: float = 0.0,
    risk: Risk | None = None,
    oracle: str = "marginal",
    solver: MetaSolver | None = None,
    rounds: int | None = None,
    tolerance: float = 1e-9,
) -> Outcome:
    """Runs until no player finds a new action that helps, or for so many rounds.

    solver: of restricted games; None is the risk-averse equilibrium with this γ and risk. tolerance: a smaller gain, in spans of the
    payoffs, is none.
    """
    if oracle not in ORACLES:
        raise unknown("oracle", oracle, ORACLES)
    if rounds is not None and rounds < 1:
        raise SkyrallyError(f"rounds is {rounds}; expected 1 or more")
    risk = risk or Variance()
    rule = Rule((float(gamma),) * game.players, 0.0, risk)
    solved = solver or (lambda restricted: _settled(restricted, gamma, risk))
    actions: list[list[int]] = [[0] for _ in game.sizes]
    done = 0
    while True:
        profile = _whole(game, actions, solved(game.restricted(actions)))
        each, done = choices(game, profile, rule), done + 1
        added = [_next(c, x, known, oracle, tolerance * game.span) for c, x, known in zip(each, profile, actions, strict=False)]
        if game.symmetric:
            added *= 2
        if all(a is None for a in added) or done == rounds:
            break
        actions = [known + ([] if a is None else [a]) for known, a in zip(actions, added, strict=True)]
    gaps = tuple(float(c.slope(x).max() - c.slope(x) @ x) for c, x in zip(each, profile, strict=False))
    return Outcome(tuple(map(tuple, actions)), profile, gaps, risk_nash_conv(game, profile, rule), done)


def _settled(game: Game, gamma: float, risk: Risk) -> Profile:
    """A risk-averse equilibrium, ε = 0: a certificate needs play that converged, so other courses are tried where the first did not."""
    best = None
    for step, restarts in (("2/(t+2)", 1), ("t^-0.6", 2)):
        for limit in equilibria(game, gamma=gamma, epsilon=0.0, risk=risk, step=step, restarts=restarts, iterations=3000):
            if limit.converged:
                return limit.profile
            if best is None or limit.risk_nash_conv < best.risk_nash_conv:
                best = limit
    assert best is not None
    return best.profile


def _next(choice: Choice, x: np.ndarray, known: list[int], oracle: str, least: float) -> int | None:
    """The action to add: the oracle's favourite, unless it is known already or gains too little."""
    scores = ORACLES[oracle](choice, x)
    favourite = int(np.argmax(scores))
    gains = oracle == "alone" or scores[favourite] > scores @ x + least
    return favourite if gains and favourite not in known else None


def _whole(game: Game, actions: list[list[int]], profile: Profile) -> Profile:
    """Mixtures over the actions found, as mixtures over all."""
    whole = tuple(np.zeros(size) for size in game.sizes)
    for x, known, mixture in zip(whole, actions, profile, strict=True):
        x[known] = mixture
    return whole
