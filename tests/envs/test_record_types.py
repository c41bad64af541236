"""Records as the compiler sees them."""

import warnings

import numpy as np
import pytest

from skyrally.physics.records import F8, record
from skyrally.physics.vec import fn

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
    assert longer.names == ("pos", "extra", "end")
    assert longer == record(LONG)
