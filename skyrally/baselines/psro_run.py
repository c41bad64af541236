"""A run of PSRO in a folder: started, killed, gone on with; what it knows is on disk after every wave of cells and every round.

| in the folder | what |
| --- | --- |
| config.yaml, manifest.json | as every run has them |
| state.json, table-N.npz | populations, mixtures, rounds so far; the payoff table that belongs to them |
| policies/NUMBER | a trained policy: weights and manifest, with its opponents and seed |
| training/NUMBER | the best response under way: its checkpoint and metrics |
| population.json | the population by the last mixture, which `run:DIR` plays |
| metrics.jsonl | a row per round |
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ..agents.policy import TRAINED_PATHS
from ..agents.population import POPULATION
from ..envs.choices import DISCRETE
from ..errors import SkyrallyError, checked_options
from ..games import SOLVERS, PayoffTable
from ..games import solve as meta_solve
from ..games.normal_form import Game, Profile
from ..games.solvers import option_names
from ..scenarios.registry import find
from ..workers import Interrupted, Workers, interruptible
from .config import Range, configured, option, plain
from .folder import RunFolder
from .macro_env import gamma_of
from .psro import PSRO, Told
from .psro_learned import BEST, SCRATCH, LearnedArena, LearningOracle, Site
from .psro_parts import JOIN, Plan, State
from .qmix import QConfig
from .responder import LEARNERS
from .risk_objectives import OBJECTIVES
from .run import PLACE, RunConfig, manifest_for
from .self_play import two_sides

ALGORITHM = "psro"
AUTO = "auto"


@dataclass(frozen=True)
class PSROConfig:
    """What a run of PSRO has besides its learner's hyperparameters. Every one can be set as key=value on the command line."""

    learner: str = option("ppo", "of best responses", tuple(LEARNERS))
    meta: str = option("nash", "meta-solver", tuple(SOLVERS))
    select: str = option("", "which equilibrium, of several: the solver's own word, such as welfare or utility; empty: its default")
    aversion: float = option(0.1, "risk aversion of rae and of risk-averse objectives, in 1/payoff", Range(0.0))
    epsilon: float = option(0.0, "least probability of every policy in rae; 0: 0.01 / policies", Range(0.0, 0.5))
    restarts: int = option(1, "starts of rae's fictitious play", Range(1))
    objective: str = option(AUTO, "of best responses; auto: marginal with rae, else neutral", (AUTO, *OBJECTIVES))
    neutral_rounds: int = option(0, "rounds at the start whose best responses are risk neutral, whatever the objective", Range(0))
    iterations: int = option(10, "rounds: best responses of every seat, at most", Range(0))
    response: int = option(200_000, "world steps of a best response", Range(1))
    warm: str = option(SCRATCH, "what a best response starts from", (SCRATCH, BEST))
    weight_low: float = option(0.0, "least weight of an opponent in strategic and marginal")
    weight_high: float = option(5.0, "largest weight of an opponent", Range(0.0))
    episodes: int = option(200, "of a cell at least", Range(1))
    most: int = option(1000, "of a cell at most", Range(1))
    half_width: float = option(0.05, "wanted of cells' intervals, in spans of the table", Range(0.0, open_low=True))
    crash_cost: float = option(0.0, "in matches: points that losing a rally by a crash costs besides", Range(0.0))
    join: str = option("gap", "when a candidate joins", JOIN)
    patience: int = option(1, "rounds without newcomers until the end", Range(1))
    start: str = option("", "policies to start from: specs with commas between; two populations with | between")
    firsts: int = option(1, "random networks to start from, without start", Range(1))
    processes: int = option(1, "side by side, for cells and best responses", Range(1))
    seed: int = option(0, "of everything", Range(0, 2.0**62))
    threads: int = option(1, "of worlds and networks, in each process", Range(1))
    save_seconds: float = option(60.0, "between checkpoints of a best response", Range(0.0))

    def meta_solver(self, game: Game) -> Profile:
        """The mixtures of an empirical game."""
        given = {"select": self.select} if self.select else {}
        if self.meta == "rae":
            given |= {"gamma": self.aversion, "epsilon": self.epsilon or None, "restarts": self.restarts, "seed": self.seed}
        return meta_solve(game, self.meta, **given)

    def plan(self) -> Plan:
        """The same as what the loop goes by."""
        aim = ("marginal" if self.meta == "rae" else "neutral") if self.objective == AUTO else self.objective
        same = {f.name: getattr(self, f.name) for f in fields(Plan) if hasattr(self, f.name) and f.name not in ("objective", "start")}
        gamma = self.aversion if self.meta == "rae" or aim != "neutral" else 0.0
        return Plan(**same, rounds=self.iterations, objective=aim, gamma=gamma, start=parse_start(self.start))


def parse_start(text: str) -> tuple[tuple[str, ...], ...]:
    """ "scripted:stag, zoo:NAME | random" as the policies of each population; paths become absolute."""
    if not text:
        return ()
    return tuple(tuple(_absolute(word.strip()) for word in part.split(",") if word.strip()) for part in text.split("|"))


def _absolute(spec: str) -> str:
    kind, _, path = spec.partition(":")
    return f"{kind}:{Path(path).resolve()}" if kind in TRAINED_PATHS else spec


class PSRORun:
    """One run of PSRO, ready to `go`."""

    def __init__(self, folder: RunFolder, config: Mapping[str, Any]):
        self.folder, self.config = folder, configured(PSROConfig, config["psro"])
        self.scenario = find(config["run"]["scenario"])
        root, mine = str(folder.root), self.config
        self.site = Site(root, config["run"]["scenario"], config["options"], config["place"], mine.threads)
        budget = (mine.response, mine.warm, mine.weight_low, mine.weight_high, mine.save_seconds)
        self.workers = Workers(mine.processes)
        arena, oracle = LearnedArena(self.site, mine.crash_cost), LearningOracle(self.site, config["algorithm"], *budget, mine.learner)
        self.psro = PSRO(arena, oracle, mine.meta_solver, mine.plan(), self.workers)
        folder.hold()
        folder.sweep()
        self.state = self._read()

    @property
    def done(self) -> bool:
        return self.state is not None and self.state.done

    def go(self, told: Told = lambda row: None) -> bool:
        """Runs to the end (True) or an interrupt (False)."""
        with self.folder.held(), interruptible(self.workers.stop):
            try:
                self.state = self.psro.go(self.state or self.psro.begin(), self._keep, told)
            except Interrupted:
                return False
            finally:
                self.workers.close()
        return True

    def _keep(self, state: State) -> None:
        """Writes a state down: first what it names, then the state, then what was before goes."""
        root = self.folder.root
        count = int(state.table.count.sum())
        table = f"table-{state.round:03d}-{count}.npz"
        state.table.save(root / table)
        parts = {f.name: getattr(state, f.name) for f in fields(State) if f.name != "table"}
        self.folder.write("state.json", json.dumps({**parts, "table": table}) + "\n")
        for old in root.glob("table-*.npz"):
            if old.name != table:
                old.unlink()
        if state.rows:
            self.folder.write("metrics.jsonl", "".join(json.dumps(row) + "\n" for row in state.rows))
            last = state.rows[-1]
            told = {"scenario": self.scenario.name, "options": self.scenario.judged(self.site.options)}
            told |= {"populations": last["populations"], "mixtures": last["mixtures"]}
            self.folder.write(POPULATION, json.dumps(told) + "\n")

    def _read(self) -> State | None:
        """What was kept; None before the first time. SkyrallyError when it is damaged."""
        path = self.folder.root / "state.json"
        if not path.exists():
            return None
        try:
            parts = json.loads(path.read_text())
            state = State(**{**parts, "table": PayoffTable.load(self.folder.root / parts["table"])})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SkyrallyError(f"{path} is damaged ({error}); expected what a run of psro wrote") from None
        for name in (name for population in state.populations for name in population):
            self.site.agent(name)  # its own clear error when one is missing or does not fit
        return state


def start(scenario: str, keys: Mapping[str, Any], *, out: Path | None = None, **given: Any) -> PSRORun:
    """A new run. keys: of PSRO, its learner and the scenario, all in one; `given`: seed, meta.

    SkyrallyError for unknown keys (with the nearest), values out of range, policies that do not fit, or a folder that holds a run.
    """
    found = find(scenario)
    two_sides(found)
    _, kind, defaults = LEARNERS[configured(PSROConfig, {name: keys[name] for name in ("learner",) if name in keys}).learner]
    parts = {"psro": plain(PSROConfig()), "algorithm": plain(kind()), "options": dict(found.options), "place": dict.fromkeys(PLACE)}
    checked_options("key", keys, [name for part in parts.values() for name in part if name not in given])
    chosen = {part: {name: value for name, value in keys.items() if name in known} for part, known in parts.items()}
    chosen["psro"] = plain(configured(PSROConfig, {**chosen["psro"], **given}))
    chosen["algorithm"] = plain(configured(kind, {**defaults, **chosen["algorithm"]}))
    if kind is QConfig:
        chosen["place"].setdefault("action_mode", DISCRETE)
    config = configured(PSROConfig, chosen["psro"])
    _check(config, found.name, Site("", scenario, chosen["options"], chosen["place"]), configured(kind, chosen["algorithm"]))
    chosen = {"run": {"algorithm": ALGORITHM, "scenario": scenario, "seed": config.seed}, **chosen}
    root = out or Path("runs") / f"{ALGORITHM}-{config.meta}-{found.name}-seed{config.seed}"
    folder = RunFolder.create(root, chosen, manifest_for(RunConfig(seed=config.seed, threads=config.threads)))
    return PSRORun(folder, chosen)


def _check(config: PSROConfig, scenario: str, site: Site, learner: Any) -> None:
    """Refuses what cannot work, before anything is written."""
    if config.select and "select" not in option_names(config.meta):
        raise SkyrallyError(f"select is {config.select!r}, and {config.meta} selects nothing; leave it out")
    config.meta_solver(Game(([[1.0, 0.0], [0.0, 1.0]],) * 2))  # type: ignore[arg-type]
    env = site.env(1, 0, gamma_of(learner))
    alike = site.found.alike(env.options)
    populations = config.plan().start
    if populations and len(populations) != (1 if alike else 2):
        raise SkyrallyError(f"start names {len(populations)} populations; {scenario} has {1 if alike else 2} (| between two)")
    if alike and learner.worlds < 2:
        raise SkyrallyError(f"worlds is {learner.worlds}; expected 2 or more, to play both sides")
    mode = env.seats.choices.mode if env.action_mode == DISCRETE else env.action_mode
    for spec in (spec for population in populations for spec in population):
        agent = site.rival(spec)
        if (agent.view, agent.action_mode) != (env.layout.name, mode):
            raise SkyrallyError(
                f"{spec} sees view {agent.view} and acts in mode {agent.action_mode}, learners here view {env.layout.name} and {mode}; "
                "set view= and action_mode= to its own"
            )
    env.close()


def is_psro(root: Path) -> bool:
    """Whether a run's folder is one of PSRO."""
    return RunFolder.open(root)[1].get("run", {}).get("algorithm") == ALGORITHM


def resume(root: Path) -> PSRORun:
    """Goes on with a run. SkyrallyError when there is none, or when it is done."""
    folder, config, _ = RunFolder.open(root)
    run = PSRORun(folder, config)
    if run.done:
        raise SkyrallyError(f"{root} is done: {len(run.state.rows)} rounds")  # type: ignore[union-attr]
    return run
