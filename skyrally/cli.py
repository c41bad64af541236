"""The verbs: `skyrally scenarios | watch | eval | cross-play | replay | tournament | train | resume | report | zoo | bench | doctor`.

Results go to standard output (`--json` for machines), progress and words to standard error. A user's mistake is one line
and exit status 2.
"""

from __future__ import annotations

import signal
import sys
from dataclasses import asdict
from pathlib import Path

import tyro
from rich.console import Console
from rich.table import Table

from .cli_cross_play import cross_play
from .cli_learning import report, resume, train
from .cli_over import evaluate_over
from .cli_replay import replay
from .cli_tournament import tournament
from .cli_words import Away, Flag, Home, Json, Option, Repeated, app, keys_last, print_json, with_words
from .cli_zoo import zoo
from .errors import SkyrallyError
from .version import __version__


@app.command
def scenarios(json: Json = False, docs: str | None = None) -> None:
    """List the scenarios with published and scripted results. Example: skyrally scenarios --json

    Args:
        json: print the table as JSON.
        docs: write a page with a picture for every scenario into this folder.
    """
    from .pages import results, write_pages
    from .scenarios.registry import SCENARIOS
    from .tournament.yardsticks import read

    if docs is not None:
        print(f"wrote {len(write_pages(Path(docs)))} files into {docs}")
        return
    scripted = read()
    rows = [
        {
            "name": s.name,
            "agents": list(s.agents),
            "family": s.family,
            "metric": s.metric.name,
            "summary": s.summary,
            "views": {name: layout.size for name, layout in s.views.items()},
            "action_modes": list(s.action_modes),
            "options": dict(s.options),
            "published": [asdict(result) for result in s.published],
            "scripted": scripted.get(s.name),
        }
        for s in SCENARIOS.values()
    ]
    if json:
        print_json(rows)
        return
    table = Table("name", "agents", "metric", "published (best)", "scripted player, 95 % interval", box=None)
    for s in SCENARIOS.values():
        table.add_row(s.name, str(s.drones), s.metric.name, *results(s))
    table.columns[0].no_wrap = True
    Console().print(table)


@app.command
def watch(
    target: tyro.conf.Positional[str] = "volleyball-3v3",
    red: Home = None,
    blue: Away = None,
    agent: str | None = None,
    agents: int | None = None,
    points: int = 5,
    serve: str = "winner",
    episodes: int = 1,
    seed: int = 0,
    engine: str | None = None,
    out: Repeated = (),
    force: Flag = False,
    camera: str = "orbit",
    size: str = "960x540",
    renderer: str = "pygame",
    fps: int = 25,
    lossless: Flag = False,
    density: Flag = False,
    json: Json = False,
    option: Option = (),
) -> None:
    """Watch a match, a drill or a replay file, in a window or as files. Example: skyrally watch volleyball-3v3 --out match.mp4

    Args:
        target: a scenario, FILE.replay, or an agent where it belongs: run:DIR, zoo:NAME, scripted:NAME.
        red: who plays red in a match or game: random, hover, scripted:rally, python:MODULE:ATTR (default: the scenario's own player).
        blue: who plays blue (in a game, where it is not told: who plays red).
        agent: who flies in a drill, or plays both sides of a game.
        agents: how many drones a swarm has.
        points: a match goes to this many points.
        serve: who serves: winner or alternate.
        episodes: of a drill.
        seed: of the worlds and agents.
        engine: what moves the bodies: native or genesis (default: native).
        out: write .mp4, .gif, .png, .replay or .html instead of opening a window (may be repeated).
        force: overwrite existing files.
        camera: orbit, behind, side, top or follow.
        size: of the picture, WIDTHxHEIGHT.
        renderer: who draws films, pictures and the window: pygame, or genesis of all but games and large swarms (docs/fidelity.md).
        fps: pictures per second in .mp4 and .gif.
        lossless: .replay files hold every number exactly, and the whole world at each step.
        density: films of swarms show on the floor where drones are dense (in a window: the key d).
        json: print the rallies as JSON.
        option: an option of the scenario.
    """
    from .viewing import View, film, open_source, present

    view = View(camera=camera, size=size, fps=fps, force=force, lossless=lossless, density=density, renderer=renderer)
    kwargs = {"red": red, "blue": blue, "agent": agent, "points": points, "serve": serve, "episodes": episodes, "seed": seed}
    options = with_words(option, agents=agents, engine=engine)
    source = open_source(target, options=options, **kwargs)
    if out:
        film(source, [Path(path) for path in out], view, quiet=json)
    else:
        present(source, view, quiet=json)
    if json:
        print_json([row.row() for row in getattr(source, "rows", [])])


@app.command(name="eval")
def evaluate(
    agent: tyro.conf.Positional[str],
    scenario: str | None = None,
    opponent: str | None = None,
    episodes: int = 200,
    seed: int = 0,
    disturb: str | None = None,
    over: str | None = None,
    yardstick: str | None = None,
    adapt: str | None = None,
    engine: str | None = None,
    out: str | None = None,
    force: Flag = False,
    json: Json = False,
    option: Option = (),
) -> None:
    """Measure an agent: the scenario's metric with its 95 % interval. Example: skyrally eval hover --scenario hover --episodes 100

    Args:
        agent: random, hover, scripted:NAME, zoo:NAME, run:DIR, file:PATH or python:MODULE:ATTR.
        scenario: where; may be left out if the agent tells, as scripted:solo-bump, zoo:solo-bump and run:DIR do.
        opponent: in a match, who plays against the agent; the metric is the share of points won (default: the scenario's own player).
            In a game, who plays blue (default: the agent itself).
        episodes: how many; in a match, rallies.
        seed: of the worlds and agents.
        disturb: none, mild or hard.
        over: an option at several values, with a table: agents=2,5,10,50,200; of swarms agents=all, test, train ... (their populations).
        adapt: with --over, of a run: also after so many updates of its learner at each value, for example 1,5,20.
        yardstick: with --over: also the score between random actions (0) and this agent (1); own: the scenario's own player.
        engine: what moves the bodies: native or genesis (default: native).
        out: a folder for rows.jsonl (a row per episode) and result.json; with --over for over.json and over.png.
        force: overwrite these files.
        json: print the result as JSON.
        option: an option of the scenario.
    """
    from .viewing import evaluation

    options = with_words(option, disturb=disturb, engine=engine)
    if over is not None:
        play = {"opponent": opponent, "episodes": episodes, "seed": seed, **options}
        evaluate_over(agent, scenario, over, yardstick=yardstick, adapt=adapt, out=out, force=force, json=json, **play)
        return
    if yardstick is not None or adapt is not None:
        raise SkyrallyError("yardstick and adapt go with --over; add for example --over agents=test")
    done = evaluation(agent, scenario, opponent=opponent, episodes=episodes, seed=seed, quiet=json, **options)
    files = [] if out is None else done.store(out, force=force)
    if json:
        print_json(done.result())
        return
    against = f" against {done.opponent}" if done.opponent else ""
    print(f"{done.agent} in {done.scenario}{against}: {done.metric.name} {done.metric} (95 %), {done.episodes} episodes, seed {done.seed}")
    if files:
        print("wrote " + ", ".join(map(str, files)))


@app.command
def bench(
    scenario: Repeated = (),
    worlds: int = 4096,
    threads: int = 1,
    repeats: int = 5,
    seconds: float = 0.5,
    engine: str | None = None,
    json: Json = False,
    option: Option = (),
) -> None:
    """Measure world steps per second. Example: skyrally bench --scenario volleyball-3v3 -o substeps=4

    Args:
        scenario: may be repeated; default: hover, solo-bump, 3v3, 6v6 as the published benchmark plays them.
        worlds: side by side.
        threads: 1 counts process CPU time, more count wall time.
        repeats: timings; the median is told.
        seconds: of each timing.
        engine: what moves the bodies: native or genesis (default: native).
        json: print rows as JSON.
        option: an option of the scenario.
    """
    from .envs.throughput import measure
    from .scenarios.registry import find

    if min(worlds, threads, repeats) < 1 or seconds <= 0.0:
        raise SkyrallyError("worlds, threads and repeats must be 1 or more, seconds above 0")
    rows = []
    for name in scenario or ("hover", "solo-bump", "volleyball-3v3", "volleyball-6v6"):
        options = {"rules": "benchmark"} if find(name).family == "match" else {}
        rows.append(measure(name, worlds, threads, repeats, seconds, **{**options, **with_words(option, engine=engine)}))
    if json:
        print_json([row.row() for row in rows])
        return
    table = Table("scenario", "worlds", "threads", "substeps", "steps/s", "low to high", "drone steps/s", box=None)
    for row in rows:
        spread = f"{row.low / 1e6:.2f} to {row.high / 1e6:.2f} M"
        table.add_row(
            row.scenario,
            str(row.worlds),
            str(row.threads),
            str(row.substeps),
            f"{row.steps_per_s / 1e6:.2f} M",
            spread,
            f"{row.agent_steps_per_s / 1e6:.1f} M",
        )
    Console().print(table)


for verb in (cross_play, replay, tournament, train, resume, report):
    app.command(verb)
app.command(zoo, name="zoo", help="Trained agents: list them, or make one of another project's policy.")


@app.command
def doctor(json: Json = False, quick: Flag = False) -> None:
    """Say what is installed, what works and how fast it is. Example: skyrally doctor

    Args:
        json: print the report as JSON.
        quick: skip the speed measurement.
    """
    from .doctor import examine

    report = examine(quick)
    if json:
        print_json(report)
        return
    print(f"skyrally {__version__} on Python {report['python']}, {report['machine']}")
    print("  " + ", ".join(f"{name} {version}" for name, version in report["versions"].items() if name != "skyrally"))
    print(f"  cache: {report['cache']}\n  display: {report['display']}")
    for name, rate in report["steps_per_s"].items():
        print(f"  {name}: {rate / 1e6:.2f} M world steps/s on one core")
    if report["bfloat16"]:
        print(f"  learning with products in bfloat16: {report['bfloat16']:.2f} times as fast (train ... dtype=auto chooses)")
    for problem in report["problems"]:
        print(f"  PROBLEM: {problem}")
    print("all good" if not report["problems"] else f"{len(report['problems'])} problems")


def main() -> None:
    """The command line: exit status 0, 2 for a user's mistake, 130 when interrupted, 143 when asked to end."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # so that half-written files go
    if sys.argv[1:] in (["--version"], ["version"]):
        print(__version__)
        return
    try:
        app.cli(prog="skyrally", description=__doc__, args=keys_last(sys.argv[1:]) if sys.argv[1:2] == ["train"] else None)
    except SkyrallyError as error:
        print(f"skyrally: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("skyrally: interrupted; nothing half-written is left", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
