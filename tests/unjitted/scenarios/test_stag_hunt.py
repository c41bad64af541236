"""Stag hunt: one test per rule, on boards set up by hand."""

from __future__ import annotations

import numpy as np
import pytest
from handmade import Bench
from hypothesis import given
from hypothesis import strategies as st

import skyrally
from skyrally import SkyrallyError
from skyrally.scenarios.stag_hunt import narrate
from skyrally.tournament.drills import play_drill

LEFT, DOWN, RIGHT, UP, STAY = range(5)
FAR = [(0, 4), (4, 4)]  # plants out of the way


def board(red, blue, there, plants=FAR, variant="monster", **options):
    """A board with everything in its place: (column, row), row 0 at the top."""
    bench = Bench("stag-hunt", variant=variant, **options)
    for cell, place in zip([*bench.world.drones["cell"], bench.world.stag, *bench.world.plants], [red, blue, there, *plants], strict=True):
        cell[:] = place
    return bench


def cells(bench):
    return [tuple(cell) for cell in bench.world.drones["cell"].tolist()]


def counts(bench):
    return int(bench.world.catches), int(bench.world.maulings), int(bench.world.forages)


def test_hunters_move_and_stop_at_the_edge():
    bench = board((0, 0), (4, 0), (2, 4))
    bench.play(LEFT, LEFT)  # blue's left is the board's right
    assert cells(bench) == [(0, 0), (4, 0)]
    bench.play(RIGHT, RIGHT)
    assert cells(bench) == [(1, 0), (3, 0)]
    bench.play(DOWN, UP)
    assert cells(bench) == [(1, 1), (3, 0)]
    bench.play(STAY, DOWN)
    assert cells(bench) == [(1, 1), (3, 1)]


def test_together_they_catch_the_stag_and_it_comes_again_elsewhere():
    bench = board((2, 0), (2, 0), (2, 1))
    assert bench.play(STAY, STAY).tolist() == [5, 5]  # the stag comes to them
    assert counts(bench) == (1, 0, 0)
    assert tuple(bench.world.stag) != (2, 0)
    assert bench.world.trust == 1


def test_who_meets_it_alone_is_mauled():
    bench = board((2, 0), (4, 3), (2, 1))
    assert bench.play(STAY, STAY).tolist() == [-2, 0]
    assert counts(bench) == (0, 1, 0)


@pytest.mark.parametrize(("variant", "flees"), [("gym", False), ("monster", True)])
def test_whether_the_stag_flees_after_a_mauling(variant, flees):
    """The variant says so, and the option against it."""
    for options in ({}, {"flees": not flees}):
        bench = board((2, 0), (4, 3), (2, 1), variant=variant, **options)
        bench.play(UP, UP)
        assert bench.world.maulings == 1
        assert (tuple(bench.world.stag) != (2, 0)) == options.get("flees", flees)


def test_a_plant_is_eaten_and_comes_again_in_a_free_cell():
    bench = board((0, 3), (4, 0), (4, 2))
    before = [tuple(plant) for plant in bench.world.plants]
    assert bench.play(DOWN, STAY).tolist() == [2, 0]
    assert counts(bench) == (0, 0, 1)
    assert tuple(bench.world.plants[1]) == before[1]
    assert tuple(bench.world.plants[0]) not in [*cells(bench), tuple(bench.world.stag), before[1]]


def test_who_meets_the_stag_eats_nothing():
    bench = board((2, 0), (4, 3), (2, 1), plants=[(2, 0), (0, 4)])
    assert bench.play(STAY, STAY).tolist() == [-2, 0]
    assert counts(bench) == (0, 1, 0)


def test_one_plant_for_two():
    both = board((0, 3), (1, 4), (4, 0), variant="gym")
    assert both.play(DOWN, RIGHT).tolist() == [1, 1]
    assert counts(both) == (0, 0, 2)
    shares = []
    for step in range(60):
        one = board((0, 3), (1, 4), (4, 0))
        one.world.step = step
        shares.append(one.play(DOWN, RIGHT).tolist())
        assert counts(one) == (0, 0, 1)
    assert {tuple(share) for share in shares} == {(2, 0), (0, 2)}
    assert 15 < shares.count([2, 0]) < 45


def test_the_stag_goes_to_the_nearest_hunter():
    bench = board((0, 2), (4, 0), (2, 2))
    bench.play(STAY, STAY)
    assert tuple(bench.world.stag) == (1, 2)
    ways = set()
    for step in range(40):
        bench = board((0, 0), (4, 4), (1, 1))
        bench.world.step = step
        bench.play(STAY, STAY)
        ways.add(tuple(bench.world.stag))
    assert ways == {(0, 1), (1, 0)}


def test_ties_are_broken_fairly_and_a_wandering_stag_goes_anywhere():
    for options, expected in (({}, {(1, 2), (3, 2)}), ({"stag": "wanders"}, {(1, 2), (3, 2), (2, 1), (2, 3)})):
        ways = []
        for step in range(80):
            bench = board((0, 2), (4, 2), (2, 2), **options)
            bench.world.step = step
            bench.play(STAY, STAY)
            ways.append(tuple(bench.world.stag))
        assert set(ways) == expected
        assert min(map(ways.count, expected)) > 0.5 * len(ways) / len(expected)


def test_starts():
    for seed in range(8):
        bench = Bench("stag-hunt", seed=seed)
        assert cells(bench) == [(0, 0), (4, 0)]
        assert tuple(bench.world.stag) == (2, 2)
        other = Bench("stag-hunt", seed=seed, variant="monster")
        for one in (bench, other):
            things = [*cells(one), tuple(one.world.stag), *map(tuple, one.world.plants)]
            assert len(set(things)) == 5
            assert all(0 <= x < 5 and 0 <= y < 5 for x, y in things)


def test_horizons_and_time():
    assert Bench("stag-hunt").params.max_steps == 1000
    bench = Bench("stag-hunt", variant="monster")
    assert bench.params.max_steps == 50
    bench.world.step = 49
    bench.play(STAY, STAY)
    assert (bench.world.truncated, bench.world.terminated) == (1, 0)


@given(st.integers(0, 2**32), st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=12))
def test_both_see_the_board_from_their_own_side(seed, moves):
    """Left and right exchanged, blue stands where red stood: it sees what red saw, and the same choice leads it there."""
    bench = Bench("stag-hunt", variant="monster", seed=seed)
    for red, blue in moves:
        bench.play(red, blue)
    red, blue = bench.see(0), bench.see(1)
    bench.world.drones[0].turned, bench.world.drones[1].turned = 1, 0
    assert bench.see(0)["own"].tolist() == (red["own"] * (-1, 1)).tolist()
    assert bench.see(1)["stag"].tolist() == (blue["stag"] * (-1, 1)).tolist()
    assert red["own"].tolist() == (blue["rival"] * (-1, 1)).tolist()
    assert red["plants"].tolist() == (blue["plants"] * (-1, 1, -1, 1)).tolist()


def test_payoffs_are_options_and_scale():
    bench = board((2, 0), (2, 0), (2, 1), catch=9, maul=0, plant=1, scale=0.1)
    assert bench.play(STAY, STAY).tolist() == pytest.approx([0.9, 0.9])
    weights = {term.name: term.weight for term in bench.scenario.terms(bench.options)}
    assert weights == pytest.approx({"catch": 0.9, "maul": 0.0, "forage": 0.1})


def test_commentary():
    bench = board((2, 0), (4, 3), (2, 1), variant="monster")
    bench.play(STAY, DOWN)
    assert narrate(bench.world, None) == ["red is mauled", "blue eats a plant"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"variant": "gim"}, "did you mean gym"),
        ({"size": 2}, "size is 2; expected 3 to 20"),
        ({"size": 5.0}, "size is 5.0"),
        ({"size": True}, "size is True"),
        ({"catch": float("nan")}, "catch is nan; expected a finite number"),
        ({"maul": "much"}, "maul is 'much'"),
        ({"scale": -1.0}, "scale is -1.0; expected a finite number, 0 or more"),
        ({"flees": 3}, "flees is 3"),
        ({"stag": "sleeps"}, "unknown stag 'sleeps'"),
        ({"max_cycles": 0}, "max_cycles is 0"),
        ({"discrete": "cross"}, "stag-hunt has choices of its own .left, down, right, up."),
    ],
)
def test_wrong_options_are_one_clear_line(options, says):
    with pytest.raises(SkyrallyError, match=says) as error:
        skyrally.make("stag-hunt", **options)
    assert "\n" not in str(error.value)


def test_moves_of_the_variants():
    assert len(skyrally.make("stag-hunt").seats.choices) == 4
    assert len(skyrally.make("stag-hunt", variant="monster").seats.choices) == 5


def test_the_scripted_hunters():
    """Two who trust each other catch the stag every few steps; foragers are left alone; one who trusts a forager is mauled."""
    short = {"max_cycles": 60}
    trust, forage = (play_drill("stag-hunt", f"scripted:{name}", 4, **short) for name in ("stag", "plant"))
    mixed = play_drill("stag-hunt", "scripted:stag", 4, opponent="scripted:plant", **short)
    assert all(row.metric > 8 for row in trust)
    assert all(row.info["maulings"] <= 3 < row.info["forages"] for row in forage)
    assert all(row.metric == 0 and row.info["maulings"] > 5 and row.reward < 0 for row in mixed)
    assert np.mean([row.reward for row in trust]) > np.mean([row.reward for row in forage]) > 0
