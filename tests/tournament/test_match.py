"""Matches: score, serve order, side swap, rows, and that they are the same whatever runs beside them."""

import math
from itertools import pairwise

import pytest

from skyrally.agents.spec import find_agent
from skyrally.errors import SkyrallyError
from skyrally.scenarios.registry import find
from skyrally.tournament.live import DrillSource, MatchSource
from skyrally.tournament.match import Fixture, Format, MatchRunner, Rally
from skyrally.tournament.statistics import summarise, wilson

pytestmark = pytest.mark.jit


def rows_of(matches=1, **form):
    return MatchRunner("volleyball-3v3", "scripted:rally", "hover", matches=matches, form=Format(**form), seed=2).play()


def test_a_match_ends_at_its_points_and_counts_right():
    rows = rows_of(matches=3, points=3)
    for match in range(3):
        own = [row for row in rows if row.match == match]
        assert [row.rally for row in own] == list(range(len(own)))
        score = [0, 0]
        for row in own:
            if row.winner >= 0:
                score[row.winner] += 1
            assert row.score == tuple(score)
        assert max(score) == 3


def test_winner_serves_or_serve_alternates():
    won = rows_of(points=4)
    for before, after in pairwise(won):
        assert after.server == (before.winner if before.winner >= 0 else before.server)
    alternate = rows_of(points=4, serve="alternate")
    assert [row.server for row in alternate] == [k % 2 for k in range(len(alternate))]


@pytest.mark.parametrize(("swap", "reds"), [("never", [0, 0, 0, 0]), ("rally", [0, 1, 0, 1]), ("half", [0, 0, 1, 1])])
def test_sides_swap(swap, reds):
    assert [row.red for row in rows_of(points=4, swap=swap)][:4] == reds


def test_a_match_is_the_same_alone_and_beside_others():
    alone, many = rows_of(points=2), rows_of(matches=4, points=2)
    assert alone == [row for row in many if row.match == 0]
    assert rows_of(points=2) == alone


def lined_up(fixtures, worlds):
    """The rallies of a line of fixtures among three agents, by fixture."""
    scenario = find("volleyball-3v3")
    agents = [find_agent(spec, scenario) for spec in ("scripted:rally", "hover", "scripted:rally")]
    runner = MatchRunner.of(scenario, agents, fixtures, worlds=worlds, form=Format(points=2), threads=1)
    rows = [(row.match, row.rally, row.winner, row.reason, row.red, row.server, row.steps, row.print) for row in runner.play()]
    return [[row[1:] for row in sorted(rows) if row[0] == k] for k in range(len(fixtures))]


def test_a_line_of_matches_gives_each_what_it_gives_alone():
    fixtures = [Fixture(0, 1, 11), Fixture(1, 2, 12, red=1), Fixture(0, 1, 13, server=1), Fixture(2, 1, 14, red=1, server=1)]
    fixtures.append(Fixture(1, 0, 15, rallies=1))
    together = lined_up(fixtures, worlds=2)
    assert together == [lined_up([fixture], worlds=1)[0] for fixture in fixtures]
    assert [rows[0][3:5] for rows in together] == [(f.red, f.server) for f in fixtures]
    assert len(together[-1]) == 1
    assert min(len(rows) for rows in together[:-1]) >= 2


def test_draws_are_called_off():
    runner = MatchRunner("volleyball-3v3", "hover", "hover", form=Format(points=50, max_rallies=3), seed=0)
    assert len(runner.play()) == 3
    assert runner.done


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: Format(points=0), "points is 0"),
        (lambda: Format(serve="winer"), "winner"),
        (lambda: Format(swap="halve"), "half"),
        (lambda: MatchRunner("hover", "random", "random"), "no match"),
        (lambda: DrillSource("volleyball-3v3", "hover"), "--red"),
    ],
)
def test_mistakes_are_one_clear_line(call, says):
    with pytest.raises(SkyrallyError, match=says):
        call()


def test_a_match_to_watch_restarts_and_skips():
    source = MatchSource("volleyball-3v3", "scripted:rally", "hover", form=Format(points=2), seed=4)
    frames = [source.read() for _ in range(30)]
    source.restart()
    again = source.read()
    assert frames[0] is not None
    assert again is not None
    assert (again.pos == frames[0].pos).all()
    assert again.lines[-1].endswith("to serve")
    source.next_rally()
    assert len(source.rows) == 1
    rest = list(iter(source.read, None))
    assert rest[-1].score is not None
    assert max(rest[-1].score) == 2


def test_a_drill_to_watch_reports_its_metric():
    source = DrillSource("hover", "hover", episodes=2, seed=1)
    frames = list(iter(source.read, None))
    assert len(source.metrics) == 2
    assert max(source.metrics) < 0.1
    assert {frame.rally for frame in frames} == {0, 1}


def test_wilson_interval_known_values():
    low, high = wilson(8, 10)  # Wilson 1927 as tabulated: 0.490, 0.943
    assert (round(low, 3), round(high, 3)) == (0.49, 0.943)
    assert wilson(0, 0) == (0.0, 1.0)


def test_summary_counts():
    row = Rally(0, 0, 0, "out", 0, 0, 50, 4, 2, (0, 1, 0, 1, 0, 0, 0, 1), (1, 0), 7)
    draw = Rally(0, 1, -1, "time", 0, 0, 150, 2, 0, (0, 0, 2, 0, 0, 0, 0, 1), (1, 0), 8)
    summary = summarise([row, draw])
    assert (summary.rallies, summary.draws, summary.distinct, summary.points) == (2, 1, 2, (1, 0))
    assert summary.win_rate == 1.0
    assert summary.crossings == 1.0
    assert summary.seconds == 2.0
    assert math.isclose(summary.three_touch, 1 / 4)
    with pytest.raises(ValueError, match="no rallies"):
        summarise([])
