"""The native engine: one control step of one world, as a recipe of named calls.

A step repeats per substep actuate -> couple -> move -> touch. What the contacts mean is the referee's business.
"""

from .ball import move_ball
from .ball_contacts import touch_ball
from .control import decode
from .drone_contacts import touch_drones
from .quadrotor import downwash, move_drone, spin_rotors, steer_rotors, wind_push
from .records import CTBR
from .vec import add, fn, put3, vec3, vec4


@fn
def fly(world, params, actions):
    """One control step of a world with drones only. actions: [N, 4] in [-1, 1]."""
    begin(world, params, actions)
    for substep in range(params.substeps):
        advance_drones(world, params)
        touch_drones(world, params, substep)


@fn
def play(world, params, actions):
    """One control step of a world with drones and a ball. actions: [N, 4] in [-1, 1]."""
    begin(world, params, actions)
    for substep in range(params.substeps):
        advance_drones(world, params)
        move_ball(world.ball, params)
        touch_drones(world, params, substep)
        touch_ball(world, params, substep)


@fn
def begin(world, params, actions):
    """Starts a step: no events yet, actions decoded."""
    world.step += 1
    world.n_events = 0
    world.lost_events = 0
    for i in range(len(world.drones)):
        decode(world.drones[i], params.airframe, actions[i])


@fn
def advance_drones(world, params):
    """Actuate, couple and move all drones by one substep."""
    drive(world, params)
    for i in range(len(world.drones)):
        move_drone(world.drones[i], params.airframe, params.gravity, params.dt)


@fn
def drive(world, params):
    """Actuate and couple: the rotors' thrust and torque, and the force of the air that others and the wind move."""
    for i in range(len(world.drones)):
        if world.drones[i].mode <= CTBR:
            spin_rotors(world.drones[i], params.airframe)
        else:
            steer_rotors(world.drones[i], params.airframe)
    if len(world.drones) > 1:
        couple(world)
    if params.windy == 1:
        for i in range(len(world.drones)):
            blow(world, params, i)


@fn
def couple(world):
    """The forces that the drones exert on each other through the air. Each drone's are added in the order of the others."""
    n = len(world.drones)
    for i in range(n):
        put3(world.drones[i].force, (0.0, 0.0, 0.0))
    for i in range(n):
        for j in range(i + 1, n):
            downwash(world.drones[i], world.drones[j])


@fn
def blow(world, params, i):
    """Adds the wind's force on drone i to that of the other drones."""
    drone = world.drones[i]
    force = wind_push(vec4(drone.quat), vec3(drone.vel), vec3(params.wind), params.airframe.wind_drag)
    if len(world.drones) > 1:
        force = add(force, vec3(drone.force))
    put3(drone.force, force)
