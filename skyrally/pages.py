"""The pages of docs/scenarios/: each scenario described from its own tables, with a picture."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from .markdown import table
from .render import open_sink
from .scenarios.registry import SCENARIOS
from .scenarios.scenario import Layout, Scenario
from .tournament import yardsticks
from .tournament.live import DrillSource, MatchSource

MOMENT = 60  # steps until the picture is taken
SIZE = (640, 360)
COMMAND = "skyrally scenarios --docs docs/scenarios"


def write_pages(folder: Path) -> list[Path]:
    """Writes README.md, and NAME.md and NAME.png for every scenario. Returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in texts().items():
        (folder / name).write_text(text)
        written.append(folder / name)
    for scenario in SCENARIOS.values():
        written.append(folder / f"{scenario.name}.png")
        draw(scenario, written[-1])
    return written


def texts() -> dict[str, str]:
    """File name -> text, of all pages."""
    pages = {f"{scenario.name}.md": page(scenario) for scenario in SCENARIOS.values()}
    return {"README.md": ladder(), **pages}


def ladder() -> str:
    """The table of all scenarios, published and scripted results side by side."""
    rows = []
    for scenario in SCENARIOS.values():
        published, scripted = results(scenario)
        drones = len(scenario.agents)
        rows.append([f"[`{scenario.name}`]({scenario.name}.md)", scenario.summary, str(drones), scenario.metric.name, published, scripted])
    head = ["scenario", "what", "agents", "metric", "published (best)", "scripted player, 95 % interval"]
    return "\n\n".join(
        [
            "# Scenarios",
            f"Made from the scenarios themselves by `{COMMAND}`; the scripted results by `python benchmarks/scripted.py --write`.",
            table(head, rows),
            "Write your own: [own_scenario.md](../own_scenario.md).\n",
        ]
    )


def results(scenario: Scenario) -> tuple[str, str]:
    """(best published result, the yardstick's result), in words; a dash for what there is not."""
    row = yardsticks.read().get(scenario.name)
    return str(scenario.published[0]) if scenario.published else "-", yardsticks.told(row) if row else "-"


def page(scenario: Scenario) -> str:
    """One scenario, from its module's tables and its own data."""
    options = scenario.resolved({})
    terms = [[t.name, f"{t.weight:g}", t.meaning, "shaping" if t.shaping else ""] for t in scenario.terms(options)]
    row = yardsticks.read().get(scenario.name)
    parts = [
        f"# {scenario.name}",
        f"{scenario.summary[:1].upper()}{scenario.summary[1:]}.",
        f"![{scenario.name}]({scenario.name}.png)",
        (importlib.import_module(scenario.module).__doc__ or "").strip(),
        f"Agents: {_roster(scenario)}. Action modes: {', '.join(scenario.action_modes)}." + _choices(scenario, options),
        "## Result",
        f"Metric: {scenario.metric.name} ({scenario.metric.meaning}).",
        "Published: " + ("; ".join(map(str, scenario.published)) if scenario.published else "nothing for this metric") + ".",
        f"`{row['agent']}`: {yardsticks.told(row)}, {row['episodes']} episodes, by\n\n```\n{yardsticks.command(row)}\n```" if row else "",
        *(f"## Observation `{view}`: {layout.size} numbers\n\n{observation(layout)}" for view, layout in scenario.views.items()),
        "## Reward terms\n\n" + table(["term", "weight", "meaning", ""], terms),
        "## Options\n\n" + table(["option", "default"], [[f"`{name}`", f"`{value!r}`"] for name, value in scenario.options.items()]),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _roster(scenario: Scenario) -> str:
    """The agents' names, or how a swarm's run."""
    return ", ".join(scenario.agents) if scenario.swarm is None else f"drone_0 to drone_{scenario.drones - 1}, or as many as `agents` says"


def _choices(scenario: Scenario, options: dict[str, Any]) -> str:
    """The scenario's own choices, if it has any."""
    return "" if scenario.choices is None else f" Choices: {', '.join(f'{k} {name}' for k, name in enumerate(scenario.choices(options)))}."


def observation(layout: Layout) -> str:
    """The fields of a layout as a table."""
    rows = []
    for field in layout.fields:
        place = layout.slices[field.name]
        bounds = "" if abs(field.low) == abs(field.high) == float("inf") else f"{field.low:g} to {field.high:g}"
        numbers = "none" if field.size == 0 else str(place.start) if field.size == 1 else f"{place.start} to {place.stop - 1}"
        rows.append([f"`{field.name}`", numbers, field.unit, field.frame, bounds])
    return table(["field", "numbers", "unit", "frame or meaning", "bounds"], rows)


def draw(scenario: Scenario, path: Path) -> None:
    """A picture of the scenario's own player at work."""
    if scenario.family == "match":
        source: MatchSource | DrillSource = MatchSource(scenario.name, scenario.yardstick, scenario.yardstick)
    else:
        source = DrillSource(scenario.name, scenario.yardstick)
    with open_sink(path, source.stage, force=True, size=SIZE) as sink:
        for _ in range(MOMENT):
            frame = source.read()
            if frame is None:
                break
            sink.write(frame)
