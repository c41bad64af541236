"""How a rally begins: exact or jittered, and who serves."""

# ruff: noqa: RUF005  (array + tuple is a sum)
from __future__ import annotations

import numpy as np
import pytest
from handmade import match

from skyrally.scenarios.volleyball import ANCHORS, SERVERS

SIZES = pytest.mark.parametrize("n", [1, 2, 3, 6])
TEAMS = pytest.mark.parametrize("n", [2, 3, 6])


@TEAMS
def test_benchmark_starts_are_exact(n):
    bench = match(n, "benchmark")
    for i, drone in enumerate(bench.world.drones):
        team, anchor = divmod(i, n)[0], np.array(ANCHORS[n][i % n], float)
        assert drone.pos == pytest.approx(anchor * ((-1, -1, 1) if team else (1, 1, 1)))
        assert drone.quat == pytest.approx((0, 0, 0, 1) if team else (1, 0, 0, 0), abs=1e-12)
        assert drone.rotor == pytest.approx([bench.params.airframe.hover] * 4)
        assert not drone.vel.any()
    assert bench.world.ball.pos == pytest.approx(np.array(ANCHORS[n][SERVERS[n]]) + (0, 0, 3))


@SIZES
def test_sport_starts_jitter_within_bounds(n):
    places = []
    for seed in range(30):
        bench = match(n, seed=seed)
        offset = bench.world.drones["pos"] - bench.params.anchor
        assert np.abs(offset).max() <= 0.1
        up = bench.world.drones["up"][:, 2]
        assert (up >= np.cos(0.1) ** 2).all()
        height = bench.world.ball.pos[2] - bench.world.drones[bench.world.server].pos[2]
        assert abs(height - (1.5 if n == 1 else 3.0)) <= 0.3
        places.append(offset[0, 0])
    assert np.ptp(places) > 0.1


def test_next_serve_names_the_server_and_minus_one_tosses_a_coin():
    teams = []
    for seed in range(60):
        bench = match(3, seed=seed)
        for team in (0, 1):
            bench.world.next_serve = team
            bench.module.reset(bench.world, bench.params)
            assert (bench.world.serve_team, bench.world.server, bench.world.side) == (team, 3 * team + 2, team)
        bench.world.next_serve = -1
        bench.module.reset(bench.world, bench.params)
        teams.append(int(bench.world.serve_team))
    assert 15 < sum(teams) < 45
