"""What an engine costs: python benchmarks/fidelity/speed.py ENGINE WORLDS [SCENARIO]. One JSON row: start-up, memory, steps a second.

Both engines at four substeps, process CPU time on one thread. One process per row: start-up and memory are those of a fresh one.
"""

from __future__ import annotations

import json
import resource
import sys
import time

import skyrally
from skyrally.envs.throughput import measure

engine, worlds = sys.argv[1], int(sys.argv[2])
name = sys.argv[3] if len(sys.argv) > 3 else "volleyball-3v3"
options = {"substeps": 4, **({"rules": "benchmark"} if name.startswith("volleyball") else {})}
wall, cpu = time.perf_counter(), time.process_time()
skyrally.make(name, worlds, engine=engine, **options).close()
row = {
    "engine": engine,
    "worlds": worlds,
    "start_s": round(time.perf_counter() - wall, 1),
    "start_cpu_s": round(time.process_time() - cpu, 1),
}
seconds = 0.5 if engine == "native" else 2.0
row["steps_per_cpu_s"] = round(measure(name, worlds, repeats=3, seconds=seconds, engine=engine, **options).steps_per_s)
row["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(json.dumps(row))
