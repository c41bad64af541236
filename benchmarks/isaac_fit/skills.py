"""What the imported skills do in our drills: how they hold their target, touch the ball, and where it goes.

    python benchmarks/isaac_fit/skills.py agents --episodes 100
    python benchmarks/isaac_fit/skills.py agents --exact  # the serve from its published start

`agents` holds what `skyrally zoo import-volleybots` wrote, each in a folder of its file's name.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from skyrally.agents.policy import load_agent
from skyrally.agents.volleybots import AIRFRAME, PHYSICS
from skyrally.envs.doors import make
from skyrally.physics.records import BODY, EVENT_NAMES, RACKET
from skyrally.scenarios.registry import find
from skyrally.scenarios.skill_parts import SERVE_DROP, SERVE_POST
from skyrally.tournament.drills import play_drill

HOLD = ("hier_goto", "hier_firstpass_hover", "hier_att_hover", "hier_serve_hover", "hier_secpass_hover")
STRIKE = {"hier_serve": "serve", "hier_firstpass": "receive", "hier_secpass": "set", "hier_att": "attack"}
OPTIONS: dict[str, Any] = {"airframe": AIRFRAME, "physics": PHYSICS, "threads": 1}
HORIZON, HELD = 500, 0.15  # steps, m


def hold(folder: Path, episodes: int) -> str:
    """How far from its target a skill stays in the second five seconds of `goto`, facing forward."""
    rows = play_drill("goto", f"file:{folder}", episodes, facing="forward", **OPTIONS)
    errors = [row.metric for row in rows if row.steps == HORIZON]
    held = sum(error < HELD for error in errors)
    middle, worst = (float(np.median(errors)), max(errors)) if errors else (np.nan, np.nan)
    return f"{len(errors)} of {episodes} reach it, {held} hold it within {HELD} m; median {middle:.3f} m, worst {worst:.3f} m"


def serve_exactly(env: Any) -> np.ndarray:
    """Puts every world of `serve` as a published match begins, its target on the ground; gives the observations."""
    drones, ball = env.worlds["drones"], env.worlds["ball"]
    drones["pos"][:, 0], drones["quat"][:, 0], drones["up"][:, 0] = SERVE_POST, (1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 1.0)
    ball["pos"] = np.add(SERVE_POST, (0.0, 0.0, SERVE_DROP))
    env.worlds["target"][:, 2] = 0.0
    return env.observe()


def strike(folder: Path, drill: str, episodes: int, exact: bool = False) -> str:
    """The first touch of each episode, and how many balls come where they should."""
    starts = {"starts": "published"} if "starts" in find(drill).options else {}
    env = make(drill, episodes, seed=0, view="benchmark", **starts, **OPTIONS)
    agent, obs = load_agent(folder, env.scenario, folder.name), env.reset()
    if exact:
        obs = serve_exactly(env)
    actions, memory = np.zeros((episodes, 1, 4), np.float32), np.zeros((episodes, 0), np.float32)
    first: dict[int, int] = {}
    for _ in range(HORIZON):
        agent.act(np.ascontiguousarray(obs[:, 0]), memory, actions[:, 0])
        step = env.step(actions)
        obs = step.obs
        for k in np.flatnonzero(env.worlds["n_events"]):
            kind = int(env.worlds["events"]["kind"][k, 0])
            if kind in (RACKET, BODY):
                first.setdefault(int(k), kind)
        if step.done.all():
            break
    touches = Counter(EVENT_NAMES[kind] for kind in first.values())
    ball, miss = env.worlds["ball"]["pos"], env.worlds["miss"]
    court = (ball[:, 0] < 0) & (np.abs(ball[:, :2]) <= (6.0, 3.0)).all(1)
    told = f"first touch {dict(touches)}, none {episodes - len(first)}; within 1 m {env.worlds['success'].mean():.2f}"
    return f"{told}, median miss {np.median(miss[miss >= 0]) if (miss >= 0).any() else np.nan:.2f} m, in the far court {court.mean():.2f}"


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("agents", type=Path)
    words.add_argument("--episodes", type=int, default=100)
    words.add_argument("--exact", action="store_true", help="only the serve, from its published start")
    given = words.parse_args()
    if given.exact:
        print(f"hier_serve: {strike(given.agents / 'hier_serve', 'serve', given.episodes, exact=True)}")
        return
    for name in HOLD:
        print(f"{name}: {hold(given.agents / name, given.episodes)}", flush=True)
    for name, drill in STRIKE.items():
        print(f"{name}: {strike(given.agents / name, drill, given.episodes)}", flush=True)


if __name__ == "__main__":
    main()
