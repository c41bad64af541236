"""What drones touch: each other, the net, the ground.

Two drones are two flat cylinders whose axes are taken as parallel to the sum of their up directions: a point against one
cylinder of double size. Against net and ground a drone is as thick as its cylinder is in that direction.
All pairs are computed from the same velocities and applied together, so the order of drones plays no part.
"""

import math

from .impulse import add_impulse, contact_impulse, drone_mobility, drone_velocity_at, note, settle_impulses
from .records import DRONE_DRONE, DRONE_GROUND, DRONE_NET, NOBODY
from .shapes import BOX, CYLINDER, sweep
from .vec import add, add_scaled, dot, fn, norm, scale, sub, to_body, to_world, vec3

FRICTION = 0.5
ZERO = (0.0, 0.0, 0.0)


@fn
def touch_drones(world, params, substep):
    """Finds and resolves drone contacts of this substep, noting each as an event."""
    n = len(world.drones)
    met = 0
    for i in range(n):
        for j in range(i + 1, n):
            if _pair_near(world.drones[i], world.drones[j], params):
                met += _collide(world, params, i, j, substep)
    if met > 0:
        for i in range(n):
            settle_impulses(world.drones[i], 0.0)
    for i in range(n):
        drone = world.drones[i]
        reach = params.airframe.body_radius + params.airframe.body_half_height
        if drone.pos[2] < reach:
            _land(world, params, i, substep)
        touch_net(world, params, i, substep)


@fn
def _pair_near(a, b, params):
    x, y, z = a.pos[0] - b.pos[0], a.pos[1] - b.pos[1], a.pos[2] - b.pos[2]
    reach = 2.0 * (params.airframe.body_radius + params.airframe.body_half_height)
    gap2 = x * x + y * y + z * z
    if gap2 > 16.0 * reach * reach:
        return False
    far = reach + params.dt * (abs(a.vel[0] - b.vel[0]) + abs(a.vel[1] - b.vel[1]) + abs(a.vel[2] - b.vel[2]))
    return gap2 < far * far


@fn
def _collide(world, params, i, j, substep):
    """Drone i against drone j. Returns 1 on contact."""
    a, b, airframe = world.drones[i], world.drones[j], params.airframe
    axis = add(vec3(a.up), vec3(b.up))
    length = norm(axis)
    frame = _upright(scale(1.0 / length, axis)) if length > 1e-6 else (1.0, 0.0, 0.0, 0.0)
    motion = scale(params.dt, sub(vec3(a.vel), vec3(b.vel)))
    end = sub(vec3(a.pos), vec3(b.pos))
    size = (2.0 * airframe.body_radius, 2.0 * airframe.body_half_height, 0.0)
    t, normal = sweep(CYLINDER, size, 0.0, to_body(frame, sub(end, motion)), to_body(frame, motion))
    if t > 1.0:
        return 0
    normal = to_world(frame, normal)
    left = (1.0 - t) * params.dt
    arm_b = scale(0.5, add_scaled(end, -(1.0 - t), motion))
    arm_a = scale(-1.0, arm_b)
    velocity = sub(drone_velocity_at(a, arm_a), drone_velocity_at(b, arm_b))
    mobility = drone_mobility(a, airframe, arm_a, normal) + drone_mobility(b, airframe, arm_b, normal)
    impulse = contact_impulse(velocity, normal, mobility, mobility, params.drone_restitution, 0.0)
    add_impulse(a, airframe, arm_a, impulse, left)
    add_impulse(b, airframe, arm_b, scale(-1.0, impulse), left)
    point = add(add_scaled(vec3(b.pos), -left, vec3(b.vel)), arm_b)
    note(world, DRONE_DRONE, i, j, substep, point, impulse)
    return 1


@fn
def _upright(axis):
    """A quaternion that turns z into the unit vector `axis` (half way between the two, normalised)."""
    w, x, y = 1.0 + axis[2], -axis[1], axis[0]
    size = math.sqrt(w * w + x * x + y * y)
    if size < 1e-9:
        return 0.0, 1.0, 0.0, 0.0
    return w / size, x / size, y / size, 0.0


@fn
def _edge(drone, airframe, normal):
    """m, world: from the drone's centre to its point that lies farthest against `normal`."""
    up = vec3(drone.up)
    tilt = dot(up, normal)
    rim = add_scaled(normal, -tilt, up)
    size = norm(rim)
    arm = scale(-airframe.body_half_height if tilt >= 0.0 else airframe.body_half_height, up)
    if size > 1e-9:
        arm = add_scaled(arm, -airframe.body_radius / size, rim)
    return arm


@fn
def _push_off(world, params, i, kind, normal, gap, left, substep):
    """Drone i against something fixed: impulse at its farthest point, and out of it by `gap` if it is inside."""
    drone, airframe = world.drones[i], params.airframe
    arm = _edge(drone, airframe, normal)
    mobility = drone_mobility(drone, airframe, arm, normal)
    impulse = contact_impulse(drone_velocity_at(drone, arm), normal, mobility, mobility, params.drone_restitution, FRICTION)
    point = add(vec3(drone.pos), arm)
    add_impulse(drone, airframe, arm, impulse, left)
    if gap < 0.0:
        drone.shift[0] -= gap * normal[0]
        drone.shift[1] -= gap * normal[1]
        drone.shift[2] -= gap * normal[2]
    settle_impulses(drone, 0.0)
    note(world, kind, i, NOBODY, substep, point, impulse)


@fn
def _land(world, params, i, substep):
    drone, up = world.drones[i], (0.0, 0.0, 1.0)
    gap = drone.pos[2] + _edge(drone, params.airframe, up)[2]
    if gap < 0.0:
        _push_off(world, params, i, DRONE_GROUND, up, gap, 0.0, substep)


@fn
def touch_net(world, params, i, substep):
    """Drone i against the net: as a sphere as thick as its cylinder is across the net."""
    drone = world.drones[i]
    reach = params.airframe.body_radius + params.airframe.body_half_height
    if params.net_height <= 0.0 or abs(drone.pos[0]) >= reach + params.net_half_thickness + params.dt * abs(drone.vel[0]):
        return
    half = 0.5 * params.net_height
    thick = abs(_edge(drone, params.airframe, (1.0, 0.0, 0.0))[0])
    motion = scale(params.dt, vec3(drone.vel))
    start = sub(vec3(drone.pos), motion)
    size = (params.net_half_thickness, params.net_half_width, half)
    t, normal = sweep(BOX, size, thick, (start[0], start[1], start[2] - half), motion)
    if t > 1.0:
        return
    if params.net_solid == 1:
        _push_off(world, params, i, DRONE_NET, normal, 0.0, (1.0 - t) * params.dt, substep)
    else:
        note(world, DRONE_NET, i, NOBODY, substep, vec3(drone.pos), ZERO)
