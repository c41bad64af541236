"""Parts that the scenarios share: options and shared block, root state, how an episode begins, touches, the stage of an airframe."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..physics.airframes import AIRFRAMES
from ..physics.balls import BALLS
from ..physics.control import settle
from ..physics.params import CONTROL_DT, PHYSICS, make_params
from ..physics.records import BODY, RACKET, Fields
from ..physics.rng import uniform
from ..physics.vec import body_x, body_z, fn, inlined, put3, put4, quat_from_euler, to_world, vec3, vec4
from .scenario import Field, Term, set_weights, steps_of
from .stage import Court, Stage

# The 23 numbers that begin every published observation (reference 2): velocities and axes in the world.
ROOT = [
    Field("position", 3, "m", "world"),
    Field("quaternion", 4, "-", "body to world, w x y z", -1.01, 1.01),
    Field("velocity", 3, "m/s", "world"),
    Field("angular_velocity", 3, "rad/s", "world"),
    Field("heading", 3, "-", "world", -1.01, 1.01),
    Field("up", 3, "-", "world", -1.01, 1.01),
    Field("throttle", 4, "-", "per rotor, -1 to 1", -1.01, 1.01),
]

COMMON_OPTIONS = {"physics": "benchmark", "airframe": "iris", "ball": None, "substeps": None, "gravity": 9.81, "disturb": "none"}
REWARD_OPTIONS = {"shaping": True, "weights": None}


def physics_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that `make_params` takes."""
    return {name: options[name] for name in COMMON_OPTIONS}


def drill_params(
    fields: Fields, terms: list[Term], options: Mapping[str, Any], horizon: int, net: tuple[float, float] | None = None
) -> np.ndarray:
    """[1] the shared block of a drill: physics, `max_steps` (`horizon` unless the option max_cycles tells) and the terms' weights."""
    block = make_params(fields, net=net, **physics_options(options))
    block["max_steps"] = steps_of(options, "max_cycles", horizon)
    set_weights(block, terms, options)
    return block


@inlined
def root_of(drone):
    """The 23 numbers of ROOT: a drone's state in the world frame."""
    quat = vec4(drone.quat)
    turning = to_world(quat, vec3(drone.rate))
    return vec3(drone.pos) + quat + vec3(drone.vel) + turning + body_x(quat) + vec3(drone.up) + throttles_of(drone)


@inlined
def throttles_of(drone):
    """Per rotor, from -1 to 1."""
    rotor = drone.rotor
    return 2.0 * rotor[0] - 1.0, 2.0 * rotor[1] - 1.0, 2.0 * rotor[2] - 1.0, 2.0 * rotor[3] - 1.0


@inlined
def flags(first):
    """Two numbers of which one is 1: the first or the second."""
    return (1.0, 0.0) if first else (0.0, 1.0)


@fn
def place(drone, pos, quat):
    """Puts a drone somewhere; the rest of its motion is `control.settle`'s."""
    put3(drone.pos, pos)
    put4(drone.quat, quat)
    put3(drone.up, body_z(quat))


@fn
def begin_episode(world):
    """What every reset begins with: the next episode, at step 0, open, without events."""
    world.episode += 1
    world.step = 0
    world.terminated = world.truncated = 0
    world.n_events = world.lost_events = 0


@fn
def begin_drone(drone, airframe, pos, quat):
    """A drone at rest at the start of an episode, nothing paid yet."""
    place(drone, pos, quat)
    settle(drone, airframe)
    begin_player(drone)


@fn
def begin_player(player):
    """A player takes part from now on; nothing is paid yet."""
    player.alive = 1
    for k in range(len(player.term)):
        player.term[k] = 0.0
        player.returns[k] = 0.0


@fn
def drop_ball(ball, pos):
    """The ball at rest."""
    put3(ball.pos, pos)
    put3(ball.vel, (0.0, 0.0, 0.0))
    put3(ball.spin, (0.0, 0.0, 0.0))


@fn
def touched(world):
    """Whether a drone touched the ball in this step, with the racket or the airframe."""
    found = False
    for e in range(world.n_events):
        found = found or world.events[e].kind == RACKET or world.events[e].kind == BODY
    return found


@fn
def touch_of(world, i):
    """How drone i touched the ball in this step: 0 not, RACKET, or BODY if any of it was the airframe."""
    kind = 0
    for e in range(world.n_events):
        event = world.events[e]
        if event.who == i and (event.kind == BODY or (event.kind == RACKET and kind == 0)):
            kind = event.kind
    return kind


@fn
def jitter3(world, drone, channel, size):
    """A vector of three uniform numbers in [-size, size), size being a vector."""
    return (
        uniform(world, drone, channel, -size[0], size[0]),
        uniform(world, drone, channel + 1, -size[1], size[1]),
        uniform(world, drone, channel + 2, -size[2], size[2]),
    )


@fn
def random_attitude(world, drone, channel, tilt, yaw_low, yaw_high, inner=0.0):
    """Roll and pitch in [-tilt, tilt), beyond the share `inner` of it, yaw in [yaw_low, yaw_high), all rad."""
    roll = uniform(world, drone, channel, -tilt, tilt)
    pitch = uniform(world, drone, channel + 1, -tilt, tilt)
    roll = math.copysign(inner * tilt + (1.0 - inner) * abs(roll), roll)
    pitch = math.copysign(inner * tilt + (1.0 - inner) * abs(pitch), pitch)
    return quat_from_euler(roll, pitch, uniform(world, drone, channel + 2, yaw_low, yaw_high))


def stage_of(
    name: str, agents: tuple[str, ...], teams: tuple[int, ...], court: Court | None, ball: bool, options: Mapping[str, Any]
) -> Stage:
    """The still part of a picture, from the airframe and ball in use."""
    frame = AIRFRAMES[options["airframe"]]
    radius = BALLS[options["ball"] or PHYSICS[options["physics"]].ball].radius if ball else 0.0
    return Stage(
        scenario=name,
        agents=agents,
        teams=teams,
        dt=CONTROL_DT,
        court=court,
        ball_radius=radius,
        rotor_xy=tuple((float(x), float(y)) for x, y in frame.rotor_xy),
        rotor_spin=frame.rotor_spin,
        rotor_radius=frame.rotor_radius,
        body_radius=frame.body_radius,
        body_half_height=frame.body_half_height,
        racket_radius=frame.racket_radius if ball else 0.0,
    )
