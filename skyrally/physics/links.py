"""A load that several quadrotors carry on rigid, massless rods, with ball joints at each drone's centre and at a hook of the load.

All carriers of a load and the load itself make one substep together: everybody flies on as if free, then the rods are brought back to
their length one after the other, several times, by shifts along the rod in proportion to the inverse masses; a shift within a
substep is a change of velocity too (extended position-based dynamics: Mueller, Macklin, Chentanez, Jeschke, Kim 2020, "Detailed rigid
body simulation with extended position based dynamics", without compliance). Shifts of a pair are opposite, so momentum is kept exactly.
"""

from __future__ import annotations

import math

from .quadrotor import move_drone, spin_rotors, spin_up, steer_rotors
from .records import CTBR, F8, Fields
from .vec import add, add_scaled, cross, dot, fn, norm, put3, put4, scale, sub, times, to_body, to_world, turn, vec3, vec4

ROUNDS = 8  # over all rods in a substep

LOAD: Fields = [
    ("pos", F8, 3),  # m, world
    ("quat", F8, 4),  # w, x, y, z: body to world
    ("vel", F8, 3),  # m/s, world
    ("rate", F8, 3),  # rad/s, body
    ("mass", F8),  # kg
    ("inv_inertia", F8, 3),  # 1/(kg m^2), principal
    ("gyro", F8, 3),  # as an airframe's
]


@fn
def weigh_box(load, mass, half):
    """Makes the load a uniform box with these half edges [3] m."""
    x, y, z = half[0] * half[0], half[1] * half[1], half[2] * half[2]
    ix, iy, iz = mass * (y + z) / 3.0, mass * (x + z) / 3.0, mass * (x + y) / 3.0
    load.mass = mass
    put3(load.inv_inertia, (1.0 / ix, 1.0 / iy, 1.0 / iz))
    put3(load.gyro, ((iy - iz) / ix, (iz - ix) / iy, (ix - iy) / iz))


@fn
def carry_on(load, drones, params, first, last, rod):
    """One control step of a load and its carriers, those alive among drones `first` to `last` - 1. `rod`: m. Each drone's `hook`: m,
    in the load's frame.
    """
    for _ in range(params.substeps):
        for i in range(first, last):
            drone = drones[i]
            if drone.alive == 1:
                if drone.mode <= CTBR:
                    spin_rotors(drone, params.airframe)
                else:
                    steer_rotors(drone, params.airframe)
                move_drone(drone, params.airframe, params.gravity, params.dt)
        _fall(load, params.gravity, params.dt)
        for _ in range(ROUNDS):
            for i in range(first, last):
                if drones[i].alive == 1:
                    _hold(load, drones[i], params.airframe.inv_mass, rod, params.dt)


@fn
def _fall(load, gravity, dt):
    """The load as if nothing held it."""
    load.vel[2] -= dt * gravity
    put3(load.rate, spin_up(vec3(load.rate), (0.0, 0.0, 0.0), load, dt))
    put3(load.pos, add_scaled(vec3(load.pos), dt, vec3(load.vel)))
    put4(load.quat, turn(vec4(load.quat), vec3(load.rate), dt))


@fn
def hook_of(load, drone):
    """m, world: where the drone's rod is fixed to the load."""
    return add(vec3(load.pos), to_world(vec4(load.quat), vec3(drone.hook)))


@fn
def _hold(load, drone, inv_mass, rod, dt):
    """Brings one rod to its length (m)."""
    quat, hook = vec4(load.quat), vec3(drone.hook)
    way = sub(vec3(drone.pos), hook_of(load, drone))
    length = norm(way)
    if not length > 1e-9:
        return
    along = scale(1.0 / length, way)
    lever = cross(hook, to_body(quat, along))
    swing = times(vec3(load.inv_inertia), lever)
    push = (rod - length) / (inv_mass + 1.0 / load.mass + dot(lever, swing))  # kg m, along the rod
    per_time = 1.0 / dt
    put3(drone.pos, add_scaled(vec3(drone.pos), push * inv_mass, along))
    put3(drone.vel, add_scaled(vec3(drone.vel), per_time * push * inv_mass, along))
    put3(load.pos, add_scaled(vec3(load.pos), -push / load.mass, along))
    put3(load.vel, add_scaled(vec3(load.vel), -per_time * push / load.mass, along))
    put3(load.rate, add_scaled(vec3(load.rate), -per_time * push, swing))
    put4(load.quat, turn(quat, swing, -push))


@fn
def hook_place(k, carriers, half):
    """m, in the load's frame: hook k of so many, around the top of a box with these half edges [3]; of one in its middle."""
    if carriers == 1:
        return 0.0, 0.0, half[2]
    angle = (2.0 * k + (1.0 if carriers > 2 else 0.0)) * math.pi / carriers
    x, y = math.cos(angle), math.sin(angle)
    size = 1.0 / max(abs(x), abs(y))
    return size * x * half[0], size * y * half[1], half[2]
