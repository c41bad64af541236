"""The verb `replay`: a replay file in a window, as a film, or as one HTML page that plays it."""

from __future__ import annotations

from pathlib import Path

import tyro

from .cli_words import Flag, Repeated


def replay(
    file: tyro.conf.Positional[str],
    out: Repeated = (),
    html: str | None = None,
    force: Flag = False,
    camera: str = "orbit",
    size: str = "960x540",
) -> None:
    """Watch a replay file, or turn it into a page or a film. Example: skyrally replay match.replay --html match.html

    Args:
        file: a .replay file, as `watch --out` and tournaments write it.
        html: write one HTML file that plays the replay in any browser, from disk, without a network.
        out: write .mp4, .gif, .png, .replay or .html instead of opening a window (may be repeated).
        force: overwrite existing files.
        camera: orbit, behind, side, top or follow.
        size: of the picture, WIDTHxHEIGHT.
    """
    from .render.page import write_page
    from .render.replay import ReplaySource, open_replay
    from .viewing import View, film, present

    view = View(camera=camera, size=size, fps=25, force=force)
    if html is not None:
        print(f"wrote {write_page(file, Path(html), force=force)}")
    if html is not None and not out:
        return
    source = ReplaySource(open_replay(file))
    if out:
        film(source, [Path(path) for path in out], view)
    else:
        present(source, view)
