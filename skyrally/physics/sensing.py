"""What lies between a world and its players: sensor noise, and delays of observations and actions.

Noise is a hash of (world seed, episode, step, drone, channel). A measured state replaces the true one while observations are
written, so every field that follows from it (differences, axes, a unit quaternion) agrees with it, in any scenario.
"""

from __future__ import annotations

import math

import numpy as np

from .rng import bells, moment
from .vec import body_z, clip, fn, put3, put4, turn, vec3, vec4

POSITION, VELOCITY, ATTITUDE, RATE, BALL_POSITION, BALL_VELOCITY = range(32804, 32828, 4)  # channels, after disturb.py's


@fn
def slot_of(step, slots):
    """A step's place in a ring of slots. Unsigned 32-bit division takes half the time of a signed 64-bit one."""
    return np.int64(np.uint32(step) % np.uint32(slots))


# -- actions on their way --------------------------------------------------------------------------------------------------


@fn
def send(sent, slot, world, actions):
    """After a step: its action has arrived, the one given now takes its place. A bad one is blamed now, not on arrival."""
    for i in range(sent.shape[1]):
        total = 0.0
        for c in range(sent.shape[2]):
            total += float(actions[i, c])
        world.drones[i].invalid = 0 if math.isfinite(total) else 1
        for c in range(sent.shape[2]):
            sent[slot, i, c] = clip(float(actions[i, c]), -1.0, 1.0) if math.isfinite(total) else math.nan


@fn
def silence(sent, k):
    """At a reset of world k no action is on its way: NaN, which every action mode takes for "hover level"."""
    if len(sent) > 0:
        for slot in range(sent.shape[1]):
            for i in range(sent.shape[2]):
                for c in range(sent.shape[3]):
                    sent[k, slot, i, c] = math.nan


# -- measurements ----------------------------------------------------------------------------------------------------------


@fn
def blur(world, d, kept):
    """Replaces the drones' true states by measured ones: one measurement a step, which all observers share."""
    when = moment(world.seed, world.episode, world.step)
    for i in range(len(world.drones)):
        drone, true = world.drones[i], kept.drones[i]
        quat = vec4(drone.quat)
        put3(true.pos, vec3(drone.pos))
        put3(true.vel, vec3(drone.vel))
        put3(true.rate, vec3(drone.rate))
        put3(true.up, vec3(drone.up))
        put4(true.quat, quat)
        _jitter(drone.pos, when, i, POSITION, d.position_noise)
        _jitter(drone.vel, when, i, VELOCITY, d.velocity_noise)
        _jitter(drone.rate, when, i, RATE, d.rate_noise)
        if d.attitude_noise > 0.0:
            quat = turn(quat, bells(when, i, ATTITUDE), d.attitude_noise)
            put4(drone.quat, quat)
            put3(drone.up, body_z(quat))


@fn
def sharpen(world, kept):
    """Puts the drones' true states back."""
    for i in range(len(world.drones)):
        drone, true = world.drones[i], kept.drones[i]
        put3(drone.pos, vec3(true.pos))
        put3(drone.vel, vec3(true.vel))
        put3(drone.rate, vec3(true.rate))
        put3(drone.up, vec3(true.up))
        put4(drone.quat, vec4(true.quat))


@fn
def blur_ball(ball, world, d, kept):
    """Replaces the ball's true state by a measured one."""
    when = moment(world.seed, world.episode, world.step)
    put3(kept.ball_pos, vec3(ball.pos))
    put3(kept.ball_vel, vec3(ball.vel))
    _jitter(ball.pos, when, 0, BALL_POSITION, d.ball_noise)
    _jitter(ball.vel, when, 0, BALL_VELOCITY, d.ball_velocity_noise)


@fn
def sharpen_ball(ball, kept):
    """Puts the ball's true state back."""
    put3(ball.pos, vec3(kept.ball_pos))
    put3(ball.vel, vec3(kept.ball_vel))


@fn
def _jitter(v, when, drone, channel, size):
    if size > 0.0:
        x, y, z = bells(when, drone, channel)
        put3(v, (v[0] + size * x, v[1] + size * y, v[2] + size * z))


# -- observations on their way ---------------------------------------------------------------------------------------------


@fn
def exchange(seen, step, obs):
    """Keeps a step's observations [N, O] and puts those of `delay` steps ago in their place."""
    now = slot_of(step, seen.shape[0])
    then = now + 1 if now + 1 < seen.shape[0] else 0
    for i in range(seen.shape[1]):
        for c in range(seen.shape[2]):
            seen[now, i, c] = obs[i, c]
            obs[i, c] = seen[then, i, c]


@fn
def remember(seen, obs):
    """At a reset: the present observations are all there is to be seen until the delay has passed."""
    for slot in range(seen.shape[0]):
        for i in range(seen.shape[1]):
            for c in range(seen.shape[2]):
                seen[slot, i, c] = obs[i, c]
