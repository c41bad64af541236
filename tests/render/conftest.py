"""A made-up match to draw: drones that hover and tilt, a ball on parabolas from racket to racket. No physics."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest

from skyrally.scenarios.stage import Court, Frame, Stage

ARM = [(0.13, -0.22), (-0.13, 0.20), (0.13, 0.22), (-0.13, -0.20)]
COURTS = {1: (6.0, 3.0), 3: (12.0, 6.0), 6: (18.0, 9.0)}


def make_stage(each: int = 3, court: bool = True, ball: bool = True) -> Stage:
    """A match of `each` against `each`; each = 0 is a drill with one drone."""
    size = COURTS.get(each, (18.0, 9.0))
    names = [f"red_{i}" for i in range(each)] + [f"blue_{i}" for i in range(each)] if each else ["drone_0"]
    return Stage(
        scenario=f"volleyball-{each}v{each}" if each else "drill",
        agents=tuple(names),
        teams=tuple([0] * max(each, 1) + [1] * each),
        dt=0.02,
        court=Court(*size, 2.43) if court else None,
        ball_radius=0.1 if ball else 0.0,
        rotor_xy=tuple(ARM),
        rotor_spin=(1.0, 1.0, -1.0, -1.0),
        rotor_radius=0.127,
        body_radius=0.26,
        body_half_height=0.05,
        racket_radius=0.2 if ball else 0.0,
    )


def quaternion(roll: float, pitch: float, yaw: float) -> tuple[float, float, float, float]:
    cr, sr, cp, sp, cy, sy = (f(0.5 * a) for a in (roll, pitch, yaw) for f in (math.cos, math.sin))
    return (cr * cp * cy + sr * sp * sy, sr * cp * cy - cr * sp * sy, cr * sp * cy + sr * cp * sy, cr * cp * sy - sr * sp * cy)


def _homes(stage: Stage) -> np.ndarray:
    each = sum(1 for team in stage.teams if team == 0)
    length, width = (stage.court.length, stage.court.width) if stage.court else (4.0, 2.0)
    if len(stage.agents) == 1:
        return np.array([[0.2 * length if stage.court else 0.0, 0.0, 1.8]])
    spread = [(0.25 + 0.15 * (k % 2), (k + 0.5) / each - 0.5) for k in range(each)]
    red = [(x * length, y * width * 0.9, 1.9) for x, y in spread]
    return np.array(red + [(-x, -y, z) for x, y, z in red])


def frames(stage: Stage, count: int) -> Iterator[Frame]:
    """`count` frames: a hit each 1.2 s, a point each fifth hit."""
    homes, n, flight = _homes(stage), len(stage.agents), 60
    rng = np.random.default_rng(3)
    order = rng.permutation(1000) % n
    lean = rng.uniform(0, 6.28, (n, 2))
    score = [0, 0]
    for k in range(count):
        leg, phase = divmod(k, flight)
        t = k * stage.dt
        sway = np.stack(
            [0.3 * np.sin(1.3 * t + lean[:, 0]), 0.3 * np.cos(1.1 * t + lean[:, 1]), 0.15 * np.sin(2.0 * t + lean[:, 0])], axis=1
        )
        pos = homes + sway
        tilt = [(0.35 * math.sin(2.1 * t + a), 0.35 * math.cos(1.7 * t + b)) for a, b in lean]
        quat = np.array([quaternion(r, p, math.pi if stage.teams[i] == 0 else 0.0) for i, (r, p) in enumerate(tilt)])
        rotor = 0.62 + 0.2 * np.sin(3.0 * t + lean[:, :1] + np.arange(4))
        a, b = homes[order[leg]] + [0, 0, 0.15], homes[order[leg + 1]] + [0, 0, 0.15]
        s = phase / flight
        ball = a + s * (b - a) + np.array([0.0, 0.0, 4.0 * 1.8 * s * (1.0 - s)])
        contacts, lines = [], []
        if phase == 0 and leg:
            who = int(order[leg])
            contacts = [("racket", who, (float(ball[0]), float(ball[1]), float(ball[2])))]
            lines = [f"{stage.agents[who].replace('_', ' ')} sets"]
            if leg % 5 == 0:
                score[stage.teams[who]] += 1
                contacts.append(("ball-ground", -1, (float(b[0]), float(b[1]), 0.0)))
                lines.append(f"point for {'red' if stage.teams[who] == 0 else 'blue'}")
        yield Frame(
            step=k % (5 * flight),
            pos=pos,
            quat=quat,
            rotor=rotor,
            ball=ball if stage.ball_radius > 0.0 else None,
            contacts=contacts,
            lines=lines,
            score=(score[0], score[1]) if n > 1 else None,
            rally=k // (5 * flight),
            title="scripted:rally vs zoo:ace" if n > 1 else "hover: scripted:hover",
        )


@pytest.fixture(scope="session")
def stage_of():
    """`make_stage`."""
    return make_stage


@pytest.fixture(scope="session")
def frames_of():
    """`frames`."""
    return frames


@pytest.fixture(scope="session")
def stage() -> Stage:
    """A 3v3 match."""
    return make_stage(3)


@pytest.fixture(scope="session")
def match(stage: Stage) -> list[Frame]:
    """Its first 8 s."""
    return list(frames(stage, 400))
