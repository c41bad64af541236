"""Replays made small: within the limit, sound, and nothing that happened is left untold."""

from __future__ import annotations

import numpy as np
import pytest

from skyrally.render import open_replay, open_sink
from skyrally.render.thin import _sparse, thin


@pytest.fixture(scope="module")
def recorded(tmp_path_factory, stage_of, frames_of):
    stage = stage_of(3)
    path = tmp_path_factory.mktemp("thin") / "a.replay"
    with open_sink(path, stage) as sink:
        for frame in frames_of(stage, 2000):
            sink.write(frame)
    return path


def reopened(folder, data):
    (folder / "thin.replay").write_bytes(data)
    return open_replay(folder / "thin.replay")


def test_what_fits_stays_as_it_is(recorded):
    small = thin(recorded, recorded.stat().st_size)
    assert small.data == recorded.read_bytes()
    assert small.kept == 1.0


def test_thinned_frames_are_those_of_the_replay(recorded, tmp_path):
    size = recorded.stat().st_size
    small = thin(recorded, size - 1)
    assert small.kept == 1.0
    assert len(small.data) < 0.6 * size
    with open_replay(recorded) as whole, reopened(tmp_path, small.data) as got:
        assert got.stage.dt == pytest.approx(2 * whole.stage.dt)
        assert got.header["about"]["thinned"] == 2
        starts = {frame.rally: k for k, frame in reversed(list(enumerate(whole)))}
        for frame in got:
            same = whole.frame(starts[frame.rally] + 2 * frame.step)
            assert np.abs(frame.pos - same.pos).max() <= 2.6e-3  # half of 4 mm, and of the 1 mm before
            assert np.abs(frame.quat - same.quat).max() <= 0.51 * (1 / 512 + 1 / 4096)
        told = [[(name, who) for frame in replay for name, who, _ in frame.contacts] for replay in (whole, got)]
        assert told[0] == told[1]
        assert [line for frame in whole for line in frame.lines] == [line for frame in got for line in frame.lines]


@pytest.mark.parametrize("part", [0.3, 0.15, 0.05])
def test_what_is_too_long_loses_its_beginning(recorded, tmp_path, part):
    limit = round(part * recorded.stat().st_size)
    small = thin(recorded, limit)
    assert len(small.data) <= limit
    assert 0.0 < small.kept < 1.0
    with open_replay(recorded) as whole, reopened(tmp_path, small.data) as got:
        assert got.frame(len(got) - 1).rally == whole.frame(len(whole) - 1).rally
        assert len(got) * 2 / len(whole) == pytest.approx(small.kept, abs=0.02)


def test_the_last_word_is_kept(match):
    match[9].lines.append("the end")
    got = list(_sparse(iter(match[:10]), 4))
    match[9].lines.remove("the end")
    assert [frame.step for frame in got] == [0, 1, 2, 3]
    assert got[-1].lines == ["the end"]
