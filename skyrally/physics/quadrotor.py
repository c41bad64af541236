"""One quadrotor: rotors that lag, thrust and drag torque of each, and the rigid body they move."""

import math

from .control import steered_targets, throttle_targets
from .vec import add, add_scaled, body_z, dot, fn, norm, put3, put4, scale, sub, times, to_body, to_world, turn, vec3, vec4


@fn
def spin_rotors(drone, airframe):
    """Actuate in mode rotor or ctbr. Modes have functions of their own because one branch more inside costs a step 5 %."""
    _spin(drone, airframe, throttle_targets(drone, airframe))


@fn
def steer_rotors(drone, airframe):
    """Actuate in mode velocity or waypoint."""
    _spin(drone, airframe, steered_targets(drone, airframe))


@fn
def _spin(drone, airframe, targets):
    """Throttles follow their targets with first-order lag; thrust and torque follow from the throttles.

    Thrust of a rotor = throttle^2 max_force along body z; torque = r x f plus the reaction torque about z.
    """
    t0, t1, t2, t3 = targets
    lag, full, rotor = airframe.lag, airframe.strength * airframe.max_force, drone.rotor
    r0, r1 = rotor[0] + lag * (t0 - rotor[0]), rotor[1] + lag * (t1 - rotor[1])
    r2, r3 = rotor[2] + lag * (t2 - rotor[2]), rotor[3] + lag * (t3 - rotor[3])
    put4(rotor, (r0, r1, r2, r3))
    f0, f1, f2, f3 = full * r0 * r0, full * r1 * r1, full * r2 * r2, full * r3 * r3
    x, y, yaw = airframe.rotor_x, airframe.rotor_y, airframe.rotor_yaw
    drone.thrust = (f0 + f1) + (f2 + f3)
    drone.torque[0] = (f0 * y[0] + f1 * y[1]) + (f2 * y[2] + f3 * y[3])
    drone.torque[1] = -((f0 * x[0] + f1 * x[1]) + (f2 * x[2] + f3 * x[3]))
    drone.torque[2] = (f0 * yaw[0] + f1 * yaw[1]) + (f2 * yaw[2] + f3 * yaw[3])


@fn
def spin_up(rate, torque, airframe, dt):
    """Body rate after `dt` under a constant torque: Euler's equations by the implicit midpoint rule (two iterations).

    I dw/dt = torque - w x I w. The midpoint rule keeps the quadratic invariants, so the gyroscopic term does no work.
    """
    g, a = airframe.gyro, times(torque, airframe.inv_inertia)
    h = 0.5 * dt
    x, y, z = rate
    for _ in range(2):
        x, y, z = (
            rate[0] + h * (a[0] + g[0] * y * z),
            rate[1] + h * (a[1] + g[1] * z * x),
            rate[2] + h * (a[2] + g[2] * x * y),
        )
    return 2.0 * x - rate[0], 2.0 * y - rate[1], 2.0 * z - rate[2]


@fn
def air_drag(quat, vel, drag):
    """N, world: quadratic drag with one coefficient (kg/m) per body axis."""
    v = to_body(quat, vel)
    return to_world(quat, scale(-norm(v), times(v, drag)))


@fn
def wind_push(quat, vel, wind, drag):
    """N, world: what wind (m/s, world) adds to the drag in still air: drag(v - wind) - drag(v)."""
    v, air = to_body(quat, vel), to_body(quat, wind)
    past = sub(v, air)
    return to_world(quat, times(sub(scale(norm(v), v), scale(norm(past), past)), drag))


@fn
def air_force(drone, airframe, quat, vel):
    """N, world: all that the air does to a drone: thrust, coupling, drag."""
    force = add_scaled(vec3(drone.force), drone.thrust, vec3(drone.up))
    if airframe.drag[0] > 0.0:
        force = add(force, air_drag(quat, vel, airframe.drag))
    return force


@fn
def speed_up(vel, force, airframe, gravity, dt):
    """m/s after `dt`: damping as the published engine applies it, after the forces."""
    k = dt * airframe.inv_mass
    keep = airframe.keep_linear
    return keep * (vel[0] + k * force[0]), keep * (vel[1] + k * force[1]), keep * (vel[2] + k * force[2] - dt * gravity)


@fn
def move_drone(drone, airframe, gravity, dt):
    """Move: semi-implicit Euler, velocities first."""
    quat, vel = vec4(drone.quat), vec3(drone.vel)
    vel = speed_up(vel, air_force(drone, airframe, quat, vel), airframe, gravity, dt)
    rate = scale(airframe.keep_angular, spin_up(vec3(drone.rate), vec3(drone.torque), airframe, dt))
    quat = turn(quat, rate, dt)
    put3(drone.vel, vel)
    put3(drone.rate, rate)
    put3(drone.pos, add_scaled(vec3(drone.pos), dt, vel))
    put4(drone.quat, quat)
    put3(drone.up, body_z(quat))


DOWNWASH_CONE = 10.0  # (r / z)^2 beyond which the published formula gives less than 2e-9 of the thrust


@fn
def downwash(a, b):
    """Adds what the rotors of two drones do to each other to their `force` (N, world): the one that is under the other is pushed.

    -T exp(-1/2 (2 r / z)^2) / (1 + 0.3 z)^2 with T the thrust vector of the upper one, z the drop along its thrust axis
    and r the distance from that axis (VolleyBots, reference 1.2).
    """
    gap = sub(vec3(a.pos), vec3(b.pos))
    d2 = dot(gap, gap)
    _push_under(b, a, dot(gap, vec3(a.up)), d2)
    _push_under(a, b, -dot(gap, vec3(b.up)), d2)


@fn
def _push_under(below, above, z, d2):
    z2 = z * z
    r2 = d2 - z2
    if z <= 0.0 or r2 > DOWNWASH_CONE * z2:
        return
    put3(below.force, add_scaled(vec3(below.force), -above.thrust * _wash(r2 / z2, z), vec3(above.up)))


@fn
def _wash(ratio2, z):
    fall = 1.0 / (1.0 + 0.3 * z)
    return math.exp(-2.0 * ratio2) * fall * fall
