"""How well a set of constants explains the published self-play policy: what its own critic expects against what happens here.

The file of the policy holds its critic: the discounted reward (published weights, gamma 0.995) that it expected from a state while
it was trained. Where our worlds are those it knew, the rewards that it earns here are what it expects; where they differ,
the expectation is wrong within a second. So the root mean square of (expected - earned), over all drones and steps of rallies
against itself, judges constants without any wish of ours in it.

    python benchmarks/isaac_fit/critic.py ../shared/data/volleybots/sp.pt --out benchmarks/isaac_fit/rows.jsonl
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

import skyrally
from skyrally.agents.foreign_pickle import read_archive
from skyrally.agents.volleybots import actor_weights, actors_of
from skyrally.physics.airframes import AIRFRAMES

GAMMA, WORLDS, LONGEST = 0.995, 16, 250  # steps: rallies that are still open then count as they are
NOMINAL = {  # published, but for the rotors' places
    "rotors": "iris-isaac",
    "swept": 0,
    "mass": 1.52,
    "inertia_x": 1.0,  # shares of the published ones
    "inertia_y": 1.0,
    "inertia_z": 1.0,
    "lag": 0.43,  # per step
    "yaw": 1.0,  # share of the published reaction torque
    "linear_damping": 0.2,  # 1/s
    "angular_damping": 0.2,
    "half_height": 0.05,  # m: of the body's top face over its centre
    "racket_radius": 0.20,  # m
    "body_radius": 0.26,
    "restitution": 0.8,
    "friction": 0.0,
}
SWEEPS = {
    "mass": (1.44, 1.48, 1.5, 1.54, 1.56, 1.6),
    "inertia_x": (0.7, 0.85, 1.15, 1.3),
    "inertia_y": (0.7, 0.85, 0.95, 1.05, 1.15, 1.3),
    "inertia_z": (0.5, 0.75, 1.5),
    "lag": (0.37, 0.4, 0.46, 0.5),
    "yaw": (0.5, 2.0),
    "linear_damping": (0.0, 0.4),
    "angular_damping": (0.0, 1.0),
    "half_height": (-0.0, 0.02, 0.035, 0.065, 0.08),
    "body_radius": (0.22, 0.3),
    "restitution": (0.7, 0.75, 0.85, 0.9),
    "friction": (0.25, 0.5),
}
RANGES = {
    "mass": (1.48, 1.56),
    "inertia_x": (0.8, 1.25),
    "inertia_y": (0.8, 1.25),
    "inertia_z": (0.7, 1.4),
    "lag": (0.4, 0.46),
    "half_height": (0.0, 0.07),
    "restitution": (0.74, 0.86),
}


class Judge:
    """The policy, its critic, and worlds in which it plays itself."""

    def __init__(self, path: Path):
        archive = read_archive(path)
        weights = actor_weights(archive, path)
        self.actors = actors_of(weights, path).eval()
        self.std = torch.tensor(np.exp(weights["module.act_dist.log_std"]))
        self.critic, self.mean, self.scale = critic_of(archive)
        options = {"rules": "benchmark", "physics": "isaac", "view": "benchmark", "threads": 1}
        self.env = skyrally.make("volleyball-3v3", worlds=WORLDS, seed=0, **options)

    def rallies(self, constants: dict[str, Any]) -> dict[str, float]:
        """One rally per world, actions drawn as in training: the misfit of the critic, and how the rallies went."""
        write_constants(self.env, constants)
        draws = torch.Generator().manual_seed(0)
        self.env.worlds["next_serve"] = np.arange(WORLDS) % 2
        obs, over = self.env.reset(), np.zeros(WORLDS, bool)
        values, rewards, live = [], [], []
        for _ in range(LONGEST):
            live.append(~over)
            with torch.no_grad():
                seen = torch.from_numpy(obs)
                values.append(self.critic(seen)[..., 0].numpy() * self.scale + self.mean)
                mean = self.actors(seen[None], torch.zeros(WORLDS, 6, 0))[0][0]
                actions = (mean + self.std * torch.randn(mean.shape, generator=draws)).clamp(-1, 1).numpy()
            step = self.env.step(actions)
            obs = step.obs
            rewards.append(step.reward * ~over[:, None])
            over = over | step.done
            if over.all():
                break
        earned, to_come = np.zeros((len(rewards), WORLDS, 6)), np.zeros((WORLDS, 6))
        for t in range(len(rewards) - 1, -1, -1):
            to_come = rewards[t] + GAMMA * to_come
            earned[t] = to_come
        gap = (np.array(values) - earned)[np.array(live)]
        worlds = self.env.worlds
        return {
            "misfit": float(np.sqrt((gap**2).mean())),
            "bias": float(gap.mean()),
            "start_expected": [round(float(v), 1) for v in np.array(values)[0, 0]],  # red serves
            "start_earned": [round(float(v), 1) for v in earned[0, ::2].mean(0)],
            "touches": float(worlds["touches"].mean()),
            "crossings": float(worlds["crossings"].mean()),
            "steps": float(worlds["step"].mean()),
        }


def critic_of(archive: dict[str, Any]) -> tuple[nn.Sequential, Any, Any]:
    """(critic, mean, scale) of a published file: what it expects is its output times the scale, plus the mean."""
    norm = archive["value_normalizer"]
    first, second = (norm[name].reshape(-1) / norm["debiasing_term"] for name in ("running_mean", "running_mean_sq"))
    return _critic(archive["critic"]), first, np.sqrt(second - first**2)


def _critic(weights: dict[str, np.ndarray]) -> nn.Sequential:
    """The published critic: the actor's form with one number at its end."""

    def filled(layer: nn.Module, name: str) -> nn.Module:
        layer.load_state_dict({kind: torch.tensor(weights[f"module.{name}.{kind}"]) for kind in ("weight", "bias")})
        return layer

    size = len(weights["module.base.0.bias"])
    layers: list[nn.Module] = [filled(nn.LayerNorm(size), "base.0")]
    for k in (0, 3, 6):
        width = len(weights[f"module.base.1.layers.{k}.bias"])
        layers += [filled(nn.Linear(size, width), f"base.1.layers.{k}"), nn.ELU()]
        layers += [filled(nn.LayerNorm(width), f"base.1.layers.{k + 2}")]
        size = width
    return nn.Sequential(*layers, filled(nn.Linear(size, 1), "v_out"))


def write_constants(env: Any, constants: dict[str, Any]) -> None:
    """Puts constants into the shared block of an environment."""
    given = {**NOMINAL, **constants}
    frame, block, ball = AIRFRAMES[given["rotors"]], env.params["airframe"][0], env.params["ball"][0]
    inertia = np.array(frame.inertia) * [given[f"inertia_{axis}"] for axis in "xyz"]
    ix, iy, iz = inertia
    block["rotor_x"], block["rotor_y"] = np.array(frame.rotor_xy).T
    block["rotor_yaw"] = -frame.torque_per_force * given["yaw"] * np.array(frame.rotor_spin)
    block["inertia"], block["inv_inertia"], block["gyro"] = inertia, 1.0 / inertia, ((iy - iz) / ix, (iz - ix) / iy, (ix - iy) / iz)
    block["mass"], block["inv_mass"] = given["mass"], 1.0 / given["mass"]
    block["hover"] = np.sqrt(given["mass"] * 9.81 / (4.0 * frame.max_force))
    block["lag"] = given["lag"]
    block["keep_linear"], block["keep_angular"] = 1.0 - 0.02 * given["linear_damping"], 1.0 - 0.02 * given["angular_damping"]
    block["body_half_height"], block["racket_radius"] = given["half_height"], given["racket_radius"]
    block["body_radius"] = given["body_radius"]
    ball["racket_restitution"] = ball["body_restitution"] = given["restitution"]
    ball["friction"] = given["friction"]
    env.params["swept"] = given["swept"]


def candidates(random: int, seed: int) -> list[tuple[str, dict[str, Any]]]:
    """(kind, constants that differ from NOMINAL): what the rotors and contacts might be, one constant at a time, random ones."""
    rng = np.random.default_rng(seed)
    tried: list[tuple[str, dict[str, Any]]] = [("form", {"rotors": r, "swept": s}) for r in ("iris", "iris-isaac") for s in (1, 0)]
    tried += [("form", {"rotors": "iris", "swept": s, "inertia_y": k, "half_height": 0.0}) for s in (1, 0) for k in (1.35, 1.55, 1.75)]
    tried += [("sweep", {name: value}) for name, values in SWEEPS.items() for value in values]
    drawn = [{name: round(rng.uniform(*span), 4) for name, span in RANGES.items()} for _ in range(random)]
    return tried + [("random", one) for one in drawn]


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("file", type=Path, help="sp.pt")
    words.add_argument("--out", type=Path, required=True, help="a .jsonl file for the rows")
    words.add_argument("--random", type=int, default=48, help="random candidates")
    words.add_argument("--seed", type=int, default=0, help="of the random candidates")
    given = words.parse_args()
    judge, start = Judge(given.file), time.process_time()
    with given.out.open("w") as out:
        for kind, constants in candidates(given.random, given.seed):
            row = {"kind": kind, "constants": constants, **judge.rallies(constants)}
            out.write(json.dumps(row) + "\n")
            out.flush()
            print(f"{row['misfit']:6.2f}  touches {row['touches']:.2f}  crossings {row['crossings']:.2f}  {constants}", flush=True)
    print(f"{time.process_time() - start:.0f} s of CPU")


if __name__ == "__main__":
    main()
