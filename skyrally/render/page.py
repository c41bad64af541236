"""A replay as one HTML page that plays it: the viewer's code and the replay's bytes in one file, nothing fetched when it is opened.

The viewer is `web/` bundled into `render/web/viewer.js` (`make viewer`); `web/page.html` is the page around it.
"""

from __future__ import annotations

import base64
import os
import re
import tempfile
from collections.abc import Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from skyrally.atomic import PendingFile
from skyrally.render.recorder import ReplaySink
from skyrally.render.replay import ReplaySource, open_replay
from skyrally.render.sinks import FileSink
from skyrally.scenarios.stage import Frame, Stage

WEB = Path(__file__).parent / "web"


@cache
def viewer_code() -> str:
    """The viewer's script, to stand inline in a page as <script id="skyrally-code">."""
    return (WEB / "viewer.js").read_text("utf-8")


def page(replay: bytes, title: str, name: str) -> str:
    """The HTML of a page that plays a replay file's bytes. `name`: what it is called when saved, without a suffix."""
    values = {"title": escape(title), "name": escape(name), "replay": base64.b64encode(replay).decode(), "code": viewer_code()}
    template = (WEB / "page.html").read_text("utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda found: values[found[1]], template)


def write_page(replay: str | os.PathLike[str], out: str | os.PathLike[str], *, force: bool = False) -> Path:
    """Writes the page of a replay file. SkyrallyError when the file is no sound replay, or `out` exists without `force`."""
    path = Path(replay)
    file = PendingFile(out, force=force)
    try:
        with open_replay(path) as opened:
            title = ReplaySource(opened).title
            opened.check()
        file.temporary.write_text(page(path.read_bytes(), title, path.stem), "utf-8")
        file.commit()
    finally:
        file.abort()
    return Path(out)


class PageSink(FileSink):
    """An .html file that plays the frames written to it. Options as for a replay."""

    def __init__(
        self,
        path: str | os.PathLike[str],
        stage: Stage,
        *,
        force: bool = False,
        header: Mapping[str, Any] | None = None,
        codec: str = "quantised",
    ) -> None:
        self._file = PendingFile(path, force=force)
        self._folder = tempfile.TemporaryDirectory(prefix="skyrally-")
        self._replay = Path(self._folder.name) / f"{Path(path).stem}.replay"
        try:
            self._sink = ReplaySink(self._replay, stage, header=header, codec=codec)
        except BaseException:
            self.abort()
            raise

    def write(self, frame: Frame) -> None:
        self._sink.write(frame)

    def close(self) -> None:
        if not self._file.open:
            return
        try:
            self._sink.close()
            write_page(self._replay, self._file.temporary, force=True)
            self._file.commit()
        finally:
            self.abort()

    def abort(self) -> None:
        if hasattr(self, "_sink"):
            self._sink.abort()
        self._folder.cleanup()
        self._file.abort()
