"""A real kill, at any moment: `resume` goes on from the last checkpoint and gives the numbers of a run that was let alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import toy_scenario

from skyrally.baselines.folder import RunFolder

WORDS = ["train", "mappo", "toy_drill.py", "--frames", "12000", "--seed", "3"]
KEYS = "worlds=8 steps=5 minibatches=2 hidden=8 threads=1 evaluate_every=3000 evaluate_episodes=4 save_seconds=0.1 max_cycles=7"
pytestmark = [pytest.mark.slow, pytest.mark.jit]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kill")
    (folder / "toy_drill.py").write_text(Path(toy_scenario.__file__).read_text() + "\n\nTOY = scenario()\n")
    assert begun(folder, "whole").wait(300) == 0
    return folder


def begun(folder, name, *words):
    words = words or (*WORDS, "--out", name, *KEYS.split())
    root = str(Path(__file__).parents[2])
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([sys.executable, "-m", "skyrally", *words], cwd=folder, env={**os.environ, "PYTHONPATH": root}, **quiet)


def rows(folder):
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    return [{k: v for k, v in row.items() if not k.startswith("seconds")} for row in lines]


@pytest.mark.parametrize("wait", [0.0, 0.4])
def test_a_killed_run_goes_on_as_if_nothing_had_happened(home, wait, tmp_path):
    run = tmp_path / "run"
    killed = begun(home, str(run))
    while not RunFolder(run).known():
        assert killed.poll() is None
        time.sleep(0.01)
    time.sleep(wait)
    killed.send_signal(signal.SIGKILL)
    assert killed.wait(60) == -signal.SIGKILL
    kept = int(RunFolder(run).known()[-1].name)
    logged = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines(keepends=True) if line.endswith("\n")]
    lost = [row["seconds"] for row in logged if row["frames"] > kept]
    assert not lost or lost[-1] - lost[0] < 5.0  # checkpoints come every 0.1 s
    assert begun(home, "", "resume", str(run)).wait(300) == 0
    assert rows(run) == rows(home / "whole")
    assert not list(run.rglob("*.part"))
    agents = [RunFolder(folder).known()[-1] / "agent.safetensors" for folder in (run, home / "whole")]
    assert agents[0].read_bytes() == agents[1].read_bytes()
