"""Scripted players as agents: per-row functions compiled like the worlds, over any number of rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..errors import SkyrallyError, unknown
from ..physics.compile import announced
from ..scenarios.scenario import Scenario
from .agent import Agent
from .hierarchy import team
from .orders import offsets
from .roles import MEMORY
from .rows import compiled


class Scripted(Agent):
    """A row function, compiled, with the layout it reads: `function(o, at, n, memory, out)` in `module`."""

    action_mode = "ctbr"

    def __init__(self, name: str, scenario: Scenario, view: str, module: str, function: str, memory_size: int = 0):
        self.name = name
        self.view = view
        self.memory_size = memory_size
        self._at = offsets(scenario.views[view])
        self._n = scenario.drones // 2
        built = compiled(module, function)
        self._function: Callable = built.act
        with announced(f"{name} ({scenario.family})", built, "act"):
            self.act(*(np.zeros((0, size), np.float32) for size in (scenario.views[view].size, memory_size, 4)))

    def act(self, obs: np.ndarray, memory: np.ndarray, out: np.ndarray) -> None:
        self._function(obs, self._at, self._n, memory, out)


def rally(name: str, scenario: Scenario) -> Agent:
    """The rally player for a match or for solo-bump."""
    if scenario.family == "match":
        return Scripted(name, scenario, "match", "skyrally.agents.rally", "play_row", MEMORY)
    if scenario.name == "solo-bump":
        return Scripted(name, scenario, "benchmark", "skyrally.agents.bump", "bump_row")
    raise SkyrallyError(f"{name} plays volleyball matches and solo-bump, not {scenario.name}; try hover or random")


def drill(
    name: str, module: str, function: str, memory_size: int = 0, action_mode: str = "ctbr", home: str = "", view: str = ""
) -> tuple[str, Callable[[str, Scenario], Agent]]:
    """(name, maker) of a player of one scenario, `home` or that of its name: a row function over the scenario's own layout or `view`."""
    home = home or name

    def make(spec: str, scenario: Scenario) -> Agent:
        if scenario.name != home:
            raise SkyrallyError(f"{spec} plays {home} only, not {scenario.name}; try {scenario.yardstick}")
        player = Scripted(spec, scenario, view or scenario.default_view, f"skyrally.agents.{module}", function, memory_size)
        player.action_mode = action_mode
        return player

    return name, make


PLAYERS: dict[str, Callable[[str, Scenario], Agent]] = dict(
    [
        ("rally", rally),
        ("team", team),
        drill("goto", "goto", "goto_row"),
        drill("back-and-forth", "back_and_forth", "back_and_forth_row"),
        drill("hit-the-ball", "hit_the_ball", "hit_the_ball_row", action_mode="rotor"),
        drill("juggle", "juggle", "juggle_row", 4),
        drill("bump-and-pass", "passing", "pass_row"),
        drill("set-and-spike-easy", "spiking", "easy_row"),
        drill("set-and-spike-hard", "spiking", "hard_row"),
        drill("serve", "skills", "serve_row"),
        drill("receive", "skills", "receive_row"),
        drill("set", "skills", "set_row"),
        drill("attack", "skills", "attack_row"),
        drill("return-ball", "skills", "return_row"),
        drill("block", "skills", "block_row"),
        drill("cover-mate", "covering", "cover_mate_row"),
        drill("serve-receive", "skills", "exchange_row"),
        drill("stag", "hunters", "stag_row", action_mode="discrete", home="stag-hunt"),
        drill("plant", "hunters", "plant_row", action_mode="discrete", home="stag-hunt"),
        drill("safe", "drivers", "safe_row", action_mode="discrete", home="two-way-road"),
        drill("careful", "drivers", "careful_row", action_mode="discrete", home="two-way-road"),
        drill("greedy", "drivers", "greedy_row", action_mode="discrete", home="two-way-road"),
        drill("flock", "swarmers", "flock_row", action_mode="steer"),
        drill("kuramoto", "swarmers", "kuramoto_row", 2, action_mode="steer"),
        drill("aggregate", "swarmers", "aggregate_row", action_mode="velocity"),
        drill("homing", "swarmers", "homing_row", action_mode="velocity", home="aggregate", view="noisy"),
        drill("goal-swap", "swarmers", "goal_swap_row", action_mode="velocity"),
        drill("formation", "formation", "formation_row", action_mode="velocity"),
        drill("cover-search", "cover_search", "search_row", 2, action_mode="velocity"),
        drill("cover", "cover_search", "cover_row", 2, action_mode="velocity", home="cover-search"),
        drill("payload", "payload", "payload_row", 2),
        drill("pursuit", "pursuit", "pursuit_row", 4, action_mode="velocity"),
        drill("resource", "foragers", "resource_row", action_mode="velocity"),
        drill("comms-coverage", "foragers", "comms_coverage_row", 3, action_mode="velocity"),
        drill("foraging", "foragers", "foraging_row", action_mode="velocity"),
        drill("potential-field", "foragers", "potential_field_row", action_mode="velocity"),
    ]
)


def find_scripted(name: str, scenario: Scenario) -> Agent:
    """The scripted player called `name`. Raises SkyrallyError with the nearest names."""
    if name not in PLAYERS:
        raise unknown("scripted player", name, PLAYERS)
    return PLAYERS[name](f"scripted:{name}", scenario)
