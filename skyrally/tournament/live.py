"""What can be watched live: a match, or an agent in a drill, as a source of frames."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..agents.spec import find_agent
from ..envs.batch import BatchEnv
from ..errors import SkyrallyError
from ..scenarios.registry import find
from ..scenarios.stage import Frame, Stage
from .match import Format, MatchRunner, Rally, Seat

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
    def agents(self) -> tuple[str, str]:
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
    """An agent in a drill, episode after episode."""

    def __init__(self, scenario: str, agent: str, *, episodes: int = 1, seed: int = 0, **options: Any):
        found = find(scenario)
        if found.family == "match":
            raise SkyrallyError(f"{scenario} is a match; give --red and --blue instead of --agent")
        self._env = BatchEnv(found, 1, seed=seed, threads=1, **options)
        self._agent = find_agent(agent, found, seed)
        self._env.assign(view=self._agent.view, action_mode=self._agent.action_mode)
        self._seat = Seat(self._agent, self._env)
        self._episodes = episodes
        self.restart()

    @property
    def stage(self) -> Stage:
        return self._env.stage

    @property
    def title(self) -> str:
        return f"{self._agent.name} in {self._env.scenario.name}"

    def read(self) -> Frame | None:
        """The next frame; None after the last episode."""
        return next(self._frames, None)

    def restart(self) -> None:
        """From the first episode, with the same seeds."""
        self._env.worlds["episode"] = 0
        self._episode = 0
        self.metrics: list[float] = []
        self._frames = self._play()

    def next_rally(self) -> None:
        """On to the next episode."""
        self._episode += 1
        self._frames = self._play()

    def _frame(self) -> Frame:
        frame = self._env.frame()
        frame.rally, frame.title = self._episode, self.title
        return frame

    def _play(self) -> Iterator[Frame]:
        env, seat = self._env, self._seat
        drones = np.arange(env.num_drones)[None, :]
        actions = np.zeros((1, env.num_drones, 4), np.float32)
        while self._episode < self._episodes:
            seat.forget(np.ones(1, bool))
            obs = env.reset()
            yield self._frame()
            ended = False
            while not ended:
                seat.act(obs, drones, actions)
                step = env.step(actions)
                obs, ended = step.obs, bool(step.done[0])
                yield self._frame()
            self.metrics.append(float(env.worlds[env.scenario.metric.field][0]))
            self._episode += 1
