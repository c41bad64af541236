"""The PettingZoo door: one world as a ParallelEnv.

The roster is fixed and ends with one flag for all, which is what trainers need: a drone that is out stays in `agents`, and its
`alive` info is 0. With `remove_dead=True` it terminates and leaves the list instead, and does not come back before the next reset.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

import numpy as np
from gymnasium.spaces import Box, Discrete, Space
from pettingzoo import ParallelEnv

from ..errors import SkyrallyError, checked_options, unknown
from ..physics.control import ACTION_SIZE
from ..scenarios.registry import find
from ..scenarios.scenario import Scenario, steps_of
from . import doors, spaces
from .action_row import ROW, action_row
from .registration import VERSION, register_all
from .reset_options import ResetOptions
from .viewer import FPS, RENDER_MODES, Viewed, Viewer

register_all()

Numbers = dict[str, Any]


class SkyParallelEnv(Viewed, ParallelEnv):
    """One world of a scenario for PettingZoo.

    `render_mode`: None, "human" (a window) or "rgb_array". `max_cycles`: steps until truncation (None: the scenario's own).
    `options`: what `skyrally.make` takes, `seed` included; without `seed` the first unseeded reset starts anywhere.
    Infos are numbers under fixed keys: the scenario's `info` fields and `alive`. For reward terms see `batch.reward_terms`.
    """

    def __init__(
        self,
        scenario: str | Scenario,
        render_mode: str | None = None,
        max_cycles: int | None = None,
        *,
        remove_dead: bool = False,
        **options: Any,
    ):
        found = find(scenario) if isinstance(scenario, str) else scenario
        known = [*found.options, *doors.BATCH_OPTIONS, "seed", "remove_dead", "render_mode"]
        checked_options(f"option of {found.name}", options, known)
        self.batch = doors.make(found, max_cycles=max_cycles, **{"seed": spaces.fresh_seed(), **options})
        self.scenario = found = self.batch.scenario  # a swarm's as large as its options say
        self.remove_dead, self.render_mode = remove_dead, render_mode
        self.possible_agents: list[str] = list(found.agents)
        self.agents: list[str] = []
        self.metadata = {
            "name": f"{found.name.replace('-', '_')}_v{VERSION}",
            "render_modes": list(RENDER_MODES),
            "render_fps": FPS,
            "is_parallelizable": True,
        }
        self._viewer = None if render_mode is None else Viewer(self.batch, render_mode)
        self._options = ResetOptions(self.batch)
        layout = self.batch.layout
        self._observation_spaces = {agent: spaces.observation_space(layout) for agent in self.possible_agents}
        self._action_spaces = {agent: spaces.action_space(self.batch, k) for k, agent in enumerate(self.possible_agents)}
        self._choices = {agent: int(space.n) if isinstance(space, Discrete) else 0 for agent, space in self._action_spaces.items()}
        self.state_space: Box = spaces.observation_space(layout, len(self.possible_agents))
        self._actions = np.zeros((1, len(self.possible_agents), ACTION_SIZE), np.float32)
        self._flat = self._actions.reshape(-1)  # the same memory
        self._alive = self.batch.worlds["drones"]["alive"][0]
        self._fields = [(name, self.batch.worlds[name]) for name in found.info]
        self._ever_reset = False

    # -- what there is -------------------------------------------------------------------------------------------------

    def observation_space(self, agent: str) -> Box:
        """The same object each time. Bounds are the layout's; 1e6 stands for none."""
        self._known(agent)
        return self._observation_spaces[agent]

    def action_space(self, agent: str) -> Space:
        """The same object each time."""
        self._known(agent)
        return self._action_spaces[agent]

    @property
    def max_cycles(self) -> int:
        """Steps until truncation. Assigning takes effect at once."""
        return int(self.batch.params["max_steps"][0])

    @max_cycles.setter
    def max_cycles(self, value: int) -> None:
        self.batch.params["max_steps"] = steps_of({"max_cycles": value}, "max_cycles", self.max_cycles)

    def state(self) -> np.ndarray:
        """[N * O] float32 for centralised critics: all observations side by side, of drones that left too. A copy."""
        return self.batch.state()[0].copy()

    def snapshot(self) -> np.ndarray:
        """[1] a copy of the world: give it back as `reset(options={"snapshot": ...})`."""
        return self.batch.snapshot()

    # -- stepping ------------------------------------------------------------------------------------------------------

    def reset(self, seed: int | None = None, options: Mapping[str, Any] | None = None) -> tuple[dict[str, np.ndarray], dict[str, Numbers]]:
        """A new episode: ({agent: obs [O] float32}, {agent: info}). With `seed` the same one each time.

        `options`: see `reset_options`; keys that mean nothing here are ignored with one warning each.
        """
        known = self._options.known(options)
        seeds = None if seed is None else spaces.world_seed(seed)
        snapshot = self._options.snapshot(known)
        if snapshot is not None:
            obs = self.batch.restore(snapshot)
        else:
            with self._options.applied(known):
                obs = self.batch.reset(seeds=seeds)
        self._ever_reset = True
        self.agents = self.possible_agents.copy()
        if self.remove_dead:
            self.agents = [agent for agent, alive in zip(self.agents, self._alive.tolist(), strict=True) if alive]
        if self._viewer is not None:
            self._viewer.observe()
        return self._observations(obs), self._infos()

    def step(
        self, actions: Mapping[str, Any]
    ) -> tuple[dict[str, np.ndarray], dict[str, float], dict[str, bool], dict[str, bool], dict[str, Numbers]]:
        """One control step (20 ms). `actions`: four floats in [-1, 1] for every agent in `agents`, or the number of a choice.

        Returns observations, rewards, terminations, truncations, infos of the agents that were in the list.
        Raises SkyrallyError, naming the agent, for an action that is missing, too many, or of a wrong shape or kind; numbers that are
        not finite are a fault in matches and an error elsewhere.
        """
        agents = self.agents
        if not agents:
            return self._idle(actions)
        self._gather(actions)
        result = self.batch.step(self._actions)
        if self._viewer is not None:
            self._viewer.observe()
        rewards = dict(zip(self.possible_agents, result.reward[0].tolist(), strict=True))
        ended, late = bool(result.terminated[0]), bool(result.truncated[0])
        terminations, truncations = dict.fromkeys(agents, ended), dict.fromkeys(agents, late)
        observations, infos = self._observations(result.obs), self._infos()
        if self.remove_dead:
            out = {agent for agent, alive in zip(self.possible_agents, self._alive.tolist(), strict=True) if not alive}
            terminations = {agent: ended or agent in out for agent in agents}
            rewards = {agent: rewards[agent] for agent in agents}
            self.agents = [agent for agent in agents if agent not in out]
        if ended or late:
            self.agents = []
        return observations, rewards, terminations, truncations, infos

    # -- inside --------------------------------------------------------------------------------------------------------

    def _known(self, agent: str) -> None:
        if agent not in self._action_spaces:
            raise unknown("agent", agent, self.possible_agents)

    def _observations(self, obs: np.ndarray) -> dict[str, np.ndarray]:
        """A row for each agent in the list, of one fresh array: nothing that was handed out is ever written again."""
        rows = dict(zip(self.possible_agents, obs[0].copy(), strict=True))
        return rows if len(self.agents) == len(rows) else {agent: rows[agent] for agent in self.agents}

    def _infos(self) -> dict[str, Numbers]:
        world = {name: values.item() for name, values in self._fields}
        infos = {agent: {**world, "alive": alive} for agent, alive in zip(self.possible_agents, self._alive.tolist(), strict=True)}
        return infos if len(self.agents) == len(infos) else {agent: infos[agent] for agent in self.agents}

    def _gather(self, actions: Mapping[str, Any]) -> None:
        """Writes the actions of the agents in the list into the batch's array."""
        agents = self.agents
        try:
            rows = [actions[agent] for agent in agents]
        except (KeyError, TypeError, IndexError):
            self._refuse(actions)
        if len(actions) != len(agents):
            self._refuse(actions)
        rows = [
            row
            if type(row) is np.ndarray and row.shape == ROW and row.dtype.kind == "f" and not self._choices[agent]
            else action_row(agent, row, self._choices[agent])
            for agent, row in zip(agents, rows, strict=True)
        ]
        if len(agents) == len(self.possible_agents):
            np.concatenate(rows, out=self._flat, casting="same_kind")
            return
        self._actions[:] = 0.0
        for agent, row in zip(agents, rows, strict=True):
            self._actions[0, self.possible_agents.index(agent)] = row

    def _refuse(self, actions: Any) -> NoReturn:
        """Says what is wrong with the keys of `actions`."""
        if not isinstance(actions, Mapping):
            raise SkyrallyError(f"actions are a {type(actions).__name__}; expected a dict of agent: action")
        for agent in actions:
            self._known(agent)
            if agent not in self.agents:
                raise SkyrallyError(f"got an action of {agent}, which is out until the next reset; agents: {', '.join(self.agents)}")
        missing = [agent for agent in self.agents if agent not in actions]
        raise SkyrallyError(f"no action of {missing[0] if missing else 'nobody'}; expected one of each agent: {', '.join(self.agents)}")

    def _idle(self, actions: Mapping[str, Any]) -> tuple[dict, dict, dict, dict, dict]:
        """A step with nobody in the list: nothing happens, unless somebody tried to act."""
        if not self._ever_reset:
            raise SkyrallyError("step before reset: call reset() first")
        if actions:
            raise SkyrallyError("the episode is over: call reset() before the next step")
        return {}, {}, {}, {}, {}
