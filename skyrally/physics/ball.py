"""The ball in flight: gravity, quadratic drag, Magnus force."""

from .vec import add, add_scaled, cross, fn, norm, put3, scale, sub, vec3


@fn
def ball_acceleration(ball, params):
    """m/s^2: -g - drag |u| u + magnus (spin x u), u = v - wind."""
    vel, ball_params = vec3(ball.vel), params.ball
    accel = (0.0, 0.0, -params.gravity)
    if ball_params.drag > 0.0:
        past = sub(vel, vec3(params.wind))
        accel = add(accel, scale(-ball_params.drag * norm(past), past))
        accel = add_scaled(accel, ball_params.magnus, cross(vec3(ball.spin), past))
    return accel


@fn
def move_ball(ball, params):
    """Move: semi-implicit Euler."""
    vel = add_scaled(vec3(ball.vel), params.dt, ball_acceleration(ball, params))
    put3(ball.vel, vel)
    put3(ball.pos, add_scaled(vec3(ball.pos), params.dt, vel))
