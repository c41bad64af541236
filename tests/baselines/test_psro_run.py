"""PSRO with learned best responses: what a run leaves, resuming after an interrupt anywhere, refusals, exploitability. Seconds each."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from skyrally.agents.spec import find_agent, home
from skyrally.baselines.config import configured, plain
from skyrally.baselines.exploit import exploit
from skyrally.baselines.ppo import PPOConfig
from skyrally.baselines.psro_parts import Task
from skyrally.baselines.psro_run import PSROConfig, is_psro, resume, start
from skyrally.baselines.responder import LEARNERS, Aim, Responder
from skyrally.baselines.results import read_rows
from skyrally.baselines.run import PLACE
from skyrally.baselines.self_play import both_ways
from skyrally.envs.doors import make
from skyrally.errors import SkyrallyError
from skyrally.scenarios.registry import SCENARIOS
from skyrally.tournament.drills import play_drill

PPO = {"worlds": 16, "steps": 4, "epochs": 2, "minibatches": 2, "hidden": (8,), "learning_rate": 0.03, "stagger": False}
KEYS = {**PPO, "payoff": "rock-paper-scissors", "response": 1500, "iterations": 3, "episodes": 4, "most": 8, "save_seconds": 0.0}


@pytest.fixture(autouse=True)
def threads():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def begun(folder, **keys):
    return start("matrix", {**KEYS, **keys}, out=folder, seed=1)


def end(folder):
    """What a run came to, without times."""
    state = json.loads((folder / "state.json").read_text())
    for row in state["rows"]:
        row.pop("seconds")
    state.pop("table")
    weights = {path.parent.name: path.read_bytes() for path in sorted(folder.glob("policies/*/agent.safetensors"))}
    return state, weights


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("psro") / "run"
    assert begun(folder).go()
    return folder


def test_a_run_leaves_what_was_promised(whole):
    state, weights = end(whole)
    assert state["done"]
    assert set(weights) == {f"{k:03d}" for k in range(state["made"])}
    rows = [json.loads(line) for line in (whole / "metrics.jsonl").read_text().splitlines()]
    assert [row["round"] for row in rows] == list(range(len(rows)))
    assert {"mixtures", "value", "strategic", "noise", "risk_nash_conv", "crash_rate", "episodes"} <= set(rows[0])
    assert len(list(whole.glob("table-*.npz"))) == 1
    assert not list(whole.rglob("*.part"))
    manifest = json.loads((whole / "policies" / "001" / "agent.json").read_text())
    assert manifest["provenance"]["opponents"] == {"policies/000": 1.0}
    assert is_psro(whole)


def test_the_best_response_to_one_action_beats_it(whole):
    state, _ = end(whole)
    first = state["rows"][0]["responses"][0]
    assert first["joined"]
    assert first["gap"] == pytest.approx(1.0)


def test_the_equilibrium_of_rock_paper_scissors_is_found(whole):
    """Three policies that choose differently, each a third of the time: the value is 0 whatever the opponent plays."""
    agent = find_agent(f"run:{whole}", SCENARIOS["matrix"])
    env = make("matrix", 1, payoff="rock-paper-scissors", threads=1)
    chosen = np.zeros(3)
    for member, weight in zip(agent.members, agent.weights, strict=True):  # type: ignore[attr-defined]
        out = np.zeros((1, 4), np.float32)
        member.act(env.reset()[:, 0], np.zeros((1, 0), np.float32), out)
        chosen[int(np.abs(env.seats.choices.rows - out).sum(1).argmin())] += weight
    assert chosen == pytest.approx([1 / 3] * 3, abs=1e-6)


def test_the_population_plays(whole):
    agent = find_agent(f"run:{whole}", SCENARIOS["matrix"])
    assert agent.weights.tolist() == end(whole)[0]["rows"][-1]["mixtures"][0]  # type: ignore[attr-defined]
    assert home(f"run:{whole}") == ("matrix", {"payoff": "rock-paper-scissors"})
    rows = play_drill("matrix", f"run:{whole}", 8, opponent=f"run:{whole}@blue", payoff="rock-paper-scissors")
    assert all(abs(row.metric) <= 1 for row in rows)


@pytest.mark.parametrize("stop", [4, 40])
def test_interrupted_anywhere_it_comes_to_the_same_end(whole, tmp_path, monkeypatch, stop):
    """The interrupt comes when a best response has made so many rollouts."""
    iterate, left = Responder.iterate, [stop]

    def counted(self):
        left[0] -= 1
        if left[0] == 0:
            signal.raise_signal(signal.SIGINT)
        return iterate(self)

    monkeypatch.setattr(Responder, "iterate", counted)
    assert not begun(tmp_path / "run").go()
    torch.manual_seed(9)
    assert resume(tmp_path / "run").go()
    assert end(tmp_path / "run") == end(whole)


@pytest.mark.slow
def test_processes_change_nothing(whole, tmp_path):
    assert begun(tmp_path / "run", processes=2).go()
    assert end(tmp_path / "run") == end(whole)


@pytest.mark.slow
@pytest.mark.parametrize("wait", [0.2, 1.0])
def test_a_killed_run_goes_on(whole, tmp_path, wait):
    words = [f"{k}={','.join(map(str, v)) if isinstance(v, tuple) else str(v).lower()}" for k, v in KEYS.items()]
    run = tmp_path / "run"
    call = [sys.executable, "-m", "skyrally", "train", "psro", "matrix", "--seed", "1", "--out", str(run), *words]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    killed = subprocess.Popen(call, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not (run / "training").exists():
        assert killed.poll() is None
        time.sleep(0.01)
    time.sleep(wait)
    killed.send_signal(signal.SIGKILL)
    killed.wait(60)
    if not json.loads((run / "state.json").read_text())["done"]:
        assert resume(run).go()
    assert end(run) == end(whole)


def test_two_populations_where_sides_differ(tmp_path):
    game = {"payoff": "portfolio", "iterations": 1, "aversion": 1.0}
    run = start("matrix", {**KEYS, **game}, out=tmp_path / "run", seed=2, meta="rae")
    assert run.psro.plan.objective == "marginal"
    assert run.go()
    assert run.state is not None
    assert len(run.state.populations) == 2
    assert not run.state.table.symmetric
    assert find_agent(f"run:{tmp_path / 'run'}@blue", SCENARIOS["matrix"]).name


@pytest.mark.parametrize("objective", ["neutral", "episodic", "per-step", "strategic", "marginal"])
def test_risk_changes_what_is_learned(objective):
    """Against a half-and-half opponent the bold row earns 4 or -2, the safe one 0.4 or 0.3: only the neutral learner stays bold."""
    torch.manual_seed(0)
    config = configured(PPOConfig, {**PPO, "worlds": 128, "learning_rate": 0.05, "entropy": 0.0})
    env = make("matrix", 128, payoff=[[4, -2], [0.4, 0.3]], column="zero-sum", threads=1)
    actions = [find_agent(f"python:{__name__}:column_{k}", env.scenario) for k in (0, 1)]
    aim = Aim((0.5, 0.5), (4.0, -2.0), objective, 1.0)
    places = [(slice(0, 1), slice(0, 128))], [(slice(1, 2), slice(0, 128))]
    learner = Responder(env, config, 20_000, actions, aim, places)
    for _ in range(25):
        learner.iterate()
    bold = float((learner.carry.rollout.action[:, :, 0, 0] == 0).float().mean())
    assert bold > 0.9 if objective == "neutral" else bold < 0.1


def column(k):
    from skyrally.agents.agent import Agent

    class Column(Agent):
        name, view, action_mode = f"column {k}", "own", "pick"

        def act(self, obs, memory, out):
            out[:] = (-1.0, 1.0)[k]

    return Column()


def column_0(scenario):
    return column(0)


def column_1(scenario):
    return column(1)


def test_exploitability_of_a_pure_strategy(whole, tmp_path):
    found = exploit("matrix", ["random"], out=tmp_path, frames=1500, seeds=(0, 1), episodes=50, hyper=PPO, payoff="chicken")
    assert [one.seed for one in found] == [0, 1]
    assert all(one.gain > 0 and one.interval[0] < one.gain < one.interval[1] for one in found)
    again = exploit("matrix", ["random"], out=tmp_path, frames=1500, seeds=(0, 1), episodes=50, hyper=PPO, payoff="chicken")
    assert again == found
    with pytest.raises(SkyrallyError, match="a seed"):
        exploit("matrix", ["random"], out=tmp_path, frames=10, seeds=())


@pytest.mark.parametrize(
    ("keys", "given", "words"),
    [
        ({}, {"meta": "nahs"}, "did you mean nash"),
        ({"objective": "margin"}, {}, "did you mean marginal"),
        ({"aversion": -1}, {}, "aversion is -1; expected a number, 0 or more"),
        ({"respons": 5}, {}, "did you mean response"),
        ({"epsilon": 0.5}, {"meta": "rae"}, "epsilon is 0.5"),
        ({"select": "welfar"}, {}, "did you mean welfare"),
        ({"select": "welfare"}, {"meta": "uniform"}, "uniform selects nothing"),
        ({"start": "scripted:stag"}, {}, "plays stag-hunt only"),
        ({"start": "random|random"}, {}, "start names 2 populations; matrix has 1"),
        ({"worlds": 1}, {}, "expected 2 or more, to play both sides"),
        ({"payoff": [[1, float("nan")], [0, 1]]}, {}, "payoff holds nan"),
    ],
)
def test_mistakes_leave_nothing_behind(keys, given, words, tmp_path):
    with pytest.raises(SkyrallyError, match=words):
        start("matrix", {**KEYS, **keys}, out=tmp_path / "run", **given)
    assert not (tmp_path / "run").exists()


def test_populations_that_do_not_fit(whole, tmp_path):
    with pytest.raises(SkyrallyError, match=r"was trained on matrix and does not fit|is a population for matrix"):
        start("stag-hunt", {"start": f"run:{whole}"}, out=tmp_path / "run")
    with pytest.raises(SkyrallyError, match="no two sides"):
        start("hover", {}, out=tmp_path / "run")
    with pytest.raises(SkyrallyError, match="holds a run already"):
        begun(whole)
    with pytest.raises(SkyrallyError, match="is done"):
        resume(whole)


def test_damaged_runs_are_told(tmp_path):
    assert begun(tmp_path / "run", iterations=1).go()
    (tmp_path / "run" / "population.json").write_text('{"scenario": "matrix", "options": {}, "populations": [[]], "mixtures": [[]]}')
    with pytest.raises(SkyrallyError, match="empty population"):
        find_agent(f"run:{tmp_path / 'run'}", SCENARIOS["matrix"])
    next((tmp_path / "run").glob("table-*.npz")).write_bytes(b"PK")
    with pytest.raises(SkyrallyError, match="no payoff table"):
        resume(tmp_path / "run")
    (tmp_path / "run" / "state.json").write_text("{")
    with pytest.raises(SkyrallyError, match="is damaged"):
        resume(tmp_path / "run")


def test_reports_leave_populations_out(whole):
    with pytest.raises(SkyrallyError, match="no training run"):
        read_rows([whole])


def test_keys_mean_one_thing():
    """PSRO's, PPO's and the scenarios' options share one space of names."""
    mine, theirs = set(plain(PSROConfig())), set(plain(PPOConfig())) | set(PLACE)
    assert not mine & theirs
    for scenario in SCENARIOS.values():
        if scenario.family in ("match", "game"):
            assert not (mine | theirs) & set(scenario.options), scenario.name


def test_both_sides_of_the_worlds_are_played(whole):
    env = make("matrix", 6, payoff="chicken", threads=1)
    mine, theirs = both_ways(env)
    assert [(d, w) for d, w in mine] == [(theirs[1][0], theirs[0][1]), (theirs[0][0], theirs[1][1])]
    assert np.ptp([w.stop - w.start for _, w in mine]) == 0


VALUES = {"worlds": 32, "steps": 4, "hidden": (8,), "learning_rate": 0.03, "stagger": False, "epsilon": 0.5, "epsilon_end": 0.2}


@pytest.mark.parametrize("learner", ["iql", "pqn"])
def test_values_find_the_equilibrium_of_rock_paper_scissors(learner, tmp_path):
    keys = {**VALUES, "learner": learner, "payoff": "rock-paper-scissors", "response": 3000, "iterations": 4, "episodes": 4, "most": 8}
    run = start("matrix", keys, out=tmp_path / "run", seed=1)
    assert run.go()
    assert run.state is not None
    assert run.state.profile[0] == pytest.approx([1 / 3] * 3, abs=1e-6)
    manifest = json.loads((tmp_path / "run" / "policies" / "001" / "agent.json").read_text())
    assert manifest["choices"]["mode"] == "pick"
    with pytest.raises(SkyrallyError, match="is done"):
        resume(tmp_path / "run")


@pytest.mark.parametrize("objective", ["neutral", "episodic", "per-step", "strategic", "marginal"])
def test_risk_changes_what_values_learn(objective):
    """As PPO above: only the neutral learner stays bold."""
    torch.manual_seed(0)
    kind, options, defaults = LEARNERS["pqn"]
    config = configured(options, {**defaults, **VALUES, "worlds": 128, "epsilon_end": 0.05, "lambda": 1.0, "minibatches": 4})
    env = make("matrix", 128, payoff=[[4, -2], [0.4, 0.3]], column="zero-sum", threads=1)
    actions = [find_agent(f"python:{__name__}:column_{k}", env.scenario) for k in (0, 1)]
    places = [(slice(0, 1), slice(0, 128))], [(slice(1, 2), slice(0, 128))]
    learner = kind(env, config, 20_000, actions, Aim((0.5, 0.5), (4.0, -2.0), objective, 1.0), places)
    for _ in range(25):
        learner.iterate()
    bold = float((learner.carry.rollout.action[:, :, 0, 0] == 0).float().mean())
    assert bold > 0.9 if objective == "neutral" else bold < 0.1


def test_best_responses_begin_with_weights(whole, tmp_path):
    """`initial` and `warm=best` take over the weights of a policy of the same shape, however much that explored."""
    weights = find_agent(f"file:{whole / 'policies' / '001'}", SCENARIOS["matrix"]).actors.state_dict()  # type: ignore[attr-defined]
    for keys in ({"initial": f"file:{whole / 'policies' / '001'}"}, {"start": f"file:{whole / 'policies' / '001'}", "warm": "best"}):
        run = begun(tmp_path / next(iter(keys)), std_init=0.3, **keys)
        own = ("policies/000",) if "initial" in keys else (keys["start"],)
        if "initial" in keys:
            run.psro.begin()
        task = Task(0, 5, 1, own, (1.0,), own, (1.0,), (0.0,), "neutral", 0.0)
        learner = run.psro.oracle._learner(task)  # type: ignore[attr-defined]
        assert all(torch.equal(value, learner.actors.state_dict()[name]) for name, value in weights.items())
    with pytest.raises(SkyrallyError, match="does not fit"):
        begun(tmp_path / "wide", hidden=(9,), initial=f"file:{whole / 'policies' / '001'}").go()
