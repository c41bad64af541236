"""What the window writes over the match's picture: state of the player, timeline, help."""

from __future__ import annotations

from skyrally.render import theme
from skyrally.render.hud import Hud
from skyrally.render.pg import pygame
from skyrally.render.player import HELP, Player

HINT_SECONDS = 5.0  # how long the hint at the help key is shown


def timeline(size: tuple[int, int]) -> pygame.Rect:
    """Where the timeline lies in a window of a size (pixels)."""
    return pygame.Rect(round(0.3 * size[0]), size[1] - 20, round(0.4 * size[0]), 8)


def share_at(size: tuple[int, int], x: float) -> float:
    """The share of the timeline at a pixel column, 0 to 1."""
    bar = timeline(size)
    return min(max((x - bar.left) / max(bar.width, 1), 0.0), 1.0)


def on_timeline(size: tuple[int, int], at: tuple[int, int]) -> bool:
    """Whether a click is meant for the timeline."""
    return timeline(size).inflate(16, 20).collidepoint(at)


def draw(surface: pygame.Surface, hud: Hud, player: Player, watched: float) -> None:
    """Everything; `watched` is the time (s) since the window opened."""
    size = surface.get_size()
    speed = "" if player.speed == 1.0 else f"{player.speed:g}x"
    state = "the end  (r: again)" if player.ended else "paused" if player.paused else ""
    words = "   ".join(word for word in (state, speed, player.camera) if word)
    hud.write(surface, words, (size[0] - hud.px(16), size[1] - hud.px(18)), 18, theme.TEXT, 1.0)
    if player.seekable:
        _draw_timeline(surface, player)
    if player.help:
        _draw_help(surface, hud)
    elif watched < HINT_SECONDS:
        hud.write(surface, "h: help", (size[0] - hud.px(16), hud.px(26)), 18, theme.TEXT_DIM, 1.0)


def _draw_timeline(surface: pygame.Surface, player: Player) -> None:
    bar = timeline(surface.get_size())
    pygame.draw.rect(surface, theme.PANEL, bar, border_radius=4)
    done = pygame.Rect(bar.left, bar.top, round(bar.width * player.share), bar.height)
    pygame.draw.rect(surface, theme.TEXT_DIM, done, border_radius=4)
    pygame.draw.circle(surface, theme.ACCENT, (done.right, bar.centery), 7)


def _draw_help(surface: pygame.Surface, hud: Hud) -> None:
    px, (width, height) = hud.px, surface.get_size()
    box_width, line = px(480), px(26)
    box_height = line * len(HELP) + px(36)
    left, top = (width - box_width) / 2, (height - box_height) / 2
    hud.backing(surface, left, top, box_width, box_height, 225)
    for k, (keys, meaning) in enumerate(HELP):
        y = top + px(18) + (k + 0.5) * line
        hud.write(surface, keys, (left + px(120), y), 20, theme.ACCENT, 1.0, shadow=False)
        hud.write(surface, meaning, (left + px(140), y), 20, theme.TEXT, shadow=False)
