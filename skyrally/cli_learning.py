"""The verbs of learning: train, resume, report."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tyro

from .cli_words import Flag, Json, parse_options, print_json
from .errors import SkyrallyError


def train(
    algorithm: tyro.conf.Positional[str],
    scenario: tyro.conf.Positional[str],
    keys: tyro.conf.Positional[tuple[str, ...]] = (),
    frames: float | None = None,
    seed: int = 0,
    meta: str | None = None,
    out: Path | None = None,
) -> None:
    """Train an agent. Example: skyrally train mappo solo-bump --frames 10e6 learning_rate=5e-4 physics=fine

    Args:
        algorithm: ppo, ippo, mappo; after a teacher imitate; of discrete choices iql, vdn, qmix, pqn; of swarms mean-field,
            mappo-field; against oneself sp, fsp; of populations psro.
        scenario: what to learn.
        keys: KEY=VALUE of the run, the algorithm or the scenario.
        frames: world steps in all (default: 15 million; psro has response= and iterations= instead).
        seed: of worlds and networks.
        meta: psro's meta-solver: nash, rae, uniform, alpha-rank, prd, replicator, nash-averaging, nash-md.
        out: the run's folder (default: runs/ALGORITHM-SCENARIO-seedSEED).
    """
    if algorithm == "psro":
        from .baselines.psro_run import start as started

        if frames is not None:
            raise SkyrallyError("psro counts world steps by best response: give response=N and iterations=N instead of --frames")
        _go_psro(started(scenario, parse_options(keys), out=out, seed=seed, **({} if meta is None else {"meta": meta})))
        return
    from .baselines.run import start

    if meta is not None:
        raise SkyrallyError(f"--meta is psro's; {algorithm} has no meta-solver")
    given = {} if frames is None else {"frames": frames}
    _go(start(algorithm, scenario, parse_options(keys), out=out, seed=seed, **given))


def resume(folder: tyro.conf.Positional[Path]) -> None:
    """Go on with a training run that was stopped. Example: skyrally resume runs/mappo-solo-bump-seed0"""
    from .baselines import psro_run
    from .baselines.run import resume as resumed

    if psro_run.is_psro(folder):
        _go_psro(psro_run.resume(folder))
    else:
        _go(resumed(folder))


def _go_psro(run: Any) -> None:
    """Runs PSRO, a line per round; tells what to do next."""
    root = run.folder.root
    print(f"psro on {run.scenario.name}: {root}", file=sys.stderr)
    finished = run.go(lambda row: print(round_line(row), file=sys.stderr, flush=True))
    rounds = len(run.state.rows) if run.state else 0
    words = f"try: skyrally eval run:{root}, skyrally watch run:{root}" if finished else f"go on with: skyrally resume {root}"
    print(f"{'done' if finished else 'stopped'} after {rounds} rounds; {words}", file=sys.stderr)
    if not finished:
        sys.exit(130)


def round_line(row: Mapping[str, Any]) -> str:
    """A round of PSRO in one line."""
    mixtures = " | ".join(" ".join(f"{p:.2f}" for p in x) for x in row["mixtures"])
    line = f"round {row['round']}  mixture {mixtures}  value {', '.join(f'{v:.3f}' for v in row['value'])}"
    for told in row.get("responses", ()):
        gap = f"gap {told['gap']:.3f} +- {1.96 * told['error']:.3f}" if "gap" in told else "known already"
        line += f"  {told['candidate']} {'joins' if told['joined'] else 'stays out'}, {gap}"
    return f"{line}  {row['seconds']:.0f} s"


def _go(run: Any) -> None:
    """Trains, showing how it goes; tells what to do next."""
    from .baselines.panel import panel

    root = run.folder.root
    with panel(f"{run.config.algorithm} on {run.config.scenario}: {root}", run.config.frames) as shown:
        finished = run.go(shown)
    if finished and run.config.video:
        _film(f"run:{root}", root / "best.mp4")
    words = f"try: skyrally eval run:{root}, skyrally watch run:{root}" if finished else f"go on with: skyrally resume {root}"
    print(f"{'done' if finished else 'stopped'} after {run.learner.carry.frames} frames; {words}", file=sys.stderr)
    if not finished:
        sys.exit(130)


def _film(agent: str, path: Path) -> None:
    """An episode of an agent where it belongs; of a match, a point against itself."""
    from .viewing import View, film, open_source

    source = open_source(agent, red=None, blue=None, agent=None, points=1, serve="winner", episodes=1, seed=0, options={})
    film(source, [path], View(camera="orbit", size="960x540", fps=25, force=True), quiet=True)


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
