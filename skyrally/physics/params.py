"""The shared block: everything that does not vary between worlds, read by every step.

`physics="benchmark"` is the published set-up (50 Hz, one substep, 5 g ball, damping 0.2, no net body);
`physics="fine"` takes four substeps, the 47 g ball with drag and Magnus force, quadratic airframe drag and a net one can hit.
`physics="isaac"` is the benchmark with contacts as PhysX found them there (`Physics.swept`): what policies trained in Isaac Sim know.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from ..errors import SkyrallyError, unknown
from .airframes import AIRFRAME, AIRFRAMES
from .balls import BALL_PARAMS, BALLS
from .disturbances import DISTURB, write_disturbances
from .records import F8, I8, Fields, record

CONTROL_DT = 0.02  # s: control at 50 Hz in every scenario
ZONE = (9.0, 4.5, 5.0)  # m, half length, half width and height of where waypoints lie: the published court

PARAMS: Fields = [
    ("airframe", record(AIRFRAME)),
    ("ball", record(BALL_PARAMS)),
    ("dt", F8),  # s, one substep
    ("substeps", I8),  # per control step
    ("gravity", F8),  # m/s^2
    ("drone_restitution", F8),  # drone against drone, net, ground
    ("net_height", F8),  # m; 0: no net
    ("net_half_width", F8),  # m
    ("net_half_thickness", F8),  # m
    ("swept", I8),  # 1: the ball's contacts with drones are found on its way; 0: where bodies stand when a substep begins
    ("net_solid", I8),  # 1: a body; 0: contacts are reported, nothing bounces
    ("disturb", record(DISTURB)),
    ("windy", I8),  # 1: the air moves
    ("wind", F8, 3),  # m/s, world
]


@dataclass(frozen=True)
class Physics:
    """The choices behind the word `physics`."""

    substeps: int
    ball: str
    fine: bool  # drag instead of damping, solid net
    swept: bool = True  # False: a ball meets a drone where both stand when a substep begins, so it may have sunk in by then


PHYSICS = {
    "benchmark": Physics(1, "benchmark", False),
    "fine": Physics(4, "real", True),
    "isaac": Physics(1, "benchmark", False, swept=False),
}


@cache
def block_record(fields: tuple) -> np.dtype:
    """One object per set of fields: Numba takes 15 us a call to see that two records of 80 fields are equal."""
    return record(list(fields))


def make_params(
    extra: Fields | None = None,
    *,
    physics: str = "benchmark",
    airframe: str = "iris",
    ball: str | None = None,
    substeps: int | None = None,
    gravity: float = 9.81,
    net: tuple[float, float] | None = None,
    zone: tuple[float, float, float] = ZONE,
    disturb: Any = None,
) -> np.ndarray:
    """[1] the shared block, with a scenario's `extra` fields still zero. `net` is (height, width) in metres, `zone` is `ZONE`'s kind.
    `disturb`: see `disturbances.py`.

    Raises SkyrallyError for unknown names and impossible numbers.
    """
    if physics not in PHYSICS:
        raise unknown("physics", physics, PHYSICS)
    if airframe not in AIRFRAMES:
        raise unknown("airframe", airframe, AIRFRAMES)
    preset = PHYSICS[physics]
    ball = ball or preset.ball
    if ball not in BALLS:
        raise unknown("ball", ball, BALLS)
    substeps = preset.substeps if substeps is None else substeps
    if not 1 <= substeps <= 100:
        raise SkyrallyError(f"substeps is {substeps}; expected 1 to 100")
    block = np.zeros(1, block_record((*PARAMS, *(extra or ()))))
    row = block[0]
    dt = CONTROL_DT / substeps
    row["airframe"] = AIRFRAMES[airframe].params(dt, gravity, preset.fine)
    row["airframe"]["zone"] = zone
    row["ball"] = BALLS[ball].params()
    row["dt"], row["substeps"], row["gravity"] = dt, substeps, gravity
    row["drone_restitution"] = 0.2
    row["swept"] = preset.swept
    write_disturbances(row["disturb"], disturb)
    if net is not None:
        row["net_height"], row["net_half_width"] = net[0], 0.5 * net[1]
        row["net_half_thickness"] = 0.02
        row["net_solid"] = preset.fine
    return block
