"""What can be watched live: a match, or an agent in a drill, as a source of frames."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..render.glide import glide, slowed
from ..scenarios.stage import Frame, Stage
from .drills import DrillRunner
from .match import Format, MatchRunner, Rally

PAUSE = 40  # still frames after a rally, so that one sees how it ended


class MatchSource:
    """A match to watch; `rows` fills with its rallies."""

    def __init__(self, scenario: str, red: str, blue: str, *, form: Format | None = None, seed: int = 0, **options: Any):
        self._runner = MatchRunner(scenario, red, blue, form=form, seed=seed, threads=1, **options)
        self._frames = self._play()

    @property
    def stage(self) -> Stage:
        return self._runner.env.stage

    @property
    def title(self) -> str:
        return " vs ".join(self._runner.names)

    @property
    def rows(self) -> list[Rally]:
        """The rallies so far."""
        return self._runner.rows

    @property
    def agents(self) -> tuple[str, ...]:
        return self._runner.names

    def read(self) -> Frame | None:
        """The next frame; None when the match is over."""
        return next(self._frames, None)

    def restart(self) -> None:
        """From the first rally, with the same seeds."""
        self._runner.begin()
        self._frames = self._play()

    def next_rally(self) -> None:
        """Plays the present rally to its end unseen, and begins the next."""
        runner = self._runner
        while not runner.ended[0] and not runner.done:
            runner.step()
        runner.next_rallies()
        self._frames = self._play()

    def _play(self) -> Iterator[Frame]:
        runner = self._runner
        while not runner.done:
            yield runner.frame()
            while not runner.step()[0]:
                yield runner.frame()
            last = runner.frame()
            yield last
            last = runner.frame()
            last.lines, last.contacts = [], []
            for _ in range(PAUSE):
                yield last
            runner.next_rallies()


class DrillSource:
    """An agent in a drill, episode after episode: the very ones that `eval` counts with this seed."""

    def __init__(self, scenario: str, agent: str, *, episodes: int = 1, seed: int = 0, **options: Any):
        self._runner = DrillRunner(scenario, agent, seed=seed, threads=1, **options)
        self._episodes = episodes
        self.stage: Stage = slowed(self._runner.env.stage)
        self.restart()

    @property
    def title(self) -> str:
        names = self._runner.names
        return " vs ".join(names) if len(names) > 1 else f"{names[0]} in {self._runner.env.scenario.name}"

    def read(self) -> Frame | None:
        """The next frame; None after the last episode."""
        return next(self._frames, None)

    def restart(self) -> None:
        """From the first episode, with the same seeds."""
        self._episode = 0
        self.metrics: list[float] = []
        self._frames = self._play()

    def next_rally(self) -> None:
        """On to the next episode."""
        self._episode += 1
        self._frames = self._play()

    def _frame(self) -> Frame:
        frame = self._runner.env.frame()
        frame.rally, frame.title = self._episode, self.title
        return frame

    def _play(self) -> Iterator[Frame]:
        runner = self._runner
        while self._episode < self._episodes:
            runner.begin(self._episode)
            yield from glide(runner.env.stage, self._steps())
            self.metrics.append(runner.rows()[0].metric)
            self._episode += 1

    def _steps(self) -> Iterator[Frame]:
        """A frame for each step of the present episode, from its start."""
        runner = self._runner
        yield self._frame()
        while not runner.done:
            runner.step()
            yield self._frame()
