"""Reads replay files: any frame by its number, or all in turn. A broken file gives one clear error, and nothing in it is executed."""

from __future__ import annotations

import os
import zlib
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from skyrally.errors import SkyrallyError
from skyrally.render import replay_file as layout
from skyrally.render.codec import NOTES_LIMIT, Shape, decode
from skyrally.scenarios.stage import Frame, Stage

KEPT = 3  # decoded blocks kept in memory


class _Entry(NamedTuple):
    offset: int
    first: int
    frames: int
    rally: int


def open_replay(path: str | os.PathLike[str]) -> Replay:
    """Opens a replay. SkyrallyError when there is no such file or it is not a whole replay of a known version."""
    try:
        file = open(path, "rb")  # noqa: SIM115 - the replay closes it
    except OSError as error:
        raise SkyrallyError(f"cannot read {os.fspath(path)}: {error.strerror or error}") from None
    try:
        return Replay(Path(path), file)
    except BaseException:
        file.close()
        raise


class Replay:
    """An open replay: `stage`, `header` (its JSON), `len`, `frame(k)`, iteration. Close it, or use it in a `with` block."""

    stage: Stage
    header: dict[str, Any]

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path, self._file = path, file
        self._size = file.seek(0, os.SEEK_END)
        self._read_header()
        self._shape = Shape.of(self.stage, self.header["codec"], self._world)
        self._entries = self._read_index()
        self._firsts = [entry.first for entry in self._entries]
        self._blocks: OrderedDict[int, list[Frame]] = OrderedDict()

    def _bad(self, got: str) -> SkyrallyError:
        return SkyrallyError(f"{self.path} {got}; record or copy it again")

    def _bytes(self, offset: int, count: int, what: str) -> bytes:
        """Bytes of the file; SkyrallyError when it has not so many, before anything is allocated."""
        if count > self._size - offset or offset < 0:
            raise self._bad(f"is cut off: {what} needs {count} bytes at {offset}, the file has {self._size}")
        self._file.seek(offset)
        data = self._file.read(count)
        if len(data) != count:
            raise self._bad(f"is cut off: {what} needs {count} bytes at {offset}")
        return data

    def _read_header(self) -> None:
        lead = self._bytes(0, min(self._size, 8), "its start")
        if not lead or not layout.MAGIC.startswith(lead):
            expected = f"it begins with {lead!r}, expected {layout.MAGIC!r}"
            raise SkyrallyError(f"{self.path} is not a replay: {expected}; give a .replay file of skyrally")
        _, version, length, crc = layout.START.unpack(self._bytes(0, layout.START.size, "its start"))
        if version > layout.VERSION:
            expected = f"this skyrally reads up to {layout.VERSION}"
            raise SkyrallyError(f"{self.path} is a replay of version {version}, {expected}; install a newer skyrally")
        if version < 1 or length > layout.HEADER_LIMIT:
            raise self._bad(f"is damaged: version {version} with a header of {length} bytes")
        data = self._bytes(layout.START.size, length, "its header")
        if zlib.crc32(data) != crc:
            raise self._bad("is damaged: its header's checksum is wrong")
        try:
            self.header, self.stage = layout.parse_header(data)
            self._world = layout.world_record(self.header)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise self._bad(f"has a header that makes no sense ({type(error).__name__}: {str(error)[:120]})") from None
        self._body = layout.START.size + length

    def _read_index(self) -> list[_Entry]:
        foot = self._size - layout.FOOT.size
        where, mark = layout.FOOT.unpack(self._bytes(foot, layout.FOOT.size, "its end"))
        if mark != layout.END:
            raise self._bad(f"is cut off: its {self._size} bytes do not close with the end mark")
        tag, count, crc = layout.INDEX.unpack(self._bytes(where, layout.INDEX.size, "its index"))
        if tag != b"INDX" or where + layout.INDEX.size + count * layout.ENTRY.size != foot:
            raise self._bad("is damaged: its index does not fit the file")
        data = self._bytes(where + layout.INDEX.size, count * layout.ENTRY.size, "its index")
        if zlib.crc32(data) != crc:
            raise self._bad("is damaged: its index's checksum is wrong")
        entries = [_Entry(*fields) for fields in layout.ENTRY.iter_unpack(data)]
        frames, offset = 0, self._body
        for entry in entries:
            if entry.first != frames or entry.offset < offset or entry.frames < 1:
                raise self._bad("is damaged: its index is not in order")
            frames, offset = frames + entry.frames, entry.offset + layout.CHUNK.size
        self._length = frames
        return entries

    def __len__(self) -> int:
        return self._length

    def frame(self, k: int) -> Frame:
        """Frame k, 0 to len - 1 (IndexError beyond). SkyrallyError when its block is damaged."""
        if not 0 <= k < self._length:
            raise IndexError(f"frame {k} of a replay of {self._length} frames")
        block = bisect_right(self._firsts, k) - 1
        return self._block(block)[k - self._firsts[block]]

    def _block(self, number: int) -> list[Frame]:
        if number in self._blocks:
            self._blocks.move_to_end(number)
            return self._blocks[number]
        frames = self._read_block(self._entries[number])
        self._blocks[number] = frames
        if len(self._blocks) > KEPT:
            self._blocks.popitem(last=False)
        return frames

    def _read_block(self, entry: _Entry) -> list[Frame]:
        name = f"the block at frame {entry.first}"
        tag, count, length, packed, crc = layout.CHUNK.unpack(self._bytes(entry.offset, layout.CHUNK.size, name))
        numbers = self._shape.size(count)
        sound = tag == b"CHNK" and count == entry.frames and numbers <= max(layout.BLOCK_LIMIT, self._shape.size(1))
        if not sound or not numbers <= length <= min(numbers + NOTES_LIMIT, layout.RATIO * packed + 64):
            raise self._bad(f"is damaged: {name} claims {count} frames in {length} bytes")
        data = self._bytes(entry.offset + layout.CHUNK.size, packed, name)
        if zlib.crc32(data) != crc:
            raise self._bad(f"is damaged: the checksum of {name} is wrong")
        try:
            raw = zlib.decompressobj().decompress(data, length + 1)
            if len(raw) != length:
                raise ValueError(f"{len(raw)} bytes instead of {length}")
            return decode(raw, count, self._shape)
        except (zlib.error, KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
            raise self._bad(f"is damaged: {name} cannot be read ({str(error)[:120]})") from None

    def check(self) -> None:
        """Reads every block once. SkyrallyError when one of them is damaged."""
        for number in range(len(self._entries)):
            self._block(number)

    def first_of_rally_after(self, k: int) -> int:
        """The number of the first frame after k with another rally than frame k; the length when there is none."""
        rally = self.frame(k).rally
        return next((j for j in range(k + 1, self._length) if self.frame(j).rally != rally), self._length)

    def __iter__(self) -> Iterator[Frame]:
        return (self.frame(k) for k in range(self._length))

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def __enter__(self) -> Replay:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class ReplaySource:
    """A replay as something to watch."""

    def __init__(self, replay: Replay) -> None:
        self._replay, self._next = replay, 0

    @property
    def stage(self) -> Stage:
        """The replay's stage."""
        return self._replay.stage

    @property
    def title(self) -> str:
        """Who plays, as the first frame says."""
        return (self._replay.frame(0).title if len(self._replay) else "") or self.stage.scenario

    def __len__(self) -> int:
        return len(self._replay)

    @property
    def position(self) -> int:
        """The number of the frame that the next `read` gives."""
        return self._next

    def read(self) -> Frame | None:
        """The next frame, None at the end."""
        if self._next >= len(self._replay):
            return None
        self._next += 1
        return self._replay.frame(self._next - 1)

    def seek(self, k: int) -> None:
        """The next `read` gives frame k, brought within the replay."""
        self._next = min(max(int(k), 0), max(len(self._replay) - 1, 0))

    def restart(self) -> None:
        """Back to the first frame."""
        self._next = 0

    def next_rally(self) -> None:
        """On to the first frame of the next rally, or to the end."""
        if len(self._replay):
            self._next = self._replay.first_of_rally_after(min(max(self._next - 1, 0), len(self._replay) - 1))
