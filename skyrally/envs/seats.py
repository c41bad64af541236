"""Seats: which view each drone of a batch sees and in which action mode it acts, both fields of its record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ..errors import SkyrallyError, unknown
from ..physics.control import ACTION_MODES, ACTION_SIZE
from ..scenarios.scenario import Layout, Scenario
from .arguments import as_array
from .choices import DISCRETE, Choices

MODES = (*ACTION_MODES, DISCRETE)


class Seats:
    """The seats of the worlds [W]. `views`: the layouts in force; `choices`: what drones in mode discrete choose from."""

    def __init__(self, scenario: Scenario, worlds: np.ndarray, views: Mapping[str, Layout], choices: Choices):
        self._scenario, self._views, self.choices = scenario, views, choices
        self._drones = worlds["drones"]  # [W, N]
        self._drones["turned"] = np.array(scenario.teams) == 1
        self.refresh()

    def refresh(self) -> None:
        """After the records were changed: who chooses."""
        self.choosing = self._drones["discrete"] == 1  # [W, N]
        self.any_choosing, self._all_choosing = bool(self.choosing.any()), bool(self.choosing.all())

    @property
    def layout(self) -> Layout:
        """The widest layout among the views in use."""
        used = np.unique(self._drones["view_id"])
        return max((list(self._views.values())[k] for k in used), key=lambda layout: layout.size)

    def assign(self, team: int | None, view: Any, action_mode: Any, mask: Any) -> None:
        """See `BatchEnv.assign`."""
        where = np.ones(len(self._drones), bool) if mask is None else np.asarray(mask, bool)
        who = np.ones(self._scenario.drones, bool) if team is None else np.array(self._scenario.teams) == team
        for chosen, name in self._each(view):
            names = list(self._views)
            if name not in names:
                raise unknown(f"view of {self._scenario.name}", name, names)
            self._drones["view_id"][np.ix_(where, who & chosen)] = names.index(name)
        for chosen, name in self._each(action_mode):
            rows = np.ix_(where, who & chosen)
            self._drones["mode"][rows] = ACTION_MODES[self._served(name)]
            self._drones["discrete"][rows] = name == DISCRETE
        self.refresh()

    def _each(self, value: Any) -> Iterator[tuple[np.ndarray, str]]:
        """([N] who, name): one name for all, or a mapping of agents or their groups ("red", "red_0") to names."""
        agents = self._scenario.agents
        if value is None:
            return
        if not isinstance(value, Mapping):
            yield np.ones(len(agents), bool), value
            return
        for key, name in value.items():
            who = np.array([key in (agent, agent.rpartition("_")[0]) for agent in agents])
            if not who.any():
                raise unknown(f"agent of {self._scenario.name}", key, [*agents, *{agent.rpartition("_")[0] for agent in agents}])
            yield who, name

    def _served(self, name: str) -> str:
        """The mode of the record behind an action mode that the scenario serves."""
        scenario = self._scenario
        behind = self.choices.mode if name == DISCRETE else name
        if name not in MODES:
            raise unknown(f"action mode of {scenario.name}", name, scenario.action_modes)
        for wanted in (name, behind):
            if wanted not in scenario.action_modes:
                because = "" if wanted == name else f", which these choices of the action mode {name!r} need"
                raise SkyrallyError(
                    f"{scenario.name} cannot serve the action mode {wanted!r}{because}; it serves {', '.join(scenario.action_modes)}"
                )
        return behind

    def accept(self, name: str, choices: Choices | None) -> None:
        """Raises SkyrallyError if somebody who learned to choose from other choices of a game would play here."""
        if choices is not None and choices.mode == "pick" and len(choices) != len(self.choices):
            raise SkyrallyError(
                f"{name} chooses among {len(choices)} and {self._scenario.name} has {len(self.choices)} choices under these options; "
                "give the options that it was trained with"
            )

    # -- actions -------------------------------------------------------------------------------------------------------

    def decided(self, actions: Any) -> Any:
        """The actions with choices exchanged for their rows [W, N, A]; as they came if nobody chooses."""
        if not self.any_choosing:
            return actions
        given, (w, n) = as_array(actions), self.choosing.shape
        shapes = [(w, n, ACTION_SIZE)] + ([(w, n)] if self._all_choosing else [])
        if given.shape not in shapes or given.dtype.kind not in "iuf":
            raise SkyrallyError(
                f"actions have shape {given.shape}, dtype {given.dtype}; expected {' or '.join(map(str, reversed(shapes)))}, "
                "the number of the choice being the first of a row"
            )
        return self.choices.fill(given, None if self._all_choosing else self.choosing, self._scenario.agents)

    def random(self, rng: np.random.Generator, steps: int) -> np.ndarray:
        """[T, W, N, A] float32 uniform actions; the first of a row is a choice where the drone chooses."""
        actions = rng.uniform(-1.0, 1.0, (steps, *self.choosing.shape, ACTION_SIZE)).astype(np.float32)
        if self.any_choosing:
            actions[:, self.choosing, 0] = rng.integers(len(self.choices), size=(steps, int(self.choosing.sum())))
        return actions
