"""Hand-made worlds: a scenario's world, its shared block and its functions, to be set up field by field and then asked. And a player."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from skyrally.agents.agent import Agent
from skyrally.physics.ball import move_ball
from skyrally.physics.records import BODY, NOBODY, RACKET, world_record
from skyrally.scenarios.registry import find
from skyrally.scenarios.rulebook import REASONS

HOVER_U = 2.0 * 0.788**2 - 1.0  # roughly the rotor action that carries an Iris


class Always(Agent):
    """One choice for ever."""

    action_mode = "discrete"

    def __init__(self, choice: int):
        self.name, self.choice = f"always {choice}", choice

    def act(self, obs: np.ndarray, memory: np.ndarray, out: np.ndarray) -> None:
        out[:] = self.choice


class Bench:
    """One world of a scenario. `world` and `params` are records: set fields, then `referee`, `step` or `see`."""

    def __init__(self, name: str, seed: int = 7, **options: Any):
        self.scenario = find(name)
        self.options = self.scenario.resolved(options)
        self.params = self.scenario.configure(self.options)[0]
        self.module = importlib.import_module(self.scenario.module)
        self.world = np.zeros(1, self.scenario.world)[0]
        self.world.seed = seed
        self.world.drones["turned"] = np.array(self.scenario.teams) == 1
        if "next_serve" in self.world.dtype.names:
            self.world.next_serve = 0
        self.module.reset(self.world, self.params)

    @property
    def n(self) -> int:
        return len(self.world.drones)

    def referee(self) -> np.ndarray:
        """[N] rewards of a step in which nothing moved."""
        reward = np.zeros(self.n)
        self.module.referee(self.world, self.params, reward)
        return reward

    def step(self, actions: Any = 0.3) -> np.ndarray:
        """One control step with the same number, a row or a table of actions; [N] rewards."""
        self.module.advance(self.world, self.params, np.broadcast_to(np.asarray(actions, float), (self.n, 4)))
        return self.referee()

    def play(self, *choices: int) -> np.ndarray:
        """One step of a game: each player's choice; [N] rewards."""
        k = int(self.params.choices)
        rows = np.zeros((self.n, 4))
        rows[:, 0] = [(2 * choice + 1) / k - 1 for choice in choices]
        return self.step(rows)

    def fall(self, height: float) -> tuple[np.ndarray, float]:
        """(place, apex) of the ball as the world moves it, when it falls through `height`."""
        ball, apex = self.world.ball, 0.0
        for _ in range(300):
            for _ in range(self.params.substeps):
                move_ball(ball, self.params)
            apex = max(apex, ball.pos[2])
            if ball.vel[2] < 0 and ball.pos[2] <= height:
                return ball.pos.copy(), apex
        raise AssertionError("the ball never came down")

    def see(self, i: int = 0, view: str | None = None) -> dict[str, np.ndarray]:
        """Drone i's observation by field name."""
        names = list(self.scenario.views)
        view = view or names[0]
        layout = self.scenario.views[view]
        self.world.drones[i].view_id = names.index(view)
        out = np.full(layout.size, np.nan)
        self.module.observe(self.world, self.params, i, out)
        assert np.isfinite(out).all(), f"{view} left a number of the observation unwritten"
        return {field.name: out[layout[field.name]] for field in layout.fields}

    # -- matches -------------------------------------------------------------------------------------------------------

    def clear(self) -> None:
        """As if a new step began: no events."""
        self.world.n_events = 0

    def event(self, kind: int, who: int = NOBODY, other: int = NOBODY, point: tuple = (0.0, 0.0, 1.0)) -> Bench:
        event = self.world.events[self.world.n_events]
        event.kind, event.who, event.other = kind, who, other
        event.point[:] = point
        self.world.n_events += 1
        return self

    def touch(self, who: int, x: float | None = None, kind: int = RACKET) -> Bench:
        """A step in which `who` touches the ball, on its own side unless x says otherwise; judged."""
        own = 1.0 if 2 * who < self.n else -1.0
        x = own if x is None else x
        self.clear()
        self.event(kind, who, point=(x, 0.0, 2.5))
        self.ball(x)
        self.referee()
        return self

    def airframe(self, who: int) -> Bench:
        return self.touch(who, kind=BODY)

    def ball(self, x: float, y: float = 0.0, z: float = 3.0, vel: tuple = (0.0, 0.0, 0.0)) -> Bench:
        self.world.ball.pos[:] = (x, y, z)
        self.world.ball.vel[:] = vel
        return self

    def cross(self, x: float) -> Bench:
        """A step in which the ball only flies to x, high over the net."""
        self.clear()
        self.ball(x, vel=(np.copysign(1.0, x), 0.0, 0.0))
        self.referee()
        return self

    @property
    def verdict(self) -> tuple[int, str]:
        """(winner, reason): -1 open, 0 red, 1 blue, 2 draw."""
        return int(self.world.winner), REASONS[int(self.world.reason)]


def match(n: int, rules: str = "sport", **options: Any) -> Bench:
    return Bench(f"volleyball-{n}v{n}", rules=rules, **options)


def bare(drones: int = 1, ball: bool = True) -> np.record:
    """A world of motion only, every drone upright, far from the others and alive."""
    world = np.zeros(1, world_record(drones, ball=ball))[0]
    for i in range(drones):
        put(world.drones[i], pos=(10.0 * i, 5.0, 50.0))
    if ball:
        world.ball.pos[:] = (-50.0, -50.0, 50.0)
    return world


def put(body: np.record, **fields: Any) -> np.record:
    """Sets fields of a drone or ball; keeps `up` with `quat`."""
    from skyrally.physics.vec import body_z

    if "quat" in body.dtype.names and "quat" not in fields and not np.any(body.quat):
        fields["quat"] = (1.0, 0.0, 0.0, 0.0)
    for name, value in fields.items():
        body[name] = value
    if "quat" in fields:
        body.up = body_z(tuple(body.quat))
    return body


def unit(rng: np.random.Generator, size: int) -> np.ndarray:
    v = rng.normal(size=size)
    return v / np.linalg.norm(v)


def rotation(q: Any) -> np.ndarray:
    """[3, 3] from a quaternion, by the textbook (not by the code under test)."""
    w, x, y, z = q
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )
