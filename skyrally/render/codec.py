"""Frames to bytes and back, a block of frames at a time: the numbers column by column, the rest (events, words, score) as JSON.

`quantised`: positions in millimetres, quaternions in 1/4096, throttles in 1/255; each column is replaced by its first or second
differences (flight is smooth, so these are near zero), split into byte planes, and the whole is deflated. `coarse`: the same in 4 mm,
1/512 and 1/15, for pages that hold many replays. `lossless`: the float64 values, byte planes only, and where frames bear their world's
record, that too (`Frame.world`), as what changed in its bytes: from any such frame the world can be played on, exactly.
"""

from __future__ import annotations

import json
import math
from typing import Any, NamedTuple

import numpy as np

from skyrally.errors import SkyrallyError
from skyrally.scenarios.stage import Frame, Stage

POS_UNIT = 1e-3  # m
QUAT_UNIT = 1.0 / 4096.0  # an angle of about 0.03 degrees; int16 leaves room for lengths up to 8
ROTOR_UNIT = 1.0 / 255.0


class Grain(NamedTuple):
    """The steps in which numbers are stored."""

    pos: float = POS_UNIT  # m
    quat: float = QUAT_UNIT
    rotor: float = ROTOR_UNIT


FINE = Grain()
CODECS: dict[str, Grain | None] = {"quantised": FINE, "coarse": Grain(4e-3, 1.0 / 512.0, 1.0 / 15.0), "lossless": None}
NOWHERE = -(2**31)  # stands for a position that is no number
BROKEN = -(2**15)  # stands for a quaternion component that is no number
THINGS = {"pillars": 4, "marks": 3, "tiles": 4, "links": 5}  # a frame's further arrays: numbers in a row; noted where they change
NOTES_LIMIT = 1 << 22  # bytes of JSON in one block


class Shape(NamedTuple):
    """How many drones and rotors a block's frames have, and whether its numbers are exact."""

    drones: int
    rotors: int
    lossless: bool
    discs: int = 0
    grain: Grain = FINE
    world: np.dtype | None = None  # of the worlds' records, where they are stored

    @classmethod
    def of(cls, stage: Stage, codec: str, world: np.dtype | None = None) -> Shape:
        """The shape of a stage's frames in a codec (a name in CODECS)."""
        grain = CODECS[codec]
        return cls(len(stage.agents), len(stage.rotor_xy), grain is None, len(stage.discs), grain or FINE, None if grain else world)

    @property
    def columns(self) -> dict[str, int]:
        """Numbers per frame in each group."""
        discs = {"disc_pos": 3 * self.discs, "disc_quat": 4 * self.discs} if self.discs else {}
        return {"pos": 3 * self.drones, "quat": 4 * self.drones, "rotor": self.rotors * self.drones, "ball": 3, "count": 3, **discs}

    @property
    def world_bytes(self) -> int:
        """Bytes of a frame's world record, 0 where none is stored."""
        return 0 if self.world is None else self.world.itemsize

    def size(self, frames: int) -> int:
        """Bytes of the numbers of so many frames, before deflation."""
        width = sum(self.columns.values())
        return frames * (8 * width + self.world_bytes) if self.lossless else frames * (4 * width) + len(self.columns)


def encode(frames: list[Frame], shape: Shape) -> bytes:
    """A block of frames as bytes (not yet deflated)."""
    groups = _columns(frames, shape)
    if shape.lossless:
        numbers = b"".join(_planes(values) for values in groups.values()) + _worlds(frames, shape)
    else:
        numbers = b"".join(_differences(values) for values in _quantised(groups, shape.grain).values())
    notes = json.dumps(_notes(frames, shape.lossless), separators=(",", ":"), ensure_ascii=False).encode()
    if len(notes) > NOTES_LIMIT:
        raise SkyrallyError(f"the words and events of {len(frames)} frames take {len(notes)} bytes; a replay holds at most {NOTES_LIMIT}")
    return numbers + notes


def decode(data: bytes, frames: int, shape: Shape) -> list[Frame]:
    """What `encode` was given. ValueError (or a kin of it) when the bytes are none of ours."""
    at, groups = 0, {}
    for name, width in shape.columns.items():
        size = (8 * width * frames) if shape.lossless else (4 * width * frames + 1)
        part, at = data[at : at + size], at + size
        groups[name] = _from_planes(part, frames, width, "<f8") if shape.lossless else _sums(part, frames, width)
    if not shape.lossless:
        groups = _restored(groups, shape.grain)
    end = at + shape.world_bytes * frames
    made = _frames(groups, json.loads(data[end:].decode()), frames, shape)
    _restore_worlds(made, data[at:end], shape)
    return made


def _columns(frames: list[Frame], shape: Shape) -> dict[str, np.ndarray]:
    """The numbers as float64 arrays [frames, width]; a missing ball is marked in `count` (step, rally, has ball)."""
    none = np.full(3, np.nan)
    stacks = {
        "pos": [frame.pos for frame in frames],
        "quat": [frame.quat for frame in frames],
        "rotor": [frame.rotor for frame in frames],
        "ball": [none if frame.ball is None else frame.ball for frame in frames],
        "count": [(frame.step, frame.rally, frame.ball is not None) for frame in frames],
        "disc_pos": [frame.discs[:, :3] for frame in frames],
        "disc_quat": [frame.discs[:, 3:] for frame in frames],
    }
    return {name: np.array(stacks[name], dtype="<f8").reshape(len(frames), width) for name, width in shape.columns.items()}


def _quantised(groups: dict[str, np.ndarray], grain: Grain) -> dict[str, np.ndarray]:
    def whole(values: np.ndarray, unit: float, low: int, high: int, broken: int) -> np.ndarray:
        scaled = np.clip(np.nan_to_num(np.rint(values / unit)), low, high)
        return np.where(np.isfinite(values), scaled, broken).astype(np.int64).astype("<i4")

    place, turn = (grain.pos, NOWHERE + 1, 2**31 - 1, NOWHERE), (grain.quat, BROKEN + 1, 2**15 - 1, BROKEN)
    kinds = {"pos": place, "quat": turn, "rotor": (grain.rotor, 0, round(1.0 / grain.rotor), 0), "ball": place}
    kinds["count"] = (1.0, NOWHERE + 1, 2**31 - 1, 0)
    kinds |= {"disc_pos": place, "disc_quat": turn}
    return {name: whole(values, *kinds[name]) for name, values in groups.items()}


def _restored(groups: dict[str, np.ndarray], grain: Grain) -> dict[str, np.ndarray]:
    def real(name: str, unit: float, broken: int | None = None) -> np.ndarray:
        values = groups[name] * unit
        return values if broken is None else np.where(groups[name] == broken, np.nan, values)

    place, turn = (grain.pos, NOWHERE), (grain.quat, BROKEN)
    kinds = {"pos": place, "quat": turn, "rotor": (grain.rotor,), "ball": place, "count": (1.0,), "disc_pos": place, "disc_quat": turn}
    return {name: real(name, *kinds[name]) for name in groups}


def _planes(values: np.ndarray) -> bytes:
    """[frames, width] as byte planes: all highest bytes, then all next ones; within a plane column by column."""
    size = values.dtype.itemsize
    return np.ascontiguousarray(values.T).view("u1").reshape(values.shape[1], values.shape[0], size).transpose(2, 0, 1)[::-1].tobytes()


def _from_planes(data: bytes, frames: int, width: int, kind: str) -> np.ndarray:
    size = np.dtype(kind).itemsize
    planes = np.frombuffer(data, "u1").reshape(size, width, frames)[::-1]
    return np.ascontiguousarray(planes.transpose(1, 2, 0)).view(kind).reshape(width, frames).T


def _worlds(frames: list[Frame], shape: Shape) -> bytes:
    """The worlds' records byte by byte, each frame's XORed with the one before: what stands still is zero."""
    if shape.world is None:
        return b""
    rows = np.frombuffer(b"".join(frame.world.tobytes() for frame in frames if frame.world is not None), "u1").reshape(len(frames), -1)
    return np.concatenate([rows[:1], rows[1:] ^ rows[:-1]]).T.tobytes()


def _restore_worlds(frames: list[Frame], data: bytes, shape: Shape) -> None:
    if shape.world is None:
        return
    changes = np.frombuffer(data, "u1").reshape(shape.world_bytes, len(frames)).T
    for frame, row in zip(frames, np.bitwise_xor.accumulate(changes, axis=0), strict=True):
        frame.world = np.frombuffer(row.tobytes(), shape.world).copy()


def _differences(values: np.ndarray) -> bytes:
    """One byte (the order, 1 or 2, whichever leaves less), then the zigzag differences' planes. Arithmetic is modulo 2^32."""
    best, order, left = values, 0, values
    for k in (1, 2):
        left = np.diff(left, axis=0, prepend=np.zeros((1, values.shape[1]), "<i4"))
        if k == 1 or np.abs(left[2:].astype(float)).sum() < np.abs(best[2:].astype(float)).sum():
            best, order = left, k
    zigzag = (best.view("<u4") << np.uint32(1)) ^ (best >> 31).view("<u4")
    return bytes([order]) + _planes(zigzag)


def _sums(data: bytes, frames: int, width: int) -> np.ndarray:
    if not data or data[0] not in (1, 2):
        raise ValueError("unknown order of differences")
    zigzag = _from_planes(data[1:], frames, width, "<u4")
    values = ((zigzag >> np.uint32(1)) ^ (np.uint32(0) - (zigzag & np.uint32(1)))).view("<i4")
    for _ in range(data[0]):
        values = np.cumsum(values, axis=0, dtype="<i4")
    return values


def _notes(frames: list[Frame], lossless: bool) -> list[dict[str, Any]]:
    """What is no number, only for frames where there is something: `k` the frame in the block; what lasts, where it changes."""
    notes, score, title = [], (), None
    lasting: dict[str, Any] = {"note": "", **{name: [] for name in THINGS}}
    for k, frame in enumerate(frames):
        note: dict[str, Any] = {}
        if frame.score != score:
            score = frame.score
            note["score"] = None if score is None else [int(score[0]), int(score[1])]
        if frame.title != title:
            note["title"] = title = frame.title
        for name, value in (("note", frame.note), *((name, _rows(getattr(frame, name), lossless)) for name in THINGS)):
            if value != lasting[name]:
                note[name] = lasting[name] = value
        if frame.lines:
            note["lines"] = list(frame.lines)
        if frame.contacts:
            note["contacts"] = [[name, int(who), [_coordinate(v, lossless) for v in point]] for name, who, point in frame.contacts]
        if note:
            notes.append({"k": k, **note})
    return notes


def _rows(places: np.ndarray, lossless: bool) -> list[list[float]]:
    return [[_coordinate(v, lossless) for v in row] for row in places]


def _coordinate(value: float, lossless: bool) -> float:
    return float(value) if lossless or not math.isfinite(value) else round(float(value), 3)


def _frames(groups: dict[str, np.ndarray], notes: list[dict[str, Any]], count: int, shape: Shape) -> list[Frame]:
    noted = {int(note["k"]): note for note in notes}
    frames, score, title = [], None, ""
    words, things = "", {name: np.zeros((0, width)) for name, width in THINGS.items()}
    for k in range(count):
        note = noted.get(k, {})
        words = str(note.get("note", words))
        new = {name: np.array(note[name], float).reshape(-1, width) for name, width in THINGS.items() if name in note}
        things = {**things, **new}
        if "score" in note:
            score = None if note["score"] is None else (int(note["score"][0]), int(note["score"][1]))
        title = str(note.get("title", title))
        step, rally, has_ball = (int(v) for v in groups["count"][k])
        frames.append(
            Frame(
                step=step,
                pos=groups["pos"][k].reshape(shape.drones, 3).astype(float),
                quat=groups["quat"][k].reshape(shape.drones, 4).astype(float),
                rotor=groups["rotor"][k].reshape(shape.drones, shape.rotors).astype(float),
                ball=groups["ball"][k].astype(float) if has_ball else None,
                contacts=[(str(name), int(who), (float(x), float(y), float(z))) for name, who, (x, y, z) in note.get("contacts", [])],
                lines=[str(line) for line in note.get("lines", [])],
                score=score,
                rally=rally,
                title=title,
                note=words,
                **things,
                discs=_discs(groups, k, shape.discs),
            )
        )
    return frames


def _discs(groups: dict[str, np.ndarray], k: int, count: int) -> np.ndarray:
    """[count, 7] of frame k."""
    if not count:
        return np.zeros((0, 7))
    return np.hstack([groups["disc_pos"][k].reshape(count, 3), groups["disc_quat"][k].reshape(count, 4)]).astype(float)
