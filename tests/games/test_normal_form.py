"""Games: values and deviations against plain sums, distances from equilibrium, games that are none."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyrally.errors import SkyrallyError
from skyrally.games import Game, best_response, exploitability, nash_conv, symmetric, zero_sum


@given(st.integers(0, 10_000), st.lists(st.integers(1, 3), min_size=2, max_size=4))
def test_values_and_deviations_are_sums_over_all_joint_actions(seed, sizes):
    rng = np.random.default_rng(seed)
    game = Game(rng.uniform(-1, 1, (len(sizes), *sizes)))
    profile = tuple(rng.dirichlet(np.ones(n)) for n in sizes)
    for k in range(game.players):
        value, deviations = 0.0, np.zeros(sizes[k])
        for joint in product(*map(range, sizes)):
            others = np.prod([profile[o][a] for o, a in enumerate(joint) if o != k])
            deviations[joint[k]] += others * game.payoffs[k][joint]
            value += others * profile[k][joint[k]] * game.payoffs[k][joint]
        assert game.deviations(profile, k) == pytest.approx(deviations)
        assert game.values(profile)[k] == pytest.approx(value)


def test_nash_conv_of_a_known_profile():
    game = zero_sum([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
    rock = (np.array([1.0, 0, 0]),) * 2
    assert nash_conv(game, rock) == pytest.approx(2.0)
    assert exploitability(game, rock) == pytest.approx(1.0)
    assert nash_conv(game, game.uniform()) == pytest.approx(0.0)
    assert best_response(game, rock, 0).tolist() == [0, 1, 0]


def test_a_restricted_game_keeps_its_cells():
    payoffs = np.arange(24.0).reshape(2, 3, 4)
    part = Game(payoffs, noise=payoffs + 1, error=payoffs + 2).restricted([[2, 0], [1, 3]])
    assert part.payoffs[1].tolist() == [[21, 23], [13, 15]]
    assert part.noise[0].tolist() == [[10, 12], [2, 4]]
    assert part.prospects[1].error.tolist() == [[23, 15], [25, 17]]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Game(()), "expected one array per player"),
        (lambda: Game([[1.0, 2.0], [3.0, 4.0]]), "one axis per player"),
        (lambda: Game((np.zeros((2, 3)), np.zeros((3, 2)))), "all of one shape"),
        (lambda: Game((np.zeros((0, 3)),) * 2), "player 0 has no action"),
        (lambda: Game((np.zeros((2, 0)),) * 2), "player 1 has no action"),
        (lambda: Game((np.array([[0, np.nan]]), np.zeros((1, 2)))), r"player 0, cell \(0, 1\) is nan"),
        (lambda: zero_sum([[np.inf]]), "is inf; expected finite"),
        (lambda: Game(([["a"]], [["b"]])), "not numbers"),
        (lambda: Game(([[1, 2], [3]], [[1, 2], [3]])), "regular tables"),
        (lambda: symmetric(np.zeros((2, 3))), r"shape \(2, 3\) are no symmetric game"),
        (lambda: Game((np.zeros((2, 3)),) * 2, symmetric=True), "no symmetric game"),
        (lambda: Game((np.eye(2), [[0, 1], [0, 0]]), symmetric=True), "differ from the transpose of the first's by 1"),
    ],
)
def test_games_that_are_none(make, words):
    with pytest.raises(SkyrallyError, match=words) as error:
        make()
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("mixtures", [((1.0, 0.0),), ((1.0, 0.0), (0.5, 0.6)), ((1.0, 0.0), (1.5, -0.5)), ((1.0, 0.0), (np.nan, 1.0))])
def test_profiles_that_are_none(mixtures):
    with pytest.raises(SkyrallyError):
        zero_sum(np.eye(2)).profile(mixtures)
