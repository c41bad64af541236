"""The report's HTML page: tables and plots as plain HTML, the matches as data, the replays thinned to what the page may weigh.

The template is report.html.j2 (Jinja escapes every word of the results), the style report.css, the script the viewer's (render/web).
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ..errors import SkyrallyError
from ..render.page import viewer_code
from ..render.thin import Thin, thin
from ..version import __version__
from .report_words import COLUMNS, NONE, Column, cell, many, number, subtitle

HERE = Path(__file__).parent
WEIGHT = 4_800_000  # bytes that a report may take
REPLAYS = 50  # at most
ROWS = 5000  # matches in the page's list, at most: the JSON has them all
OPEN_PAIRS = 200  # rows of the page's tables of pairs and of faults, at most
SPAN = 0.06  # of the plot's width left free on either side


def html(results: Mapping[str, Any], folder: Path, weight: int = WEIGHT) -> str:
    """The page, of about `weight` bytes at most with its replays (those come last, and get what the rest leaves)."""
    environment = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined)
    template = environment.get_template("report.html.j2")
    context = _context(results)
    bare = len(template.render(context | {"matches": _matches(results, {}), "replays": []}).encode())
    thinned = replays(results["matches"], folder, (weight - bare) * 3 // 4)
    texts = [_embedded(match, thinned[match["id"]]) for match in results["matches"] if match["id"] in thinned]
    return template.render(context | {"matches": _matches(results, thinned), "replays": texts})


def replays(matches: Sequence[Mapping[str, Any]], folder: Path, room: int) -> dict[int, Thin]:
    """By match, up to REPLAYS replays in `room` bytes: of every pair one before any second; the small ones leave the others more room."""
    root = folder.resolve()
    chosen = [(match["id"], _inside(root, match["replay"])) for match in _spread([m for m in matches if m["replay"]])[:REPLAYS]]
    found: dict[int, Thin] = {}
    by_size = sorted(chosen, key=lambda pair: pair[1].stat().st_size)
    for left, (name, path) in zip(range(len(by_size), 0, -1), by_size, strict=True):
        found[name] = thin(path, max(room // left, 1))
        room -= len(found[name].data)
    return found


def _inside(root: Path, name: str) -> Path:
    path = (root / name).resolve()
    if not path.is_relative_to(root) or not path.is_file():
        raise SkyrallyError(f"there is no replay {name!r} in {root}; give the league's folder")
    return path


def _spread(matches: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The matches in an order in which the first ones show as many pairs as possible."""

    def pair(match: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(sorted((match["home"], match["away"])))

    turns = [(turn, match) for _, group in groupby(sorted(matches, key=pair), key=pair) for turn, match in enumerate(group)]
    return [match for _, match in sorted(turns, key=lambda entry: (entry[0], entry[1]["id"]))]


def _embedded(match: Mapping[str, Any], replay: Thin) -> dict[str, Any]:
    name = "".join(letter if letter.isalnum() or letter in "-." else "_" for letter in f"{match['id']}-{match['home']}-{match['away']}")
    return {"match": match["id"], "name": name[:80], "base64": base64.b64encode(replay.data).decode()}


def _matches(results: Mapping[str, Any], thinned: Mapping[int, Thin]) -> dict[str, Any]:
    """What the page's script lists, as short rows: see web/src/report.js."""
    names = [entrant["name"] for entrant in results["entrants"]]
    place = {name: k for k, name in enumerate(names)}
    shown = [match for match in results["matches"] if match["id"] in thinned]
    rest = [match for match in results["matches"] if match["id"] not in thinned]
    shown += rest[max(len(rest) - (ROWS - len(shown)), 0) :]
    rows = [
        [
            *(match["id"], match["round"], place[match["home"]], place[match["away"]], *match["score"], match["draws"]),
            *(_rounded(match["touches"], 1), _rounded(_played(match), 0), len(match["faults"])),
            _rounded(thinned[match["id"]].kept, 2) if match["id"] in thinned else 0,
        ]
        for match in sorted(shown, key=lambda match: match["id"])
    ]
    return {"names": names, "rows": rows}


def _played(match: Mapping[str, Any]) -> float | None:
    """s of play in all: `seconds` is the mean of a rally."""
    return None if match["seconds"] is None else match["seconds"] * (sum(match["score"]) + match["draws"])


def _rounded(value: float | None, digits: int) -> float:
    return round(float(value), digits) if value is not None and math.isfinite(value) else 0.0


def _context(results: Mapping[str, Any]) -> dict[str, Any]:
    """All that the template asks for but matches and replays."""
    unsettled = sorted(
        (pair for pair in results["settle"] if pair["matches"] != 0), key=lambda pair: (pair["matches"] is None, pair["matches"])
    )
    left = len(results["faults"]) - OPEN_PAIRS
    return {
        "title": results["title"],
        "subtitle": subtitle(results),
        "style": Markup((HERE / "report.css").read_text("utf-8")),
        "code": Markup(viewer_code()),
        "cards": _cards(results),
        "standings": _table(results["entrants"], [column for column in COLUMNS if not column.more]),
        "more": _table(results["entrants"], [column for column in COLUMNS if column.more or column.key in ("rank", "name")]),
        "plot": _plot(results["entrants"]),
        "names": [entrant["name"] for entrant in results["entrants"]],
        "heat": _heat(results),
        "matches_note": _note(results),
        "settle": [
            {
                "home": pair["home"],
                "away": pair["away"],
                "text": many(pair["matches"]),
                "value": "" if pair["matches"] is None else pair["matches"],
            }
            for pair in unsettled[:OPEN_PAIRS]
        ],
        "faults": results["faults"][:OPEN_PAIRS],
        "more_faults": f"{left} more are in the JSON report." if left > 0 else "",
        "meanings": [column._asdict() for column in COLUMNS if column.meaning],
        "footer": f"Made by skyrally {__version__}. This file is whole: it needs no network and no other file.",
    }


def _note(results: Mapping[str, Any]) -> str:
    recorded = sum(1 for match in results["matches"] if match["replay"])
    watched = f"{min(recorded, REPLAYS)} of the {len(results['matches'])} matches can be watched here: press play."
    words = watched if recorded else "None of the matches was recorded."
    more = len(results["matches"]) - ROWS
    return words + (f" The {more} oldest are in the JSON report only." if more > 0 else "")


def _cards(results: Mapping[str, Any]) -> list[dict[str, str]]:
    matches, entrants = results["matches"], results["entrants"]
    points = sum(sum(match["score"]) for match in matches)
    seconds = sum(_rounded(_played(match), 1) for match in matches)
    touches = [match["touches"] for match in matches if match["touches"] is not None and math.isfinite(match["touches"])]
    cards = []
    if entrants:
        first = entrants[0]
        note = f"rating {number(first['rating'], 0)}, best with {number(100.0 * first['best'], 0)} %"
        cards.append({"name": "First", "value": str(first["name"]), "note": note})
    played = f"{seconds / 3600.0:.1f} h of play" if seconds >= 3600.0 else f"{seconds / 60.0:.0f} min of play"
    cards.append({"name": "Points", "value": f"{points:,}".replace(",", "\u2009"), "note": played})
    mean = number(sum(touches) / len(touches), 1) if touches else NONE
    cards.append({"name": "Touches", "value": mean, "note": "in a rally, on average"})
    unsettled = sum(1 for pair in results["settle"] if pair["matches"] != 0)
    cards.append({"name": "Open pairs", "value": str(unsettled), "note": f"of {len(results['settle'])}"})
    guilty = len({fault["entrant"] for fault in results["faults"]})
    cards.append(
        {"name": "Faults", "value": str(len(results["faults"])), "note": f"by {guilty} {'entrant' if guilty == 1 else 'entrants'}"}
    )
    return cards


def _table(entrants: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> dict[str, Any]:
    return {"head": [column._asdict() for column in columns], "rows": [_row(entrant, columns) for entrant in entrants]}


def _row(entrant: Mapping[str, Any], columns: Sequence[Column]) -> list[dict[str, Any]]:
    """Texts of an entrant's row, the numbers by which it is sorted, and the entrant's spec on its name."""
    title = f"{entrant['spec']} ({entrant['hash'][:12]})"
    return [
        {
            "text": cell(column, entrant),
            "value": None if column.digits is None else "" if entrant[column.key] is None else entrant[column.key],
            "title": title if column.key == "name" else "",
        }
        for column in columns
    ]


def _plot(entrants: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Where dots, intervals and ticks stand, in per cent of the plot's width."""
    ends = [entrant[key] for entrant in entrants for key in ("low", "high", "rating") if math.isfinite(entrant[key])] or [0.0]
    low, high = min(*ends, -50.0), max(*ends, 50.0)
    free = SPAN * (high - low)
    low, width = low - free, high - low + 2.0 * free

    def at(value: float) -> float:
        return round(100.0 * (min(max(value, low), low + width) - low) / width, 2)

    step = next(step for step in (25, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10**9) if width / step <= 6)
    first = math.ceil(low / step)
    ticks = [{"at": at(k * step), "text": number(k * step, 0)} for k in range(first, math.floor((low + width) / step) + 1)]
    rows = [
        {
            "name": entrant["name"],
            "at": at(entrant["rating"]),
            "low": at(entrant["low"]),
            "width": round(at(entrant["high"]) - at(entrant["low"]), 2),
            "text": number(entrant["rating"], 0),
            "title": f"{number(entrant['low'], 0)} to {number(entrant['high'], 0)}",
        }
        for entrant in entrants
    ]
    return {"rows": rows, "ticks": ticks}


def _heat(results: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The cross table's cells: text, which side wins, how strong the colour is."""
    names = [entrant["name"] for entrant in results["entrants"]]
    rows = []
    for i, (name, shares) in enumerate(zip(names, results["cross"], strict=True)):
        cells = []
        for j, share in enumerate(shares):
            if share is None or i == j or not math.isfinite(share):
                cells.append({"text": "", "pair": ""})
                continue
            title = f"{name} won {100.0 * share:.1f} % of the points against {names[j]}"
            strength = round(85.0 * min(abs(2.0 * share - 1.0), 1.0))
            side = "wins" if share >= 0.5 else "loses"
            cells.append({"text": number(100.0 * share, 0), "pair": f"{i},{j}", "title": title, "side": side, "strength": strength})
        rows.append({"name": name, "cells": cells})
    return rows
