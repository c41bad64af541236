"""Collects the moments of matches in which a commander orders a hit: what the drills of these skills begin with (`starts=matches`).

    A="zoo:hierarchy=scripted:rally zoo:hierarchy=zoo:hierarchy zoo:captain=zoo:hierarchy"
    python benchmarks/hierarchy/starts.py receive set attack $A
    B=hierarchy:benchmarks/hierarchy/blockers.yaml; python benchmarks/hierarchy/starts.py block $B=zoo:hierarchy $B=scripted:rally

Skills, then pairs of a hierarchy, whose moments are kept, and its opponent; each pair gives an equal share. Writes
skyrally/scenarios/starts/NAME.npy for each skill and says over what range its orders are. Orders at the last moment (a ball that is
met within LEAST seconds) are left out: they lie on the way of the earlier ones.
"""

from __future__ import annotations

import sys

import numpy as np

from skyrally.agents.agent import Agent
from skyrally.agents.ballistics import GRAVITY, HALF_STEP
from skyrally.agents.hierarchy import Hierarchy
from skyrally.agents.orders import APEX, ATTACK, BLOCK, HEIGHT, RECEIVE, SET, SOONEST, TARGET
from skyrally.agents.spec import find_agent
from skyrally.scenarios.registry import find
from skyrally.scenarios.scenario import Layout
from skyrally.scenarios.skill_orders import COUNT, FOLDER, ROW
from skyrally.tournament.match import Fixture, Format, MatchRunner

MATCHES, PER_MATCH, SEED = 500, 4, 7_000_003  # rallies; the seed is of no training and no evaluation
LEAST = 0.1  # s
DRILLS = {"receive": RECEIVE, "set": SET, "attack": ATTACK, "block": BLOCK}
SEEN = ("position", "quaternion", "velocity", "rate", "throttle", "ball", "ball_velocity")  # what begins a row


class Noted(Agent):
    """A commander whose rows and orders are kept."""

    def __init__(self, commander: Agent):
        self.name, self.action_mode, self.memory_size, self._commander = (
            commander.name,
            commander.action_mode,
            commander.memory_size,
            commander,
        )
        self.rows: list[np.ndarray] = []
        self.orders: list[np.ndarray] = []

    def act(self, obs: np.ndarray, memory: np.ndarray, out: np.ndarray) -> None:
        self._commander.first_row = self.first_row
        self._commander.act(obs, memory, out)
        self.rows.append(obs.copy())
        self.orders.append(out.copy())


def moments(team: str, other: str) -> tuple[np.ndarray, np.ndarray, Layout]:
    """(rows of the view `match`, orders, that view) of all that the commander of `team` was asked in matches against `other`."""
    scenario = find("volleyball-3v3")
    agents = [find_agent(spec, scenario, k) for k, spec in enumerate((team, other))]
    assert isinstance(agents[0], Hierarchy), f"{team} has no commander"
    agents[0].commander = noted = Noted(agents[0].commander)
    fixtures = [Fixture(0, 1, seed=SEED + k, red=k % 2, server=k // 2 % 2) for k in range(MATCHES)]
    form = Format(points=PER_MATCH, serve="alternate", swap="rally", max_rallies=PER_MATCH)
    MatchRunner.of(scenario, agents, fixtures, worlds=MATCHES, form=form).play()
    return np.concatenate(noted.rows), np.concatenate(noted.orders), scenario.views["match"]


def starts(rows: np.ndarray, orders: np.ndarray, view: Layout, skill: int) -> np.ndarray:
    """[K, 31] the moments in which `skill` was ordered, as skill_orders.ROW."""
    mine = orders[:, 0] == skill
    seen, told = rows[mine], orders[mine].astype(float)
    motion = np.concatenate([seen[:, view.slices[name]] for name in SEEN], axis=1).astype(float)
    ball, vel = motion[:, -6:-3], motion[:, -3:] - (0.0, 0.0, GRAVITY * HALF_STEP)
    t = (vel[:, 2] + np.sqrt(vel[:, 2] ** 2 + 2.0 * GRAVITY * np.maximum(ball[:, 2] - told[:, HEIGHT], 0.0))) / GRAVITY
    meet = ball + t[:, None] * vel
    meet[:, 2] = told[:, HEIGHT]
    motion[motion[:, 3] < 0.0, 3:7] *= -1.0  # drills begin with w > 0, and recast shows attitudes so
    made = np.concatenate((motion, told[:, TARGET : TARGET + 3], meet, told[:, [APEX, SOONEST]]), axis=1)
    return made[t > LEAST]


def main(*words: str) -> None:
    skills, pairs = [word for word in words if "=" not in word], [word for word in words if "=" in word]
    found = [moments(*pair.split("=")) for pair in pairs]
    edges = np.cumsum([0, *(size for _, size in ROW)])
    FOLDER.mkdir(exist_ok=True)
    for name in skills:
        kept, generator = [], np.random.default_rng(SEED)
        for k, (rows, orders, view) in enumerate(found):
            made = starts(rows, orders, view, DRILLS[name])
            count = COUNT // len(found) + (k < COUNT % len(found))
            print(f"{name}: {len(made)} of {pairs[k]}, {count} kept")
            kept.append(made[generator.choice(len(made), count, replace=len(made) < count)])
        table = np.concatenate(kept)
        np.save(FOLDER / f"{name}.npy", table.astype(np.float32))
        for (part, _), first, last in zip(ROW, edges, edges[1:], strict=False):
            low, high = np.percentile(table[:, first:last], (1, 99), axis=0).round(2)
            print(f"  {part}: {low.tolist()} to {high.tolist()}")


if __name__ == "__main__":
    main(*sys.argv[1:])
