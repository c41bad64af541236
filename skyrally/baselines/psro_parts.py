"""What PSRO is put together from: who plays policies, who makes them, what is asked for, what is known so far.

Letters: x own mixture, y opponent's mixture, r_j mean payoff of x against opponent j, γ risk aversion.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any

from ..errors import SkyrallyError, unknown
from ..games import PayoffTable
from ..tournament.duel import Played
from ..workers import Stopped
from .risk_objectives import OBJECTIVES

JOIN = ("gap", "always")


class Arena(ABC):
    """Where policies meet. It must be picklable when jobs run in several processes."""

    symmetric: bool  # one population plays both seats

    @abstractmethod
    def play(self, first: str, second: str, episodes: int, start: int, seed: int) -> Played:
        """Episodes `start` to `start + episodes - 1` of a seed: what both earn. The same numbers for the same arguments."""


@dataclass(frozen=True)
class Task:
    """A best response that is asked for. The opponent is drawn from the mixture for each episode."""

    seat: int
    number: int  # of the policy in this run, which names it
    seed: int
    opponents: tuple[str, ...]
    mixture: tuple[float, ...]  # y
    own: tuple[str, ...]  # the population so far
    own_mixture: tuple[float, ...]  # x
    present: tuple[float, ...]  # r_j
    objective: str  # a name in risk_objectives.OBJECTIVES
    gamma: float


class Oracle(ABC):
    """Makes policies. It must be picklable when jobs run in several processes."""

    @abstractmethod
    def first(self, seat: int, number: int, seed: int) -> str:
        """The name of a policy to start from."""

    @abstractmethod
    def respond(self, task: Task, stopped: Stopped) -> str:
        """The name of a best response. Asked again for the same task it gives the same one, going on from what it has saved.

        Raises workers.Interrupted when `stopped()` says so.
        """


@dataclass(frozen=True)
class Plan:
    """What a run of PSRO does, besides its arena, oracle and meta-solver."""

    rounds: int = 10  # best responses of every seat, at most
    objective: str = "neutral"
    gamma: float = 0.0  # of objectives and of the certificate
    neutral_rounds: int = 0  # rounds at the start whose best responses are risk neutral
    episodes: int = 200  # of every cell at least
    most: int = 1000  # of a cell at most
    half_width: float = 0.05  # wanted of a cell's 95 % interval, in spans of the table's payoffs, where the equilibrium plays
    join: str = "gap"  # a candidate joins if the lower end of its gap's interval is above 0, or always
    tolerance: float = 1e-9  # gaps below it, in spans, are none
    patience: int = 1  # rounds in which nobody joins until the run ends
    start: tuple[tuple[str, ...], ...] = ()  # policies of every population to start from, by name; none: the oracle's first
    firsts: int = 1  # policies of the oracle to start from, where `start` names none
    seed: int = 0

    def __post_init__(self) -> None:
        if self.objective not in OBJECTIVES:
            raise unknown("objective", self.objective, OBJECTIVES)
        if self.join not in JOIN:
            raise unknown("join", self.join, JOIN)
        if not (math.isfinite(self.gamma) and self.gamma >= 0.0):
            raise SkyrallyError(f"risk aversion is {self.gamma}; expected 0 or more")
        least = {"rounds": 0, "neutral_rounds": 0, "patience": 1, "firsts": 1, "episodes": 1, "most": self.episodes}
        for name, bound in least.items():
            if getattr(self, name) < bound:
                raise SkyrallyError(f"{name} is {getattr(self, name)}; expected {bound} or more")
        if self.half_width <= 0.0:
            raise SkyrallyError(f"half_width is {self.half_width}; expected above 0")


@dataclass
class State:
    """Everything that a run knows; what is on disk. A population per seat, or one for both."""

    populations: list[list[str]]
    table: PayoffTable
    round: int = 0
    made: int = 0  # policies asked for so far
    idle: int = 0  # rounds in a row in which nobody joined
    profile: list[list[float]] = field(default_factory=list)  # the last mixtures
    rows: list[dict[str, Any]] = field(default_factory=list)  # one per round
    done: bool = False
