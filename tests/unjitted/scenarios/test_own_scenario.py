"""A scenario of one's own: found by file or module, and refused in one clear line that names what is wrong."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

import skyrally
from skyrally import SkyrallyError
from skyrally.envs.probe import probe
from skyrally.scenarios.checked import check_tables
from skyrally.scenarios.registry import SCENARIOS, find

EXAMPLE = Path(__file__).parents[3] / "examples" / "own_scenario.py"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where files of one's own lie; the registry is put back afterwards."""
    before = dict(SCENARIOS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [*importlib.sys.path])
    yield tmp_path
    SCENARIOS.clear()
    SCENARIOS.update(before)
    importlib.invalidate_caches()


def write(folder, old="", new="", count=[0]):  # noqa: B006 (a module name of its own for each)
    """The example with one piece of its text exchanged, under a new name. Returns the file's name."""
    text = EXAMPLE.read_text()
    assert old in text
    count[0] += 1
    name = f"my_drill_{count[0]}.py"
    (folder / name).write_text(text.replace(old, new) if old else text)
    return name


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_packages_own_scenarios_pass_the_same_checks(name):
    check_tables(SCENARIOS[name])
    probe(SCENARIOS[name])


def test_it_is_found_by_file_by_attribute_by_module_and_then_by_name(folder):
    name = write(folder, '"land"', '"my-land"')
    scenario = find(name)
    assert scenario.name == "my-land"
    assert find(f"{name}:LAND") is find(f"python:{name[:-3]}:LAND") is find("my-land") is scenario
    assert find(str(folder / name)) is scenario
    env = skyrally.make(name, worlds=2, seed=1)
    assert env.reset().shape == (2, 1, 26)
    skyrally.register_all()  # with the standard libraries, too
    import gymnasium

    assert gymnasium.make("skyrally/my-land-v0").reset(seed=0)[0].shape == (26,)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('name="land"', 'name="hover"', "'hover' exists already"),
        ('name="land"', 'name="My Land"', "lower-case"),
        ('metric=Metric("landings", "landed"', 'metric=Metric("landings", "lande"', "`metric` of land.*'lande'; did you mean landed"),
        ('info=("landed",)', 'info=("handed",)', "`info` of land.*'handed'; did you mean landed"),
        ('("returns", F8, 2)', '("return", F8, 2)', "drone record has no field 'returns'"),
        ('[("term", F8, 2)', '[("term", F8, 3)', "'term' holds 3 numbers, and there are 2 reward terms"),
        ("*ROOT]", '*ROOT, Field("to_target", 1)]', "2 fields named 'to_target'"),
        ("*ROOT]", '*ROOT, Field("wind", -1)]', "'wind' of view 'land' has size -1"),
        ("teams=(0,)", "teams=(0, 0)", "1 agents, 2 teams and 1 drones"),
        ("advance = fly", "forward = fly", "no function 'advance'"),
        ('("max_steps", I8), ', "", "max_steps"),
    ],
)
def test_wrong_tables_are_refused_at_registration(folder, old, new, says):
    with pytest.raises(SkyrallyError, match=says) as error:
        find(write(folder, old, new))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("*ROOT]", '*ROOT, Field("wind", 2, "m/s")]', r"wind\[0\] of drone_0 in world 0 is not written, or NaN at reset"),
        ('Field("to_target", 3', 'Field("to_target", 1', "2 or more numbers past the 24 of the layout at reset"),
        ("world.landed))", "float('nan')))", "reward term 'landed' of drone_0 is nan"),
        ("(1.0 / (1.0 + gap)", "(float('inf')", "reward term 'near' of drone_0 is inf"),
        ("    reward[0] = pay(", "    reward[0] = float('nan') * pay(", "reward term 'the sum' of drone_0 is nan"),
    ],
)
def test_wrong_functions_are_refused_before_the_first_reset(folder, old, new, says):
    with pytest.raises(SkyrallyError, match=says) as error:
        skyrally.make(write(folder, old, new), worlds=5)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("nowhere.py", "there is no file"),
        ("python:nowhere:X", "nowhere"),
        ("python:math", "expected python:MODULE:ATTR"),
        ("python:math:pi", "pi is a float; expected one skyrally Scenario"),
        ("python:math:tau2", "no attribute 'tau2'"),
        ("empty.py", "it holds 0 scenarios"),
        ("my-file.py", "cannot be imported"),
        ("json.py", "another module is called 'json' already"),
    ],
)
def test_wrong_specs_are_one_clear_line(folder, spec, says):
    for name in ("empty.py", "my-file.py", "json.py"):
        (folder / name).write_text("")
    with pytest.raises(SkyrallyError, match=says) as error:
        find(spec)
    assert "\n" not in str(error.value)


def test_a_scenario_of_a_script_is_refused(folder):
    text = EXAMPLE.read_text().replace("module=__name__", 'module="__main__"')
    (folder / "my_script.py").write_text(text)
    with pytest.raises(SkyrallyError, match="put it into a file of its own"):
        find("my_script.py")


def test_the_example_has_60_lines_of_code():
    body = EXAMPLE.read_text().split('"""', 2)[2]
    assert sum(bool(line.strip()) for line in body.splitlines()) <= 60
