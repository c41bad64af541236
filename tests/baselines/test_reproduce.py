"""benchmarks/learning: what is run, in which order, and what is skipped after an interruption."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks" / "learning"))

import commands
import reproduce

from skyrally.baselines.algorithms import ALGORITHMS
from skyrally.baselines.config import configured
from skyrally.baselines.run import RunConfig
from skyrally.cli_words import parse_options
from skyrally.errors import SkyrallyError
from skyrally.scenarios.registry import find

DRILLS = ["back-and-forth", "hit-the-ball", "solo-bump", "bump-and-pass", "set-and-spike-easy", "set-and-spike-hard"]


class Fake:
    """A sitting whose verbs leave what real ones leave; stops when it has run `verbs` of them."""

    def __init__(self, verbs=10**6):
        self.verbs, self.ran = verbs, []

    def run(self, words):
        if len(self.ran) == self.verbs:
            return False
        self.ran.append(words[0])
        root = Path(words[words.index("--out") + 1]) if words[0] == "train" else Path(words[1].removeprefix("run:"))
        if words[0] == "eval":
            (root / "eval" / "final").mkdir(parents=True)
            metric = {"mean": 12.0, "low": 11.0, "high": 13.0}
            (root / "eval" / "final" / "result.json").write_text(json.dumps({"episodes": 1000, "metric": metric}))
            return True
        if words[0] == "train":
            begin(root, words)
        stopped = len(self.ran) == self.verbs
        frames = 500 if stopped else 1000
        kept = root / "checkpoints" / f"{frames:012d}"
        kept.mkdir(parents=True)
        (kept / "state.pt").write_text("")
        line = {"frames": frames, "seconds": frames / 10, "metric": 1.0, "return": 2.0, "evaluation/metric": 11.0, "evaluation/error": 0.1}
        with (root / "metrics.jsonl").open("a") as file:
            file.write(json.dumps(line) + "\n")
        return not stopped


def begin(root, words):
    root.mkdir(parents=True)
    scenario, seed = words[2], int(words[words.index("--seed") + 1])
    run = {"scenario": scenario, "algorithm": words[1], "seed": seed, "frames": 1000}
    place = {"action_mode": "ctbr"} if "action_mode=ctbr" in words else {}
    (root / "config.yaml").write_text(json.dumps({"run": run, "place": place, "options": {}}))
    kept = {"command": commands.command(words), "commit": "abc", "machine": "it", "threads": 1, "evaluation": {"episodes": 256}}
    (root / "manifest.json").write_text(json.dumps(kept))


def chosen(out, drills=("solo-bump", "set-and-spike-hard"), seeds=(0, 1), actions=("rotor",)):
    return reproduce.choose(drills, actions, seeds, 1000, out=out)


def test_one_seed_of_every_drill_comes_first():
    every = commands.jobs()
    assert len(every) == 36
    assert [job.curve.drill for job in every[:6]] == DRILLS
    assert {job.seed for job in every[:6]} == {0}
    assert {job.actions for job in every[:18]} == {"rotor"}
    assert len({job.name for job in every}) == 36


@pytest.mark.parametrize("curve", commands.CURVES, ids=DRILLS)
def test_every_command_is_one_that_train_takes(curve):
    assert curve.stages[0].algorithm == ("ppo" if find(curve.drill).drones == 1 else "imitate")
    assert find(curve.drill).published
    options = find(curve.drill).options
    for stage in curve.stages:
        _, kind, _ = ALGORITHMS[stage.algorithm]
        keys = parse_options((*commands.EVERYWHERE, *stage.keys))
        run = {name: value for name, value in keys.items() if name in RunConfig.__dataclass_fields__}
        configured(RunConfig, run)
        configured(kind, {name: value for name, value in keys.items() if name not in run and name not in options})


def test_all_is_carried_out_and_then_skipped(tmp_path):
    pytest.importorskip("matplotlib")
    todo = chosen(tmp_path)
    sitting = Fake()
    assert reproduce.work(todo, sitting, tmp_path) == 0
    assert sitting.ran == ["train", "eval"] * 4
    row = json.loads((tmp_path / "rows" / "solo-bump-rotor-seed1.json").read_text())
    assert (row["seed"], row["frames"], row["final"]["metric"]["mean"], row["command"]) == (
        1,
        1000,
        12.0,
        commands.command(todo[2].train(0)),
    )
    assert "| solo-bump | ppo, rotor | 10.83 | 12 [12, 12] | 2 | 2 of 2 |" in (tmp_path / "README.md").read_text()
    again = Fake()
    assert reproduce.work(todo, again, tmp_path) == 0
    assert again.ran == []


@pytest.mark.parametrize(("verbs", "next_"), [(1, ["resume", "eval"]), (2, ["train"]), (3, ["resume", "eval"])])
def test_an_interrupted_sitting_is_gone_on_with(tmp_path, verbs, next_):
    """Stopped while training the first run; between two runs; while training the second."""
    pytest.importorskip("matplotlib")
    todo = chosen(tmp_path, seeds=(0,))
    assert reproduce.work(todo, Fake(verbs), tmp_path) == 130
    again = Fake()
    assert reproduce.work(todo, again, tmp_path) == 0
    assert again.ran[: len(next_)] == next_
    assert all(job.row.exists() for job in todo)


def test_a_judged_run_without_its_row_gets_it(tmp_path):
    pytest.importorskip("matplotlib")
    (job,) = todo = chosen(tmp_path, drills=("solo-bump",), seeds=(0,))
    reproduce.work(todo, Fake(), tmp_path)
    job.row.unlink()
    again = Fake()
    assert reproduce.work(todo, again, tmp_path) == 0
    assert again.ran == []
    assert job.row.exists()


def two_stages(out):
    first, then = commands.Stage("imitate", 14_000_000), commands.Stage("mappo", 6_000_000, ("gamma=0.99",))
    return commands.Job(commands.Curve("bump-and-pass", (first, then)), "rotor", 0, out, short=1000)


@pytest.mark.parametrize(("verbs", "next_"), [(1, ["resume", "train", "eval"]), (2, ["resume", "eval"]), (3, [])])
def test_stages_go_on_from_each_other(tmp_path, verbs, next_):
    """Stopped in the first stage, in the second, or not at all: one row of both, whose curve goes on."""
    job, again = two_stages(tmp_path), Fake()
    first, then = job.train(0), job.train(1)
    assert f"initial=run:{job.folders[0]}" in then
    assert not any(word.startswith("initial=") for word in first)
    assert reproduce.carry_out(job, Fake(verbs if next_ else 10)) == (not next_)
    assert reproduce.finished(job) == (not next_)
    if next_:
        assert reproduce.carry_out(job, again)
    assert again.ran == next_
    row = json.loads(job.row.read_text())
    assert (row["run"], row["algorithm"], row["frames"]) == ("bump-and-pass-rotor-seed0", "imitate, then mappo", 2000)
    assert row["command"].splitlines() == [commands.command(first), commands.command(then)]
    frames = [point["frames"] for point in row["curve"]]
    assert frames == sorted(frames)
    assert {1000, 2000} <= set(frames)
    assert row["seconds"] == pytest.approx(200.0)


def test_another_run_in_the_folder_is_refused(tmp_path):
    (job,) = chosen(tmp_path, drills=("solo-bump",), seeds=(0,))
    begin(job.folders[0], [*job.train(0), "gamma=0.9"])
    with pytest.raises(SkyrallyError, match="holds another run"):
        reproduce.state(job, 0)


def test_time_left_goes_by_samples(tmp_path):
    pytest.importorskip("matplotlib")
    todo = chosen(tmp_path, seeds=(0,))
    assert "unknown" in reproduce.left(todo, [])
    reproduce.work(todo[:1], Fake(), tmp_path)
    assert reproduce.left(todo[1:], todo[:1]) == "about 0:03:20"  # 100 s for one drone


def test_wrong_words_are_one_line(tmp_path):
    for drills, actions, frames, message in (
        (["solo-bumb"], ["rotor"], None, "did you mean solo-bump"),
        (["solo-bump"], ["rotr"], None, "did you mean rotor"),
        (["solo-bump"], ["rotor"], 0, "frames is 0"),
    ):
        with pytest.raises(SkyrallyError, match=message):
            reproduce.choose(drills, actions, [0], frames, out=tmp_path)


def test_the_readme_has_the_block_and_the_table_of_the_kept_rows():
    (block,) = reproduce.BLOCK.findall(reproduce.README.read_text())
    kept = reproduce.HERE / "rows"
    if kept.exists():
        assert block == reproduce.summary(reproduce.grouped(reproduce.read_rows([kept]))) + "\n"
    else:
        assert "Not measured yet" in block
