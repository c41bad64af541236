"""docs/: the pages of the scenarios are those of the registry, and what own_scenario.md says works."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from skyrally import pages
from skyrally.scenarios.registry import SCENARIOS
from skyrally.tournament import yardsticks

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "scenarios"


def test_the_pages_are_up_to_date():
    for name, text in pages.texts().items():
        assert (FOLDER / name).exists(), f"{name} is missing: {pages.COMMAND}"
        assert (FOLDER / name).read_text() == text, f"{name} is out of date: {pages.COMMAND}"


def test_there_is_a_page_and_a_picture_of_every_scenario_and_of_no_other():
    names = {path.name for path in FOLDER.iterdir()}
    assert names == {"README.md"} | {f"{name}{suffix}" for name in SCENARIOS for suffix in (".md", ".png")}


def test_a_page_tells_its_scenario():
    text = pages.page(SCENARIOS["solo-bump"])
    assert "| `from_ball` | 26 to 28 | m | world |  |" in text
    assert "| high | 8 | true hits while" in text
    assert "Published: 10.83 ± 1.24 (PPO); 3.68" in text
    assert "skyrally eval scripted:rally --scenario solo-bump --episodes 1000 --seed 0" in text


def test_results_are_of_the_scenarios_own_players():
    for name, row in yardsticks.read().items():
        assert name in SCENARIOS
        assert row["agent"] == SCENARIOS[name].yardstick, f"{name}: python benchmarks/scripted.py --write"
        assert row["metric"]["low"] <= row["metric"]["mean"] <= row["metric"]["high"]


def test_writing_results_keeps_those_of_others(tmp_path):
    path = tmp_path / "yardsticks.json"
    rows = [row for row in yardsticks.read().values() if row["scenario"] == "hover"]
    path.write_text(json.dumps(rows))
    from skyrally.tournament.evaluation import Estimate, Evaluation

    yardsticks.write([Evaluation("a", "solo-bump", 9, 0, Estimate("bumps", 1.0, 0.0, 2.0))], path)
    assert [row["scenario"] for row in json.loads(path.read_text())] == ["hover", "solo-bump"]


@pytest.mark.jit
def test_own_scenario_page_works_from_another_folder(tmp_path):
    text = (ROOT / "docs" / "own_scenario.md").read_text()
    shutil.copy(ROOT / "examples" / "own_scenario.py", tmp_path / "my_drill.py")
    code = re.findall(r"```python\n(.*?)```", text, re.S)
    commands = re.findall(r"^skyrally (.*)$", re.findall(r"```sh\n(.*?)```", text, re.S)[0], re.M)
    assert len(code) == 1
    assert len(commands) == 3
    calls = [["-c", code[0]], *(["-m", "skyrally", *command.split()] for command in commands)]
    quiet = {"SDL_VIDEODRIVER": "", "DISPLAY": "", "WAYLAND_DISPLAY": "", "PYTHONPATH": str(ROOT)}
    for call in calls:
        done = subprocess.run(
            [sys.executable, *call], capture_output=True, text=True, cwd=tmp_path, timeout=300, env={**os.environ, **quiet}
        )
        assert done.returncode == 0, done.stderr
        if call[2:3] == ["eval"]:
            assert "landings 1 [1, 1]" in done.stdout
    assert (tmp_path / "land.png").stat().st_size > 1000
