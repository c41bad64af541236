"""Matrix: any two-player game in normal form, played once or repeated. Red picks the row, blue the column.

| observation | size | | start | | end | |
| --- | --- | --- | --- | --- | --- | --- |
| rounds_left | 1, of all | | last choices | none | rounds | after `rounds` (1) rounds: the game is over |
| own_last | one-hot 16 | | | | horizon | `max_cycles`, if that is sooner |
| rival_last | one-hot 16 | | | | | |

| action | |
| --- | --- |
| 0 to K - 1 | own row (red) or column (blue); K = the larger number of both; beyond its own number a player begins again at 0 |

| reward term | weight | |
| --- | --- | --- |
| payoff | 1 | own payoff of the round |

Options: `payoff` a nested list, the row player's by row and column, or the name of a game in `games/classic.py` (or `portfolio`);
`column` the column player's, in the same rows and columns, or `symmetric` (the transpose; what it is unless told) or `zero-sum`; `rounds`.
Each player sees its own choice first, so in a symmetric game one policy plays both seats.

Metric: payoff = red's mean payoff per round. `info` has blue's too, and the last choices.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..physics.records import F8, I4, I8, game_record
from ..physics.vec import fn
from .game_parts import AGENTS, GAME_MODES, GAME_OPTIONS, TEAMS, begin_game, choose, facing, game_params, on_board
from .payoffs import MOST, game_of
from .scenario import Field, Layout, Metric, Scenario, Term, pay, steps_of
from .stage import Disc, Frame, Patch, Stage, board_stage

LAYOUT = Layout(
    "own",
    [
        Field("rounds_left", 1, "of all", "-", 0.0, 1.0),
        Field("own_last", MOST, "one-hot", "-", 0.0, 1.0),
        Field("rival_last", MOST, "one-hot", "-", 0.0, 1.0),
    ],
)
PLAYER_FIELDS = [("total", F8), ("term", F8, 1), ("returns", F8, 1)]  # total: payoffs so far
WORLD_FIELDS = [("row", I4), ("column", I4), ("payoff", F8), ("payoff_blue", F8)]  # last choices (-1: none); means per round
PARAM_FIELDS = [("rounds", I8), ("actions", I8, 2), ("payoff", F8, (2, MOST, MOST)), ("weight", F8, 1)]  # payoff: player, own, rival's
DT = 0.6  # s, a round in pictures
CELL = (2.0, 1.0)  # m, length and width in pictures


@fn
def reset(world, params):
    begin_game(world)
    world.row = world.column = -1
    world.payoff = world.payoff_blue = 0.0
    for i in range(2):
        world.drones[i].total = 0.0


@fn
def advance(world, params, actions):
    choose(world, params, actions)
    for i in range(2):
        world.drones[i].choice %= params.actions[i]


@fn
def referee(world, params, reward):
    for i in range(2):
        own, rival = world.drones[i], world.drones[1 - i]
        gain = params.payoff[i, own.choice, rival.choice]
        reward[i] = pay(own, params, (gain,))
        own.total += gain
    world.row, world.column = world.drones[0].choice, world.drones[1].choice
    world.payoff = world.drones[0].total / world.step
    world.payoff_blue = world.drones[1].total / world.step
    if world.step >= params.rounds:
        world.terminated = 1
    elif world.step >= params.max_steps:
        world.truncated = 1


@fn
def observe(world, params, i, out):
    out[0] = max(0.0, 1.0 - world.step / params.rounds)
    for side in range(2):
        choice = world.drones[i if side == 0 else 1 - i].choice
        for k in range(MOST):
            out[1 + side * MOST + k] = 1.0 if k == choice else 0.0


def terms(options: Mapping[str, Any]) -> list[Term]:
    return [Term("payoff", 1.0, "own payoff of the round")]


def choices(options: Mapping[str, Any]) -> tuple[str, ...]:
    return game_of(options).actions


def configure(options: Mapping[str, Any]) -> np.ndarray:
    game, rounds = game_of(options), steps_of(options, "rounds", 1)
    block = game_params(PARAM_FIELDS, terms(options), options, rounds, max(game.row.shape))
    block["rounds"], block["actions"] = rounds, game.row.shape
    n, m = game.row.shape
    block["payoff"][0, 0, :n, :m], block["payoff"][0, 1, :m, :n] = game.row, game.column.T
    return block


def alike(options: Mapping[str, Any]) -> bool:
    """Whether the column player's payoffs are the row player's with the roles exchanged."""
    game = game_of(options)
    return game.row.shape[0] == game.row.shape[1] and bool(np.array_equal(game.column, game.row.T))


def place(game_rows: int, game_columns: int, row: int, column: int) -> tuple[float, float]:
    """m to the right and up: the middle of a cell; row or column -1: the margin."""
    return CELL[0] * (column + 0.5 - 0.5 * game_columns + 0.25), CELL[1] * (0.5 * game_rows - row - 0.75)


def stage(options: Mapping[str, Any]) -> Stage:
    """The table with its payoffs: red's, blue's."""
    game = game_of(options)
    n, m = game.row.shape
    size = 0.9 * CELL[0], 0.9 * CELL[1]
    floor = [Patch(0.0, 0.0, CELL[0] * (m + 1.5), CELL[1] * (n + 1.5), "apron")]
    for row in range(-1, n):
        for column in range(-1, m):
            x, y, _ = on_board(*place(n, m, row, column))
            if row >= 0 and column >= 0:
                text = f"{game.row[row, column]:g}, {game.column[row, column]:g}"
                floor.append(Patch(x, y, *size, "court" if (row + column) % 2 else "court light", text))
            elif row != column:
                floor.append(Patch(x, y, *size, "apron", game.actions[row if row >= 0 else column]))
    red, blue = (Disc(name, 0.16, 0.05, colour=name) for name in ("red", "blue"))
    return board_stage("matrix", AGENTS, DT, (red, blue), (), tuple(floor))


def picture(world: np.record, stage: Stage) -> Frame:
    """Both players in the cell that they chose, red on its left and blue on its right; before the first round in the corner."""
    n = round(stage.floor[0].width / CELL[1] - 1.5)
    m = round(stage.floor[0].length / CELL[0] - 1.5)
    right, up = place(n, m, int(world["row"]), int(world["column"]))
    pos = np.array([on_board(right + side * 0.36 * CELL[0], up - 0.22, 0.05) for side in (-1, 1)])
    return Frame(int(world["step"]), pos, np.array([facing(0.0)] * 2), np.zeros((2, 0)), None)


def narrate(world: np.record, stage: Stage) -> list[str]:
    if world["row"] < 0:
        return []
    players = world["drones"]
    return [f"red {int(world['row'])}, blue {int(world['column'])}: {players['term'][0, 0]:g}, {players['term'][1, 0]:g}"]


MATRIX = Scenario(
    name="matrix",
    summary="any two-player payoff matrix, once or repeated",
    family="game",
    module=__name__,
    world=game_record(2, PLAYER_FIELDS, WORLD_FIELDS),
    agents=AGENTS,
    teams=TEAMS,
    views={"own": LAYOUT},
    terms=terms,
    metric=Metric("payoff", "payoff", "red's mean payoff per round"),
    options={"payoff": "stag-hunt", "column": None, "rounds": 1, **GAME_OPTIONS},
    configure=configure,
    stage=stage,
    action_modes=GAME_MODES,
    narrate=narrate,
    info=("payoff", "payoff_blue", "row", "column"),
    yardstick="random",
    choices=choices,
    picture=picture,
    alike=alike,
)
