"""Policy-space response oracles (Lanctot et al. 2017), with meta-solvers and best responses that may be risk averse.

One round: fill the payoff table of the populations -> solve it for a mixture per seat -> every seat's oracle makes a best response to
the others' mixture -> the candidate is played against the population on fresh seeds -> it joins if its marginal gap is above its error.

Nothing here knows how a policy comes about or what a game is: policies are names, an `Arena` plays them, an `Oracle` makes them.
Letters: x own mixture, y opponent's mixture, r_j mean payoff of x against opponent j, γ risk aversion.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping
from typing import Any
from zlib import crc32

import numpy as np

from ..errors import SkyrallyError
from ..games import PayoffTable, Variance
from ..games.normal_form import Game, Profile
from ..games.objectives import marginal_gap, strategic_score
from ..games.payoffs import ARRAYS
from ..games.risk import variances
from ..games.rule import Rule, risk_nash_conv
from ..tournament.duel import Played
from ..tournament.statistics import Z95
from ..workers import Stopped, Workers
from .psro_parts import Arena, Oracle, Plan, State, Task

WAVE = 4  # at most this many times as many episodes of a cell at once as it has: intervals of few episodes mislead
MetaSolver = Callable[[Game], Profile]
Keep = Callable[[State], None]
Told = Callable[[Mapping[str, Any]], None]


class PSRO:
    """One run, from a state or from nothing."""

    def __init__(self, env: Arena, oracle: Oracle, meta_solver: MetaSolver, plan: Plan, workers: Workers | None = None):
        self.env, self.oracle, self.meta, self.plan = env, oracle, meta_solver, plan
        self.workers = workers or Workers()
        self.seats = (0,) if env.symmetric else (0, 1)

    def begin(self) -> State:
        """The populations to start from."""
        plan, made = self.plan, 0
        if plan.start and len(plan.start) != len(self.seats):
            raise SkyrallyError(f"start names {len(plan.start)} populations; expected {len(self.seats)}")
        populations: list[list[str]] = []
        for seat in self.seats:
            given = list(plan.start[seat]) if plan.start else []
            if len(set(given)) != len(given):
                raise SkyrallyError(f"start names a policy twice: {', '.join(given)}")
            for _ in range(0 if given else plan.firsts):
                given.append(self.oracle.first(seat, made, mixed(plan.seed, 1, made)))
                made += 1
            populations.append(given)
        sizes = [len(p) for p in self._both(populations)]
        return State(populations, PayoffTable(sizes, symmetric=self.env.symmetric), made=made)

    def go(self, state: State, keep: Keep = lambda state: None, told: Told = lambda row: None) -> State:
        """Plays rounds until the plan is done. `keep` is called whenever there is something worth keeping.

        Raises workers.Interrupted after a stop of the workers; a kept state goes on from there with the same result.
        """
        while not state.done:
            began = time.perf_counter()
            self._fill(state.table, state.populations, _importance(state), None, lambda: keep(state))
            profile = self._solved(state.table)
            row = self._summary(state, profile)
            if state.round >= self.plan.rounds or state.idle >= self.plan.patience:
                state.done = True
            else:
                row |= self._grow(state, profile)
            state.profile = [x.tolist() for x in profile[: len(self.seats)]]
            state.rows.append(row | {"seconds": round(time.perf_counter() - began, 3)})
            told(state.rows[-1])
            keep(state)
        return state

    def _solved(self, table: PayoffTable) -> Profile:
        game = table.game()
        return game.profile(self.meta(game))

    def _both(self, populations: list[list[str]]) -> list[list[str]]:
        """The population of seat 0 and of seat 1."""
        return populations * 2 if self.env.symmetric else populations

    # -- cells -----------------------------------------------------------------------------------------------------------

    def _fill(
        self, table: PayoffTable, populations: list[list[str]], importance: np.ndarray | None, only: np.ndarray | None, keep: Callable
    ) -> None:
        """Plays cells, the neediest first, until all intervals are narrow enough or `most` is reached. only [A, B]: these cells."""
        both = self._both(populations)
        while jobs := self._wanted(table, importance, only):
            plays = [(self.env, both[0][i], both[1][j], n, int(table.count[i, j]), self.plan.seed) for (i, j), n in jobs]
            for ((i, j), _), played in zip(jobs, self.workers.map(play_cell, plays), strict=True):
                table.add((i, j), played.payoffs, crashes=int(played.crashed.sum()), steps=int(played.steps.sum()))
            keep()

    def _wanted(self, table: PayoffTable, importance: np.ndarray | None, only: np.ndarray | None) -> list[tuple[tuple[int, int], int]]:
        """[(cell, episodes)] of the next wave."""
        plan = self.plan
        with np.errstate(invalid="ignore"):
            scale = max(float(np.ptp(table.mean)), float(np.sqrt(table.variance.max(initial=0.0))), 1e-12)
        width = plan.half_width * scale / (1.0 if importance is None else np.clip(np.sqrt(importance), 1 / 3, 1.0))
        wanted = []
        for cell, n in table.neediest(width, least=plan.episodes):
            so_far = int(table.count[cell])
            n = min(n, plan.most - so_far, max(WAVE * so_far, plan.episodes))
            if n > 0 and (only is None or only[cell] or (table.symmetric and only[cell[::-1]])):
                wanted.append((cell, n))
        return wanted

    # -- best responses ----------------------------------------------------------------------------------------------------

    def _grow(self, state: State, profile: Profile) -> dict[str, Any]:
        """Asks for a best response of every seat and lets those join that help. Gives what to log; the state is a round further."""
        tasks = [self._task(state, profile, seat) for seat in self.seats]
        candidates = self.workers.map(self.oracle.respond, tasks)
        state.made += len(tasks)
        judged, joined = [], []
        for seat, candidate in zip(self.seats, candidates, strict=True):
            trial = copy.deepcopy(state.table)
            verdict = {"seat": seat, "candidate": candidate, "joined": False}
            if candidate not in state.populations[seat]:
                verdict |= self._judge(state, trial, profile, seat, candidate)
            judged.append(verdict)
            joined += [(seat, candidate, trial)] if verdict["joined"] else []
        for seat, candidate, trial in joined:
            adopt(state.table, trial, seat)
            state.populations[seat].append(candidate)
        state.idle = 0 if joined else state.idle + 1
        state.round += 1
        return {"responses": judged}

    def _task(self, state: State, profile: Profile, seat: int) -> Task:
        y, averse = profile[1 - seat], state.round >= self.plan.neutral_rounds
        return Task(
            seat=seat,
            number=state.made + seat,
            seed=mixed(self.plan.seed, 3, state.made + seat),
            opponents=tuple(self._both(state.populations)[1 - seat]),
            mixture=tuple(y.tolist()),
            own=tuple(state.populations[seat]),
            own_mixture=tuple(profile[seat].tolist()),
            present=tuple((profile[seat] @ _rows(state.table.mean[seat], seat)).tolist()),
            objective=self.plan.objective if averse else "neutral",
            gamma=self.plan.gamma if averse else 0.0,
        )

    def _judge(self, state: State, trial: PayoffTable, profile: Profile, seat: int, candidate: str) -> dict[str, Any]:
        """Plays a candidate against the others' population (into `trial`): its own worth, and its marginal gap with the interval."""
        trial.grow(seat)
        populations = [[*p, candidate] if k == seat else p for k, p in enumerate(state.populations)]
        new = np.zeros(trial.sizes, bool)
        new[(-1, slice(None)) if seat == 0 else (slice(None), -1)] = True
        importance = np.zeros(trial.sizes)
        y = profile[1 - seat]
        _rows(importance, seat)[-1, : len(y)] = y
        self._fill(trial, populations, importance, new, lambda: None)
        means = _rows(trial.mean[seat], seat)[-1, : len(y)]
        errors = np.sqrt(_rows(trial.variance[seat] / trial.count, seat)[-1, : len(y)])
        present = profile[seat] @ _rows(state.table.mean[seat], seat)
        gap, error = marginal_gap(means, present, y, self.plan.gamma, errors)
        helps = gap - Z95 * error > self.plan.tolerance * max(float(np.ptp(state.table.mean)), 1e-300)
        return {
            "joined": bool(helps or self.plan.join == "always"),
            "gap": gap,
            "error": error,
            "worth": strategic_score(means, y, self.plan.gamma),
            "mean": float(means @ y),
        }

    def _summary(self, state: State, profile: Profile) -> dict[str, Any]:
        """What the meta-game of this round is like: means, variances, distance from its equilibrium."""
        game, table = state.table.game(), state.table
        parts = variances(game, profile)
        rule = Rule((self.plan.gamma,) * 2, 0.0, Variance())
        return {
            "round": state.round,
            "populations": [list(p) for p in state.populations],
            "mixtures": [x.tolist() for x in profile[: len(self.seats)]],
            "value": game.values(profile).tolist(),
            "strategic": [part.strategic for part in parts],
            "noise": [part.noise for part in parts],
            "own": [part.own for part in parts],
            "risk_nash_conv": risk_nash_conv(game, profile, rule),
            "crash_rate": float(profile[0] @ (table.crashes / table.count) @ profile[1]),
            "episodes": int(np.triu(table.count).sum() if table.symmetric else table.count.sum()),
        }


def solve(
    env: Arena,
    oracle: Oracle,
    meta_solver: MetaSolver,
    *,
    workers: Workers | None = None,
    state: State | None = None,
    keep: Keep = lambda state: None,
    told: Told = lambda row: None,
    **plan: Any,
) -> State:
    """Runs PSRO to its end; further arguments are those of `Plan`. `state`: one that `keep` was given, to go on from."""
    run = PSRO(env, oracle, meta_solver, Plan(**plan), workers)
    return run.go(state or run.begin(), keep, told)


def play_cell(job: tuple[Arena, str, str, int, int, int], stopped: Stopped) -> Played:
    """Episodes of a cell: arena, both policies, how many, how many there are already, the run's seed. Every cell has worlds of its own."""
    env, first, second, episodes, start, seed = job
    return env.play(first, second, episodes, start, mixed(seed, 2, crc32(first.encode()), crc32(second.encode())))


def adopt(table: PayoffTable, trial: PayoffTable, seat: int) -> None:
    """Takes the last policy of a seat and its cells over from `trial`, which was a copy of `table` with that policy more."""
    table.grow(seat)
    axes = (0, 1) if table.symmetric else (seat,)
    last = trial.sizes[seat] - 1
    for name in ARRAYS:
        to, source = getattr(table, name), getattr(trial, name)
        within = tuple(slice(0, size) for size in trial.sizes)
        for axis in axes:
            place = [*within]
            place[axis] = slice(last, last + 1)
            target = [*place]
            target[axis] = slice(table.sizes[axis] - 1, table.sizes[axis])
            lead = (slice(None),) * (to.ndim - 2)
            to[(*lead, *target)] = source[(*lead, *place)]


def mixed(*numbers: int) -> int:
    """A seed made of numbers: different for different ones."""
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0] >> np.uint64(4))


def _rows(array: np.ndarray, seat: int) -> np.ndarray:
    """[A, B] as the seat sees it: own policies first."""
    return array if seat == 0 else array.T


def _importance(state: State) -> np.ndarray | None:
    """[A, B] how much each cell matters for the equilibrium: the larger probability of its two policies, by the last mixtures."""
    if not state.profile:
        return None
    x, y = (state.profile * 2)[:2]
    old = np.maximum.outer(np.array(x), np.array(y))
    importance = np.ones(state.table.sizes)  # newcomers count fully
    importance[: old.shape[0], : old.shape[1]] = old
    return importance
