"""How fast swarms step: agent control steps per second over worlds x drones, cost per agent over the number of drones, memory.

python benchmarks/swarm.py [--threads 1] [--json] [--every | --scenario NAME ...] [--drones N]

Without names: flock over sizes. `--every`: each scenario of swarms, EACH drones in all, in worlds of its usual size or of N drones (from
1,024 on the other compiled form steps them).

Everything is included: motion, cell lists, neighbours, rewards, observations. Random actions; process CPU time on one thread (so that
neighbours on the machine count little), wall time on more. An agent control step is 20 ms of one quadrotor; a point's is its decision.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time

import numpy as np

import skyrally
from skyrally.scenarios.names import SWARMS

EACH = 32_768
SIZES = ((4096, 8), (256, 128), (16, 1024), (1, 10_000))
GROWTH = (1024, 2500, 5000, 10_000)
KINDS = {"quadrotor": {}, "point": {"mode": "point"}, "physical": {"collisions": "physical"}}
REPEATS, SECONDS = 5, 0.6


def measure(worlds: int, drones: int, threads: int, substeps: int | None = 1, scenario: str = "flock", **options) -> dict:
    """One row: medians of the repeats."""
    env = skyrally.make(scenario, worlds, agents=drones, threads=threads, substeps=substeps, **options)
    rng = np.random.default_rng(0)
    moves = [rng.uniform(-1, 1, (worlds, drones, 4)).astype(np.float32) for _ in range(2)]
    env.reset()
    clock = time.process_time if threads == 1 else time.perf_counter
    ticks, rates = int(env.params["ticks"][0]), []
    for repeat in range(REPEATS + 1):
        steps, start = 0, clock()
        while steps == 0 or clock() - start < SECONDS:
            step = env.step(moves[steps % 2])
            if step.done.any():
                env.reset(step.done)
            steps += 1
        if repeat:  # the first warms caches
            rates.append(steps * worlds * drones * ticks / (clock() - start))
    size = env.worlds.nbytes + env.buffers().obs.nbytes + sum(part.nbytes for cells in env._crowd._cells for part in cells)
    env.close()
    rate = statistics.median(rates)
    row = {"scenario": scenario, "worlds": worlds, "drones": drones, "threads": threads, "substeps": substeps, **options}
    return row | {"agent_steps_per_s": rate, "low": min(rates), "high": max(rates), "ns": 1e9 / rate, "mbytes": size / 1e6}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--every", action="store_true")
    parser.add_argument("--scenario", nargs="*", default=[], choices=SWARMS)
    parser.add_argument("--drones", type=int)
    asked = parser.parse_args()
    named = SWARMS if asked.every else asked.scenario
    rows = [usual(name, asked.threads, asked.drones) for name in named] if named else over_sizes(asked.threads)
    if asked.json:
        print(json.dumps(rows, indent=1))
        return
    for row in rows:
        what = row.get("mode") or ("physical" if row.get("collisions") else "" if named else "quadrotor")
        spread = f"{row['low'] / 1e6:.2f} to {row['high'] / 1e6:.2f}"
        substeps = "usual" if row["substeps"] is None else row["substeps"]
        print(
            f"{row['scenario']:16s} {row['worlds']:5d} x {row['drones']:6d}  {what:9s} substeps {substeps}  "
            f"{row['agent_steps_per_s'] / 1e6:6.2f} M/s ({spread})  {row['ns']:7.0f} ns  {row['mbytes']:7.1f} MB",
            flush=True,
        )


def usual(name: str, threads: int, drones: int | None = None) -> dict:
    """A scenario as it is by default, or with so many drones in a world."""
    drones = drones or skyrally.find_scenario(name).drones
    return measure(EACH // drones, drones, threads, substeps=None, scenario=name)


def over_sizes(threads: int) -> list[dict]:
    """The rows of the sizes, of four substeps, and of growing worlds."""
    rows = [measure(*size, threads, **options) for options in KINDS.values() for size in SIZES]
    rows.append(measure(4096, 8, threads, substeps=4))
    return rows + [measure(1, drones, threads, **options) for options in KINDS.values() for drones in GROWTH[:-1]]


if __name__ == "__main__":
    main()
