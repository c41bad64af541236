"""What the compiler makes of records and of arithmetic."""

import warnings

import numpy as np
import pytest

from skyrally.physics.records import END, F8, record
from skyrally.physics.vec import cross, dot, fn, to_body, to_world

pytestmark = pytest.mark.jit
SHORT = [("pos", F8, 3)]
LONG = [*SHORT, ("extra", F8)]


@fn
def height(rows):
    return rows[0].pos[2]


def test_a_longer_record_is_no_kind_of_a_shorter_one():
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # Numba's, where it takes one record for another
        for fields in (SHORT, LONG):
            rows = np.zeros(2, record(fields))
            rows["pos"][0, 2] = 3.0
            assert height(rows) == 3.0


def test_a_record_made_longer_ends_once():
    short = record(SHORT)
    longer = record([*((name, short[name]) for name in short.names or ()), ("extra", F8)])
    assert longer.names == ("pos", "extra", END[0])
    assert longer == record(LONG)


def test_a_field_of_ones_own_may_be_called_end():
    assert record([*SHORT, ("end", F8)]).names == ("pos", "end", END[0])


@pytest.mark.parametrize("made", [dot, cross, to_body, to_world])
def test_arithmetic_is_exact(made):
    """Compiled and plain agree to the last bit: fused multiply-adds would make bits depend on what else was compiled."""
    rng = np.random.default_rng(0)
    size = 4 if made in (to_body, to_world) else 3
    for _ in range(200):
        first, second = tuple(rng.normal(size=size).tolist()), tuple(rng.normal(size=3).tolist())
        assert made(first, second) == made.py_func(first, second)
