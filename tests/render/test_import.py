"""The room costs nothing until something is drawn."""

from __future__ import annotations

import subprocess
import sys

import pytest

import skyrally.render


def test_importing_the_room_loads_no_pygame_and_no_encoder():
    code = (
        "import sys, skyrally.render as r; r.open_sink; r.open_replay; r.Source;"
        "print([m for m in ('pygame', 'av', 'numba', 'torch') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_every_name_resolves():
    for name in skyrally.render.__all__:
        assert getattr(skyrally.render, name) is not None
    with pytest.raises(AttributeError):
        _ = skyrally.render.nothing
