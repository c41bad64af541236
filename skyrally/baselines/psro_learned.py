"""PSRO in the project's scenarios: cells are duels, best responses are learned. Policies are folders with weights, or agents by spec.

Policy "policies/007" is a folder within the run's; any other name is an agent's spec, such as scripted:stag or zoo:NAME.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

import torch

from ..agents.agent import Agent
from ..agents.captain import as_captain
from ..agents.policy import CAPTAINS, MANIFEST, NetworkAgent, write_agent
from ..agents.population import members_of
from ..envs.batch import BatchEnv
from ..scenarios.registry import find
from ..scenarios.scenario import Scenario
from ..tournament.duel import Played, duel
from ..workers import Interrupted, Stopped
from .config import configured
from .folder import RunFolder
from .learned import Place, manifest_in
from .macro_env import gamma_of, worlds_for
from .psro_parts import Arena, Oracle, Task
from .responder import LEARNERS, AgainstMixture, Aim
from .self_play import both_ways

POLICIES, TRAINING = "policies", "training"
SCRATCH, BEST = "scratch", "best"


@dataclass(frozen=True)
class Site:
    """Where a run plays: its folder, the scenario by name, and options; all plain data, so that it goes into other processes."""

    root: str
    scenario: str
    options: Mapping[str, Any] = field(default_factory=dict)
    place: Mapping[str, Any] = field(default_factory=dict)  # view, action_mode, discrete
    threads: int = 1

    @property
    def found(self) -> Scenario:
        """The scenario itself."""
        return find(self.scenario)

    def env(self, worlds: int, seed: int, gamma: float | None) -> BatchEnv:
        """Worlds to learn in. gamma: the learner's."""
        return worlds_for(self.found, worlds, gamma, self.place, seed=seed, threads=self.threads, **self.options)

    def agent(self, name: str, seed: int = 0) -> Agent:
        """The policy of this name. SkyrallyError when it is missing or belongs to another scenario or layout."""
        return members_of(Path(self.root), [name], self.found, self.found.judged(self.options), seed)[0]

    def rival(self, name: str, seed: int = 0) -> Agent:
        """The policy of this name as learners here meet it: of captains what answers, not the team that it leads."""
        agent = self.agent(name, seed)
        return as_captain(agent) if self.place.get("action_mode") == CAPTAINS else agent


@dataclass(frozen=True)
class LearnedArena(Arena):
    """Plays cells by duels, with the options that agents are judged with."""

    site: Site
    crash_cost: float = 0.0

    @property
    def symmetric(self) -> bool:  # type: ignore[override]
        return self.site.found.alike(self.site.found.resolved(self.site.options))

    def play(self, first: str, second: str, episodes: int, start: int, seed: int) -> Played:
        scenario = self.site.found
        agents = self.site.agent(first, seed), self.site.agent(second, seed + 1)
        options = {"threads": self.site.threads, **scenario.judged(self.site.options)}
        if scenario.family == "match":
            options["crash_cost"] = self.crash_cost
        return duel(scenario, *agents, episodes, start=start, seed=seed, swap=self.symmetric, **options)


@dataclass(frozen=True)
class LearningOracle(Oracle):
    """Best responses by a learner within a budget of world steps. What is under way is checkpointed in training/NUMBER."""

    site: Site
    config: Mapping[str, Any]  # the learner's hyperparameters
    frames: int  # world steps of one best response
    warm: str = SCRATCH  # "best": start from the own policy of the highest weight, if it is a network of the same shape
    low: float = 0.0  # bounds of the opponents' weights
    high: float = 5.0
    save_seconds: float = 60.0
    learner: str = "ppo"  # a name in responder.LEARNERS

    def first(self, seat: int, number: int, seed: int) -> str:
        """A network of random weights, or of those that key `initial` names."""
        name = _name(number)
        if not (Path(self.site.root) / name / MANIFEST).exists():
            alone = Task(seat, number, seed, ("random",), (1.0,), (), (), (0.0,), "neutral", 0.0)
            self._publish(self._learner(alone), name, {"seed": seed, "frames": 0})
        return name

    def respond(self, task: Task, stopped: Stopped) -> str:
        name = _name(task.number)
        if (Path(self.site.root) / name / MANIFEST).exists():
            return name
        learner, work = self._learner(task), RunFolder(Path(self.site.root) / TRAINING / f"{task.number:03d}")
        work.checkpoints.mkdir(parents=True, exist_ok=True)
        work.sweep()
        state = work.last_state()
        if state is not None:
            learner.load(state)
        work.rewind(learner.carry.frames)
        self._train(learner, work, stopped)
        told = {"seed": task.seed, "frames": learner.carry.frames, "objective": task.objective, "aversion": task.gamma}
        self._publish(learner, name, told | {"opponents": dict(zip(task.opponents, task.mixture, strict=True))})
        shutil.rmtree(work.checkpoints, ignore_errors=True)
        return name

    def _train(self, learner: AgainstMixture, work: RunFolder, stopped: Stopped) -> None:
        saved = perf_counter()
        while learner.carry.frames < self.frames:
            row = learner.iterate()
            work.log({"frames": learner.carry.frames, **row})
            due = perf_counter() - saved >= self.save_seconds
            if due or stopped():
                work.save(learner.carry.frames, lambda path: None, learner.state(), keep=1, best=False)
                saved = perf_counter()
            if stopped():
                raise Interrupted

    def _learner(self, task: Task) -> AgainstMixture:
        """The learner of a task at its beginning."""
        torch.set_num_threads(self.site.threads)
        torch.manual_seed(task.seed)
        kind, options, _ = LEARNERS[self.learner]
        config: Any = configured(options, self.config)
        env = self.site.env(config.worlds, task.seed, gamma_of(config))
        members = [self.site.rival(name, task.seed) for name in task.opponents]
        aim = Aim(task.mixture, task.present, task.objective, task.gamma, self.low, self.high)
        learner = kind(env, config, self.frames, members, aim, self._places(env, task.seat))
        if config.initial:
            learner.begin_with(config.initial)
        if self.warm == BEST and task.own:
            before = self.site.rival(task.own[max(range(len(task.own)), key=lambda k: task.own_mixture[k])])
            if isinstance(before, NetworkAgent) and not learner.differences(before):
                learner.warm(before.actors.state_dict())
        return learner

    def _places(self, env: BatchEnv, seat: int) -> tuple[list[Place], list[Place]]:
        """Both sides where they are alike, else the seat's own."""
        if env.scenario.alike(env.options):
            return both_ways(env)
        n, worlds = env.num_drones // 2, slice(0, env.num_worlds)
        own = (slice(0, n), slice(n, 2 * n))
        return [(own[seat], worlds)], [(own[1 - seat], worlds)]

    def _publish(self, learner: AgainstMixture, name: str, told: Mapping[str, Any]) -> None:
        """The policy's folder, whole or not at all."""
        target, policy = Path(self.site.root) / name, learner.policy
        part = target.with_name(f".{target.name}.{os.getpid()}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        options = self.site.found.judged(self.site.options)
        write_agent(part, learner.actors, manifest_in(learner.env, options, policy, learner.actors.spec, told))
        os.replace(part, target)


def _name(number: int) -> str:
    return f"{POLICIES}/{number:03d}"
