"""Writes replay files while a match runs: frames are gathered into blocks, each deflated and written when full."""

from __future__ import annotations

import os
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from skyrally.atomic import PendingFile
from skyrally.errors import SkyrallyError, unknown
from skyrally.render import replay_file as layout
from skyrally.render.codec import CODECS, Shape, encode
from skyrally.render.sinks import FileSink
from skyrally.scenarios.stage import Frame, Stage


class ReplaySink(FileSink):
    """A .replay file. `header`: JSON values about the match (agents, seed); `codec`: "quantised", "coarse" or "lossless"."""

    def __init__(
        self,
        path: str | os.PathLike[str],
        stage: Stage,
        *,
        force: bool = False,
        header: Mapping[str, Any] | None = None,
        codec: str = "quantised",
    ) -> None:
        if codec not in CODECS:
            raise unknown("replay codec", codec, CODECS)
        self._stage, self._codec, self._header = stage, codec, header
        self._shape = Shape.of(stage, codec)
        self._per_block = layout.frames_per_block(self._shape)
        layout.header_bytes(stage, codec, header)  # refuses what is no JSON before a file is made
        self._waiting: list[Frame] = []
        self._entries: list[bytes] = []
        self._frames = 0
        self._file = PendingFile(path, force=force)
        self._out = self._file.temporary.open("wb")
        self._begun = False

    def _begin(self, world: np.dtype | None) -> None:
        """Writes the header, once it is known whether the frames bear their worlds."""
        if self._begun:
            return
        self._begun = True
        self._shape = Shape.of(self._stage, self._codec, world)
        self._per_block = layout.frames_per_block(self._shape)
        data = layout.header_bytes(self._stage, self._codec, self._header, self._shape.world)
        self._put(layout.START.pack(layout.MAGIC, layout.VERSION, len(data), zlib.crc32(data)) + data)

    def _put(self, data: bytes) -> None:
        try:
            self._out.write(data)
        except OSError as error:
            self.abort()
            raise SkyrallyError(f"cannot write {self._file.path}: {error.strerror or error}") from None

    def write(self, frame: Frame) -> None:
        if not self._file.open:
            raise SkyrallyError(f"{self._file.path} is closed already")
        drones, rotors = self._shape.drones, self._shape.rotors
        shapes = (np.shape(frame.pos), np.shape(frame.quat), np.shape(frame.rotor))
        if shapes != ((drones, 3), (drones, 4), (drones, rotors)):
            raise SkyrallyError(f"a frame of shapes {shapes} does not fit the stage: {drones} drones with {rotors} rotors")
        self._begin(None if frame.world is None else frame.world.dtype)
        stored = self._shape.world
        if stored is not None and (frame.world is None or frame.world.dtype != stored or frame.world.shape != (1,)):
            raise SkyrallyError(
                f"a frame bears another kind of world than the first frame, which bore one record of {stored.itemsize} bytes"
            )
        self._waiting.append(_copy(frame))
        if len(self._waiting) >= self._per_block:
            self._flush()

    def _flush(self) -> None:
        raw = encode(self._waiting, self._shape)
        packer = zlib.compressobj(9, zlib.DEFLATED, 15, 9, zlib.Z_FILTERED)
        data = packer.compress(raw) + packer.flush()
        count = len(self._waiting)
        self._entries.append(layout.ENTRY.pack(self._out.tell(), self._frames, count, self._waiting[0].rally))
        self._put(layout.CHUNK.pack(b"CHNK", count, len(raw), len(data), zlib.crc32(data)) + data)
        self._frames += count
        self._waiting = []

    def close(self) -> None:
        if not self._file.open:
            return
        try:
            self._begin(None)
            if self._waiting:
                self._flush()
            where, entries = self._out.tell(), b"".join(self._entries)
            self._put(layout.INDEX.pack(b"INDX", len(self._entries), zlib.crc32(entries)) + entries)
            self._put(layout.FOOT.pack(where, layout.END))
            self._out.close()
            self._file.commit()
        except OSError as error:
            raise SkyrallyError(f"cannot write {self._file.path}: {error.strerror or error}") from None
        finally:
            self.abort()

    def abort(self) -> None:
        with suppress(OSError):  # a full disk: the file goes anyway
            self._out.close()
        self._file.abort()


def _copy(frame: Frame) -> Frame:
    """The frame as it is now: callers may write the next one into the same arrays."""
    return replace(
        frame,
        pos=np.array(frame.pos, float),
        quat=np.array(frame.quat, float),
        rotor=np.array(frame.rotor, float),
        ball=None if frame.ball is None else np.array(frame.ball, float),
        contacts=list(frame.contacts),
        lines=list(frame.lines),
        pillars=np.array(frame.pillars, float),
        marks=np.array(frame.marks, float),
        tiles=np.array(frame.tiles, float),
        links=np.array(frame.links, float),
        discs=np.array(frame.discs, float),
        world=None if frame.world is None else frame.world.copy(),
    )
