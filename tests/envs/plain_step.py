"""Steps given worlds once, with whatever Numba this process has: test_jit.py runs it with NUMBA_DISABLE_JIT=1.

Arguments: a file of what to step, a file to write. Worlds travel as bytes: NumPy's files would lose the records' padding.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

import skyrally


def step_once(scenario: str, options: dict, worlds: np.ndarray, actions: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(worlds [W], obs [W, N, O], reward [W, N]) one step after `worlds`."""
    env = skyrally.make(scenario, worlds=len(worlds), threads=1, **options)
    env.restore(worlds)
    result = env.step(actions)
    return env.snapshot(), result.obs.copy(), result.reward.copy()


def main(given: str, answer: str) -> None:
    """Reads scenario, options, worlds and actions; writes worlds, observations and rewards."""
    with np.load(given) as file:
        scenario, options, actions, data = str(file["scenario"]), json.loads(str(file["options"])), file["actions"], file["worlds"]
    worlds = np.frombuffer(data.tobytes(), skyrally.find_scenario(scenario).world).copy()
    after, obs, reward = step_once(scenario, options, worlds, actions)
    with Path(answer).open("wb") as out:
        np.savez(out, worlds=np.frombuffer(after.tobytes(), np.uint8), obs=obs, reward=reward)


if __name__ == "__main__":
    main(*sys.argv[1:])
