"""How each scenario's own player (its `yardstick`) does: what `skyrally scenarios` and the pages show beside published results.

They are kept in `yardsticks.json` and made by `python benchmarks/scripted.py --write`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..atomic import PendingFile
from ..scenarios.registry import SCENARIOS, find
from .evaluation import Evaluation, evaluate

FILE = Path(__file__).with_name("yardsticks.json")
OPPONENT = "hover"  # in matches
EPISODES, SEED = 1000, 0


def read() -> dict[str, dict[str, Any]]:
    """Scenario -> `Evaluation.result()` of its yardstick; scenarios that were never measured are missing."""
    return {row["scenario"]: row for row in json.loads(FILE.read_text())}


def measure(name: str, episodes: int = EPISODES, seed: int = SEED) -> Evaluation:
    """Evaluates a scenario's yardstick."""
    scenario = find(name)
    opponent = OPPONENT if scenario.family == "match" else None
    return evaluate(scenario.yardstick, name, episodes=episodes, seed=seed, opponent=opponent)


def write(done: Iterable[Evaluation], path: Path = FILE) -> None:
    """Puts evaluations into the file, beside those of other scenarios that are there."""
    rows = {**{row["scenario"]: row for row in (json.loads(path.read_text()) if path.exists() else [])}}
    rows.update((one.scenario, one.result()) for one in done)
    known = [rows[name] for name in SCENARIOS if name in rows]
    pending = PendingFile(path, force=True)
    pending.temporary.write_text("[\n" + ",\n".join(json.dumps(row) for row in known) + "\n]\n")
    pending.commit()


def told(row: dict[str, Any]) -> str:
    """A row in a few words."""
    metric = row["metric"]
    against = f" {metric['name']} against {row['opponent']}" if row["opponent"] else ""
    return f"{metric['mean']:.4g} [{metric['low']:.4g}, {metric['high']:.4g}]{against}"


def command(row: dict[str, Any]) -> str:
    """The command that makes the row again."""
    against = f" --opponent {row['opponent']}" if row["opponent"] else ""
    return f"skyrally eval {row['agent']} --scenario {row['scenario']}{against} --episodes {row['episodes']} --seed {row['seed']}"
