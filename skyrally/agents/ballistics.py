"""Where the ball will be, and how a racket must meet it to send it somewhere. Team or world frame alike; SI units."""

from __future__ import annotations

import math

from ..physics.vec import add_scaled, dot, fn, norm, scale, sub

GRAVITY = 9.81  # m/s^2
STEP = 0.02  # s, of the prediction with drag: the world's own control step
LONGEST = 250  # steps of it: 5 s
NEVER = 1e9  # s
GRIP = 2.0 / 7.0  # share of the slip that friction takes from a solid ball that comes to roll
HEAVY = 0.97  # 1 / (1 + ball's mass over the Iris's, 47.2 g over 1.52 kg)
HALF_STEP = 0.01  # s: half a control step
HIGHER, HIGHEST = 0.3, 5.0  # m: steps in which an apex is raised, and by how much at most


@fn
def time_to_fall(z, vz, height):
    """Seconds until a ball at z with vz passes `height` on its way down; NEVER if it does not reach it.

    z + vz t - g t^2 / 2 = height, the later root.
    """
    under = vz * vz + 2.0 * GRAVITY * (z - height)
    if under < 0.0:
        return NEVER
    t = (vz + math.sqrt(under)) / GRAVITY
    return t if t > 0.0 else NEVER


@fn
def flight(pos, vel, drag, t):
    """(position, velocity) of the ball t seconds on: closed form without drag, the world's own steps with it."""
    if drag <= 0.0:
        fall = (0.0, 0.0, -GRAVITY * t)
        return add_scaled(add_scaled(pos, t, vel), 0.5 * t, fall), (vel[0], vel[1], vel[2] + fall[2])
    for _ in range(min(int(t / STEP + 0.5), LONGEST)):
        slow = drag * norm(vel)
        vel = add_scaled((vel[0], vel[1], vel[2] - GRAVITY * STEP), -slow * STEP, vel)
        pos = add_scaled(pos, STEP, vel)
    return pos, vel


@fn
def time_to_fall_in_air(pos, vel, drag, height):
    """As time_to_fall, for a ball with drag (1/m)."""
    if drag <= 0.0:
        return time_to_fall(pos[2], vel[2], height)
    z, t = pos[2], 0.0
    for _ in range(LONGEST):
        slow = drag * norm(vel)
        vel = add_scaled((vel[0], vel[1], vel[2] - GRAVITY * STEP), -slow * STEP, vel)
        if vel[2] < 0.0 and z + STEP * vel[2] < height <= z:
            return t + (height - z) / vel[2]
        z += STEP * vel[2]
        t += STEP
    return NEVER


@fn
def launch(start, target, apex, drag):
    """The velocity with which a ball at `start` reaches `target` over `apex` (m, height of the highest point).

    v_z = sqrt(2 g (apex - z)), flight time from the fall to the target, the rest is distance over time. With drag the
    aim is corrected by its own error, three times.
    """
    top = max(apex, max(start[2], target[2]) + 0.1)
    up = math.sqrt(2.0 * GRAVITY * (top - start[2]))
    t = time_to_fall(start[2], up, target[2])
    vel = ((target[0] - start[0]) / t, (target[1] - start[1]) / t, up)
    if drag <= 0.0:
        return vel[0], vel[1], up + GRAVITY * HALF_STEP
    if drag > 0.0:
        for _ in range(3):
            reached, _ = flight(start, vel, drag, t)
            vel = add_scaled(vel, 1.0 / t, sub(target, reached))
    return vel


@fn
def launch_low(start, incoming, target, apex, drag, steepest, clearance):
    """As launch, with the apex raised until the racket that answers `incoming` tilts by no more than the tangent `steepest`,
    and the ball passes the net plane x = 0 above `clearance` (m) if it must."""
    vel = launch(start, target, apex, drag)
    raised = 0.0
    while raised < HIGHEST and (
        math.hypot(vel[0] - incoming[0], vel[1] - incoming[1]) > steepest * (vel[2] - incoming[2])
        or (target[0] < 0.0 and height_at_net(start, vel, drag) < clearance)
    ):
        raised += HIGHER
        vel = launch(start, target, apex + raised, drag)
    return vel


@fn
def height_at_net(start, vel, drag):
    """m: how high a ball flies over x = 0 (not at all: 0)."""
    if vel[0] >= 0.0:
        return 0.0
    there, _ = flight(start, vel, drag, min(-start[0] / vel[0], 5.0))
    return there[2]


@fn
def racket(incoming, outgoing, restitution):
    """(unit normal, speed along it) of the racket that turns the ball's velocity `incoming` into `outgoing`.

    A frictionless racket changes the velocity along its normal only: n is along (out - in), and
    (out - in) . n = (1 + e) (u_n - in . n) gives the racket's speed u_n.
    """
    change = sub(outgoing, incoming)
    size = max(norm(change), 1e-9)
    normal = scale(1.0 / size, change)
    return normal, size / (1.0 + restitution) + dot(incoming, normal)


@fn
def gripping_racket(incoming, outgoing, restitution):
    """As racket, for the real ball: it weighs something against the drone, and friction takes a share of its slip.

    The aim is corrected by the error that the plain law then makes.
    """
    lively = HEAVY * (1.0 + restitution) - 1.0
    aim = outgoing
    normal, speed = racket(incoming, aim, lively)
    for _ in range(4):
        made = bounce(incoming, normal, speed, lively, GRIP)
        aim = add_scaled(aim, 1.0, sub(outgoing, made))
        normal, speed = racket(incoming, aim, lively)
    return normal, speed


@fn
def bounce(incoming, normal, speed, restitution, grip):
    """The ball's velocity after a racket with this normal and speed along it, which takes the share `grip` of the slip."""
    along = dot(incoming, normal)
    slip = add_scaled(incoming, -along, normal)
    return add_scaled(add_scaled(incoming, (1.0 + restitution) * (speed - along), normal), -grip, slip)
