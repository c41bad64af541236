"""What a picture of a world needs to know, and no more: the still stage and one moving frame.

Scenarios describe their stage, players of worlds make frames, `render` draws them, replay files store them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Court:
    """A court centred on the origin: metres; the net stands in the plane x = 0."""

    length: float
    width: float
    net_height: float


@dataclass(frozen=True)
class Disc:
    """A flat body that is no drone: round, such as a defending board, or a box, such as a car.

    `name`: with drones the world's field that holds its `pos` and `quat`.
    """

    name: str
    radius: float  # m; of a box half its width
    half_height: float  # m
    length: float = 0.0  # m; above 0 it is a box
    colour: str = "blue"  # a name in render/theme.py

    @property
    def reach(self) -> float:
        """m: from its middle to its farthest point, seen from above."""
        return max(self.radius, math.hypot(self.radius, 0.5 * self.length))


@dataclass(frozen=True)
class Patch:
    """A coloured rectangle of the floor, and what is written in its middle."""

    x: float  # m, its middle
    y: float
    length: float  # m, along x
    width: float
    colour: str  # a name in render/theme.py
    text: str = ""


@dataclass(frozen=True)
class Stage:
    """What does not change while a world runs. Lengths in metres, body frame x forward, y left, z up."""

    scenario: str
    agents: tuple[str, ...]  # one name per drone: red_0.., blue_0.. or drone_0..
    teams: tuple[int, ...]  # team of each drone: 0 red (x > 0), 1 blue (x < 0)
    dt: float  # seconds per frame (one control step)
    court: Court | None
    ball_radius: float  # 0: no ball
    rotor_xy: tuple[tuple[float, float], ...]  # rotor hubs
    rotor_spin: tuple[float, ...]  # +1 or -1
    rotor_radius: float
    body_radius: float
    body_half_height: float
    racket_radius: float  # 0: no racket
    discs: tuple[Disc, ...] = ()
    players: tuple[Disc, ...] = ()  # what stands for each agent, where agents are no drones
    floor: tuple[Patch, ...] = ()  # instead of a court, in the order of painting; centred on the origin and seen from above
    space: tuple[float, float, float] | None = None  # m, half length, half width and height of a swarm's domain
    round: bool = False  # the domain is a cylinder: its radius is the half length
    glyph: float = 0.0  # m, the length of the arrows that stand for drones where there are many; 0: drawn as what they are


def board_stage(
    scenario: str, agents: tuple[str, ...], dt: float, players: tuple[Disc, ...], discs: tuple[Disc, ...], floor: tuple[Patch, ...]
) -> Stage:
    """The stage of a game of two teams, one agent each, on a floor: no drones, no ball."""
    return Stage(
        scenario=scenario,
        agents=agents,
        teams=(0, 1),
        dt=dt,
        court=None,
        ball_radius=0.0,
        rotor_xy=(),
        rotor_spin=(),
        rotor_radius=0.0,
        body_radius=max(disc.reach for disc in players),
        body_half_height=players[0].half_height,
        racket_radius=0.0,
        discs=discs,
        players=players,
        floor=floor,
    )


@dataclass
class Frame:
    """One moment. N drones."""

    step: int  # control steps since the rally (episode) began
    pos: np.ndarray  # [N, 3] m, world
    quat: np.ndarray  # [N, 4] w, x, y, z
    rotor: np.ndarray  # [N, R] throttle in [0, 1], R rotors each
    ball: np.ndarray | None  # [3] m, world
    contacts: list[tuple[str, int, tuple[float, float, float]]] = field(default_factory=list)  # event name, drone or -1, point
    lines: list[str] = field(default_factory=list)  # what happened in this step, in words ("blue 2 sets")
    score: tuple[int, int] | None = None  # red, blue
    rally: int = 0  # number of the rally, from 0
    title: str = ""  # "scripted:rally vs hover"
    note: str = ""  # a number worth telling, written beside the clock
    pillars: np.ndarray = field(default_factory=lambda: np.zeros((0, 4)))  # [K, 4] m: x, y, radius, height from the ground
    marks: np.ndarray = field(default_factory=lambda: np.zeros((0, 3)))  # [K, 3] m, world: goals
    tiles: np.ndarray = field(default_factory=lambda: np.zeros((0, 4)))  # [K, 4] squares of the floor: x, y, side (m), strength 0 to 1
    discs: np.ndarray = field(default_factory=lambda: np.zeros((0, 7)))  # [D, 7] m, world, and w, x, y, z
    links: np.ndarray = field(default_factory=lambda: np.zeros((0, 5)))  # [K, 5] rods: drone, disc, and x, y, z (m) in the disc's frame
    world: np.ndarray | None = None  # [1] the whole world, for BatchEnv.restore; lossless replays store it
