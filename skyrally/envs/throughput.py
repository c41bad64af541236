"""How fast worlds step, honestly: everything included (physics, referee, rewards, observations, resets), process CPU time first."""

from __future__ import annotations

import statistics
import time
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from . import doors

NOISE = 0.1  # the actions stay this near to hover, so that worlds live for a while and every phase has work


@dataclass(frozen=True)
class Throughput:
    """One measurement. Rates are medians of the repeats; `low` and `high` the slowest and fastest."""

    scenario: str
    worlds: int
    threads: int
    substeps: int
    steps_per_s: float  # world steps per second: of process CPU time on one thread, of wall time on more
    agent_steps_per_s: float
    low: float
    high: float
    clock: str

    def row(self) -> dict[str, Any]:
        """Plain types, for JSON."""
        return asdict(self)


def measure(scenario: str, worlds: int = 4096, threads: int = 1, repeats: int = 5, seconds: float = 0.5, **options: Any) -> Throughput:
    """Steps a batch with near-hover random actions, resetting what ends; `repeats` timings of at least `seconds` each."""
    env = doors.make(scenario, worlds, threads=threads, **options)
    rng = np.random.default_rng(0)
    if env.seats.any_choosing:
        actions = list(env.seats.random(rng, 4))
    else:
        shape, hover = (worlds, env.num_drones, 4), 2.0 * float(env.params["airframe"]["hover"][0]) ** 2 - 1.0
        actions = [(hover + NOISE * rng.standard_normal(shape)).astype(np.float32) for _ in range(4)]
    env.reset()
    clock = time.process_time if threads == 1 else time.perf_counter
    rates = []
    for repeat in range(repeats + 1):
        steps, start = 0, clock()
        while steps == 0 or clock() - start < seconds:
            for row in actions:
                step = env.step(row)
                done = step.done
                if done.any():
                    env.reset(done)
            steps += len(actions)
        if repeat:  # the first warms caches
            rates.append(steps * worlds / (clock() - start))
    env.close()
    rate = statistics.median(rates)
    return Throughput(
        scenario=env.scenario.name,
        worlds=worlds,
        threads=threads,
        substeps=int(env.params["substeps"][0]),
        steps_per_s=rate,
        agent_steps_per_s=rate * env.num_drones,
        low=min(rates),
        high=max(rates),
        clock="cpu" if threads == 1 else "wall",
    )
