"""The columns of a tournament's standings, what they mean, and numbers in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple


class Column(NamedTuple):
    """A column: its key in an entrant, its head, digits behind the point (None: text), its meaning; `scale` 100 makes it a percentage.

    `more`: it stands in the second table, of other ratings and of risk.
    """

    key: str
    name: str
    digits: int | None
    meaning: str
    scale: float = 1.0
    more: bool = False


COLUMNS = (
    Column("rank", "rank", 0, ""),
    Column("name", "entrant", None, ""),
    Column(
        "rating",
        "rating",
        0,
        "Bradley-Terry strength on the Elo scale, mean 0: 100 more wins 64 % of the points. The order of the matches does not matter.",
    ),
    Column("low", "from", 0, "lower end of the rating's 95 % interval"),
    Column("high", "to", 0, "upper end of the rating's 95 % interval"),
    Column("best", "best", 0, "probability (%) that this entrant has the highest true rating", 100.0),
    Column("won", "won", 0, "matches won"),
    Column("drawn", "drawn", 0, "matches drawn"),
    Column("lost", "lost", 0, "matches lost"),
    Column("share", "points %", 1, "share of all points won", 100.0),
    Column("faults", "faults", 0, "errors, time-outs and bad actions, each of which cost a point or a match"),
    Column("elo", "Elo", 0, "Elo rating in the order of play, for comparison", more=True),
    Column("openskill", "OpenSkill", 1, "OpenSkill rating, ordinal, for comparison", more=True),
    Column(
        "alpha_rank", "alpha-rank", 2, "mass in the stationary distribution of alpha-rank: sees cycles, where a rating cannot", more=True
    ),
    Column(
        "nash",
        "Nash",
        2,
        "mass in the maximum-entropy equilibrium of the cross table (Nash averaging): copies of an entrant change nothing",
        more=True,
    ),
    Column("variance", "variance", 3, "variance of the share of points between matches", more=True),
    Column("worst", "worst against", None, "the opponent against whom the least share of points was won", more=True),
    Column("worst_share", "worst %", 1, "share of points against that opponent", 100.0, more=True),
    Column("quantile", "5 % quantile", 2, "share of points that 95 % of the matches exceed", more=True),
    Column("sharpe", "Sharpe ratio", 2, "mean over standard deviation of the share of points above one half", more=True),
)


NONE = "\N{EN DASH}"  # stands for a number that there is not


def number(value: Any, digits: int) -> str:
    """A number with so many digits behind the point; a dash for none. Below zero with a true minus sign."""
    if value is None or not math.isfinite(value):
        return NONE
    text = f"{value:.{digits}f}"
    return "0" if digits == 0 and text == "-0" else text.replace("-", "\N{MINUS SIGN}")


def cell(column: Column, entrant: Mapping[str, Any]) -> str:
    """What stands in an entrant's cell."""
    value = entrant[column.key]
    if column.digits is None:
        return NONE if value is None else str(value)
    return number(None if value is None else column.scale * value, column.digits)


def many(matches: int | None) -> str:
    """How many matches would settle a pair, in words."""
    return "settled" if matches == 0 else "no number would (even)" if matches is None else str(matches)


def subtitle(results: Mapping[str, Any]) -> str:
    """What was played, in a line."""
    options = ", ".join(f"{name} {value}" for name, value in results["options"].items())
    played = len(results["matches"])
    return " · ".join(
        part
        for part in (
            results["scenario"],
            options,
            results["format"],
            f"{len(results['entrants'])} entrants",
            f"{played} {'match' if played == 1 else 'matches'}",
            f"to {results['points']} points",
        )
        if part
    )
