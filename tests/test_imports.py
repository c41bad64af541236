"""What importing costs and brings: a light package, names that load when used, ids in both registries."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import skyrally
import skyrally.envs
from skyrally.envs import registration
from skyrally.scenarios import names
from skyrally.scenarios.registry import SCENARIOS

HEAVY = ("numpy", "numba", "torch", "pygame", "gymnasium", "pettingzoo", "genesis", "scipy")
SECONDS = 0.3
PACKAGE = Path(str(skyrally.__file__)).parent


def python(code: str) -> list[str]:
    """The lines that a fresh interpreter prints."""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return run.stdout.split("\n")


def test_the_import_is_quick_and_light():
    code = (
        "import sys, time; t = time.perf_counter(); import skyrally, skyrally.envs; print(time.perf_counter() - t);"
        f"print([name for name in {HEAVY} if name in sys.modules]); print(len(dir(skyrally)))"
    )
    runs = [python(code) for _ in range(3)]
    assert runs[0][1] == "[]"
    assert min(float(run[0]) for run in runs) < SECONDS


def test_importing_after_gymnasium_registers_and_stays_light():
    code = (
        "import sys, gymnasium, pettingzoo, skyrally;"
        "print(sorted(k for k in gymnasium.registry if k.startswith('skyrally/')));"
        "print(len([k for k in pettingzoo.parallel_registry if k.startswith('skyrally/')]));"
        "print([name for name in ('numba', 'torch', 'pygame') if name in sys.modules])"
    )
    assert python(code)[:3] == [str(sorted(registration.env_id(name) for name in names.DRILLS)), str(len(SCENARIOS)), "[]"]


def test_the_other_order_needs_register_all():
    code = (
        "import skyrally, gymnasium, pettingzoo; skyrally.register_all(); skyrally.register_all();"
        "print(gymnasium.spec('skyrally/hover-v0').id, pettingzoo.spec('aec', 'skyrally/volleyball-3v3-v0').id)"
    )
    assert python(code)[0] == "skyrally/hover-v0 skyrally/volleyball-3v3-v0"


def test_the_names_are_the_registry():
    assert tuple(SCENARIOS) == names.SCENARIO_NAMES
    assert set(names.DRILLS) == {name for name, known in SCENARIOS.items() if known.drones == 1}
    assert set(names.SWARMS) == {name for name, known in SCENARIOS.items() if known.swarm is not None}
    assert set(names.GAMES) == {name for name, known in SCENARIOS.items() if known.family == "game"}
    assert all(known.name == name for name, known in SCENARIOS.items())


def test_one_scenario_imports_no_other():
    code = (
        "import sys; from skyrally.scenarios.registry import SCENARIOS; 'flock' in SCENARIOS; SCENARIOS['hover'];"
        "print([name for name in ('flock', 'volleyball', 'matrix', 'juggle') if f'skyrally.scenarios.{name}' in sys.modules])"
    )
    assert python(code)[0] == "[]"


def test_every_name_resolves():
    for room in (skyrally, skyrally.envs):
        for name in room.__all__:
            assert getattr(room, name) is not None
        with pytest.raises(AttributeError, match="nothing_like_this"):
            _ = room.nothing_like_this
        assert set(room.__all__) >= set(room._HOMES)


def test_classic_modules_are_made_when_asked_for():
    from skyrally.envs import solo_bump_v0, volleyball_3v3_v0

    assert volleyball_3v3_v0 is skyrally.envs.volleyball_3v3_v0
    assert volleyball_3v3_v0.parallel_env().metadata["name"] == "volleyball_3v3_v0"
    assert str(solo_bump_v0.env()) == "solo_bump_v0"
    with pytest.raises(AttributeError):
        _ = skyrally.envs.volleyball_9v9_v0


def test_the_version_is_one():
    assert re.fullmatch(r"\d+\.\d+\.\d+", skyrally.__version__)
    assert version("skyrally") == skyrally.__version__


def test_files_are_short_and_say_what_they_are_about():
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text()
        name = path.relative_to(PACKAGE)
        assert path.name != "utils.py", name
        assert text.count("\n") <= 320, f"{name} has {text.count(chr(10))} lines; files stay near 300"
        assert not text.strip() or text.startswith('"""'), f"{name} does not open with what it is about"
