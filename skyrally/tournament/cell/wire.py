"""What both sides of an isolated entrant say to each other: frames of a kind, a length and bytes, over a socket.

Numbers go as plain float32, words as JSON or text. Nothing is unpickled, and no frame is taken that is longer than what is expected:
the other side may be hostile.
"""

from __future__ import annotations

import socket
import struct
from time import monotonic

HEAD = struct.Struct("<cI")  # kind, length
START, ACT, HELLO, FAULT = b"S", b"A", b"H", b"F"
WORDS = 4096  # bytes of a greeting or a fault, at most
TEXT = 300  # characters kept of what a fault says


class Broken(Exception):
    """The other side is gone, or said what nobody says."""


class Late(Exception):
    """No whole frame came in time."""


def send(line: socket.socket, kind: bytes, *parts: bytes | memoryview, deadline: float | None = None) -> None:
    """Sends a frame. Late or Broken."""
    length = sum(memoryview(part).nbytes for part in parts)
    _until(line, deadline)
    try:
        line.sendall(b"".join((HEAD.pack(kind, length), *parts)))
    except TimeoutError:
        raise Late from None
    except OSError:
        raise Broken from None


def receive(line: socket.socket, limits: dict[bytes, int], deadline: float | None = None) -> tuple[bytes, bytes]:
    """(kind, bytes) of the next frame; `limits`: the kinds that may come and how many bytes they may have. Late or Broken."""
    kind, length = HEAD.unpack(_exactly(line, HEAD.size, deadline))
    if kind not in limits or length > limits[kind]:
        raise Broken(f"sent {length} bytes of kind {kind!r}, which nobody asked for")
    return kind, _exactly(line, length, deadline)


def _exactly(line: socket.socket, count: int, deadline: float | None) -> bytes:
    got = bytearray()
    while len(got) < count:
        _until(line, deadline)
        try:
            part = line.recv(count - len(got))
        except TimeoutError:
            raise Late from None
        except OSError:
            raise Broken from None
        if not part:
            raise Broken
        got += part
    return bytes(got)


def _until(line: socket.socket, deadline: float | None) -> None:
    """Lets the next call wait until the deadline (s, of `monotonic`); None: for ever."""
    if deadline is None:
        line.settimeout(None)
        return
    left = deadline - monotonic()
    if left <= 0.0:
        raise Late
    line.settimeout(left)
