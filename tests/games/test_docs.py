"""docs/games.md: its example runs, the files that it names exist."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "games.md").read_text()


def test_the_examples_run(tmp_path):
    code = "\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.S))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, timeout=300, env=environment)
    assert done.returncode == 0, done.stderr
    crashes = [float(rate) for rate in re.findall(r"crashes ([\d.]+)", done.stdout)]
    assert crashes == sorted(crashes, reverse=True)
    assert crashes[0] > 10 * crashes[-1]


def test_the_files_it_names_exist():
    rows = re.findall(r"^\|.*\| (`[^|]*\.py`) \|$", PAGE, re.M)
    assert len(rows) >= 15
    named = {name for row in rows for name in re.findall(r"`([a-z_]+\.py)`", row)}
    there = {path.name for path in (ROOT / "skyrally" / "games").glob("*.py")}
    assert named == there - {"__init__.py", "solvers.py"}
    for script in re.findall(r"`python (benchmarks/\S+\.py)`", PAGE):
        assert (ROOT / script).exists()
