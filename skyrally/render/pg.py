"""pygame, imported once and quietly: no greeting on stdout, no warning about its own use of setuptools."""

from __future__ import annotations

import os
import warnings

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pygame
    import pygame.gfxdraw

__all__ = ["pygame"]
