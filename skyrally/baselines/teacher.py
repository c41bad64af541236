"""Teachers: agents that name, in any state, the action that a learner is to take there."""

from __future__ import annotations

import torch
from torch import Tensor

from ..agents.agent import Agent
from ..agents.by_rotor import ByRotor
from ..agents.spec import find_agent
from ..envs.batch import BatchEnv
from ..envs.choices import DISCRETE
from ..errors import SkyrallyError


def teacher_for(env: BatchEnv, spec: str) -> Agent:
    """The teacher (empty: the scenario's scripted player) of an actor that sees as the drones of `env` do.

    It acts as they do, or where they choose in the mode of the choices' rows; a player of body rates teaches rotors too.
    SkyrallyError when it sees or acts otherwise.
    """
    teacher = find_agent(spec or env.scenario.yardstick, env.scenario)
    choices = env.seats.choices if env.action_mode == DISCRETE else None
    mode = choices.mode if choices else env.action_mode
    if (teacher.view or env.scenario.default_view) != env.layout.name:
        raise SkyrallyError(f"{teacher.name} sees view {teacher.view}, the drones see {env.layout.name}; set view={teacher.view}")
    if teacher.action_mode == "ctbr" and mode == "rotor":
        return ByRotor(teacher, env.layout, env.params["airframe"][0])
    if teacher.action_mode != mode:
        advice = f"expected a teacher that flies by {mode}" if choices else f"set action_mode={teacher.action_mode}"
        raise SkyrallyError(f"{teacher.name} flies by {teacher.action_mode}; {advice}")
    return teacher


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
