"""What a second engine is given of a world, and what it gives back: forces out, states and contacts in.

Such an engine owns the motion of bodies and the geometry of contacts. Bodies are the drones in their order, then the ball:
`qpos` has 7 numbers for each (position, quaternion w x y z), `qvel` 6 (velocity in the world, body rates), `force` 6 (N in the
world, N m in the body frame). Gravity and the gyroscopic term are the engine's own; it knows the data sheet's mass and inertia.

The ball's bounce is ours: engines with soft contacts have no restitution. Where the engine finds the ball in something, the native
engine's impulse is applied as of the moment at which their surfaces met (depth over closing speed ago).
"""

from .ball import ball_acceleration
from .ball_contacts import ZERO, hit_drone, meet_net, strike_ball, surface_point
from .drone_contacts import touch_net
from .impulse import bounce_ball, drone_velocity_at, note
from .quadrotor import air_force, speed_up
from .records import BALL_GROUND, BALL_NET, DRONE_DRONE, DRONE_GROUND, DRONE_NET, NOBODY
from .vec import add, add_scaled, body_z, dot, fn, put3, put4, scale, sub, times, to_body, vec3, vec4

GROUND, NET = -1, -2  # bodies that stand still; what moves has its number
AWAY = 20.0  # m, between drones that take no part


@fn
def nothing_before(world, params, actions):
    """Of a scenario that does nothing of its own before the motion."""


@fn
def nothing_after(world, params):
    """Of a scenario that does nothing of its own after the motion."""


@fn
def nothing_more(world, drone, params):
    """Of a swarm that does nothing of its own after a drone's flight."""


# -- out -------------------------------------------------------------------------------------------------------------------


@fn
def hand_out_drones(world, params, qpos, qvel, force):
    """Writes where the drones are, how they move and what acts on them for one substep."""
    for i in range(len(world.drones)):
        hand_out_drone(world.drones[i], params, i, qpos, qvel, force)


@fn
def hand_out_drone(drone, params, i, qpos, qvel, force):
    """The same of one drone, number i."""
    airframe = params.airframe
    quat, vel, rate = vec4(drone.quat), vec3(drone.vel), vec3(drone.rate)
    _state(qpos, qvel, i, vec3(drone.pos), quat, vel, rate)
    then = speed_up(vel, air_force(drone, airframe, quat, vel), airframe, params.gravity, params.dt)
    push = add(scale(airframe.mass / params.dt, sub(then, vel)), (0.0, 0.0, airframe.mass * params.gravity))
    put3(force[6 * i :], push)
    put3(force[6 * i + 3 :], _torque(drone, airframe, rate))


@fn
def hand_out_nobody(params, i, qpos, qvel, force):
    """Of a drone that takes no part: it waits far away from all others, at rest."""
    _state(qpos, qvel, i, (AWAY, AWAY, 100.0 + AWAY * i), (1.0, 0.0, 0.0, 0.0), ZERO, ZERO)
    put3(force[6 * i :], (0.0, 0.0, params.airframe.mass * params.gravity))
    put3(force[6 * i + 3 :], ZERO)


@fn
def _torque(drone, airframe, rate):
    """N m, body: what turns a body of the nominal inertia I as the drone turns: (1 - c dt) (a + G w w) - c w - G_I w w, times I.

    a: its torque over its own inertia; G: Euler's coefficients, which differ from those of I where inertia is disturbed; c: damping.
    """
    inertia, own, keep, c = vec3(airframe.inertia), airframe.gyro, airframe.keep_angular, airframe.angular_damping
    a, mixed = times(vec3(drone.torque), vec3(airframe.inv_inertia)), (rate[1] * rate[2], rate[2] * rate[0], rate[0] * rate[1])
    given = ((inertia[1] - inertia[2]) * mixed[0], (inertia[2] - inertia[0]) * mixed[1], (inertia[0] - inertia[1]) * mixed[2])
    wanted = sub(scale(keep, add(a, times((own[0], own[1], own[2]), mixed))), scale(c, rate))
    return sub(times(inertia, wanted), given)


@fn
def hand_out_ball(world, params, inv_mass, qpos, qvel, force):
    """The same of the ball, after the drones. inv_mass: of the data sheet (1/kg)."""
    ball, i = world.ball, len(world.drones)
    _state(qpos, qvel, i, vec3(ball.pos), (1.0, 0.0, 0.0, 0.0), vec3(ball.vel), vec3(ball.spin))
    put3(force[6 * i :], scale(1.0 / inv_mass, add(ball_acceleration(ball, params), (0.0, 0.0, params.gravity))))
    put3(force[6 * i + 3 :], ZERO)


@fn
def _state(qpos, qvel, i, pos, quat, vel, rate):
    put3(qpos[7 * i :], pos)
    put4(qpos[7 * i + 3 :], quat)
    put3(qvel[6 * i :], vel)
    put3(qvel[6 * i + 3 :], rate)


# -- in --------------------------------------------------------------------------------------------------------------------


@fn
def take_in_drones(world, qpos, qvel):
    """Reads where the drones are and how they move after the substep."""
    for i in range(len(world.drones)):
        take_in_drone(world.drones[i], i, qpos, qvel)


@fn
def take_in_drone(drone, i, qpos, qvel):
    """The same of one drone, number i."""
    w, x, y, z = vec4(qpos[7 * i + 3 :])
    k = 1.5 - 0.5 * (w * w + x * x + y * y + z * z)  # one Newton step restores the unit norm
    quat = (k * w, k * x, k * y, k * z)
    put3(drone.pos, vec3(qpos[7 * i :]))
    put4(drone.quat, quat)
    put3(drone.up, body_z(quat))
    put3(drone.vel, vec3(qvel[6 * i :]))
    put3(drone.rate, vec3(qvel[6 * i + 3 :]))


@fn
def take_in_ball(world, qpos, qvel):
    """The same of the ball. Its attitude was level at the substep's start, so what turned is at most a substep's angle."""
    ball, i = world.ball, len(world.drones)
    put3(ball.pos, vec3(qpos[7 * i :]))
    put3(ball.vel, vec3(qvel[6 * i :]))


@fn
def pass_net(world, params, substep):
    """Drones in a net without body: a rule volume, so ours in every engine."""
    if params.net_solid == 0:
        for i in range(len(world.drones)):
            touch_net(world, params, i, substep)


@fn
def ball_passes_net(world, params, substep):
    """The ball in a net without body."""
    if params.net_solid == 0:
        when, normal = meet_net(world.ball, params, 0.0)
        if when <= 1.0:
            point = surface_point(world.ball, params.ball, normal, (1.0 - when) * params.dt)
            note(world, BALL_NET, NOBODY, NOBODY, substep, point, ZERO)


# -- contacts --------------------------------------------------------------------------------------------------------------


@fn
def meet_drones(world, params, a, b, point, force, substep):
    """Notes one contact of the engine's between bodies a and b that it has resolved itself. force: N, world, on b.

    Points between the same two bodies in one substep are one event; impulses add up.
    """
    if a == len(world.drones) or b == len(world.drones):
        return  # of the ball
    if a < 0 or (0 <= b < a):
        a, b, force = b, a, scale(-1.0, force)
    if a < 0:
        return
    kind = DRONE_GROUND if b == GROUND else DRONE_NET if b == NET else DRONE_DRONE
    other = b if b >= 0 else NOBODY
    impulse = scale(-params.dt, force)
    for e in range(world.n_events):
        event = world.events[e]
        if event.kind == kind and event.who == a and event.other == other and event.substep == substep:
            put3(event.impulse, add(vec3(event.impulse), impulse))
            return
    note(world, kind, a, other, substep, point, impulse)


@fn
def meet_ball(world, params, a, b, normal, depth, substep):
    """Bounces the ball off what the engine found it in. normal: from b to a; depth: m, of the ball in the other."""
    ball = len(world.drones)
    if a != ball and b != ball:
        return
    other = b
    if b == ball:
        other, normal = a, scale(-1.0, normal)
    closing = _closing(world, params, other, normal)
    if closing <= 0.0:
        return
    left = min(max(depth, 0.0) / closing, params.dt)
    if other >= 0:
        push, twist = hit_drone(world, params, other, to_body(vec4(world.drones[other].quat), normal), left, substep)
    else:
        push, twist = _hit_still(world, params, other, normal, left, substep)
    strike_ball(world.ball, params.ball, push, twist, left)


@fn
def _closing(world, params, other, normal):
    """m/s: how fast the ball comes nearer to what it is in."""
    ball = world.ball
    velocity = vec3(ball.vel)
    if other >= 0:
        drone = world.drones[other]
        arm = sub(add_scaled(vec3(ball.pos), -params.ball.radius, normal), vec3(drone.pos))
        velocity = sub(velocity, drone_velocity_at(drone, arm))
    return -dot(velocity, normal)


@fn
def _hit_still(world, params, other, normal, left, substep):
    """(impulse, spin change) of the ball against the ground or a solid net, noted as an event."""
    ball, ball_params = world.ball, params.ball
    kind, restitution = BALL_GROUND, ball_params.ground_restitution
    if other == NET:
        kind, restitution = BALL_NET, ball_params.net_restitution
    push, twist = bounce_ball(ball, ball_params, normal, ZERO, restitution, 0.0)
    note(world, kind, NOBODY, NOBODY, substep, surface_point(ball, ball_params, normal, left), push)
    return push, twist
