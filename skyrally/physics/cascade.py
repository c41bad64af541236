"""The action modes `velocity` and `waypoint`: a cascade position -> velocity -> thrust direction -> body rates.

| mode | four numbers in [-1, 1] | decoded to |
| --- | --- | --- |
| velocity | x, y, z over the airframe's speed limits; yaw rate over its limit | m/s and rad/s about body z |
| waypoint | x, y over the zone's half length and half width, z from the ground (-1) to its top (1); heading over pi | m and rad, world |

Directions are the drone's own frame's: the world, turned by pi about z for team 1 of a match, as its observations are.
Every stage is proportional with the known effects fed forward, so nothing is kept between steps and nothing can wind up:
Lee, Leok, McClamroch 2010, "Geometric tracking control of a quadrotor UAV on SE(3)", with the heading left to its own loop.
"""

import math

from .records import VELOCITY, WAYPOINT
from .vec import add_scaled, body_x, clip, dot, fn, norm, scale, sub, to_body, vec3, vec4

YAW_GAIN = 2.0  # 1/s: yaw rate per rad of heading error
LEAST_LIFT = 0.3  # of the weight: less would leave no moments to tilt with
MOST_LIFT, MOST_FORCE = 0.9, 0.97  # of full thrust: the vertical part, and in all; the rest is for moments


@fn
def intend(drone, airframe, a, b, c, d):
    """(x, y, z, yaw) of the command: m/s and rad/s for velocity, m and rad for waypoint; world frame."""
    side = 1.0 - 2.0 * drone.turned
    a, b, c, d = side * clip(a, -1.0, 1.0), side * clip(b, -1.0, 1.0), clip(c, -1.0, 1.0), clip(d, -1.0, 1.0)
    if drone.mode == VELOCITY:
        speed = airframe.speed_limit
        return a * speed[0], b * speed[1], c * speed[2], d * airframe.rate_limit[2]
    zone = airframe.zone
    return a * zone[0], b * zone[1], 0.5 * (c + 1.0) * zone[2], math.pi * d + math.pi * drone.turned


@fn
def stay(drone):
    """The command of a drone that was told nothing: at rest, or where it is."""
    if drone.mode == VELOCITY:
        return 0.0, 0.0, 0.0, 0.0
    nose = body_x(vec4(drone.quat))
    return drone.pos[0], drone.pos[1], drone.pos[2], math.atan2(nose[1], nose[0])


@fn
def cascade(drone, airframe):
    """(collective thrust N, body rates rad/s) that the drone's velocity or waypoint command asks for now."""
    quat, vel, goal = vec4(drone.quat), vec3(drone.vel), drone.command
    if drone.mode != WAYPOINT:  # velocity, and what a swarm's scenario steers
        target, yaw = vec3(goal), goal[3]
    else:
        target, yaw = _approach(drone, airframe), _face(quat, goal[3])
    force = _force(airframe, vel, target)
    roll, pitch = _tilt(quat, force, airframe.attitude_gain)
    limit = airframe.rate_limit
    lift = max(dot(force, vec3(drone.up)), 0.0)
    rates = (clip(roll, -limit[0], limit[0]), clip(pitch, -limit[1], limit[1]), clip(yaw, -limit[2], limit[2]))
    return lift, rates[0], rates[1], rates[2]


@fn
def _approach(drone, airframe):
    """m/s: towards the target in a straight line, as far as the speed limits (horizontal, vertical) allow."""
    way = scale(airframe.position_gain, sub(vec3(drone.command), vec3(drone.pos)))
    flat, limit = math.sqrt(way[0] * way[0] + way[1] * way[1]), airframe.speed_limit
    share = min(min(1.0, limit[0] / max(flat, 1e-9)), limit[2] / max(abs(way[2]), 1e-9))
    return scale(share, way)


@fn
def _face(quat, heading):
    """rad/s: turns body x to the heading (rad, world)."""
    nose = body_x(quat)
    error = heading - math.atan2(nose[1], nose[0])
    return YAW_GAIN * math.atan2(math.sin(error), math.cos(error))


@fn
def _force(airframe, vel, target):
    """N, world: m (g + gain (target - vel) + damping vel), within what the rotors and the tilt limit allow; lift comes first."""
    full = 4.0 * airframe.max_force
    weight = full * airframe.hover * airframe.hover
    pull = add_scaled(scale(airframe.velocity_gain, sub(target, vel)), airframe.linear_damping, vel)
    lift = clip(weight + airframe.mass * pull[2], LEAST_LIFT * weight, MOST_LIFT * full)
    most = min(airframe.tilt_limit * lift, math.sqrt(MOST_FORCE * MOST_FORCE * full * full - lift * lift))
    side = airframe.mass * math.sqrt(pull[0] * pull[0] + pull[1] * pull[1])
    share = airframe.mass * min(1.0, most / max(side, 1e-9))
    return share * pull[0], share * pull[1], lift


@fn
def _tilt(quat, force, gain):
    """rad/s: (roll, pitch) that turn body z to the force, along the shortest arc, in proportion to the angle left."""
    aim = to_body(quat, scale(1.0 / norm(force), force))
    sine = math.sqrt(aim[0] * aim[0] + aim[1] * aim[1])
    rate = gain * math.atan2(sine, aim[2])
    if sine < 1e-9:  # aligned, where the rate is 0, or upside down, where any way is as short
        return rate, 0.0
    return -rate * aim[1] / sine, rate * aim[0] / sine
