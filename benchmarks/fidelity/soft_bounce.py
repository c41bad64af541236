"""Could soft contacts bounce? python benchmarks/fidelity/soft_bounce.py. One JSON row per step length and speed.

A 5 g ball falls on a fixed plate whose contact is a spring tuned to a restitution of 0.8: damping ratio z with
e = exp(-pi z / sqrt(1 - z^2)), as stiff as `STEPS` steps per contact allow. MuJoCo's contact model, which Genesis 1.4.5 shares
(reference acceleration -b v - k d r, b = 2 / (d T), k = 1 / (d T z)^2).
"""

from __future__ import annotations

import json
import math

import mujoco

RESTITUTION = 0.8
STEPS = 10  # that a contact lasts
LOG = -math.log(RESTITUTION)
DAMPING = LOG / math.hypot(math.pi, LOG)
IMPEDANCE = 0.9999

for milliseconds in (5.0, 2.0, 1.0, 0.5, 0.25):
    dt = 1e-3 * milliseconds
    stiffness = math.pi / (STEPS * dt) / math.sqrt(1.0 - DAMPING**2)  # rad/s
    time_constant = 1.0 / (IMPEDANCE * stiffness * DAMPING)
    contact = f'solref="{time_constant} {DAMPING}" solimp="{IMPEDANCE} {IMPEDANCE} 0.001 0.5 2" friction="0 0 0"'
    model = mujoco.MjModel.from_xml_string(
        f'<mujoco><option timestep="{dt}" gravity="0 0 0"/><worldbody><geom type="plane" size="1 1 1" {contact}/>'
        f'<body pos="0 0 0.5"><freejoint/><geom type="sphere" size="0.1" mass="0.005" {contact}/></body></worldbody></mujoco>'
    )
    for speed in (2.0, 5.0, 8.0):
        ratios, deepest = [], 0.0
        for phase in range(8):  # where within a step the surfaces meet
            data = mujoco.MjData(model)
            data.qpos[2] = 0.1 + speed * dt * (3.0 + phase / 8.0)
            data.qvel[2] = -speed
            for _ in range(4 * STEPS):
                mujoco.mj_step(model, data)
                deepest = max(deepest, 0.1 - data.qpos[2])
            ratios.append(data.qvel[2] / speed)
        row = {"dt_ms": milliseconds, "speed": speed, "restitution_low": round(min(ratios), 3), "restitution_high": round(max(ratios), 3)}
        print(json.dumps({**row, "deepest_cm": round(100.0 * deepest, 2), "lasts_ms": STEPS * milliseconds}))
