"""Pictures of worlds: the pygame window, video files, replay files.

A `Source` (a running world, a recorded match) gives frames; a `Sink` (.mp4, .gif, .png, .replay) takes them; a window shows them.
Names below load on first use, so that importing this room costs nothing and needs no pygame.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from skyrally.render.painter import Painter
    from skyrally.render.replay import Replay, ReplaySource, open_replay
    from skyrally.render.sinks import Sink, open_sink
    from skyrally.render.source import Source
    from skyrally.render.window import NoDisplay, show

_HOMES = {
    "NoDisplay": "window",
    "Painter": "painter",
    "Replay": "replay",
    "ReplaySource": "replay",
    "Sink": "sinks",
    "Source": "source",
    "open_replay": "replay",
    "open_sink": "sinks",
    "show": "window",
}

__all__ = ["NoDisplay", "Painter", "Replay", "ReplaySource", "Sink", "Source", "open_replay", "open_sink", "show"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
