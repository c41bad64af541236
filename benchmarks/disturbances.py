"""What disturbances cost: python benchmarks/disturbances.py [SCENARIO ...]. The time of a step against `none`, which they may double.

One thread, 4,096 worlds, process CPU time. Presets take turns and the best of each is compared: the machine's other work only adds.
"""

import json
import sys

from skyrally.envs.throughput import measure

ROUNDS = 5
for name in sys.argv[1:] or ("hover", "solo-bump", "volleyball-3v3"):
    best = {"none": 0.0, "mild": 0.0, "hard": 0.0}
    for _ in range(ROUNDS):
        for preset in best:
            best[preset] = max(best[preset], measure(name, repeats=1, disturb=preset).high)
    row = {"scenario": name, **{f"{preset}_steps_per_s": round(rate) for preset, rate in best.items()}}
    print(json.dumps({**row, **{f"{preset}_ratio": round(best["none"] / best[preset], 2) for preset in ("mild", "hard")}}), flush=True)
