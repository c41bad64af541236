"""Where frames can go: `open_sink` chooses by the file's suffix. All sinks stream, and their file appears only when closed well."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from skyrally.errors import SkyrallyError, unknown
from skyrally.scenarios.stage import Frame, Stage

SUFFIXES = (".mp4", ".gif", ".png", ".replay", ".html")


class Sink(Protocol):
    """Takes the frames of one stage. As a context manager it closes on success and aborts on any exception, an interrupt too."""

    def write(self, frame: Frame) -> None:
        """Takes the next frame."""
        ...

    def close(self) -> None:
        """Completes the file and puts it at its place."""
        ...

    def abort(self) -> None:
        """Leaves nothing behind; harmless when repeated or after `close`."""
        ...

    def __enter__(self) -> Sink: ...

    def __exit__(self, kind: object, error: object, trace: object) -> None: ...


class FileSink:
    """What all sinks share: once closed or aborted they are done, and leaving a `with` block in trouble aborts."""

    def write(self, frame: Frame) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

    def abort(self) -> None:
        raise NotImplementedError

    def __enter__(self) -> FileSink:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            self.close()
        else:
            self.abort()


def open_sink(
    path: str | os.PathLike[str],
    stage: Stage,
    *,
    force: bool = False,
    camera: str = "orbit",
    size: tuple[int, int] = (960, 540),
    header: Mapping[str, Any] | None = None,
    **options: Any,
) -> Sink:
    """A sink for `path`: .mp4, .gif, .png (a picture of the last frame), .replay (data) or .html (a page that plays the replay in it).

    `header` (agents, seed, ...: JSON values) goes into replays. `options`: `fps` for videos, `at` (frame number) for pictures, `painter`
    (what makes either: a class of renderers.py), `codec` (a name in codec.py) for replays and pages. SkyrallyError for another suffix, an
    existing file without `force`, an unwritable folder, an unknown camera.
    """
    suffix = Path(path).suffix.lower()
    if suffix == ".replay":
        from skyrally.render.recorder import ReplaySink

        return ReplaySink(path, stage, force=force, header=header, **options)
    if suffix == ".html":
        from skyrally.render.page import PageSink

        return PageSink(path, stage, force=force, header=header, **options)
    if suffix not in SUFFIXES:
        if not suffix:
            raise SkyrallyError(f"{str(path)!r} has no suffix; known: {', '.join(SUFFIXES)}")
        raise unknown("kind of output", suffix, SUFFIXES)
    from skyrally.render import video

    sink = {".mp4": video.Mp4Sink, ".gif": video.GifSink, ".png": video.PictureSink}[suffix]
    return sink(path, stage, force=force, camera=camera, size=size, **options)
