"""The motion of swarms: how an episode begins, one drone's flight, and what drones do to each other when they touch.

All functions take one drone and read of the others only what the cell list copied, so drones may be moved in parallel in any order.
"""

import math

import numpy as np

from .cells import around, strip
from .control import decode, settle
from .manifolds import images, in_view, source, wrap
from .params import CONTROL_DT
from .quadrotor import move_drone, spin_rotors, steer_rotors
from .records import CTBR
from .rng import hash2, moment, uniform, unit, word
from .swarm_records import PENALTY
from .vec import add_scaled, body_z, clip, fn, norm, put3, put4, quat_from_euler, scale, sub, vec3

# Channels of draws that every swarm shares; a scenario's own lie above.
POPULATION, SHUFFLE, JITTER = 1, 2, 3
POINT_SECONDS = 0.2  # s, what a point's decision stands for: 5 Hz
HIGH = np.uint64(33)  # leaves the 31 highest bits


# -- how an episode begins -------------------------------------------------------------------------------------------------


@fn
def begin_swarm(world, drones, params):
    """The next episode, open, at step 0: draws how many drones there are, sizes the domain, clears what was counted."""
    world.episode += 1
    world.step = 0
    world.terminated = world.truncated = 0
    world.n_events = world.lost_events = 0
    world.count = world.moving = _population(world, params)
    grow = math.pow(world.count / params.base_count, 1.0 / params.dims) if params.base_count > 0.0 else 1.0
    for axis in range(3):
        world.side[axis] = params.base_side[axis] * (grow if axis < params.dims else 1.0)
    world.hits = 0
    world.collision_rate = world.effort = 0.0
    world.min_separation = params.reach
    for i in range(len(drones)):
        drone = drones[i]
        drone.exists = drone.alive = 1 if i < world.count else 0
        drone.touching = drone.hits = drone.struck = 0
        drone.heading = 0.0
        drone.signal[0] = drone.signal[1] = 0.0
        drone.clearance = params.reach
        for k in range(len(drone.term)):
            drone.term[k] = drone.returns[k] = 0.0


@fn
def _population(world, params):
    """How many drones this episode has."""
    if params.n_sizes > 0:
        return params.sizes[int(uniform(world, 0, POPULATION, 0.0, float(params.n_sizes)))]
    return params.least + int(uniform(world, 0, POPULATION, 0.0, params.most - params.least + 1.0))


@fn
def shuffled(key, i, count):
    """Where a random permutation of 0 to count - 1 takes i. `key`: 64 random bits.

    A Feistel network of four rounds permutes the least power of 4 that is enough; walking along its cycle stays below `count`
    (Black and Rogaway 2002, "Ciphers with arbitrary finite domains"), on average in less than four walks.
    """
    half = 1
    while 1 << (2 * half) < count:
        half += 1
    mask = (1 << half) - 1
    at = i
    while True:
        left, right = at >> half, at & mask
        for r in range(4):
            left, right = right, left ^ (int(hash2(key, right + (r << 32)) >> HIGH) & mask)
        at = (left << half) | right
        if at < count:
            return at


@fn
def scattered(world, i, dims, gap):
    """m: a start for drone i in the domain: a cell of its own of a grid over it, jittered so that neighbours stay `gap` apart
    where the cells allow it. No rejection: the time does not depend on the crowd.
    """
    across = 1
    while math.pow(across, dims) < world.count:
        across += 1
    cell = shuffled(word(moment(world.seed, world.episode, 0), 0, SHUFFLE), i, int(math.pow(across, dims) + 0.5))
    x = _jittered(world, i, 0, cell % across, across, gap)
    y = _jittered(world, i, 1, cell // across % across, across, gap)
    z = _jittered(world, i, 2, cell // (across * across), across if dims == 3 else 1, gap)
    return x - 0.5 * world.side[0], y - 0.5 * world.side[1], z


@fn
def _jittered(world, i, axis, k, across, gap):
    """m from the domain's low end: somewhere in cell k of `across` along an axis, half the gap from the cell's ends."""
    width = world.side[axis] / across
    free = max(0.0, width - gap)
    return (k + 0.5) * width + uniform(world, i, JITTER + axis, -0.5 * free, 0.5 * free)


@fn
def launch(drone, airframe, pos, yaw):
    """A drone that hovers somewhere, level, with its nose to `yaw` (rad)."""
    quat = quat_from_euler(0.0, 0.0, yaw)
    put3(drone.pos, pos)
    put4(drone.quat, quat)
    put3(drone.up, body_z(quat))
    settle(drone, airframe)


# -- one drone's motion ----------------------------------------------------------------------------------------------------


@fn
def obey(drone, params, action):
    """Takes an action row [4] in the drone's mode (rotor, ctbr, velocity, waypoint) as its command."""
    decode(drone, params.airframe, action)


@fn
def fly_on(drone, params):
    """One control step (20 ms) of a quadrotor under its command. The ground holds it up."""
    for _ in range(params.substeps):
        if drone.mode <= CTBR:
            spin_rotors(drone, params.airframe)
        else:
            steer_rotors(drone, params.airframe)
        move_drone(drone, params.airframe, params.gravity, params.dt)
    if drone.pos[2] < params.airframe.body_half_height:
        drone.pos[2] = params.airframe.body_half_height
        drone.vel[2] = max(drone.vel[2], 0.0)


@fn
def ask_velocity(drone, airframe, vel, yaw_rate):
    """Commands a velocity (m/s, world) and yaw rate (rad/s) within the airframe's limits; for drones in a mode above ctbr."""
    limit = airframe.speed_limit
    x, y, z = clip(vel[0], -limit[0], limit[0]), clip(vel[1], -limit[1], limit[1]), clip(vel[2], -limit[2], limit[2])
    put4(drone.command, (x, y, z, clip(yaw_rate, -airframe.rate_limit[2], airframe.rate_limit[2])))


@fn
def come_round(world, drone, params):
    """Brings a drone that left a closed domain back on its other side."""
    x, y = drone.pos[0], drone.pos[1]
    if abs(x) > 0.5 * world.side[0] or abs(y) > 0.5 * world.side[1]:
        x, y, c, s = wrap(params.manifold, world.side, x, y, math.cos(drone.heading), math.sin(drone.heading))
        drone.pos[0], drone.pos[1] = x, y
        drone.heading = math.atan2(s, c)


@fn
def seconds(params):
    """s: how long a decision lasts."""
    return POINT_SECONDS if params.point == 1 else params.ticks * CONTROL_DT


@fn
def normal2(world, drone, channel):
    """Two independent standard normal numbers (Box and Muller)."""
    when = moment(world.seed, world.episode, world.step)
    size = math.sqrt(-2.0 * math.log(1.0 - unit(word(when, drone, channel))))
    angle = 2.0 * math.pi * unit(word(when, drone, channel + 1))
    return size * math.cos(angle), size * math.sin(angle)


@fn
def couple(world, drones, params, i):
    """What follows the motion of all drones in a control step, for drone i: nothing, unless the scenario has a `couple` of its own,
    such as rods between drones. It may write drones that no other i writes, and nothing else.
    """


@fn
def sense(world, drones, params, cells, i):
    """What drone i takes from the others before it is judged: nothing, unless the scenario has a `sense` of its own."""


# -- what drones do to each other ------------------------------------------------------------------------------------------


@fn
def touch(world, drones, params, cells, i):
    """Drone i against all that it overlaps: equal spheres that bounce off each other, with Newton's restitution, and come apart.

    Every drone computes its own half from the same copies, so momentum is kept and the order of drones plays no part.
    """
    drone, pos, vel = drones[i], vec3(drones[i].pos), vec3(drones[i].vel)
    kick, shift, met = (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 0
    for m in range(images(params.manifold)):
        x, y = source(params.manifold, world.side, pos[0], pos[1], m)
        if not in_view(world.side, x, y, params.contact):
            continue
        here = (x, y, pos[2])
        block = around(cells, here, params.contact)
        for k in range(block[5]):
            first, last = strip(cells, block, k)
            for row in range(first, last):
                other = cells.near[row]
                gap = sub(here, vec3(other))
                d2 = gap[0] * gap[0] + gap[1] * gap[1] + gap[2] * gap[2]
                if d2 < params.contact * params.contact and cells.order[row] != i:
                    distance = math.sqrt(d2)
                    normal = scale(1.0 / distance, gap) if distance > 1e-9 else (0.0, 0.0, 1.0 if i > cells.order[row] else -1.0)
                    closing = (vel[0] - other[3]) * normal[0] + (vel[1] - other[4]) * normal[1] + (vel[2] - other[5]) * normal[2]
                    push = -0.5 * (1.0 + params.drone_restitution) * min(closing, 0.0)
                    kick = add_scaled(kick, push, normal)
                    shift = add_scaled(shift, 0.5 * (params.contact - distance), normal)
                    met = 1
    put3(drone.vel, (vel[0] + kick[0], vel[1] + kick[1], vel[2] + kick[2]))
    put3(drone.pos, (pos[0] + shift[0], pos[1] + shift[1], max(pos[2] + shift[2], 0.0)))
    note_touch(drone, met)


@fn
def clearance(world, drones, params, cells, i, reach):
    """m: from drone i to the nearest other within `reach`; `reach` if there is none."""
    pos, least = vec3(drones[i].pos), reach * reach
    for m in range(images(params.manifold)):
        x, y = source(params.manifold, world.side, pos[0], pos[1], m)
        if not in_view(world.side, x, y, reach):
            continue
        here = (x, y, pos[2])
        block = around(cells, here, reach)
        for k in range(block[5]):
            first, last = strip(cells, block, k)
            for row in range(first, last):
                if cells.order[row] != i:
                    gap = sub(vec3(cells.near[row]), here)
                    least = min(least, gap[0] * gap[0] + gap[1] * gap[1] + gap[2] * gap[2])
    return math.sqrt(least)


@fn
def note_clearance(drone, params, distance):
    """Keeps how near the nearest other is (m), and whether a touch began (physical ones are told by `touch`)."""
    drone.clearance = distance
    if params.collisions == PENALTY:
        note_touch(drone, 1 if distance < params.contact else 0)


@fn
def note_touch(drone, met):
    """Counts a touch when it begins. `struck` is cleared when a decision begins."""
    if met == 1 and drone.touching == 0:
        drone.struck = 1
        drone.hits += 1
    drone.touching = met


@fn
def tally(world, drones, params, effort):
    """Books a step's touches, least separation and effort (mean size of the actions) for the whole swarm; gives the touches begun."""
    begun = 0
    for i in range(world.count):
        drone = drones[i]
        if drone.alive == 1:
            begun += drone.struck
            world.min_separation = min(world.min_separation, drone.clearance)
    world.hits += (begun + 1) // 2
    minutes = world.step * seconds(params) / 60.0
    world.collision_rate = world.hits / (max(world.count, 1) * max(minutes, 1e-9))
    world.effort += (effort - world.effort) / world.step
    return begun


@fn
def close_on_time(world, params):
    """Truncates the episode when its time is up."""
    if world.terminated == 0 and world.step >= params.max_steps:
        world.truncated = 1


@fn
def speed_of(drone):
    """m/s."""
    return norm(vec3(drone.vel))
