"""What is written over the picture: scoreboard, clock, the last things that happened, names of the drones.

Sizes follow the picture's height.
"""

from __future__ import annotations

from functools import lru_cache

from skyrally.render import canvas, theme
from skyrally.render.pg import pygame
from skyrally.scenarios.stage import Frame, Stage

BASE_HEIGHT = 540  # pixels, the picture height for which the sizes below are meant
TICKER_LINES = 4
TICKER_SECONDS = 3.5  # how long a line stays
TICKER_FADE = 0.8  # s, at the end of its life


@lru_cache(maxsize=8)
def _font(size: int) -> pygame.font.Font:
    pygame.font.init()
    return pygame.font.Font(None, size)  # pygame's own font: the same on every machine


@lru_cache(maxsize=512)
def text_image(text: str, size: int, colour: theme.Colour, shadow: bool = False) -> pygame.Surface:
    """A line of text as a picture; `shadow` sets it off from what is behind."""
    shown = "".join(c if c.isprintable() else " " for c in text[:200])
    ink = _font(size).render(shown, True, colour)
    if not shadow:
        return ink
    image = pygame.Surface((ink.get_width() + 2, ink.get_height() + 2), pygame.SRCALPHA, 32)
    under = _font(size).render(shown, True, theme.PANEL)
    under.set_alpha(150)
    image.blit(under, (1, 2))
    image.blit(ink, (0, 0))
    return image


@lru_cache(maxsize=32)
def _panel_image(width: int, height: int, radius: int, alpha: int) -> pygame.Surface:
    image = pygame.Surface((width, height), pygame.SRCALPHA, 32)
    canvas.panel(image, image.get_rect(), theme.PANEL, alpha, radius)
    return image


class Hud:
    """The writing on pictures of `size` pixels of one stage."""

    def __init__(self, stage: Stage, size: tuple[int, int]) -> None:
        self.stage, self.size = stage, size
        self._unit = max(size[1] / BASE_HEIGHT, 0.25)

    def px(self, value: float) -> int:
        """Pixels for a length meant for a picture of the base height."""
        return max(round(value * self._unit), 1)

    def write(
        self,
        surface: pygame.Surface,
        text: str,
        at: tuple[float, float],
        size: float,
        colour: theme.Colour,
        side: float = 0.0,
        alpha: int = 255,
        shadow: bool = True,
    ) -> None:
        """Writes one line whose left end (`side` 0), middle (0.5) or right end (1) is at a point, centred on it in height."""
        image = text_image(text, self.px(size), colour, shadow)
        if alpha < 255:
            image = image.copy()
            image.set_alpha(alpha)
        surface.blit(image, (round(at[0] - side * image.get_width()), round(at[1] - 0.5 * image.get_height())))

    def backing(self, surface: pygame.Surface, x: float, y: float, width: float, height: float, alpha: int = 165) -> None:
        """A dark translucent panel; x, y its upper left corner, all in pixels of the picture."""
        surface.blit(_panel_image(max(round(width), 2), max(round(height), 2), self.px(9), alpha), (round(x), round(y)))

    def draw(self, surface: pygame.Surface, frame: Frame, ticker: list[tuple[str, float]]) -> None:
        """Everything for a frame; `ticker` is (line, age in s), oldest first."""
        if frame.score is None:
            self._caption(surface, frame)
        else:
            self._scoreboard(surface, frame, frame.score)
        self._ticker(surface, ticker)

    def _clock(self, frame: Frame) -> str:
        return f"{frame.step * self.stage.dt:.1f} s"

    def _scoreboard(self, surface: pygame.Surface, frame: Frame, score: tuple[int, int]) -> None:
        px, middle = self.px, 0.5 * self.size[0]
        half, top, high = px(92), px(12), px(44)
        self.backing(surface, middle - half, top, 2 * half, high, 190)
        y = top + 0.52 * high
        for sign, colour, points, name in ((-1, theme.RED, score[0], "RED"), (1, theme.BLUE, score[1], "BLUE")):
            bar = pygame.Rect(0, 0, px(5), high - px(16))
            bar.center = (round(middle + sign * (half - px(10))), round(top + 0.5 * high))
            pygame.draw.rect(surface, colour, bar, border_radius=px(2))
            self.write(surface, name, (middle + sign * (half - px(20)), y), 17, theme.TEXT_DIM, 0.5 - 0.5 * -sign, shadow=False)
            self.write(surface, str(points), (middle + sign * px(12), y), 40, theme.TEXT, 0.5 - 0.5 * sign, shadow=False)
        self.write(surface, ":", (middle, y - px(2)), 34, theme.TEXT_DIM, 0.5, shadow=False)
        self._players(surface, frame.title, middle, half, y)
        self.write(surface, f"rally {frame.rally + 1}   {self._clock(frame)}", (middle, top + high + px(13)), 18, theme.TEXT, 0.5)

    def _players(self, surface: pygame.Surface, title: str, middle: float, half: float, y: float) -> None:
        red, versus, blue = title.partition(" vs ")
        if not versus:
            self.write(surface, title, (self.px(16), y), 22, theme.TEXT)
            return
        self.write(surface, red, (middle - half - self.px(14), y), 22, theme.lit(theme.RED, 1.45), 1.0)
        self.write(surface, blue, (middle + half + self.px(14), y), 22, theme.lit(theme.BLUE, 1.45), 0.0)

    def _caption(self, surface: pygame.Surface, frame: Frame) -> None:
        """Where nobody counts points: what is shown, and the time."""
        px = self.px
        title = frame.title or self.stage.scenario
        clock = f"episode {frame.rally + 1}   {self._clock(frame)}" + (f"   {frame.note}" if frame.note else "")
        widest = max(text_image(*text, theme.TEXT, True).get_width() for text in ((title, px(24)), (frame.note and clock, px(17))))
        width = max(widest + px(28), px(120))
        self.backing(surface, px(14), px(12), width, px(46))
        self.write(surface, title, (px(28), px(27)), 24, theme.TEXT)
        self.write(surface, clock, (px(28), px(46)), 17, theme.TEXT_DIM)

    def _ticker(self, surface: pygame.Surface, ticker: list[tuple[str, float]]) -> None:
        px, lines = self.px, [entry for entry in ticker if entry[1] < TICKER_SECONDS][-TICKER_LINES:]
        for up, (line, age) in enumerate(reversed(lines)):
            alpha = int(255 * min(1.0, (TICKER_SECONDS - age) / TICKER_FADE)) * (10 - 2 * up) // 10
            y = self.size[1] - px(26) - up * px(21)
            canvas.circle(surface, (px(22), y), px(4), _speaker(line), alpha)
            self.write(surface, line, (px(34), y), 21 if up == 0 else 19, theme.TEXT, alpha=alpha)

    def label(self, surface: pygame.Surface, text: str, at: tuple[float, float], colour: theme.Colour) -> None:
        """A small name at a drone."""
        self.write(surface, text, at, 16, theme.lit(colour, 1.55), 0.5, 215)


def _speaker(line: str) -> theme.Colour:
    """The colour of the first side that a ticker line names."""
    sides = {"red": theme.RED, "blue": theme.BLUE}
    words = line.lower().replace("_", " ").replace(":", " ").split()
    return next((sides[word] for word in words[:3] if word in sides), theme.TEXT_DIM)


def short_name(agent: str) -> str:
    """The number by which a drone is spoken of: red_1 is "red 2"."""
    number = agent.rpartition("_")[2]
    return str(int(number) + 1) if number.isdecimal() and number.isascii() and len(number) < 9 else number[:8]
