"""Parts that the games share: worlds of two players, one per team, that are no drones and pick one of a few choices each step.

Both see the world from their own side, so that one policy can play both seats.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..physics.control import pick
from ..physics.params import block_record
from ..physics.records import I8, Fields
from ..physics.vec import fn
from .parts import REWARD_OPTIONS, begin_episode, begin_player
from .scenario import Term, set_weights, steps_of

AGENTS, TEAMS = ("red_0", "blue_0"), (0, 1)
GAME_MODES = ("discrete", "pick")
GAME_OPTIONS = {**REWARD_OPTIONS, "max_cycles": None}
GAME: Fields = [("max_steps", I8), ("substeps", I8), ("choices", I8)]  # steps of an episode, of the world in a step; to choose from


def game_params(fields: Fields, terms: list[Term], options: Mapping[str, Any], horizon: int, choices: int, substeps: int = 1) -> np.ndarray:
    """[1] the shared block of a game: `GAME`, the terms' weights and a scenario's own fields, which are still zero."""
    block = np.zeros(1, block_record((*GAME, *fields)))
    block["max_steps"] = steps_of(options, "max_cycles", horizon)
    block["substeps"], block["choices"] = substeps, choices
    set_weights(block, terms, options)
    return block


@fn
def begin_game(world):
    """What every reset of a game begins with: the next episode, nothing chosen, nothing paid."""
    begin_episode(world)
    for i in range(len(world.drones)):
        begin_player(world.drones[i])
        world.drones[i].invalid = 0
        world.drones[i].choice = -1


@fn
def choose(world, params, actions):
    """Starts a step: reads every player's choice. actions: [N, 4], of which the first number counts."""
    world.step += 1
    for i in range(len(world.drones)):
        pick(world.drones[i], params.choices, actions[i])


def on_board(right: float, up: float, z: float = 0.0) -> tuple[float, float, float]:
    """m, world: a place as pictures show it, which look down with x to the left and y to the bottom."""
    return -right, -up, z


def facing(angle: float) -> tuple[float, float, float, float]:
    """The attitude of a body that faces an angle (rad) in pictures: 0 to the right, pi/2 up."""
    half = 0.5 * (angle + np.pi)
    return float(np.cos(half)), 0.0, 0.0, float(np.sin(half))
