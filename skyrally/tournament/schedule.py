"""Who meets whom: each format is a function of the number of entrants and the results so far, and of nothing else.

So a league that was interrupted finds its way from its stored results. Entrants are numbers 0 to n - 1 in the order of their seeding, the
best first. A format gives all pairings that can be played now: `round-robin` and `gauntlet` everything at once, the others a round at a
time, and an empty list at the end.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..errors import SkyrallyError, unknown

REMATCH = 10_000.0  # what meeting again costs beside squared differences of Swiss scores


@dataclass(frozen=True)
class Pairing:
    """A match of the schedule."""

    round: int  # from 0
    home: int
    away: int


@dataclass(frozen=True)
class Result:
    """What a match came to."""

    pairing: Pairing
    score: tuple[int, int]  # points of home and away

    @property
    def winner(self) -> int:
        """Who goes on: of equal points the better seeded one."""
        home, away = self.score
        ahead = self.pairing.home if home > away else self.pairing.away
        return ahead if home != away else min(self.pairing.home, self.pairing.away)

    @property
    def loser(self) -> int:
        return self.pairing.home + self.pairing.away - self.winner


Results = Sequence[Result]
Format = Callable[[int, Results, int], list[Pairing]]  # n, results so far, rounds -> pairings that are due


def round_robin(n: int, results: Results, rounds: int) -> list[Pairing]:
    """Everybody meets everybody `rounds` times, home and away in turn: the circle method (Kirkman 1847)."""
    if results:
        return []
    seats = n + n % 2  # of an odd number one rests
    found = []
    for k in range(rounds * (seats - 1)):
        turn, again = k % (seats - 1), k // (seats - 1)
        circle = [0, *(1 + (turn + j) % (seats - 1) for j in range(seats - 1))]
        for j in range(seats // 2):
            a, b = circle[j], circle[-1 - j]
            if max(a, b) < n:
                swap = (turn + again) % 2 if j == 0 else (j + again) % 2
                found.append(Pairing(k, b, a) if swap else Pairing(k, a, b))
    return found


def gauntlet(n: int, results: Results, rounds: int) -> list[Pairing]:
    """The first entrant meets each of the others `rounds` times, home and away in turn."""
    if results:
        return []
    return [Pairing(k, *((0, rival) if k % 2 == 0 else (rival, 0))) for k in range(rounds) for rival in range(1, n)]


def swiss(n: int, results: Results, rounds: int) -> list[Pairing]:
    """Each round pairs entrants of near scores who have not met: the perfect matching of least squared score differences (Edmonds 1965).

    A match won counts 1, an even one 1/2. Of an odd number the last who has not rested rests, which counts 1.
    """
    import networkx

    k = _next_round(results)
    if k >= rounds:
        return []
    scores, met, homes, rested = _swiss_table(n, results, k)
    order = sorted(range(n), key=lambda e: (-scores[e], e))
    if n % 2:
        order.remove(min(order[::-1], key=lambda e: rested[e]))
    graph = networkx.Graph()
    for i, a in enumerate(order):
        for b in order[i + 1 :]:
            graph.add_edge(a, b, weight=-((2.0 * (scores[a] - scores[b])) ** 2) - REMATCH * met[a][b])
    pairs = networkx.max_weight_matching(graph, maxcardinality=True)
    place = {e: at for at, e in enumerate(order)}
    ordered = sorted((sorted(pair, key=place.__getitem__) for pair in pairs), key=lambda pair: place[pair[0]])
    return [Pairing(k, *sorted(pair, key=lambda e: (homes[e], place[e]))) for pair in ordered]


def _swiss_table(n: int, results: Results, rounds: int) -> tuple[list[float], list[list[int]], list[int], list[int]]:
    """(scores, how often each pair met, how often each was at home, how often each rested)."""
    scores, met = [0.0] * n, [[0] * n for _ in range(n)]
    homes, played = [0] * n, [0] * n
    for result in results:
        home, away = result.pairing.home, result.pairing.away
        won = 0.5 if result.score[0] == result.score[1] else float(result.score[0] > result.score[1])
        for who, gain in ((home, won), (away, 1.0 - won)):
            scores[who] += gain
            played[who] += 1
        met[home][away] += 1
        met[away][home] += 1
        homes[home] += 1
    rested = [rounds - k for k in played]
    return [s + r for s, r in zip(scores, rested, strict=True)], met, homes, rested


def double_elimination(n: int, results: Results, rounds: int) -> list[Pairing]:
    """Who has lost two matches is out. In each round those without a loss meet, and those with one; seeds are folded: best meets last.

    When one of each is left they meet, and once more if the one without a loss loses. Of an odd number the best of those who rested
    least rests.
    """
    lost, played = _losses(n, results)
    k = _next_round(results)
    groups = [[e for e in range(n) if lost[e] == count] for count in (0, 1)]
    if [len(group) for group in groups] == [1, 1]:
        return [Pairing(k, groups[0][0], groups[1][0])]
    found = []
    for group in groups:
        if len(group) % 2:
            group.remove(max(group, key=lambda e: (played[e], -e)))
        found += [Pairing(k, group[j], group[-1 - j]) for j in range(len(group) // 2)]
    return found


def _losses(n: int, results: Results) -> tuple[list[int], list[int]]:
    """(matches lost, matches played) of each."""
    lost, played = [0] * n, [0] * n
    for result in results:
        lost[result.loser] += 1
        played[result.pairing.home] += 1
        played[result.pairing.away] += 1
    return lost, played


def ladder(n: int, results: Results, rounds: int) -> list[Pairing]:
    """Neighbours on the ladder meet, and change places if the lower one wins; even rounds begin at the first place, odd ones at the second.

    This is odd-even transposition sort: n rounds put everybody in order if the better always wins (Habermann 1972).
    """
    k = _next_round(results)
    order = climbed(n, results)
    return [] if k >= rounds else [Pairing(k, order[j + 1], order[j]) for j in range(k % 2, n - 1, 2)]


def climbed(n: int, results: Results) -> list[int]:
    """The ladder after these results, the first place first."""
    order = list(range(n))
    for result in results:
        home, away = result.pairing.home, result.pairing.away  # the challenger is at home
        if result.score[0] > result.score[1]:
            at = order.index(away)
            order[at], order[at + 1] = home, away
    return order


def _next_round(results: Results) -> int:
    return 1 + max((result.pairing.round for result in results), default=-1)


FORMATS: dict[str, Format] = {
    "round-robin": round_robin,
    "swiss": swiss,
    "double-elimination": double_elimination,
    "gauntlet": gauntlet,
    "ladder": ladder,
}
ROUNDS: dict[str, Callable[[int], int]] = {  # unless told
    "round-robin": lambda n: 1,
    "swiss": lambda n: max(1, math.ceil(math.log2(n))),
    "double-elimination": lambda n: 1,
    "gauntlet": lambda n: 1,
    "ladder": lambda n: n,
}


def due(form: str, n: int, results: Results, rounds: int | None = None) -> list[Pairing]:
    """The pairings that can be played now, once all earlier ones have results. SkyrallyError for unknown formats."""
    if form not in FORMATS:
        raise unknown("format", form, FORMATS)
    if n < 2:
        raise SkyrallyError(f"{n} entrants; expected two or more")
    return FORMATS[form](n, results, ROUNDS[form](n) if rounds is None else rounds)


def placing(form: str, n: int, results: Results) -> list[int] | None:
    """The entrants by the place that the format itself gives them, the first first; None where ratings decide."""
    if form == "ladder":
        return climbed(n, results)
    if form != "double-elimination":
        return None
    lost = _losses(n, results)[0]
    out = dict.fromkeys(range(n), -1)
    for result in results:
        out[result.loser] = result.pairing.round
    return sorted(range(n), key=lambda e: (lost[e] > 1, -out[e] if lost[e] > 1 else lost[e], e))
