"""Action modes: bounds, decoding and inner loops, in one place.

| mode | four numbers in [-1, 1] | decoded to |
| --- | --- | --- |
| rotor | thrust fraction of each rotor, -1 none to 1 full | throttle = sqrt((u + 1) / 2) |
| ctbr | collective thrust (-1 none, 1 full), roll, pitch, yaw rate over their limits | N and rad/s |
| velocity, waypoint | see `cascade` | m/s and rad/s, m and rad |
| pick | the first: which of K equal parts of [-1, 1] it lies in (players that are no drones) | a choice, 0 to K - 1 |
| steer | what the swarm's scenario says, such as a turn rate | see there |

Values outside the bounds are clipped. A row that is not finite marks the drone `invalid` and hovers level instead.
"""

import math

from .cascade import cascade, intend, stay
from .records import CTBR, PICK, ROTOR, STEER, VELOCITY, WAYPOINT
from .vec import clip, fn, put3, put4, vec3, vec4

ACTION_MODES = {"rotor": ROTOR, "ctbr": CTBR, "velocity": VELOCITY, "waypoint": WAYPOINT, "pick": PICK, "steer": STEER}
ACTION_SIZE = 4


@fn
def decode(drone, airframe, action):
    """Reads one action row [4] into `drone.command`, by the drone's mode."""
    a, b, c, d = float(action[0]), float(action[1]), float(action[2]), float(action[3])
    drone.invalid = 0
    if not math.isfinite(a + b + c + d):
        drone.invalid = 1
        a = b = c = d = 2.0 * airframe.hover * airframe.hover - 1.0
        if drone.mode != ROTOR:
            b = c = d = 0.0
    if drone.mode > CTBR:
        _decode_goal(drone, airframe, a, b, c, d)
    elif drone.mode == ROTOR:
        put4(drone.command, (_throttle(a), _throttle(b), _throttle(c), _throttle(d)))
    else:
        limit = airframe.rate_limit
        thrust = 2.0 * (clip(a, -1.0, 1.0) + 1.0) * airframe.max_force
        rates = (clip(b, -1.0, 1.0) * limit[0], clip(c, -1.0, 1.0) * limit[1], clip(d, -1.0, 1.0) * limit[2])
        put4(drone.command, (thrust, rates[0], rates[1], rates[2]))


@fn
def pick(player, choices, action):
    """Reads one action row [4] into `player.choice`, one of so many. What is not finite picks the first."""
    a = float(action[0])
    player.invalid = 0 if math.isfinite(a) else 1
    player.choice = min(int(0.5 * (clip(a, -1.0, 1.0) + 1.0) * choices), choices - 1)


@fn
def _decode_goal(drone, airframe, a, b, c, d):
    if drone.invalid == 0:
        put4(drone.command, intend(drone, airframe, a, b, c, d))
    else:
        put4(drone.command, stay(drone))


@fn
def _throttle(u):
    return math.sqrt(clip(0.5 * (u + 1.0), 0.0, 1.0))


@fn
def throttle_targets(drone, airframe):
    """The four throttles that the command asks for now, in mode rotor or ctbr."""
    if drone.mode == ROTOR:
        return drone.command[0], drone.command[1], drone.command[2], drone.command[3]
    return rate_loop(vec3(drone.rate), airframe, vec4(drone.command))


@fn
def steered_targets(drone, airframe):
    """The four throttles that the command asks for now, in mode velocity or waypoint."""
    return rate_loop(vec3(drone.rate), airframe, cascade(drone, airframe))


@fn
def rate_loop(rate, airframe, command):
    """Collective thrust (N) and body rates (rad/s) to throttles: model-based P control on the rates, which are `rate` now.

    torque = I gain (target - rate) + rate x I rate + damping I rate: without saturation each rate follows its
    target as the rotor lag lets it and ends there exactly, so no integral term is needed and none can wind up.
    """
    inertia, gain = vec3(airframe.inertia), airframe.rate_gain
    gyro, damping = airframe.gyro, airframe.angular_damping
    roll = inertia[0] * (gain[0] * (command[1] - rate[0]) - gyro[0] * rate[1] * rate[2] + damping * rate[0])
    pitch = inertia[1] * (gain[1] * (command[2] - rate[1]) - gyro[1] * rate[2] * rate[0] + damping * rate[1])
    yaw = inertia[2] * (gain[2] * (command[3] - rate[2]) - gyro[2] * rate[0] * rate[1] + damping * rate[2])
    return allocate(airframe, command[0], (roll, pitch, yaw))


@fn
def allocate(airframe, thrust, torque):
    """Throttles for a collective thrust (N) and torque (N m, body).

    Where the rotors cannot give all of it, roll and pitch come first, then thrust, then yaw.
    """
    m, full = airframe.mixer, airframe.max_force
    tilt0 = m[0, 1] * torque[0] + m[0, 2] * torque[1]
    tilt1 = m[1, 1] * torque[0] + m[1, 2] * torque[1]
    tilt2 = m[2, 1] * torque[0] + m[2, 2] * torque[1]
    tilt3 = m[3, 1] * torque[0] + m[3, 2] * torque[1]
    # Carrying lift L, rotor k gives m[k, 0] L + tilt_k: the lifts that its limits allow are an interval for each rotor.
    l0, l1, l2, l3 = tilt0 / m[0, 0], tilt1 / m[1, 0], tilt2 / m[2, 0], tilt3 / m[3, 0]
    h0, h1, h2, h3 = full / m[0, 0], full / m[1, 0], full / m[2, 0], full / m[3, 0]
    low = min(min(l0, l1), min(l2, l3))
    shrink = min(min(_share(h0, l0 - low), _share(h1, l1 - low)), min(_share(h2, l2 - low), _share(h3, l3 - low)))
    high = min(min(h0 - shrink * l0, h1 - shrink * l1), min(h2 - shrink * l2, h3 - shrink * l3))
    lift = clip(thrust, -shrink * low, high)
    f0, f1 = m[0, 0] * lift + shrink * tilt0, m[1, 0] * lift + shrink * tilt1
    f2, f3 = m[2, 0] * lift + shrink * tilt2, m[3, 0] * lift + shrink * tilt3
    y0, y1, y2, y3 = m[0, 3] * torque[2], m[1, 3] * torque[2], m[2, 3] * torque[2], m[3, 3] * torque[2]
    room = min(min(_room(f0, y0, full), _room(f1, y1, full)), min(_room(f2, y2, full), _room(f3, y3, full)))
    return (
        math.sqrt(clip((f0 + room * y0) / full, 0.0, 1.0)),
        math.sqrt(clip((f1 + room * y1) / full, 0.0, 1.0)),
        math.sqrt(clip((f2 + room * y2) / full, 0.0, 1.0)),
        math.sqrt(clip((f3 + room * y3) / full, 0.0, 1.0)),
    )


@fn
def _share(room, need):
    """The largest share in [0, 1] of `need` that fits in `room`."""
    return min(1.0, room / max(need, 1e-12))


@fn
def _room(force, change, full):
    """The largest share in [0, 1] of `change` that keeps `force` within [0, full]."""
    if change > 0.0:
        return clip((full - force) / max(change, 1e-12), 0.0, 1.0)
    if change < 0.0:
        return clip(force / max(-change, 1e-12), 0.0, 1.0)
    return 1.0


@fn
def settle(drone, airframe):
    """Rotors at hover throttle, at rest: what a reset does to the drone's motion."""
    hover = airframe.hover
    put4(drone.rotor, (hover, hover, hover, hover))
    put3(drone.vel, (0.0, 0.0, 0.0))
    put3(drone.rate, (0.0, 0.0, 0.0))
    put3(drone.force, (0.0, 0.0, 0.0))
