"""The project as strangers meet it: the README's code runs, the wheel works from elsewhere, `import skyrally` is light."""

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SNIPPETS = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.S)


@pytest.mark.jit
@pytest.mark.parametrize("code", SNIPPETS, ids=range(len(SNIPPETS)))
def test_readme_snippets_run(code, tmp_path):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, timeout=300)
    assert done.returncode == 0, done.stderr


def test_readme_files_exist():
    for path in re.findall(r"\]\(([^)#]+)\)", (ROOT / "README.md").read_text()):
        assert (ROOT / path).exists(), path


@pytest.mark.slow
def test_the_wheel_works_from_another_directory(tmp_path):
    build = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path, ROOT], capture_output=True, text=True, timeout=300
    )
    assert build.returncode == 0, build.stderr
    (wheel,) = tmp_path.glob("*.whl")
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True, timeout=120)
    python = venv / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", wheel], check=True, timeout=120)
    # The dependencies come from the environment of the tests, appended last; skyrally itself must be the wheel's.
    place = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], capture_output=True, text=True, check=True
    )
    (Path(place.stdout.strip()) / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    code = "import skyrally; print(skyrally.__file__); e = skyrally.make('hover', worlds=2); e.reset(); print(e.layout.size)"
    done = subprocess.run(
        [python, "-P", "-c", code], capture_output=True, text=True, cwd=tmp_path, timeout=300, env={**os.environ, "PYTHONPATH": ""}
    )
    assert done.returncode == 0, done.stderr
    where, size = done.stdout.split()
    assert where.startswith(str(venv))
    assert size == "26"


def test_import_is_light():
    code = (
        "import time; t = time.perf_counter(); import skyrally, sys; print(time.perf_counter() - t);"
        "print([m for m in ('numpy', 'numba', 'torch', 'pygame', 'gymnasium', 'pettingzoo', 'genesis') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1] == "[]"
