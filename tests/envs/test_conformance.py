"""The kit passes every scenario of the registry, and fails scenarios that were broken on purpose."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from skyrally.envs.batch import BatchEnv
from skyrally.envs.conformance import CHECKS, ConformanceError, check
from skyrally.envs.conformance.compare import first_difference, record_difference
from skyrally.errors import SkyrallyError

MOVE = "drone.pos[0] = 0.9 * drone.pos[0] + 0.1 * (2.0 * drone.command[0] - 1.0)"
START = "drone.pos[0] = uniform(world, i, 1, -0.5, 0.5)"
FLAG = "out[1] = world.drones[i].alive"
BROKEN_WORLDS = [  # a line of the toy, what stands there instead, the check that fails, what it says
    (MOVE, f"{MOVE} + 0.01 * np.random.random()", "determinism", "obs differs at step 0, world 0, drone_0, place[0]"),
    (START, "pass", "determinism", "reset 1 steps into an episode"),
    ("out[0] = world.drones[i].pos[0]", "out[0] = 9.0 * world.drones[i].pos[0]", "bounds", "place[0]"),
    (FLAG, "pass", "layout", "alive[0] of drone_0 in world 0 is not written"),
    (FLAG, f"out[3] = {FLAG}", "layout", "writes 2 or more numbers past the 2"),
    ("reward[i] = pay(", "reward[i] = 1.0 + pay(", "rewards", "its terms add up to"),
    ("world.step >= params.max_steps", "world.step >= 15", "horizon", "goes on after 6 steps"),
    ("world.step >= params.max_steps", "world.step >= 3", "horizon", "truncated after 3 steps"),
    ("        world.truncated = 1", "        world.truncated = world.terminated = 1", "horizon", "terminated and truncated at once"),
    ("world.terminated = world.truncated = 0", "pass", "horizon", "in the first step after a reset"),
    ("world.episode += 1", "pass", "masks", "episode of the masked worlds is [0, 0], expected [1 1]"),
    ("world.episode += 1", "world.seed += 1; world.episode += 1", "masks", "reset without seeds changed a world's seed"),
]


@pytest.mark.jit
def test_a_registered_scenario_passes(scenario: str):
    assert check(scenario) == list(CHECKS)


@pytest.mark.jit
def test_the_toy_passes(toy):
    assert check(toy, steps=40) == list(CHECKS)
    assert check(replace(toy, stop_invalid=True), only=["invalid actions"]) == ["invalid actions"]


@pytest.mark.jit
@pytest.mark.parametrize(("old", "new", "name", "says"), BROKEN_WORLDS, ids=[says for *_, says in BROKEN_WORLDS])
def test_a_broken_world_fails(broken, old, new, name, says):
    with pytest.raises(ConformanceError) as caught:
        check(partial(BatchEnv, broken(old, new)), only=[name], steps=40)
    assert list(caught.value.failures) == [name]
    assert says in caught.value.failures[name]


@pytest.mark.jit
def test_a_fault_that_nobody_notices_fails(broken):
    scenario = replace(broken("if world.drones[i].invalid == 1:", "if False:"), stop_invalid=True)
    with pytest.raises(ConformanceError, match="nan in the action of drone_2 did not end its world"):
        check(scenario, only=["invalid actions"])


class Hidden(BatchEnv):
    """Keeps state beside the worlds."""

    count = 0

    def step(self, actions, out=None):
        self.count += 1
        result = super().step(actions, out)
        result.reward[:] += 1e-3 * self.count
        return result


class Shared(BatchEnv):
    """Keeps state that all instances share."""

    count = 0

    def step(self, actions, out=None):
        Shared.count += 1
        result = super().step(actions, out)
        result.obs[:] += 1e-3 * Shared.count
        return result


class Leaky(BatchEnv):
    """Lets a world see its neighbour."""

    def step(self, actions, out=None):
        self.worlds["drones"]["pos"][:, 0, 0] += 1e-9 * self.worlds["drones"]["pos"][::-1, 1, 0]
        return super().step(actions, out)


class Threaded(BatchEnv):
    """Forgets the last world when there are threads."""

    def _run(self, function, *arguments):
        if self._pool is not None:
            self._chunks = [(0, self.num_worlds - 1)]
        super()._run(function, *arguments)


class Maskless(BatchEnv):
    """Resets all worlds whatever the mask."""

    def reset(self, mask=None, seeds=None, out=None):
        return super().reset(None, seeds, out)


class Seedless(BatchEnv):
    """Has two seeds only."""

    def __init__(self, *arguments, seed=0, **options):
        super().__init__(*arguments, seed=seed % 2, **options)


class Restless(BatchEnv):
    """Moves worlds that have ended."""

    def step(self, actions, out=None):
        result = super().step(actions, out)
        self.worlds["drones"]["pos"][result.done] += 0.1
        return result


class Greedy(BatchEnv):
    """Keeps writing into memory that it was given once."""

    kept = None

    def step(self, actions, out=None):
        self.kept = out or self.kept
        return super().step(actions, self.kept)


class Careless(BatchEnv):
    """Changes the caller's actions."""

    def step(self, actions, out=None):
        np.clip(actions, -1.0, 1.0, out=actions)
        return super().step(actions, out)


class Trusting(BatchEnv):
    """Takes NaN for good."""

    def step(self, actions, out=None):
        return super().step(np.nan_to_num(actions), out)


BROKEN_BATCHES = [
    (Hidden, "clone", "reward differs at step 0"),
    (Shared, "instances", "interleaved with another instance"),
    (Leaky, "batch", "against a single world"),
    (Threaded, "threads", "world 3"),
    (Maskless, "masks", "outside the mask"),
    (Seedless, "seeds", "have the world seed"),
    (Restless, "ended worlds", "an ended world moved: world.drones.pos"),
    (Greedy, "memory", "written again by a later call"),
    (Careless, "actions", "the caller's actions differs"),
    (Trusting, "invalid actions", "was taken without an error"),
]


@pytest.mark.jit
@pytest.mark.parametrize(("kind", "name", "says"), BROKEN_BATCHES, ids=[kind.__name__ for kind, _, _ in BROKEN_BATCHES])
def test_a_broken_batch_fails(toy, kind, name, says):
    with pytest.raises(ConformanceError) as caught:
        check(partial(kind, toy), only=[name], steps=40)
    assert says in caught.value.failures[name]


WRONG_TABLES = [
    ({"agents": ("drone_0", "drone_1", "third")}, "agents"),
    ({"agents": ("drone_0", "drone_2", "drone_1")}, "agents"),
    ({"info": ("nothing",)}, "info"),
    ({"info": ("drones",)}, "info"),
]


@pytest.mark.jit
@pytest.mark.parametrize(("change", "name"), WRONG_TABLES)
def test_wrong_tables_fail(toy, change, name):
    with pytest.raises(ConformanceError, match=name):
        check(replace(toy, **change), only=[name])


def test_every_check_is_seen_to_fail():
    seen = {name for _, _, name, _ in BROKEN_WORLDS} | {name for _, name, _ in BROKEN_BATCHES} | {name for _, name in WRONG_TABLES}
    assert seen == set(CHECKS)


def test_an_unknown_check_names_the_nearest():
    with pytest.raises(SkyrallyError, match="determinism"):
        check("hover", only=["determinsm"])


def test_comparison_is_by_bits_or_within_a_tolerance():
    a, b = np.array([1.0, 0.0, np.nan]), np.array([1.0, -0.0, np.nan])
    assert first_difference(a, a) is None
    assert first_difference(a, b) == (1,)
    assert first_difference(a, b, 1e-9) is None
    assert first_difference(np.array([np.nan]), np.array([1.0]), 1e-9) == (0,)
    kind = np.dtype([("inner", [("x", "f8", 2)]), ("n", "i4")])
    one, two = np.zeros(3, kind), np.zeros(3, kind)
    assert record_difference(one, two) is None
    two["inner"]["x"][2, 1] = 5.0
    assert record_difference(one, two) == "world.inner.x[2, 1] is 0.0 against 5.0"
