"""Training runs: their folder, resuming to the same numbers, refusals, what is left when things go wrong."""

from __future__ import annotations

import json
import signal
import sys
from dataclasses import replace
from pathlib import Path

import av
import pytest
import torch
import toy_scenario
import yaml

from skyrally.agents.spec import find_agent
from skyrally.baselines.folder import RunFolder
from skyrally.baselines.ppo import Diverged
from skyrally.baselines.results import read_rows
from skyrally.baselines.run import resume, start
from skyrally.cli_learning import _go
from skyrally.errors import SkyrallyError
from skyrally.scenarios.registry import SCENARIOS
from skyrally.tournament.drills import play_drill
from skyrally.tournament.evaluation import evaluate

SMALL = {
    "worlds": 4,
    "steps": 5,
    "minibatches": 2,
    "epochs": 2,
    "hidden": (8,),
    "threads": 1,
    "evaluate_every": 60,
    "evaluate_episodes": 4,
    "save_seconds": 0.0,
    "max_cycles": 7,
}
TIMES = ("seconds",)


@pytest.fixture(autouse=True)
def toy(monkeypatch):
    scenario = toy_scenario.scenario()
    monkeypatch.setitem(SCENARIOS, scenario.name, scenario)
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


def started(folder: Path, **keys):
    return start("mappo", "toy", {**SMALL, **keys}, out=folder, frames=200, seed=1)


def numbers(folder: Path):
    """metrics.jsonl without the times."""
    rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    return [{k: v for k, v in row.items() if not k.startswith(TIMES)} for row in rows]


class StopAt:
    """A watcher that interrupts after so many rows, as Ctrl-C does."""

    def __init__(self, rows: int):
        self.left = rows

    def show(self, row):
        self.left -= 1
        if self.left == 0:
            signal.raise_signal(signal.SIGINT)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(SCENARIOS, "toy", toy_scenario.scenario())
        assert started(folder).go()
    return folder


def test_a_run_leaves_what_was_promised(whole):
    config = yaml.safe_load((whole / "config.yaml").read_text())
    assert config["run"]["frames"] == 200
    assert config["algorithm"]["critic"] == "state"
    assert config["options"]["max_cycles"] == 7
    manifest = json.loads((whole / "manifest.json").read_text())
    assert {"version", "torch", "threads", "dtype", "command", "machine"} <= set(manifest)
    rows = numbers(whole)
    assert [row["frames"] for row in rows] == list(range(20, 201, 20))
    judged = [row["frames"] for row in rows if "evaluation/metric" in row]
    assert judged == [60, 120, 180, 200]
    assert sorted(path.name for path in (whole / "eval").iterdir()) == [f"{frames:012d}.json" for frames in judged]
    assert not list(whole.rglob("*.part"))
    assert len(RunFolder(whole).known()) <= 3


def test_the_agent_of_a_run_plays(whole):
    agent = find_agent(f"run:{whole}", SCENARIOS["toy"])
    best = (whole / "checkpoints" / "best").read_text().strip()
    assert agent.provenance["frames"] == int(best)
    assert agent.provenance["algorithm"] == "mappo"
    assert agent.provenance["seed"] == 1


def test_interrupted_and_resumed_gives_the_same_numbers(whole, tmp_path):
    run = started(tmp_path / "run")
    assert not run.go(StopAt(4))
    assert numbers(tmp_path / "run") == numbers(whole)[:4]
    torch.manual_seed(77)
    assert resume(tmp_path / "run").go()
    assert numbers(tmp_path / "run") == numbers(whole)
    last = [
        torch.load(RunFolder(folder).known()[-1] / "state.pt", weights_only=True)["learner"]["actors"]
        for folder in (whole, tmp_path / "run")
    ]
    assert all(torch.equal(last[0][name], last[1][name]) for name in last[0])


@pytest.mark.jit
def test_the_same_with_delays_and_noise(tmp_path):
    """Actions and observations on their way belong to the state as well."""
    given = {"keys": {**SMALL, "disturb": "hard"}, "frames": 200, "seed": 2}
    assert start("ppo", "hover", out=tmp_path / "whole", **given).go()
    assert not start("ppo", "hover", out=tmp_path / "parts", **given).go(StopAt(3))
    assert resume(tmp_path / "parts").go()
    assert numbers(tmp_path / "parts") == numbers(tmp_path / "whole")


def test_a_kill_loses_only_what_came_after_the_checkpoint(whole, tmp_path):
    """save_seconds is long: the only checkpoint is that of the evaluation at 60; then the process dies without a word."""
    run = started(tmp_path / "run", save_seconds=1e6, evaluate_every=60)

    class Die:
        def show(self, row):
            if row["frames"] == 100:
                raise MemoryError

    with pytest.raises(MemoryError):
        run.go(Die())
    with (tmp_path / "run" / "metrics.jsonl").open("a") as file:
        file.write('{"frames": 12')  # cut short by the kill
    again = resume(tmp_path / "run")
    assert again.learner.carry.frames in (60, 80)
    again.go()
    assert numbers(tmp_path / "run") == numbers(whole)


def test_what_a_kill_left_behind_is_put_right(whole, tmp_path):
    """A kill between a checkpoint and the file that names it the best, with a file half-written."""
    started(tmp_path / "run").go(StopAt(4))
    best = tmp_path / "run" / "checkpoints" / "best"
    name = best.read_text()
    best.unlink()
    (best.parent / ".000000000080.0123abcd.part").mkdir()
    (tmp_path / "run" / ".manifest.json.0123abcd.part").write_text("{")
    assert resume(tmp_path / "run").best_at == int(name)
    assert best.read_text() == name
    assert not list((tmp_path / "run").rglob("*.part"))


def test_evaluations_follow_the_protocol_of_the_manifest(whole):
    protocol = json.loads((whole / "manifest.json").read_text())["evaluation"]
    assert protocol["episodes"] == SMALL["evaluate_episodes"]
    best = int((whole / "checkpoints" / "best").read_text())
    again = play_drill("toy", f"run:{whole}", protocol["episodes"], seed=protocol["seed"], max_cycles=7)
    kept = json.loads((whole / "eval" / f"{best:012d}.json").read_text())
    assert kept["metric"] == pytest.approx(sum(row.metric for row in again) / 4)
    assert kept["return"] == pytest.approx(sum(row.reward for row in again) / 4)
    done = evaluate(f"run:{whole}", episodes=6)
    assert (done.scenario, done.options) == ("toy", {"max_cycles": 7})


def test_a_run_as_a_row(whole):
    evaluate(f"run:{whole}", episodes=6).store(whole / "eval" / "final")
    (row,) = read_rows([whole.parent])
    assert (row["run"], row["scenario"], row["algorithm"], row["actions"], row["seed"]) == ("run", "toy", "mappo", "rotor", 1)
    assert (row["frames"], row["asked"], row["options"]) == (200, 200, {"max_cycles": 7})
    assert [point["frames"] for point in row["curve"]] == [60, 120, 180, 200]
    assert row["final"]["episodes"] == 6
    assert {"command", "commit", "machine", "seconds"} <= set(row)


def test_diverged_losses_keep_the_last_good_checkpoint(tmp_path):
    run = started(tmp_path / "run")

    class Poison:
        def show(self, row):
            if row["frames"] == 100:
                run.learner.critic.value.weight.data[:] = torch.nan

    with pytest.raises(Diverged):
        run.go(Poison())
    state = RunFolder(tmp_path / "run").last_state()
    assert state["learner"]["carry"]["frames"] == 100
    assert all(value.isfinite().all() for value in state["learner"]["actors"].values())


def test_a_run_is_not_overwritten_and_a_finished_one_not_resumed(whole):
    with pytest.raises(SkyrallyError, match="holds a run already"):
        started(whole)
    with pytest.raises(SkyrallyError, match="is done"):
        resume(whole)
    with pytest.raises(SkyrallyError, match="no run's folder"):
        resume(whole / "eval")


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"learnin_rate": 1}, "did you mean learning_rate"),
        ({"max_cycle": 1}, "did you mean max_cycles"),
        ({"gamma": 3}, "gamma is 3; expected a number, 0 or more and at most 1"),
        ({"keep": 0}, "keep is 0; expected a whole number, 1 or more"),
        ({"physics": "fin"}, "did you mean fine"),
        ({"action_mode": "rotr"}, "did you mean rotor"),
        ({"frames": 5}, "unknown key 'frames'"),
    ],
)
def test_bad_keys_leave_nothing_behind(keys, message, tmp_path):
    with pytest.raises(SkyrallyError, match=message):
        started(tmp_path / "run", **keys)
    assert not (tmp_path / "run").exists()


def test_a_run_is_trained_by_one_process_at_a_time(tmp_path):
    run = started(tmp_path / "run")
    with pytest.raises(SkyrallyError, match="trained by another process"):
        resume(tmp_path / "run")
    run.go(StopAt(1))
    assert resume(tmp_path / "run").learner.carry.frames == 20


def test_without_tensorboard_nothing_is_begun(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(SkyrallyError, match="pip install"):
        started(tmp_path / "run", tensorboard=True)
    assert not (tmp_path / "run").exists()


def test_unknown_algorithms_are_named():
    with pytest.raises(SkyrallyError, match="did you mean"):
        start("mapo", "toy", {})


def test_a_checkpoint_that_cannot_be_written_leaves_the_old_one(whole, tmp_path):
    folder = RunFolder(tmp_path)
    folder.checkpoints.mkdir()
    folder.save(1, lambda path: None, {"a": torch.zeros(1)}, 2, best=True)

    def full(path):
        raise OSError(28, "No space left on device")

    with pytest.raises(SkyrallyError, match="No space left"):
        folder.save(2, full, {}, 2, best=True)
    assert folder.last_state()["a"] == 0
    assert folder.best_name() == f"{1:012d}"
    assert not list(tmp_path.rglob("*.part"))


def test_practice_options_are_for_training_only(tmp_path, monkeypatch):
    """Worlds to learn in have them; the judge's worlds and the agent's manifest do not."""
    monkeypatch.setitem(SCENARIOS, "toy", replace(toy_scenario.scenario(), practice=("max_cycles",)))
    run = started(tmp_path / "run")
    assert run.env.params["max_steps"] == 7
    assert run.judge is not None
    assert run.judge.env.params["max_steps"] == 20
    assert run.go()
    agents = [json.loads(path.read_text()) for path in (tmp_path / "run").rglob("agent.json")]
    assert agents
    assert all(agent["options"] == {} for agent in agents)


def test_the_best_agent_is_filmed_at_the_end_if_asked(tmp_path):
    _go(started(tmp_path / "run", video=True))
    assert sum(1 for _ in av.open(str(tmp_path / "run" / "best.mp4")).decode(video=0)) > 1
    _go(started(tmp_path / "plain"))
    assert not (tmp_path / "plain" / "best.mp4").exists()
