"""The verbs, as a user calls them: exit status, one clear line, files that are whole or not there."""

import json
import os
import subprocess
import sys
import time

import pytest

from skyrally.cli_words import keys_last


def run(*words, cwd=None, **environment):
    return subprocess.run(
        [sys.executable, "-m", "skyrally", *words],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=300,
        env={**os.environ, "SDL_VIDEODRIVER": "", "DISPLAY": "", "WAYLAND_DISPLAY": "", "SKYRALLY_QUIET": "", **environment},
    )


def test_scenarios_as_json():
    done = run("scenarios", "--json")
    rows = {row["name"]: row for row in json.loads(done.stdout)}
    assert done.returncode == 0
    assert {"hover", "solo-bump", "volleyball-1v1", "volleyball-2v2", "volleyball-3v3", "volleyball-6v6"} <= set(rows)
    assert rows["volleyball-3v3"]["agents"] == ["red_0", "red_1", "red_2", "blue_0", "blue_1", "blue_2"]
    assert rows["solo-bump"]["metric"] == "bumps"
    assert rows["hover"]["family"] == "drill"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["watch", "volleybal-3v3"], "volleyball-3v3"),
        (["watch", "hover", "--agent", "hovver"], "hover"),
        (["watch", "hover", "-o", "physic=fine"], "physics"),
        (["watch", "hover", "-o", "physics=finer"], "fine"),
        (["watch", "hover", "-o", "physics"], "NAME=VALUE"),
        (["watch", "hover", "--size", "12"], "WIDTHxHEIGHT"),
        (["watch", "nothing.replay"], "nothing.replay"),
        (["watch", "hover", "--agent", "hover", "--out", "film.avi"], ".gif"),
        (["watch", "hover", "--agent", "hover", "--camera", "orbitt", "--out", "film.mp4"], "orbit"),
        (["eval", "hover", "--episodes", "5"], "needs 6 or more"),
        (["eval", "scripted:rally"], "names no scenario"),
        (["eval", "hover", "--scenario", "hove"], "hover"),
        (["eval", "hover", "--scenario", "hover", "--engine", "genesys"], "genesis"),
        (["bench", "--scenario", "payload", "--engine", "genesis"], "engine='native'"),
        (["watch", "hover", "--renderer", "genesys", "--out", "a.mp4"], "genesis"),
        (["watch", "flock", "--renderer", "genesis", "--out", "a.mp4"], "leave --renderer out"),
        (["bench", "--worlds", "0"], "1 or more"),
        (["bench", "--scenario", "hove"], "hover"),
    ],
)
def test_mistakes_exit_2_with_one_line(words, says, tmp_path):
    done = run(*words, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    line = done.stderr.strip().splitlines()[-1]
    assert line.startswith("skyrally: ")
    assert says in line
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_keys_of_train_may_stand_anywhere():
    words = ["train", "ppo", "hover", "gamma=0.9", "--out", "a=b", "--seed=3", "clip=0.1", "--frames", "5"]
    assert keys_last(words) == ["train", "ppo", "hover", "--out", "a=b", "--seed=3", "--frames", "5", "gamma=0.9", "clip=0.1"]
    assert keys_last(["train"]) == ["train"]


@pytest.mark.jit
def test_watch_writes_files_and_never_overwrites(tmp_path):
    words = ["watch", "hover", "--agent", "hover", "-o", "max_cycles=20", "--out", "a.replay", "--out", "a.png"]
    done = run(*words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "metric" in done.stdout
    kept = (tmp_path / "a.replay").read_bytes()
    again = run(*words, cwd=tmp_path)
    assert again.returncode == 2
    assert "--force" in again.stderr
    assert (tmp_path / "a.replay").read_bytes() == kept
    film = run("replay", "a.replay", "--out", "b.gif", cwd=tmp_path)
    assert film.returncode == 0, film.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.png", "a.replay", "b.gif"]


@pytest.mark.jit
def test_eval_as_json_is_deterministic_and_stores_rows(tmp_path):
    words = ["eval", "hover", "--episodes", "20", "--seed", "4", "--json", "-o", "max_cycles=50"]
    one, two = run(*words, "--out", "rows", cwd=tmp_path), run(*words, cwd=tmp_path)
    assert one.returncode == 0, one.stderr
    assert one.stdout == two.stdout
    result = json.loads(one.stdout)
    assert (result["agent"], result["scenario"], result["episodes"], result["seed"]) == ("hover", "hover", 20, 4)
    assert set(result["metric"]) == {"name", "mean", "low", "high"}
    rows = [json.loads(line) for line in (tmp_path / "rows" / "rows.jsonl").read_text().splitlines()]
    assert sum(row["metric"] for row in rows) / 20 == pytest.approx(result["metric"]["mean"])


@pytest.mark.jit
def test_watch_without_display_falls_back_to_a_file(tmp_path):
    done = run("watch", "hover", "--agent", "hover", "-o", "max_cycles=5", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "hover.mp4" in done.stderr
    assert (tmp_path / "hover.mp4").stat().st_size > 0


@pytest.mark.jit
def test_bench_and_doctor_as_json():
    rows = json.loads(run("bench", "--scenario", "hover", "--worlds", "64", "--repeats", "1", "--seconds", "0.01", "--json").stdout)
    assert {"scenario", "worlds", "threads", "substeps", "steps_per_s", "agent_steps_per_s"} <= set(rows[0])
    assert rows[0]["steps_per_s"] > 0
    report = json.loads(run("doctor", "--quick", "--json").stdout)
    assert report["versions"]["skyrally"]
    assert report["bfloat16"] is None  # not measured when quick


@pytest.mark.jit
def test_read_only_cache_works_and_says_so(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    done = run(
        "bench", "--scenario", "hover", "--worlds", "1", "--repeats", "1", "--seconds", "0.01", SKYRALLY_CACHE=str(blocked / "cache")
    )
    assert done.returncode == 0, done.stderr
    assert "cannot be written" in done.stderr


def test_a_film_whose_making_is_ended_leaves_nothing(tmp_path):
    words = [sys.executable, "-m", "skyrally", "watch", "hover", "--episodes", "1000", "--out", "film.mp4"]
    making = subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 240
    while not any(part.stat().st_size for part in tmp_path.glob(".*.part")):
        assert making.poll() is None
        assert time.monotonic() < until
        time.sleep(0.1)
    making.terminate()
    assert making.wait(60) == 143
    assert list(tmp_path.iterdir()) == []
