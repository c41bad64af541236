"""The replay file's layout: version 2 (1 had no codec `coarse` and stored no worlds; its files are read as they are).

    magic (8) | version u16 | header length u32 | header CRC-32 u32 | header, JSON
    blocks:   "CHNK" | frames u32 | length u32 | deflated length u32 | CRC-32 u32 | deflated bytes
    index:    "INDX" | entries u32 | CRC-32 u32 | entries of (offset u64, first frame u64, frames u32, first rally i32)
    end:      offset of the index u64 | end mark (8)

All numbers little endian. The CRC of a block is of its deflated bytes. The index and the end mark are written last, so a file that lacks
them was cut off. Every length is checked against the file and against limits before anything is allocated; nothing in a file is executed.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from skyrally.errors import SkyrallyError
from skyrally.render.codec import CODECS, Shape
from skyrally.scenarios.stage import Court, Disc, Patch, Stage
from skyrally.version import __version__

MAGIC, END = b"SKYRALLY", b"SKYR-END"
VERSION = 2
START = struct.Struct("<8sHII")
CHUNK = struct.Struct("<4sIIII")
INDEX = struct.Struct("<4sII")
ENTRY = struct.Struct("<QQIi")
FOOT = struct.Struct("<Q8s")

HEADER_LIMIT = 1 << 22  # bytes of JSON
WORLD_LIMIT = 1 << 20  # bytes of one world's record
BLOCK_LIMIT = 1 << 26  # bytes of numbers in one block
BLOCK_AIM = 1 << 21  # bytes of numbers in one block, as we write them
BLOCK_FRAMES = 250  # frames in one block, at most, as we write them: 5 s
RATIO = 1032  # the best deflation possible


def frames_per_block(shape: Shape) -> int:
    """How many frames to put in one block. SkyrallyError when one frame alone is too large."""
    if shape.size(1) > BLOCK_LIMIT:
        raise SkyrallyError(f"a replay cannot hold {shape.drones} drones with {shape.rotors} rotors; film them to .mp4 instead")
    return max(1, min(BLOCK_FRAMES, BLOCK_AIM // shape.size(1)))


def header_bytes(stage: Stage, codec: str, about: Mapping[str, Any] | None, world: np.dtype | None = None) -> bytes:
    """The header's JSON: format, who wrote it, codec, stage, and what the caller tells `about` the match (agents, seed).

    world: the fields of the worlds' records, where they are stored.
    """
    writer = f"skyrally {__version__}"
    header = {"format": VERSION, "created_by": writer, "codec": codec, "stage": asdict(stage), "about": dict(about or {})}
    if world is not None:
        header["world"] = {"bytes": world.itemsize, "fields": np.lib.format.dtype_to_descr(world)}
    try:
        data = json.dumps(header, ensure_ascii=False, default=_plain).encode()
    except (TypeError, ValueError) as error:
        raise SkyrallyError(f"the replay's header must be JSON values: {error}") from None
    if len(data) > HEADER_LIMIT:
        raise SkyrallyError(f"the replay's header takes {len(data)} bytes; at most {HEADER_LIMIT} are allowed")
    return data


def _plain(value: Any) -> Any:
    """NumPy's numbers as Python's; other objects are refused."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is no JSON value")


def parse_header(data: bytes) -> tuple[dict[str, Any], Stage]:
    """The header and its stage. ValueError tells what is wrong."""
    try:
        header = json.loads(data.decode())
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(header, dict) or not isinstance(header.get("stage"), dict):
        raise ValueError("it holds no stage")
    if header.get("codec") not in CODECS:
        raise ValueError(f"codec {header.get('codec')!r} is none of {', '.join(CODECS)}")
    return header, _stage(header["stage"])


def world_record(header: dict[str, Any]) -> np.dtype | None:
    """The type of the stored worlds' records, None where none are stored. ValueError or TypeError for anything odd."""
    if "world" not in header:
        return None
    try:
        kind = np.lib.format.descr_to_dtype(_tuples(header["world"]["fields"]))
    except (RecursionError, SyntaxError):
        raise ValueError("its worlds have fields that make no sense") from None
    if kind.hasobject or not 0 < kind.itemsize <= WORLD_LIMIT or kind.itemsize != header["world"]["bytes"]:
        raise ValueError(f"its worlds take {kind.itemsize} bytes")
    return kind


def _tuples(fields: Any) -> Any:
    """NumPy's description of fields, which JSON made into lists: [(name, kind or fields, shape), ...]."""
    if isinstance(fields, str):
        return fields
    return [(_text(field[0]), _tuples(field[1]), *(tuple(_whole(n) for n in shape) for shape in field[2:])) for field in fields]


def _stage(fields: dict[str, Any]) -> Stage:
    """A stage from JSON, each value checked. KeyError, TypeError or ValueError for anything odd."""
    court = fields["court"]
    stage = Stage(
        scenario=_text(fields["scenario"]),
        agents=tuple(_text(name) for name in fields["agents"]),
        teams=tuple(_whole(team) for team in fields["teams"]),
        dt=_number(fields["dt"], 1e-6, 10.0),
        court=None if court is None else Court(*(_number(court[name], 0.01, 1e4) for name in ("length", "width", "net_height"))),
        ball_radius=_number(fields["ball_radius"], 0.0, 100.0),
        rotor_xy=tuple((_number(x, -100.0, 100.0), _number(y, -100.0, 100.0)) for x, y in fields["rotor_xy"]),
        rotor_spin=tuple(_number(spin, -1.0, 1.0) for spin in fields["rotor_spin"]),
        rotor_radius=_number(fields["rotor_radius"], 0.0, 100.0),
        body_radius=_number(fields["body_radius"], 0.0, 100.0),
        body_half_height=_number(fields["body_half_height"], 0.0, 100.0),
        racket_radius=_number(fields["racket_radius"], 0.0, 100.0),
        discs=tuple(_disc(disc) for disc in fields.get("discs", ())),
        players=tuple(_disc(disc) for disc in fields.get("players", ())),
        floor=tuple(_patch(patch) for patch in fields.get("floor", ())),
        space=_space(fields.get("space")),
        round=fields.get("round", False) is True,
        glyph=_number(fields.get("glyph", 0.0), 0.0, 100.0),
    )
    if len(stage.agents) != len(stage.teams) or len(stage.rotor_xy) != len(stage.rotor_spin):
        raise ValueError("agents and teams, or rotors and spins, do not match in number")
    if max(len(stage.rotor_xy), len(stage.discs)) > 64 or len(stage.floor) > 4096:
        raise ValueError("it has more than 64 rotors or discs, or more than 4096 patches of floor")
    if len(stage.players) not in (0, len(stage.agents)):
        raise ValueError(f"{len(stage.players)} bodies for {len(stage.agents)} agents")
    return stage


def _space(value: Any) -> tuple[float, float, float] | None:
    if value is None:
        return None
    length, width, height = (_number(size, 0.0, 1e5) for size in value)
    return length, width, height


def _disc(fields: dict[str, Any]) -> Disc:
    sizes = {name: _number(fields.get(name, 0.0), 0.0, 100.0) for name in ("radius", "half_height", "length")}
    return Disc(_text(fields["name"]), colour=_text(fields.get("colour", "blue")), **sizes)


def _patch(fields: dict[str, Any]) -> Patch:
    place = {name: _number(fields[name], -1e4, 1e4) for name in ("x", "y")}
    size = {name: _number(fields[name], 0.0, 1e4) for name in ("length", "width")}
    return Patch(**place, **size, colour=_text(fields["colour"]), text=_text(fields["text"]))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is no whole number")
    return value


def _number(value: Any, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not (math.isfinite(value) and low <= value <= high):
        raise ValueError(f"{value!r} is no number from {low} to {high}")
    return float(value)
