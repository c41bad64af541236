"""The cell list finds whom a look at all pairs finds, and keeps the drones' order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyrally.physics.cells import around, list_drones, make_cells, strip
from skyrally.physics.swarm_records import parts_of

DRONE = parts_of([], [])[1]


def drones_at(pos: np.ndarray, alive: np.ndarray | None = None) -> np.ndarray:
    drones = np.zeros(len(pos), DRONE)
    drones["pos"], drones["alive"] = pos, 1 if alive is None else alive
    return drones.view(np.recarray)


def found(cells, pos, reach: float) -> list[int]:
    """The numbers of those within reach of a place, by a search."""
    block = around(cells, tuple(pos), reach)
    rows = [row for k in range(block[5]) for row in range(*strip(cells, block, k))]
    return sorted(int(cells.order[row]) for row in rows if np.sum((cells.near[row, :3] - pos) ** 2) < reach * reach)


@settings(max_examples=25)
@given(st.integers(1, 90), st.floats(0.05, 30.0), st.floats(0.01, 3.0), st.integers(0, 2**32 - 1))
def test_a_search_finds_what_all_pairs_give(count, side, reach, seed):
    rng = np.random.default_rng(seed)
    pos = rng.uniform(-side, side, (count, 3)) * (1.0, 1.0, rng.choice([0.0, 0.1, 1.0]))
    alive = (rng.random(count) < 0.9).astype(int)
    cells = make_cells(count)
    list_drones(drones_at(pos, alive), count, reach, cells)
    assert cells.shape[3] == alive.sum()
    for look in (reach, 0.3 * reach, 2.5 * reach):
        for i in range(0, count, 7):
            near = np.sum((pos - pos[i]) ** 2, axis=1) < look * look
            assert found(cells, pos[i], look) == np.flatnonzero(near & (alive == 1)).tolist()


def test_far_strays_and_one_place_do_no_harm():
    pos = np.zeros((50, 3))
    cells = make_cells(50)
    list_drones(drones_at(pos), 50, 1.0, cells)
    assert found(cells, pos[0], 0.5) == list(range(50))
    pos[0], pos[1] = (1e9, 0, 0), (1e9, 0.1, 0)
    list_drones(drones_at(pos), 50, 1.0, cells)
    assert found(cells, pos[0], 0.5) == [0, 1]
    assert found(cells, pos[2], 0.5) == list(range(2, 50))


def test_drones_of_a_box_keep_their_order():
    rng = np.random.default_rng(1)
    pos = rng.uniform(-2, 2, (200, 3))
    cells = make_cells(200)
    list_drones(drones_at(pos), 200, 1.0, cells)
    boxes = int(np.prod(cells.shape[:3]))
    assert 8 <= boxes <= len(cells.start) - 1
    for b in range(boxes):
        row = cells.order[cells.start[b] : cells.start[b + 1]]
        assert (np.diff(row) > 0).all()
    assert sorted(cells.order.tolist()) == list(range(200))


@pytest.mark.parametrize("count", [1, 5, 33])
def test_nobody_alive_is_nobody_found(count):
    cells = make_cells(count)
    list_drones(drones_at(np.zeros((count, 3)), np.zeros(count)), count, 1.0, cells)
    assert found(cells, np.zeros(3), 5.0) == []
