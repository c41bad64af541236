"""How the engines differ: the same starts and commands in each, the differences as one JSON row per case.

    python benchmarks/fidelity/flights.py [--engines genesis mujoco] [--worlds 64] [--out rows.jsonl]

Every engine is compared with the native one at the same substeps (4 of 5 ms). `docs/fidelity.md` has the table and what it means.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import tyro

import skyrally

sys.path.insert(0, str(Path(__file__).parent))
SUBSTEPS = 4
HIGH = 20.0  # m: flights start so much higher than the scenario would, above all that could be touched
MOMENTS = (25, 50, 75, 100)  # control steps at which position errors are told
Batches = dict[str, Any]
Row = dict[str, Any]


def batches(engines: list[str], scenario: str, worlds: int, **options: Any) -> Batches:
    """engine -> a batch at the same starts; the native one first."""
    made: Batches = {"native": skyrally.make(scenario, worlds, substeps=SUBSTEPS, seed=1, **options)}
    for engine in engines:
        if engine == "mujoco":
            from mujoco_scene import MujocoEnv

            from skyrally.scenarios.registry import find

            made[engine] = MujocoEnv(find(scenario), worlds, substeps=SUBSTEPS, seed=1, **options)
        else:
            made[engine] = skyrally.make(scenario, worlds, engine=engine, substeps=SUBSTEPS, seed=1, **options)
    for env in made.values():
        env.reset()
    return made


def run(made: Batches, commands: np.ndarray, see: Callable[[Any], np.ndarray]) -> dict[str, np.ndarray]:
    """engine -> [T + 1, W, ...] of what `see` gives, from the start on. commands: [T, W, N, 4]. No world ends."""
    told: dict[str, np.ndarray] = {}
    for name, env in made.items():
        rows = [see(env).copy()]
        for actions in commands:
            env.step(actions.astype(np.float32))
            env.worlds["terminated"] = env.worlds["truncated"] = 0
            rows.append(see(env).copy())
        told[name] = np.array(rows)
    return told


def drone(env: Any) -> np.ndarray:
    return env.worlds["drones"]["pos"][:, 0]


def ball(env: Any) -> np.ndarray:
    return env.worlds["ball"]["pos"]


def ball_velocity(env: Any) -> np.ndarray:
    return env.worlds["ball"]["vel"]


def drift(case: str, told: dict[str, np.ndarray]) -> list[Row]:
    """Position differences over time, and over the length of the path flown."""
    rows = []
    base = told["native"]
    length = np.concatenate([np.zeros((1, base.shape[1])), np.cumsum(np.linalg.norm(np.diff(base, axis=0), axis=2), axis=0)])
    for engine, path in told.items():
        if engine == "native":
            continue
        gap = np.linalg.norm(path - base, axis=2)
        last = [t for t in MOMENTS if t < len(base)]
        share = gap[last[-1]] / length[last[-1]]
        rows.append(
            {
                "case": case,
                "engine": engine,
                "mm_after_s": {t / 50: round(1e3 * float(np.median(gap[t])), 4) for t in last},
                "path_m": round(float(np.median(length[last[-1]])), 2),
                "share_median": float(np.median(share)),
                "share_worst": float(share.max()),
            }
        )
    return rows


def lift(made: Batches) -> None:
    """Everything far above the ground, the ball out of the way."""
    for env in made.values():
        env.reset(seeds=7)
        env.reset(seeds=np.arange(env.num_worlds))
        env.worlds["drones"]["pos"][:, 0, 2] += HIGH
        env.worlds["ball"]["pos"] += (100.0, 0.0, 2.0 * HIGH)


def flights(made: Batches) -> list[Row]:
    """Free flight, hover, steps of velocity, aggressive flight."""
    worlds = made["native"].num_worlds
    rng = np.random.default_rng(0)
    hover = 2.0 * float(made["native"].params["airframe"]["hover"][0]) ** 2 - 1.0
    tumble = np.broadcast_to(hover + rng.uniform(-0.02, 0.02, (worlds, 1, 4)), (100, worlds, 1, 4))
    held = np.repeat(rng.uniform(-1.0, 1.0, (10, worlds, 1, 4)), 10, 0) * (0.5, 1.0, 1.0, 1.0) + (hover, 0.0, 0.0, 0.0)
    cases = {
        "free flight, rotors at constant uneven throttle": ("rotor", tumble),
        "hover (velocity 0)": ("velocity", np.zeros((100, worlds, 1, 4))),
        "steps of velocity, one a second": ("velocity", np.repeat(rng.uniform(-0.6, 0.6, (2, worlds, 1, 4)), 50, 0)),
        "aggressive: full random body rates, five a second": ("ctbr", held),
    }
    rows = []
    for case, (mode, commands) in cases.items():
        for env in made.values():
            env.assign(action_mode=mode)
        lift(made)
        rows += drift(case, run(made, commands, drone))
    return rows


def still(made: Batches, steps: int) -> np.ndarray:
    """Commands that ask the drones to stay."""
    env = made["native"]
    for one in made.values():
        one.assign(action_mode="velocity")
    return np.zeros((steps, env.num_worlds, env.num_drones, 4))


def ball_flight(made: Batches, case: str) -> list[Row]:
    """Balls thrown at 3 to 12 m/s with up to 40 rad/s of spin, for 1.5 s."""
    rng = np.random.default_rng(1)
    worlds = made["native"].num_worlds
    vel = rng.standard_normal((worlds, 3))
    vel *= rng.uniform(3.0, 12.0, (worlds, 1)) / np.linalg.norm(vel, axis=1, keepdims=True)
    spin = rng.uniform(-40.0, 40.0, (worlds, 3))
    lift(made)
    for env in made.values():
        env.worlds["ball"]["vel"], env.worlds["ball"]["spin"] = vel, spin
    return drift(case, run(made, still(made, 76), ball))


def first_apex(z: np.ndarray) -> float:
    """m: the height to which something that falls comes after it bounced for the first time. z: [T]."""
    rising = np.diff(z) > 0.0
    bounced = int(rising.argmax())
    falling = ~rising[bounced:]
    return float(z[bounced + int(falling.argmax()) if falling.any() else -1])


def bounces(made: Batches, case: str, on_racket: bool) -> list[Row]:
    """Balls dropped from 0.5 to 2.5 m on a hovering racket or on the ground: how high they come again."""
    worlds = made["native"].num_worlds
    commands = still(made, 75)
    lift(made)
    drop = np.linspace(0.5, 2.5, worlds)
    for env in made.values():
        radius, frame = float(env.params["ball"]["radius"][0]), env.params["airframe"][0]
        env.worlds["drones"]["quat"][:, 0], env.worlds["drones"]["up"][:, 0] = (1, 0, 0, 0), (0, 0, 1)
        base = drone(env) + np.array([0.0, 0.0, frame["body_half_height"]]) if on_racket else np.zeros((worlds, 3))
        env.worlds["ball"]["pos"] = base + np.outer(drop + radius, (0.0, 0.0, 1.0)) + (0.03, 0.02, 0.0)
        floor = base[:, 2] + radius
    told = run(made, commands, ball)
    high = {engine: np.array([first_apex(z) for z in path[..., 2].T]) - floor for engine, path in told.items()}
    rows = []
    for engine, height in high.items():
        off = np.abs(height / high["native"] - 1.0) if engine != "native" else np.zeros(worlds)
        rows.append(
            {
                "case": case,
                "engine": engine,
                "height_over_drop": round(float(np.median(height / drop)), 4),
                "off_median": float(np.median(off)),
                "off_worst": float(off.max()),
            }
        )
    return rows


def hits(made: Batches, case: str, inner: float, outer: float) -> list[Row]:
    """Balls at 2 to 10 m/s onto tilted, moving, turning drones, `inner` to `outer` metres from the axis: the velocities they leave with."""
    rng = np.random.default_rng(2)
    worlds = made["native"].num_worlds
    commands = still(made, 4)
    lift(made)
    angle, at = rng.uniform(0.0, 2.0 * np.pi, worlds), rng.uniform(inner, outer, worlds)
    speed, toward = rng.uniform(2.0, 10.0, worlds), rng.uniform(-0.5, 0.5, (worlds, 2))
    tilt, about = rng.uniform(0.0, 0.5, worlds), rng.uniform(0.0, 2.0 * np.pi, worlds)
    vel, rate = rng.uniform(-2.0, 2.0, (worlds, 3)), rng.uniform(-3.0, 3.0, (worlds, 3))
    quat = np.stack([np.cos(tilt / 2), np.sin(tilt / 2) * np.cos(about), np.sin(tilt / 2) * np.sin(about), 0 * tilt], 1)
    from skyrally.physics.vec import body_z, to_world

    for env in made.values():
        radius, half = float(env.params["ball"]["radius"][0]), float(env.params["airframe"]["body_half_height"][0])
        for k, world in enumerate(env.worlds):
            one = world["drones"][0]
            q = tuple(quat[k])
            one["quat"], one["up"], one["vel"], one["rate"] = q, body_z(q), vel[k], rate[k]
            way = np.array(to_world(q, (toward[k, 0], toward[k, 1], -1.0)))
            way *= speed[k] / np.linalg.norm(way)
            meets = np.array(to_world(q, (at[k] * np.cos(angle[k]), at[k] * np.sin(angle[k]), half + radius)))
            world["ball"]["vel"] = vel[k] + way
            world["ball"]["pos"] = one["pos"] + meets - 0.012 * way  # they meet after 12 ms
            world["ball"]["spin"] = 0.0
    before = made["native"].worlds["ball"]["vel"].copy()
    told = run(made, commands, ball_velocity)
    rows, base = [], told["native"][-1]
    for engine, path in told.items():
        if engine == "native":
            continue
        off = np.linalg.norm(path[-1] - base, axis=1) / np.linalg.norm(base - before, axis=1)
        rows.append(
            {
                "case": case,
                "engine": engine,
                "off_median": float(np.median(off)),
                "off_95": float(np.quantile(off, 0.95)),
                "off_worst": float(off.max()),
                "within_2_percent": float((off < 0.02).mean()),
            }
        )
    return rows


def net_hits(made: Batches, case: str) -> list[Row]:
    """Balls at 2 to 8 m/s into a net that has a body."""
    rng = np.random.default_rng(3)
    worlds = made["native"].num_worlds
    vel = np.stack([-rng.uniform(2.0, 8.0, worlds), rng.uniform(-2.0, 2.0, worlds), rng.uniform(-1.0, 3.0, worlds)], 1)
    pos = np.stack([np.full(worlds, 0.3), rng.uniform(-1.0, 1.0, worlds), rng.uniform(0.8, 2.0, worlds)], 1)
    for env in made.values():
        env.reset(seeds=np.arange(worlds))
        env.worlds["ball"]["vel"], env.worlds["ball"]["pos"] = vel, pos
    told = run(made, still(made, 10), ball_velocity)
    base = told["native"][-1]
    rows = []
    for engine, path in told.items():
        if engine != "native":
            off = np.linalg.norm(path[-1] - base, axis=1) / np.linalg.norm(base - vel, axis=1)
            rows.append({"case": case, "engine": engine, "off_median": float(np.median(off)), "off_worst": float(off.max())})
    return rows


def main(engines: Annotated[list[str], tyro.conf.arg(name="engines")] = ["genesis", "mujoco"], worlds: int = 64, out: str = "") -> None:  # noqa: B006
    """Runs all cases and prints their rows."""
    rows: list[Row] = []
    for physics in ("benchmark", "fine"):
        made = batches(engines, "solo-bump", worlds, physics=physics)
        if physics == "benchmark":
            rows += flights(made)
        rows += ball_flight(made, f"ball in flight, {physics}")
        rows += bounces(made, f"bounce on a hovering racket, {physics}", True)
        if physics == "fine":
            rows += bounces(made, f"bounce on the ground, {physics}", False)
        rows += hits(made, f"racket hits, {physics}", 0.0, 0.18)
        rows += hits(made, f"hits between racket's edge and rim, {physics}", 0.2, 0.3)
        for env in made.values():
            env.close()
    rows += net_hits(batches(engines, "volleyball-1v1", worlds, physics="fine"), "net hits, fine")
    for row in rows:
        print(json.dumps(row), flush=True)
    if out:
        Path(out).write_text("".join(json.dumps(row) + "\n" for row in rows))


if __name__ == "__main__":
    tyro.cli(main)
