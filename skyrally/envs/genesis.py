"""A batch whose bodies genesis-world moves: `make(..., engine="genesis")`. Everything else is the native batch's, record for record.

Actuation, coupling, referee, rewards and observations stay ours; Genesis moves drones and ball, resolves what drones touch and
finds what the ball touches, off which it bounces by our impulse (docs/fidelity.md tells why).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np

from ..errors import SkyrallyError
from ..physics.airframes import AIRFRAMES, Airframe
from ..physics.engine_batch import engine_batch
from ..physics.genesis import GenesisScene
from ..physics.mjcf import inertias, mjcf
from ..physics.params import PHYSICS
from ..scenarios.scenario import Scenario
from .batch import BatchEnv

LEAST_SUBSTEPS = 4  # per control step unless the caller tells: 5 ms, in which a ball at 18 m/s does not pass through a drone
DEVICES = ("cpu", "cuda")


class GenesisEnv(BatchEnv):
    """W worlds of a drill or match in one Genesis scene. See `BatchEnv`; of swarms `GenesisSwarm`.

    `substeps` is 4 unless told (or more where the physics has more). Raises SkyrallyError for what this engine cannot do.
    """

    def __init__(self, scenario: Scenario, worlds: int = 1, *, device: str = "cpu", threads: int | None = None, **options: Any):
        _refuse(scenario, device, threads)
        given = scenario.resolved({name: value for name, value in options.items() if name in scenario.options})
        super().__init__(scenario, worlds, threads=1, **{**options, "substeps": _substeps(given)})
        self.scene = self._scene(AIRFRAMES[given["airframe"]], device)
        self._near = np.zeros(self.num_worlds, bool)

    def _scene(self, airframe: Airframe, device: str) -> Any:
        """What moves the bodies."""
        block = self.params[0]
        text = mjcf(block, airframe, self.num_drones, self._has_ball)
        drones = inertias(block, self.num_drones)
        return GenesisScene(text, self.num_worlds, drones, float(block["dt"]), float(block["gravity"]), device)

    @property
    def _has_ball(self) -> bool:
        return "ball" in (self.scenario.world.names or ())

    def close(self) -> None:
        """Ends the scene."""
        self.scene.close()
        super().close()

    def _build(self) -> tuple[Any, Any, ModuleType]:
        self._cut = engine_batch(self.scenario.name, self.scenario.module, self._has_ball, self._rigging is not None)
        return self._cut.step, self._cut.restart, self._cut

    def _run(self, function: Any, *arguments: Any) -> None:
        if function is self._step:
            self._move(arguments[0])
        super()._run(function, *arguments)

    def _move(self, actions: np.ndarray) -> None:
        """The part of a control step that comes before the referee: substeps of ours and Genesis's in turn."""
        lead, cut, scene, count = self._leads()[0], self._cut, self.scene, self.num_worlds
        cut.begin(*lead, actions, 0, count)
        for substep in range(int(self.params["substeps"][0])):
            cut.push(*lead, scene.qpos, scene.qvel, scene.force, 0, count)
            found = scene.move()
            cut.pull(self.worlds, self.params, scene.qpos, scene.qvel, found, scene.bodies, substep, self._near, 0, count)
            if self._near.any():
                cut.bounce(*lead, scene.detect(), scene.bodies, substep, self._near, 0, count)


def _refuse(scenario: Scenario, device: str, threads: int | None) -> None:
    """SkyrallyError for what the engine genesis cannot do, by name."""
    if scenario.choices is not None:
        raise SkyrallyError(f"engine genesis has nothing to move in {scenario.name}, whose players are no drones; pass engine='native'")
    if device not in DEVICES:
        raise SkyrallyError(f"device is {device!r}; engine genesis takes {' or '.join(DEVICES)}")
    if threads not in (None, 0, 1):
        raise SkyrallyError(f"threads is {threads}; engine genesis runs on one, leave the option out")


def _substeps(options: Mapping[str, Any]) -> int:
    """The caller's, or enough that nothing is jumped over."""
    if options["substeps"] is not None:
        return options["substeps"]
    preset = PHYSICS.get(options["physics"])
    return max(LEAST_SUBSTEPS, 1 if preset is None else preset.substeps)
