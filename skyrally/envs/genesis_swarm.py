"""Swarms of quadrotors whose bodies genesis-world moves: `make("goal-swap", engine="genesis")`.

Genesis owns flight and touch: drones among each other are the spheres that they are natively, but soft, and flat cylinders on the
ground. Walls, pillars and domains without an edge are rules of their scenarios and stay ours (docs/fidelity.md).
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np

from ..errors import SkyrallyError
from ..physics.airframes import Airframe
from ..physics.genesis import GenesisScene
from ..physics.manifolds import OPEN
from ..physics.mjcf import inertias, swarm_mjcf
from ..physics.swarm_engine import swarm_engine
from ..physics.swarm_records import PHYSICAL
from .genesis import GenesisEnv

MOST = 64  # drones in a world


class GenesisSwarm(GenesisEnv):
    """W worlds of a swarm in one Genesis scene. See `GenesisEnv`."""

    def _scene(self, airframe: Airframe, device: str) -> Any:
        block = self.params[0]
        text = swarm_mjcf(block, airframe, self.num_drones, self._solid)
        moments = inertias(block, self.num_drones)
        return GenesisScene(text, self.num_worlds, moments, float(block["dt"]), float(block["gravity"]), device)

    @property
    def _solid(self) -> bool:
        return int(self.params["collisions"][0]) == PHYSICAL

    def _build(self) -> tuple[Any, Any, ModuleType]:
        assert self._crowd is not None
        self._cut = self._crowd.built = swarm_engine(self.scenario.name, self.scenario.module)
        self._refuse()
        self._met = np.zeros((self.num_worlds, self.num_drones), np.int32)
        return self._crowd.step, self._crowd.restart, self._cut

    def _refuse(self) -> None:
        name, block = self.scenario.name, self.params[0]
        if block["point"]:
            raise SkyrallyError(
                f"engine genesis does not step {name} of points, which are no bodies; leave mode out or pass engine='native'"
            )
        if self.num_drones > MOST:
            raise SkyrallyError(f"agents is {self.num_drones}; engine genesis moves swarms of up to {MOST} drones, engine='native' more")
        if self._solid and block["manifold"] != OPEN:
            raise SkyrallyError(f"engine genesis has no collisions over the edges of {name}'s domain; pass collisions='penalty' or 'none'")

    def _move(self, actions: np.ndarray) -> None:
        """The part of a decision that comes before it is judged: control steps of substeps, ours and Genesis's in turn."""
        lead, cut, scene, count = self._leads()[0], self._cut, self.scene, self.num_worlds
        cut.begin(*lead, 0, count)
        for tick in range(int(self.params["ticks"][0])):
            cut.lead(*lead, actions, tick, self._met, 0, count)
            for _ in range(int(self.params["substeps"][0])):
                cut.push(*lead, scene.qpos, scene.qvel, scene.force, 0, count)
                found = scene.move()
                cut.pull(*lead, scene.qpos, scene.qvel, found, scene.bodies, self._met, 0, count)
            cut.settle(*lead, self._met, 0, count)
