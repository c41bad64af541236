"""What `watch` and `eval` do: open something to watch, show it in a window or film it into files; play with a word about progress."""

from __future__ import annotations

import gc
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from .agents.spec import home, is_agent
from .errors import SkyrallyError
from .physics.params import CONTROL_DT
from .render import Painter, ReplaySource, open_replay, open_sink, show
from .render.renderers import painter_of
from .render.source import Source
from .render.window import NoDisplay
from .scenarios.registry import find
from .scenarios.scenario import Scenario
from .tournament.evaluation import Evaluation, evaluate
from .tournament.live import DrillSource, MatchSource
from .tournament.match import Format, Rally

words = Console(stderr=True, highlight=False)


@dataclass(frozen=True)
class View:
    """How to look: camera, picture size as text, pictures per second; whether files may be overwritten, replays hold whole worlds, films
    show where a swarm is dense; who draws (renderers.py).
    """

    camera: str
    size: str
    fps: int
    force: bool
    lossless: bool = False
    density: bool = False
    renderer: str = "pygame"

    def __post_init__(self) -> None:
        self.pixels()
        self.painter()
        if not 1 <= self.fps <= 50:
            raise SkyrallyError(f"fps is {self.fps}; expected 1 to 50")

    def painter(self) -> type[Painter]:
        """What makes the pictures."""
        return painter_of(self.renderer)

    def pixels(self) -> tuple[int, int]:
        """(width, height). Raises SkyrallyError unless both are even numbers from 64 to 4096."""
        try:
            width, height = (int(part) for part in self.size.lower().split("x"))
        except ValueError:
            width = height = 0
        if not (64 <= width <= 4096 and 64 <= height <= 4096) or width % 2 or height % 2:
            raise SkyrallyError(f"size is {self.size!r}; expected WIDTHxHEIGHT, even numbers from 64 to 4096, for example 960x540")
        return width, height


def open_source(
    target: str,
    *,
    red: str | None,
    blue: str | None,
    agent: str | None,
    points: int,
    serve: str,
    episodes: int,
    seed: int,
    options: dict[str, Any],
) -> Source:
    """A replay file, a match or a drill to watch, or an agent where it belongs."""
    if target.endswith(".replay"):
        return ReplaySource(open_replay(target))
    if is_agent(target):
        agent, red = agent or target, red or target
        target, learned = home(target)
        options = {**learned, **options}
    scenario: Scenario = find(target)
    if seed < 0 or episodes < 1:
        raise SkyrallyError(f"seed is {seed} and episodes {episodes}; expected 0 or more, and 1 or more")
    if scenario.family == "match":
        return MatchSource(
            target, red or scenario.yardstick, blue or scenario.yardstick, form=Format(points=points, serve=serve), seed=seed, **options
        )
    if scenario.family == "game":
        return DrillSource(target, red or agent or scenario.yardstick, episodes=episodes, seed=seed, opponent=blue, **options)
    return DrillSource(target, agent or scenario.yardstick, episodes=episodes, seed=seed, **options)


def present(source: Source, view: View, quiet: bool = False) -> None:
    """In a window; without a display into SCENARIO.mp4, and says so."""
    try:
        show(source, camera=view.camera, size=view.pixels(), painter=view.painter())
    except NoDisplay as error:
        path = Path(f"{source.stage.scenario}.mp4")
        words.print(f"skyrally: {error} Writing {path} instead.")
        film(source, [path], view, quiet)


def film(source: Source, paths: list[Path], view: View, quiet: bool = False) -> None:
    """Streams every frame into all files at once; tells rallies as they end. Nothing is left behind when interrupted."""
    header = {"title": source.title}
    gc.freeze()  # collections go over what pictures make only, not over all that was loaded: a third of the time with 2,000 drones
    with ExitStack() as stack:
        sinks = []
        for path in paths:
            own: dict[str, Any] = {"fps": view.fps, "density": view.density} if path.suffix in (".mp4", ".gif") else {}
            if path.suffix in (".mp4", ".gif", ".png"):
                own["painter"] = view.painter()
            if view.lossless and path.suffix in (".replay", ".html"):
                own["codec"] = "lossless"
            sink = open_sink(path, source.stage, force=view.force, camera=view.camera, size=view.pixels(), header=header, **own)
            sinks.append(stack.enter_context(sink))
        progress = stack.enter_context(
            Progress(
                TextColumn("{task.description}"),
                TextColumn("{task.completed} frames"),
                TimeElapsedColumn(),
                console=words,
                disable=quiet or not sys.stderr.isatty(),
            )
        )
        task, told = progress.add_task(source.title, total=None), 0
        while (frame := source.read()) is not None:
            for sink in sinks:
                sink.write(frame)
            progress.advance(task)
            rows: list[Rally] = getattr(source, "rows", [])
            while told < len(rows):
                if not quiet:
                    print(rally_line(rows[told]), flush=True)
                told += 1
    if not quiet:
        _tell_result(source)
        print("wrote " + ", ".join(str(path) for path in paths))


def evaluation(agent: str, scenario: str | None, *, episodes: int, quiet: bool, **kwargs: Any) -> Evaluation:
    """`evaluate` with a bar on standard error: how many episodes are over, and how long the rest may take."""
    columns = (TextColumn("{task.description} {task.completed}/{task.total} episodes over"), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=words, transient=True, disable=quiet or not sys.stderr.isatty()) as progress:
        task = progress.add_task(agent, total=episodes)
        return evaluate(agent, scenario, episodes=episodes, told=lambda over: progress.update(task, completed=over), **kwargs)


def rally_line(row: Rally) -> str:
    """A rally in one line; the score is red to blue."""
    red, blue = row.score[row.red], row.score[1 - row.red]
    who = "draw" if row.winner < 0 else ("red" if row.winner == row.red else "blue")
    story = f"{row.reason} ({row.touches} touches, {row.crossings} over the net, {row.steps * CONTROL_DT:.1f} s)"
    return f"rally {row.rally + 1:2d}  {red:2d} : {blue:<2d}  {who:4s}  {story}"


def _tell_result(source: Source) -> None:
    if isinstance(source, MatchSource) and source.rows:
        score = source.rows[-1].score
        print(f"final: {source.agents[0]} {score[0]} : {score[1]} {source.agents[1]}")
    if isinstance(source, DrillSource):
        print("metric: " + ", ".join(f"{value:g}" for value in source.metrics))
