"""Leagues: results that add up, the same after any interruption, and nothing lost or played twice."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
import yaml

from skyrally.agents.networks import Actors, NetworkSpec
from skyrally.agents.policy import manifest_of, write_agent
from skyrally.errors import SkyrallyError
from skyrally.lock import Lock
from skyrally.render import open_replay
from skyrally.scenarios.registry import find
from skyrally.tournament.engines import engine_of
from skyrally.tournament.job import Meeting, jobs_of, match_seed
from skyrally.tournament.league import Tournament
from skyrally.tournament.plan import plan_of, read_plan

pytestmark = pytest.mark.jit
SCENARIO = "volleyball-1v1"
TRIO = ["hover", "random", "scripted:rally"]
KEYS = {"scenario": SCENARIO, "points": 3, "seed": 5}
ROOT = Path(__file__).parents[2]


def contents(league):
    """Every table, row by row."""
    tables = ("matches", "results", "rallies", "events", "entrants")
    return {name: [tuple(row.values()) for row in league.store.rows(f"SELECT * FROM {name} ORDER BY 1, 2, 3")] for name in tables}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A league of three, played at one go."""
    league = Tournament(TRIO, **KEYS, rounds=2, replays=1, out=tmp_path_factory.mktemp("whole") / "league")
    assert league.run(workers=1)
    return league


class Enough(Exception):
    pass


def stop_after(count):
    """A listener that ends the run when so many matches were stored."""

    def told(played, known):
        if played >= count:
            raise Enough

    return told


def test_results_add_up(whole):
    told = json.loads(json.dumps(whole.results(), allow_nan=False))
    assert {one["name"] for one in told["entrants"]} == set(TRIO)
    assert [one["rank"] for one in told["entrants"]] == [1, 2, 3]
    assert len(told["matches"]) == 6
    assert all(max(match["score"]) == 3 for match in told["matches"])
    assert sum(one["rating"] for one in told["entrants"]) == pytest.approx(0.0, abs=1e-6)
    assert sum(one["best"] for one in told["entrants"]) == pytest.approx(1.0)
    assert sum(one["nash"] for one in told["entrants"]) == pytest.approx(1.0)
    assert sum(one["alpha_rank"] for one in told["entrants"]) == pytest.approx(1.0)
    for k, j in itertools.combinations(range(3), 2):
        assert told["cross"][k][j] + told["cross"][j][k] == pytest.approx(1.0)
    assert [told["cross"][k][k] for k in range(3)] == [None] * 3
    for one in told["entrants"]:
        mine = [m for m in told["matches"] if one["name"] in (m["home"], m["away"])]
        won = sum(m["score"][m["away"] == one["name"]] for m in mine)
        assert one["share"] == pytest.approx(won / sum(sum(m["score"]) for m in mine))
        assert one["low"] < one["rating"] < one["high"]
        assert one["won"] + one["lost"] + one["drawn"] == len(mine) == 4
    assert len(told["settle"]) == 3


def test_rallies_are_kept_and_the_replay_opens(whole):
    for match in whole.results()["matches"]:
        rows = whole.store.rows(f"SELECT * FROM rallies WHERE match = {match['id']}")
        assert [sum(row["winner"] == k for row in rows) for k in (0, 1)] == match["score"]
        assert match["seconds"] == pytest.approx(sum(row["steps"] for row in rows) * 0.02 / len(rows))
    first, *rest = whole.results()["matches"]
    assert all(match["replay"] is None for match in rest)
    replay = open_replay(whole.folder / first["replay"])
    assert len(replay) > 30
    assert not list(whole.folder.rglob("*.part"))


@pytest.mark.parametrize("count", [1, 2, 5])
def test_an_interrupted_league_comes_to_the_same(whole, count, tmp_path):
    league = Tournament(TRIO, **KEYS, rounds=2, replays=1, out=tmp_path / "league")
    with pytest.raises(Enough):
        league.run(workers=1, told=stop_after(count))
    again = Tournament.open(tmp_path / "league")
    assert again.run(resume=True, workers=1)
    assert contents(again) == contents(whole)


def test_two_workers_come_to_the_same(whole, tmp_path):
    league = Tournament(TRIO, **KEYS, rounds=2, replays=1, out=tmp_path / "league")
    assert league.run(workers=2)
    assert contents(league) == contents(whole)


@pytest.mark.parametrize("form", ["swiss", "double-elimination", "gauntlet", "ladder"])
def test_every_format_is_played_to_its_end_and_goes_on(form, tmp_path):
    entrants = {"a": "hover", "b": "random", "c": "scripted:rally", "d": "hover"}
    straight = Tournament(entrants, **KEYS, format=form, replays=0, out=tmp_path / "straight")
    assert straight.run(workers=1)
    broken = Tournament(entrants, **KEYS, format=form, replays=0, out=tmp_path / "broken")
    with pytest.raises(Enough):
        broken.run(workers=1, told=stop_after(2))
    assert broken.run(resume=True, workers=1)
    assert contents(broken) == contents(straight)
    assert len(straight.results()["matches"]) >= 3


def test_points_in_all_are_played_side_by_side(tmp_path):
    league = Tournament(TRIO[:2], scenario=SCENARIO, points=10, count="total", replays=0, out=tmp_path / "league")
    league.run(workers=1)
    (match,) = league.results()["matches"]
    rows = league.store.rows('SELECT "set", count(*) AS n, sum(red) AS reds FROM rallies GROUP BY "set"')
    assert [row["n"] for row in rows] == [4, 4, 2]
    assert [row["reds"] for row in rows] == [2, 2, 1]
    assert sum(match["score"]) + match["draws"] == 10


def test_jobs_are_cut_the_same_way_and_seeds_differ():
    plan = plan_of(["hover", "random", "mine.py:make"], scenario=SCENARIO, points=40, count="total")
    meetings = [Meeting(k, *pair) for k, pair in enumerate([(0, 1), (1, 2), (0, 1), (0, 2)])]
    jobs = jobs_of(plan, meetings)
    assert [[m.id for m in job.meetings] for job in jobs] == [[0], [2], [1], [3]]
    assert len({match_seed(5, k) for k in range(1000)} | {match_seed(6, k) for k in range(1000)}) == 2000


def network(folder, seed):
    """Untrained weights for the scenario."""
    scenario = find(SCENARIO)
    torch.manual_seed(seed)
    spec = NetworkSpec(scenario.views["match"].size, hidden=(16,))
    folder.mkdir(exist_ok=True)
    write_agent(folder, Actors(spec), manifest_of(scenario, {}, "match", "ctbr", spec, {}))
    return f"file:{folder}"


def test_weights_are_copied_and_a_change_is_refused(tmp_path):
    specs = {"first": network(tmp_path / "a", 1), "second": network(tmp_path / "b", 2)}
    league = Tournament(specs, **KEYS, rounds=2, out=tmp_path / "league")
    with pytest.raises(Enough):
        league.run(workers=1, told=stop_after(1))
    assert len(list((tmp_path / "league" / "entrants").glob("*/agent.safetensors"))) == 2
    network(tmp_path / "b", 3)
    with pytest.raises(SkyrallyError, match="second changed"):
        league.run(resume=True, workers=1)
    network(tmp_path / "b", 2)
    assert league.run(resume=True, workers=1)


def test_a_second_process_is_refused(whole, tmp_path):
    lock = Lock(whole.folder / ".lock", "")
    lock.take()
    code = f"from skyrally.tournament.league import Tournament; Tournament.open({str(whole.folder)!r}).run(resume=True)"
    try:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=300)
    finally:
        lock.give_back()
    assert done.returncode == 1
    assert "is being played by another process" in done.stderr


def test_a_league_is_not_overwritten_nor_mixed(whole):
    with pytest.raises(SkyrallyError, match="--resume"):
        whole.run()
    other = Tournament(TRIO, **{**KEYS, "points": 4}, rounds=2, replays=1, out=whole.folder)
    with pytest.raises(SkyrallyError, match="points was 3, is 4"):
        other.run(resume=True)


def test_hostile_entrants_lose_and_the_league_finishes(tmp_path):
    file = Path(__file__).with_name("hostile_entrants.py")
    names = ["raises_when_acting", "exits_at_once", "raises_when_made"]
    entrants = {"hover": "hover", **{name: f"{file}:{name}" for name in names}}
    league = Tournament(entrants, **KEYS, format="gauntlet", memory_limit=512, out=tmp_path / "league")
    assert league.run(workers=1)
    told = league.results()
    assert told["entrants"][0]["name"] == "hover"
    assert [match["score"] for match in told["matches"]] == [[3, 0]] * 3
    assert {fault["entrant"] for fault in told["faults"]} == set(names)
    assert "ZeroDivisionError: division by zero (3 times)" in told["faults"][0]["what"]
    assert "status 7" in told["matches"][1]["faults"][0]


def test_the_verb_plays_goes_on_and_prints(tmp_path):
    file = tmp_path / "league.yaml"
    file.write_text(yaml.safe_dump({"entrants": TRIO[:2], **KEYS, "replays": 0}))
    words = [sys.executable, "-m", "skyrally", "tournament"]
    first = subprocess.run([*words, str(file), "--workers", "1"], capture_output=True, text=True, cwd=tmp_path, timeout=300)
    assert first.returncode == 0, first.stderr
    assert "hover" in first.stdout
    assert {path.suffix for path in (tmp_path / "runs" / "league").glob("report.*")} == {".html", ".md", ".json"}
    again = subprocess.run([*words, "runs/league", "--resume", "--json"], capture_output=True, text=True, cwd=tmp_path, timeout=300)
    assert json.loads(again.stdout)["matches"] == Tournament.open(tmp_path / "runs" / "league").results()["matches"]
    for wrong, says in ((str(file), "--resume"), ("nowhere.yaml", "nowhere.yaml"), (str(file), "spare")):
        extra = ["--engine", "spare", "--resume"] if says == "spare" else []
        done = subprocess.run([*words, wrong, *extra], capture_output=True, text=True, cwd=tmp_path, timeout=300)
        assert done.returncode == 2
        assert done.stderr.startswith("skyrally: ")
        assert says in done.stderr


@pytest.mark.slow
def test_the_lines_of_the_docs_run(tmp_path):
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "tournaments.md").read_text(), re.S)
    (tmp_path / "friday.py").write_text(code)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "friday.py"], capture_output=True, text=True, cwd=tmp_path, timeout=300, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1. Rally: +")


def test_the_example_is_a_league():
    plan = read_plan(ROOT / "examples" / "league.yaml")
    plan.check()
    assert plan.format == "round-robin"


def test_a_file_that_is_no_database_is_one_clear_line(tmp_path):
    (tmp_path / "league.sqlite").write_bytes(b"not a database, but long enough to be looked at as one" * 100)
    with pytest.raises(SkyrallyError, match="not a database"):
        Tournament.open(tmp_path)
    with pytest.raises(SkyrallyError, match="holds no league"):
        Tournament.open(tmp_path / "nowhere")


def begun(file, out, *words):
    command = [sys.executable, "-m", "skyrally", "tournament", str(file), "--out", str(out), *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)


@pytest.mark.slow
def test_killed_at_random_moments_nothing_is_lost_or_doubled(tmp_path):
    file, rng = tmp_path / "league.yaml", random.Random(1)
    file.write_text(yaml.safe_dump({"entrants": TRIO, **KEYS, "points": 12, "count": "total", "rounds": 3, "replays": 1}))
    start = time.monotonic()
    assert begun(file, tmp_path / "whole", "--workers", "1").wait(300) == 0
    span, killed = time.monotonic() - start, 0
    for _ in range(4):
        process = begun(file, tmp_path / "broken", "--workers", "1", "--resume")
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(rng.uniform(0.3, 1.0) * span)
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
    assert killed
    assert begun(file, tmp_path / "broken", "--workers", "1", "--resume").wait(300) == 0
    assert contents(Tournament.open(tmp_path / "broken")) == contents(Tournament.open(tmp_path / "whole"))


def test_workers_end_with_their_killed_parent(tmp_path):
    file = tmp_path / "league.yaml"
    file.write_text(yaml.safe_dump({"entrants": TRIO, "scenario": SCENARIO, "points": 2000, "count": "total", "rounds": 20}))
    process = begun(file, tmp_path / "out", "--workers", "2")
    deadline = time.monotonic() + 300.0
    while len(children := descendants(process.pid)) < 3 and time.monotonic() < deadline:
        time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    process.wait()
    while any(Path(f"/proc/{child}").exists() for child in children) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert len(children) >= 3  # two workers and the resource tracker
    assert not [child for child in children if Path(f"/proc/{child}").exists()]


def descendants(pid):
    path = Path(f"/proc/{pid}/task/{pid}/children")
    found = [int(word) for word in path.read_text().split()] if path.exists() else []
    return found + [deeper for child in found for deeper in descendants(child)]


@pytest.mark.slow
def test_ray_comes_to_the_same(whole, tmp_path):
    pytest.importorskip("ray", reason="Ray is not installed: pip install 'skyrally[cluster]'")
    league = Tournament(TRIO, **KEYS, rounds=2, replays=1, out=tmp_path / "league")
    assert league.run(workers=2, engine="ray")
    assert contents(league) == contents(whole)


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"format": "swis"}, "swiss"),
        ({"points": 0}, "points is 0"),
        ({"points": 2.5}, "points is 2.5"),
        ({"count": "best"}, "first"),
        ({"pionts": 3}, "points"),
        ({"swap": "halve"}, "half"),
        ({"time_limit": 0}, "time_limit is 0"),
        ({"time_limit": True}, "time_limit is True"),
        ({"memory_limit": 1}, "memory_limit is 1"),
        ({"rounds": 0}, "rounds is 0"),
        ({"options": 7}, "options is 7"),
        ({"entrants": ["hover"]}, "two or more"),
        ({"entrants": [3, 4]}, "entrant 3"),
        ({"entrants": [{"name": "a", "spec": "hover"}, {"name": "a", "spec": "random"}]}, "different names"),
    ],
)
def test_mistakes_in_a_plan(keys, says):
    given = {"entrants": TRIO, **KEYS, **keys}
    with pytest.raises(SkyrallyError, match=says):
        plan_of(**given)


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"scenario": "hover"}, "no match"),
        ({"options": {"rulez": "sport"}}, "rules"),
        ({"options": {"rules": "sports"}}, "sport"),
        ({"entrants": ["hover", "scripted:raly"]}, "rally"),
        ({"entrants": ["hover", "file:nowhere"]}, "nowhere"),
        ({"entrants": ["hover", "nowhere.py:make"]}, "nowhere.py"),
        ({"entrants": ["hover", "python:no_such_module:make"]}, "no_such_module"),
    ],
)
def test_mistakes_that_only_the_game_shows(keys, says, tmp_path):
    given = {"entrants": TRIO, **KEYS, **keys}
    with pytest.raises(SkyrallyError, match=says):
        Tournament(given.pop("entrants"), **given, out=tmp_path / "league").run(workers=1)
    assert not (tmp_path / "league" / "league.sqlite").exists()


def test_unknown_engines():
    with pytest.raises(SkyrallyError, match="ray"):
        engine_of("rya", 1)


@pytest.mark.parametrize("text", ["", "just words", "a: [", "entrants: 7", "1: 2\nentrants: [hover, random]", "\x00"])
def test_files_that_are_no_league(text, tmp_path):
    (tmp_path / "league.yaml").write_text(text)
    with pytest.raises(SkyrallyError, match=r"league\.yaml"):
        read_plan(tmp_path / "league.yaml")


def test_the_same_spec_twice_gets_two_names():
    plan = plan_of(["hover", "hover", "random"])
    assert [entrant.name for entrant in plan.entrants] == ["hover", "hover (2)", "random"]
