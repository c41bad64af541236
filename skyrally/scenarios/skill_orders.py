"""Orders in skill drills: what a commander tells `receive`, `set`, `attack` and `block`, and how their episodes begin.

| option starts | order, drone and ball |
| --- | --- |
| drawn | each drawn by itself, over a little more than what commanders order in matches; the drill's own page has the ranges |
| matches | all of one moment of a match: `starts/NAME.npy`, one of its rows by chance |
| both | the one or the other, evenly |
| published | one order, the drone about its post, as in the published drill (`block` has none) |

An order is a target, the height at which the ball shall be met, and the apex of its flight to the target, or, in an attack, the
least time to the ground; the view `benchmark` shows none of it. A row is the moment in which the rules ordered that skill
(`benchmarks/hierarchy/starts.py`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import SkyrallyError
from ..physics.records import F8, Fields
from ..physics.rng import uniform
from ..physics.vec import fn, put3, put4, write
from . import skill_parts
from .parts import COMMON_OPTIONS, begin_drone, jitter3
from .scenario import Field, Layout, Scenario, Term, choice
from .skill_measures import gap_xy
from .skill_parts import SKILL_VIEW, TARGET_VIEW, seat, skill_view, target_view

FOLDER = Path(__file__).parent / "starts"
COUNT = 1024  # rows of a file
ROW = (  # a start in the frame of its team, SI units: the drone's motion, the ball's, the order
    *(("pos", 3), ("quat", 4), ("vel", 3), ("rate", 3), ("rotor", 4), ("ball", 3), ("ball_vel", 3)),
    *(("target", 3), ("meet", 3), ("apex", 1), ("soonest", 1)),
)
STARTS = ("drawn", "matches", "both", "published")  # the option's values
SHARES = (0.0, 1.0, 0.5, 0.0)  # of episodes that begin with a row
FIELDS: Fields = [("matched", F8), ("published", F8), ("starts", F8, (COUNT, sum(size for _, size in ROW)))]  # of the shared block
ORDER_FIELDS: Fields = [("meet", F8, 3), ("order_apex", F8), ("order_soonest", F8)]  # of worlds: m, where the ball is met; m; s
HEIGHT, APEX = Field("order_height", 1, "m", "world"), Field("order_apex", 1, "m", "world")
SOONEST = Field("order_soonest", 1, "s")
PUBLISHED = 1  # the number of the view `benchmark`
TRIES = 8  # draws of a point that must be away from another
TRUSTED, BALANCE = 2.0, 0.3  # m/s^2, s: commanders count on TRUSTED (t - BALANCE)^2 m in t seconds (agents/roles.py)


def views(told: Field, *published: Field) -> dict[str, Layout]:
    """The views of such a drill: its order (height, and `told`), and the published one, which may add fields to what all see."""
    return {"ordered": Layout("ordered", [*TARGET_VIEW, HEIGHT, told]), "benchmark": Layout("benchmark", [*SKILL_VIEW, *published])}


def load_starts(block: np.ndarray, options: Mapping[str, Any], name: str, kinds: tuple[str, ...] = STARTS) -> np.ndarray:
    """The shared block [1] with the starts of drill `name`, if `starts` asks for any. SkyrallyError for a ball that flies otherwise."""
    kind = choice(options, "starts", kinds)
    if SHARES[kind] > 0.0:
        if block["ball"]["drag"][0] > 0.0 or block["gravity"][0] != COMMON_OPTIONS["gravity"]:
            raise SkyrallyError(
                f"starts is {options['starts']!r}, of balls without drag at 9.81 m/s^2; expected the benchmark ball and gravity"
            )
        block["matched"], block["starts"] = SHARES[kind], np.load(FOLDER / f"{name}.npy")
    block["published"] = STARTS[kind] == "published"
    return block


@fn
def order(world, target, meet, apex, soonest):
    """Writes the order of an episode."""
    put3(world.target, target)
    put3(world.meet, meet)
    world.order_apex, world.order_soonest = apex, soonest


@fn
def from_match(world, params):
    """Whether this episode begins with a row of the file; if so, drone, ball and order do."""
    if params.matched <= 0.0 or uniform(world, 0, 40, 0.0, 1.0) >= params.matched:
        return False
    row, drone, ball = params.starts[int(uniform(world, 0, 41, 0.0, COUNT))], world.drones[0], world.ball
    begin_drone(drone, params.airframe, (row[0], row[1], row[2]), (row[3], row[4], row[5], row[6]))
    put3(drone.vel, (row[7], row[8], row[9]))
    put3(drone.rate, (row[10], row[11], row[12]))
    put4(drone.rotor, (row[13], row[14], row[15], row[16]))
    put3(ball.pos, (row[17], row[18], row[19]))
    put3(ball.vel, (row[20], row[21], row[22]))
    put3(ball.spin, (0.0, 0.0, 0.0))
    order(world, (row[23], row[24], row[25]), (row[26], row[27], row[28]), row[29], row[30])
    return True


@fn
def box(world, channel, corners):
    """A point between two corners. Three channels."""
    low, high = corners
    x, y = uniform(world, 0, channel, low[0], high[0]), uniform(world, 0, channel + 1, low[1], high[1])
    return x, y, uniform(world, 0, channel + 2, low[2], high[2])


@fn
def box_away(world, channel, corners, other, least):
    """As box, at least `least` (m) from `other` horizontally, or the last of TRIES draws. 3 TRIES channels."""
    point = box(world, channel, corners)
    for k in range(1, TRIES):
        if gap_xy(point, other) < least:
            point = box(world, channel + 3 * k, corners)
    return point


@fn
def ready(world, params, place, seconds, farthest, speed):
    """The drone hovers about `place`, no farther than it can go in `seconds`, nor than `farthest` (m), drifting at up to `speed` (m/s)."""
    reach = min(TRUSTED * max(seconds - BALANCE, 0.0) ** 2, farthest)
    way, side = reach * math.sqrt(uniform(world, 0, 42, 0.0, 1.0)), uniform(world, 0, 43, -math.pi, math.pi)
    x, y = place[0] + way * math.cos(side), place[1] + way * math.sin(side)
    seat(world, params, 0, (max(x, 1.0), y, place[2]), (0.0, 0.0, 0.0), 0.0)
    put3(world.drones[0].vel, jitter3(world, 0, 44, (speed, speed, speed)))


@fn
def write_apex(world, i, out):
    """Observes, in a drill whose order has an apex."""
    if world.drones[i].view_id == PUBLISHED:
        write(out, 0, skill_view(world))
    else:
        write(out, write(out, 0, target_view(world)), (world.meet[2], world.order_apex))


def drill_of(
    name: str, summary: str, module: str, views: dict[str, Layout], terms: list[Term], meaning: str, world_fields: Fields | None = None
) -> Scenario:
    """A skill drill with orders as a scenario."""
    fields = [*ORDER_FIELDS, *(world_fields or [])]
    kinds = STARTS if "benchmark" in views else STARTS[:-1]
    drill = skill_parts.drill_of(name, summary, module, views["ordered"], terms, meaning, world_fields=fields, block_fields=FIELDS)
    return replace(
        drill,
        views=views,
        options={**drill.options, "starts": "drawn"},
        configure=lambda options: load_starts(drill.configure(options), options, name, kinds),
    )
