"""Replay files: what goes in comes out (within the stated error, or to the bit), and every broken file gives one clear error."""

from __future__ import annotations

import json
import struct
import tracemalloc
import zlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyrally.errors import SkyrallyError
from skyrally.render import replay_file as layout
from skyrally.render.codec import POS_UNIT, QUAT_UNIT, ROTOR_UNIT, Shape, decode, encode
from skyrally.render.recorder import ReplaySink
from skyrally.render.replay import ReplaySource, open_replay
from skyrally.scenarios.stage import Disc, Frame


def record(path, stage, frames, **options):
    with ReplaySink(path, stage, **options) as sink:
        for frame in frames:
            sink.write(frame)
    return path


def same(a: Frame, b: Frame) -> bool:
    """To the bit."""
    ours, theirs = ((f.pos, f.quat, f.rotor, f.discs, f.pillars, f.marks) for f in (a, b))
    numbers = all(x.tobytes() == np.asarray(y, float).tobytes() for x, y in zip(ours, theirs, strict=True))
    balls = (a.ball is None) == (b.ball is None) and (a.ball is None or a.ball.tobytes() == b.ball.tobytes())
    ours, theirs = ((f.step, f.contacts, f.lines, f.score, f.rally, f.title, f.note) for f in (a, b))
    rest = ours == theirs
    return numbers and balls and rest


reals = st.floats(-1e4, 1e4)
words = st.text(max_size=12)


@st.composite
def random_frames(draw, drones=2, rotors=4, discs=1):
    """Frames with nothing smooth about them."""

    def numbers(*shape, of=reals):
        return np.array(draw(st.lists(of, min_size=int(np.prod(shape)), max_size=int(np.prod(shape)))), float).reshape(shape)

    frames = []
    for _ in range(draw(st.integers(1, 4))):
        frames.append(
            Frame(
                step=draw(st.integers(0, 2**31 - 1)),
                pos=numbers(drones, 3),
                quat=numbers(drones, 4, of=st.floats(-1, 1)),
                rotor=numbers(drones, rotors, of=st.floats(0, 1)),
                ball=draw(st.none() | st.just(0).map(lambda _: numbers(3))),
                contacts=draw(st.lists(st.tuples(words, st.integers(-1, 9), st.tuples(reals, reals, reals)), max_size=2)),
                lines=draw(st.lists(words, max_size=2)),
                score=draw(st.none() | st.tuples(st.integers(0, 99), st.integers(0, 99))),
                rally=draw(st.integers(0, 2**31 - 1)),
                title=draw(words),
                discs=numbers(discs, 7, of=st.floats(-7.0, 7.0)),
                note=draw(words),
                pillars=numbers(draw(st.integers(0, 2)), 4),
                marks=numbers(draw(st.integers(0, 2)), 3),
            )
        )
    return frames


@settings(max_examples=60, deadline=None)
@given(random_frames())
def test_lossless_is_exact(frames):
    shape = Shape(2, 4, True, 1)
    assert all(same(a, b) for a, b in zip(decode(encode(frames, shape), len(frames), shape), frames, strict=True))


@settings(max_examples=60, deadline=None)
@given(random_frames())
def test_quantised_errors_are_bounded(frames):
    shape = Shape(2, 4, False, 1)
    for got, given_ in zip(decode(encode(frames, shape), len(frames), shape), frames, strict=True):
        assert np.abs(got.pos - given_.pos).max() <= 0.5001 * POS_UNIT
        assert np.abs(got.quat - given_.quat).max() <= 0.5001 * QUAT_UNIT
        assert np.abs(got.rotor - given_.rotor).max() <= 0.5001 * ROTOR_UNIT
        assert np.abs(got.discs - given_.discs)[:, :3].max() <= 0.5001 * POS_UNIT
        assert np.abs(got.discs - given_.discs)[:, 3:].max() <= 0.5001 * QUAT_UNIT
        assert (got.ball is None) == (given_.ball is None)
        if got.ball is not None:
            assert np.abs(got.ball - given_.ball).max() <= 0.5001 * POS_UNIT
        rest = (given_.step, given_.lines, given_.score, given_.rally, given_.title)
        assert (got.step, got.lines, got.score, got.rally, got.title) == rest
        for (name, who, point), (name_, who_, point_) in zip(got.contacts, given_.contacts, strict=True):
            assert (name, who) == (name_, who_)
            assert point == pytest.approx(point_, abs=0.5001 * POS_UNIT)


def test_numbers_that_are_none_survive():
    frame = Frame(0, np.array([[np.nan, np.inf, 1e12]]), np.array([[np.nan, 1, 0, -99.0]]), np.array([[0, 2.0, -1, np.nan]]), None)
    for lossless in (True, False):
        (got,) = decode(encode([frame], Shape(1, 4, lossless)), 1, Shape(1, 4, lossless))
        assert np.isnan(got.pos[0, 0])
        assert np.isnan(got.quat[0, 0])
    assert np.isnan(got.pos[0, 1])
    assert got.pos[0, 2] == pytest.approx(2147483.647)
    assert got.rotor[0].tolist() == [0, 1, 0, 0]


@pytest.mark.parametrize("codec", ["quantised", "lossless"])
def test_file_round_trip(tmp_path, stage, match, codec):
    about = {"red": "scripted:rally", "blue": "zoo:ace", "seed": np.int64(7)}
    path = record(tmp_path / "a.replay", stage, match, codec=codec, header=about)
    with open_replay(path) as replay:
        assert replay.stage == stage
        assert replay.header["about"] == {"red": "scripted:rally", "blue": "zoo:ace", "seed": 7}
        assert replay.header["created_by"].startswith("skyrally ")
        assert len(replay) == len(match) == sum(1 for _ in replay)
        assert replay.frame(399).step == match[399].step
        for k in (0, 249, 250, 333):
            assert np.abs(replay.frame(k).pos - match[k].pos).max() < 0.51 * POS_UNIT
            assert replay.frame(k).score == match[k].score
            if codec == "lossless":
                assert same(replay.frame(k), match[k])
        with pytest.raises(IndexError):
            replay.frame(len(match))


def test_stage_without_court_and_empty_replay(tmp_path, stage_of):
    stage = stage_of(0, court=False, ball=False)
    with open_replay(record(tmp_path / "a.replay", stage, [])) as replay:
        assert replay.stage == stage
        assert (len(replay), list(replay)) == (0, [])
        assert ReplaySource(replay).title == "drill"
        assert ReplaySource(replay).read() is None


def test_a_minute_of_3v3_is_small(tmp_path, stage, frames_of):
    path = record(tmp_path / "a.replay", stage, frames_of(stage, 3000))
    assert path.stat().st_size < 100_000


def test_caller_may_reuse_its_arrays(tmp_path, stage, match):
    frame = replace(match[0], pos=match[0].pos.copy())
    with ReplaySink(tmp_path / "a.replay", stage) as sink:
        for k in range(3):
            frame.pos[:] = k
            sink.write(frame)
    with open_replay(tmp_path / "a.replay") as replay:
        assert [f.pos[0, 0] for f in replay] == pytest.approx([0, 1, 2])


def test_source_reads_seeks_and_finds_rallies(tmp_path, stage, match):
    with open_replay(record(tmp_path / "a.replay", stage, match)) as replay:
        source = ReplaySource(replay)
        assert (source.title, len(source)) == (match[0].title, 400)
        assert [source.read().step for _ in range(3)] == [0, 1, 2]
        source.next_rally()
        assert source.position == 300
        assert source.read().rally == 1
        source.next_rally()
        assert source.read() is None
        source.seek(10**9)
        assert source.read().step == match[399].step
        source.restart()
        assert source.read().step == 0


@pytest.fixture(scope="module")
def whole(tmp_path_factory, stage, match) -> bytes:
    return record(tmp_path_factory.mktemp("replay") / "a.replay", stage, match[:60]).read_bytes()


def broken(tmp_path, data: bytes) -> str:
    """The error's text when such a file is opened and read to the end."""
    path = tmp_path / "broken.replay"
    path.write_bytes(data)
    with pytest.raises(SkyrallyError) as caught:
        list(open_replay(path))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_cut_anywhere(tmp_path, whole):
    for length in [*range(40), *range(40, len(whole), 37), *range(len(whole) - 40, len(whole))]:
        assert "replay" in broken(tmp_path, whole[:length])


def test_any_flipped_byte_is_found(tmp_path, whole):
    for at in [*range(30), *range(30, len(whole), 41), *range(len(whole) - 50, len(whole))]:
        data = bytearray(whole)
        data[at] ^= 0x5A
        assert "broken.replay" in broken(tmp_path, bytes(data))


def test_foreign_future_and_missing_files(tmp_path, whole):
    assert "is not a replay" in broken(tmp_path, b"\x89PNG\r\n\x1a\n" + bytes(200))
    future = bytearray(whole)
    struct.pack_into("<H", future, 8, layout.VERSION + 1)
    assert f"version {layout.VERSION + 1}, this skyrally reads up to {layout.VERSION}; install a newer skyrally" in broken(
        tmp_path, bytes(future)
    )
    with pytest.raises(SkyrallyError, match="cannot read"):
        open_replay(tmp_path / "none.replay")
    with pytest.raises(SkyrallyError, match="cannot read"):
        open_replay(tmp_path)


def with_header(whole: bytes, change) -> bytes:
    """The file with its header changed and the checksum made right again."""
    _, version, length, _ = layout.START.unpack_from(whole)
    header = json.loads(whole[layout.START.size : layout.START.size + length])
    change(header)
    data = json.dumps(header).encode()
    return layout.START.pack(layout.MAGIC, version, len(data), zlib.crc32(data)) + data + whole[layout.START.size + length :]


@pytest.mark.parametrize(
    "change",
    [
        lambda h: h.pop("stage"),
        lambda h: h.update(codec="pickle"),
        lambda h: h["stage"].pop("agents"),
        lambda h: h["stage"].update(dt=float("nan")),
        lambda h: h["stage"].update(dt=0),
        lambda h: h["stage"].update(teams=[0]),
        lambda h: h["stage"].update(teams=["0"] * 6),
        lambda h: h["stage"].update(rotor_xy=[[0, 0, 0]]),
        lambda h: h["stage"].update(court=[1, 2, 3]),
        lambda h: h["stage"].update(ball_radius=1e99),
        lambda h: h["stage"].update(scenario=5),
        lambda h: h["stage"].update(agents=None),
    ],
)
def test_senseless_headers(tmp_path, whole, change):
    assert "makes no sense" in broken(tmp_path, with_header(whole, change))


def test_hostile_lengths_allocate_nothing(tmp_path, whole):
    where = whole.index(b"CHNK")
    tracemalloc.start()
    try:
        for offset, size in ((4, 2**32 - 1), (8, 2**32 - 1), (8, 2**26), (12, 2**32 - 1)):
            data = bytearray(whole)
            struct.pack_into("<I", data, where + offset, size)
            broken(tmp_path, bytes(data))
        data = bytearray(whole)
        struct.pack_into("<I", data, 10, 2**32 - 1)
        broken(tmp_path, bytes(data))
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_deflation_bomb_is_refused(tmp_path, stage, whole):
    bomb = zlib.compress(bytes(50_000_000), 9)
    _, _, length, _ = layout.START.unpack_from(whole)
    start = whole[: layout.START.size + length]
    for claimed in (1_000_000, 50_000_000):
        block = layout.CHUNK.pack(b"CHNK", 1, claimed, len(bomb), zlib.crc32(bomb)) + bomb
        entry = layout.ENTRY.pack(len(start), 0, 1, 0)
        end = layout.INDEX.pack(b"INDX", 1, zlib.crc32(entry)) + entry + layout.FOOT.pack(len(start) + len(block), layout.END)
        tracemalloc.start()
        assert "damaged" in broken(tmp_path, start + block + end)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
        tracemalloc.stop()


def test_wrong_shapes_and_headers_are_refused(tmp_path, stage, match):
    with pytest.raises(SkyrallyError, match="does not fit the stage"), ReplaySink(tmp_path / "a.replay", stage) as sink:
        sink.write(replace(match[0], pos=np.zeros((1, 3))))
    with pytest.raises(SkyrallyError, match="JSON"):
        ReplaySink(tmp_path / "a.replay", stage, header={"red": object()})
    with pytest.raises(SkyrallyError, match="unknown replay codec 'zip'"):
        ReplaySink(tmp_path / "a.replay", stage, codec="zip")
    assert list(tmp_path.iterdir()) == []


def test_memory_does_not_grow_with_length(tmp_path, stage, match):
    peaks = []
    for rounds in (2, 6):
        tracemalloc.start()
        with ReplaySink(tmp_path / f"{rounds}.replay", stage) as sink:
            for _ in range(rounds):
                for frame in match:
                    sink.write(frame)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]


def test_discs_come_back_from_a_file(tmp_path, stage_of, frames_of):
    stage = replace(stage_of(1), discs=(Disc("board", 0.5, 0.15),))
    frames = [replace(frame, discs=np.array([[k, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0]])) for k, frame in enumerate(frames_of(stage, 5))]
    with open_replay(record(tmp_path / "a.replay", stage, frames)) as replay:
        assert replay.stage == stage
        assert [float(frame.discs[0, 0]) for frame in replay] == [0.0, 1.0, 2.0, 3.0, 4.0]
