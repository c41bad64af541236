"""A world's bodies as an MJCF text: what Genesis and MuJoCo load, made from the same tables that the native engine reads.

Drones are flat cylinders with the airframe's mass and rotors that are drawn but touch nothing; the ball is a sphere; ground and, where
it has a body, the net stand still. Bodies have the names `drone_0`.. and `ball`, what stands still the geoms `ground` and `net`.
Drones start 2 m apart: bodies that overlap in the model's own pose would never touch.

The Iris's published inertia is that of no rigid body (I_x + I_y < I_z), which MuJoCo's reader refuses. So the text asks for balanced
ones, and who loads it writes the true ones (`inertias`) over them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .airframes import Airframe
from .drone_contacts import FRICTION

APART, HEIGHT = 2.0, 5.0  # m


def mjcf(params: Any, airframe: Airframe, drones: int, ball: bool) -> str:
    """The text for a shared block `params` (one record) and as many drones. Cylinders touch everything."""
    still = _ground("")
    if params["net_solid"] and params["net_height"] > 0.0:
        half = 0.5 * params["net_height"]
        size = f"{params['net_half_thickness']:.17g} {params['net_half_width']:.17g} {half:.17g}"
        still += f'<geom name="net" type="box" size="{size}" pos="0 0 {half:.17g}" friction="{FRICTION} 0 0" rgba="1 1 1 0.5"/>'
    bodies = [_drone(params["airframe"], airframe, i) for i in range(drones)]
    if ball:
        bodies.append(_ball(params["ball"], (APART * drones, 0.0, HEIGHT)))
    return _world(params, still, bodies)


def swarm_mjcf(params: Any, airframe: Airframe, drones: int, solid: bool) -> str:
    """The same of a swarm: its drones touch each other, if they are `solid`, as the spheres that they are natively, and the ground as flat
    cylinders.
    """
    radius = f"{params['airframe']['body_radius']:.17g}"
    among = f'<geom type="sphere" size="{radius}" friction="0 0 0" contype="2" conaffinity="2" rgba="0 0 0 0"/>'
    bodies = [_drone(params["airframe"], airframe, i, 'contype="4" conaffinity="0"', among if solid else "") for i in range(drones)]
    return _world(params, _ground('contype="0" conaffinity="4"'), bodies)


def _world(params: Any, still: str, bodies: list[str]) -> str:
    option = f'<compiler balanceinertia="true"/><option timestep="{params["dt"]:.17g}" gravity="0 0 {-params["gravity"]:.17g}"/>'
    return f'<mujoco model="skyrally">{option}<worldbody>{still}{"".join(bodies)}</worldbody></mujoco>'


def inertias(params: Any, drones: int) -> np.ndarray:
    """[drones, 3, 3] kg m^2, body frame: what the drones of the text are to be given once it is loaded."""
    return np.repeat(np.diag(params["airframe"]["inertia"])[None], drones, 0)


def _ground(touch: str) -> str:
    return f'<geom name="ground" type="plane" size="0 0 1" friction="{FRICTION} 0 0" {touch} rgba="0.45 0.5 0.45 1"/>'


def _drone(block: Any, airframe: Airframe, i: int, touch: str = "", more: str = "") -> str:
    inertia = " ".join(f"{value:.17g}" for value in block["inertia"])
    shape = f'type="cylinder" size="{block["body_radius"]:.17g} {block["body_half_height"]:.17g}"'
    rotors = "".join(
        f'<geom type="cylinder" size="{airframe.rotor_radius:.6g} 0.004" pos="{x:.6g} {y:.6g} {block["body_half_height"]:.6g}" '
        'contype="0" conaffinity="0" group="1" rgba="0.2 0.2 0.2 1"/>'
        for x, y in airframe.rotor_xy
    )
    return (
        f'<body name="drone_{i}" pos="{APART * i} 0 {HEIGHT}"><freejoint/>'
        f'<inertial pos="0 0 0" mass="{block["mass"]:.17g}" diaginertia="{inertia}"/>'
        f'<geom {shape} friction="{FRICTION} 0 0" {touch} rgba="0.8 0.3 0.2 1"/>{more}{rotors}</body>'
    )


def _ball(block: Any, pos: tuple[float, float, float]) -> str:
    moment = f"{1.0 / block['inv_inertia']:.17g}"
    return (
        f'<body name="ball" pos="{pos[0]} {pos[1]} {pos[2]}"><freejoint/>'
        f'<inertial pos="0 0 0" mass="{1.0 / block["inv_mass"]:.17g}" diaginertia="{moment} {moment} {moment}"/>'
        f'<geom type="sphere" size="{block["radius"]:.17g}" friction="{FRICTION} 0 0" rgba="0.95 0.9 0.2 1"/></body>'
    )
