"""The verb `replay`: pages from replay files, and one clear line for what is no replay."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from skyrally.render import open_sink
from skyrally.scenarios.stage import Frame, Stage


def run(*words, cwd):
    done = subprocess.run(
        [sys.executable, "-m", "skyrally", "replay", *words], capture_output=True, text=True, cwd=cwd, timeout=120, env=os.environ
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def folder(tmp_path):
    """A folder with a.replay: a drone that rises."""
    stage = Stage("rise", ("drone_0",), (0,), 0.02, None, 0.0, ((0.2, 0.2),), (1.0,), 0.1, 0.26, 0.05, 0.0)
    with open_sink(tmp_path / "a.replay", stage) as sink:
        for k in range(30):
            sink.write(Frame(k, np.array([[0.0, 0.0, 0.1 * k]]), np.array([[1.0, 0, 0, 0]]), np.full((1, 1), 0.5), None))
    return tmp_path


def test_a_page_is_written_once(folder):
    assert run("a.replay", "--html", "a.html", cwd=folder)[:2] == (0, "wrote a.html\n")
    page = (folder / "a.html").read_bytes()
    status, _, words = run("a.replay", "--html", "a.html", cwd=folder)
    assert (status, words) == (2, "skyrally: a.html exists; give another name, or --force to replace it\n")
    assert run("a.replay", "--html", "a.html", "--force", cwd=folder)[0] == 0
    assert (folder / "a.html").read_bytes() == page
    assert sorted(path.name for path in folder.iterdir()) == ["a.html", "a.replay"]


def test_page_and_picture_at_once(folder):
    assert run("a.replay", "--html", "a.html", "--out", "a.png", cwd=folder)[0] == 0
    assert sorted(path.name for path in folder.iterdir()) == ["a.html", "a.png", "a.replay"]


@pytest.mark.parametrize("name", ["none.replay", "a.txt"])
def test_what_is_no_replay(folder, name):
    (folder / "a.txt").write_text("hello")
    status, _, words = run(name, "--html", "b.html", cwd=folder)
    assert status == 2
    assert words.count("\n") == 1
    assert name in words
    assert not (folder / "b.html").exists()
