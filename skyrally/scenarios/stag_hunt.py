"""Stag hunt: a trust dilemma on a grid. Together two hunters catch the stag; whoever meets it alone is mauled; plants are safe.

After Peysakhovich and Lerer 2018; the two published grid variants, and any between, by options:

| | `variant="gym"` (Gym-Stag-Hunt) | `variant="monster"` (Monster-Hunt of RPG) |
| --- | --- | --- |
| start | hunters in the top corners, stag in the middle, plants anywhere | all in different cells, anywhere |
| choices | left, down, right, up | these and stay |
| catch, maul, plant | 5, -5, 1 | 5, -2, 2 |
| both on one plant | both have it | a coin decides |
| stag after a mauling (`flees`) | stays | goes to a free cell, anywhere |
| horizon | 1000 steps | 50 steps |

In each step the stag moves first, one cell nearer to the nearest hunter (`stag="wanders"`: anywhere), ties by a coin; then both hunters
move, and stop at the edge. Who is on the stag's cell meets it and nothing else. What was caught or eaten comes again in a free cell.
Deviations: the published code breaks ties of distance by the hunters' order, and RPG's stag prefers ways without plants.

| observation | size | |
| --- | --- | --- |
| own, rival, stag, plants | 2 each, two plants | column (-1 left, 1 right; for blue exchanged, as in its choices), row (-1 top) |

| reward term | weight | |
| --- | --- | --- |
| catch | 5 | both hunters on the stag |
| maul | -5 | alone on it |
| forage | 1 | a plant for oneself |

Options `catch`, `maul`, `plant` (None: the variant's) are these payoffs, maul as a loss; `scale` multiplies them all (RPG learns from 0.1).
Metric: catches per episode. `info` has maulings and forages (plants) of both hunters too, and the share of events that were catches.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..errors import SkyrallyError
from ..physics.records import F8, I4, I8, game_record
from ..physics.rng import uniform
from ..physics.vec import fn
from .game_parts import AGENTS, GAME_MODES, GAME_OPTIONS, TEAMS, begin_game, choose, facing, game_params, on_board
from .grid import at, distance2, put, show, sign, step
from .scenario import Field, Layout, Metric, Scenario, Term, choice, number, pay
from .stage import Disc, Frame, Patch, Stage, board_stage

PLANTS = 2
SIZES = (3, 20)  # cells a side, least and most
MOVES = ("left", "down", "right", "up", "stay")
DX, DY = (-1, 0, 1, 0, 0), (0, 1, 0, -1, 0)  # row 0 is at the top
CORNERS, FREE = 0, 1
DT = 0.3  # s, a step in pictures
VARIANTS = {
    "gym": {"catch": 5.0, "maul": 5.0, "plant": 1.0, "flees": False, "horizon": 1000, "moves": 4, "start": CORNERS, "coin": 0},
    "monster": {"catch": 5.0, "maul": 2.0, "plant": 2.0, "flees": True, "horizon": 50, "moves": 5, "start": FREE, "coin": 1},
}
STAG_MOVES = ("follows", "wanders")
OPTIONS = {"variant": "gym", "size": 5, "catch": None, "maul": None, "plant": None, "scale": 1.0, "stag": "follows", "flees": None}

LAYOUT = Layout(
    "own", [Field(name, size, "-", "own side", -1.0, 1.0) for name, size in (("own", 2), ("rival", 2), ("stag", 2), ("plants", 4))]
)
PLAYER_FIELDS = [("cell", I4, 2), ("term", F8, 3), ("returns", F8, 3)]  # column from the left, row from the top
WORLD_FIELDS = [("stag", I4, 2), ("plants", I4, (PLANTS, 2)), ("catches", I4), ("maulings", I4), ("forages", I4), ("trust", F8)]
PARAM_FIELDS = [("width", I8), ("start", I8), ("wanders", I8), ("flees", I8), ("coin", I8), ("weight", F8, 3)]
# Channels of the draws; those of things that come again are one each.
TIE, AXIS, SHARE, STAG, PLANT = 1, 2, 3, 8, 16


@fn
def reset(world, params):
    begin_game(world)
    world.catches = world.maulings = world.forages = 0
    world.trust = 0.0
    last = params.width - 1
    for k in range(PLANTS):
        put(world.plants[k], -1, -1)
    put(world.stag, -1, -1)
    put(world.drones[0].cell, 0, 0)
    put(world.drones[1].cell, last, 0)
    if params.start == CORNERS:
        put(world.stag, params.width // 2, params.width // 2)
    else:
        for i in range(2):
            put(world.drones[i].cell, -1, -1)
        for i in range(2):
            settle_free(world, params, world.drones[i].cell, i)
        settle_free(world, params, world.stag, STAG)
    for k in range(PLANTS):
        settle_free(world, params, world.plants[k], PLANT + k)


@fn
def taken(world, x, y):
    """Whether anything is in a cell."""
    found = at(world.stag, x, y) or at(world.drones[0].cell, x, y) or at(world.drones[1].cell, x, y)
    for k in range(PLANTS):
        found = found or at(world.plants[k], x, y)
    return found


@fn
def settle_free(world, params, cell, channel):
    """Puts something into a free cell, each as likely."""
    size = params.width
    free = 0
    for k in range(size * size):
        free += 0 if taken(world, k % size, k // size) else 1
    left = int(uniform(world, 0, channel, 0.0, free))
    for k in range(size * size):
        if not taken(world, k % size, k // size):
            if left == 0:
                put(cell, k % size, k // size)
                return
            left -= 1


@fn
def advance(world, params, actions):
    choose(world, params, actions)
    move_stag(world, params)
    for i in range(2):
        hunter = world.drones[i]
        dx = DX[hunter.choice] * (1 - 2 * hunter.turned)
        step(hunter.cell, dx, DY[hunter.choice], params.width)


@fn
def move_stag(world, params):
    k = 0 if distance2(world.stag, world.drones[0].cell) <= distance2(world.stag, world.drones[1].cell) else 1
    if distance2(world.stag, world.drones[0].cell) == distance2(world.stag, world.drones[1].cell):
        k = int(uniform(world, 0, TIE, 0.0, 2.0))
    goal = world.drones[k].cell
    dx, dy = sign(goal[0] - world.stag[0]), sign(goal[1] - world.stag[1])
    if params.wanders == 1 or (dx == 0 and dy == 0):
        way = int(uniform(world, 0, AXIS, 0.0, 4.0))
        dx, dy = DX[way], DY[way]
    elif dx != 0 and dy != 0:
        if uniform(world, 0, AXIS, 0.0, 1.0) < 0.5:
            dx = 0
        else:
            dy = 0
    step(world.stag, dx, dy, params.width)


@fn
def referee(world, params, reward):
    met0 = at(world.stag, world.drones[0].cell[0], world.drones[0].cell[1])
    met1 = at(world.stag, world.drones[1].cell[0], world.drones[1].cell[1])
    caught, mauled = met0 and met1, met0 != met1
    ate0, ate1 = eat(world, params, met0, met1)
    for i in range(2):
        met, ate = (met0, ate0) if i == 0 else (met1, ate1)
        reward[i] = pay(world.drones[i], params, (1.0 if caught else 0.0, 1.0 if met and mauled else 0.0, ate))
    world.catches += 1 if caught else 0
    world.maulings += 1 if mauled else 0
    world.forages += int(ate0 + ate1)
    world.trust = world.catches / max(world.catches + world.maulings + world.forages, 1)
    if caught or (mauled and params.flees == 1):
        put(world.stag, -1, -1)
        settle_free(world, params, world.stag, STAG)
    if world.step >= params.max_steps:
        world.truncated = 1


@fn
def eat(world, params, busy0, busy1):
    """(plants that red has, that blue has) in this step, each 0 or 1; who is busy with the stag has none. Eaten ones come again."""
    ate0 = ate1 = 0.0
    for k in range(PLANTS):
        x, y = world.plants[k][0], world.plants[k][1]
        on0 = at(world.drones[0].cell, x, y) and not busy0
        on1 = at(world.drones[1].cell, x, y) and not busy1
        if on0 and on1 and params.coin == 1:
            on0 = uniform(world, 0, SHARE, 0.0, 1.0) < 0.5
            on1 = not on0
        if on0 or on1:
            ate0 += 1.0 if on0 else 0.0
            ate1 += 1.0 if on1 else 0.0
            put(world.plants[k], -1, -1)
            settle_free(world, params, world.plants[k], PLANT + k)
    return ate0, ate1


@fn
def observe(world, params, i, out):
    side, size = 1.0 - 2.0 * world.drones[i].turned, params.width
    show(out, 0, world.drones[i].cell, side, size)
    show(out, 2, world.drones[1 - i].cell, side, size)
    show(out, 4, world.stag, side, size)
    for k in range(PLANTS):
        show(out, 6 + 2 * k, world.plants[k], side, size)


def _setting(options: Mapping[str, Any], name: str) -> Any:
    """An option, or what the variant says where it is None."""
    choice(options, "variant", tuple(VARIANTS))
    return VARIANTS[options["variant"]][name] if options.get(name) is None else options[name]


def terms(options: Mapping[str, Any]) -> list[Term]:
    scale = number(options, "scale", 0.0)
    catch, maul, plant = (scale * number({name: _setting(options, name)}, name) for name in ("catch", "maul", "plant"))
    return [
        Term("catch", catch, "both hunters on the stag"),
        Term("maul", -maul, "alone on the stag"),
        Term("forage", plant, "a plant for oneself"),
    ]


def choices(options: Mapping[str, Any]) -> tuple[str, ...]:
    return MOVES[: _setting(options, "moves")]


def configure(options: Mapping[str, Any]) -> np.ndarray:
    block = game_params(PARAM_FIELDS, terms(options), options, _setting(options, "horizon"), len(choices(options)))
    size, flees = options["size"], _setting(options, "flees")
    if not isinstance(size, (int, np.integer)) or isinstance(size, bool) or not SIZES[0] <= size <= SIZES[1]:
        raise SkyrallyError(f"size is {size!r}; expected {SIZES[0]} to {SIZES[1]} cells a side")
    if not isinstance(flees, bool):
        raise SkyrallyError(f"flees is {flees!r}; expected true, false or none (the variant's)")
    block["width"], block["flees"], block["wanders"] = size, flees, choice(options, "stag", STAG_MOVES)
    block["start"], block["coin"] = _setting(options, "start"), _setting(options, "coin")
    return block


def stage(options: Mapping[str, Any]) -> Stage:
    """A meadow of cells, 1 m each."""
    size = options["size"]
    half = 0.5 * (size - 1)
    cells = [Patch(x - half, y - half, 1.0, 1.0, "field" if (x + y) % 2 else "field dark") for x in range(size) for y in range(size)]
    hunters = tuple(Disc(name, 0.24, 0.1, colour=name) for name in ("red", "blue"))
    things = (Disc("stag", 0.34, 0.08, colour="stag"), *(Disc(f"plant {k}", 0.15, 0.05, colour="plant") for k in range(PLANTS)))
    return board_stage("stag-hunt", AGENTS, DT, hunters, things, (Patch(0.0, 0.0, size + 0.3, size + 0.3, "verge"), *cells))


def picture(world: np.record, stage: Stage) -> Frame:
    half = 0.5 * (stage.floor[0].length - 1.3)
    hunters = world["drones"]["cell"]
    pos = [on_board(x - half + side * 0.17, half - y - 0.1, 0.12) for (x, y), side in zip(hunters, (-1, 1), strict=True)]
    things = [on_board(x - half, half - y, z) for (x, y), z in zip([world["stag"], *world["plants"]], (0.09, 0.06, 0.06), strict=True)]
    straight = facing(0.0)
    return Frame(
        step=int(world["step"]),
        pos=np.array(pos),
        quat=np.array([straight] * 2),
        rotor=np.zeros((2, 0)),
        ball=None,
        discs=np.array([[*place, *straight] for place in things]),
    )


def narrate(world: np.record, stage: Stage) -> list[str]:
    lines = []
    for name, terms in zip(("red", "blue"), world["drones"]["term"], strict=True):
        words = [word for word, term in zip(("catches the stag", "is mauled", "eats a plant"), terms, strict=True) if term]
        lines += [f"{name} {word}" for word in words]
    return lines


STAG_HUNT = Scenario(
    name="stag-hunt",
    summary="two hunters on a grid: the stag together, or plants alone",
    family="game",
    module=__name__,
    world=game_record(2, PLAYER_FIELDS, WORLD_FIELDS),
    agents=AGENTS,
    teams=TEAMS,
    views={"own": LAYOUT},
    terms=terms,
    metric=Metric("catches", "catches", "stags caught together, per episode"),
    options={**OPTIONS, **GAME_OPTIONS},
    configure=configure,
    stage=stage,
    action_modes=GAME_MODES,
    narrate=narrate,
    info=("catches", "maulings", "forages", "trust"),
    yardstick="scripted:stag",
    choices=choices,
    picture=picture,
    crash="maulings",
)
