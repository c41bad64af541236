"""Collects the flights that trained skills strike, with which the drills of the skills after them begin (`starts=chained`).

    python benchmarks/learning/flights.py set zoo:receive starts=chained
    python benchmarks/learning/flights.py receive zoo:serve zoo:attack

The first word is the drill that shall begin with them; then the agents, each in its own drill, in equal shares; then options of these
drills. Only flights of successes are kept. Writes skyrally/scenarios/flights/DRILL.npy.
"""

from __future__ import annotations

import sys

import numpy as np

from skyrally.agents.spec import find_agent, home
from skyrally.cli_words import parse_options
from skyrally.envs.batch import BatchEnv
from skyrally.scenarios.chain import COUNT, FOLDER
from skyrally.scenarios.registry import find

WORLDS, SEED = 256, 77  # the seed is of no training and no evaluation
HALF_TURN = np.array((-1.0, -1.0, 1.0) * 2)  # what comes over the net is seen from its other side
OVER = ("serve", "attack", "return-ball")


def flights(spec: str, count: int, options: dict) -> np.ndarray:
    """[count, 6] ball positions (m) and velocities (m/s) one step after the touch, in the drill's frame."""
    drill = find(home(spec)[0])
    agent = find_agent(spec, drill)
    env = BatchEnv(drill, WORLDS, seed=SEED, threads=1, **{name: value for name, value in options.items() if name in drill.options})
    env.assign(view=agent.view, action_mode=agent.action_mode)
    obs, memory, actions = env.reset(), np.zeros((WORLDS, agent.memory_size), np.float32), np.zeros((WORLDS, 1, 4), np.float32)
    struck, found = np.zeros((WORLDS, 6)), []
    while len(found) < count:
        agent.act(np.ascontiguousarray(obs[:, 0]), memory, actions[:, 0])
        step, now = env.step(actions), env.worlds
        fresh = (now["hit_step"] >= 0) & (now["step"] == now["hit_step"] + 1)
        struck[fresh] = np.concatenate((now["ball"]["pos"], now["ball"]["vel"]), axis=1)[fresh]
        found += list(struck[step.done & (now["success"] > 0)])
        memory[step.done] = 0.0
        obs = env.reset(step.done) if step.done.any() else step.obs
    return np.array(found[:count])


def main(drill: str, *words: str) -> None:
    specs, options = [word for word in words if "=" not in word], parse_options(tuple(word for word in words if "=" in word))
    count = COUNT // len(specs)
    rows = np.concatenate([flights(spec, count, options) * (HALF_TURN if home(spec)[0] in OVER else 1.0) for spec in specs])
    FOLDER.mkdir(exist_ok=True)
    np.save(FOLDER / f"{drill}.npy", rows.astype(np.float32))
    print(f"{drill}: {len(rows)} flights; means {rows.mean(0).round(2)}, spreads {rows.std(0).round(2)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
