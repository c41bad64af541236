"""What the compiler finds wrong in a scenario of one's own is told in one line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "own_scenario.py"
PHYSICS, STANDSTILL = "advance = fly", "@fn\ndef advance(world, params, actions):\n    world.step += 1\n\n"  # compiles at once
pytestmark = pytest.mark.jit


def run(folder, *words):
    quiet = {"SDL_VIDEODRIVER": "", "DISPLAY": "", "WAYLAND_DISPLAY": "", "SKYRALLY_QUIET": "1", "PYTHONPATH": str(EXAMPLE.parents[1])}
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, cwd=folder, timeout=300, env={**os.environ, **quiet})


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("gap = norm(", "gap = world.landing + norm(", "'landing'; did you mean landed"),
        ("params.max_steps and", "params.max_step and", "'max_step'; did you mean max_steps"),
        ("norm(vec3(drone.vel))", "norm(nothing)", "do not compile"),
    ],
)
def test_what_the_compiler_finds_is_one_clear_line(tmp_path, old, new, says):
    text = EXAMPLE.read_text()
    assert old in text
    assert PHYSICS in text
    (tmp_path / "broken.py").write_text(text.replace(PHYSICS, STANDSTILL).replace(old, new))
    done = run(tmp_path, "-m", "skyrally", "eval", "hover", "--scenario", "broken.py")
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert says in done.stderr.strip().splitlines()[-1]
