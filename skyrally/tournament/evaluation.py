"""What `eval` does: an agent's metric in a scenario over many episodes, with its 95 % interval and the rows it comes from.

Drills give their own metric (bootstrap interval). Matches give the share of points won against an opponent, draws left out (Wilson
interval): rallies of four-rally matches in which sides change after each rally and the winner serves.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..agents.agent import Agent
from ..agents.spec import home
from ..atomic import PendingFile
from ..envs.arguments import whole
from ..errors import SkyrallyError
from ..scenarios.registry import find
from ..scenarios.scenario import Scenario
from .drills import WORLDS, Episode, Told, play_drill
from .match import Format, MatchRunner, Rally
from .statistics import bootstrap, summarise

FEWEST = 6  # values: of fewer, not even [lowest, highest] holds the median with 95 % (1 - 2^(1 - n))
RALLIES = 4  # in a match


@dataclass(frozen=True)
class Estimate:
    """A mean with its 95 % interval."""

    name: str
    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.4g} [{self.low:.4g}, {self.high:.4g}]"


@dataclass(frozen=True)
class Evaluation:
    """What an evaluation came to."""

    agent: str
    scenario: str
    episodes: int
    seed: int
    metric: Estimate
    opponent: str | None = None
    options: dict[str, Any] = field(default_factory=dict)
    rows: Sequence[Episode | Rally] = ()

    def result(self) -> dict[str, Any]:
        """Plain types, for JSON; without the rows."""
        return {key: value for key, value in asdict(self).items() if key != "rows"}

    def store(self, folder: str | Path, *, force: bool = False) -> list[Path]:
        """Writes `rows.jsonl` and `result.json` into a folder, each whole or not at all. Raises SkyrallyError if they are there already."""
        folder = Path(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SkyrallyError(f"cannot write into {folder}: {error.strerror}; choose a folder that can be written") from None
        texts = {
            "rows.jsonl": "".join(json.dumps(row.row(), default=str) + "\n" for row in self.rows),
            "result.json": json.dumps(self.result(), indent=1, default=str) + "\n",
        }
        pending = [PendingFile(folder / name, force=force) for name in texts]
        for file, text in zip(pending, texts.values(), strict=True):
            file.temporary.write_text(text)
        for file in pending:
            file.commit()
        return [file.path for file in pending]


def evaluate(
    agent: str | Agent,
    scenario: str | None = None,
    *,
    episodes: int = 200,
    seed: int = 0,
    opponent: str | None = None,
    told: Told = lambda over: None,
    **options: Any,
) -> Evaluation:
    """Plays the episodes (in a match: rallies) and sums up.

    `agent`: its name, or in drills the agent itself. `scenario` None: the one that the name tells (`scripted:solo-bump`) or that it
    learned in, with the options of then.

    Deterministic given the seed. Raises SkyrallyError for unknown names and too few episodes.
    """
    name = agent if isinstance(agent, str) else agent.name
    if scenario is None:
        scenario, learned = home(name)
        options = {**learned, **options}
    found = find(scenario)
    whole("seed", seed, 0)
    if whole("episodes", episodes, 0) < FEWEST:
        raise SkyrallyError(f"episodes is {episodes}; a 95 % interval of {found.metric.name} needs {FEWEST} or more")
    if found.family != "match":
        drill = play_drill(found, agent, episodes, seed=seed, told=told, opponent=opponent, **options)
        return Evaluation(name, found.name, episodes, seed, _drill_metric(found, drill), opponent, options, drill)
    opponent = opponent or found.yardstick
    rallies = play_rallies(found, name, opponent, episodes, seed, told, **options)
    return Evaluation(name, found.name, episodes, seed, _match_metric(rallies), opponent, options, rallies)


def _drill_metric(scenario: Scenario, rows: Sequence[Episode]) -> Estimate:
    values = [row.metric for row in rows]
    for row in rows:
        if not math.isfinite(row.metric):
            raise SkyrallyError(f"{scenario.metric.name} of episode {row.episode} is {row.metric}; look at {scenario.metric.field}")
    return Estimate(scenario.metric.name, sum(values) / len(values), *bootstrap(values))


def _match_metric(rows: Sequence[Rally]) -> Estimate:
    summary = summarise(rows)
    if sum(summary.points) == 0:
        raise SkyrallyError(f"none of {len(rows)} rallies was won by anybody; there is no share of points")
    return Estimate("points won", summary.win_rate, *summary.interval)


def play_rallies(
    scenario: Scenario, agent: str, opponent: str, rallies: int, seed: int, told: Told = lambda over: None, **options: Any
) -> list[Rally]:
    """The first `rallies` rallies of a seed's matches, `WORLDS` matches at a time."""
    matches = -(-rallies // RALLIES)
    form = Format(points=RALLIES, swap="rally", max_rallies=RALLIES)
    rows: list[Rally] = []
    for first in range(0, matches, WORLDS):
        runner = MatchRunner(scenario.name, agent, opponent, matches=min(WORLDS, matches - first), form=form, seed=seed, **options)
        runner.begin(first)
        while not runner.done:
            if runner.step().any():
                runner.next_rallies()
                told(len(rows) + len(runner.rows))
        rows += sorted(runner.rows, key=lambda row: (row.match, row.rally))
        runner.env.close()
    return rows[:rallies]
