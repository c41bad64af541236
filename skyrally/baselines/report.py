"""A report of training runs in Markdown: results over seeds beside the published ones, and the raw row of each run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from ..markdown import table
from ..scenarios.registry import SCENARIOS
from ..tournament.statistics import interquartile_mean, stratified_bootstrap
from .results import Row, passed, result

NOTES = """Result: interquartile mean over seeds [95 % stratified bootstrap interval over seeds] of the final evaluation: the best
checkpoint plays its mean action, each episode once, starts that no training saw. Passed: seeds whose evaluation while training
reached the published number; frames (world steps) and minutes to that, as all other times: median (range) over seeds. Minutes are
wall time on the machine named below."""


@dataclass(frozen=True)
class Group:
    """Runs that differ by their seed only."""

    scenario: str
    algorithm: str
    actions: str
    options: str  # as JSON
    rows: tuple[Row, ...]

    @property
    def label(self) -> str:
        """Who learned: algorithm, actions, options that are not the default."""
        options = ", ".join(f"{name}={value}" for name, value in json.loads(self.options).items())
        return f"{self.algorithm}, {self.actions}" + (f", {options}" if options else "")

    @property
    def results(self) -> list[float]:
        """One number per seed that was judged."""
        return [value for row in self.rows if (value := result(row)) is not None]

    @property
    def published(self) -> float | None:
        """The best published result of the drill; None without one, and for scenarios of one's own."""
        known = SCENARIOS.get(self.scenario)
        return known.published[0].value if known and known.published else None

    @property
    def lower_is_better(self) -> bool:
        known = SCENARIOS.get(self.scenario)
        return known is not None and known.metric.lower_is_better


def grouped(rows: Sequence[Row]) -> list[Group]:
    """Groups in the order of the scenarios' table, rotor actions first, seeds in order."""
    found: dict[tuple[str, str, str, str], list[Row]] = {}
    for row in rows:
        key = (row["scenario"], row["algorithm"], row["actions"], json.dumps(row["options"], sort_keys=True))
        found.setdefault(key, []).append(row)
    order = list(SCENARIOS)
    place = {key: (order.index(key[0]) if key[0] in order else len(order), key[2] != "rotor", key[3] != "{}", key) for key in found}
    return [Group(*key, tuple(sorted(found[key], key=lambda row: row["seed"]))) for key in sorted(found, key=place.__getitem__)]


def report(rows: Sequence[Row], curves: str | None = None) -> str:
    """The whole report; `curves`: the name of the picture beside it."""
    groups = grouped(rows)
    parts = ["# Learning curves", summary(groups), NOTES, _overall(groups), f"![curves]({curves})" if curves else ""]
    parts += ["## Runs", _runs(groups), "## Commands", "```\n" + "\n".join(row["command"] for g in groups for row in g.rows) + "\n```"]
    return "\n\n".join(part for part in parts if part) + "\n"


def summary(groups: Sequence[Group]) -> str:
    """The table of results, one line per group."""
    head = ["drill", "learner", "published", "result", "seeds", "passed", "M frames to it", "minutes to it", "M frames", "minutes"]
    return table(head, [_line(group) for group in groups])


def _line(group: Group) -> list[str]:
    published, when = group.published, []
    if published is not None:
        when = [at for row in group.rows if (at := passed(row, published, group.lower_is_better))]
    spent = [(row["frames"], row["seconds"]) for row in group.rows]
    return [
        group.scenario,
        group.label,
        "-" if published is None else f"{published:g}",
        _estimate([group.results]),
        str(len(group.rows)),
        "-" if published is None else f"{len(when)} of {len(group.rows)}",
        _range([frames / 1e6 for frames, _ in when]),
        _range([seconds / 60 for _, seconds in when]),
        _range([frames / 1e6 for frames, _ in spent]),
        _range([seconds / 60 for _, seconds in spent]),
    ]


def _estimate(strata: Sequence[Sequence[float]]) -> str:
    """Interquartile mean over all values, with its interval where there is more than one per stratum."""
    values = [value for stratum in strata for value in stratum]
    if not values:
        return "-"
    mean = f"{interquartile_mean(values):.4g}"
    if len(values) == len(strata):
        return mean
    low, high = stratified_bootstrap(strata)
    return f"{mean} [{low:.4g}, {high:.4g}]"


def _range(values: Sequence[float]) -> str:
    """Median (lowest to highest)."""
    if not values:
        return "-"
    low, mid, high = (f"{value:.3g}" for value in (min(values), median(values), max(values)))
    return mid if low == high else f"{mid} ({low} to {high})"


def _overall(groups: Sequence[Group]) -> str:
    """All drills in one number per learner's actions: result over published, interquartile mean over drills and seeds."""
    lines = []
    for actions in dict.fromkeys(group.actions for group in groups):
        known = [g for g in groups if g.actions == actions and g.published and g.results and not g.lower_is_better]
        if len(known) > 1:
            strata = [[value / g.published for value in g.results] for g in known if g.published]
            lines.append(f"All {len(known)} drills, {actions}, result / published: {_estimate(strata)}.")
    return "\n".join(lines)


def _runs(groups: Sequence[Group]) -> str:
    head = ["run", "seed", "result", "95 % interval", "episodes", "M frames", "minutes", "commit", "machine"]
    return table(head, [_run(row) for group in groups for row in group.rows])


def _run(row: Row) -> list[str]:
    value, final = result(row), row["final"]
    return [
        row["run"],
        str(row["seed"]),
        "-" if value is None else f"{value:.4g}",
        f"{final['metric']['low']:.4g} to {final['metric']['high']:.4g}" if final else "while training",
        str(final["episodes"] if final else row["evaluation"]["episodes"]),
        f"{row['frames'] / 1e6:.3g}" + ("" if row["frames"] >= row["asked"] else f" of {row['asked'] / 1e6:.3g}"),
        f"{row['seconds'] / 60:.3g}",
        row["commit"] or "-",
        f"{row['machine']}, {row['threads']} threads",
    ]
