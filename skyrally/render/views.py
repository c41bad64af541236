"""Camera modes: each a pure function of stage, frame and time that gives a view; a `Rig` moves between them smoothly.

All modes look from +y by default, so that red (x > 0) stands on the left, as in "red vs blue".
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from skyrally.errors import unknown
from skyrally.render.camera import Camera, View, fitting_distance
from skyrally.scenarios.stage import Frame, Stage

SWAY = math.radians(14.0)  # rad, amplitude of the slow swing around what is followed
SWAY_PERIOD = 30.0  # s
HEADROOM = 1.8  # m shown above the net
HIGH_STEP = 1.5  # m, by which more is shown when the ball flies higher: in steps, or the camera would never rest
HIGH_SECONDS = 6.0  # s for which a high ball is remembered: or the camera would breathe with every pass
HIGHEST = 20.0  # m, no ball makes the camera show more than this
OPEN_RADIUS = 2.0  # m, half the ground shown where there is no court
FREE = 1.2  # m that drones may stray from the middle of an open ground before the camera goes along
LOWERED = 0.05  # heights, how far below the middle the scene sits: the scoreboard is above it
SWARM_VIEW = (math.radians(78.0), math.radians(46.0))  # azimuth and elevation from which a swarm is seen whole
TAU = 0.35  # s, time constant of the camera's movement
STILL = 1e-3  # m or rad, a change below this is none (the camera stands, and its background is drawn once)


class Scene(NamedTuple):
    """What a mode looks at."""

    stage: Stage
    frame: Frame
    time: float = 0.0  # s since the first picture
    size: tuple[int, int] = (960, 540)  # pixels
    high: float = 0.0  # m, how high the ball was lately


def _half(stage: Stage) -> tuple[float, float, float]:
    """Half length, half width and height (m) of what should be in the picture."""
    if stage.floor:
        xs, ys = (max(abs(at) + 0.5 * size for at, size in spans) for spans in _spans(stage))
        return xs, ys, 0.0
    if stage.space is not None:
        hx, hy, high = stage.space
        return hx, hy, min(high, 0.3 * (hx + hy))  # drones mostly fly low in a tall room
    if stage.court is None:
        return OPEN_RADIUS, OPEN_RADIUS, 2.5
    return 0.5 * stage.court.length, 0.5 * stage.court.width, stage.court.net_height + HEADROOM


def _spans(stage: Stage) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """(middle, size) in m of each patch of floor, along x and along y."""
    return [(patch.x, patch.length) for patch in stage.floor], [(patch.y, patch.width) for patch in stage.floor]


def _finite(points: np.ndarray) -> np.ndarray:
    return points[np.isfinite(points).all(axis=-1) & (np.abs(points) < 1e4).all(axis=-1)]


def ball_of(stage: Stage, frame: Frame) -> np.ndarray | None:
    """The ball's place [3] m, or None where there is no ball or it is nowhere (no number, or beyond 1000 km)."""
    if frame.ball is None or stage.ball_radius <= 0.0 or not (np.abs(frame.ball) < 1e6).all():
        return None
    return np.asarray(frame.ball, float)


def _strayed(stage: Stage, frame: Frame) -> np.ndarray:
    """How far [3] m the camera should go along with drones on open ground: nothing while they stay near the middle."""
    here = _finite(np.asarray(frame.pos, float).reshape(-1, 3))
    if stage.court is not None or stage.floor or stage.space is not None or not len(here):
        return np.zeros(3)
    off = here.mean(axis=0) - np.array([0.0, 0.0, 1.25])
    return off * max(0.0, 1.0 - FREE / max(float(np.linalg.norm(off)), 1e-9))


def _box(scene: Scene) -> np.ndarray:
    """Points [K, 3] m that should be in the picture: the ground's corners, the space above the net, a high ball, far drones."""
    hx, hy, top = _half(scene.stage)
    top += HIGH_STEP * max(0, math.ceil((min(scene.high, HIGHEST) - top) / HIGH_STEP))
    corners = [(sx * hx, sy * hy, 0.0) for sx in (-1, 1) for sy in (-1, 1)]
    upper = [(sx * 0.6 * hx, sy * 0.6 * hy, top) for sx in (-1, 1) for sy in (-1, 1)]
    return np.array(corners + upper) + _strayed(scene.stage, scene.frame)


def _framed(scene: Scene, view: View, fill: tuple[float, float] = (0.95, 0.83)) -> View:
    """The view from as near as shows the whole box, with the box in the middle of what the scoreboard leaves free."""
    box, size = _box(scene), scene.size
    middle = 0.5 * (box.min(axis=0) + box.max(axis=0))
    for _ in range(3):  # each round centres the picture of the box, which moves the distance a little
        view = replace(view, target=_triple(middle))
        view = replace(view, distance=fitting_distance(box, view, size, fill))
        camera = Camera(view, size)
        flat, _ = camera.project(box)
        off = 0.5 * (flat.min(axis=0) + flat.max(axis=0)) - np.array([0.5, 0.5 + LOWERED]) * size
        middle = middle + (off[0] * camera.axes[0] - off[1] * camera.axes[1]) / camera.scale(view.distance)
    return view


def _triple(v: np.ndarray) -> tuple[float, float, float]:
    return (float(v[0]), float(v[1]), float(v[2]))


def orbit(scene: Scene) -> View:
    """Three quarters from above (a floor: straight down); the one to turn with the mouse. Still, so that its background is drawn once."""
    if scene.stage.floor:
        return top(scene)
    if scene.stage.space is not None:
        return _framed(scene, View((0, 0, 0), 1.0, *SWARM_VIEW), (0.96, 0.9))
    return _framed(scene, View((0, 0, 0), 1.0, math.radians(64.0), math.radians(24.0)))


def behind(scene: Scene) -> View:
    """From behind the red side, along the court."""
    return _framed(scene, View((0, 0, 0), 1.0, 0.0, math.radians(17.0), 0.8))


def side(scene: Scene) -> View:
    """From the umpire's side, low, along the net: red on the left."""
    return _framed(scene, View((0, 0, 0), 1.0, 0.5 * math.pi, math.radians(9.0), 0.6))


def top(scene: Scene) -> View:
    """Straight down, red on the left."""
    return _framed(scene, View((0, 0, 0), 1.0, 0.5 * math.pi, 0.5 * math.pi, 0.6), (0.92, 0.72))


def follow(scene: Scene) -> View:
    """Close to the ball (or, without one, to the drones), from the orbit's side, swinging slowly."""
    ball = ball_of(scene.stage, scene.frame)
    here = _finite(np.asarray(scene.frame.pos, float).reshape(-1, 3))
    spot = ball if ball is not None else (here.mean(axis=0) if len(here) else np.array([0.0, 0.0, 1.5]))
    spot = np.clip(spot, -1e3, 1e3)
    hx, hy, _ = _half(scene.stage)
    distance = 3.5 + 0.35 * math.hypot(hx, hy) if ball is not None else 3.0
    height = max(0.9, 0.75 * float(spot[2]) + 0.3) if ball is not None else float(spot[2])
    azimuth = math.radians(64.0) + SWAY * math.sin(2.0 * math.pi * scene.time / SWAY_PERIOD)
    return View((float(spot[0]), float(spot[1]), height), distance, azimuth, math.radians(17.0 if ball is not None else 26.0))


MODES: dict[str, Callable[[Scene], View]] = {
    "orbit": orbit,
    "behind": behind,
    "side": side,
    "top": top,
    "follow": follow,
}


def camera_mode(name: str) -> str:
    """The name itself; SkyrallyError when there is no such camera."""
    if name not in MODES:
        raise unknown("camera", name, MODES)
    return name


@dataclass
class Hand:
    """What the user's mouse adds to a mode: turned (rad), raised (rad), nearer (factor on the distance)."""

    turn: float = 0.0
    rise: float = 0.0
    zoom: float = 1.0


class Rig:
    """Carries the camera smoothly after the mode's view. `advance` moves it; `view` is where it is."""

    def __init__(self, stage: Stage, size: tuple[int, int], mode: str = "orbit") -> None:
        self.stage, self.size, self.mode = stage, size, camera_mode(mode)
        self.hand = Hand()
        self.view: View | None = None
        self._time = 0.0
        self._high, self._since = 0.0, 0.0  # m, s

    def switch(self, mode: str) -> None:
        """Goes over to another mode; the hand's turns are forgotten."""
        self.mode, self.hand = camera_mode(mode), Hand()

    def advance(self, frame: Frame, seconds: float) -> View:
        """Moves for `seconds` towards where the mode wants to be for this frame; the first call starts there."""
        self._time += seconds
        scene = Scene(self.stage, frame, self._time, self.size, self._height(frame))
        goal = _by_hand(MODES[self.mode](scene), self.hand)
        self.view = goal if self.view is None else _towards(self.view, goal, 1.0 - math.exp(-max(seconds, 0.0) / TAU))
        return self.view

    def _height(self, frame: Frame) -> float:
        """The greatest height (m) of the ball lately."""
        ball = ball_of(self.stage, frame)
        now = 0.0 if ball is None else float(ball[2])
        if now >= self._high or self._time - self._since > HIGH_SECONDS:
            self._high, self._since = now, self._time
        return self._high


def _by_hand(view: View, hand: Hand) -> View:
    elevation = min(max(view.elevation + hand.rise, math.radians(2.0)), 0.5 * math.pi)
    return replace(view, azimuth=view.azimuth + hand.turn, elevation=elevation, distance=view.distance * hand.zoom)


def _towards(view: View, goal: View, share: float) -> View:
    """`share` of the way from a view to the goal, the short way around; the very same view when it is there already."""
    turn = math.remainder(goal.azimuth - view.azimuth, 2.0 * math.pi)
    now = np.array([*view.target, view.distance, 0.0, view.elevation, view.fov])
    gap = np.array([*goal.target, goal.distance, turn, goal.elevation, goal.fov]) - now
    if np.abs(gap).max() < STILL:
        return view
    moved = (now + share * gap).tolist()
    return View((moved[0], moved[1], moved[2]), moved[3], view.azimuth + moved[4], moved[5], moved[6])
