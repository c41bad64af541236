"""What a league came to, as plain data: ratings, risk, cross-play, matches, faults. This is what reports and `--json` show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..games.alpha_rank import alpha_rank
from ..games.averaging import nash_averaging
from ..games.normal_form import Game
from ..games.ratings import Fit, bradley_terry, elo, sharpe_ratio
from .plan import Plan
from .schedule import placing
from .store import Store

LOW = 0.05  # the quantile of bad matches
STRONGEST = 5  # k of SharpeRatio@k
Row = Mapping[str, Any]

MATCHES = """SELECT m.id, m.round, m.home, m.away, r.home AS won, r.away AS lost, r.draws, r.touches, r.crossings, r.seconds, r.replay
    FROM matches m JOIN results r ON r.match = m.id ORDER BY m.id"""
FAULTS = "SELECT match, entrant, what, times FROM events ORDER BY match, entrant, what"


def results(plan: Plan, store: Store) -> dict[str, Any]:
    """See docs/tournaments.md for every field."""
    rows, faults = store.rows(MATCHES), store.rows(FAULTS)
    names = [entrant.name for entrant in plan.entrants]
    pairs = [(row["home"], row["away"], float(row["won"]), float(row["lost"])) for row in rows]
    fit = bradley_terry(len(names), pairs)
    order = placing(plan.format, len(names), store.results()) or sorted(range(len(names)), key=lambda k: (-fit.strength[k], k))
    return {
        "title": plan.title,
        "scenario": plan.scenario,
        "options": dict(plan.options),
        "format": plan.format,
        "points": plan.points,
        "count": plan.count,
        "seed": plan.seed,
        "entrants": _entrants(plan, store.hashes(), rows, faults, fit, order),
        "cross": [[_share(pairs, a, b) for b in order] for a in order],
        "matches": [_match(row, names, faults) for row in rows],
        "faults": [{"match": fault["match"], "entrant": names[fault["entrant"]], "what": _what(fault)} for fault in faults],
        "settle": _settle(names, order, fit, pairs),
    }


def _entrants(plan: Plan, hashes: Sequence[str], rows: Sequence[Row], faults: Sequence[Row], fit: Fit, order: Sequence[int]) -> list[Row]:
    """A row per entrant, in order of rank."""
    n = len(plan.entrants)
    pairs = [(row["home"], row["away"], float(row["won"]), float(row["lost"])) for row in rows]
    low, high = fit.interval()
    best, running, skill = fit.best(), elo(n, pairs), openskill(n, pairs)
    table = payoffs(n, pairs, fit)
    evolved, averaged = alpha_rank(table)[0], nash_averaging(table)[0]
    found = []
    for rank, k in enumerate(order, 1):
        mine = [(a, b) if i == k else (b, a) for i, j, a, b in pairs if k in (i, j)]
        found.append(
            {
                "name": plan.entrants[k].name,
                "spec": plan.entrants[k].spec,
                "hash": hashes[k],
                "rank": rank,
                "rating": float(fit.elo[k]),
                "low": float(low[k]),
                "high": float(high[k]),
                "elo": float(running[k]),
                "openskill": None if skill is None else skill[k],
                "alpha_rank": float(evolved[k]),
                "nash": float(averaged[k]),
                "best": float(best[k]),
                "won": sum(a > b for a, b in mine),
                "lost": sum(a < b for a, b in mine),
                "drawn": sum(a == b for a, b in mine),
                "faults": sum(fault["times"] for fault in faults if fault["entrant"] == k),
                **_risk(k, [entrant.name for entrant in plan.entrants], pairs, fit),
            }
        )
    return found


def _risk(k: int, names: Sequence[str], pairs: Sequence[tuple[int, int, float, float]], fit: Fit) -> dict[str, Any]:
    """Shares of points: over all, their variance and 5 % quantile over matches, the worst opponent, SharpeRatio@k over the strongest."""
    mine = [(j, a, a + b) if i == k else (i, b, a + b) for i, j, a, b in pairs if k in (i, j) and a + b > 0.0]
    shares = np.array([a / total for _, a, total in mine] or [0.5])
    met = sorted({j for j, _, _ in mine})
    points = np.array([[sum(a for o, a, _ in mine if o == j), sum(t for o, _, t in mine if o == j)] for j in met]).reshape(-1, 2)
    against = points[:, 0] / points[:, 1]
    worst = int(against.argmin()) if met else -1
    total = points[:, 1].sum()
    return {
        "share": float(points[:, 0].sum() / total) if total else 0.5,
        "variance": float(shares.var(ddof=1)) if len(shares) > 1 else 0.0,
        "worst": names[met[worst]] if met else "",
        "worst_share": float(against[worst]) if met else 0.5,
        "quantile": float(np.quantile(shares, LOW)),
        "sharpe": sharpe_ratio(against, points[:, 1], fit.strength[met], STRONGEST),
    }


def payoffs(n: int, pairs: Sequence[tuple[int, int, float, float]], fit: Fit) -> Game:
    """The symmetric game of shares of points less 1/2; pairs that have not met earn what their ratings expect."""
    table = fit.share() - 0.5
    for a in range(n):
        for b in range(a):
            share = _share(pairs, a, b)
            if share is not None:
                table[a, b], table[b, a] = share - 0.5, 0.5 - share
    np.fill_diagonal(table, 0.0)
    table = (table - table.T) / 2.0  # to the last bit
    return Game([table, table.T], symmetric=True)


def openskill(n: int, pairs: Sequence[tuple[int, int, float, float]]) -> list[float] | None:
    """OpenSkill's ordinal mu - 3 sigma (Plackett-Luce; Joshy 2024), match by match; None where it is not installed."""
    try:
        from openskill.models import PlackettLuce
    except ImportError:
        return None
    model = PlackettLuce()
    known = [model.rating() for _ in range(n)]
    for i, j, a, b in pairs:
        ((known[i],), (known[j],)) = model.rate([[known[i]], [known[j]]], scores=[a, b])
    return [float(one.ordinal()) for one in known]


def _share(pairs: Sequence[tuple[int, int, float, float]], a: int, b: int) -> float | None:
    """The share of points that a won against b; None if there are none."""
    won = sum(x for i, j, x, _ in pairs if (i, j) == (a, b)) + sum(y for i, j, _, y in pairs if (i, j) == (b, a))
    total = sum(x + y for i, j, x, y in pairs if {i, j} == {a, b})
    return won / total if total and a != b else None


def _match(row: Row, names: Sequence[str], faults: Sequence[Row]) -> dict[str, Any]:
    told = [f"{names[fault['entrant']]}: {_what(fault)}" for fault in faults if fault["match"] == row["id"]]
    return {
        "id": row["id"],
        "round": row["round"],
        "home": names[row["home"]],
        "away": names[row["away"]],
        "score": [row["won"], row["lost"]],
        "points": row["won"] + row["lost"],
        "draws": row["draws"],
        "touches": row["touches"],
        "crossings": row["crossings"],
        "seconds": row["seconds"],
        "faults": told,
        "replay": row["replay"],
    }


def _what(fault: Row) -> str:
    return fault["what"] if fault["times"] == 1 else f"{fault['what']} ({fault['times']} times)"


def _settle(names: Sequence[str], order: Sequence[int], fit: Fit, pairs: Sequence[tuple[int, int, float, float]]) -> list[Row]:
    """For every pair, how many more matches of the usual length would tell who is stronger."""
    usual = float(np.mean([a + b for _, _, a, b in pairs])) if pairs else 0.0
    found = []
    for k, a in enumerate(order):
        found += [{"home": names[a], "away": names[b], "matches": fit.settle(a, b, usual)} for b in order[k + 1 :]]
    return found
