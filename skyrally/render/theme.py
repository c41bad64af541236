"""The colours of every picture, in one place: a calm dusk hall, so that red, blue and the yellow ball stand out."""

from __future__ import annotations

from functools import lru_cache

Colour = tuple[int, int, int]

SKY_HIGH: Colour = (24, 31, 43)
SKY_LOW: Colour = (62, 77, 92)  # at the horizon; far ground fades into it
GROUND: Colour = (47, 59, 71)
GROUND_LIT: Colour = (66, 84, 98)  # under the lamps, around the middle
APRON: Colour = (58, 103, 112)  # the free zone around the court
COURT: Colour = (214, 176, 132)
LINE: Colour = (250, 247, 240)
GRID: Colour = (120, 142, 156)
SHADOW: Colour = (18, 22, 30)

RED: Colour = (226, 70, 66)
BLUE: Colour = (52, 120, 214)
GREY: Colour = (226, 170, 64)  # drones of no team
TEAMS: tuple[Colour, Colour] = (RED, BLUE)

NET: Colour = (238, 240, 244)
TAPE: Colour = (250, 250, 250)
POST: Colour = (60, 68, 80)
BALL: Colour = (250, 208, 62)
TRAIL: Colour = (255, 226, 130)
FRAME: Colour = (38, 42, 50)  # the drones' bodies
METAL: Colour = (92, 100, 112)
ROTOR: Colour = (236, 242, 248)

PANEL: Colour = (18, 23, 32)
TEXT: Colour = (242, 244, 247)
TEXT_DIM: Colour = (168, 180, 192)
ACCENT: Colour = (250, 208, 62)

ASPHALT: Colour = (74, 80, 88)
VERGE: Colour = (64, 98, 84)
FIELD: Colour = (104, 146, 96)  # cells of a board, in turns
FIELD_DARK: Colour = (94, 136, 90)
PLANT: Colour = (150, 206, 74)
STAG: Colour = (150, 104, 62)
CAR: Colour = (196, 202, 210)
GLOW: Colour = (64, 176, 166)  # tiles of a map
LOAD: Colour = (188, 132, 84)
NAMED: dict[str, Colour] = {
    "red": RED,
    "blue": BLUE,
    "court": COURT,
    "court light": (226, 192, 152),
    "line": LINE,
    "apron": APRON,
    "asphalt": ASPHALT,
    "verge": VERGE,
    "field": FIELD,
    "field dark": FIELD_DARK,
    "plant": PLANT,
    "stag": STAG,
    "car": CAR,
    "load": LOAD,
}

LIGHT = (0.30, 0.42, 0.857)  # unit vector towards the lamps, world


def team_colour(team: int, teams: tuple[int, ...]) -> Colour:
    """Red or blue in a match, the neutral colour where all drones are of one team."""
    return TEAMS[team % 2] if len(set(teams)) > 1 else GREY


def named(name: str) -> Colour:
    """The colour of a body or a patch of floor; the neutral one for a name that is unknown here."""
    return NAMED.get(name, GREY)


@lru_cache(maxsize=4096)
def mix(a: Colour, b: Colour, share: float) -> Colour:
    """`share` of b in a, share in [0, 1]."""
    s = min(max(share, 0.0), 1.0)
    return (round(a[0] + s * (b[0] - a[0])), round(a[1] + s * (b[1] - a[1])), round(a[2] + s * (b[2] - a[2])))


@lru_cache(maxsize=4096)
def lit(colour: Colour, light: float) -> Colour:
    """A colour darkened (light < 1) or brightened towards white (light > 1)."""
    return mix((0, 0, 0), colour, light) if light <= 1.0 else mix(colour, (255, 255, 255), light - 1.0)
