"""Disturbances of one world's motion: traits and wind, drawn once per episode, and gusts. `sensing.py` has noise and delays.

Every draw is a hash of (world seed, episode, step, drone, channel) on a channel of its own, so switching one on shifts no other,
and nothing but the delays needs memory. The batch step works on a copy of the shared block, its `desk`, into which it writes the
world's traits; observations read the shared block itself: a drone knows its data sheet, not its traits.

The controllers know the data sheet too: `mass`, `inertia`, `mixer` and `max_force` stay nominal, while `inv_mass`, `inv_inertia`,
`gyro`, `strength` and `lag`, which move the drone, are drawn (and `hover`, so that a reset starts in balance).
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from .records import F8, Fields, record
from .rng import bells, moment, unit, word
from .vec import add, fn, put3, scale, vec3

# Channels from 2^15 on are the disturbances'; a scenario's own draws lie below.
MASS, INERTIA, THRUST, LAG, BALL_MASS, RESTITUTION, WIND_SPEED, WIND_HEADING = range(32768, 32800, 4)  # one per axis
GUST = 32800
GUST_STEPS = 25  # control steps between the nodes of a gust: 0.5 s


def _blend() -> np.ndarray:
    """[GUST_STEPS, 2] weights of the nodes before and after: a smooth step, normalised to squares that add up to 1."""
    t = np.arange(GUST_STEPS) / GUST_STEPS
    t = t * t * (3.0 - 2.0 * t)
    return np.stack([1.0 - t, t], 1) / np.hypot(1.0 - t, t)[:, None]


BLEND = _blend()

_TRAITS: Fields = [
    ("inv_mass", F8),
    ("inv_inertia", F8, 3),
    ("gyro", F8, 3),
    ("strength", F8),
    ("hover", F8),
    ("lag", F8),
    ("ball_inv_mass", F8),
    ("ball_inv_inertia", F8),
    ("ball_drag", F8),
    ("ball_magnus", F8),
    ("racket_restitution", F8),
    ("body_restitution", F8),
    ("wind", F8, 3),  # m/s, world: the steady part
    ("gust", F8, (2, 3)),  # m/s, world: at the nodes before and after the present step
]


TRAITS = record(_TRAITS)
TRUE_STATE: Fields = [("pos", F8, 3), ("vel", F8, 3), ("rate", F8, 3), ("up", F8, 3), ("quat", F8, 4)]  # of a drone


@cache
def kept_record(drones: int) -> np.dtype:
    """The record that holds a world's true state while a measured one is observed."""
    return record([("drones", record(TRUE_STATE), (drones,)), ("ball_pos", F8, 3), ("ball_vel", F8, 3)])


class Rig(NamedTuple):
    """The memory of a disturbed batch, as one thread sees it. W worlds, N drones."""

    traits: Any  # [W] records of TRAITS
    desk: Any  # [1] this thread's copy of the shared block
    kept: Any  # [1] this thread's true state while a measured one is observed
    balls: Any  # [W] the worlds' balls; [0] without
    sent: Any  # [W, action delay, N, A] float32: actions on their way; [0] without delay
    seen: Any  # [W, observation delay + 1, N, O] float32: observations on their way; [0] without delay


# -- once per episode ------------------------------------------------------------------------------------------------------


@fn
def derive(trait, params, seed, episode, step):
    """Draws the traits of a world's episode, as they are at its `step`."""
    d, when = params.disturb, moment(seed, episode, 0)
    _derive_drones(trait, params.airframe, d, when)
    _derive_ball(trait, params.ball, d, when)
    speed = d.wind * unit(word(when, 0, WIND_SPEED))
    heading = 2.0 * math.pi * unit(word(when, 0, WIND_HEADING))
    put3(trait.wind, (speed * math.cos(heading), speed * math.sin(heading), 0.0))
    turn_gust(trait, d.gust, seed, episode, step)


@fn
def _factor(when, channel, share):
    """U(1 - share, 1 + share)."""
    return 1.0 + share * (2.0 * unit(word(when, 0, channel)) - 1.0)


@fn
def _derive_drones(trait, airframe, d, when):
    mass, thrust = _factor(when, MASS, d.mass), _factor(when, THRUST, d.thrust)
    trait.inv_mass = airframe.inv_mass / mass
    trait.strength = airframe.strength * thrust
    trait.hover = min(1.0, airframe.hover * math.sqrt(mass / thrust))
    trait.lag = airframe.lag
    if d.rotor_lag > 0.0:  # lag = 1 - exp(-dt / time constant)
        trait.lag = 1.0 - math.exp(math.log(1.0 - airframe.lag) / _factor(when, LAG, d.rotor_lag))
    put3(trait.inv_inertia, vec3(airframe.inv_inertia))
    put3(trait.gyro, vec3(airframe.gyro))
    if d.inertia > 0.0:
        x = airframe.inertia[0] * _factor(when, INERTIA, d.inertia)
        y = airframe.inertia[1] * _factor(when, INERTIA + 1, d.inertia)
        z = airframe.inertia[2] * _factor(when, INERTIA + 2, d.inertia)
        put3(trait.inv_inertia, (1.0 / x, 1.0 / y, 1.0 / z))
        put3(trait.gyro, ((y - z) / x, (z - x) / y, (x - y) / z))


@fn
def _derive_ball(trait, ball, d, when):
    mass, bounce = _factor(when, BALL_MASS, d.ball_mass), _factor(when, RESTITUTION, d.restitution)
    trait.ball_inv_mass = ball.inv_mass / mass
    trait.ball_inv_inertia = ball.inv_inertia / mass
    trait.ball_drag = ball.drag / mass
    trait.ball_magnus = ball.magnus / mass
    trait.racket_restitution = min(1.0, ball.racket_restitution * bounce)
    trait.body_restitution = min(1.0, ball.body_restitution * bounce)


# -- before a step ---------------------------------------------------------------------------------------------------------


@fn
def lay_out(desk, trait, world, ball):
    """Writes a world's traits (those of the ball if there is one), and the air's motion in this step, into the desk."""
    airframe = desk.airframe
    airframe.inv_mass, airframe.strength = trait.inv_mass, trait.strength
    airframe.hover, airframe.lag = trait.hover, trait.lag
    put3(airframe.inv_inertia, vec3(trait.inv_inertia))
    put3(airframe.gyro, vec3(trait.gyro))
    if ball:
        _lay_out_ball(desk.ball, trait)
    d = desk.disturb
    if d.wind > 0.0 or d.gust > 0.0:
        desk.windy = 1
        put3(desk.wind, vec3(trait.wind))
        if d.gust > 0.0:
            put3(desk.wind, add(vec3(trait.wind), gust_at(trait, d.gust, world)))


@fn
def _lay_out_ball(ball, trait):
    ball.inv_mass, ball.inv_inertia = trait.ball_inv_mass, trait.ball_inv_inertia
    ball.drag, ball.magnus = trait.ball_drag, trait.ball_magnus
    ball.racket_restitution, ball.body_restitution = trait.racket_restitution, trait.body_restitution


@fn
def gust_at(trait, size, world):
    """m/s, world: the gust at the world's step, of standard deviation (size, size, size / 2) at any moment.

    Noise on nodes 0.5 s apart, blended smoothly with weights whose squares add up to 1, so the variance is the same everywhere.
    The vertical half follows the Dryden model near the ground (MIL-F-8785C: 0.1 of the wind against 0.2 along it).
    """
    at = world.step % GUST_STEPS
    if at == 0:
        turn_gust(trait, size, world.seed, world.episode, world.step)
    return add(scale(BLEND[at, 0], vec3(trait.gust[0])), scale(BLEND[at, 1], vec3(trait.gust[1])))


@fn
def turn_gust(trait, size, seed, episode, step):
    """Draws the gust at the nodes around a step."""
    for k in range(2):
        x, y, z = bells(moment(seed, episode, step // GUST_STEPS + k), 0, GUST)
        put3(trait.gust[k], (size * x, size * y, 0.5 * size * z))
