"""Laws and rules as plain Python: no compilation, so every case costs milliseconds.

Run with `NUMBA_DISABLE_JIT=1 python -m pytest tests/unjitted`. Numba reads that variable when it is imported, so these
tests cannot share a process with compiled ones: without the variable they are skipped, and the Makefile runs them apart.
"""

from __future__ import annotations

from pathlib import Path

import numba
import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if numba.config.DISABLE_JIT:
        return
    skip = pytest.mark.skip(reason="plain Python only: NUMBA_DISABLE_JIT=1 python -m pytest tests/unjitted")
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(skip)
