"""Why the published hover skills stop beside their targets: what each does when it is at its target already, still and level.

A skill that holds its target must then carry the weight with four about equal rotors. If the constants of our drone were wrong, all skills
would ask for the same other forces. And if a skill knew better, its critic (trained in Isaac Sim) would value the target over the place
where it settles.

    python benchmarks/isaac_fit/trim.py ../shared/data/volleybots --out benchmarks/isaac_fit/trim.jsonl
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch

from skyrally.agents.foreign_pickle import read_archive
from skyrally.agents.volleybots import AIRFRAME, actor_weights, actors_of
from skyrally.physics.airframes import AIRFRAMES

sys.path.insert(0, str(Path(__file__).parent))
from critic import critic_of

SKILLS = ("goto", "firstpass_hover", "att_hover", "serve_hover", "secpass_hover")
FRAME = AIRFRAMES[AIRFRAME]
ROUNDS, SHARE = 4000, 0.05  # of the search for the rotors that a skill keeps up


def row(offset: np.ndarray, action: np.ndarray) -> torch.Tensor:
    """[1, 1, 26] what `goto` shows of a level drone at rest, `offset` (m) before its target, its rotors as `action` [4] keeps them."""
    throttle = 2.0 * np.sqrt(np.clip(0.5 * (action + 1.0), 0.0, 1.0)) - 1.0
    parts = (offset, (1, 0, 0, 0), np.zeros(6), (1, 0, 0), (0, 0, 1), throttle, np.zeros(3))
    return torch.tensor(np.concatenate(parts), dtype=torch.float32)[None, None]


def kept_up(actors: Any, offset: np.ndarray) -> np.ndarray:
    """[4] the mean action that a skill stays at when nothing moves: its fixed point, clipped as rotors do."""
    action = np.full(4, 2.0 * FRAME.hover() ** 2 - 1.0)
    for _ in range(ROUNDS):
        with torch.no_grad():
            mean = actors(row(offset, action)[None], torch.zeros(1, 1, 0))[0]
        action = action + SHARE * (np.clip(mean.numpy().ravel(), -1.0, 1.0) - action)
    return action


def judge(folder: Path, skill: str) -> dict[str, Any]:
    """What a skill's actor does at its target, and what its critic says of that place and of the best one near it."""
    path = folder / f"hier_{skill}.pt"
    archive = read_archive(path)
    weights = actor_weights(archive, path)
    actors, (critic, mean, scale) = actors_of(weights, path).eval(), critic_of(archive)
    action, level = kept_up(actors, np.zeros(3)), np.full(4, 2.0 * FRAME.hover() ** 2 - 1.0)
    force = 0.5 * (action + 1.0) * FRAME.max_force
    torque = FRAME.allocation @ force
    grid = np.stack(np.meshgrid(*[np.linspace(-0.5, 0.5, 11)] * 3, indexing="ij"), -1).reshape(-1, 3)
    with torch.no_grad():
        seen = torch.cat([row(np.zeros(3), level)[0], *(row(place, level)[0] for place in grid)])
        values = critic(seen).numpy().ravel() * scale + mean
    best = int(values[1:].argmax())
    return {
        "skill": skill,
        "action_std": [round(float(s), 2) for s in np.exp(weights["module.act_dist.log_std"]).ravel()],
        "rotor_forces_N": [round(float(f), 2) for f in force],
        "thrust_N": round(float(torque[0]), 2),
        "weight_N": round(FRAME.mass * 9.81, 2),
        "roll_pitch_torque_Nm": [round(float(t), 3) for t in torque[1:3]],
        "value_at_target": round(float(values[0]), 1),
        "best_value_within_half_a_metre": round(float(values[1 + best]), 1),
        "there": [round(float(-x), 2) for x in grid[best]],  # m, of the drone from its target
    }


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("folder", type=Path, help="where hier_*.pt lie")
    words.add_argument("--out", type=Path, required=True, help="a .jsonl file for the rows")
    given = words.parse_args()
    rows = [json.dumps(judge(given.folder, skill)) for skill in SKILLS]
    given.out.write_text("\n".join(rows) + "\n")
    print("\n".join(rows))


if __name__ == "__main__":
    main()
