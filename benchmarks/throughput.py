"""World steps per second: python benchmarks/throughput.py [SCENARIO ...]. One thread, process CPU time, median of five; JSON lines.

Without names: the four that have targets at one and four substeps, 3v3 on all cores, then every other scenario.
"""

import json
import os
import sys

from skyrally.envs.throughput import measure
from skyrally.scenarios.registry import SCENARIOS

CASES = [("hover", {}), ("solo-bump", {}), ("volleyball-3v3", {"rules": "benchmark"}), ("volleyball-6v6", {"rules": "benchmark"})]


def tell(name: str, **options: object) -> None:
    print(json.dumps(measure(name, **options).row()), flush=True)


if len(sys.argv) > 1:
    for name in sys.argv[1:]:
        tell(name)
    sys.exit()
for name, options in CASES:
    for substeps in (1, 4):
        tell(name, substeps=substeps, **options)
cores = os.cpu_count() or 1
if cores > 1:
    for threads in (1, cores):
        tell("volleyball-3v3", threads=threads, rules="benchmark")
for name in sorted(set(SCENARIOS) - {name for name, _ in CASES}):
    tell(name)
