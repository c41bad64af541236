"""Airframes as data: mass, inertia, rotors, shape, each with its source; and the block of numbers the step reads.

Rotor table: hub positions in the body frame (x forward, y left), spin +1 for a rotor whose reaction torque is -z.
The mixer (forces from collective thrust and torques) is the inverse of that table, never written by hand.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .records import F8, Fields, record

SEPARATION = 2.2  # each loop of the cascade is so much slower than the one inside it: less overshoots by more than 5 %
PUBLISHED_DT = 0.02  # s; the published rotor lag 0.43 is per control step of this length

AIRFRAME: Fields = [
    ("mass", F8),  # kg
    ("inertia", F8, 3),  # kg m^2, principal
    ("inv_mass", F8),
    ("inv_inertia", F8, 3),
    ("gyro", F8, 3),  # Euler's coefficients (I_y - I_z) / I_x, ...
    ("rotor_x", F8, 4),  # m
    ("rotor_y", F8, 4),  # m
    ("rotor_yaw", F8, 4),  # N m of yaw torque per N of thrust, signed
    ("mixer", F8, (4, 4)),  # rotor forces from (collective N, torque N m)
    ("max_force", F8),  # N per rotor
    ("strength", F8),  # share of the nominal force that the rotors give: 1 unless disturbed
    ("hover", F8),  # throttle that carries the weight
    ("lag", F8),  # share of the way to the target throttle in one substep
    ("rate_gain", F8, 3),  # 1/s, body-rate loop
    ("rate_limit", F8, 3),  # rad/s, ctbr bounds
    ("attitude_gain", F8),  # 1/s, the loops of `cascade`
    ("velocity_gain", F8),  # 1/s
    ("position_gain", F8),  # 1/s
    ("speed_limit", F8, 3),  # m/s
    ("zone", F8, 3),  # m: waypoints span [-zone, zone] in x and y, [0, zone] in z
    ("tilt_limit", F8),  # largest horizontal over vertical force (tangent)
    ("keep_linear", F8),  # share of the velocity kept per substep (damping)
    ("keep_angular", F8),
    ("linear_damping", F8),  # 1/s
    ("angular_damping", F8),  # 1/s
    ("drag", F8, 3),  # kg/m, body axes: quadratic drag force = -drag * |v| * v
    ("wind_drag", F8, 3),  # kg/m, body axes: the same for wind, whatever the physics
    ("body_radius", F8),  # m: the flat cylinder that collides
    ("body_half_height", F8),  # m
    ("racket_radius", F8),  # m: its top face within this of the axis is the racket
]


@dataclass(frozen=True)
class Airframe:
    """One kind of quadrotor. SI units."""

    name: str
    source: str
    mass: float
    inertia: tuple[float, float, float]
    rotor_xy: tuple[tuple[float, float], ...]
    rotor_spin: tuple[float, float, float, float]
    max_force: float  # N per rotor
    torque_per_force: float  # m: reaction torque over thrust
    lag_time: float  # s, first-order time constant of the throttle
    body_radius: float
    body_half_height: float
    racket_radius: float
    rotor_radius: float  # m, for pictures
    rate_gain: tuple[float, float, float] = (12.0, 12.0, 6.0)
    rate_limit: tuple[float, float, float] = (2.5133, 2.5133, 2.5133)  # 144 deg/s, the published CTBR bounds
    speed_limit: tuple[float, float, float] = (5.0, 5.0, 3.0)  # m/s, ours: what `velocity` and `waypoint` ask for at most
    tilt_limit: float = 40.0  # deg, ours: what they tilt at most
    linear_damping: float = 0.2  # 1/s, as PhysX was configured in the published benchmark
    angular_damping: float = 0.2
    drag: tuple[float, float, float] = (0.0, 0.0, 0.0)  # kg/m, used by physics="fine" and by wind

    @property
    def allocation(self) -> np.ndarray:
        """[4, 4]: (collective N, roll, pitch, yaw torque N m) from the four rotor forces."""
        xy = np.array(self.rotor_xy)
        return np.stack([np.ones(4), xy[:, 1], -xy[:, 0], -self.torque_per_force * np.array(self.rotor_spin)])

    def params(self, dt: float, gravity: float, fine: bool) -> Any:
        """One record: the block of numbers for substeps of `dt` seconds. `fine` trades damping for quadratic drag."""
        block: Any = np.zeros((), record(AIRFRAME))[()]
        ix, iy, iz = self.inertia
        linear = 0.0 if fine else self.linear_damping
        values = {
            "mass": self.mass,
            "inertia": self.inertia,
            "inv_mass": 1.0 / self.mass,
            "inv_inertia": (1.0 / ix, 1.0 / iy, 1.0 / iz),
            "gyro": ((iy - iz) / ix, (iz - ix) / iy, (ix - iy) / iz),
            "rotor_x": [x for x, _ in self.rotor_xy],
            "rotor_y": [y for _, y in self.rotor_xy],
            "rotor_yaw": [-self.torque_per_force * s for s in self.rotor_spin],
            "mixer": np.linalg.inv(self.allocation),
            "max_force": self.max_force,
            "strength": 1.0,
            "hover": self.hover(gravity),
            "lag": 1.0 - np.exp(-dt / self.lag_time),
            "rate_gain": self.rate_gain,
            "rate_limit": self.rate_limit,
            "attitude_gain": self.rate_gain[0] / SEPARATION,
            "velocity_gain": self.rate_gain[0] / SEPARATION**2,
            "position_gain": self.rate_gain[0] / SEPARATION**3,
            "speed_limit": self.speed_limit,
            "tilt_limit": np.tan(np.radians(self.tilt_limit)),
            "keep_linear": 1.0 - linear * dt,
            "keep_angular": 1.0 - self.angular_damping * dt,
            "linear_damping": linear,
            "angular_damping": self.angular_damping,
            "drag": self.drag if fine else (0.0, 0.0, 0.0),
            "wind_drag": self.drag,
            "body_radius": self.body_radius,
            "body_half_height": self.body_half_height,
            "racket_radius": self.racket_radius,
        }
        for name, value in values.items():
            block[name] = value
        return block

    def hover(self, gravity: float = 9.81) -> float:
        """The throttle (square root of the thrust fraction) that carries the weight."""
        return float(np.sqrt(self.mass * gravity / (4.0 * self.max_force)))


def _x_frame(arm: float) -> tuple[tuple[float, float], ...]:
    """Hubs front right, back left, front left, back right, `arm` metres from the centre."""
    a = arm / np.sqrt(2.0)
    return ((a, -a), (-a, a), (a, a), (-a, -a))


def _polar(*arms: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    return tuple((r * np.cos(angle), r * np.sin(angle)) for r, angle in arms)


IRIS = Airframe(
    name="iris",
    source="VolleyBots (arXiv 2502.01932), Iris of OmniDrones: k_f 8.54858e-6, k_m 1.3677728816e-7, 838 rad/s, lag 0.43 per 20 ms",
    mass=1.52,
    inertia=(0.0347563, 0.0458929, 0.0977),
    rotor_xy=_polar((0.255539, -0.533708), (0.238537, 2.565218), (0.255539, 0.533708), (0.238537, -2.565218)),
    rotor_spin=(1.0, 1.0, -1.0, -1.0),
    max_force=8.54858e-6 * 838.0**2,
    torque_per_force=1.3677728816e-7 / 8.54858e-6,
    lag_time=-PUBLISHED_DT / np.log(1.0 - 0.43),
    body_radius=0.26,
    body_half_height=0.05,
    racket_radius=0.20,
    rotor_radius=0.128,
    drag=(0.03, 0.03, 0.06),  # estimate: 0.5 * 1.225 kg/m^3 * C_d A, with C_d A 0.05 m^2 sideways and 0.1 m^2 upward
)

# What policies trained in Isaac Sim feel: docs/outside_policies.md has the fit. Thrust acts where the model's rotor bodies are, not at the
# arms of the published table (which has x and y exchanged), and the drone is its base link and four rotors of 5 g at these places.
IRIS_ISAAC = replace(
    IRIS,
    name="iris-isaac",
    source="our fit to ten published policies (benchmarks/isaac_fit); rotor places of RotorS' iris.xacro, the model's origin",
    rotor_xy=((0.13, -0.22), (-0.13, 0.20), (0.13, 0.22), (-0.13, -0.20)),
)

CRAZYFLIE = Airframe(
    name="crazyflie",
    source="Crazyflie 2.x: Foerster 2015, System Identification of the Crazyflie 2.0 (mass, inertia, torque ratio); racket size is ours",
    mass=0.028,
    inertia=(16.571710e-6, 16.655602e-6, 29.261652e-6),
    rotor_xy=_x_frame(0.046),
    rotor_spin=(1.0, 1.0, -1.0, -1.0),
    max_force=0.149,
    torque_per_force=0.005964552,
    lag_time=0.03,
    body_radius=0.07,
    body_half_height=0.015,
    racket_radius=0.06,
    rotor_radius=0.0225,
    rate_gain=(16.0, 16.0, 6.0),
    speed_limit=(3.0, 3.0, 2.0),
    drag=(0.002, 0.002, 0.004),  # estimate, as above with C_d A 0.003 and 0.006 m^2
)

JUGGLER = Airframe(
    name="juggler",
    source="JuggleRL (thu-uav/JuggleRL_train): 0.9505 kg with racket, k_f 5.39899e-6, k_m 1.52164e-7, 1356.6 rad/s; body radius is ours",
    mass=0.9505,
    inertia=(0.005290, 0.005624, 0.007805),
    rotor_xy=_x_frame(0.125),
    rotor_spin=(1.0, 1.0, -1.0, -1.0),
    max_force=5.39899e-6 * 1356.6**2,
    torque_per_force=1.52164e-7 / 5.39899e-6,
    lag_time=0.02716,
    body_radius=0.21,
    body_half_height=0.055,
    racket_radius=0.15,
    rotor_radius=0.075,
    rate_gain=(16.0, 16.0, 8.0),
    rate_limit=(6.0, 6.0, 3.0),
    speed_limit=(6.0, 6.0, 4.0),
    linear_damping=0.0,
    angular_damping=0.0,
    drag=(0.015, 0.015, 0.03),
)

AIRFRAMES = {frame.name: frame for frame in (IRIS, IRIS_ISAAC, CRAZYFLIE, JUGGLER)}
