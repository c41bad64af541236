"""Goto: hover from a steeper start, the skill that every member of a team flies with (reference 3.5). No published result.

| observation | size | | start | | end | |
| --- | --- | --- | --- | --- | --- | --- |
| to_target | 3 m | | position | U([-2.5, -2.5, 1], [2.5, 2.5, 2.5]) m | too low | z < 0.2 m |
| root without position | 20 | | roll, pitch | U(-0.33, 0.33) pi | too far | d > 4 |
| heading_error | 3 | | yaw, target heading | U(0, 2) pi | horizon | 500 steps |

| reward term | weight | with d, p, upright and still as in hover |
| --- | --- | --- |
| near | 1 | p = 1 / (1 + (1.2 d)^2) |
| upright | 1 | p upright (shaping) |
| still | 1 | p still (shaping) |
| effort | 0.1 | exp(-sum of throttles) (shaping) |

Option facing: as in hover. Metric: mean position error over the second half (m), as in hover. The observation tells the target from
the drone only, so what learns this goes to any point.
"""

from __future__ import annotations

import math
from dataclasses import replace

from ..physics.vec import fn
from . import hover
from .hover import HOVER
from .parts import stage_of

TILT = 0.33 * math.pi  # rad

advance, referee, observe = hover.advance, hover.referee, hover.observe


@fn
def reset(world, params):
    hover.start(world, params, TILT)


GOTO = replace(
    HOVER,
    name="goto",
    summary="one drone, tilted up to 60 degrees, flies to a point and stays there",
    module=__name__,
    stage=lambda options: stage_of("goto", ("drone_0",), (0,), None, False, options),
    yardstick="scripted:goto",
)
