"""The Gymnasium door for many worlds with one drone each: a VectorEnv that steps them natively, not one by one.

| autoreset_mode | a world that ended |
| --- | --- |
| NextStep (default) | is reset by the next step, whose action for it is ignored; that step pays 0 |
| SameStep | is reset at once; its last observation is in `infos["final_obs"]`, its last numbers in `infos["final_info"]` |
| Disabled | waits for `reset(options={"reset_mask": mask})`; stepping it before is an error |

World k of `reset(seed=[...])` is what a `SingleDroneEnv` reset with `seed[k]` is. `reset(seed=s)` gives the worlds of
`skyrally.make(worlds=W, seed=s)`: unlike in Gymnasium's own vector environments, seeds s and s + 1 share no world.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium.spaces import Box, Space
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from ..errors import SkyrallyError
from ..physics.control import ACTION_SIZE
from ..physics.seeds import world_seeds
from ..scenarios.scenario import Scenario
from . import doors, spaces
from .batch import Step
from .gym import single_drone
from .reset_options import ResetOptions
from .viewer import FPS


class SingleDroneVectorEnv(VectorEnv):
    """W worlds of a scenario with one drone. Every array it returns is the caller's to keep.

    `max_cycles` (or `max_episode_steps`, as `gymnasium.make_vec` calls it): steps until truncation. `options`: what `skyrally.make`
    takes, `seed` included; without `seed` the first unseeded reset starts anywhere.
    """

    def __init__(
        self,
        scenario: str | Scenario,
        num_envs: int = 1,
        *,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        render_mode: str | None = None,
        max_cycles: int | None = None,
        max_episode_steps: int | None = None,
        **options: Any,
    ):
        door = ("seed", "autoreset_mode", "render_mode", "max_episode_steps")
        self.scenario = single_drone(scenario, options, door)
        if render_mode not in (None, "rgb_array"):
            raise SkyrallyError(f"render mode is {render_mode!r}; many worlds know 'rgb_array' only")
        self.render_mode, self.autoreset_mode = render_mode, _mode(autoreset_mode)
        options = {"seed": spaces.fresh_seed(), **options, "max_cycles": max_episode_steps if max_cycles is None else max_cycles}
        self.batch = doors.make(self.scenario, num_envs, **options)
        self.num_envs = self.batch.num_worlds
        self.metadata = {"autoreset_mode": self.autoreset_mode, "render_modes": ["rgb_array"], "render_fps": FPS}
        self.single_observation_space: Box = spaces.observation_space(self.batch.layout)
        self.single_action_space: Space = spaces.action_space(self.batch, 0)
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self.action_space = batch_space(self.single_action_space, self.num_envs)
        self._options = ResetOptions(self.batch, ("reset_mask",))
        self._ended = np.zeros(self.num_envs, bool)  # by the last step, and not reset since
        self._painters: list[Any] = []

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """New episodes: (obs [W, O] float32, infos). `seed`: a number for all, or a list with one number or None per world.

        `options`: see `reset_options`; `reset_mask` [W] resets these rows only, the others' observations stay.
        """
        seeds, reseeded = self._seeds(seed)
        super().reset(seed=int(seed) if isinstance(seed, (int, np.integer)) else None)
        known = self._options.known(options)
        mask = self._reset_mask(known.get("reset_mask"))
        snapshot = self._options.snapshot(known)
        if snapshot is not None:
            obs = self.batch.restore(snapshot, mask)
        else:
            with self._options.applied(known, mask):
                obs = self.batch.reset(mask & ~reseeded)
                if reseeded.any():
                    obs = self.batch.reset(mask & reseeded, seeds=seeds)
        self._ended[mask] = False
        return obs[:, 0].copy(), self._infos(mask)

    def step(self, actions: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
        """One control step (20 ms) of all worlds. `actions` [W, 4] in [-1, 1], or [W] choices.

        Returns obs [W, O] float32, rewards [W] float64, terminations [W], truncations [W], infos.
        Raises SkyrallyError for another shape or kind and for numbers that are not finite.
        """
        again = self._ended
        result = self.batch.step(self._rows(actions, again))
        if self.autoreset_mode is AutoresetMode.NEXT_STEP and again.any():
            self.batch.reset(again)
            result.terminated[again] = result.truncated[again] = False
        rewards, terminated, truncated = result.reward[:, 0].astype(np.float64), result.terminated.copy(), result.truncated.copy()
        self._ended = terminated | truncated
        infos: dict[str, Any] = {}
        if self.autoreset_mode is AutoresetMode.SAME_STEP and self._ended.any():
            infos = self._finish(result)
        infos.update(self._infos(np.ones(self.num_envs, bool)))
        return result.obs[:, 0].copy(), rewards, terminated, truncated, infos

    def snapshot(self) -> np.ndarray:
        """[W] a copy of the worlds: give it back as `reset(options={"snapshot": ...})`."""
        return self.batch.snapshot()

    def render(self) -> tuple[np.ndarray, ...]:  # type: ignore[override]
        """A picture of each world, uint8 [height, width, 3]."""
        if self.render_mode is None:
            raise SkyrallyError("render() needs a render mode; pass render_mode='rgb_array'")
        from ..render import Painter

        if not self._painters:
            self._painters = [Painter(self.batch.stage) for _ in range(self.num_envs)]
        for k, painter in enumerate(self._painters):
            painter.observe(self.batch.frame(k))
        return tuple(painter.rgb() for painter in self._painters)

    def close_extras(self, **kwargs: Any) -> None:
        """Ends the worker threads."""
        self.batch.close()

    # -- inside --------------------------------------------------------------------------------------------------------

    def _rows(self, actions: Any, again: np.ndarray) -> np.ndarray:
        """[W, 1, A] the actions, or [W, 1] choices; those of worlds that are being reset mean nothing, whatever they are."""
        rows = np.asarray(actions.detach().cpu() if hasattr(actions, "detach") else actions)
        expected = (self.num_envs,) if self.batch.seats.any_choosing else (self.num_envs, ACTION_SIZE)
        if rows.shape != expected:
            raise SkyrallyError(
                f"actions have shape {rows.shape}; expected (worlds{f', {ACTION_SIZE}' * (len(expected) - 1)}) = {expected}"
            )
        if again.any():
            if self.autoreset_mode is AutoresetMode.DISABLED:
                raise SkyrallyError(
                    f"{int(again.sum())} worlds have ended, the first is {int(again.argmax())}: "
                    "reset them with reset(options={'reset_mask': terminated | truncated})"
                )
            rows = np.where(again if rows.ndim == 1 else again[:, None], np.zeros((), rows.dtype), rows)
        return rows[:, None]

    def _finish(self, result: Step) -> dict[str, Any]:
        """Resets the worlds that ended in this step; gives what they ended with, in the form of Gymnasium's own vector environments."""
        ended = self._ended
        last = np.full(self.num_envs, None, object)
        for k in np.flatnonzero(ended):
            last[k] = result.obs[k, 0].copy()
        infos = {"final_obs": last, "_final_obs": ended.copy(), "final_info": self._infos(ended), "_final_info": ended.copy()}
        self.batch.reset(ended)
        self._ended = np.zeros(self.num_envs, bool)
        return infos

    def _infos(self, mask: np.ndarray) -> dict[str, Any]:
        """The scenario's numbers [W], zero outside `mask`, and that mask under the name with an underscore before it."""
        infos: dict[str, Any] = {}
        for name, values in self.batch.info.items():
            wide = np.float64 if values.dtype.kind == "f" else np.int64
            infos[name] = np.where(mask, values, 0).astype(wide)
            infos[f"_{name}"] = mask.copy()
        return infos

    def _seeds(self, seed: Any) -> tuple[np.ndarray, np.ndarray]:
        """([W] world seeds, [W] the rows that have one)."""
        seeds, given = np.zeros(self.num_envs, np.uint64), np.zeros(self.num_envs, bool)
        if seed is None:
            return seeds, given
        if isinstance(seed, (list, tuple, np.ndarray)):
            if len(seed) != self.num_envs:
                raise SkyrallyError(f"got {len(seed)} seeds; expected one per world: {self.num_envs}")
            for k, one in enumerate(seed):
                if one is not None:
                    seeds[k], given[k] = spaces.world_seed(one), True
            return seeds, given
        spaces.world_seed(seed)
        world_seeds(int(seed), 0, seeds)
        return seeds, ~given

    def _reset_mask(self, mask: Any) -> np.ndarray:
        """[W] bool: the rows to reset."""
        if mask is None:
            return np.ones(self.num_envs, bool)
        mask = np.asarray(mask)
        if mask.shape != (self.num_envs,) or mask.dtype != np.bool_ or not mask.any():
            raise SkyrallyError(
                f"reset_mask has shape {mask.shape}, dtype {mask.dtype}, {int(np.count_nonzero(mask))} rows set; "
                f"expected a boolean array of shape ({self.num_envs},) with a row set"
            )
        return mask


def _mode(mode: AutoresetMode | str) -> AutoresetMode:
    try:
        return AutoresetMode(mode)
    except ValueError:
        known = ", ".join(repr(known.value) for known in AutoresetMode)
        raise SkyrallyError(f"autoreset_mode is {mode!r}; expected one of {known}") from None
