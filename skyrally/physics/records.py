"""What a world is made of: one NumPy record, the whole truth. Copying records is snapshot, clone and replay.

Units are SI. World frame: x along the court (net plane x = 0), y across, z up. Body frame: x forward, y left, z up.
Scenarios append their own fields; nothing below is ever indexed by number.
"""

from __future__ import annotations

import numpy as np

F8, I8, I4, I1 = "f8", "i8", "i4", "i1"
Fields = list[tuple]

# Action modes (physics/control.py decodes them).
ROTOR, CTBR, VELOCITY, WAYPOINT, PICK, STEER = 0, 1, 2, 3, 4, 5

# Event kinds. `who` is a drone's index, or NOBODY; `other` the second drone of a drone-drone contact.
NOBODY = -1
RACKET, BODY, BALL_NET, BALL_GROUND, DRONE_DRONE, DRONE_NET, DRONE_GROUND = range(1, 8)
BALL_BOARD = 8  # a scripted board of a drill
EVENT_NAMES = {
    RACKET: "racket",
    BODY: "airframe",
    BALL_NET: "ball-net",
    BALL_GROUND: "ball-ground",
    DRONE_DRONE: "drone-drone",
    DRONE_NET: "drone-net",
    DRONE_GROUND: "drone-ground",
    BALL_BOARD: "board",
}

# What every player has, drone or not: how it acts and sees, and whether it takes part.
PLAYER: Fields = [
    ("mode", I4),  # action mode: ROTOR, CTBR, VELOCITY, WAYPOINT or PICK
    ("view_id", I4),  # observation layout: index into the scenario's views
    ("alive", I4),  # 1 while the player takes part
    ("invalid", I1),  # 1 if this step's action was not finite
    ("turned", I1),  # 1 if its own frame, in which it sees and steers, is the world turned by pi about z (team 1)
    ("discrete", I1),  # 1 if it is given numbers of choices, which `envs` exchanges for actions of its mode
]

DRONE: Fields = [
    ("pos", F8, 3),  # m, world
    ("quat", F8, 4),  # w, x, y, z: body to world
    ("vel", F8, 3),  # m/s, world
    ("rate", F8, 3),  # rad/s, body
    ("rotor", F8, 4),  # throttle in [0, 1]; thrust fraction is its square
    ("command", F8, 4),  # decoded action: throttles (rotor); collective thrust N and body rates rad/s (ctbr); else see `cascade`
    ("up", F8, 3),  # body z in world, kept with quat
    ("thrust", F8),  # N, sum of the rotors
    ("torque", F8, 3),  # N m, body, of the rotors
    ("force", F8, 3),  # N, world, from coupling (downwash, wind)
    ("kick", F8, 3),  # pending m/s, rad/s (body) and m: contacts of one moment are added up here, then applied
    ("twist", F8, 3),
    ("shift", F8, 3),
    *PLAYER,
]

BALL: Fields = [
    ("pos", F8, 3),  # m, world
    ("vel", F8, 3),  # m/s, world
    ("spin", F8, 3),  # rad/s, world
]

EVENT: Fields = [
    ("kind", I4),
    ("who", I4),
    ("other", I4),
    ("substep", I4),
    ("point", F8, 3),  # m, world: where the bodies touched
    ("impulse", F8, 3),  # N s, world: on the ball if it took part, else on `who`
]

WORLD: Fields = [
    ("seed", "u8"),  # of this world: all its draws are hashes of it
    ("episode", I8),  # resets so far
    ("step", I8),  # control steps of this episode
    ("terminated", I4),
    ("truncated", I4),
    ("n_events", I4),  # events of the last step: events[:n_events]
    ("lost_events", I4),  # events of the last step that found no room
]


END = ("_end", I1, (0,))  # of every record; a name that no scenario uses


def record(fields: Fields) -> np.dtype:
    """A record type with attribute access in plain Python too; 8-byte aligned as the compiler wants it.

    It ends in a field of no bytes: without it the compiler takes a record for a kind of any other that it begins with, and warns.
    """
    before_end = [field for field in fields if field[0] != END[0]]  # of a record that is made longer
    return np.dtype((np.record, np.dtype([*before_end, END], align=True)))


def world_record(drones: int, drone_extra: Fields | None = None, world_extra: Fields | None = None, ball: bool = True) -> np.dtype:
    """The record of a world with `drones` drones, a ball if asked for, room for events, and a scenario's own fields."""
    drone = record(DRONE + (drone_extra or []))
    parts: Fields = [("drones", drone, (drones,))]
    if ball:
        parts.append(("ball", record(BALL)))
    parts += [("events", record(EVENT), (2 * drones + 4,)), *WORLD, *(world_extra or [])]
    return record(parts)


def game_record(players: int, player_extra: Fields, world_extra: Fields) -> np.dtype:
    """The record of a world whose players are no drones: they pick choices, and the scenario's own fields are all the rest.

    They are called `drones` there too: that is where environments look for players.
    """
    player = record([("choice", I4), *PLAYER, *player_extra])  # choice: this step's, from 0
    return record([("drones", player, (players,)), *WORLD, *world_extra])
