"""Balls as data. The benchmark ball has no air drag (with drag its terminal speed would be 2.35 m/s); `fine` plays a real one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from .records import F8, Fields, record

AIR_DENSITY = 1.225  # kg/m^3, standard atmosphere at sea level

BALL_PARAMS: Fields = [
    ("radius", F8),  # m
    ("inv_mass", F8),  # 1/kg
    ("inv_inertia", F8),  # 1/(kg m^2)
    ("drag", F8),  # 1/m: deceleration = drag * |v| * v
    ("magnus", F8),  # -: acceleration = magnus * spin x v
    ("racket_restitution", F8),
    ("body_restitution", F8),
    ("ground_restitution", F8),
    ("net_restitution", F8),
    ("friction", F8),  # Coulomb, at every contact
    ("bounce_speed", F8),  # m/s: slower contacts do not bounce
]


@dataclass(frozen=True)
class Ball:
    """A ball. SI units."""

    name: str
    source: str
    mass: float
    radius: float
    drag_coefficient: float  # C_d of F = 1/2 rho C_d A v^2
    lift_slope: float  # C_L over the spin ratio r w / v
    inertia_share: float  # I = share * m r^2: 2/5 solid, 2/3 shell
    friction: float
    body_restitution: float
    ground_restitution: float
    net_restitution: float
    racket_restitution: float = 0.8
    bounce_speed: float = 0.2  # m/s, PhysX bounce_threshold_velocity of the published benchmark

    def params(self) -> Any:
        """One record: the block of numbers that the step reads."""
        block: Any = np.zeros((), record(BALL_PARAMS))[()]
        pressure = 0.5 * AIR_DENSITY * math.pi * self.radius**2 / self.mass
        values = {
            "radius": self.radius,
            "inv_mass": 1.0 / self.mass,
            "inv_inertia": 1.0 / (self.inertia_share * self.mass * self.radius**2),
            "drag": pressure * self.drag_coefficient,
            "magnus": pressure * self.radius * self.lift_slope,
            "racket_restitution": self.racket_restitution,
            "body_restitution": self.body_restitution,
            "ground_restitution": self.ground_restitution,
            "net_restitution": self.net_restitution,
            "friction": self.friction,
            "bounce_speed": self.bounce_speed,
        }
        for name, value in values.items():
            block[name] = value
        return block


BENCHMARK_BALL = Ball(
    name="benchmark",
    source="VolleyBots: 5 g, radius 0.1 m, restitution 0.8 on racket and airframe, dead on the ground, no drag, no spin",
    mass=0.005,
    radius=0.1,
    drag_coefficient=0.0,
    lift_slope=0.0,
    inertia_share=2.0 / 3.0,
    friction=0.0,
    body_restitution=0.8,
    ground_restitution=0.0,
    net_restitution=0.0,
)

REAL_BALL = Ball(
    name="real",
    source="JuggleRL: 47.2 g, radius 0.04 m; C_d 0.5 and lift slope 1 of a sphere at these Reynolds numbers (Mehta 1985)",
    mass=0.0472,
    radius=0.04,
    drag_coefficient=0.5,
    lift_slope=1.0,
    inertia_share=0.4,
    friction=0.25,
    body_restitution=0.5,
    ground_restitution=0.6,
    net_restitution=0.1,
)

BALLS = {ball.name: ball for ball in (BENCHMARK_BALL, REAL_BALL)}
