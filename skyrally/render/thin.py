"""Replays made small, for pages that hold many: every second frame, coarse numbers, and where that is too much the last rallies only."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from skyrally.render.recorder import ReplaySink
from skyrally.render.replay import Replay, open_replay
from skyrally.scenarios.stage import Frame, Stage

STEP = 0.04  # s between frames: the viewer draws straight lines between them, and a ball at 10 m/s bends its way by 8 mm in that time
USUAL = 0.45  # bytes of a thinned replay, of the bytes of the replay: with this guess most replays need to be thinned once
SPARE = 0.97  # of the bytes allowed: what is left out is estimated from the mean


SHORTEST = 25  # frames that are kept whatever the limit


class Thin(NamedTuple):
    """A replay made small."""

    data: bytes  # a whole replay file
    kept: float  # share of the frames' time that it holds, 1: all


def thin(path: str | os.PathLike[str], limit: int) -> Thin:
    """The replay file in at most `limit` bytes: as it is if it fits, else thinned, else its end thinned (half a second at least).

    SkyrallyError when it is no sound replay.
    """
    file = Path(path)
    size = file.stat().st_size
    with open_replay(file) as replay:
        if size <= limit:
            replay.check()
            return Thin(file.read_bytes(), 1.0)
        total = len(replay)
        first = 0 if USUAL * size <= limit else _start(replay, total, limit / (USUAL * size))
        data = _packed(replay, first)
        while len(data) > limit and first < total - SHORTEST:
            first = _start(replay, total - first, SPARE * limit / len(data))
            data = _packed(replay, first)
        return Thin(data, (total - first) / max(total, 1))


def _start(replay: Replay, held: int, share: float) -> int:
    """Where the last `share` of the last `held` frames begins, or the next rally where that costs less than half of what is left."""
    k = min(max(round(len(replay) - share * held), 0), len(replay) - 1)
    rally = replay.first_of_rally_after(k)
    return rally if len(replay) - rally > 0.5 * (len(replay) - k) else k


def _packed(replay: Replay, first: int) -> bytes:
    """The frames from `first` on, thinned, as a replay file."""
    every = max(1, round(STEP / replay.stage.dt))
    about: dict[str, Any] = {**replay.header.get("about", {}), "thinned": every, "from_frame": first}
    with tempfile.TemporaryDirectory(prefix="skyrally-") as folder:
        target = Path(folder) / "thin.replay"
        with ReplaySink(target, _slower(replay.stage, every), header=about, codec="coarse") as sink:
            for frame in _sparse((replay.frame(k) for k in range(first, len(replay))), every):
                sink.write(frame)
        return target.read_bytes()


def _slower(stage: Stage, every: int) -> Stage:
    return replace(stage, dt=stage.dt * every)


def _sparse(frames: Iterator[Frame], every: int) -> Iterator[Frame]:
    """One of `every` frames, counted from each rally's first; what happened in those left out is told by the next that is kept.

    What is left to tell after a rally's last kept frame goes with the next rally's first; at the very end the last frame is kept for it.
    """
    contacts, lines = [], []
    n, rally, frame = 0, None, None
    for frame in frames:
        if frame.rally != rally:
            n, rally = 0, frame.rally
        contacts += frame.contacts
        lines += frame.lines
        if n % every == 0:
            yield replace(frame, step=frame.step // every, contacts=contacts, lines=lines)
            contacts, lines = [], []
        n += 1
    if frame is not None and (contacts or lines):
        yield replace(frame, step=-(-frame.step // every), contacts=contacts, lines=lines)
