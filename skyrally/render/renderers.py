"""Who draws: the names that `watch --renderer` takes."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from skyrally.errors import unknown

if TYPE_CHECKING:
    from skyrally.render.painter import Painter

RENDERERS = {"pygame": "painter:Painter", "genesis": "genesis:GenesisPainter"}


def painter_of(renderer: str) -> type[Painter]:
    """The painters of that name, loaded now. SkyrallyError for an unknown one."""
    if renderer not in RENDERERS:
        raise unknown("renderer", renderer, RENDERERS)
    module, _, name = RENDERERS[renderer].partition(":")
    found: type[Painter] = getattr(import_module(f"skyrally.render.{module}"), name)
    return found
