"""Time of an exact risk-averse best response: python benchmarks/games/best_response.py (a few seconds).

Median over random games [n, n], payoffs U(-1, 1), beliefs drawn alike from the simplex, epsilon 0.01/n; covariance and quadratic program.
CPU time of the thread, so that other work on the machine does not count.
"""

from __future__ import annotations

from time import thread_time

import numpy as np

from skyrally.games import Variance, quadratic
from skyrally.games.normal_form import Prospect

print("| actions | median (ms) | 90 % (ms) | largest gap left, in spans of the mean payoffs |\n| --- | --- | --- | --- |")
for n in (2, 5, 10, 20, 50, 100):
    rng, times, left = np.random.default_rng(n), [], []
    for gamma in (0.1, 0.5, 1.0, 5.0) * 25:
        table, y = rng.uniform(-1, 1, (n, n)), rng.dirichlet(np.ones(n))
        prospect = Prospect(table, np.zeros_like(table), np.zeros_like(table))
        begun = thread_time()
        choice = Variance().choice(prospect, y, gamma, 0.01 / n)
        x = choice.best()
        times.append(1e3 * (thread_time() - begun))
        left.append(quadratic.gap(choice.slope(x), x, 0.01 / n) / np.ptp(table @ y))
    print(f"| {n} | {np.median(times):.3f} | {np.quantile(times, 0.9):.3f} | {max(left):.0e} |")
