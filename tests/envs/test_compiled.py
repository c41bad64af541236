"""What the compiler makes of records and of arithmetic."""

import os
import subprocess
import sys
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


HELPER = """
import math
import numba

@numba.njit
def helper(row, x):  # long enough not to be inlined
    total = 0.0
    for k in range(len(row.weight)):
        for j in range(len(row.weight)):
            total += math.sin(row.weight[k] * x) * math.cos(row.tail * j) + math.exp(-row.tail * x) * math.atan2(row.weight[j], x)
            if total > 1e6:
                total = math.log(total) + math.sqrt(total)
    return total + row.tail
"""
SOURCE = """
import numba
from shared_helper import helper

@numba.njit(cache=True)
def act(row):
    return helper(row, 1.0) + helper(row, 2.0) - helper(row, 3.0) * helper(row, 0.5)  # SIZE
"""
PLAY = """
import sys
import numpy as np
from skyrally.physics.compile import load
from skyrally.physics.records import record

for size in sys.argv[2:]:
    rows = np.zeros(1, record([("weight", "f8", (int(size),)), ("tail", "f8")]))
    rows["weight"], rows["tail"] = 1.0, 2.0
    print(load("built", sys.argv[1].replace("SIZE", size), "shared_helper").act(rows[0]))
"""


def test_code_kept_by_different_processes_does_not_mix(tmp_path):
    """Each compiles a function for a record of its own; a third process that loads both gets what they got alone."""
    (tmp_path / "shared_helper.py").write_text(HELPER)
    known = {**os.environ, "SKYRALLY_CACHE": str(tmp_path / "cache"), "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}

    def play(*sizes):
        done = subprocess.run([sys.executable, "-c", PLAY, SOURCE, *sizes], env=known, capture_output=True, text=True, check=True)
        return done.stdout.split()

    alone = play("4") + play("7")
    assert alone[0] != alone[1]
    assert play("4", "7") == alone
    assert play("7", "4") == alone[::-1]
