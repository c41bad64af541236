"""The loop of PSRO with exact payoffs and best responses: it goes the way of double oracle; stopping anywhere changes nothing."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from skyrally.baselines.psro import PSRO, adopt, mixed, solve
from skyrally.baselines.psro_exact import ExactArena, ExactOracle
from skyrally.baselines.psro_parts import Plan, State
from skyrally.errors import SkyrallyError
from skyrally.games import PayoffTable, classic, double_oracle, symmetric, zero_sum
from skyrally.games import solve as meta
from skyrally.games.rae import rae
from skyrally.tournament.duel import Played
from skyrally.workers import Interrupted, Workers


def exactly(game, solver, **plan):
    return solve(ExactArena(game), ExactOracle(game), solver, **{"episodes": 1, "rounds": 60, **plan})


def averse(gamma):
    """Few iterations: both sides of a comparison have the same, and need not be at the very equilibrium."""
    return lambda game: rae(game, gamma=gamma, epsilon=0.0, iterations=200)


@pytest.mark.parametrize(("gamma", "seed"), [(0.0, 0), (1.0, 1), (5.0, 2)])
def test_with_exact_responses_it_is_double_oracle(seed, gamma):
    game = zero_sum(np.random.default_rng(seed).uniform(-1, 1, (7, 8)))
    solver = averse(gamma) if gamma else lambda restricted: meta(restricted, "nash")
    known = double_oracle(game, gamma=gamma, solver=solver)
    found = exactly(game, solver, objective="marginal", gamma=gamma)
    assert tuple(tuple(map(int, p)) for p in found.populations) == known.actions
    for x, actions, whole in zip(found.profile, known.actions, known.profile, strict=True):
        assert x == pytest.approx(whole[list(actions)], abs=1e-9)
    assert max(v.get("gap", 0.0) for v in found.rows[-2]["responses"]) <= 1e-9


def test_responses_judged_alone_are_double_oracles_too():
    game = zero_sum(np.random.default_rng(5).uniform(-1, 1, (6, 6)))
    known = double_oracle(game, gamma=2.0, oracle="alone", solver=averse(2.0))
    found = exactly(game, averse(2.0), objective="strategic", gamma=2.0, join="always")
    assert tuple(tuple(map(int, p)) for p in found.populations) == known.actions


def test_one_population_plays_both_seats():
    game = classic("rock-paper-scissors").game
    found = exactly(game, lambda g: meta(g, "nash"))
    assert len(found.populations) == 1
    assert found.table.symmetric
    assert dict(zip(found.populations[0], found.profile[0], strict=True)) == pytest.approx({"0": 1 / 3, "1": 1 / 3, "2": 1 / 3})
    assert found.rows[-1]["risk_nash_conv"] == pytest.approx(0, abs=1e-9)


def test_risk_aversion_selects_the_safe_equilibrium_from_the_same_start():
    """[[9, 0], [1, 1]]: Nash by welfare hunts the stag; with gamma = 1 the hare, from a population of both."""
    game = symmetric([[9, 0], [1, 1]])
    start = {"start": (("0", "1"),)}
    bold = exactly(game, lambda g: meta(g, "nash", select="welfare"), **start)
    safe = exactly(game, lambda g: meta(g, "rae", gamma=1.0), objective="marginal", gamma=1.0, **start)
    assert bold.profile[0] == pytest.approx([1, 0])
    assert safe.profile[0][1] > 0.99


def test_the_first_rounds_may_be_risk_neutral():
    asked = []

    class Listening(ExactOracle):
        def respond(self, task, stopped):
            asked.append((task.objective, task.gamma))
            return super().respond(task, stopped)

    game = zero_sum(np.random.default_rng(0).uniform(-1, 1, (7, 8)))
    plan = {"episodes": 1, "rounds": 3, "objective": "marginal", "gamma": 1.0, "neutral_rounds": 2}
    solve(ExactArena(game), Listening(game), averse(1.0), **plan)
    assert asked == [("neutral", 0.0)] * 4 + [("marginal", 1.0)] * 2


class Noisy(ExactArena):
    """Payoffs with noise: cells need episodes."""

    def play(self, first, second, episodes, start, seed):
        rng = np.random.default_rng([seed, start])
        whole = super().play(first, second, episodes, start, seed)
        return Played(whole.payoffs + rng.normal(0, 0.5, (2, episodes)), rng.random(episodes) < 0.1, whole.steps)


NOISY = {"rounds": 4, "episodes": 20, "most": 400, "half_width": 0.1, "seed": 3}


def noisy():
    game = zero_sum(np.random.default_rng(9).uniform(-1, 1, (6, 6)))
    return Noisy(game), ExactOracle(game), lambda g: meta(g, "nash")


def same(a: State, b: State):
    assert a.populations == b.populations
    assert a.profile == b.profile
    for name in ("count", "mean", "squares", "crashes"):
        assert np.array_equal(getattr(a.table, name), getattr(b.table, name)), name


def test_cells_get_the_episodes_that_their_intervals_need():
    found = solve(*noisy(), **NOISY)
    assert found.table.count.min() >= 20
    assert found.table.count.max() <= 400
    assert found.table.count.max() > 2 * found.table.count.min()
    assert 0.02 < found.rows[-1]["crash_rate"] < 0.3


def test_stopped_anywhere_it_goes_on_to_the_same_end():
    whole, states = solve(*noisy(), **NOISY), []
    solve(*noisy(), keep=lambda state: states.append(copy.deepcopy(state)), **NOISY)
    assert len(states) > 8
    for state in states[:: max(1, len(states) // 6)]:
        same(solve(*noisy(), state=copy.deepcopy(state), **NOISY), whole)


def test_a_stop_raises_and_the_kept_state_goes_on():
    workers, kept = Workers(), []

    def keep(state):
        kept.append(copy.deepcopy(state))
        if len(kept) == 3:
            workers.stop()

    with pytest.raises(Interrupted):
        solve(*noisy(), workers=workers, keep=keep, **NOISY)
    same(solve(*noisy(), state=kept[-1], **NOISY), solve(*noisy(), **NOISY))


def test_cells_of_two_candidates_are_adopted():
    table, trials = PayoffTable((2, 2)), []
    rng = np.random.default_rng(0)
    for cell in np.ndindex(2, 2):
        table.add(cell, rng.random((2, 5)))
    for seat in (0, 1):
        trial = copy.deepcopy(table)
        trial.grow(seat)
        for k in range(2):
            trial.add((2, k) if seat == 0 else (k, 2), rng.random((2, 5)))
        trials.append(trial)
    for seat in (0, 1):
        adopt(table, trials[seat], seat)
    assert table.sizes == (3, 3)
    assert np.array_equal(table.mean[:, 2, :2], trials[0].mean[:, 2])
    assert np.array_equal(table.mean[:, :2, 2], trials[1].mean[:, :, 2])
    assert table.count[2, 2] == 0


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ({"objective": "marginl"}, "did you mean marginal"),
        ({"gamma": -1.0}, "risk aversion is -1.0"),
        ({"join": "gaps"}, "did you mean gap"),
        ({"episodes": 0}, "episodes"),
        ({"neutral_rounds": -1}, "neutral_rounds is -1"),
        ({"start": (("0",), ("1",))}, "start names 2 populations; expected 1"),
        ({"start": (("0", "0"),)}, "names a policy twice"),
    ],
)
def test_wrong_plans_are_refused(plan, words):
    with pytest.raises(SkyrallyError, match=words):
        exactly(classic("rock-paper-scissors").game, lambda g: meta(g, "nash"), **plan)


def test_seeds_differ():
    assert len({mixed(0, 2, a, b) for a in range(20) for b in range(20)}) == 400
    assert Plan().seed == PSRO(*noisy(), Plan()).plan.seed
