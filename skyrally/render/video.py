"""Frames to video files and pictures: drawn and encoded one by one, so that memory does not grow with length."""

from __future__ import annotations

import math
import os
from contextlib import suppress
from fractions import Fraction
from typing import Any

import av
import av.filter
import av.filter.context

from skyrally.atomic import PendingFile
from skyrally.errors import SkyrallyError
from skyrally.render.painter import Painter
from skyrally.render.pg import pygame
from skyrally.render.sinks import FileSink
from skyrally.scenarios.stage import Frame, Stage

MP4_FPS = 50  # pictures per second: one per control step
GIF_FPS = 25  # GIF counts time in hundredths of a second, so 25, 20 and 50 are exact
MP4_QUALITY = "21"  # x264 constant rate factor: lower is better and larger
MP4_EFFORT = "veryfast"
GIF_COLOURS = 256
GIF_HELD = 12  # pictures from which the palette is found: they wait in memory


class Pacer:
    """How many pictures to give out for each frame, so that `fps` pictures make one second of the world's time."""

    def __init__(self, dt: float, fps: float) -> None:
        self._ratio, self._seen, self._given = dt * fps, 0, 0

    def take(self) -> int:
        """Pictures due with the next frame: 0 when frames come faster than pictures, 2 or more when slower."""
        due = math.ceil((self._seen + 1) * self._ratio - 1e-9) - self._given
        self._seen += 1
        self._given += due
        return due


class _VideoSink(FileSink):
    """A painter, an encoder and a file in the making."""

    def __init__(
        self,
        path: str | os.PathLike[str],
        stage: Stage,
        *,
        force: bool = False,
        camera: str = "orbit",
        size: tuple[int, int] = (960, 540),
        fps: float | None = None,
        density: bool = False,
        painter: type[Painter] = Painter,
    ) -> None:
        rate = self._default_fps if fps is None else fps
        if not 1 <= rate <= 100:
            raise SkyrallyError(f"fps is {rate}; expected 1 to 100")
        self._fps = Fraction(rate).limit_denominator(1000)
        self._painter = painter(stage, (size[0] + size[0] % 2, size[1] + size[1] % 2), camera)  # 4:2:0 colour needs even sides
        self._painter.density = density
        self._surface = pygame.Surface(self._painter.size, 0, 32)
        self._pacer, self._pictures = Pacer(stage.dt, float(self._fps)), 0
        self._file = PendingFile(path, force=force)
        try:
            self._open()
        except BaseException:
            self._file.abort()
            raise

    _default_fps: float = MP4_FPS

    def _open(self) -> None:
        raise NotImplementedError

    def _encode(self, picture: av.VideoFrame | None) -> None:
        """Takes a picture; None ends the stream."""
        raise NotImplementedError

    def write(self, frame: Frame) -> None:
        if not self._file.open:
            raise SkyrallyError(f"{self._file.path} is closed already")
        self._painter.observe(frame)
        due = self._pacer.take()
        if not due:
            return
        self._painter.paint(self._surface)
        pixels = pygame.surfarray.pixels2d(self._surface)  # [width, height], 0xAARRGGBB
        pixels |= 0xFF000000  # opaque, or a GIF would show nothing
        data = pixels.T.view("u1").reshape(self._surface.get_height(), -1, 4)
        for _ in range(due):
            picture = av.VideoFrame.from_ndarray(data, format="bgra")
            picture.pts, picture.time_base = self._pictures, 1 / self._fps
            self._pictures += 1
            self._encode(picture)

    def close(self) -> None:
        if not self._file.open:
            return
        try:
            if not self._pictures:
                raise SkyrallyError(f"no frames were written to {self._file.path}; nothing is left there")
            self._encode(None)
            self._container.close()
            self._file.commit()
        except OSError as error:
            raise SkyrallyError(f"cannot write {self._file.path}: {error}") from None
        finally:
            self.abort()

    def abort(self) -> None:
        if self._file.open:
            with suppress(Exception):  # an unfinished container may refuse; its file goes anyway
                self._container.close()
            self._file.abort()

    _container: Any
    _stream: Any


class Mp4Sink(_VideoSink):
    """H.264 in an .mp4 that plays everywhere and starts before it is loaded."""

    _default_fps = MP4_FPS

    def _open(self) -> None:
        self._container = av.open(str(self._file.temporary), "w", format="mp4", options={"movflags": "faststart"})
        quality = {"crf": MP4_QUALITY, "preset": MP4_EFFORT, "tune": "animation"}
        self._stream = self._container.add_stream("libx264", rate=self._fps, options=quality)
        self._stream.width, self._stream.height = self._painter.size
        self._stream.pix_fmt = "yuv420p"

    def _encode(self, picture: av.VideoFrame | None) -> None:
        self._container.mux(self._stream.encode(picture))


class GifSink(_VideoSink):
    """An endlessly repeating .gif.

    One palette, found from the first few pictures, serves all: what stands still keeps its colours, so that only what moves is stored.
    """

    _default_fps = GIF_FPS

    def _open(self) -> None:
        self._container = av.open(str(self._file.temporary), "w", format="gif")
        self._stream = self._container.add_stream("gif", rate=self._fps)
        self._stream.width, self._stream.height = self._painter.size
        self._stream.pix_fmt = "pal8"
        self._held: list[av.VideoFrame] = []  # the pictures that wait for the palette
        self._index: _Indexer | None = None

    def _encode(self, picture: av.VideoFrame | None) -> None:
        self._held += [] if picture is None else [picture]
        if self._index is None:
            if picture is not None and len(self._held) < GIF_HELD:
                return
            self._index = _Indexer(_palette(self._held))
        for held in self._held:
            self._container.mux(self._stream.encode(self._index(held)))
        self._held = []
        if picture is None:
            self._container.mux(self._stream.encode(None))


def _input(graph: av.filter.Graph, like: av.VideoFrame) -> av.filter.context.FilterContext:
    """The place where pictures like this one enter a filter graph."""
    return graph.add_buffer(width=like.width, height=like.height, format=like.format, time_base=like.time_base)


def _palette(pictures: list[av.VideoFrame]) -> av.VideoFrame:
    """The colours that serve all these pictures best, as a picture of 16 x 16."""
    graph = av.filter.Graph()
    source, out = _input(graph, pictures[0]), graph.add("buffersink")
    find = graph.add("palettegen", f"stats_mode=full:reserve_transparent=0:max_colors={GIF_COLOURS}")
    source.link_to(find)
    find.link_to(out)
    graph.configure()
    for picture in pictures:
        source.push(picture)
    source.push(None)
    found = out.pull()
    assert isinstance(found, av.VideoFrame)
    return found


class _Indexer:
    """Draws pictures with the colours of a palette."""

    def __init__(self, palette: av.VideoFrame) -> None:
        self._palette, self._source, self._out = palette, None, None

    def _start(self, like: av.VideoFrame) -> None:
        self._graph = graph = av.filter.Graph()
        self._palette.pts, self._palette.time_base = 0, like.time_base
        self._source, colours, self._out = _input(graph, like), _input(graph, self._palette), graph.add("buffersink")
        use = graph.add("paletteuse", "dither=bayer:bayer_scale=4")
        self._source.link_to(use, 0, 0)
        colours.link_to(use, 0, 1)
        use.link_to(self._out)
        graph.configure()
        colours.push(self._palette)
        colours.push(None)

    def __call__(self, picture: av.VideoFrame) -> av.VideoFrame:
        if self._source is None:
            self._start(picture)
        assert self._source is not None
        assert self._out is not None
        self._source.push(picture)
        indexed = self._out.pull()
        assert isinstance(indexed, av.VideoFrame)
        return indexed


class PictureSink(FileSink):
    """One picture as .png: of frame number `at`, or of the last frame."""

    def __init__(
        self,
        path: str | os.PathLike[str],
        stage: Stage,
        *,
        force: bool = False,
        camera: str = "orbit",
        size: tuple[int, int] = (960, 540),
        at: int | None = None,
        painter: type[Painter] = Painter,
    ) -> None:
        self._painter, self._at, self._seen = painter(stage, size, camera), at, 0
        self._file = PendingFile(path, force=force)

    def write(self, frame: Frame) -> None:
        if not self._file.open:
            raise SkyrallyError(f"{self._file.path} is closed already")
        if self._at is None or self._seen <= self._at:
            self._painter.observe(frame)
        self._seen += 1

    def close(self) -> None:
        if not self._file.open:
            return
        try:
            if self._seen <= (self._at or 0):
                raise SkyrallyError(f"there is no frame {self._at or 0}: {self._seen} were written; nothing is left at {self._file.path}")
            surface = pygame.Surface(self._painter.size, 0, 32)
            self._painter.paint(surface)
            with self._file.temporary.open("wb") as out:
                pygame.image.save(surface, out, "picture.png")
            self._file.commit()
        except (OSError, pygame.error) as error:
            raise SkyrallyError(f"cannot write {self._file.path}: {error}") from None
        finally:
            self._file.abort()

    def abort(self) -> None:
        self._file.abort()
