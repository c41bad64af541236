"""Teachers: agents that name, in any state, the action that a learner is to take there."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..agents.agent import Agent
from ..agents.by_rotor import ByRotor
from ..agents.spec import find_agent
from ..envs.batch import BatchEnv
from ..envs.choices import DISCRETE
from ..errors import SkyrallyError
from ..scenarios.registry import find

TRUTH = "the teacher sees the worlds as they are, the learner what `disturb` makes of them"  # key `truth`


class Informed(Agent):
    """Plays as `player` would if it saw all drones of the disturbed batch `env` without noise and delay, now."""

    def __init__(self, player: Agent, env: BatchEnv):
        self.name, self.view, self.action_mode, self.memory_size = player.name, player.view, player.action_mode, player.memory_size
        self._player, self._env = player, env
        same = {**env.options, "disturb": "none", "view": env.layout.name, "action_mode": env.action_mode}
        self._clear = BatchEnv(find(env.scenario.name), env.num_worlds, threads=1, **same)

    def act(self, obs: np.ndarray, memory: np.ndarray, out: np.ndarray) -> None:
        """obs tells only how many rows there are. SkyrallyError unless they are all drones of all worlds."""
        seen = self._clear.restore(self._env.worlds)
        seen = seen.reshape(-1, seen.shape[-1])
        if len(seen) != len(obs):
            raise SkyrallyError(f"truth=true needs a learner that plays all {len(seen)} drones; this one plays {len(obs)}: leave truth out")
        self._player.first_row = self.first_row
        self._player.act(seen, memory, out)


def teacher_for(env: BatchEnv, spec: str, truth: bool = False) -> Agent:
    """The teacher (empty: the scenario's scripted player) of an actor that sees as the drones of `env` do.

    truth: it sees the worlds without the noise and the delay that these do. It acts as they do, or where they choose in the mode of
    the choices' rows; a player of body rates teaches rotors too. SkyrallyError when it sees or acts otherwise.
    """
    teacher = find_agent(spec or env.scenario.yardstick, env.scenario)
    choices = env.seats.choices if env.action_mode == DISCRETE else None
    mode = choices.mode if choices else env.action_mode
    if (teacher.view or env.scenario.default_view) != env.layout.name:
        raise SkyrallyError(f"{teacher.name} sees view {teacher.view}, the drones see {env.layout.name}; set view={teacher.view}")
    if teacher.action_mode == "ctbr" and mode == "rotor":
        teacher = ByRotor(teacher, env.layout, env.params["airframe"][0])
    if teacher.action_mode != mode:
        advice = f"expected a teacher that flies by {mode}" if choices else f"set action_mode={teacher.action_mode}"
        raise SkyrallyError(f"{teacher.name} flies by {teacher.action_mode}; {advice}")
    return Informed(teacher, env) if truth else teacher


def stateless(teacher: Agent) -> Agent:
    """The teacher, for learners that keep no memory of its. SkyrallyError for one that needs it."""
    if teacher.memory_size:
        raise SkyrallyError(f"teacher is {teacher.name}, but it keeps a memory; take another, or train imitate")
    return teacher


def lessons(teacher: Agent, obs: Tensor, memory: Tensor) -> Tensor:
    """[W, n, 4] what the teacher would do, each number in [-1, 1]. obs [W, n, O]; memory [W, n, M] is the teacher's and goes on."""
    told = torch.empty(*obs.shape[:2], 4)
    teacher.act(obs.contiguous().flatten(0, 1).numpy(), memory.flatten(0, 1).numpy(), told.flatten(0, 1).numpy())
    return told.clamp_(-1.0, 1.0)


def led_worlds(worlds: int, led: float, done: float) -> int:
    """How many of the worlds the teacher plays when the share `done` of a training is over: all at first, none after the share `led`."""
    return round(worlds * max(0.0, 1.0 - done / led)) if led else 0
