"""Runs of PSRO and self-play that are begun, gone on with or left alone when they are finished: for benchmarks of many of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from skyrally.baselines import psro_run
from skyrally.baselines.folder import RunFolder
from skyrally.baselines.run import resume, start


def learn(root: Path, scenario: str, keys: Mapping[str, Any], seed: int) -> Path:
    """One run of PSRO, to its end."""
    if has_ended(root):
        return root
    begun = (root / "config.yaml").exists()
    run = psro_run.resume(root) if begun else psro_run.start(scenario, keys, out=root, seed=seed)
    if not run.go(lambda row: print(f"  round {row['round']}: {[[round(p, 3) for p in x] for x in row['mixtures']]}", flush=True)):
        raise KeyboardInterrupt
    return root


def has_ended(root: Path, frames: int = 0) -> bool:
    """Whether a run is done: of PSRO by its own word, of any other when its last checkpoint is of `frames` world steps or more."""
    state = root / "state.json"
    if state.exists():
        return json.loads(state.read_text())["done"]
    known = RunFolder(root).known() if frames and root.exists() else []
    return bool(known) and int(known[-1].name) >= frames


def self_played(root: Path, scenario: str, keys: Mapping[str, Any], frames: int, seed: int) -> Path:
    """One run of self-play, to its end."""
    if has_ended(root, frames):
        return root
    run = resume(root) if (root / "config.yaml").exists() else start("sp", scenario, keys, out=root, frames=frames, seed=seed)
    if not run.go():
        raise KeyboardInterrupt
    return root


def finished(root: Path) -> dict[str, Any]:
    """World steps, seconds and the population of a run; of self-play the world steps."""
    rows = [json.loads(line) for line in (root / "metrics.jsonl").read_text().splitlines()]
    if "frames" in rows[-1]:
        return {"frames": rows[-1]["frames"], "seconds": rows[-1]["seconds"]}
    trained = [verdict["candidate"] for row in rows for verdict in row.get("responses", ())]
    frames = sum(json.loads((root / name / "agent.json").read_text())["provenance"]["frames"] for name in trained)
    told = {"population": [name.rpartition("/")[2] for name in rows[-1]["populations"][0]], "mixture": rows[-1]["mixtures"][0]}
    told |= {"strategic": round(rows[-1]["strategic"][0], 5), "noise": round(rows[-1]["noise"][0], 5), "responses": len(trained)}
    told |= {"gaps": [[verdict.get("gap"), verdict.get("error")] for row in rows for verdict in row.get("responses", ())]}
    return {"frames": frames, "seconds": round(sum(row["seconds"] for row in rows), 1), **told}
