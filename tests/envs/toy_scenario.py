"""The smallest scenario: three points that drift with their actions; point k is out after 4 (k + 1) steps. Compiles in a second or two.

`broken(...)` in conftest makes a scenario of this text with one line exchanged, to see that a check can fail.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from skyrally.physics.control import decode
from skyrally.physics.params import make_params
from skyrally.physics.records import F8, I8, world_record
from skyrally.physics.rng import uniform
from skyrally.physics.vec import fn
from skyrally.scenarios.parts import COMMON_OPTIONS, REWARD_OPTIONS, physics_options, stage_of
from skyrally.scenarios.scenario import Field, Layout, Metric, Scenario, Term, pay, set_weights, steps_of

NAMES = ("drone_0", "drone_1", "drone_2")


@fn
def reset(world, params):
    world.episode += 1
    world.step = 0
    world.terminated = world.truncated = 0
    for i in range(len(world.drones)):
        drone = world.drones[i]
        drone.alive = 1
        drone.pos[0] = uniform(world, i, 1, -0.5, 0.5)
        drone.returns[0] = 0.0


@fn
def advance(world, params, actions):
    world.step += 1
    for i in range(len(world.drones)):
        drone = world.drones[i]
        decode(drone, params.airframe, actions[i])
        drone.pos[0] = 0.9 * drone.pos[0] + 0.1 * (2.0 * drone.command[0] - 1.0)
        if world.step >= 4 * (i + 1):
            drone.alive = 0


@fn
def referee(world, params, reward):
    for i in range(len(world.drones)):
        reward[i] = pay(world.drones[i], params, (world.drones[i].pos[0],))
        if world.drones[i].invalid == 1:
            world.terminated = 1
    if world.drones[2].alive == 0:
        world.terminated = 1
    elif world.terminated == 0 and world.step >= params.max_steps:
        world.truncated = 1


@fn
def observe(world, params, i, out):
    out[0] = world.drones[i].pos[0]
    out[1] = world.drones[i].alive


def terms(options: Mapping[str, Any]) -> list[Term]:
    return [Term("place", 1.0, "how far along")]


def configure(options: Mapping[str, Any]) -> np.ndarray:
    block = make_params([("max_steps", I8), ("weight", F8, 1)], **physics_options(options))
    block["max_steps"] = steps_of(options, "max_cycles", 20)
    set_weights(block, terms(options), options)
    return block


def scenario(name: str = "toy", module: str = __name__) -> Scenario:
    """The scenario of this module's functions."""
    return Scenario(
        name=name,
        summary="points that drift",
        family="drill",
        module=module,
        world=world_record(3, [("term", F8, 1), ("returns", F8, 1)], [], ball=False),
        agents=NAMES,
        teams=(0, 0, 0),
        views={"plain": Layout("plain", [Field("place", 1, "m", "world", -1.0, 1.0), Field("alive", 1, "0 or 1", "-", 0.0, 1.0)])},
        terms=terms,
        metric=Metric("steps", "step", "how long it took"),
        options={**COMMON_OPTIONS, **REWARD_OPTIONS, "max_cycles": None},
        configure=configure,
        stage=lambda options: stage_of(name, NAMES, (0, 0, 0), None, False, options),
        info=("step",),
    )
