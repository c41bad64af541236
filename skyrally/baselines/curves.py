"""Learning curves as a picture: one panel per scenario, the interquartile mean over seeds in a band, the published result dashed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..atomic import PendingFile
from ..errors import SkyrallyError
from ..scenarios.registry import SCENARIOS
from ..tournament.statistics import interquartile_mean, stratified_bootstrap
from .report import Group, grouped, report
from .results import Row

POINTS = 100  # of a curve
COLUMNS = 3
COLOURS = ("#1f6fb2", "#d1601f", "#3a8f3a", "#8a4fae", "#b03a48", "#6b6b6b")


class MissingMatplotlib(SkyrallyError):
    """The extra `report` is not installed."""


def mean_curve(curves: Sequence[Sequence[tuple[float, float]]]) -> np.ndarray:
    """[4, P]: x, interquartile mean over seeds, low, high, where all seeds have been; between their points by straight lines."""
    first, last = max(curve[0][0] for curve in curves), min(curve[-1][0] for curve in curves)
    x = np.linspace(first, max(first, last), POINTS)
    seeds = np.array([np.interp(x, *np.transpose(curve)) for curve in curves])  # [S, P]
    low, high = np.transpose([stratified_bootstrap([column], 400) for column in seeds.T.tolist()])
    return np.array([x, interquartile_mean(seeds.T), low, high])


def write_report(rows: Sequence[Row], folder: Path, *, force: bool = False) -> tuple[list[Path], str]:
    """Writes README.md and curves.png into a folder; (files, why there is no picture, or "")."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SkyrallyError(f"cannot write into {folder}: {error.strerror}; choose a folder that can be written") from None
    page, picture = PendingFile(folder / "README.md", force=force), PendingFile(folder / "curves.png", force=force)
    try:
        draw(grouped(rows), picture.temporary)
    except MissingMatplotlib as error:
        picture.abort()
        page.temporary.write_text(report(rows))
        page.commit()
        return [page.path], str(error)
    page.temporary.write_text(report(rows, picture.path.name))
    picture.commit()
    page.commit()
    return [page.path, picture.path], ""


def draw(groups: Sequence[Group], path: Path) -> None:
    """Writes the picture. Raises MissingMatplotlib."""
    try:
        from matplotlib.figure import Figure  # pyright: ignore[reportMissingImports]
    except ImportError:
        raise MissingMatplotlib("curves need matplotlib: pip install 'skyrally[report]'") from None
    names = list(dict.fromkeys(group.scenario for group in groups))
    across = min(COLUMNS, len(names))
    down = -(-len(names) // across)
    figure = Figure(figsize=(4.2 * across, 3.6 * down), layout="constrained")
    panels = figure.subplots(down, across, squeeze=False).ravel()
    for panel, name in zip(panels, names, strict=False):
        _panel(panel, [group for group in groups if group.scenario == name])
    for panel in panels[len(names) :]:
        panel.set_axis_off()
    figure.savefig(path, dpi=120, format="png")


def _panel(panel: Any, groups: Sequence[Group]) -> None:
    scenario = groups[0].scenario
    for colour, group in zip(COLOURS * len(groups), groups, strict=False):
        curves = [[(p["frames"] / 1e6, p["evaluation"]) for p in row["curve"]] for row in group.rows if row["curve"]]
        for curve in curves:
            panel.plot(*zip(*curve, strict=True), color=colour, linewidth=0.6, alpha=0.5)
        if curves:
            x, mean, low, high = mean_curve(curves)
            panel.plot(x, mean, color=colour, linewidth=1.8, label=group.label)
            panel.fill_between(x, low, high, color=colour, alpha=0.18, linewidth=0)
    if groups[0].published is not None:
        panel.axhline(groups[0].published, color="black", linewidth=1.0, linestyle="--", label="published")
    panel.set_title(scenario)
    panel.set_xlabel("world steps (millions)")
    panel.set_ylabel(SCENARIOS[scenario].metric.name if scenario in SCENARIOS else "metric")
    panel.grid(alpha=0.25)
    if panel.get_legend_handles_labels()[0]:
        panel.legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.17), frameon=False)  # below: it covers no curve
