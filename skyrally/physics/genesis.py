"""The second engine: genesis-world moves the bodies of all worlds in one scene and finds what touches what.

It keeps no state of its own between substeps: positions and velocities are written before each, and its solver starts cold, so
that a world's record stays the whole truth (snapshots, masks and single worlds need nothing more).
Loads genesis-world when the first scene is made: `pip install 'skyrally[genesis]'`.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from torch import from_numpy

from ..errors import SkyrallyError
from .compile import say
from .handover import GROUND, NET

INSTALL = "pip install 'skyrally[genesis]'"
MESA = "apt-get install libegl1 libgl1 libgl1-mesa-dri"  # Debian's packages of OpenGL in software, without a display
PRECISION = "64"  # bits: as the records have
STIFF = 2.0  # substeps, the least time constant of a contact that Genesis allows: as hard as can be
PAIRS = 12  # contact points per body that there is room for
PATIENCE, REMINDER = 5.0, 30.0  # s until a slow start is explained, and between the words after that


class Found(NamedTuple):
    """Contacts of W worlds, C the most in one of them. Forces and normals in the world."""

    count: np.ndarray  # [W]
    a: np.ndarray  # [W, C] geoms
    b: np.ndarray  # [W, C]
    normal: np.ndarray  # [W, C, 3] from b to a
    point: np.ndarray  # [W, C, 3] m
    depth: np.ndarray  # [W, C] m
    force: np.ndarray  # [W, C, 3] N, on b; zero where contacts were found but not resolved


class GenesisScene:
    """W worlds of the bodies that an MJCF text describes (see `mjcf`). `bodies` [geoms]: what each geom belongs to.

    Raises SkyrallyError where genesis-world is missing or was started by somebody else with another precision.
    """

    def __init__(self, text: str, worlds: int, inertias: np.ndarray, dt: float, gravity: float, device: str = "cpu"):
        """`inertias` [N, 3, 3] kg m^2: of the drones, in the body frame."""
        self._gs = gs = started(device)
        with patient("Genesis"), drawable():
            self.scene: Any = gs.Scene(
                sim_options=gs.options.SimOptions(dt=dt, substeps=1, gravity=(0.0, 0.0, -gravity)),
                rigid_options=gs.options.RigidOptions(
                    integrator=gs.integrator.implicitfast,
                    constraint_timeconst=STIFF * dt,
                    max_collision_pairs=PAIRS * (len(inertias) + 1),
                ),
                show_viewer=False,
            )
            self.entity = self.scene.add_entity(gs.morphs.MJCF(file=text, align=False, decimate=False))
            self.scene.build(n_envs=worlds)
            self._solver = self.scene.rigid_solver
            drones = [link.idx for link in self.entity.links if link.name.startswith("drone_")]
            self._solver.set_links_inertia(from_numpy(inertias), drones)
            still = {gs.GEOM_TYPE.PLANE: GROUND, gs.GEOM_TYPE.BOX: NET}
            self.bodies = np.array([_body(geom.link.name, len(drones), still.get(geom.type)) for geom in self.entity.geoms], np.int64)
            self.qpos = self._solver.get_qpos().cpu().numpy().astype(np.float64)
            self.qvel = np.zeros((worlds, self._solver.n_dofs))
            self.force = np.zeros_like(self.qvel)
            self.move()  # compiles what a step needs
            self.detect()

    def move(self) -> Found:
        """One substep from `qpos` [W, Q] and `qvel` [W, V] under `force` [W, V], in place.

        Returns the contacts it was resolved with, which are those at its start, with their forces.
        """
        solver = self._solver
        try:
            solver.set_qpos(from_numpy(self.qpos), skip_forward=True)
            solver.set_dofs_velocity(from_numpy(self.qvel), skip_forward=True)
            solver.control_dofs_force(from_numpy(self.force))
            self.scene.step(update_visualizer=False)
        except self._gs.GenesisException as error:
            raise SkyrallyError(f"Genesis stopped: {error}") from error
        self.qpos[:] = solver.get_qpos().cpu().numpy()
        self.qvel[:] = solver.get_dofs_velocity().cpu().numpy()
        return self.contacts()

    def detect(self) -> Found:
        """The contacts at the substep's end."""
        self._solver.collider.detection()
        return self.contacts()

    def contacts(self) -> Found:
        """What was found last."""
        from genesis.utils.misc import qd_to_numpy  # pyright: ignore[reportMissingImports]

        collider = self._solver.collider
        count = np.ascontiguousarray(qd_to_numpy(collider.collider_state.n_contacts), np.int32)
        data = collider.get_contacts(as_tensor=True, to_torch=False) if count.any() else {}
        rows = [data.get(name, np.zeros((len(count), 0))) for name in ("geom_a", "geom_b", "penetration")]
        a, b, depth = rows
        normal, point, force = (data.get(name, np.zeros((len(count), 0, 3))) for name in ("normal", "position", "force"))
        whole, real = (
            (np.ascontiguousarray(x, np.int32) for x in (a, b)),
            (np.ascontiguousarray(x, np.float64) for x in (normal, point, depth, force)),
        )
        return Found(count, *whole, *real)

    def close(self) -> None:
        """Gives the scene's memory back; harmless when repeated."""
        if self.scene is not None:
            self.scene.destroy()
            self.scene = None


def _body(link: str, drones: int, still: int | None) -> int:
    """The number of the body that a link of this name is; `still` for what stands still."""
    if link.startswith("drone_"):
        return int(link.removeprefix("drone_"))
    return drones if link == "ball" else GROUND if still is None else still


def started(device: str) -> Any:
    """The module genesis, initialised for this process. Its hook for uncaught errors is not kept."""
    hook = sys.excepthook
    try:
        with drawable():
            import genesis as gs  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise SkyrallyError(f"genesis needs genesis-world, which cannot be imported ({error}): {INSTALL}") from None
    finally:
        sys.excepthook = hook
    if not gs._initialized:
        backend = gs.cpu if device == "cpu" else gs.cuda
        gs.init(backend=backend, precision=PRECISION, logging_level="error")
    if gs.tc_float.itemsize * 8 != int(PRECISION):
        raise SkyrallyError(f"Genesis runs in this process with another precision; start it with gs.init(precision={PRECISION!r})")
    return gs


@contextmanager
def drawable() -> Iterator[None]:
    """Around what loads Genesis or makes a scene, which wants OpenGL, drawn or not. SkyrallyError where there is none."""
    try:
        yield
    except Exception as error:  # of PyOpenGL, of the loader, of Genesis: whatever lacks a library or a device
        said = f"{type(error).__module__} {error}"
        if not any(word in said for word in ("OpenGL", "EGL", "glGetError", "OSMesa", "Rendering not working")):
            raise
        why = " ".join(str(getattr(error, "err", error)).split())
        raise SkyrallyError(f"Genesis cannot start OpenGL here ({why}); where there is no graphics card, Mesa does: {MESA}") from error


@contextmanager
def patient(what: str) -> Iterator[None]:
    """Around what may compile for minutes: says so if it does, and how long it takes."""
    over, start = threading.Event(), time.perf_counter()

    def tell() -> None:
        if over.wait(PATIENCE):
            return
        say(f"{what} is making its scene; the first time on a machine it compiles its kernels (once, about five minutes on two cores) ...")
        while not over.wait(REMINDER):
            say(f"{what}: {time.perf_counter() - start:.0f} s ...")

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        over.set()
        teller.join()
    if time.perf_counter() - start > PATIENCE:
        say(f"{what} is ready after {time.perf_counter() - start:.1f} s")
