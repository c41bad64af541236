"""two-way-road against highway-env's two-way-v0, second by second: python benchmarks/two_way_road.py [EPISODES]. One JSON line.

Both start from highway-env's random starts and get the same random choices, until a crash or 20 s. Our blue car, which two-way-v0 does not
have, is parked out of reach. A comparison ends early where theirs does what ours does not: its other cars crash into each other, are
pushed aside when they are about to be touched, or drive backwards.
Needs highway-env (1.12.1 was used). With its dependencies it replaces pygame by pygame-ce, so rather unpack it and name it on PYTHONPATH.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np

import skyrally
from skyrally.errors import SkyrallyError

SPEEDS = (0, 10, 20, 30)
CHOICES = {"left": 0, "keep": 1, "right": 2, "faster": 3, "slower": 4}
MEANT = {"left": "LANE_LEFT", "keep": "IDLE", "right": "LANE_RIGHT", "faster": "FASTER", "slower": "SLOWER"}
SECONDS = 20
HALF = 400.0  # m, of their road
AWAY = 1e5  # m


def theirs(seed: int) -> Any:
    """two-way-v0 with our speeds, reset."""
    try:
        from highway_env.envs.two_way_env import TwoWayEnv
    except ImportError:
        raise SkyrallyError("highway-env is not installed; see the head of benchmarks/two_way_road.py") from None
    env = TwoWayEnv({"action": {"type": "DiscreteMetaAction", "target_speeds": list(SPEEDS)}})
    env.reset(seed=seed)
    return env


def seen(env: Any) -> np.ndarray:
    """[6, 4] x, y, heading, speed of the learner, its three leaders and the two that come, as red sees them: y to its left."""
    return np.array([(car.position[0] - HALF, 2.0 - car.position[1], -car.heading, car.speed) for car in env.road.vehicles])


def laid_out(env: Any) -> skyrally.envs.BatchEnv:
    """Our world with their cars at their places."""
    ours = skyrally.make("two-way-road", speeds=SPEEDS, max_cycles=SECONDS + 1, threads=1)
    ours.reset()
    world = ours.worlds[0]
    red, blue = world.drones[0], world.drones[1]
    cars = seen(env)
    red.s, red.y, red.heading, red.speed = cars[0]
    red.target_speed, red.begun = red.speed, red.s
    blue.s, blue.speed, blue.target_speed = -AWAY, 0.0, 0.0  # behind all of its leaders
    for k in range(3):
        _follower(world.traffic[0, k], cars[1 + k, 0], cars[1 + k, 3])
        _follower(world.traffic[1, k], -cars[4 + k, 0] if k < 2 else -2.0 * AWAY, cars[4 + k, 3] if k < 2 else 0.0)
    return ours


def _follower(car: np.record, s: float, speed: float) -> None:
    car.s, car.speed, car.desired = s, speed, min(speed, 20.0)


def ours_as_seen(world: np.record) -> np.ndarray:
    """[6, 4] as `seen`."""
    red = world.drones[0]
    rows = [(red.s, red.y, red.heading, red.speed)]
    rows += [(car.s, -2.0, 0.0, car.speed) for car in world.traffic[0]]
    rows += [(-car.s, 2.0, -np.pi, car.speed) for car in world.traffic[1, :2]]
    return np.array(rows, float)


def alike(env: Any) -> bool:
    """Whether their other cars do what ours may do."""
    others = seen(env)[1:]
    return bool((np.abs(np.abs(others[:, 1]) - 2.0) < 1e-9).all() and (others[:, 3] >= 0.0).all()) and not any(
        car.crashed for car in env.road.vehicles if car is not env.vehicle
    )


def compare(seed: int) -> tuple[int, bool, bool, float]:
    """(seconds, whether theirs crashed, ours, largest difference in m, rad and m/s before) of one episode."""
    env = theirs(seed)
    ours, rng, worst = laid_out(env), np.random.default_rng(seed), 0.0
    names = list(CHOICES)
    for second in range(1, SECONDS + 1):
        name = names[rng.integers(len(names))]
        index = {meaning: k for k, meaning in env.action_type.actions.items()}[MEANT[name]]
        env.step(index)
        ours.step(np.array([[CHOICES[name], CHOICES["keep"]]]))
        crashed, ended = bool(env.vehicle.crashed), bool(ours.worlds["crash_red"][0])
        if crashed or ended:
            return second, crashed, ended, worst
        if not alike(env):
            return second - 1, False, False, worst
        inside = np.abs(seen(env)[:, 0]) < HALF  # beyond the end of their road nobody is seen
        worst = max(worst, float(np.abs(seen(env) - ours_as_seen(ours.worlds[0]))[inside].max()))
    return SECONDS, False, False, worst


def run(episodes: int) -> dict[str, Any]:
    """The comparison of many episodes, as plain types."""
    rows = [compare(seed) for seed in range(episodes)]
    return {
        "episodes": episodes,
        "seconds": sum(row[0] for row in rows),
        "crashes": {"two-way-v0": sum(row[1] for row in rows), "two-way-road": sum(row[2] for row in rows)},
        "crashes in the same second": sum(row[1] and row[2] for row in rows),
        "episodes within 1e-9": sum(row[3] < 1e-9 for row in rows),
        "largest difference": max(row[3] for row in rows),
    }


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]) if len(sys.argv) > 1 else 100)))
