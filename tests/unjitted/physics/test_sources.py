"""The compile key: what a world is made from, the user's own modules included."""

from __future__ import annotations

import importlib

from skyrally.physics import sources
from skyrally.physics.sources import digest_of, sources_of


def names(module):
    return sorted(path.name for path in sources_of(module))


def test_a_scenario_is_made_from_physics_and_its_parts_only():
    found = names("skyrally.scenarios.solo_bump")
    assert {"solo_bump.py", "parts.py", "scenario.py", "native.py", "vec.py", "rng.py"} <= set(found)
    assert not {"hover.py", "volleyball.py", "batch.py", "core.py"} & set(found)


def test_a_users_own_modules_count_and_installed_ones_do_not(tmp_path, monkeypatch):
    (tmp_path / "my_parts").mkdir()
    (tmp_path / "my_parts" / "__init__.py").write_text("")
    (tmp_path / "my_parts" / "gains.py").write_text("GAIN = 2.0\n")
    (tmp_path / "my_parts" / "law.py").write_text("from .gains import GAIN\nimport torch.nn\n")
    (tmp_path / "my_world.py").write_text("import math\nimport numpy as np\nfrom my_parts.law import GAIN\nimport skyrally\n")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    sources._is_own.cache_clear()
    assert names("my_world") == ["gains.py", "law.py", "my_world.py"]
    before = digest_of("my_world")
    (tmp_path / "my_parts" / "gains.py").write_text("GAIN = 3.0\n")
    assert digest_of("my_world") == before  # once per process: the code that is loaded is still the old one
    digest_of.cache_clear()
    assert digest_of("my_world") != before
