"""The verbs of learning: train, resume, report."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import tyro

from .cli_words import Flag, Json, parse_options, print_json


def train(
    algorithm: tyro.conf.Positional[str],
    scenario: tyro.conf.Positional[str],
    keys: tyro.conf.Positional[tuple[str, ...]] = (),
    frames: float = 15e6,
    seed: int = 0,
    out: Path | None = None,
) -> None:
    """Train an agent. Example: skyrally train mappo solo-bump --frames 10e6 learning_rate=5e-4 physics=fine

    Args:
        algorithm: ppo, ippo, mappo; of discrete choices iql, vdn, qmix, pqn.
        scenario: what to learn.
        keys: KEY=VALUE of the run, the algorithm or the scenario.
        frames: world steps in all.
        seed: of worlds and networks.
        out: the run's folder (default: runs/ALGORITHM-SCENARIO-seedSEED).
    """
    from .baselines.run import start

    _go(start(algorithm, scenario, parse_options(keys), out=out, frames=frames, seed=seed))


def resume(folder: tyro.conf.Positional[Path]) -> None:
    """Go on with a training run that was stopped. Example: skyrally resume runs/mappo-solo-bump-seed0"""
    from .baselines.run import resume as resumed

    _go(resumed(folder))


def _go(run: Any) -> None:
    """Trains, showing how it goes; tells what to do next."""
    from .baselines.panel import panel

    root = run.folder.root
    with panel(f"{run.config.algorithm} on {run.config.scenario}: {root}", run.config.frames) as shown:
        finished = run.go(shown)
    words = f"try: skyrally eval run:{root}, skyrally watch run:{root}" if finished else f"go on with: skyrally resume {root}"
    print(f"{'done' if finished else 'stopped'} after {run.learner.carry.frames} frames; {words}", file=sys.stderr)
    if not finished:
        sys.exit(130)


def report(
    folders: tyro.conf.Positional[tuple[Path, ...]],
    out: Path = Path("report"),
    force: Flag = False,
    json: Json = False,
) -> None:
    """Sum up training runs over their seeds, with curves. Example: skyrally report runs --out report

    Args:
        folders: run folders, or folders that hold such.
        out: a folder for README.md and curves.png (drawn with matplotlib: pip install 'skyrally[report]').
        force: overwrite these files.
        json: print the raw rows as JSON.
    """
    from .baselines.curves import write_report
    from .baselines.results import read_rows

    rows = read_rows(folders)
    if json:
        print_json(rows)
        return
    files, problem = write_report(rows, out, force=force)
    if problem:
        print(f"skyrally: {problem}; the report has no picture", file=sys.stderr)
    print("wrote " + ", ".join(map(str, files)))
