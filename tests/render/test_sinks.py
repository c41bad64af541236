"""Files: whole or absent, never overwritten unasked, streamed, and what they hold can be read back."""

from __future__ import annotations

import tracemalloc

import av
import numpy as np
import pytest

from skyrally.atomic import PendingFile
from skyrally.errors import SkyrallyError
from skyrally.render.pg import pygame
from skyrally.render.sinks import SUFFIXES, open_sink
from skyrally.render.video import Pacer

SMALL = (160, 90)


def film(path, stage, frames, **options):
    with open_sink(path, stage, size=SMALL, **options) as sink:
        for frame in frames:
            sink.write(frame)
    return path


def pictures(path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [picture.to_ndarray(format="rgb24") for picture in container.decode(video=0)]


def test_mp4_decodes_to_every_frame(tmp_path, stage, match):
    path = film(tmp_path / "a.mp4", stage, match[:60])
    decoded = pictures(path)
    assert len(decoded) == 60
    assert decoded[0].shape == (90, 160, 3)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt, stream.average_rate) == ("h264", "yuv420p", 50)
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")  # faststart: it plays before it is loaded
    assert list(tmp_path.iterdir()) == [path]


def test_mp4_shows_what_was_painted(tmp_path, stage, match):
    film(tmp_path / "a.mp4", stage, match[:30])
    film(tmp_path / "a.png", stage, match[:30])
    still = pygame.surfarray.array3d(pygame.image.load(str(tmp_path / "a.png"))).swapaxes(0, 1)
    assert np.abs(pictures(tmp_path / "a.mp4")[-1].astype(int) - still).mean() < 6.0


@pytest.mark.parametrize(("suffix", "fps", "count"), [(".mp4", 25, 30), (".mp4", 100, 120), (".gif", None, 30), (".gif", 20, 24)])
def test_frame_rate(tmp_path, stage, match, suffix, fps, count):
    path = film(tmp_path / f"a{suffix}", stage, match[:60], fps=fps)
    assert len(pictures(path)) == count


def test_pacer_keeps_time():
    for fps in (10, 20, 24, 25, 30, 50, 60, 100):
        pacer = Pacer(0.02, fps)
        taken = [pacer.take() for _ in range(500)]
        assert abs(sum(taken) - 10 * fps) <= 1
        assert max(taken) - min(taken) <= 1


def test_gif_colours_are_those_of_the_picture(tmp_path, stage, match):
    film(tmp_path / "a.gif", stage, match[:21])
    film(tmp_path / "a.png", stage, match[:21])
    still = pygame.surfarray.array3d(pygame.image.load(str(tmp_path / "a.png"))).swapaxes(0, 1)
    assert np.abs(pictures(tmp_path / "a.gif")[-1].astype(int) - still).mean() < 8.0


def test_picture_of_a_chosen_frame(tmp_path, stage, match):
    film(tmp_path / "a.png", stage, match[:40], at=10)
    film(tmp_path / "b.png", stage, match[:11])
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    with pytest.raises(SkyrallyError, match="no frame 40: 40 were written"):
        film(tmp_path / "c.png", stage, match[:40], at=40)
    assert not (tmp_path / "c.png").exists()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_existing_files_are_kept_unless_forced(tmp_path, stage, match, suffix):
    path = tmp_path / f"a{suffix}"
    path.write_text("mine")
    with pytest.raises(SkyrallyError, match=r"exists; give another name, or --force"):
        open_sink(path, stage)
    assert path.read_text() == "mine"
    film(path, stage, match[:3], force=True)
    assert path.stat().st_size > 100


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("trouble", [KeyboardInterrupt, ValueError])
def test_nothing_is_left_when_interrupted(tmp_path, stage, match, suffix, trouble):
    kept = tmp_path / f"kept{suffix}"
    kept.write_text("mine")

    def run(path, force):
        with open_sink(path, stage, size=SMALL, force=force) as sink:
            sink.write(match[0])
            raise trouble

    for path in (tmp_path / f"a{suffix}", kept):
        with pytest.raises(trouble):
            run(path, path == kept)
    assert [p.name for p in tmp_path.iterdir()] == [kept.name]
    assert kept.read_text() == "mine"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_forgotten_closed_and_repeated(tmp_path, stage, match, suffix):
    sink = open_sink(tmp_path / f"a{suffix}", stage, size=SMALL)
    sink.write(match[0])
    del sink
    assert list(tmp_path.iterdir()) == []
    sink = open_sink(tmp_path / f"a{suffix}", stage, size=SMALL)
    sink.write(match[0])
    sink.close()
    sink.close()
    sink.abort()
    assert [p.name for p in tmp_path.iterdir()] == [f"a{suffix}"]
    with pytest.raises(SkyrallyError, match="closed already"):
        sink.write(match[1])


@pytest.mark.parametrize("suffix", [".mp4", ".gif", ".png"])
def test_no_frames_no_file(tmp_path, stage, suffix):
    with pytest.raises(SkyrallyError, match="nothing is left"):
        film(tmp_path / f"a{suffix}", stage, [])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_folders_that_cannot_be_written(tmp_path, stage, suffix):
    with pytest.raises(SkyrallyError, match="there is no folder"):
        open_sink(tmp_path / "none" / f"a{suffix}", stage)
    (tmp_path / f"folder{suffix}").mkdir()
    with pytest.raises(SkyrallyError, match="it is a folder"):
        open_sink(tmp_path / f"folder{suffix}", stage, force=True)


def test_unwritable_folder(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)  # root may write anywhere, so the refusal is played
    with pytest.raises(SkyrallyError, match="Permission denied; choose a folder that can be written"):
        PendingFile(tmp_path / "a.mp4")


def test_a_file_that_appears_meanwhile_is_kept(tmp_path):
    pending = PendingFile(tmp_path / "a")
    (tmp_path / "a").write_text("mine")
    with pytest.raises(SkyrallyError, match="exists"):
        pending.commit()
    assert [p.read_text() for p in tmp_path.iterdir()] == ["mine"]


def test_unknown_kinds_and_values(tmp_path, stage):
    for name, text in (("a.mp5", "did you mean .*mp4"), ("a", "no suffix; known: .mp4, .gif, .png, .replay"), ("a.docx", "known")):
        with pytest.raises(SkyrallyError, match=text):
            open_sink(tmp_path / name, stage)
    with pytest.raises(SkyrallyError, match="unknown camera"):
        open_sink(tmp_path / "a.mp4", stage, camera="moon")
    for fps in (0, 1000, float("nan")):
        with pytest.raises(SkyrallyError, match="expected 1 to 100"):
            open_sink(tmp_path / "a.mp4", stage, fps=fps)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".mp4", ".gif"])
def test_memory_does_not_grow_with_length(tmp_path, stage, match, suffix):
    def peak(count: int) -> int:
        tracemalloc.start()
        film(tmp_path / f"{count}{suffix}", stage, match[:count])
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    peak(20)  # fonts, caches
    short, long = peak(30), peak(100)
    assert long < 1.2 * short + 100_000
