"""What a run shows while it trains: a live panel in a terminal, one line now and then elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from statistics import fmean
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.table import Table

LINES_EVERY = 10.0  # s, outside a terminal
BARS = "▁▂▃▄▅▆▇█"
SHOWN = (
    ("metric", "metric", ".2f"),
    ("return", "return", ".1f"),
    ("length", "episode length", ".0f"),
    ("evaluation/metric", "evaluated metric", ".2f"),
    ("entropy", "entropy", ".2f"),
    ("loss/policy", "policy loss", ".4f"),
    ("loss/value", "value loss", ".4f"),
    ("kl", "KL", ".4f"),
    ("explained", "explained variance", ".3f"),
)


class Panel:
    """Shows a run's rows: frames/s, time left, and what is learned."""

    def __init__(self, title: str, frames: int, console: Console, live: Live | None = None):
        self.title, self.frames, self.console, self.live = title, frames, console, live
        self.last: dict[str, Any] = {}
        self.curve: list[float] = []  # the metric, row by row
        self._told = -LINES_EVERY

    def show(self, row: Mapping[str, Any]) -> None:
        """Takes a row of metrics; values that a row lacks stay as they were."""
        before = self.last
        self.last = {**before, **row}
        self.last["speed"] = _speed(before, row)
        if "metric" in row:
            self.curve.append(row["metric"])
        if self.live:
            self.live.update(self._table())
        elif perf_counter() - self._told >= LINES_EVERY or "evaluation/metric" in row or row["frames"] >= self.frames:
            self._told = perf_counter()
            self.console.print(self._line(), highlight=False, soft_wrap=True)

    def _left(self) -> str:
        rest = max(0, self.frames - self.last["frames"])
        return clock(rest / self.last["speed"]) if self.last["speed"] else "-"

    def _values(self) -> Iterator[tuple[str, str]]:
        last = self.last
        yield "frames", f"{_count(last['frames'])} of {_count(self.frames)}"
        yield "frames/s", f"{last['speed']:,.0f}" if last["speed"] else "-"
        yield "time", f"{clock(last['seconds'])}, left {self._left()}"
        for key, name, form in SHOWN:
            if key in last:
                yield name, format(last[key], form)

    def _table(self) -> Table:
        table = Table(title=self.title, caption="Ctrl-C stops, `skyrally resume` goes on", show_header=False, min_width=44)
        for name, value in self._values():
            table.add_row(name, value)
        if self.curve:
            table.add_row("metric so far", sparkline(self.curve))
        return table

    def _line(self) -> str:
        return "  ".join(f"{name} {value}" for name, value in self._values())


def _speed(before: Mapping[str, Any], row: Mapping[str, Any]) -> float:
    """Frames per second, smoothed over about ten rows."""
    if not before:
        return 0.0
    now = (row["frames"] - before["frames"]) / max(row["seconds"] - before["seconds"], 1e-9)
    return now if not before["speed"] else 0.9 * before["speed"] + 0.1 * now


def _count(frames: int) -> str:
    return f"{frames / 1e6:.2f}M" if frames >= 10_000 else f"{frames:,}"


def sparkline(values: Sequence[float], width: int = 24) -> str:
    """A curve in one line of text, from its lowest to its highest value; many values are averaged over stretches."""
    pieces = min(width, len(values))
    edges = [k * len(values) // pieces for k in range(pieces + 1)]
    means = [fmean(values[start:end]) for start, end in pairwise(edges)]
    low, span = min(means), max(means) - min(means)
    return "".join(BARS[round((mean - low) / span * (len(BARS) - 1)) if span else 0] for mean in means)


def clock(seconds: float) -> str:
    """Seconds as h:mm:ss."""
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


@contextmanager
def panel(title: str, frames: int) -> Iterator[Panel]:
    """The panel of a run, on standard error."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Panel(title, frames, console)
        return
    with Live(console=console, refresh_per_second=4) as live:
        yield Panel(title, frames, console, live)
