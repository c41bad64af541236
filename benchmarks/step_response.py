"""The table of docs/control.md: python benchmarks/step_response.py. Plain Python, one second or two per row."""

import os

os.environ["NUMBA_DISABLE_JIT"] = "1"  # before Numba is imported: a few thousand steps are not worth compiling

from skyrally.physics.airframes import AIRFRAMES
from skyrally.physics.step_response import AXES, measure

print("| airframe | mode | axis | rise (s) | overshoot | settled in 5 % (s) | error left | cross-coupling |")
print("| --- | --- | --- | --- | --- | --- | --- | --- |")
for airframe in AIRFRAMES:
    for mode, axes in AXES.items():
        for axis, name in enumerate(axes):
            r = measure(airframe, mode, axis)
            print(
                f"| {airframe} | {mode} | {name} | {r.rise:.2f} | {r.overshoot:.1%} | {r.settle:.2f} | {r.error:.1%} | {r.coupling:.1%} |",
                flush=True,
            )
