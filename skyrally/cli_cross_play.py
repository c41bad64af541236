"""The verb `cross-play`: agents and whole populations against each other, with what matters to the risk averse."""

from __future__ import annotations

import json as plain
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tyro
from rich.console import Console
from rich.table import Table

from .cli_words import Flag, Json, Option, Repeated, parse_options, print_json
from .errors import SkyrallyError


def cross_play(
    agents: tyro.conf.Positional[tuple[str, ...]],
    scenario: str | None = None,
    against: Repeated = (),
    episodes: int = 200,
    seed: int = 0,
    crash_cost: float = 0.0,
    out: Path | None = None,
    force: Flag = False,
    json: Json = False,
    option: Option = (),
) -> None:
    """Play agents and populations against each other. Example: skyrally cross-play run:runs/a run:runs/b --against zoo:hierarchy

    Args:
        agents: the rows of the matrix; run:DIR of a run of psro is its population, a policy drawn for every episode.
        scenario: where; may be left out if the first agent tells.
        against: an opponent, such as one that no training saw (may be repeated; default: the agents themselves).
        episodes: of every pair; in a match, rallies.
        seed: of the worlds and agents; every pair plays the same worlds.
        crash_cost: in a match, what a point lost by a crash costs besides, in points.
        out: a .json file for cells and standings.
        force: overwrite it.
        json: print cells and standings as JSON.
        option: an option of the scenario.
    """
    from .agents.spec import home
    from .atomic import PendingFile
    from .tournament.crossplay import cross_play as played

    _check(agents, against, crash_cost)
    options = parse_options(option)
    if scenario is None:
        scenario, learned = home(agents[0])
        options = {**learned, **options}
    file = None if out is None else PendingFile(out, force=force)
    kwargs: dict[str, Any] = {"episodes": episodes, "seed": seed, "crash_cost": crash_cost, **options}
    met = played(scenario, agents, against or None, told=_tell, **kwargs)
    if file is not None:
        file.temporary.write_text(plain.dumps(met.result(), indent=1) + "\n")
        file.commit()
    if json:
        print_json(met.result())
    else:
        show(met)
    if file is not None:
        print(f"wrote {file.path}", file=sys.stderr)


def _tell(first: str, second: str) -> None:
    print(f"{first} against {second} ...", file=sys.stderr, flush=True)


def _check(agents: Sequence[str], against: Sequence[str], crash_cost: float) -> None:
    """Refuses what cannot work before anything is played."""
    for words in (agents, against):
        if len(set(words)) != len(words):
            raise SkyrallyError(f"an agent is named twice: {', '.join(words)}; name each once")
    alone = [name for name in agents if all(other == name for other in against or agents)]
    if alone or not agents:
        raise SkyrallyError(f"{', '.join(alone) or 'nobody'} has no opponent; name two agents or more, or --against another")
    if not (math.isfinite(crash_cost) and crash_cost >= 0.0):
        raise SkyrallyError(f"crash_cost is {crash_cost}; expected points, 0 or more")


def labels(specs: Sequence[str]) -> list[str]:
    """Short names of agents: of run:DIR the folder's name, where that is clear."""
    short = []
    for spec in specs:
        kind, _, place = spec.partition(":")
        short.append(f"{kind}:{Path(place).name}" if kind in ("run", "file") else spec)
    return [name if short.count(name) == 1 else spec for name, spec in zip(short, specs, strict=True)]


def show(met: Any) -> None:
    """Prints the matrix of mean payoffs with their 95 % intervals, then the standings."""
    (low, high), mean = met.intervals(), met.matrix()
    rows, columns = labels(met.rows), labels(met.columns)
    title = f"{met.scenario}, {met.episodes} episodes a pair"
    matrix = Table("mean payoff of", *(f"against {name}" for name in columns), title=title, box=None)
    for i, name in enumerate(rows):
        matrix.add_row(name, *(f"{mean[i, j]:.3g} [{low[i, j]:.3g}, {high[i, j]:.3g}]" for j in range(len(columns))))
    standings = Table("agent", "mean", "variance", "between", "worst", "5 %", "crashed, 95 %", box=None)
    standings.columns[0].no_wrap = standings.columns[-1].no_wrap = True
    short = dict(zip(met.columns, columns, strict=True))
    for name, one in zip(rows, met.standings(), strict=True):
        numbers = [f"{value:.3g}" for value in (one.mean, one.variance, one.between)]
        worst = f"{one.worst:.3g} ({short[one.worst_opponent]})"
        crashed = f"{one.crash_rate:.3f} [{one.crash_low:.3f}, {one.crash_high:.3f}]"
        standings.add_row(name, *numbers, worst, f"{one.quantile:.3g}", crashed)
    console = Console()
    console.print(matrix)
    console.print()
    console.print(standings)
