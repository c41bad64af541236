"""Lossless replays store whole worlds: from any frame of the file the flight goes on as it went, to the bit."""

from __future__ import annotations

import json
import struct
import zlib

import numpy as np
import pytest

import skyrally
from skyrally.errors import SkyrallyError
from skyrally.render import open_replay, open_sink
from skyrally.render import replay_file as layout

STEPS = 30


def fly(scenario, path, **options):
    """Records random actions; returns them and what was seen after each."""
    env = skyrally.make(scenario, worlds=1, seed=5, **options)
    env.reset()
    rng = np.random.default_rng(2)
    actions = rng.uniform(-1, 1, (STEPS, 1, env.num_drones, 4)).astype(np.float32)
    seen = []
    with open_sink(path, env.stage, codec="lossless") as sink:
        for action in actions:
            sink.write(env.frame())
            seen.append(env.step(action).obs.copy())
    return actions, seen


@pytest.mark.parametrize("options", [{}, {"disturb": "hard"}])
def test_a_flight_goes_on_from_any_frame(tmp_path, options):
    actions, seen = fly("volleyball-1v1", tmp_path / "a.replay", **options)
    env = skyrally.make("volleyball-1v1", worlds=1, seed=99, **options)
    env.reset()
    with open_replay(tmp_path / "a.replay") as replay:
        for start in (0, 7, STEPS - 1):
            env.restore(replay.frame(start).world)
            for k in range(start, STEPS):
                assert env.step(actions[k]).obs.tobytes() == seen[k].tobytes(), (start, k)


def test_quantised_replays_store_none(tmp_path):
    env = skyrally.make("hover", worlds=1)
    env.reset()
    with open_sink(tmp_path / "a.replay", env.stage) as sink:
        sink.write(env.frame())
    with open_replay(tmp_path / "a.replay") as replay:
        assert "world" not in replay.header
        assert replay.frame(0).world is None


def test_worlds_of_two_kinds_do_not_mix(tmp_path):
    worlds = [skyrally.make(name, worlds=1) for name in ("hover", "goto")]
    frames = []
    for env in worlds:
        env.reset()
        frames.append(env.frame())
    frames[1].world = np.zeros(1, [("other", "<f8")])
    sink = open_sink(tmp_path / "a.replay", worlds[0].stage, codec="lossless")
    sink.write(frames[0])
    with pytest.raises(SkyrallyError, match="first frame"):
        sink.write(frames[1])
    sink.abort()


@pytest.mark.parametrize(
    "world",
    [
        {"bytes": 8, "fields": [["a", "|O"]]},
        {"bytes": 9, "fields": [["a", "<f8"]]},
        {"bytes": 10**12, "fields": [["a", "|V1000000000000"]]},
        {"bytes": 8, "fields": [["a", "import os"]]},
        {"bytes": 8, "fields": [["a", [["b", "<f8", [-1]]]]]},
        {"bytes": 8},
        {"bytes": 8, "fields": None},
        7,
    ],
)
def test_hostile_kinds_of_world_are_refused(tmp_path, world):
    fly("hover", tmp_path / "a.replay")
    data = (tmp_path / "a.replay").read_bytes()
    _, version, length, _ = layout.START.unpack_from(data)
    header = json.loads(data[layout.START.size : layout.START.size + length])
    header["world"] = world
    changed = json.dumps(header).encode()
    start = layout.START.pack(layout.MAGIC, version, len(changed), zlib.crc32(changed))
    body = bytearray(data[layout.START.size + length :])
    struct.pack_into("<Q", body, len(body) - 16, struct.unpack_from("<Q", body, len(body) - 16)[0] + len(changed) - length)
    (tmp_path / "b.replay").write_bytes(start + changed + body)
    with pytest.raises(SkyrallyError, match="header that makes no sense"):
        open_replay(tmp_path / "b.replay")
