"""A first look at a scenario's functions: one world, one reset, one step. Scenarios of one's own fail here in one clear line."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import SkyrallyError
from ..physics.control import ACTION_SIZE
from ..scenarios.scenario import Scenario
from .batch import BatchEnv
from .faults import badly_covered

PAD = 256  # numbers beyond a layout's end that a wrong observe may hit without harm


def probe(scenario: Scenario, **options: Any) -> None:
    """Raises SkyrallyError, naming the field, for an observation that does not fit its layout and a reward that is not finite."""
    if not isinstance(options.get("view"), str):  # views that differ between drones leave the narrower rows' ends unwritten
        options.pop("view", None)
    env = BatchEnv(scenario, 1, **{**options, "threads": 1})
    out = env.buffers()
    out.obs = np.full((1, env.num_drones, env.layout.size + PAD), np.nan, np.float32)
    env.reset(out=out.obs)
    _check_observation(env, out.obs, "at reset")
    out.obs[:] = np.nan
    env.step(np.zeros((1, env.num_drones, ACTION_SIZE), np.float32), out=out)
    _check_observation(env, out.obs, "after a step")
    for i, agent in enumerate(env.agents):
        for name, value in [*zip(env.terms, env.reward_terms[0, i], strict=False), ("the sum", out.reward[0, i])]:
            if not np.isfinite(value):
                raise SkyrallyError(f"{scenario.name}: reward term {name!r} of {agent} is {value} after a step; expected a finite number")


def _check_observation(env: BatchEnv, wide: np.ndarray, when: str) -> None:
    wrong = badly_covered(env.layout, env.agents, wide)
    if wrong is not None:
        fields = ", ".join(f"{field.name} {field.size}" for field in env.layout.fields)
        raise SkyrallyError(f"{env.scenario.name}: {wrong} {when}; view {env.layout.name!r} promises {env.layout.size} numbers: {fields}")
