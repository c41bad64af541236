"""What can be watched: a live match or a recorded one. The window and the video writers know no more than this."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from skyrally.scenarios.stage import Frame, Stage


@runtime_checkable
class Source(Protocol):
    """Gives frames one after the other."""

    @property
    def stage(self) -> Stage:
        """What does not change."""
        ...

    @property
    def title(self) -> str:
        """One line: who plays."""
        ...

    def read(self) -> Frame | None:
        """The next frame; None at the end (and from then on)."""
        ...

    def restart(self) -> None:
        """Back to the first frame."""
        ...

    def next_rally(self) -> None:
        """The next `read` gives the first frame of the next rally (or None when there is none)."""
        ...


@runtime_checkable
class Seekable(Source, Protocol):
    """A source of known length, every frame of which can be asked for."""

    def __len__(self) -> int: ...

    @property
    def position(self) -> int:
        """The number of the frame that the next `read` gives."""
        ...

    def seek(self, k: int) -> None:
        """The next `read` gives frame k; k beyond the ends is brought back to them."""
        ...
