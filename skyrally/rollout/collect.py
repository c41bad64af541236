"""The collector: `collect(env, seats, carry, steps) -> Rollout, carry`.

Observations are written by the worlds straight into the rollout's memory, which learners then read. Worlds that end are reset
in one masked line; what a truncated one looked like is kept aside, so that its value can be bootstrapped. Where a step is a decision
that lasts until the next one (baselines/macro_env.py), the rollout keeps how long: returns are then those of a semi-Markov process.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..envs.batch import BatchEnv, Step
from ..errors import SkyrallyError
from .episodes import Episodes
from .experience import Rollout
from .seats import Seat, take_seats


@dataclass
class Carry:
    """What goes on from one rollout to the next."""

    rollout: Rollout  # the memory, written anew by each `collect`; row T holds the present observation
    memories: list[Tensor]  # [W, n, M] per seat
    episodes: Episodes = field(default_factory=Episodes)
    hold: int = 1  # steps that each action is held for
    frames: int = 0  # world steps so far
    seconds: dict[str, float] = field(default_factory=lambda: {"players": 0.0, "worlds": 0.0})  # of the last `collect`

    def state(self, env: BatchEnv) -> dict[str, Any]:
        """All that is needed to go on exactly: worlds, memories, frames."""
        worlds = torch.frombuffer(bytearray(env.snapshot().tobytes()), dtype=torch.uint8)
        return {"worlds": worlds, "memories": [memory.clone() for memory in self.memories], "frames": self.frames}

    def restore(self, env: BatchEnv, state: dict[str, Any]) -> None:
        """Goes on from what `state` gave. SkyrallyError when it was another kind or number of worlds."""
        raw = state["worlds"].numpy().tobytes()
        present = env.snapshot()
        if len(raw) != present.nbytes:
            raise SkyrallyError(f"the saved worlds take {len(raw)} bytes, these {present.nbytes}: another version or number")
        env.restore(np.frombuffer(raw, present.dtype).copy())
        for memory, saved in zip(self.memories, state["memories"], strict=True):
            memory.copy_(saved)
        self.frames = state["frames"]
        env.observe(out=self.rollout.obs[-1].numpy())
        self.rollout.look(env, -1)


def begin(env: BatchEnv, seats: list[Seat], steps: int, stagger: bool = False, hold: int = 1) -> Carry:
    """Seats the players, allocates the memory, resets all worlds.

    stagger: the first episodes begin at times spread over the horizon, so that later time-outs do not fall on one step.
    hold: every action (of all seats) is held for so many steps of the worlds, which make one step of the rollout.
    """
    if steps < 1:
        raise SkyrallyError(f"steps is {steps}; expected 1 or more")
    take_seats(env, seats)
    rollout = Rollout(env, seats, steps)
    memories = [torch.zeros(*seat.count(env), seat.player.memory_size) for seat in seats]
    env.reset()
    if stagger:
        horizon = int(env.params["max_steps"][0])
        env.worlds["step"] = np.random.default_rng(env.seed).integers(0, horizon, env.num_worlds)
    env.observe(out=rollout.obs[-1].numpy())
    rollout.look(env, -1)
    return Carry(rollout, memories, hold=hold)


@torch.no_grad()
def collect(env: BatchEnv, seats: list[Seat], carry: Carry, steps: int) -> tuple[Rollout, Carry]:
    """Plays `steps` steps of all worlds and returns what happened. The rollout is valid until the next call."""
    rollout = carry.rollout
    if steps != rollout.steps or seats is not rollout.seats:
        raise SkyrallyError(f"this carry was made for {rollout.steps} steps and its own seats; got {steps} steps: call begin() for others")
    rollout.go_on()
    for track in rollout.tracks:
        track.memory.copy_(carry.memories[seats.index(track.seat)])
    thinking, start = 0.0, perf_counter()
    for t in range(steps):
        rollout.alive[t] = torch.from_numpy(env.alive != 0)
        began = perf_counter()
        _act(rollout, seats, carry.memories, t)
        thinking += perf_counter() - began
        step = _held(env, rollout.action[t], rollout.rows[t], carry.hold)
        done = step.done
        rollout.look(env, t + 1)
        if done.any():
            rollout.keep_successors(t)
            carry.episodes.book(env, done)
            env.reset(done, out=step.obs)
            rollout.look(env, t + 1)
            for seat, memory in zip(seats, carry.memories, strict=True):
                memory[torch.from_numpy(done)[seat.worlds]] = 0.0
    carry.frames += int(rollout.lasted.sum(dtype=torch.float64)) * carry.hold
    carry.seconds = {"players": thinking, "worlds": perf_counter() - start - thinking}
    return rollout, carry


def _held(env: BatchEnv, action: Tensor, out: Step, hold: int) -> Step:
    """The same action for `hold` steps, whose rewards add up. Worlds that end meanwhile stand still and pay nothing."""
    step = env.step(action, out=out)
    for _ in range(hold - 1):
        before = out.reward.copy()
        step = env.step(action, out=out)
        out.reward += before
    return step


def _act(rollout: Rollout, seats: list[Seat], memories: list[Tensor], t: int) -> None:
    """All seats write their actions of step t."""
    tracks = iter(rollout.tracks)
    for k, (seat, memory) in enumerate(zip(seats, memories, strict=True)):
        if seat.learns:
            track = next(tracks)
            seat.act(track.obs[t], memory, {"action": track.action[t], **{name: kept[t] for name, kept in track.extras.items()}})
        else:
            seat.act(seat.rows(rollout.obs[t])[..., : rollout.widths[k]], memory, {"action": seat.rows(rollout.action[t])})
