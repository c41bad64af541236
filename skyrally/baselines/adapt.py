"""Adaptation: how a trained policy does at other values of an option at once, and after a few updates there.

At each value the run's learner goes on from its best checkpoint - actor, critic, optimiser - in worlds with that value, at the learning
rate that it began with, and is judged after 0, `updates[0]`, `updates[1]` ... iterations, always in the same episodes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch

from ..agents.policy import run_folder
from ..errors import SkyrallyError
from ..scenarios.registry import find
from ..tournament.evaluation import Evaluation, evaluate
from ..tournament.sweep import Sweep, of_population, values_over
from .algorithms import kind_of
from .config import configured
from .folder import STATE, RunFolder
from .learned import Learned
from .macro_env import gamma_of, worlds_for
from .run import RunConfig

SEED = 2**41  # added to that of the worlds adapted in, so that the episodes judged by are others
FOREVER = 2**60  # world steps of the training: its learning rate stays what it is
BEGUN = {"critic_first": 0, "led": 0.0}  # keys of beginners, as they are for whoever has begun


def adapt(
    agent: str,
    name: str,
    values: Sequence[Any],
    updates: Sequence[int],
    *,
    episodes: int = 200,
    seed: int = 0,
    told: Callable[[str], None] = lambda line: None,
    **options: Any,
) -> list[Sweep]:
    """The sweeps of a run (run:DIR) after each number of updates, ascending, 0 first. options: of the scenario, over the run's own.

    SkyrallyError for an agent that is no run, a match's run, numbers of updates below 1, and a learner that does not fit a value.
    """
    goals = sorted(set(updates)) if all(isinstance(number, int) and number > 0 for number in updates) else []
    if not goals or len(goals) < len(updates):
        raise SkyrallyError(f"adapt is {list(updates)}; expected numbers of updates from 1, each once, for example 1,5,20")
    config, state = _run_of(agent)
    scenario = find(config["run"]["scenario"])
    values = values_over(scenario, name, values)
    alone = {"population": None} if of_population(scenario, name) else {}
    found: list[list[Evaluation]] = [[] for _ in (0, *goals)]
    for value in values:
        given = {**config["options"], **alone, **options, name: value}
        learner, done = _learner(config, state, f"{name}={value}", seed, given), 0
        for results, goal in zip(found, (0, *goals), strict=True):
            for _ in range(goal - done):
                learner.iterate()
            done = goal
            learner.settle()
            player = learner.agent(f"{agent} after {goal} updates" if goal else agent)
            results.append(evaluate(player, scenario.name, episodes=episodes, seed=seed, **scenario.judged(given)))
            told(f"{name} {value}, {goal} updates: {results[-1].metric.name} {results[-1].metric}")
        learner.env.close()
    return [Sweep(name, tuple(values), tuple(results)) for results in found]


def _run_of(agent: str) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """(configuration, the learner's state at the best checkpoint) of run:DIR."""
    kind, _, directory = agent.partition(":")
    if kind != "run" or not directory:
        raise SkyrallyError(f"{agent} cannot adapt: only the folder of a training run has what is needed to go on; expected run:DIR")
    folder = run_folder(directory)
    _, config, _ = RunFolder.open(Path(directory))
    if find(config["run"]["scenario"]).family == "match":
        raise SkyrallyError(f"{agent} learned in a match, where who is good depends on the opponent; adapt is for drills and swarms")
    return config, torch.load(folder / STATE, weights_only=True)["learner"]


def _learner(config: Mapping[str, Any], state: Mapping[str, Any], what: str, seed: int, options: Mapping[str, Any]) -> Learned:
    """The run's learner as it was, in worlds with these options."""
    run = configured(RunConfig, config["run"])
    kind, hyper, _ = kind_of(run.algorithm, run.learner)
    settings = configured(hyper, {name: BEGUN.get(name, value) for name, value in config["algorithm"].items()})
    torch.manual_seed(seed)
    scenario, place = find(run.scenario), config["place"]
    env = worlds_for(scenario, settings.worlds, gamma_of(settings), place, seed=SEED + seed, threads=run.threads or None, **options)
    learner: Learned = kind(env, settings, FOREVER)
    for part in learner.parts:
        try:
            getattr(learner, part).load_state_dict(deepcopy(state[part]))  # optimisers go on in the very tensors that they are given
        except RuntimeError:
            raise SkyrallyError(f"the run's {part} does not fit {what}; of any number of drones are learners with critic=pooled") from None
    return learner
