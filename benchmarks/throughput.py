"""World steps per second: python benchmarks/throughput.py. One thread, process CPU time, median of five; one row per line as JSON."""

import json
import os

from skyrally.envs.throughput import measure

CASES = [("hover", {}), ("solo-bump", {}), ("volleyball-3v3", {"rules": "benchmark"}), ("volleyball-6v6", {"rules": "benchmark"})]

for name, options in CASES:
    for substeps in (1, 4):
        print(json.dumps(measure(name, substeps=substeps, **options).row()), flush=True)
cores = os.cpu_count() or 1
if cores > 1:
    for threads in (1, cores):
        print(json.dumps(measure("volleyball-3v3", threads=threads, rules="benchmark").row()), flush=True)
