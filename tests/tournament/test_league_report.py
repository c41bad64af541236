"""Tournament reports: what stands in the results stands in the page, words stay words, the weight holds, and replays play in it."""

from __future__ import annotations

import base64
import json
import math
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from browser import Watched, chromium

from skyrally.errors import SkyrallyError
from skyrally.render import open_replay, open_sink
from skyrally.render.page import viewer_code
from skyrally.scenarios.stage import Court, Frame, Stage
from skyrally.tournament.report import write_report
from skyrally.tournament.report_page import html, replays
from skyrally.tournament.report_words import many, number

NAMES = ["zoo:ace", "scripted:rally", "</script><b>|evil|</b> & {{code}}"]
SHARES = [[None, 0.6, 0.95], [0.4, None, 0.8], [0.05, 0.2, None]]


def entrant(k: int) -> dict:
    """The entrant of rank k + 1."""
    worst = min((share, j) for j, share in enumerate(SHARES[k]) if share is not None)[1]
    scores = {
        "rating": 100.0 - 100.0 * k,
        "low": 60.0 - 110.0 * k,
        "high": 150.0 - 90.0 * k,
        "elo": 1500.0,
        "openskill": None if k == 2 else 25.5,
    }
    risk = {
        "variance": 0.01,
        "worst": NAMES[worst],
        "worst_share": SHARES[k][worst],
        "quantile": 0.25,
        "sharpe": math.inf if k == 0 else -0.5,
    }
    played = {"won": 4 - k, "lost": k, "drawn": 0, "faults": k, "share": 0.5, "alpha_rank": 0.9, "nash": 1.0, "best": 0.75}
    return {"name": NAMES[k], "spec": NAMES[k], "hash": "ab" * 32, "rank": k + 1, **scores, **risk, **played}


@pytest.fixture
def results() -> dict:
    """Three entrants, six matches."""
    pairs = [(0, 1), (0, 2), (1, 2), (1, 0), (2, 0), (2, 1)]
    matches = [
        {
            "id": k + 1,
            "round": k // 3 + 1,
            "home": NAMES[i],
            "away": NAMES[j],
            "score": [3, k % 3],
            "points": 3,
            "draws": 0,
            "touches": 7.25,
            "crossings": 2.5,
            "seconds": 65.0,
            "faults": ["time"] if k == 4 else [],
            "replay": None,
        }
        for k, (i, j) in enumerate(pairs)
    ]
    return {
        "title": "Cup <of> three",
        "scenario": "volleyball-3v3",
        "options": {"rules": "sport"},
        "format": "round robin",
        "points": 3,
        "entrants": [entrant(k) for k in range(3)],
        "cross": [list(row) for row in SHARES],
        "matches": matches,
        "faults": [{"match": 5, "entrant": NAMES[2], "what": "no action within 50 ms <img src=x onerror=alert(1)>"}],
        "settle": [
            {"home": NAMES[0], "away": NAMES[1], "matches": 14},
            {"home": NAMES[0], "away": NAMES[2], "matches": 0},
            {"home": NAMES[1], "away": NAMES[2], "matches": None},
        ],
    }


def record(path, frames: int) -> None:
    """Two drones that wander at random (which packs badly), and a point after every 100 frames."""
    stage = Stage(
        "toy", ("red_0", "blue_0"), (0, 1), 0.02, Court(6.0, 3.0, 2.43), 0.1, ((0.2, 0.2), (-0.2, -0.2)), (1.0, -1.0), 0.1, 0.26, 0.05, 0.2
    )
    rng = np.random.default_rng(frames)
    with open_sink(path, stage) as sink:
        for k in range(frames):
            pos = np.array([[1.5, 0.0, 1.5], [-1.5, 0.0, 1.5]]) + 0.2 * rng.standard_normal((2, 3))
            quat = np.tile([1.0, 0.0, 0.0, 0.0], (2, 1))
            told = {"score": (k // 100, 0), "rally": k // 100, "title": "a vs b", "lines": ["red serves"] if k % 100 == 0 else []}
            sink.write(Frame(k % 100, pos, quat, np.full((2, 2), 0.5), np.array([0.01 * (k % 100), 0.0, 2.0]), **told))


@pytest.fixture
def league(results, tmp_path):
    """The results with replays of matches 1 and 3."""
    (tmp_path / "replays").mkdir()
    for k, frames in ((0, 150), (2, 600)):
        results["matches"][k]["replay"] = f"replays/{k}.replay"
        record(tmp_path / f"replays/{k}.replay", frames)
    return results


class Cells(HTMLParser):
    """The words of a page's table cells and scripts, and the names of all its elements."""

    def __init__(self, text: str):
        super().__init__()
        self.cells, self.scripts, self.tags, self._in = [], {}, [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self._in = tag if tag in ("td", "script") else self._in
        self._script = dict(attrs).get("id") or f"replay {dict(attrs).get('data-match')}"
        if tag == "td":
            self.cells.append("")

    def handle_endtag(self, tag):
        self._in = "" if tag == self._in else self._in

    def handle_data(self, data):
        if self._in == "td":
            self.cells[-1] += data
        if self._in == "script":
            self.scripts[self._script] = data


def test_the_page_tells_the_results(league, tmp_path):
    page = Cells(write_report(league, tmp_path, tmp_path / "report.html").read_text())
    for word in (
        *NAMES,
        "100",
        "60",
        "150",
        "25.5",
        "95",
        "40",
        "14",
        "no number would (even)",
        league["faults"][0]["what"],
        "\N{EN DASH}",
    ):
        assert word in page.cells, word
    assert "settled" not in page.cells
    listed = json.loads(page.scripts["skyrally-matches"])
    assert listed["names"] == NAMES
    assert [row[0] for row in listed["rows"]] == [1, 2, 3, 4, 5, 6]
    assert listed["rows"][4] == [5, 2, 2, 0, 3, 1, 0, 7.2, 260.0, 1, 0]
    assert page.scripts["skyrally-code"] == viewer_code()
    assert not {"img", "of"} & set(page.tags)


def test_names_are_words_and_never_html(league, tmp_path):
    text = write_report(league, tmp_path, tmp_path / "report.html").read_text().replace(viewer_code(), "")
    assert "<b>|evil|" not in text
    assert "<img" not in text
    assert "<of>" not in text
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?!#)""", text)


def test_replays_are_in_the_page_and_share_one_viewer(league, tmp_path):
    page = Cells(write_report(league, tmp_path, tmp_path / "report.html").read_text())
    assert base64.b64decode(page.scripts["replay 1"]) == (tmp_path / "replays/0.replay").read_bytes()
    assert [row[-1] for row in json.loads(page.scripts["skyrally-matches"])["rows"]] == [1, 0, 1, 0, 0, 0]
    assert page.tags.count("script") == 4


def test_the_weight_holds_and_small_replays_leave_room(league, tmp_path):
    bare = len(html({**league, "matches": [{**match, "replay": None} for match in league["matches"]]}, tmp_path).encode())
    sizes = [(tmp_path / f"replays/{k}.replay").stat().st_size for k in (0, 2)]
    weight = bare + round(4 / 3 * (sizes[0] + 0.3 * sizes[1])) + 600
    text = html(league, tmp_path, weight)
    assert len(text.encode()) <= weight
    page = Cells(text)
    assert base64.b64decode(page.scripts["replay 1"]) == (tmp_path / "replays/0.replay").read_bytes()
    (tmp_path / "thin.replay").write_bytes(base64.b64decode(page.scripts["replay 3"]))
    with open_replay(tmp_path / "thin.replay") as replay:
        assert replay.frame(len(replay) - 1).score == (5, 0)
        assert replay.header["codec"] == "coarse"


def test_every_pair_is_shown_before_any_twice(league, tmp_path, monkeypatch):
    monkeypatch.setattr("skyrally.tournament.report_page.REPLAYS", 3)
    for match in league["matches"]:
        match["replay"] = "replays/0.replay"
    assert set(replays(league["matches"], tmp_path, 10**6)) == {1, 2, 3}


def test_markdown(league, tmp_path):
    text = write_report(league, tmp_path, tmp_path / "report.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("| 1 ")]
    assert rows[0].startswith("| 1 | zoo:ace | 100 | 60 | 150 | 75 | 4 | 0 | 0 | 50.0 |")
    assert "<img" not in re.sub(r"\\<", "", text)
    assert "\\<b\\>\\|evil\\|" in text
    assert "| zoo:ace | scripted:rally | 14 |" in text


def test_json(league, tmp_path):
    got = json.loads(write_report(league, tmp_path, tmp_path / "report.json").read_text())
    assert got["entrants"][0]["sharpe"] is None
    assert got["matches"] == league["matches"]
    assert got["cross"] == SHARES


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda r: r.pop("cross"), "lack cross"),
        (lambda r: r["cross"].pop(), "does not fit 3 entrants"),
        (lambda r: r["entrants"][1].update(name="zoo:ace"), "one name"),
        (lambda r: r["matches"][0].update(home="zoo:acf"), "zoo:ace"),
        (lambda r: r["matches"][0].update(replay="../outside.replay"), "no replay"),
        (lambda r: r["matches"][0].update(replay="replays/none.replay"), "no replay"),
    ],
)
def test_wrong_results_are_one_clear_line(league, tmp_path, change, says):
    (tmp_path.parent / "outside.replay").write_bytes((tmp_path / "replays/0.replay").read_bytes())
    change(league)
    with pytest.raises(SkyrallyError, match=says):
        write_report(league, tmp_path, tmp_path / "report.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["replays"]


def test_other_endings_and_existing_files(league, tmp_path):
    with pytest.raises(SkyrallyError, match="html"):
        write_report(league, tmp_path, tmp_path / "report.htm")
    (tmp_path / "report.md").write_text("mine")
    with pytest.raises(SkyrallyError, match="exists"):
        write_report(league, tmp_path, tmp_path / "report.md")
    assert (tmp_path / "report.md").read_text() == "mine"


def test_an_empty_league_has_a_report(results, tmp_path):
    empty = results | {"entrants": [], "cross": [], "matches": [], "faults": [], "settle": []}
    for ending in ("html", "md", "json"):
        assert write_report(empty, tmp_path, tmp_path / f"report.{ending}").stat().st_size > 100


def test_numbers_in_words():
    assert [number(value, 0) for value in (None, math.nan, -0.2, -12.4, 7.6)] == [
        "\N{EN DASH}",
        "\N{EN DASH}",
        "0",
        "\N{MINUS SIGN}12",
        "8",
    ]
    assert [many(value) for value in (0, None, 3)] == ["settled", "no number would (even)", "3"]


def test_replays_play_in_the_page(league, tmp_path):
    path = write_report(league, tmp_path, tmp_path / "report.html")
    with chromium() as browser:
        seen = Watched(browser, path, 900, 700)
        assert seen.page.locator(".match").count() == 2  # the recorded ones first
        seen.page.locator(".match .play").first.click()
        seen.until("skyrally.viewer?.time > 0.1")
        assert seen.ask("skyrally.viewer.recording.length") == 150
        seen.page.keyboard.press("Escape")
        seen.until("!document.querySelector('dialog').open")
        seen.page.locator("td[data-pair='0,2']").click()
        assert [text.split("\n")[0] for text in seen.page.locator(".match").all_inner_texts()] == ["#2", "#5"]
        seen.page.locator(".match input, .filter input").first.check()
        assert "No match fits." in seen.page.locator(".matches").inner_text()
        seen.page.locator("#standings th button", has_text="rating").click()
        seen.page.locator("#standings th button", has_text="rating").click()
        assert seen.page.locator("#standings tbody tr").first.locator("td").first.inner_text() == "3"
        assert seen.ask("document.documentElement.scrollWidth") <= 900
        assert seen.quiet()
