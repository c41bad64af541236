"""What all tests share: reproducible property tests, a quiet compiler."""

from __future__ import annotations

import os

from hypothesis import settings

os.environ.setdefault("SKYRALLY_QUIET", "1")

# Compiled code runs in microseconds but the first call of a process may compile, so examples have no deadline.
settings.register_profile("skyrally", deadline=None, max_examples=40, derandomize=True)
settings.load_profile("skyrally")
