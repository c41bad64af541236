"""The toy scenario of tests/envs (three points, compiled in a second or two) as something to learn."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "envs"))
