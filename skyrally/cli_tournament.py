"""The verb of leagues: tournament."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tyro
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from .cli_words import Flag, Json, print_json
from .errors import SkyrallyError


def tournament(
    league: tyro.conf.Positional[Path],
    out: Path | None = None,
    resume: Flag = False,
    workers: int | None = None,
    engine: str = "local",
    json: Json = False,
) -> None:
    """Play a league, with ratings and intervals. Example: skyrally tournament examples/league.yaml --out runs/league

    Args:
        league: a league file (docs/tournaments.md), or the folder of a league that was begun.
        out: the league's folder (default: runs/NAME of the file).
        resume: go on with the league in that folder; nothing is lost or played twice.
        workers: processes (default: one per core).
        engine: local, or ray for a Ray cluster (pip install 'skyrally[cluster]').
        json: print the results as JSON.
    """
    from .tournament.cell.confine import offered
    from .tournament.league import Tournament
    from .tournament.report import write_report

    if league.is_dir() and out is not None:
        raise SkyrallyError(f"{league} is a league's folder already; --out goes with a league file")
    found = Tournament.open(league) if league.is_dir() else Tournament.load(league, out)
    if any(entrant.isolated for entrant in found.plan.entrants) and not offered():
        print("skyrally: this kernel offers no Landlock: entrants' own code can read and write files as you can", file=sys.stderr)
    over = _played(found, resume=resume, workers=workers, engine=engine)
    results = found.results()
    pages = [write_report(results, found.folder, found.folder / f"report{kind}", force=True) for kind in (".html", ".md", ".json")]
    if json:
        print_json(results)
    else:
        show(results)
        print("wrote " + ", ".join(map(str, pages)))
    if not over:
        print(f"stopped; go on with: skyrally tournament {found.folder} --resume", file=sys.stderr)
        sys.exit(130)


def _played(league: Any, **kwargs: Any) -> bool:
    """Plays, with a bar on standard error."""
    columns = (TextColumn("{task.completed}/{task.total} matches"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("", total=None)
        return league.run(told=lambda played, known: progress.update(task, completed=played, total=known), **kwargs)


def show(results: Mapping[str, Any]) -> None:
    """Standings and faults as tables."""
    table = Table("", "entrant", "rating", "95 %", "won-lost-drawn", "points", "worst opponent", "best?", "faults", box=None)
    for one in results["entrants"]:
        interval, matches = f"{one['low']:+.0f} to {one['high']:+.0f}", f"{one['won']}-{one['lost']}-{one['drawn']}"
        worst = f"{one['worst']} ({one['worst_share']:.0%})" if one["worst"] else ""
        share, best = f"{one['share']:.1%}", f"{one['best']:.0%}"
        table.add_row(str(one["rank"]), one["name"], f"{one['rating']:+.0f}", interval, matches, share, worst, best, str(one["faults"]))
    console = Console()
    console.print(f"{results['title']}: {results['scenario']}, {results['format']}, {len(results['matches'])} matches", highlight=False)
    console.print(table)
    for fault in results["faults"]:
        console.print(f"match {fault['match']}: {fault['entrant']}: {fault['what']}", markup=False, highlight=False)
