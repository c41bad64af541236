"""Duels and cross-play on matrix games, whose payoffs are known."""

from __future__ import annotations

import json

import numpy as np
import pytest
from handmade import Always

from skyrally.agents.agent import Agent
from skyrally.errors import SkyrallyError
from skyrally.games.intervals import clopper_pearson
from skyrally.scenarios.registry import find
from skyrally.tournament.crossplay import cross_play
from skyrally.tournament.duel import Played, duel

HUNT = {"payoff": [[9, 0], [1, 1]], "threads": 1}


class Half(Agent):
    """Chooses by whether its row is even: half of the episodes each."""

    action_mode = "discrete"
    name = "half"

    def act(self, obs, memory, out):
        out[:, 0] = (self.first_row + np.arange(len(out))) % 4 < 2


def stag(scenario):
    return Always(0)


def hare(scenario):
    return Always(1)


STAG, HARE = f"python:{__name__}:stag", f"python:{__name__}:hare"


def test_a_duel_pays_both_sides():
    played = duel(find("matrix"), Always(0), Always(1), 7, **HUNT)
    assert played.payoffs.tolist() == [[0] * 7, [1] * 7]
    assert played.steps.tolist() == [1] * 7
    assert not played.crashed.any()
    assert played.info["payoff"].tolist() == [0, 1, 0, 1, 0, 1, 0]  # red's: sides change


def test_where_sides_differ_they_are_kept():
    game = {"payoff": [[4, -2], [1, 0.5], [0, 0.2]], "column": "zero-sum", "threads": 1}
    played = duel(find("matrix"), Always(2), Always(1), 4, swap=False, **game)
    assert played.payoffs.tolist() == [[0.2] * 4, [-0.2] * 4]


@pytest.mark.parametrize("start", [0, 3])
def test_episodes_are_the_same_in_any_parts(start):
    whole = duel(find("matrix"), Half(), Always(0), 10, seed=5, **HUNT)
    part = duel(find("matrix"), Half(), Always(0), 4, start=start, seed=5, **HUNT)
    assert np.array_equal(part.payoffs, whole.payoffs[:, start : start + 4])


def test_drills_have_no_duels():
    with pytest.raises(SkyrallyError, match="has no opponent"):
        duel(find("hover"), Always(0), Always(0), 2)


def test_parts_join_and_swap():
    one = Played(np.array([[1.0], [2.0]]), np.array([True]), np.array([3]), {"a": np.array([4.0])})
    two = Played.joined([one, one.swapped()])
    assert two.payoffs.tolist() == [[1, 2], [2, 1]]
    assert two.info["a"].tolist() == [4, 4]


def test_maulings_are_crashes_of_the_stag_hunt():
    played = duel(find("stag-hunt"), Always(4), Always(4), 3, variant="monster", max_cycles=20, threads=1)
    assert (played.crashed == (played.info["maulings"] > 0)).all()
    assert (played.payoffs[0] <= 0).all() or played.info["catches"].any()


def test_cross_play_of_a_matrix_game(tmp_path):
    met = cross_play("matrix", [STAG, HARE], episodes=4, **HUNT)
    assert met.matrix().tolist() == [[9, 0], [1, 1]]
    hunter, forager = met.standings(apart=False)
    assert (hunter.mean, hunter.worst, hunter.worst_opponent, hunter.quantile) == (4.5, 0.0, HARE, 0.0)
    assert hunter.between == pytest.approx(4.5**2)
    assert (forager.mean, forager.variance, forager.between, forager.least) == (1.0, 0.0, 0.0, 1.0)
    low, high = clopper_pearson(0, 8)
    assert (hunter.crash_rate, hunter.crash_low, hunter.crash_high) == (0.0, float(low), float(high))
    apart = met.standings()[0]
    assert (apart.opponents, apart.mean) == (1, 0.0)
    told = json.loads(met.store(tmp_path / "met.json").read_text())
    assert [cell["mean"] for cell in told["cells"]] == [[9, 9], [0, 1], [1, 0], [1, 1]]
    with pytest.raises(SkyrallyError, match="exists"):
        met.store(tmp_path / "met.json")


def test_wrong_cross_play():
    with pytest.raises(SkyrallyError, match="2 or more episodes"):
        cross_play("matrix", ["random"], episodes=1)
    with pytest.raises(SkyrallyError, match="meets only itself"):
        cross_play("matrix", ["random"], episodes=2, threads=1).standings()
