"""`eval --over NAME=A,B,C`: an agent at many values of one option, as a table and a picture."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from .cli_words import parse_options, print_json
from .errors import SkyrallyError


def evaluate_over(agent: str, scenario: str | None, over: str, *, out: str | None, force: bool, json: bool, **kwargs: Any) -> None:
    """Prints a row per value; with `out` also writes over.json and over.png there."""
    from .tournament.sweep import sweep

    name, values = parse_over(over)
    done = sweep(agent, scenario, name, values, told=lambda line: print(line, file=sys.stderr, flush=True), **kwargs)
    files, problem = ([], "") if out is None else done.store(Path(out), force=force)
    if json:
        print_json(done.result())
    else:
        metric = done.results[0].metric.name
        table = Table(name, metric, "95 %", "return", "episodes", title=f"{agent} in {done.results[0].scenario}", box=None)
        for row in done.rows():
            told = f"{row['return']:.4g} ± {row['error']:.2g}" if "return" in row else "-"
            table.add_row(str(row[name]), f"{row['metric']:.4g}", f"[{row['low']:.4g}, {row['high']:.4g}]", told, str(row["episodes"]))
        Console().print(table)
    if files:
        print("wrote " + ", ".join(map(str, files)), file=sys.stderr)
    if problem:
        print(f"skyrally: {problem}", file=sys.stderr)


def parse_over(over: str) -> tuple[str, list[Any]]:
    """(option, values) of NAME=A,B,C."""
    name, sign, text = over.partition("=")
    values = [parse_options((f"v={part.strip()}",))["v"] for part in text.split(",") if part.strip()]
    if not (name and sign and values):
        raise SkyrallyError(f"over is {over!r}; expected NAME=A,B,C, for example agents=2,5,10,50,200")
    return name, values
