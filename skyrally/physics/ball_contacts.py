"""What the ball touches within a substep: rackets and airframes, the net, the ground. Swept, earliest first.

The ball and the drones stand at the end of the substep; fractions s in [0, 1] count from its start. Contacts at the same
fraction are computed from the same velocities and added up, so the order of drones in the record plays no part.

With `params.swept` 0 a drone is met only at fraction 0: as in engines without continuous detection the ball first sinks in, up
to the way of one substep, and leaves from there (PhysX as the published benchmark used it; docs/outside_policies.md).
"""

from .impulse import add_impulse, bounce_ball, drone_mobility, drone_velocity_at, note, settle_impulses
from .records import BALL_GROUND, BALL_NET, BODY, NOBODY, RACKET
from .shapes import BOX, CYLINDER, MISS, sweep
from .vec import add, add_scaled, fn, put3, scale, sub, to_body, to_world, turn, vec3, vec4

BOUNCES = 4  # contacts of one substep that are followed; the rest waits for the next
SAME_TIME = 1e-9  # fractions of a substep closer than this are one moment
ZERO = (0.0, 0.0, 0.0)


@fn
def touch_ball(world, params, substep):
    """Finds and resolves the ball's contacts of this substep, noting each as an event."""
    if not anything_near(world, params):
        return
    passed_net = 0
    s = 0.0
    for _ in range(BOUNCES):
        first = _first_contact(world, params, s, passed_net)
        if first > 1.0:
            return
        passed_net += _resolve(world, params, s, first, substep, passed_net)
        s = first


@fn
def anything_near(world, params):
    """A cheap test that is true whenever some contact of the ball in this substep is possible."""
    ball, dt, radius = world.ball, params.dt, params.ball.radius
    if ball.pos[2] < radius:
        return True
    if abs(ball.pos[0]) < radius + params.net_half_thickness + dt * abs(ball.vel[0]) and ball.pos[
        2
    ] - params.net_height < radius + dt * abs(ball.vel[2]):
        return True
    reach = params.airframe.body_radius + params.airframe.body_half_height + radius
    near = False
    for i in range(len(world.drones)):
        near = near or _near(ball, world.drones[i], reach, dt)
    return near


@fn
def _near(ball, drone, reach, dt):
    vx, vy, vz = ball.vel[0] - drone.vel[0], ball.vel[1] - drone.vel[1], ball.vel[2] - drone.vel[2]
    x, y, z = ball.pos[0] - drone.pos[0], ball.pos[1] - drone.pos[1], ball.pos[2] - drone.pos[2]
    far = reach + dt * (abs(vx) + abs(vy) + abs(vz))
    return x * x + y * y + z * z < far * far


@fn
def _first_contact(world, params, s, passed_net):
    """The smallest fraction after s at which the ball touches something, or MISS."""
    first = _meet_ground(world.ball, params, s)
    if passed_net == 0:
        first = min(first, meet_net(world.ball, params, s)[0])
    for i in range(len(world.drones)):
        first = min(first, _meet_drone(world.ball, world.drones[i], params, s)[0])
    return first


@fn
def _resolve(world, params, s, first, substep, passed_net):
    """Bounces the ball off everything it touches at fraction `first`. Returns 1 if it went through a net without body."""
    ball, ball_params, left = world.ball, params.ball, (1.0 - first) * params.dt
    impulse, spin, through = ZERO, ZERO, 0
    if _meet_ground(ball, params, s) <= first + SAME_TIME:
        push, twist = bounce_ball(ball, ball_params, (0.0, 0.0, 1.0), ZERO, ball_params.ground_restitution, 0.0)
        note(world, BALL_GROUND, NOBODY, NOBODY, substep, surface_point(ball, ball_params, (0.0, 0.0, 1.0), left), push)
        impulse, spin = add(impulse, push), add(spin, twist)
    if passed_net == 0:
        when, normal = meet_net(ball, params, s)
        if when <= first + SAME_TIME:
            push, twist = ZERO, ZERO
            if params.net_solid == 1:
                push, twist = bounce_ball(ball, ball_params, normal, ZERO, ball_params.net_restitution, 0.0)
            else:
                through = 1
            note(world, BALL_NET, NOBODY, NOBODY, substep, surface_point(ball, ball_params, normal, left), push)
            impulse, spin = add(impulse, push), add(spin, twist)
    for i in range(len(world.drones)):
        when, normal = _meet_drone(ball, world.drones[i], params, s)
        if when <= first + SAME_TIME:
            push, twist = hit_drone(world, params, i, normal, left, substep)
            impulse, spin = add(impulse, push), add(spin, twist)
    strike_ball(ball, ball_params, impulse, spin, left)
    return through


@fn
def strike_ball(ball, ball_params, impulse, spin, left):
    """Applies an impulse (N s, world) and a change of spin, `left` seconds before the substep's end."""
    change = scale(ball_params.inv_mass, impulse)
    put3(ball.vel, add(vec3(ball.vel), change))
    put3(ball.spin, add(vec3(ball.spin), spin))
    put3(ball.pos, add_scaled(vec3(ball.pos), left, change))


@fn
def hit_drone(world, params, i, normal_body, left, substep):
    """Ball against drone i: racket if the contact lies on the top face within the racket's radius, else airframe."""
    drone, ball, airframe, ball_params = world.drones[i], world.ball, params.airframe, params.ball
    normal = to_world(turn(vec4(drone.quat), vec3(drone.rate), -left), normal_body)
    point = surface_point(ball, ball_params, normal, left)
    arm = sub(point, add_scaled(vec3(drone.pos), -left, vec3(drone.vel)))
    kind, restitution = BODY, ball_params.body_restitution
    flat = to_body(turn(vec4(drone.quat), vec3(drone.rate), -left), arm)
    if normal_body[2] > 0.999 and flat[0] * flat[0] + flat[1] * flat[1] <= airframe.racket_radius * airframe.racket_radius:
        kind, restitution = RACKET, ball_params.racket_restitution
    mobility = drone_mobility(drone, airframe, arm, normal)
    push, twist = bounce_ball(ball, ball_params, normal, drone_velocity_at(drone, arm), restitution, mobility)
    add_impulse(drone, airframe, arm, scale(-1.0, push), left)
    settle_impulses(drone, left)
    note(world, kind, i, NOBODY, substep, point, push)
    return push, twist


@fn
def surface_point(ball, ball_params, normal, left):
    """m, world: the ball's surface point towards -normal, `left` seconds before the substep's end."""
    return add_scaled(add_scaled(vec3(ball.pos), -left, vec3(ball.vel)), -ball_params.radius, normal)


@fn
def _meet_ground(ball, params, s):
    gap = ball.pos[2] - params.ball.radius
    if gap >= 0.0 or ball.vel[2] >= 0.0:
        return MISS
    return max(s, 1.0 - gap / (ball.vel[2] * params.dt))


@fn
def meet_net(ball, params, s):
    half = 0.5 * params.net_height
    if half <= 0.0:
        return MISS, ZERO
    motion = scale((1.0 - s) * params.dt, vec3(ball.vel))
    start = sub(vec3(ball.pos), motion)
    size = (params.net_half_thickness, params.net_half_width, half)
    t, normal = sweep(BOX, size, params.ball.radius, (start[0], start[1], start[2] - half), motion)
    return _later(s, t), normal


@fn
def _meet_drone(ball, drone, params, s):
    """(fraction, normal in the body frame). Both ends of the path are seen from the drone, so its turning counts too."""
    airframe, left = params.airframe, (1.0 - s) * params.dt
    if not _near(ball, drone, airframe.body_radius + airframe.body_half_height + params.ball.radius, left):
        return MISS, ZERO
    end = sub(vec3(ball.pos), vec3(drone.pos))
    start = add_scaled(end, -left, sub(vec3(ball.vel), vec3(drone.vel)))
    end = to_body(vec4(drone.quat), end)
    start = to_body(turn(vec4(drone.quat), vec3(drone.rate), -left), start)
    size = (airframe.body_radius, airframe.body_half_height, 0.0)
    t, normal = sweep(CYLINDER, size, params.ball.radius, start, sub(end, start))
    if params.swept == 0 and t > 0.0:
        return MISS, normal
    return _later(s, t), normal


@fn
def _later(s, t):
    return s + t * (1.0 - s) if t <= 1.0 else MISS
