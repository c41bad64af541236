"""`eval --over NAME=A,B,C`: an agent at many values of one option, as a table and a picture."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from .cli_words import parse_options, print_json
from .errors import SkyrallyError

if TYPE_CHECKING:
    from .tournament.sweep import Sweep


def evaluate_over(
    agent: str,
    scenario: str | None,
    over: str,
    *,
    yardstick: str | None,
    adapt: str | None,
    out: str | None,
    force: bool,
    json: bool,
    **kwargs: Any,
) -> None:
    """Prints a row per value, and after each number of updates; with `out` also writes over.json and over.png there."""
    name, values = parse_over(over)
    kwargs["told"] = lambda line: print(line, file=sys.stderr, flush=True)
    sweeps = _adapted(agent, scenario, name, values, adapt, **kwargs) if adapt else _zero_shot(agent, scenario, name, values, **kwargs)
    if yardstick is not None:
        measured = sweeps[0].measured_by(yardstick, kwargs["told"])
        sweeps = [replace(one, scale=measured.scale) for one in sweeps]
    first, *adapted = sweeps
    files, problem = ([], "") if out is None else first.store(Path(out), adapted=adapted, force=force)
    if json:
        print_json({**first.result(), **({"adapted": [one.result() for one in adapted]} if adapted else {})})
    else:
        for one in sweeps:
            Console().print(table(one))
    if files:
        print("wrote " + ", ".join(map(str, files)), file=sys.stderr)
    if problem:
        print(f"skyrally: {problem}", file=sys.stderr)


def _zero_shot(agent: str, scenario: str | None, name: str, values: list[Any], **kwargs: Any) -> list[Sweep]:
    from .tournament.sweep import sweep

    return [sweep(agent, scenario, name, values, **kwargs)]


def _adapted(
    agent: str, scenario: str | None, name: str, values: list[Any], updates: str, *, opponent: str | None, **kwargs: Any
) -> list[Sweep]:
    from .baselines.adapt import adapt

    if scenario is not None or opponent is not None:
        raise SkyrallyError("adapt takes the scenario from the run, and drills have no opponent; leave both out")
    return adapt(agent, name, values, parse_over(f"updates={updates}")[1], **kwargs)


def table(done: Sweep) -> Table:
    """The rows as they are printed: with returns, or with a scale the yardsticks' metrics, the scores, and beneath the area."""
    first, area = done.results[0], done.area()
    beneath = None if area is None else f"mean score over the logarithm of {done.name}: {area:.3g}"
    heads = [done.name, first.metric.name, "95 %"]
    heads += ["random", "yardstick", "score", "95 %"] if done.scale else ["return", "episodes"]
    made = Table(*heads, title=f"{first.agent} in {first.scenario}", caption=beneath, box=None)
    for row in done.rows():
        words = [str(row[done.name]), f"{row['metric']:.4g}", f"[{row['low']:.4g}, {row['high']:.4g}]"]
        if not done.scale:
            words += [f"{row['return']:.4g} ± {row['error']:.2g}" if "return" in row else "-", str(row["episodes"])]
        else:
            words += [f"{row['random']:.4g}", f"{row['yardstick']:.4g}"]
            words += ["-", "-"] if row["score"] is None else [f"{row['score']:.3g}", f"[{row['score_low']:.3g}, {row['score_high']:.3g}]"]
        made.add_row(*words)
    return made


def parse_over(over: str) -> tuple[str, list[Any]]:
    """(option, values) of NAME=A,B,C."""
    name, sign, text = over.partition("=")
    values = [parse_options((f"v={part.strip()}",))["v"] for part in text.split(",") if part.strip()]
    if not (name and sign and values):
        raise SkyrallyError(f"over is {over!r}; expected NAME=A,B,C, for example agents=2,5,10,50,200")
    return name, values
