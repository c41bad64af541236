"""Nash-MD: mirror descent whose last iterate converges (Munos et al. 2023, "Nash learning from human feedback").

Each player ascends against opponents pulled towards a reference μ, by entropic mirror steps of size η with pull β:

    x̃ ∝ x^(1−ηβ) μ^(ηβ),    x' ∝ x̃ exp(η u(x̃_-k))

The fixed point is the equilibrium of the game with payoffs less β KL(x | μ): for zero-sum games it is reached at a linear rate. Moving μ to
what was reached, again and again, is a proximal-point method whose last iterate goes to a Nash equilibrium of the game itself (Perolat et
al. 2021 do so with neural networks). In general-sum games nothing is promised: see NashConv.
"""

from __future__ import annotations

import numpy as np
from scipy.special import softmax

from ..errors import SkyrallyError
from .normal_form import Game, Profile, nash_conv


def nash_md(
    game: Game,
    *,
    step: float = 1.0,
    pull: float = 0.05,
    iterations: int = 100,
    references: int = 400,
    tolerance: float = 1e-6,
    start: Profile | None = None,
) -> Profile:
    """The last iterate. Payoffs are divided by their span, so step (η) and pull (β) have no unit; 0 < step * pull < 1.

    iterations: steps towards one reference. references: how often μ moves; 1 gives the equilibrium regularised towards `start` (None:
    uniform). tolerance: stop at this NashConv, in spans of the payoffs (not looked at with one reference).
    """
    if not (step > 0.0 and pull > 0.0 and step * pull < 1.0 and iterations > 0 and references > 0):
        raise SkyrallyError(
            f"step {step}, pull {pull}, iterations {iterations}, references {references}; expected above 0, step * pull below 1"
        )
    span = max(game.span, 1e-300)
    profile = game.uniform() if start is None else game.profile(start)
    logs = [np.log(np.maximum(x, 1e-300)) for x in profile]
    for _ in range(references):
        anchor = [log.copy() for log in logs]
        for _ in range(iterations):
            pulled = [(1.0 - step * pull) * log + step * pull * a for log, a in zip(logs, anchor, strict=True)]
            mixed = tuple(softmax(p) for p in pulled)
            logs = [p + step / span * game.deviations(mixed, k) for k, p in enumerate(pulled)]
            logs = [log - log.max() for log in logs]
        profile = tuple(softmax(log) for log in logs)
        if references > 1 and nash_conv(game, profile) <= tolerance * span:
            break
    return profile
