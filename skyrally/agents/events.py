"""When a commander is asked: at a rally's beginning, when the ball was hit, when a planned hit was missed, and every k steps.

Each drone looks for itself; team-mates see the same ball, so they find the same events in the same step.
"""

from __future__ import annotations

from ..physics.vec import fn
from .ballistics import GRAVITY, STEP

# The memory of a drone: 1 once begun, the ball's velocity a step ago (3), steps since the last order, its planned height of the ball.
KNOWN, LAST_VEL, CLOCK, PLANNED, MEMORY = 0, 1, 4, 5, 6
JUMP = 0.5  # m/s: a larger change of the ball's velocity within a step, gravity aside, is a hit


@fn
def event_row(o, at, n, memory, out):
    """Writes out[0] = 1 if the drone needs a new order now, else 0. `at.every`: steps after which it does anyway (0: never)."""
    vel = at.ball_velocity
    jump = abs(o[vel] - memory[LAST_VEL]) + abs(o[vel + 1] - memory[LAST_VEL + 1])
    jump += abs(o[vel + 2] - memory[LAST_VEL + 2] + GRAVITY * STEP)
    missed = memory[PLANNED] > 0.0 and o[at.ball + 2] < memory[PLANNED] and o[vel + 2] < 0.0
    late = at.every > 0.5 and memory[CLOCK] + 1.0 >= at.every
    out[0] = 1.0 if memory[KNOWN] < 0.5 or jump > JUMP or missed or late else 0.0
    memory[KNOWN] = 1.0
    memory[CLOCK] = 0.0 if out[0] > 0.5 else memory[CLOCK] + 1.0
    for k in range(3):
        memory[LAST_VEL + k] = o[vel + k]
