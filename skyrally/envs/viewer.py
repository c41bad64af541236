"""Pictures of a batch's first world while it runs: for `render_mode` "rgb_array" and "human". Loads pygame when it is made."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from ..errors import SkyrallyError, unknown
from ..physics.params import CONTROL_DT
from ..scenarios.stage import Frame, Stage
from .batch import BatchEnv

if TYPE_CHECKING:
    from ..render.painter import Painter
    from ..render.window import Window

RENDER_MODES = ("human", "rgb_array")
FPS = round(1.0 / CONTROL_DT)
NAP = 0.002  # s between looks at the clock while a frame is not due yet


class Viewer:
    """Observes every step of one world of `batch`, and shows it. A window runs in the world's own time; its keys pause, speed up, turn."""

    def __init__(self, batch: BatchEnv, mode: str, world: int = 0):
        if mode not in RENDER_MODES:
            raise unknown("render mode", mode, RENDER_MODES)
        from ..render import Painter

        self._batch, self._mode, self._world = batch, mode, world
        self._painter: Painter | None = Painter(batch.stage) if mode == "rgb_array" else None
        self._window: Window | None = None
        self._source = LiveSource(batch.stage)
        self._last = 0.0  # s, when the window was last given time
        self._closed = False

    def observe(self) -> None:
        """Takes the world as it is now: after every reset and step."""
        frame = self._batch.frame(self._world)
        if self._painter is not None:
            self._painter.observe(frame)
        elif not self._closed:
            self._show(frame)

    def picture(self) -> np.ndarray | None:
        """uint8 [height, width, 3] for "rgb_array", else None."""
        return None if self._painter is None else self._painter.rgb()

    def close(self) -> None:
        """Closes the window; harmless when repeated."""
        self._closed = True
        if self._window is not None:
            self._window.close()
            self._window = None

    def _show(self, frame: Frame) -> None:
        """Draws until the window has taken the frame, which it does when the frame is due."""
        from ..render.window import Window, require_display

        if self._window is None:
            require_display()
            self._window = Window(self._source)
            self._last = time.perf_counter()
        self._source.pending = frame
        while self._source.pending is not None and not self._window.player.done:
            now = time.perf_counter()
            longest = self._batch.stage.dt / self._window.player.speed  # at most one frame a turn: there is no more
            self._window.turn(min(now - self._last, longest))
            self._last = now
            time.sleep(NAP)
        if self._window.player.done:
            self.close()


class Viewed:
    """What the doors to one world share: `render` and `close`."""

    batch: BatchEnv
    _viewer: Viewer | None

    def render(self) -> np.ndarray | None:
        """The present picture, uint8 [height, width, 3], for "rgb_array"; "human" draws by itself at each step."""
        if self._viewer is None:
            raise SkyrallyError(f"render() needs a render mode; pass render_mode={' or '.join(map(repr, RENDER_MODES))}")
        return self._viewer.picture()

    def close(self) -> None:
        """Closes the window, if there is one."""
        if self._viewer is not None:
            self._viewer.close()
        self.batch.close()


class LiveSource:
    """A source that is fed one frame at a time. It has no end: asked too soon, it gives the last frame again."""

    def __init__(self, stage: Stage):
        self.stage = stage
        self.title = stage.scenario
        self.pending: Frame | None = None
        self._given: Frame | None = None

    def read(self) -> Frame | None:
        """The frame that was put in."""
        if self.pending is not None:
            self._given, self.pending = self.pending, None
        return self._given

    def restart(self) -> None:
        """Only the environment's owner can do that."""

    def next_rally(self) -> None:
        """Only the environment's owner can do that."""
