"""Chained starts: a skill's drill begins with the balls that the skills before it have struck, not with thrown ones.

| option starts | balls |
| --- | --- |
| thrown | as the drill's own page says |
| chained | as trained skills have struck them: `flights/NAME.npy`, one of its rows by chance |
| both | the one or the other, evenly |

A flight is the ball one step after the touch, in the frame of the team that plays it next. `benchmarks/learning/flights.py` makes the
files: serves and attacks for `receive`, receives for `set`, sets for `attack`, all of agents of the zoo, and only those that succeeded.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import SkyrallyError
from ..physics.records import F8, Fields
from ..physics.rng import uniform
from ..physics.vec import fn, put3
from .scenario import choice

FOLDER = Path(__file__).parent / "flights"
COUNT = 512  # flights of a file
STARTS, SHARES = ("thrown", "chained", "both"), (0.0, 1.0, 0.5)  # the option's values, and the share of balls that are chained
FIELDS: Fields = [("chained", F8), ("flights", F8, (COUNT, 6))]  # of the shared block; rows: position (m), velocity (m/s)


def load_flights(block: np.ndarray, options: Mapping[str, Any], name: str) -> np.ndarray:
    """The shared block [1] with the flights for drill `name`, if `starts` asks for any. SkyrallyError for a ball that flies otherwise."""
    share = SHARES[choice(options, "starts", STARTS)]
    if share > 0.0:
        if block["ball"]["drag"][0] > 0.0:
            raise SkyrallyError(f"starts is {options['starts']!r}, but its flights are of a ball without drag; expected the benchmark ball")
        block["chained"], block["flights"] = share, np.load(FOLDER / f"{name}.npy")
    return block


@fn
def follow(world, params):
    """Whether this episode begins with a flight of the file; if so, the ball is on it."""
    if params.chained <= 0.0 or uniform(world, 0, 15, 0.0, 1.0) >= params.chained:
        return False
    flight = params.flights[int(uniform(world, 0, 16, 0.0, COUNT))]
    put3(world.ball.pos, (flight[0], flight[1], flight[2]))
    put3(world.ball.vel, (flight[3], flight[4], flight[5]))
    put3(world.ball.spin, (0.0, 0.0, 0.0))
    return True
