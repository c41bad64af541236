"""Pages that play replays, as files: the viewer's bundle is of the sources it lies beside, and what was recorded is in the page."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from skyrally.errors import SkyrallyError
from skyrally.render import open_replay, open_sink, theme
from skyrally.render.page import WEB, viewer_code, write_page

SOURCES = Path(__file__).parents[2] / "web"


def record(path, stage, frames, **options):
    with open_sink(path, stage, **options) as sink:
        for frame in frames:
            sink.write(frame)
    return path


def replays_in(path: Path) -> list[bytes]:
    """The replays that a page holds."""
    text = path.read_text().replace(viewer_code(), "")
    return [base64.b64decode(found) for found in re.findall(r'<script type="text/plain" class="skyrally-replay"[^>]*>([^<]*)<', text)]


def test_the_bundle_is_up_to_date():
    names = sorted(["build.mjs", "package-lock.json", *(f"src/{path.name}" for path in (SOURCES / "src").iterdir())])
    total = hashlib.sha256()
    for name in names:
        total.update(name.encode() + b"\0" + (SOURCES / name).read_bytes() + b"\0")
    made_of = re.match(r"/\* skyrally viewer, made of (\w+) \*/", viewer_code())
    assert made_of is not None
    assert made_of[1] == total.hexdigest(), "web/ has changed since the viewer was bundled: make viewer"
    assert (WEB / "page.html").read_bytes() == (SOURCES / "src" / "page.html").read_bytes()


def test_the_viewer_has_the_colours_of_the_other_pictures():
    named = {name.lower(): value for name, value in vars(theme).items() if name.isupper() and isinstance(value, tuple)}
    colours = {name: value for name, value in named.items() if len(value) == 3 and all(isinstance(part, int) for part in value)}
    colours |= {name.replace(" ", "_"): value for name, value in theme.NAMED.items()}
    assert json.loads((SOURCES / "src" / "theme.json").read_text()) == {name: list(value) for name, value in colours.items()}


def test_the_bundle_can_stand_in_a_page():
    code = viewer_code()
    assert "</script" not in code.lower()
    assert "<!--" not in code
    assert "three.js authors" in code.lower()  # its licence asks for the notice


def test_a_page_holds_the_replay_to_the_byte(tmp_path, stage, match):
    replay = record(tmp_path / "a.replay", stage, match[:60])
    page = write_page(replay, tmp_path / "a.html")
    assert replays_in(page) == [replay.read_bytes()]
    assert not re.search(r"""(?:src|href)\s*=\s*["']""", page.read_text().replace(viewer_code(), ""))


def test_frames_can_be_written_into_a_page(tmp_path, stage, match):
    page = record(tmp_path / "a.html", stage, match[:60], header={"seed": 3})
    (tmp_path / "got.replay").write_bytes(replays_in(page)[0])
    with open_replay(tmp_path / "got.replay") as replay:
        assert len(replay) == 60
        assert replay.stage == stage
        assert replay.header["about"] == {"seed": 3}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "got.replay"]


def test_titles_are_words_and_never_html(tmp_path, stage, match):
    hostile = "</title><script>alert(1)</script>{{code}} & co"
    page = record(tmp_path / "a.html", stage, [replace(frame, title=hostile) for frame in match[:5]]).read_text()
    title = re.search(r"<title>(.*?)</title>", page)
    assert title is not None
    assert unescape(title[1]) == hostile
    assert "<script>alert" not in page


def test_damaged_and_existing_files(tmp_path, stage, match):
    replay = record(tmp_path / "a.replay", stage, match[:60])
    data = bytearray(replay.read_bytes())
    data[len(data) // 2] ^= 0x55
    (tmp_path / "bad.replay").write_bytes(bytes(data))
    with pytest.raises(SkyrallyError, match="damaged"):
        write_page(tmp_path / "bad.replay", tmp_path / "bad.html")
    (tmp_path / "kept.html").write_text("mine")
    with pytest.raises(SkyrallyError, match="exists"):
        write_page(replay, tmp_path / "kept.html")
    assert (tmp_path / "kept.html").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.replay", "bad.replay", "kept.html"]
