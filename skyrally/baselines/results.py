"""What training runs came to: one row of plain data per run, read from its folder or from a file that kept the row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import SkyrallyError
from .folder import RunFolder

STATE = "state.json"  # what a run of psro has and others have not
FINAL = "eval/final"  # in a run's folder: what `skyrally eval run:DIR --out DIR/eval/final` wrote
CURVE = {"evaluation/metric": "evaluation", "evaluation/error": "error", "metric": "metric", "return": "return"}  # of metrics.jsonl
Row = dict[str, Any]


def read_rows(paths: Iterable[str | Path]) -> list[Row]:
    """The rows of run folders, of folders of such (at any depth), and of kept rows (.json). SkyrallyError when a path holds none."""
    rows = []
    for path in map(Path, paths):
        files = [path] if path.suffix == ".json" else sorted(path.rglob("config.yaml")) or sorted(path.glob("*.json"))
        if not files or not path.exists():
            raise SkyrallyError(f"{path}: no training run is there; expected the folder of a run, or one that holds such folders")
        files = [file for file in files if not (file.parent / STATE).exists()]  # a population is no learning curve
        if not files:
            raise SkyrallyError(f"{path}: no training run is there but populations; their rows are in metrics.jsonl")
        rows += [read_run(file.parent) if file.name == "config.yaml" else _kept(file) for file in files]
    return rows


def read_run(root: Path) -> Row:
    """One run: what was asked, by whom and where, how it went (a point per evaluation), what it can in the end."""
    folder, config, manifest = RunFolder.open(root)
    run, logged = config["run"], folder.rows()
    last = logged[-1] if logged else {"frames": 0, "seconds": 0.0}
    judged = [row for row in logged if "evaluation/metric" in row]
    final = root / FINAL / "result.json"
    return {
        "run": root.name,
        "scenario": run["scenario"],
        "algorithm": run["algorithm"],
        "actions": config["place"].get("action_mode") or "rotor",
        "options": config["options"],
        "seed": run["seed"],
        "command": manifest["command"],
        "commit": manifest.get("commit"),
        "machine": manifest["machine"],
        "threads": manifest["threads"],
        "frames": last["frames"],
        "asked": run["frames"],
        "seconds": last["seconds"],
        "evaluation": manifest["evaluation"],
        "curve": [{"frames": row["frames"], "seconds": row["seconds"], **_point(row)} for row in judged],
        "final": json.loads(final.read_text()) if final.exists() else None,
    }


def in_a_row(stages: Sequence[Row]) -> Row:
    """One row of trainings each of which went on from the weights of the one before: their frames, seconds and curves added up,
    and of their options those that all had."""
    frames, seconds, curve = 0, 0.0, []
    for row in stages:
        curve += [{**point, "frames": point["frames"] + frames, "seconds": point["seconds"] + seconds} for point in row["curve"]]
        frames, seconds = frames + row["frames"], seconds + row["seconds"]
    whole = {"frames": frames, "asked": sum(row["asked"] for row in stages), "seconds": seconds, "curve": curve}
    shared = {name: value for name, value in stages[-1]["options"].items() if all(row["options"].get(name) == value for row in stages)}
    algorithm = ", then ".join(dict.fromkeys(row["algorithm"] for row in stages))
    return {**stages[-1], "algorithm": algorithm, "options": shared, "command": "\n".join(row["command"] for row in stages), **whole}


def _point(row: Mapping[str, Any]) -> Row:
    return {name: round(row[key], 4) for key, name in CURVE.items() if key in row}


def _kept(file: Path) -> Row:
    try:
        row = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise SkyrallyError(f"{file} cannot be read: {error}; expected the row of a training run") from None
    if not isinstance(row, dict) or not {"scenario", "seed", "curve", "final"} <= set(row):
        raise SkyrallyError(f"{file} is no row of a training run")
    return row


def result(row: Row) -> float | None:
    """The metric in the end: of the final evaluation, else of the last one while training; None when there was none."""
    if row["final"]:
        return row["final"]["metric"]["mean"]
    return row["curve"][-1]["evaluation"] if row["curve"] else None


def passed(row: Row, target: float, lower_is_better: bool = False) -> tuple[int, float] | None:
    """(frames, seconds) at the first evaluation while training that was as good as the target."""
    sign = -1.0 if lower_is_better else 1.0
    good = (point for point in row["curve"] if sign * point["evaluation"] >= sign * target)
    return next(((point["frames"], point["seconds"]) for point in good), None)
