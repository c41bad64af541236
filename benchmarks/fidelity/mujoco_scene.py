"""MuJoCo as a third opinion: it stands where Genesis's scene stands, loads the same text and is handed the same forces."""

from __future__ import annotations

from typing import Any

import mujoco
import numpy as np

from skyrally.envs.genesis import GenesisEnv
from skyrally.physics.genesis import Found
from skyrally.physics.handover import GROUND, NET
from skyrally.physics.mjcf import inertias, mjcf

STILL = {"ground": GROUND, "net": NET}


class MujocoScene:
    """W worlds, one after the other. See `skyrally.physics.genesis.GenesisScene`."""

    def __init__(self, text: str, worlds: int, inertia: np.ndarray):
        self.model = model = mujoco.MjModel.from_xml_string(text)
        model.opt.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
        for i, one in enumerate(inertia):
            model.body(f"drone_{i}").inertia[:] = np.diag(one)
        mujoco.mj_setConst(model, mujoco.MjData(model))
        self.data = [mujoco.MjData(model) for _ in range(worlds)]
        names = [model.body(model.geom_bodyid[g]).name for g in range(model.ngeom)]
        self.bodies = np.array([self._body(model.geom(g).name, name, len(inertia)) for g, name in enumerate(names)])
        self.qpos = np.repeat(self.data[0].qpos[None], worlds, 0)
        self.qvel, self.force = np.zeros((worlds, model.nv)), np.zeros((worlds, model.nv))

    @staticmethod
    def _body(geom: str, body: str, drones: int) -> int:
        return STILL[geom] if geom in STILL else drones if body == "ball" else int(body.removeprefix("drone_"))

    def move(self) -> Found:
        """One substep of every world."""
        for data, q, v, f in zip(self.data, self.qpos, self.qvel, self.force, strict=True):
            data.qpos[:], data.qvel[:], data.qfrc_applied[:] = q, v, f
            data.qacc_warmstart[:] = 0.0
            mujoco.mj_step(self.model, data)
            q[:], v[:] = data.qpos, data.qvel
        return self._found(True)

    def detect(self) -> Found:
        """The contacts of the poses as they are."""
        for data in self.data:
            mujoco.mj_fwdPosition(self.model, data)
        return self._found(False)

    def _found(self, forces: bool) -> Found:
        w, most = len(self.data), max(data.ncon for data in self.data)
        count = np.array([data.ncon for data in self.data], np.int32)
        a, b = np.zeros((w, most), np.int32), np.zeros((w, most), np.int32)
        normal, point, force = (np.zeros((w, most, 3)) for _ in range(3))
        depth, wrench = np.zeros((w, most)), np.zeros(6)
        for k, data in enumerate(self.data):
            for c in range(data.ncon):
                one = data.contact[c]  # its normal points from geom 0 to geom 1
                b[k, c], a[k, c] = one.geom
                normal[k, c], point[k, c], depth[k, c] = one.frame[:3], one.pos, -one.dist
                if forces:
                    mujoco.mj_contactForce(self.model, data, c, wrench)
                    force[k, c] = -(one.frame.reshape(3, 3).T @ wrench[:3])
        return Found(count, a, b, normal, point, depth, force)

    def close(self) -> None:
        """Nothing to give back."""


class MujocoEnv(GenesisEnv):
    """A batch whose bodies MuJoCo moves."""

    def _scene(self, airframe: Any, device: str) -> MujocoScene:
        drones = inertias(self.params[0], self.num_drones)
        return MujocoScene(mjcf(self.params[0], airframe, self.num_drones, self._has_ball), self.num_worlds, drones)
