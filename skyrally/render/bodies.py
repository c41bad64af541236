"""A stage as an MJCF text, for renderers that take bodies. Nothing in it touches anything: how worlds move is their engine's affair.

What stands still is one body; free ones follow, each with seven numbers of its own (place, quaternion), in the order of `places`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from skyrally.render import theme
from skyrally.render.drone import RIM
from skyrally.render.net import ANTENNA, DEPTH, POST_RADIUS, TAPE
from skyrally.render.pillar import STONE
from skyrally.render.scenery import GRID_REACH, LINE_WIDTH, apron_margin
from skyrally.render.views import ball_of
from skyrally.scenarios.stage import Court, Disc, Frame, Stage

FAR = 400.0  # m, half the ground's side
STEP = 0.006  # m between layers of the floor, or depths that are rounded would mix them
MESH = 0.25  # m between the net's threads: twice the painter's, as each is a body here
BEADS = 14  # of the ball's trail
LEAST = 0.06  # m, the ball is drawn no smaller
EDGE, FAINT = 0.008, 0.5  # of a swarm's domain: the width of its edges, as a share of its half length, and how much of them is seen
NOWHERE = -50.0  # m, below the ground: where what is not there waits
INERTIA = '<inertial pos="0 0 0" mass="1" diaginertia="1 1 1"/>'  # readers of MJCF want one


def bodies(stage: Stage, pillars: np.ndarray | None = None) -> str:
    """The text for a stage with drones, and the pillars [K, 4] of its frames (x, y, radius and height in m)."""
    if stage.court is not None:
        still = _ground() + _court(stage.court) + _net(stage.court)
    else:
        still = _ground() + (_grid() if stage.space is None else _hall(stage.space, stage.round))
    for x, y, radius, height in [] if pillars is None else pillars.tolist():
        still += _box_or_cylinder((radius, 0.5 * height), (x, y, 0.5 * height), STONE)
    free = [_drone(stage, theme.team_colour(team, stage.teams)) for team in stage.teams]
    free += [_disc(disc) for disc in stage.discs]
    if stage.ball_radius > 0.0:
        free.append(_ball(max(stage.ball_radius, LEAST), theme.BALL))
        free += [_ball(0.65 * max(stage.ball_radius, LEAST) * (k + 1) / BEADS, theme.TRAIL, 0.45 * (k + 1) / BEADS) for k in range(BEADS)]
    free += [_box_or_cylinder((radius, 0.001), (0, 0, 0), theme.SHADOW, 0.4) for radius in _shadows(stage)]
    moving = "".join(f'<body name="free_{k}"><freejoint/>{INERTIA}{geoms}</body>' for k, geoms in enumerate(free))
    return f'<mujoco model="stage"><worldbody><body name="still">{still}</body>{moving}</worldbody></mujoco>'


def places(stage: Stage, frame: Frame, trail: Sequence[np.ndarray]) -> np.ndarray:
    """[K, 7] where the free bodies are: drones, discs, ball and beads of its trail, then the shadows of drones, discs and ball.

    trail: the ball's last places [3], oldest first.
    """
    ball, lie = ball_of(stage, frame), np.array([1.0, 0.0, 0.0, 0.0])
    solid = [np.column_stack((frame.pos, frame.quat)), frame.discs[: len(stage.discs)]]
    solid.append(np.full((len(stage.discs) - len(solid[1]), 7), np.nan))
    beads = np.full((0, 7), np.nan)
    if stage.ball_radius > 0.0:
        solid.append(np.append(np.full(3, np.nan) if ball is None else ball, lie)[None])
        at = np.linspace(0, len(trail) - 1, BEADS).round().astype(int) if len(trail) > 1 else []
        beads = np.full((BEADS, 7), np.nan)
        for k, i in enumerate(at):
            beads[k] = (*trail[i], *lie)
    things = np.concatenate(solid)
    shadows = np.column_stack((things[:, :2], np.full(len(things), 4.0 * STEP), np.tile(lie, (len(things), 1))))
    found = np.concatenate((things, beads, shadows))
    lost = ~(np.abs(found) < FAR).all(axis=1)
    found[lost] = (0.0, 0.0, NOWHERE, *lie)
    return found


def _shadows(stage: Stage) -> list[float]:
    """m: the radius of each thing's shadow."""
    radii = [1.15 * stage.body_radius] * len(stage.teams) + [disc.reach for disc in stage.discs]
    return radii + ([max(stage.ball_radius, LEAST)] if stage.ball_radius > 0.0 else [])


# -- geoms -----------------------------------------------------------------------------------------------------------------


def _geom(shape: str, colour: theme.Colour, alpha: float = 1.0) -> str:
    rgba = " ".join(f"{part / 255.0:.3f}" for part in colour)
    return f'<geom {shape} rgba="{rgba} {alpha:.3f}" contype="0" conaffinity="0"/>'


def _box_or_cylinder(size: Sequence[float], pos: Sequence[float], colour: theme.Colour, alpha: float = 1.0) -> str:
    """A box by three half lengths, a standing cylinder by radius and half height."""
    kind = "box" if len(size) == 3 else "cylinder"
    shape = f'type="{kind}" size="{_numbers(size)}" pos="{_numbers(pos)}"'
    return _geom(shape, colour, alpha)


def _rod(start: Sequence[float], end: Sequence[float], radius: float, colour: theme.Colour, alpha: float = 1.0) -> str:
    return _geom(f'type="cylinder" fromto="{_numbers((*start, *end))}" size="{radius:.6g}"', colour, alpha)


def _numbers(values: Sequence[float]) -> str:
    return " ".join(f"{value:.6g}" for value in values)


# -- what stands still -----------------------------------------------------------------------------------------------------


def _layer(x: tuple[float, float], y: tuple[float, float], level: int, colour: theme.Colour) -> str:
    """A rectangle of the floor, so many layers above the ground."""
    size = (0.5 * (x[1] - x[0]), 0.5 * (y[1] - y[0]), 0.5 * STEP)
    return _box_or_cylinder(size, (0.5 * (x[0] + x[1]), 0.5 * (y[0] + y[1]), (level - 0.5) * STEP), colour)


def _ground() -> str:
    return _layer((-FAR, FAR), (-FAR, FAR), 0, theme.mix(theme.GROUND, theme.GROUND_LIT, 0.3))


def _grid() -> str:
    """A line every metre, where there is no court."""
    lines = []
    for k in range(-GRID_REACH, GRID_REACH + 1):
        half = 0.02 if k == 0 else 0.008
        lines.append(_layer((k - half, k + half), (-GRID_REACH, GRID_REACH), 1, theme.GRID))
        lines.append(_layer((-GRID_REACH, GRID_REACH), (k - half, k + half), 1, theme.GRID))
    return "".join(lines)


def _hall(space: tuple[float, float, float], round_: bool) -> str:
    """A swarm's domain: a lighter floor with a border, and its edges up to the ceiling."""
    (hx, hy, high), floor = space, theme.mix(theme.GROUND_LIT, theme.GROUND, 0.35)
    border, width = theme.mix(theme.GRID, theme.TEXT, 0.3), EDGE * max(space[:2])
    if round_:
        return "".join(
            _box_or_cylinder((radius, 0.5 * STEP), (0, 0, (level - 0.5) * STEP), colour)
            for level, radius, colour in ((1, hx + width, border), (2, hx, floor))
        )
    parts = [_layer((-hx - width, hx + width), (-hy - width, hy + width), 1, border), _layer((-hx, hx), (-hy, hy), 2, floor)]
    corners = [(-hx, -hy), (hx, -hy), (hx, hy), (-hx, hy)]
    for k, (x, y) in enumerate(corners):
        parts.append(_rod((x, y, 0), (x, y, high), 0.5 * width, border, FAINT))
        parts.append(_rod((x, y, high), (*corners[k - 1], high), 0.5 * width, border, FAINT))
    return "".join(parts)


def _court(court: Court) -> str:
    """The free zone, both halves in a breath of their team's colour, and the lines."""
    hx, hy, margin = 0.5 * court.length, 0.5 * court.width, apron_margin(court)
    floor = [_layer((-hx - margin, hx + margin), (-hy - margin, hy + margin), 1, theme.APRON)]
    floor += [_layer(x, (-hy, hy), 2, theme.mix(theme.COURT, team, 0.12)) for x, team in (((-hx, 0), theme.BLUE), ((0, hx), theme.RED))]
    w = LINE_WIDTH * min(1.0, court.width / 6.0)
    floor += [_layer((-hx, hx), (y, y + w), 3, theme.LINE) for y in (-hy, hy - w)]
    across = (-hx, hx - w, -0.5 * w, hx / 3.0 - 0.5 * w, -hx / 3.0 - 0.5 * w)
    return "".join(floor + [_layer((x, x + w), (-hy, hy), 3, theme.LINE) for x in across])


def _net(court: Court) -> str:
    """Posts, tape, threads over a veil, antennas; a fainter veil below, as the net's plane is closed down to the ground."""
    half, high = 0.5 * court.width, court.net_height
    low, outside = max(high - DEPTH, 0.3 * high), half + min(0.5, 0.08 * court.width)
    parts = [_rod((0, y, 0), (0, y, high + 0.1), POST_RADIUS, theme.METAL) for y in (-outside, outside)]
    parts += [_rod((0, -outside, z), (0, outside, z), 0.012, theme.TAPE) for z in (low, high - 0.5 * TAPE)]
    parts.append(_box_or_cylinder((0.01, half, 0.5 * TAPE), (0, 0, high - 0.5 * TAPE), theme.TAPE))
    across, up = max(round(2.0 * half / MESH), 1), max(round((high - low) / MESH), 1)
    parts += [_rod((0, y, low), (0, y, high), 0.006, theme.NET) for y in np.linspace(-half, half, across + 1)]
    parts += [_rod((0, -half, z), (0, half, z), 0.006, theme.NET) for z in np.linspace(low, high, up + 1)[1:-1]]
    stripes = np.linspace(low, high + ANTENNA * min(1.0, high), 9)
    for y in (-half, half):
        for k in range(8):
            parts.append(_rod((0, y, stripes[k]), (0, y, stripes[k + 1]), 0.015, theme.RED if k % 2 else theme.TAPE))
    parts.append(_box_or_cylinder((0.002, half, 0.5 * (high - low)), (0, 0, 0.5 * (high + low)), theme.NET, 0.13))
    parts.append(_box_or_cylinder((0.002, half, 0.5 * low), (0, 0, 0.5 * low), theme.NET, 0.05))
    return "".join(parts)


# -- what moves ------------------------------------------------------------------------------------------------------------


def _drone(stage: Stage, colour: theme.Colour) -> str:
    """Hull, arms, motors, the racket (or the hull's lid) in the team's colour with a mark towards the nose, rotors as faint discs."""
    high, core = stage.body_half_height, 0.42 * stage.body_radius
    radius = stage.racket_radius if stage.racket_radius > 0.0 else 1.3 * core
    parts = [_box_or_cylinder((core, 0.5 * high), (0, 0, -0.4 * high), theme.FRAME)]
    for x, y in stage.rotor_xy:
        parts.append(_rod((0, 0, 0), (x, y, 0), 0.22 * high, theme.METAL))
        parts.append(_box_or_cylinder((0.16 * stage.rotor_radius, 0.25 * high), (x, y, 0.2 * high), theme.FRAME))
    parts.append(_box_or_cylinder((radius, 0.12 * high), (0, 0, 0.88 * high), colour))
    parts.append(_box_or_cylinder((0.22 * radius, 0.08 * radius, 0.02 * high), (0.5 * radius, 0, 1.02 * high), theme.LINE))
    for x, y in stage.rotor_xy:
        parts.append(_box_or_cylinder((stage.rotor_radius, 0.04 * high), (x, y, 0.6 * high), RIM, 0.35))
    return "".join(parts)


def _disc(disc: Disc) -> str:
    size = (0.5 * disc.length, disc.radius, disc.half_height) if disc.length > 0.0 else (disc.radius, disc.half_height)
    return _box_or_cylinder(size, (0, 0, 0), theme.named(disc.colour))


def _ball(radius: float, colour: theme.Colour, alpha: float = 1.0) -> str:
    return _geom(f'type="sphere" size="{radius:.6g}"', colour, alpha)
