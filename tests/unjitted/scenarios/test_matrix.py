"""Matrix games: payoffs by hand, both seats alike, rounds, and payoffs that are none."""

from __future__ import annotations

import numpy as np
import pytest
from handmade import Bench
from hypothesis import given
from hypothesis import strategies as st

import skyrally
from skyrally import SkyrallyError
from skyrally.scenarios.payoffs import game_of, named


def game(payoff, column=None):
    return game_of({"payoff": payoff, "column": column})


def test_payoffs_by_hand():
    bench = Bench("matrix", payoff=[[1, 2], [3, 4]], column=[[10, 20], [30, 40]], rounds=3)
    assert bench.play(0, 1).tolist() == [2, 20]
    assert bench.play(1, 0).tolist() == [3, 30]
    assert (bench.world.row, bench.world.column, bench.world.terminated) == (1, 0, 0)
    assert bench.play(1, 1).tolist() == [4, 40]
    assert (bench.world.terminated, bench.world.truncated) == (1, 0)
    assert (bench.world.payoff, bench.world.payoff_blue) == (3, 30)
    assert bench.world.drones["returns"][:, 0].tolist() == [9, 90]


def test_symmetric_and_zero_sum():
    assert Bench("matrix", payoff="chicken").play(0, 1).tolist() == [1, -1]
    assert Bench("matrix", payoff=[[1, 2], [3, 4]]).play(0, 1).tolist() == [2, 3]
    assert Bench("matrix", payoff=[[1, 2], [3, 4]], column="zero-sum").play(0, 1).tolist() == [2, -2]
    assert Bench("matrix", payoff="portfolio").play(2, 1).tolist() == [0.2, -0.2]


def test_the_row_player_has_three_actions_the_column_player_two():
    bench = Bench("matrix", payoff="portfolio", rounds=9)
    assert bench.play(0, 2).tolist() == bench.play(0, 0).tolist() == [4, -4]  # a third one begins again at the first
    assert bench.params.choices == 3


def test_what_players_see():
    bench = Bench("matrix", payoff="crossing", rounds=4)
    assert bench.see()["rounds_left"] == 1
    assert not bench.see()["own_last"].any()
    bench.play(2, 1)
    red, blue = bench.see(0), bench.see(1)
    assert red["rounds_left"] == blue["rounds_left"] == 0.75
    assert red["own_last"].tolist() == blue["rival_last"].tolist() == np.eye(16)[2].tolist()
    assert red["rival_last"].tolist() == blue["own_last"].tolist() == np.eye(16)[1].tolist()


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=5),
    st.sampled_from(sorted(set(named()) - {"portfolio"})),
)
def test_seats_of_symmetric_games_can_be_exchanged(moves, payoff):
    one, two = Bench("matrix", payoff=payoff, rounds=9), Bench("matrix", payoff=payoff, rounds=9)
    for red, blue in moves:
        k = int(one.params.choices)
        assert one.play(red % k, blue % k).tolist() == two.play(blue % k, red % k)[::-1].tolist()
        assert all((one.see(0)[name] == two.see(1)[name]).all() for name in one.see(0))


def test_max_cycles_cuts_a_long_game():
    bench = Bench("matrix", rounds=5, max_cycles=2)
    bench.play(0, 0)
    bench.play(0, 0)
    assert (bench.world.terminated, bench.world.truncated) == (0, 1)


@pytest.mark.parametrize("name", named())
def test_fixtures(name):
    found = game(name)
    assert len(found.actions) == max(found.row.shape)
    if name != "portfolio":
        assert (found.column == found.row.T).all()
    env = skyrally.make("matrix", payoff=name)
    assert len(env.seats.choices) == len(found.actions)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"payoff": [[1, 2], [3]]}, "expected rows of equally many numbers"),
        ({"payoff": [[1, float("nan")], [3, 4]]}, "payoff holds nan in row 0, column 1; expected finite"),
        ({"payoff": [[1, 2], [float("inf"), 4]]}, "payoff holds inf in row 1"),
        ({"payoff": [[1, 2], ["a", 4]]}, "expected rows"),
        ({"payoff": [[True, False], [True, True]]}, "expected rows"),
        ({"payoff": [1, 2]}, "expected rows"),
        ({"payoff": [[]]}, "expected rows"),
        ({"payoff": []}, "expected rows"),
        ({"payoff": None}, "expected rows"),
        ({"payoff": np.zeros((17, 2))}, "1 to 16 a side"),
        ({"payoff": "chiken"}, "unknown payoff 'chiken'; did you mean chicken"),
        ({"payoff": [[1, 2, 3], [4, 5, 6]]}, "payoff is 2x3, which is no symmetric game"),
        ({"column": [[1, 2, 3], [4, 5, 6]]}, "column is 2x3 and payoff 2x2"),
        ({"column": "zerosum"}, "did you mean zero-sum"),
        ({"column": [[1, 2], [3, None]]}, "column is"),
        ({"rounds": 0}, "rounds is 0"),
        ({"rounds": 1.5}, "rounds is 1.5"),
        ({"weights": {"payof": 1.0}}, "did you mean payoff"),
        ({"discrete": "grid "}, "matrix has choices of its own .stag, hare.; leave discrete out"),
        ({"discrete": np.eye(4)}, "choices of its own"),
        ({"action_mode": "rotor"}, "matrix cannot serve the action mode 'rotor'; it serves discrete, pick"),
        ({"disturb": "hard"}, "unknown option of matrix 'disturb'"),
        ({"sight": 3.0}, "nothing to hide"),
        ({"payof": [[1]]}, "did you mean payoff"),
    ],
)
def test_wrong_options_are_one_clear_line(options, says):
    with pytest.raises(SkyrallyError, match=says) as error:
        skyrally.make("matrix", **options)
    assert "\n" not in str(error.value)


@given(
    st.one_of(
        st.none(),
        st.integers(),
        st.floats(),
        st.text(max_size=3),
        st.recursive(st.floats(), lambda inner: st.lists(inner, max_size=3), max_leaves=9),
    )
)
def test_anything_is_a_game_or_refused(payoff):
    try:
        found = game(payoff)
    except SkyrallyError:
        return
    assert np.isfinite(found.row).all()
    assert found.row.shape == found.column.shape
