"""The registry as test parameters, and toy scenarios, whole and broken."""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
import toy_scenario

from skyrally.scenarios.registry import SCENARIOS
from skyrally.scenarios.scenario import Scenario

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pettingzoo.test  # noqa: F401 (imports games that PettingZoo itself calls deprecated: once, here)

QUICK = ("hover", "solo-bump", "volleyball-1v1", "volleyball-3v3")  # compiled in the fast tier


def scenario_params(names: list[str]) -> list:
    """The names as parameters: those that only the full tier compiles are marked slow."""
    return [pytest.param(name, marks=[pytest.mark.jit, *([] if name in QUICK else [pytest.mark.slow])]) for name in names]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`scenario`: every registered name; `drill`: those with one drone."""
    if "scenario" in metafunc.fixturenames:
        metafunc.parametrize("scenario", scenario_params(list(SCENARIOS)))
    if "drill" in metafunc.fixturenames:
        metafunc.parametrize("drill", scenario_params([name for name, known in SCENARIOS.items() if known.drones == 1]))


@pytest.fixture(scope="session")
def toy() -> Scenario:
    """Three points; point k is out after 4 (k + 1) steps, and the episode over with the last."""
    return toy_scenario.scenario()


@pytest.fixture(scope="session")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Scenario]:
    """broken(old, new): the toy scenario with one line of its text exchanged."""
    folder = tmp_path_factory.mktemp("broken")
    text = Path(str(toy_scenario.__file__)).read_text()
    sys.path.insert(0, str(folder))

    def make(old: str, new: str) -> Scenario:
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in toy_scenario.py"
        name = f"broken_toy_{len(list(folder.glob('*.py')))}"
        (folder / f"{name}.py").write_text(text.replace(old, new))
        importlib.invalidate_caches()
        return importlib.import_module(name).scenario(name.replace("_", "-"), name)

    return make
