"""How the two-way road is shown: the whole of it, cut into rows one below the other as lines of a text.

Red reads forwards, blue backwards. Cars are drawn larger and lanes wider than they are, or one would not see them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..physics.cars import OWN_LANE
from .game_parts import AGENTS, facing, on_board
from .stage import Disc, Frame, Patch, Stage, board_stage

ROWS = 4
ALONG, ACROSS = 0.1, 0.22  # shown metres per metre
APART = 2.7  # shown m between rows
CAR = {"radius": 0.2, "half_height": 0.1, "length": 0.8}
STEP = 1.0  # s
DASH = (4.0, 8.0)  # m, of the middle line, and the gaps
NOWHERE = (1e9, 1e9, 0.0)


def stage_of_road(options: Mapping[str, Any]) -> Stage:
    length = ALONG * float(options["length"]) / ROWS
    floor = [Patch(0.0, 0.0, length + 2.0, ROWS * APART, "verge")]
    for row in range(ROWS):
        middle = _middle(row)
        floor.append(_patch(0.0, middle, length + 2.0, ACROSS * 9.0, "asphalt"))
        floor += [_patch(0.0, middle + side * ACROSS * 4.0, length + 2.0, 0.05, "line") for side in (-1, 1)]
        dashes = int(length / (ALONG * sum(DASH)))
        floor += [_patch(ALONG * sum(DASH) * (k + 0.5) - 0.5 * length, middle, ALONG * DASH[0], 0.05, "line") for k in range(dashes)]
    red, blue = (Disc(name, **CAR, colour=name) for name in ("red", "blue"))
    traffic = tuple(Disc(f"traffic {k}", **CAR, colour="car") for k in range(6))
    return board_stage("two-way-road", AGENTS, STEP, (red, blue), traffic, tuple(floor))


def picture(world: np.record, stage: Stage) -> Frame:
    length = stage.floor[0].length - 2.0
    cars = world["drones"]
    players = [_place(length, side, float(car["s"]), float(car["y"])) for car, side in zip(cars, (1, -1), strict=True)]
    angles = [float(cars["heading"][0]), float(cars["heading"][1]) + math.pi]
    quat = [facing(math.atan2(ACROSS * math.sin(angle), ALONG * math.cos(angle))) for angle in angles]
    things = []
    for side, lane in zip((1, -1), world["traffic"], strict=True):
        things += [[*_place(length, side, float(car["s"]), OWN_LANE), *facing(0.0 if side == 1 else math.pi)] for car in lane]
    contacts = [("crash", i, players[i]) for i in range(2) if cars["crashed"][i]]
    return Frame(int(world["step"]), np.array(players), np.array(quat), np.zeros((2, 0)), None, contacts, discs=np.array(things))


def narrate(world: np.record, stage: Stage) -> list[str]:
    crashed = [name for name, car in zip(("red", "blue"), world["drones"], strict=True) if car["crashed"]]
    return [f"{name} crashes" for name in crashed]


def _middle(row: int) -> float:
    return APART * (0.5 * (ROWS - 1) - row)


def _patch(right: float, up: float, length: float, width: float, colour: str) -> Patch:
    x, y, _ = on_board(right, up)
    return Patch(x, y, length, width, colour)


def _place(length: float, side: int, s: float, y: float) -> tuple[float, float, float]:
    """Where a car is shown; nowhere if it has left the road."""
    along = ALONG * side * s + 0.5 * ROWS * length
    row = int(along // length)
    if not 0 <= row < ROWS:
        return NOWHERE
    return on_board(along - length * (row + 0.5), _middle(row) + ACROSS * side * y, 0.1)
