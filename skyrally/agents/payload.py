"""The scripted player of payload: each carrier bears its share of the load and of the way to the goal, and keeps to its slot.

The shares f_i of the load that carriers at places r_i (horizontal, from the load's middle) should bear add up to 1 and leave it level:
sum f_i r_i = 0. Of all such shares the least in squares is f_i = a + b . r_i, whose three numbers solve a 3 x 3 system; each carrier
solves it from what it sees of the others, so that those who are left share anew when one has failed.
"""

from __future__ import annotations

import math

from ..physics.airframes import CRAZYFLIE
from ..physics.vec import clip, fn

GRAVITY = 9.81  # m/s^2
OTHERS = 15  # that the observation can show
FULL = 4.0 * CRAZYFLIE.max_force / CRAZYFLIE.mass  # m/s^2
RATE_LIMIT = CRAZYFLIE.rate_limit[0]  # rad/s
ATTITUDE_GAIN, LEAD = 7.0, 0.05  # 1/s; s that the tilt is judged ahead
ROD = 1.0  # m
PACE, WAY_GAIN, WAY_DAMPING = 0.8, 0.5, 1.4  # m/s; 1/s; 1/s: the load's way over the ground
CLIMB_GAIN, CLIMB_DAMPING = 1.0, 2.5  # 1/s; 1/s: the same upwards
TURN_RATE, STEP = 0.35, 0.02  # rad/s; s
SLOT_GAIN, SLOT_DAMPING = 14.0, 6.0  # 1/s^2; 1/s
LEVEL_GAIN, LEVEL_DAMPING = 6.0, 2.5  # 1/s^2; 1/s: the load is kept level
BEFORE, AFTER, STRAIGHT = 1.0, 0.8, 0.15  # m: stops before and after a gate; aside of its middle, at most, when going through
MOST_SIDE = 0.6  # horizontal over vertical force


@fn
def payload_row(o, at, n, memory, out):
    """Thrust and body rates for the force that the drone and its share need: weight, the load's way, the own way to the slot."""
    share = _share(o, at) * _left(o, at)
    k, v, g = at.from_goal, at.velocity, at.load_velocity
    ax, ay, az = _load_acceleration(o, g, _way(o, at))
    tx, ty = _tip(o, at)
    lift = az + tx * o[k] + ty * o[k + 1]
    sx, sy = _way_to_slot(o, at, memory)
    weight = 1.0 + share * o[at.load_mass]
    fx = weight * ax + SLOT_GAIN * (sx + ROD * ax / GRAVITY) + SLOT_DAMPING * (o[g] - o[v])
    fy = weight * ay + SLOT_GAIN * (sy + ROD * ay / GRAVITY) + SLOT_DAMPING * (o[g + 1] - o[v + 1])
    fz = weight * GRAVITY + (1.0 + o[at.load_mass]) * lift
    _point(o, at, fx, fy, fz, out)


@fn
def _way_to_slot(o, at, memory):
    """m, horizontal: to where the slot were if the load were level and had the yaw that it should have by now.

    That yaw goes from the load's first one to the goal's; the load, hung from carriers that hold their places, follows like a pendulum.
    Memory: whether it has begun, and the yaw (rad).
    """
    a, k, s = at.load_attitude, at.from_goal, at.slot
    yaw = math.atan2(o[a + 3], o[a])
    if memory[0] == 0.0:
        memory[0], memory[1] = 1.0, yaw
    goal = yaw + math.atan2(o[at.yaw_to_goal], o[at.yaw_to_goal + 1])
    turn = math.atan2(math.sin(goal - memory[1]), math.cos(goal - memory[1]))
    memory[1] += clip(turn, -TURN_RATE * STEP, TURN_RATE * STEP)
    x, y, z = o[k] + o[s], o[k + 1] + o[s + 1], o[k + 2] + o[s + 2]
    px, py = o[a] * x + o[a + 3] * y + o[a + 6] * z, o[a + 1] * x + o[a + 4] * y + o[a + 7] * z
    c, d = math.cos(memory[1]), math.sin(memory[1])
    return c * px - d * py - o[k], d * px + c * py - o[k + 1]


@fn
def _way(o, at):
    """m: from the load to where it goes next: before the gate's opening, through it, to the goal."""
    w, gate = at.to_goal, at.gate
    if o[gate + 3] == 0.0:
        return o[w], o[w + 1], o[w + 2]
    x, y = o[gate], o[gate + 1]
    return x + (AFTER if abs(y) < STRAIGHT else -BEFORE), y, o[w + 2]


@fn
def _load_acceleration(o, g, way):
    """m/s^2: along the way (m) at a bounded pace."""
    gain = WAY_GAIN / max(1.0, WAY_GAIN * math.sqrt(way[0] * way[0] + way[1] * way[1]) / PACE)
    return (
        WAY_DAMPING * (gain * way[0] - o[g]),
        WAY_DAMPING * (gain * way[1] - o[g + 1]),
        CLIMB_DAMPING * (clip(CLIMB_GAIN * way[2], -PACE, PACE) - o[g + 2]),
    )


@fn
def _tip(o, at):
    """1/s^2: (along x, along y) how much more those farther out should lift, so that the load comes level.

    A load with its up axis u turned by a small angle rises at r by -(u . r); its rate of rise is (omega x r)_z.
    """
    a, r = at.load_attitude, at.load_rates
    x = o[a] * o[r] + o[a + 1] * o[r + 1] + o[a + 2] * o[r + 2]
    y = o[a + 3] * o[r] + o[a + 4] * o[r + 1] + o[a + 5] * o[r + 2]
    return LEVEL_GAIN * o[a + 2] + LEVEL_DAMPING * y, LEVEL_GAIN * o[a + 5] - LEVEL_DAMPING * x


@fn
def _left(o, at):
    """The carriers that are left, oneself among them."""
    total = 1.0
    for j in range(OTHERS):
        total += o[at.carrier_0 + 7 * j + 6]
    return total


@fn
def _share(o, at):
    """The share of the load to bear: the least-squares shares that keep it level, the own one, at least 0."""
    n, sx, sy, sxx, sxy, syy = 1.0, o[at.from_goal], o[at.from_goal + 1], 0.0, 0.0, 0.0
    ox, oy = sx, sy
    sxx, sxy, syy = ox * ox, ox * oy, oy * oy
    for j in range(OTHERS):
        c = at.carrier_0 + 7 * j
        if o[c + 6] > 0.0:
            x, y = ox + o[c], oy + o[c + 1]
            n, sx, sy = n + 1.0, sx + x, sy + y
            sxx, sxy, syy = sxx + x * x, sxy + x * y, syy + y * y
    # Elimination: with b = -S^-1 s a, S the matrix of squares, s the sums; a follows from the sum of 1.
    det = sxx * syy - sxy * sxy
    if det < 1e-4:
        return 1.0 / n
    bx, by = (sy * sxy - sx * syy) / det, (sx * sxy - sy * sxx) / det
    whole = n + bx * sx + by * sy
    if whole < 1e-3:
        return 1.0 / n
    return clip((1.0 + bx * ox + by * oy) / whole, 0.0, 1.0)


@fn
def _point(o, at, fx, fy, fz, out):
    """The ctbr action that gives the force (m/s^2, per mass of the drone), turning body z to it."""
    fz = clip(fz, 0.2 * GRAVITY, 0.97 * FULL)
    size = min(1.0, MOST_SIDE * fz / max(math.sqrt(fx * fx + fy * fy), 1e-9))
    fx, fy = size * fx, size * fy
    norm = math.sqrt(fx * fx + fy * fy + fz * fz)
    a, r = at.attitude, at.rates
    x = (o[a] * fx + o[a + 3] * fy + o[a + 6] * fz) / norm
    y = (o[a + 1] * fx + o[a + 4] * fy + o[a + 7] * fz) / norm
    z = (o[a + 2] * fx + o[a + 5] * fy + o[a + 8] * fz) / norm
    sine = math.sqrt(x * x + y * y)
    stretch = math.atan2(sine, z) / sine if sine > 1e-6 else 1.0
    out[0] = clip(2.0 * norm * max(z, 0.0) / FULL - 1.0, -1.0, 1.0)
    out[1] = clip(-ATTITUDE_GAIN * (stretch * y + LEAD * o[r]) / RATE_LIMIT, -1.0, 1.0)
    out[2] = clip(ATTITUDE_GAIN * (stretch * x - LEAD * o[r + 1]) / RATE_LIMIT, -1.0, 1.0)
    out[3] = clip(-math.atan2(o[a + 3], o[a]) / RATE_LIMIT, -0.2, 0.2)
