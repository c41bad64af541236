"""Writes the rows of training runs into rows/, one file each, without the places where they lay.

python benchmarks/swarm_learning/keep_rows.py runs
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from skyrally.baselines.results import read_rows

ROWS = Path(__file__).with_name("rows")


def main(folder: str) -> None:
    """Keeps the row of every run in a folder."""
    ROWS.mkdir(exist_ok=True)
    for row in read_rows([folder]):
        row["command"] = re.sub(r"(--out |run:)\S*?([^/\s]+)(?=\s|$)", r"\1runs/\2", row["command"])
        (ROWS / f"{row['run']}.json").write_text(json.dumps(row, indent=1) + "\n")
        last = row["curve"][-1] if row["curve"] else {}
        print(f"{row['run']}: {row['frames']} frames of {row['asked']}, {row['seconds']:.0f} s, last evaluation {last.get('evaluation')}")


if __name__ == "__main__":
    main(sys.argv[1])
