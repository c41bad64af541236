"""The window in which a source is watched: events in, pictures out. What keys mean is `player`'s, how things look is `painter`'s."""

from __future__ import annotations

import os
import sys
import time

from skyrally.errors import SkyrallyError
from skyrally.render import overlay
from skyrally.render.painter import Painter
from skyrally.render.pg import pygame
from skyrally.render.player import Player
from skyrally.render.source import Source
from skyrally.render.views import camera_mode

SMALLEST = (320, 180)  # pixels
MAX_FPS = 60


class NoDisplay(SkyrallyError):
    """There is no screen to open a window on; the caller may write a file instead."""

    def __init__(self, why: str) -> None:
        super().__init__(f"no display to open a window on ({why}); write a file instead, for example --out match.mp4")


def require_display() -> None:
    """Raises NoDisplay where a window cannot be opened, as far as the environment tells."""
    chosen = os.environ.get("SDL_VIDEODRIVER")
    if sys.platform.startswith("linux") and not (chosen or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise NoDisplay("neither DISPLAY nor WAYLAND_DISPLAY is set")


def show(
    source: Source,
    *,
    camera: str = "orbit",
    size: tuple[int, int] = (960, 540),
    seconds: float | None = None,
    painter: type[Painter] = Painter,
) -> None:
    """Opens a window and plays the source until the user quits (or `seconds` have passed). NoDisplay where there is no screen."""
    camera_mode(camera)
    require_display()
    window = Window(source, camera, size, painter)
    try:
        window.run(seconds)
    finally:
        window.close()


class Window:
    """One window, one source."""

    def __init__(self, source: Source, camera: str = "orbit", size: tuple[int, int] = (960, 540), painter: type[Painter] = Painter) -> None:
        self.player, self._make = Player(source, camera), painter
        self._painter: Painter | None = None
        self._watched, self._scrubbing, self._full = 0.0, False, False
        self._windowed = (max(size[0], SMALLEST[0]), max(size[1], SMALLEST[1]))
        try:
            pygame.display.init()
            self._screen = pygame.display.set_mode(self._windowed, pygame.RESIZABLE)
        except pygame.error as error:
            raise NoDisplay(str(error)) from None
        pygame.display.set_caption(f"skyrally: {source.title}"[:120])
        pygame.key.set_repeat(350, 60)

    def run(self, seconds: float | None = None) -> None:
        """Plays until the user quits or the time is up."""
        last = time.perf_counter()
        clock = pygame.time.Clock()
        while not self.player.done and (seconds is None or self._watched < seconds):
            now = time.perf_counter()
            self.turn(now - last)
            last = now
            clock.tick(MAX_FPS)

    def turn(self, seconds: float) -> None:
        """One round: takes the events, lets `seconds` pass, draws."""
        for event in pygame.event.get():
            self._take(event)
        self._set_fullscreen()
        self._watched += seconds
        self._draw(seconds)

    def close(self) -> None:
        """Closes the window."""
        pygame.display.quit()

    def _take(self, event: pygame.event.Event) -> None:
        player = self.player
        if event.type == pygame.QUIT:
            player.done = True
        elif event.type == pygame.KEYDOWN:
            if not player.key(event.unicode):  # the sign it makes ("+" on any keyboard), else the key's own name
                player.key(pygame.key.name(event.key))
        elif event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            self._scrubbing = player.seekable is not None and overlay.on_timeline(self._screen.get_size(), event.pos)
            if self._scrubbing:
                player.scrub(overlay.share_at(self._screen.get_size(), event.pos[0]))
        elif event.type == pygame.MOUSEBUTTONUP and event.button == 1:
            self._scrubbing = False
        elif event.type == pygame.MOUSEMOTION and event.buttons[0]:
            if self._scrubbing:
                player.scrub(overlay.share_at(self._screen.get_size(), event.pos[0]))
            else:
                player.drag(*event.rel)
        elif event.type == pygame.MOUSEWHEEL:
            player.wheel(event.y)

    def _set_fullscreen(self) -> None:
        if self.player.fullscreen == self._full:
            return
        self._full = self.player.fullscreen
        if self._full:
            self._windowed = self._screen.get_size()
            self._screen = pygame.display.set_mode((0, 0), pygame.FULLSCREEN)
        else:
            pygame.display.set_mode(self._windowed, pygame.RESIZABLE)  # leaves full screen, at its size still;
            self._screen = pygame.display.set_mode(self._windowed, pygame.RESIZABLE)  # only the second call resizes

    def _fitting_painter(self) -> Painter:
        """The painter for the window's present size; a new one carries on where the last one was."""
        self._screen = pygame.display.get_surface() or self._screen
        size = self._screen.get_size()
        size = (max(size[0], SMALLEST[0]), max(size[1], SMALLEST[1]))
        if self._painter is None or self._painter.size != size:
            fresh = self._make(self.player.source.stage, size, self.player.camera, fineness=None)
            if self._painter is not None:
                fresh.inherit(self._painter)
            self._painter = fresh
        return self._painter

    def _draw(self, seconds: float) -> None:
        player, painter = self.player, self._fitting_painter()
        batch = player.tick(seconds)
        if batch.fresh and batch.frames:
            painter.forget()
        for frame in batch.frames:
            painter.observe(frame)
        if painter.rig.mode != player.camera:
            painter.rig.switch(player.camera)
        painter.rig.hand, painter.labels, painter.density = player.hand, player.labels, player.density
        if painter.ready:
            painter.paint(self._screen, seconds)
            overlay.draw(self._screen, painter.hud, player, self._watched)
        pygame.display.flip()
