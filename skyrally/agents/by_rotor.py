"""Players of body rates (ctbr) that command the rotors instead: what the world's inner loop does, done by the player.

With one substep, body rates are turned into throttles once per step, from what is observed: then both ways fly alike.
"""

from __future__ import annotations

import numpy as np

from ..errors import SkyrallyError
from ..physics.airframes import AIRFRAME
from ..physics.compile import announced
from ..physics.control import rate_loop
from ..physics.records import I8, record
from ..physics.vec import fn, to_body
from ..scenarios.scenario import Layout
from .agent import Agent
from .rows import compiled
from .team import four, three

# What a layout may tell of the drone's turning, and the row function that reads it.
ROWS = {("rate",): "body_rates_row", ("quaternion", "angular_velocity"): "world_rates_row"}


@fn
def body_rates_row(o, at, n, memory, out):
    """Writes the rotor action [4] for the ctbr action in `memory` [4], by body rates that row o tells."""
    _write(three(o, at.first), at.airframe, memory, out)


@fn
def world_rates_row(o, at, n, memory, out):
    """The same by attitude and angular velocity in the world."""
    _write(to_body(four(o, at.first), three(o, at.second)), at.airframe, memory, out)


@fn
def _write(rate, airframe, action, out):
    limit = airframe.rate_limit
    thrust = 2.0 * (action[0] + 1.0) * airframe.max_force
    throttles = rate_loop(rate, airframe, (thrust, action[1] * limit[0], action[2] * limit[1], action[3] * limit[2]))
    for k in range(4):
        out[k] = 2.0 * throttles[k] * throttles[k] - 1.0


class ByRotor(Agent):
    """Plays as `player`, which flies by ctbr, does, in action mode rotor."""

    action_mode = "rotor"

    def __init__(self, player: Agent, layout: Layout, airframe: np.ndarray | np.void):
        """layout: where its observations begin with. airframe: the record that it knows.

        SkyrallyError unless the player flies by ctbr and observes how it turns.
        """
        self.name, self.view, self.memory_size, self._player = player.name, player.view, player.memory_size, player
        told = next((fields for fields in ROWS if layout.slices.keys() >= set(fields)), ())
        if player.action_mode != "ctbr" or not told:
            why = f"it flies by {player.action_mode}" if told else f"view {layout.name} tells neither rate nor angular_velocity"
            raise SkyrallyError(f"{player.name} cannot command the rotors: {why}; expected a player of ctbr that observes how it turns")
        self._at = np.zeros(1, record([("first", I8), ("second", I8), ("airframe", record(AIRFRAME))]))
        self._at["first"], self._at["second"] = layout[told[0]].start, layout[told[-1]].start
        self._at["airframe"] = airframe
        built = compiled(__name__, ROWS[told])
        self._function = built.act
        with announced(ROWS[told], built, "act"):
            self._function(np.zeros((0, layout.size), np.float32), self._at, 0, *np.zeros((2, 0, 4), np.float32))

    def act(self, obs: np.ndarray, memory: np.ndarray, out: np.ndarray) -> None:
        action = np.zeros((len(obs), 4), np.float32)
        self._player.first_row = self.first_row
        self._player.act(obs, memory, action)
        self._function(np.ascontiguousarray(obs), self._at, 0, np.clip(action, -1.0, 1.0), out)
