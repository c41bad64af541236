"""The small numbers: python benchmarks/latency.py. One world, the PettingZoo door, start-up, memory. Medians of five, JSON."""

import json
import resource
import statistics
import subprocess
import sys
import time

import numpy as np

import skyrally


def median_of_five(function, *arguments):
    """Median seconds of process CPU time of five calls."""
    times = []
    for _ in range(5):
        start = time.process_time()
        function(*arguments)
        times.append(time.process_time() - start)
    return statistics.median(times)


def batch_steps(env, actions, count):
    for _ in range(count):
        if env.step(actions).done[0]:
            env.reset()


def parallel_steps(env, actions, count):
    for _ in range(count):
        if not env.agents:
            env.reset()
        env.step(actions)


def in_new_process(code):
    """Median of five: the number that the code prints."""
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout for _ in range(5)]
    return statistics.median(float(run) for run in runs)


env = skyrally.make("volleyball-3v3", threads=1)
env.reset()
actions = np.full((1, 6, 4), 0.24, np.float32)
batch_steps(env, actions, 1000)
print(json.dumps({"BatchEnv.step, one 3v3 world, us": 1e6 * median_of_five(batch_steps, env, actions, 20000) / 20000}))

door = skyrally.parallel_env("volleyball-3v3")
door.reset(seed=0)
some = {agent: np.full(4, 0.24, np.float32) for agent in door.possible_agents}
parallel_steps(door, some, 1000)
print(json.dumps({"PettingZoo parallel 3v3, steps/s": 10000 / median_of_five(parallel_steps, door, some, 10000)}))

clock = "import time; t = time.perf_counter(); "
print(json.dumps({"import skyrally, s": in_new_process(clock + "import skyrally; print(time.perf_counter() - t)")}))
first = "import skyrally, numpy as np; e = skyrally.make('volleyball-3v3'); e.reset(); e.step(np.zeros((1, 6, 4), np.float32)); "
print(
    json.dumps(
        {
            "make to first step, torch imported, warm cache, s": in_new_process(
                "import torch; " + clock + first + "print(time.perf_counter() - t)"
            )
        }
    )
)

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
many = skyrally.make("volleyball-3v3", worlds=4096, threads=1)
many.reset()
many.step(np.zeros((4096, 6, 4), np.float32))
print(json.dumps({"4,096 worlds of 3v3 add, MB": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024}))
