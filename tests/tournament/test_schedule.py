"""Schedules: everybody meets whom the format says, in any state of play, and results alone decide."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyrally.errors import SkyrallyError
from skyrally.tournament.schedule import FORMATS, Pairing, Result, due, placing

SIZES = st.integers(2, 11)


def better_wins(pairing: Pairing) -> tuple[int, int]:
    return (3, 1) if pairing.home < pairing.away else (1, 3)


def played(form, n, score=better_wins, rounds=None):
    """All results of a league."""
    results = []
    for _ in range(200):
        pairings = due(form, n, results, rounds)
        if not pairings:
            return results
        results += [Result(pairing, score(pairing)) for pairing in pairings]
    raise AssertionError(f"{form} of {n} does not end")


@given(n=SIZES, rounds=st.integers(1, 3))
def test_round_robin_is_fair(n, rounds):
    pairings = due("round-robin", n, [], rounds)
    assert Counter(frozenset((p.home, p.away)) for p in pairings) == {frozenset(pair): rounds for pair in combinations(range(n), 2)}
    for k in {p.round for p in pairings}:
        busy = [e for p in pairings if p.round == k for e in (p.home, p.away)]
        assert len(busy) == len(set(busy)) == n - n % 2
    homes = Counter(p.home for p in pairings)
    assert max(homes[e] for e in range(n)) - min(homes[e] for e in range(n)) <= rounds + 1


@given(n=SIZES, seed=st.integers(0, 9))
def test_swiss_pairs_the_near_and_does_not_repeat(n, seed):
    results = played("swiss", n, lambda p: ((p.home * 7 + p.away * 3 + seed) % 5, (p.home + p.away * 11 + seed) % 5))
    pairs = Counter(frozenset((r.pairing.home, r.pairing.away)) for r in results)
    assert max(pairs.values()) == 1
    for k in {r.pairing.round for r in results}:
        busy = [e for r in results if r.pairing.round == k for e in (r.pairing.home, r.pairing.away)]
        assert len(set(busy)) == len(busy) == n - n % 2
    resting = Counter(e for k in {r.pairing.round for r in results} for e in range(n) if not _plays(results, k, e))
    assert max(resting.values(), default=0) <= 1


def _plays(results, k, e):
    return any(r.pairing.round == k and e in (r.pairing.home, r.pairing.away) for r in results)


@given(n=SIZES, wins=st.lists(st.booleans(), min_size=200, max_size=200))
def test_double_elimination_ends_when_all_but_one_lost_twice(n, wins):
    luck = iter(wins)
    results = played("double-elimination", n, lambda p: (2, 1) if next(luck) else (1, 2))
    lost = Counter(r.loser for r in results)
    winner = placing("double-elimination", n, results)[0]
    assert lost[winner] <= 1
    assert all(lost[e] == 2 for e in range(n) if e != winner)
    assert len(results) in (2 * n - 2, 2 * n - 1)


@given(n=SIZES)
def test_a_ladder_sorts(n):
    upside_down = played("ladder", n, lambda p: (3, 1) if p.home > p.away else (1, 3))
    assert placing("ladder", n, upside_down) == list(range(n))[::-1]
    assert placing("ladder", n, played("ladder", n)) == list(range(n))


def test_a_gauntlet_is_the_first_against_the_others():
    assert due("gauntlet", 3, [], 2) == [Pairing(0, 0, 1), Pairing(0, 0, 2), Pairing(1, 1, 0), Pairing(1, 2, 0)]


def test_the_better_seeded_goes_on_after_equal_points():
    assert Result(Pairing(0, 3, 1), (2, 2)).winner == 1
    assert Result(Pairing(0, 3, 1), (2, 2)).loser == 3
    assert Result(Pairing(0, 3, 1), (3, 2)).winner == 3


@pytest.mark.parametrize("form", FORMATS)
def test_two_entrants_play_any_format(form):
    assert played(form, 2)


@pytest.mark.parametrize(("call", "says"), [(("swis", 4, []), "swiss"), (("swiss", 1, []), "two or more")])
def test_mistakes(call, says):
    with pytest.raises(SkyrallyError, match=says):
        due(*call)
