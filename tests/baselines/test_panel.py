"""What is shown of a run, in a terminal and elsewhere."""

from __future__ import annotations

import io

from rich.console import Console
from rich.live import Live

from skyrally.baselines.panel import Panel, clock, sparkline


def row(k, **more):
    return {"frames": 1_000_000 * k, "seconds": 20.0 * k, "metric": float(k), **more}


def test_outside_a_terminal_there_are_lines():
    file = io.StringIO()
    panel = Panel("it", 4_000_000, Console(file=file, width=200))
    panel.show(row(1))
    assert "frames 1.00M of 4.00M  frames/s -  time 0:00:20, left -  metric 1.00" in file.getvalue()
    panel.show(row(2))  # too soon for another line
    assert len(file.getvalue().splitlines()) == 1
    panel.show(row(3, **{"evaluation/metric": 2.5}))
    assert "frames/s 50,000  time 0:01:00, left 0:00:20" in file.getvalue()
    assert "evaluated metric 2.50" in file.getvalue()
    panel.show(row(4))
    assert len(file.getvalue().splitlines()) == 3


def test_in_a_terminal_there_is_a_panel():
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=80, height=40)
    with Live(console=console, auto_refresh=False) as live:
        panel = Panel("it", 4_000_000, console, live)
        panel.show(row(1))
        panel.show(row(2))
    text = file.getvalue()
    assert "2.00M of 4.00M" in text
    assert "▁█" in text
    assert "skyrally resume" in text


def test_sparklines_and_clocks():
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7]) == "▁▂▃▄▅▆▇█"
    assert sparkline([5.0]) == sparkline([-1.0]) == "▁"
    assert sparkline([0.0, 0.0, 1.0, 1.0], width=2) == "▁█"
    assert len(sparkline(range(1000))) == 24
    assert clock(3725.4) == "1:02:05"
