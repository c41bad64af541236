"""Skills that learned elsewhere: their own view made from a row of the view `match` and its order, their action mode from another.

A drill's observation speaks of the same things as a match's: the drone, the ball, where the ball shall go. So every field is
looked up by name and computed for all rows at once; the team frame takes the place of the drill's world frame.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from ..errors import SkyrallyError
from ..scenarios.scenario import Layout
from .agent import Agent
from .by_rotor import ByRotor
from .orders import SKILLS, ordered
from .team import MATE_SIZE


class Rows:
    """Rows of the view `ordered` [B, O], by field name."""

    def __init__(self, seen: np.ndarray, layout: Layout):
        self._seen, self._slices = seen, layout.slices

    def __getitem__(self, name: str) -> np.ndarray:
        return self._seen[:, self._slices[name]]

    @cached_property
    def axes(self) -> np.ndarray:
        """[3, 3, B]: the body's x, y and z (second index) in the team frame (first)."""
        w, x, y, z = self["quaternion"].T
        axes = np.empty((3, 3, len(w)), np.float32)
        axes[0] = 1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - w * z), 2.0 * (x * z + w * y)
        axes[1] = 2.0 * (x * y + w * z), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - w * x)
        axes[2] = 2.0 * (x * z - w * y), 2.0 * (y * z + w * x), 1.0 - 2.0 * (x * x + y * y)
        return axes


def _nearest(o: Rows, count: int) -> np.ndarray:
    """[B, 3 count] (m): from the drone to the mates that are nearest to it, the nearest first; fewer if it has fewer."""
    ways = o["mates"].reshape(len(o["mates"]), -1, MATE_SIZE)[:, :, :3] - o["position"][:, None]
    order = np.argsort((ways**2).sum(2), axis=1)[:, :count]
    return np.take_along_axis(ways, order[:, :, None], axis=1).reshape(len(ways), -1)


X = np.array([1.0, 0.0, 0.0], np.float32)
RECAST: dict[str, Callable[[Rows], np.ndarray]] = {
    "position": lambda o: o["position"],
    "quaternion": lambda o: np.where(o["quaternion"][:, :1] < 0.0, -o["quaternion"], o["quaternion"]),  # drills begin with w > 0
    "velocity": lambda o: o["velocity"],
    "angular_velocity": lambda o: np.einsum("ijb,bj->bi", o.axes, o["rate"]),
    "heading": lambda o: o.axes[:, 0].T,
    "up": lambda o: o.axes[:, 2].T,
    "throttle": lambda o: 2.0 * o["throttle"] - 1.0,
    "from_anchor": lambda o: o["position"] - o["anchor"],
    "ball": lambda o: o["ball"],
    "to_ball": lambda o: o["ball"] - o["position"],
    "from_ball": lambda o: o["position"] - o["ball"],
    "ball_velocity": lambda o: o["ball_velocity"],
    "turn": lambda o: np.concatenate((1.0 - o["touched"], o["touched"]), axis=1),
    "from_target": lambda o: o["ball"] - o["order_target"],
    "to_target": lambda o: o["order_target"] - o["position"],
    "to_clear": lambda o: o["order_clear"] - o["position"][:, :2],
    "keep_away": lambda o: _nearest(o, 2),
    "order_height": lambda o: o["order_height"],
    "order_apex": lambda o: o["order_apex"],
    "order_soonest": lambda o: o["order_soonest"],
    "heading_error": lambda o: X - o.axes[:, 0].T,
    "side": lambda o: np.stack((o["order_target"][:, 1] >= 0.0, o["order_target"][:, 1] < 0.0), axis=1).astype(np.float32),
}


class Recast(Agent):
    """An agent that learned with the view `layout`, as a skill of a match."""

    view = "ordered"

    def __init__(self, agent: Agent, layout: Layout, match: Layout):
        strange = [field.name for field in layout.fields if field.name not in RECAST]
        if strange:
            raise SkyrallyError(
                f"{agent.name} reads {', '.join(strange)}, which a match does not tell; expected some of {', '.join(RECAST)}"
            )
        self.name, self.action_mode, self.memory_size, self._agent = agent.name, agent.action_mode, agent.memory_size, agent
        self._fields, self._ordered = [RECAST[field.name] for field in layout.fields], ordered(match)
        width = self._made(np.zeros((1, self._ordered.size), np.float32)).shape[1]
        if width != layout.size:
            raise SkyrallyError(f"{agent.name} reads {layout.size} numbers, a match tells {width} of these fields; it is of another drill")

    def _made(self, seen: np.ndarray) -> np.ndarray:
        rows = Rows(seen, self._ordered)
        return np.concatenate([field(rows) for field in self._fields], axis=1, dtype=np.float32)

    def act(self, obs: np.ndarray, memory: np.ndarray, out: np.ndarray) -> None:
        self._agent.first_row = self.first_row
        self._agent.act(self._made(obs), memory, out)


class Plain(Agent):
    """An agent that plays matches without orders, as a skill: it reads the view `match` and decides for itself."""

    view = "ordered"

    def __init__(self, agent: Agent, match: Layout):
        self.name, self.action_mode, self.memory_size = agent.name, agent.action_mode, agent.memory_size
        self._agent, self._size = agent, match.size

    def act(self, obs: np.ndarray, memory: np.ndarray, out: np.ndarray) -> None:
        self._agent.first_row = self.first_row
        self._agent.act(np.ascontiguousarray(obs[:, : self._size]), memory, out)


def alike(skills: dict[str, Agent], match: Layout, airframe: np.void) -> dict[str, Agent]:
    """The skills in one action mode: in ctbr, unless one of them is of mode rotor. SkyrallyError for others.

    match: the layout that their rows begin with. airframe: the record that those of ctbr know beside one of rotor.
    """
    for name, agent in skills.items():
        if agent.action_mode not in ("ctbr", "rotor"):
            raise SkyrallyError(f"skill {name}, {agent.name}, acts in mode {agent.action_mode}; expected ctbr or rotor")
    if all(agent.action_mode == "ctbr" for agent in skills.values()):
        return skills
    mixed = {id(agent): ByRotor(agent, match, airframe) if agent.action_mode == "ctbr" else agent for agent in skills.values()}
    return {name: mixed[id(skills[name])] for name in SKILLS}
