"""What was experienced: one memory for T steps of W worlds, allocated once. Worlds write into it, learners read it.

Letters: T time, W worlds, N drones (n of a seat), O observation numbers, A action numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ..envs.batch import BatchEnv, Step
from .seats import Seat

JOINED = ("obs", "action", "reward", "alive", "terminated", "truncated", "lasted")


@dataclass
class Track:
    """The part of a rollout that one learning seat learns from; all views, nothing is copied."""

    seat: Seat
    obs: Tensor  # [T + 1, W, n, O]; after an end, row t + 1 is the next episode's first
    state: Tensor  # [T + 1, W, N * O] what a centralised critic sees: all drones' observations side by side, nothing hidden by a sight
    action: Tensor  # [T, W, n, A]
    extras: dict[str, Tensor]  # [T, W, n, ...] what the learner kept of each action
    memory: Tensor  # [W, n, M] its memory before the first step
    reward: Tensor  # [T, W, n]
    alive: Tensor  # [T, W, n] bool: the drone took part when it acted
    terminated: Tensor  # [T, W] bool
    truncated: Tensor  # [T, W] bool
    lasted: Tensor  # [T, W] control steps of the worlds that row t took: 1, or of a decision as many as there were until the next
    weight: Tensor | None = None  # [T, W] what advantages are multiplied by; None: nothing

    @property
    def done(self) -> Tensor:
        """[T, W] bool: row t was the last of its episode."""
        return self.terminated | self.truncated


class Rollout:
    """T steps of W worlds, and the true successors of the episodes that time cut off."""

    def __init__(self, env: BatchEnv, seats: list[Seat], steps: int):
        t, w, n, o = steps, env.num_worlds, env.num_drones, env.layout.size
        self.steps = steps
        self.obs = torch.zeros(t + 1, w, n, o)
        self.clear = torch.zeros_like(self.obs) if env.masked else self.obs  # what there was to be seen
        self.action = torch.zeros(t, w, n, env.action_size)
        self.reward = torch.zeros(t, w, n)
        self.terminated = torch.zeros(t, w, dtype=torch.bool)
        self.truncated = torch.zeros(t, w, dtype=torch.bool)
        self.alive = torch.ones(t, w, n, dtype=torch.bool)
        self.lasted = torch.ones(t, w)
        self.seats = seats
        self.widths = [seat.width(env) for seat in seats]
        self.tracks = [self._track(seat, env) for seat in seats if seat.learns]
        # The same memory as NumPy, row by row, for the worlds to write into.
        obs = self.obs.numpy()
        outputs = (self.reward.numpy(), self.terminated.numpy(), self.truncated.numpy())
        lasted = self.lasted.numpy()
        self.rows = [Step(obs[k + 1], *(array[k] for array in outputs), alive=env.alive, lasted=lasted[k]) for k in range(t)]
        self._forget()

    def _track(self, seat: Seat, env: BatchEnv) -> Track:
        here = (slice(None), seat.worlds, seat.drones)
        w, n = seat.count(env)
        return Track(
            seat=seat,
            obs=self.obs[here][..., : seat.width(env)],
            state=self.clear.flatten(2)[:, seat.worlds],
            action=self.action[here],
            extras={name: torch.zeros(self.steps, w, n, *shape) for name, shape in seat.player.extras.items()},  # type: ignore[union-attr]
            memory=torch.zeros(w, n, seat.player.memory_size),
            reward=self.reward[here],
            alive=self.alive[here],
            terminated=self.terminated[:, seat.worlds],
            truncated=self.truncated[:, seat.worlds],
            lasted=self.lasted[:, seat.worlds],
        )

    def joined(self) -> Track:
        """All tracks as one, for a learner that has several seats: their worlds one after the other, states with its own side first.

        A copy, and of its seats the first; the only track itself where there is one.
        """
        if len(self.tracks) == 1:
            return self.tracks[0]
        same = {name: torch.cat([getattr(track, name) for track in self.tracks], 1) for name in JOINED}
        state = torch.cat([self._own_first(track.state, track) for track in self.tracks], 1)
        extras = {name: torch.cat([track.extras[name] for track in self.tracks], 1) for name in self.tracks[0].extras}
        return Track(self.tracks[0].seat, state=state, extras=extras, memory=torch.cat([track.memory for track in self.tracks]), **same)

    def _own_first(self, state: Tensor, track: Track) -> Tensor:
        """States [..., N * O] with the drones of a track's seat in front."""
        return state.roll(-(track.seat.drones.start or 0) * self.obs.shape[-1], -1)

    def go_on(self) -> None:
        """Begins a new rollout where this one ended."""
        self.obs[0] = self.obs[-1]
        if self.clear is not self.obs:
            self.clear[0] = self.clear[-1]
        self._forget()

    def _forget(self) -> None:
        """Drops the kept successors."""
        self._cut_t: list[Tensor] = []
        self._cut_w: list[Tensor] = []
        self._cut_obs: list[Tensor] = []
        self._cut_state: list[Tensor] = []

    def look(self, env: BatchEnv, t: int) -> None:
        """Writes what there is to be seen before step t, where that is more than drones see."""
        if self.clear is not self.obs:
            env.state(out=self.clear[t].numpy())

    def keep_successors(self, t: int) -> None:
        """Keeps what worlds truncated at step t looked like, before they are reset: their values bootstrap from it."""
        worlds = self.truncated[t].nonzero()[:, 0]
        if len(worlds):
            self._cut_t.append(torch.full_like(worlds, t))
            self._cut_w.append(worlds)
            self._cut_obs.append(self.obs[t + 1, worlds])
            self._cut_state.append(self.clear[t + 1, worlds].flatten(1))

    def successors(self, track: Track) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """(t [K], w [K], obs [K, n, O], state [K, N * O]) of the truncated rows of a track; w counts the track's own worlds."""
        if not self._cut_t:
            none = torch.zeros(0, dtype=torch.long)
            return none, none, track.obs[0, :0], track.state[0, :0]
        t, w, obs, state = (torch.cat(kept) for kept in (self._cut_t, self._cut_w, self._cut_obs, self._cut_state))
        place = torch.full((self.obs.shape[1],), -1)
        place[track.seat.worlds] = torch.arange(track.obs.shape[1])
        mine = place[w] >= 0
        return t[mine], place[w[mine]], obs[mine][:, track.seat.drones, : track.obs.shape[-1]], state[mine]

    def joined_successors(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """`successors` of what `joined` gives."""
        if len(self.tracks) == 1:
            return self.successors(self.tracks[0])
        parts, before = [], 0
        for track in self.tracks:
            t, w, obs, state = self.successors(track)
            parts.append((t, w + before, obs, self._own_first(state, track)))
            before += track.obs.shape[1]
        t, w, obs, state = (torch.cat(column) for column in zip(*parts, strict=True))
        return t, w, obs, state
