"""Playing a source: pause, speed, single steps, cameras, scrubbing. Knows keys by name and time in seconds, but no pygame and no screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from skyrally.render.source import Seekable, Source
from skyrally.render.views import MODES, Hand
from skyrally.scenarios.stage import Frame

SPEEDS = (0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0)
WARM_UP = 40  # frames read again before a place that was jumped to, so that the ball has its trail
LAG = 0.25  # s of watching that may be caught up at once; what is beyond is dropped, so that a slow source slows down and does not stall
TURN = 0.006  # rad per pixel dragged
ZOOM = 0.9  # factor on the distance per wheel notch
ZOOM_RANGE = (0.25, 4.0)

HELP = (
    ("space", "pause, go on"),
    (".  or right", "one step on"),
    ("left", "one step back (replays)"),
    ("[ ]  or - +", "slower, faster"),
    ("1 - 5  or c", "camera: orbit, behind, side, top, follow"),
    ("mouse", "drag to turn, wheel to come nearer"),
    ("timeline", "click or drag (replays)"),
    ("n", "next rally"),
    ("r", "from the start"),
    ("l", "names of the drones"),
    ("d", "where a swarm is dense"),
    ("f", "full screen"),
    ("h", "this help"),
    ("q  or esc", "quit"),
)


@dataclass
class Batch:
    """What to show after a tick: the frames since the last one, oldest first; `fresh` when they do not follow what was shown before."""

    frames: list[Frame] = field(default_factory=list)
    fresh: bool = False


class Player:
    """The state of a viewing. `key`, `drag`, `wheel` and `scrub` take what the user does, `tick` lets time pass."""

    def __init__(self, source: Source, camera: str = "orbit") -> None:
        self.source, self.camera, self.hand = source, camera, Hand()
        self.seekable: Seekable | None = source if isinstance(source, Seekable) else None
        self.paused = self.ended = self.done = self.help = self.fullscreen = False
        self.labels, self.density = True, False
        self.speed = 1.0
        self._shown = 0  # frames read since the start
        self._due = 1.0  # frames owed; the first is shown at once
        self._jump: int | None = None
        self._fresh = True
        self._keys = self._bindings()

    @property
    def position(self) -> int:
        """Frames read since the start; of a seekable source, the number of the next frame."""
        return self.seekable.position if self.seekable else self._shown

    def _bindings(self) -> dict[str, Callable[[], None]]:
        keys: dict[str, Callable[[], None]] = {
            "space": self._pause,
            ".": lambda: self._step(1),
            "right": lambda: self._step(1),
            "left": lambda: self._step(-1),
            "r": self._restart,
            "n": self._next_rally,
            "c": lambda: self.use_camera(list(MODES)[(list(MODES).index(self.camera) + 1) % len(MODES)]),
            "q": lambda: setattr(self, "done", True),
            "escape": lambda: setattr(self, "done", True),
        }
        for name, flag in (("h", "help"), ("f", "fullscreen"), ("l", "labels"), ("d", "density")):
            keys[name] = lambda flag=flag: setattr(self, flag, not getattr(self, flag))
        for names, by in ((("+", "=", "]"), 1), (("-", "["), -1)):
            keys.update({name: lambda by=by: self._change_speed(by) for name in names})
        keys.update({str(k + 1): lambda mode=mode: self.use_camera(mode) for k, mode in enumerate(MODES)})
        return keys

    def key(self, name: str) -> bool:
        """A key was pressed; False when it means nothing."""
        action = self._keys.get(name)
        if action:
            action()
        return action is not None

    def _pause(self) -> None:
        if self.ended:
            self._restart()
        else:
            self.paused = not self.paused

    def _step(self, by: int) -> None:
        self.paused = True
        if by > 0:
            self._due = 1.0
        elif self.seekable:
            self.seek((self.position if self._jump is None else self._jump + 1) - 2)

    def _change_speed(self, by: int) -> None:
        nearest = min(range(len(SPEEDS)), key=lambda k: abs(SPEEDS[k] - self.speed))
        self.speed = SPEEDS[min(max(nearest + by, 0), len(SPEEDS) - 1)]

    def use_camera(self, mode: str) -> None:
        """Another camera; what the mouse did to the last one is forgotten."""
        self.camera, self.hand = mode, Hand()

    def _restart(self) -> None:
        self.source.restart()
        self._moved()
        self._shown, self.paused = 0, False

    def _next_rally(self) -> None:
        self.source.next_rally()
        self._moved()

    def _moved(self) -> None:
        self.ended, self._due, self._fresh, self._jump = False, 1.0, True, None

    def seek(self, k: int) -> None:
        """The next tick shows frame k (of a seekable source)."""
        if self.seekable and len(self.seekable):
            self._moved()
            self._jump = min(max(k, 0), len(self.seekable) - 1)

    def scrub(self, share: float) -> None:
        """The timeline was pressed at a share of its length."""
        if self.seekable:
            self.seek(round(share * (len(self.seekable) - 1)))

    @property
    def share(self) -> float:
        """How much of a seekable source has been shown, 0 to 1."""
        return (self.position - 1) / max(len(self.seekable) - 1, 1) if self.seekable and self.position else 0.0

    def drag(self, dx: float, dy: float) -> None:
        """The mouse was dragged so many pixels: the camera turns around its target."""
        self.hand.turn -= TURN * dx
        self.hand.rise += TURN * dy

    def wheel(self, notches: float) -> None:
        """The wheel was turned: nearer (positive) or farther."""
        self.hand.zoom = min(max(self.hand.zoom * ZOOM**notches, ZOOM_RANGE[0]), ZOOM_RANGE[1])

    def tick(self, seconds: float) -> Batch:
        """Lets time pass and reads the frames that fall due."""
        if not self.paused and not self.ended:
            self._due += min(max(seconds, 0.0), LAG) * self.speed / self.source.stage.dt
        batch = Batch(fresh=self._fresh)
        if self._jump is not None:
            batch.frames = self._warm_up(self._jump)
        count, self._jump = int(self._due + 1e-6), None
        self._due = max(self._due - count, 0.0)
        batch.frames += self._read(count)
        if batch.frames:
            self._fresh = False
        return batch

    def _warm_up(self, k: int) -> list[Frame]:
        source = self.seekable
        assert source is not None
        source.seek(max(k - WARM_UP, 0))
        return [frame for frame in (source.read() for _ in range(k - max(k - WARM_UP, 0))) if frame is not None]

    def _read(self, count: int) -> list[Frame]:
        frames: list[Frame] = []
        for _ in range(count):
            frame = self.source.read()
            if frame is None:
                self.ended, self._due = True, 0.0
                break
            frames.append(frame)
            self._shown += 1
        return frames
