"""The one door: every solver on every kind of game, names and options, other libraries on games both solve."""

from __future__ import annotations

import numpy as np
import pytest

from skyrally.errors import SkyrallyError
from skyrally.games import CLASSICS, SOLVERS, Game, PayoffTable, classic, nash_conv, solve, symmetric, zero_sum
from skyrally.games.solvers import option_names

rng = np.random.default_rng(0)
GAMES = {
    **{name: known.game for name, known in CLASSICS.items()},
    "zero-sum": zero_sum(rng.uniform(-1, 1, (4, 3))),
    "general": Game(rng.uniform(-1, 1, (2, 3, 4))),
    "no choice": Game(np.ones((2, 1, 1))),
    "one choice": Game(rng.uniform(-1, 1, (2, 1, 3))),
    "indifferent": Game((np.full((3, 3), 2.0), np.full((3, 3), 1.0))),
    "tiny": zero_sum(1e-9 * rng.uniform(-1, 1, (3, 3))),
    "huge": zero_sum(1e9 * rng.uniform(-1, 1, (3, 3))),
    "three players": Game(rng.uniform(-1, 1, (3, 2, 3, 2))),
}
SHORT = {"rae": {"iterations": 50}, "prd": {"iterations": 50}, "replicator": {"iterations": 50}, "nash-md": {"references": 5}}


@pytest.mark.parametrize("game", GAMES)
@pytest.mark.parametrize("name", SOLVERS)
def test_every_solver_gives_distributions(name, game):
    played = GAMES[game]
    if played.players > 2 and name in ("nash", "nash-averaging"):
        with pytest.raises(SkyrallyError, match="games of two players, not 3"):
            solve(played, name)
        return
    mixtures = solve(played, name, **SHORT.get(name, {}))
    assert [len(x) for x in mixtures] == list(played.sizes)
    for x in mixtures:
        assert x.min() >= 0
        assert x.sum() == pytest.approx(1.0)
    if played.symmetric:
        assert mixtures[0] == pytest.approx(mixtures[1])


@pytest.mark.parametrize("name", sorted(set(SOLVERS) - {"rae", "uniform", "alpha-rank"}))
def test_solvers_of_zero_sum_games_find_their_equilibria(name):
    options = {"iterations": 8000, "step": 0.05} if name in ("prd", "replicator") else {}
    for seed in range(2):
        game = zero_sum(np.random.default_rng(seed).uniform(-1, 1, (4, 3)))
        assert nash_conv(game, solve(game, name, **options)) < 0.02


def test_a_table_of_episodes_is_solved_as_its_means():
    drawn, table = np.random.default_rng(0), PayoffTable((3, 3), symmetric=True)
    for i in range(3):
        for j in range(i, 3):
            payoff = classic("rock-paper-scissors").table[i, j] + 0.1 * drawn.normal(size=2000)
            table.add((i, j), (payoff, -payoff))
    for name in SOLVERS:
        options = SHORT.get(name, {}) if name in ("prd", "replicator") else {}
        assert solve(table, name, **options)[0] == pytest.approx([1 / 3] * 3, abs=0.01)


def test_names_and_options():
    assert {"nash", "rae", "uniform", "alpha-rank", "prd", "replicator", "nash-averaging", "nash-md"} == set(SOLVERS)
    for name, near in (("alpharank", "alpha-rank"), ("nahs", "nash"), ("RAE ", "rae"), ("prd2", "prd")):
        with pytest.raises(SkyrallyError, match=f"unknown meta-solver .*{near}"):
            solve(np.zeros((2, 2, 2)), name)
    with pytest.raises(SkyrallyError, match="unknown option of rae 'gama'; did you mean gamma"):
        solve(np.zeros((2, 2, 2)), "rae", gama=1)
    with pytest.raises(SkyrallyError, match="unknown option of replicator 'floor'"):
        solve(np.zeros((2, 2, 2)), "replicator", floor=0.1)
    assert {"gamma", "epsilon", "step", "restarts", "select", "risk"} <= set(option_names("rae"))
    assert option_names("uniform") == []


@pytest.mark.parametrize("name", SOLVERS)
def test_payoffs_that_are_none(name):
    for payoffs in (np.full((2, 2, 2), np.nan), np.zeros((2, 0, 2)), [[1.0, 2.0], [3.0, 4.0]], [], None):
        with pytest.raises(SkyrallyError):
            solve(payoffs, name)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("prd", {"floor": 0.5}), ("prd", {"step": 2.0}), ("replicator", {"iterations": 0}), ("alpha-rank", {"alpha": 0.0}),
        ("alpha-rank", {"mutation": 0.7}), ("alpha-rank", {"population": 1}), ("nash", {"select": "best"}), ("nash-md", {"step": 0.0}),
        ("nash-md", {"step": 5.0, "pull": 1.0}), ("prd", {"start": ((1.0,), (1.0,))}),
    ],
)  # fmt: skip
def test_wrong_options(name, options):
    with pytest.raises(SkyrallyError):
        solve(symmetric(np.eye(2)), name, **options)


def test_unknown_classics():
    with pytest.raises(SkyrallyError, match="did you mean chicken"):
        classic("chiken")
