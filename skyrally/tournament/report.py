"""A tournament's report from its results: one HTML page that plays the replays, Markdown, or JSON, by the ending of the file's name."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..atomic import PendingFile
from ..errors import SkyrallyError, unknown
from ..markdown import table
from ..version import __version__
from .report_page import html
from .report_words import COLUMNS, cell, many, number, subtitle

KEYS = ("title", "scenario", "options", "format", "points", "entrants", "cross", "matches", "faults", "settle")


def write_report(results: Mapping[str, Any], folder: str | os.PathLike[str], out: str | os.PathLike[str], *, force: bool = False) -> Path:
    """Writes the report of `Tournament.results()`.

    folder: where the paths of the matches' replays begin. out: .html (replays play in it; works from disk, without a network), .md or
    .json. SkyrallyError for another ending, results that lack a key, a damaged replay, an existing file without `force`.
    """
    path = Path(out)
    kinds: dict[str, Callable[[], str]] = {
        ".html": lambda: html(results, Path(folder)),
        ".md": lambda: markdown(results),
        ".json": lambda: as_json(results),
    }
    if path.suffix.lower() not in kinds:
        raise unknown("kind of report", path.suffix.lower(), kinds)
    check(results)
    file = PendingFile(path, force=force)
    try:
        file.temporary.write_text(kinds[path.suffix.lower()](), "utf-8")
        file.commit()
    finally:
        file.abort()
    return path


def check(results: Mapping[str, Any]) -> None:
    """SkyrallyError when the results lack what a report needs, or name entrants that are none."""
    missing = [key for key in KEYS if key not in results]
    if missing:
        raise SkyrallyError(f"the results lack {', '.join(missing)}; give what Tournament.results() returns")
    names = [entrant["name"] for entrant in results["entrants"]]
    if len(set(names)) != len(names):
        raise SkyrallyError("two entrants of the results bear one name; give each a name of its own")
    if [len(row) for row in results["cross"]] != [len(names)] * len(names):
        raise SkyrallyError(f"the cross table does not fit {len(names)} entrants; expected {len(names)} rows and columns")
    for match in results["matches"]:
        for side in ("home", "away"):
            if match[side] not in names:
                raise unknown(f"entrant of match {match['id']}", match[side], names)


def as_json(results: Mapping[str, Any]) -> str:
    """The results as JSON; numbers that are none become null."""
    return json.dumps({"skyrally": __version__, **_plain(results)}, indent=1, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    return None if isinstance(value, float) and not math.isfinite(value) else value


def markdown(results: Mapping[str, Any]) -> str:
    """Standings, cross table, open pairs and faults as Markdown."""
    entrants, names = results["entrants"], [_inline(entrant["name"]) for entrant in results["entrants"]]
    parts = [f"# {_inline(results['title'])}", _inline(subtitle(results)) + ".", "## Standings"]
    rows = [[_inline(cell(column, entrant)) for column in COLUMNS] for entrant in entrants]
    parts.append(table([column.name for column in COLUMNS], rows))
    parts += ["## Who beats whom", "Share of the points that the row won against the column."]
    cross = [[name, *(number(share, 2) for share in row)] for name, row in zip(names, results["cross"], strict=True)]
    parts.append(table(["", *names], cross))
    unsettled = [pair for pair in results["settle"] if pair["matches"] != 0]
    if unsettled:
        rows = [[_inline(pair["home"]), _inline(pair["away"]), many(pair["matches"])] for pair in unsettled]
        parts += [
            "## Open pairs",
            "Matches that would tell who is the better of two, at the present difference.",
            table(["one", "other", "matches"], rows),
        ]
    if results["faults"]:
        rows = [[str(fault["match"]), _inline(fault["entrant"]), _inline(fault["what"])] for fault in results["faults"]]
        parts += ["## Faults", table(["match", "entrant", "what"], rows)]
    parts += ["## Columns", "\n".join(f"- {column.name}: {column.meaning}" for column in COLUMNS if column.meaning)]
    return "\n\n".join(parts) + "\n"


def _inline(text: str) -> str:
    """Text that is no markup within a line of Markdown."""
    plain = " ".join(str(text).split())
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>#" else letter for letter in plain)
