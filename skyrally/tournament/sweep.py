"""An agent at many values of one option: how a policy learned at one population does at others, in rows, a table and a picture.

What a metric is worth changes with the value (more drones, harder tasks), so it may be told as a score between two yardsticks at the
same value: 0 is what random actions come to, 1 what the scripted player does (`measured_by`). Their mean over the logarithm of the value
is one number for all populations (`area`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import numpy as np

from ..agents.spec import home
from ..atomic import PendingFile
from ..errors import SkyrallyError
from ..scenarios.populations import spelled_out
from ..scenarios.registry import find
from ..scenarios.scenario import Scenario
from .evaluation import Evaluation, evaluate
from .statistics import normalised_score


@dataclass(frozen=True)
class Sweep:
    """What it came to: an evaluation for each value of the option `name`."""

    name: str
    values: tuple[Any, ...]
    results: tuple[Evaluation, ...]
    scale: tuple[Sweep, Sweep] | None = None  # random actions and the yardstick, at the same values

    def rows(self) -> list[dict[str, Any]]:
        """Plain types: value, episodes, metric with its interval, return with its standard error; with a scale the score too."""
        told = [
            {self.name: value, "episodes": one.episodes, **_metric(one), **_return(one)}
            for value, one in zip(self.values, self.results, strict=True)
        ]
        if self.scale is None:
            return told
        for row, low, high, score in zip(told, *(one.results for one in self.scale), self.scores(), strict=True):
            row |= {"random": low.metric.mean, "yardstick": high.metric.mean}
            row |= dict(zip(("score", "score_low", "score_high"), score or (None,) * 3, strict=True))
        return told

    def scores(self) -> list[tuple[float, float, float] | None]:
        """The metric at each value from 0, random actions, to 1, the yardstick, with its interval; None where the two are the same."""
        if self.scale is None:
            return []
        metrics = [[[row.metric for row in one.rows] for one in sweep.results] for sweep in (self, *self.scale)]  # type: ignore[union-attr]
        return [normalised_score(*samples) for samples in zip(*metrics, strict=True)]

    def area(self) -> float | None:
        """The mean score over the logarithm of the value; None without a scale, and of fewer than two numbers above 0."""
        scores = [score[0] for score in self.scores() if score]
        numbers = all(isinstance(value, (int, float)) and value > 0 for value in self.values)
        if len(scores) < max(2, len(self.values)) or not numbers:
            return None
        at, height = (np.array(row, float) for row in zip(*sorted(zip(self.values, scores, strict=True)), strict=True))
        width = np.diff(np.log(at))
        return float(width @ (height[1:] + height[:-1]) / (2.0 * width.sum()))

    def result(self) -> dict[str, Any]:
        """Plain types, for JSON."""
        first = self.results[0]
        told = {"agent": first.agent, "scenario": first.scenario, "seed": first.seed, "over": self.name}
        given = {name: value for name, value in first.options.items() if name != self.name}
        if self.scale:
            told |= {"yardstick": self.scale[1].results[0].agent, "area": self.area()}
        return {**told, "metric": first.metric.name, "options": given, "rows": self.rows()}

    def measured_by(self, yardstick: str, told: Callable[[str], None] = lambda line: None) -> Sweep:
        """This sweep with the scale from random actions to a yardstick (an agent; "own": the scenario's), played in the same episodes."""
        first = self.results[0]
        if find(first.scenario).family == "match":
            raise SkyrallyError(f"{first.scenario} is a match, where the opponent is the yardstick; leave yardstick out")
        given = {name: value for name, value in first.options.items() if name != self.name}
        names = ("random", find(first.scenario).yardstick if yardstick == "own" else yardstick)
        play = {"episodes": first.episodes, "seed": first.seed, "opponent": first.opponent, "told": told, **given}
        low, high = (sweep(name, first.scenario, self.name, self.values, **play) for name in names)
        return replace(self, scale=(low, high))

    def store(self, folder: str | Path, *, adapted: Sequence[Sweep] = (), force: bool = False) -> tuple[list[Path], str]:
        """Writes over.json and over.png into a folder: (files, why there is no picture, or ""). adapted: the same after updates."""
        folder = Path(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SkyrallyError(f"cannot write into {folder}: {error.strerror}; choose a folder that can be written") from None
        table, picture = (PendingFile(folder / name, force=force) for name in ("over.json", "over.png"))
        problem = draw([self, *adapted, *(self.scale or ())], picture.temporary)
        told = self.result() | ({"adapted": [one.result() for one in adapted]} if adapted else {})
        table.temporary.write_text(json.dumps(told, indent=1, default=str) + "\n")
        table.commit()
        if problem:
            picture.abort()
            return [table.path], problem
        picture.commit()
        return [table.path, picture.path], ""


def sweep(
    agent: str,
    scenario: str | None,
    name: str,
    values: Sequence[Any],
    *,
    told: Callable[[str], None] = lambda line: None,
    **kwargs: Any,
) -> Sweep:
    """Evaluates an agent at each value of an option. Other arguments: see `evaluate`. SkyrallyError for values given twice, or none.

    Over `agents`, names of population splits stand for their numbers, and as many drones exist as there is room for unless
    `population` is given.
    """
    found = find(scenario or home(agent)[0])
    values = values_over(found, name, values)
    if of_population(found, name):
        kwargs.setdefault("population", None)
    results = []
    for value in values:
        one = evaluate(agent, scenario, **{**kwargs, name: value})
        results.append(one)
        told(f"{name} {value}: {one.metric.name} {one.metric}")
    return Sweep(name, tuple(values), tuple(results))


def of_population(scenario: Scenario, name: str) -> bool:
    """Whether an option is how many drones a swarm has."""
    return name == "agents" and scenario.family == "swarm"


def values_over(scenario: Scenario, name: str, values: Sequence[Any]) -> Sequence[Any]:
    """The values, names of populations exchanged for their numbers. SkyrallyError for values given twice, or none."""
    if of_population(scenario, name):
        values = spelled_out(scenario.name, values)
    if not values or len(set(map(str, values))) != len(values):
        raise SkyrallyError(f"{name} is to run over {list(values)}; expected one value or more, each once")
    return values


def _metric(one: Evaluation) -> dict[str, float]:
    return {"metric": one.metric.mean, "low": one.metric.low, "high": one.metric.high}


def _return(one: Evaluation) -> dict[str, float]:
    """Return of an episode, mean over drones; rallies have none."""
    returns = [row.reward for row in one.rows if hasattr(row, "reward")]  # type: ignore[union-attr]
    if not returns:
        return {}
    return {"return": fmean(returns), "error": stdev(returns) / math.sqrt(len(returns)) if len(returns) > 1 else 0.0}


def draw(sweeps: Sequence[Sweep], path: Path) -> str:
    """Writes the picture: the metric over the option, with its interval, one line per sweep. Gives why there is none, or ""."""
    try:
        from matplotlib.figure import Figure  # pyright: ignore[reportMissingImports]
    except ImportError:
        return "the curve needs matplotlib: pip install 'skyrally[report]'"
    figure = Figure(figsize=(6.4, 4.0), layout="constrained")
    panel = figure.subplots()
    for one in sweeps:
        rows = one.rows()
        numbers = all(isinstance(value, (int, float)) for value in one.values)
        x: list[Any] = list(one.values) if numbers else [str(value) for value in one.values]
        first = one.results[0]
        panel.plot(x, [row["metric"] for row in rows], marker="o", markersize=4, label=f"{first.agent}, {first.scenario}")
        panel.fill_between(x, [row["low"] for row in rows], [row["high"] for row in rows], alpha=0.2, linewidth=0)
        if numbers and min(x) > 0 and max(x) / min(x) > 20:
            panel.set_xscale("log")
            panel.set_xticks(x, [str(value) for value in x])
            panel.minorticks_off()
    panel.set_xlabel(sweeps[0].name)
    panel.set_ylabel(sweeps[0].results[0].metric.name)
    panel.grid(alpha=0.25)
    panel.legend(fontsize=8)
    figure.savefig(path, dpi=120, format="png")
    return ""
