"""Rigid contact at a point: how bodies answer an impulse, and how large the impulse is.

A contact is found at a fraction of the substep, when bodies have already been moved to its end. An impulse then changes
the velocity and moves the body by `left` (the seconds that remain) times that change: the path before the contact stays.
"""

from .vec import add, add_scaled, body_z, cross, dot, fn, norm, put3, put4, scale, sub, times, to_body, to_world, turn, vec3, vec4


@fn
def drone_velocity_at(drone, arm):
    """m/s, world: velocity of the drone's point at `arm` (m, world) from its centre."""
    return add(vec3(drone.vel), cross(to_world(vec4(drone.quat), vec3(drone.rate)), arm))


@fn
def drone_mobility(drone, airframe, arm, normal):
    """1/kg: velocity change along `normal` at `arm` per unit impulse there."""
    lever = to_body(vec4(drone.quat), cross(arm, normal))
    return airframe.inv_mass + dot(times(lever, lever), vec3(airframe.inv_inertia))


@fn
def add_impulse(drone, airframe, arm, impulse, left):
    """Notes the answer to an impulse (N s, world, at `arm`) in kick, twist and shift; `settle_impulses` applies it."""
    change = scale(airframe.inv_mass, impulse)
    lever = to_body(vec4(drone.quat), cross(arm, impulse))
    put3(drone.kick, add(vec3(drone.kick), change))
    put3(drone.twist, add(vec3(drone.twist), times(lever, vec3(airframe.inv_inertia))))
    put3(drone.shift, add_scaled(vec3(drone.shift), left, change))


@fn
def settle_impulses(drone, left):
    """Applies and clears what `add_impulse` noted."""
    twist = vec3(drone.twist)
    put3(drone.vel, add(vec3(drone.vel), vec3(drone.kick)))
    put3(drone.pos, add(vec3(drone.pos), vec3(drone.shift)))
    put3(drone.rate, add(vec3(drone.rate), twist))
    quat = turn(vec4(drone.quat), twist, left)
    put4(drone.quat, quat)
    put3(drone.up, body_z(quat))
    put3(drone.kick, (0.0, 0.0, 0.0))
    put3(drone.twist, (0.0, 0.0, 0.0))
    put3(drone.shift, (0.0, 0.0, 0.0))


@fn
def contact_impulse(velocity, normal, along, across, restitution, friction):
    """N s: the impulse on the body that `velocity` (m/s, relative, of that body) belongs to; zero when it is leaving.

    `along` and `across` (1/kg) are the mobilities of both bodies together in the normal and a tangential direction.
    Newton's restitution along the normal; Coulomb friction, at most what stops the slip.
    """
    closing = dot(velocity, normal)
    if closing >= 0.0:
        return 0.0, 0.0, 0.0
    push = -(1.0 + restitution) * closing / along
    impulse = scale(push, normal)
    if friction > 0.0:
        slip = add_scaled(velocity, -closing, normal)
        speed = norm(slip)
        if speed > 1e-9:
            impulse = add_scaled(impulse, -min(friction * push, speed / across) / speed, slip)
    return impulse


@fn
def bounce_ball(ball, ball_params, normal, surface_velocity, restitution, mobility):
    """(impulse, spin change) of the ball against a surface whose point moves with `surface_velocity`.

    `mobility` (1/kg) is the surface's own, 0 for what cannot move. Nothing is applied yet.
    """
    arm = scale(-ball_params.radius, normal)
    velocity = sub(add(vec3(ball.vel), cross(vec3(ball.spin), arm)), surface_velocity)
    if -dot(velocity, normal) < ball_params.bounce_speed:
        restitution = 0.0
    along = ball_params.inv_mass + mobility
    across = along + ball_params.radius * ball_params.radius * ball_params.inv_inertia
    impulse = contact_impulse(velocity, normal, along, across, restitution, ball_params.friction)
    return impulse, scale(ball_params.inv_inertia, cross(arm, impulse))


@fn
def note(world, kind, who, other, substep, point, impulse):
    """Appends an event to the world's list; counts it as lost when the list is full."""
    if world.n_events >= len(world.events):
        world.lost_events += 1
        return
    event = world.events[world.n_events]
    event.kind, event.who, event.other, event.substep = kind, who, other, substep
    put3(event.point, point)
    put3(event.impulse, impulse)
    world.n_events += 1
