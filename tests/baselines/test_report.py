"""Reports of runs: sums with known answers, what is read from a folder, what is written."""

from __future__ import annotations

import json

import numpy as np
import pytest

from skyrally.baselines.curves import mean_curve, write_report
from skyrally.baselines.report import grouped, report, summary
from skyrally.baselines.results import passed, read_rows, result
from skyrally.errors import SkyrallyError
from skyrally.tournament.statistics import interquartile_mean, stratified_bootstrap


def row(seed=0, values=(1.0, 9.0, 12.0), final=11.5, scenario="solo-bump", actions="rotor", **more):
    curve = [{"frames": 10**6 * (k + 1), "seconds": 60.0 * (k + 1), "evaluation": value} for k, value in enumerate(values)]
    return {
        "run": f"{scenario}-{actions}-{seed}",
        "scenario": scenario,
        "algorithm": "ppo",
        "actions": actions,
        "options": {},
        "seed": seed,
        "command": f"skyrally train ppo {scenario} --seed {seed}",
        "commit": "abc",
        "machine": "a laptop",
        "threads": 2,
        "frames": 3_000_000,
        "asked": 3_000_000,
        "seconds": 180.0,
        "evaluation": {"episodes": 256},
        "curve": curve,
        "final": None if final is None else {"episodes": 1000, "metric": {"mean": final, "low": final - 1, "high": final + 1}},
        **more,
    }


@pytest.mark.parametrize(
    ("values", "mean"),
    [
        ([7.0], 7.0),
        ([5, 8, 4, 38, 8, 6, 9, 7, 7, 3, 1, 6], 6.5),  # the middle six of twelve: 5 6 6 7 7 8
        ([0.0, 3.0, 9.0], 3.5),  # a quarter of the outer ones: (0 / 4 + 3 + 9 / 4) / (3 / 2)
        ([0, 0, 1, 1e9], 0.5),
    ],
)
def test_the_interquartile_mean_by_hand(values, mean):
    assert interquartile_mean(values) == pytest.approx(mean)
    assert interquartile_mean([values, values]).shape == (2,)


def test_the_stratified_bootstrap():
    assert stratified_bootstrap([[4.0, 4.0], [4.0, 4.0]]) == (4.0, 4.0)
    # Strata apart: resampled within each, half of the values always come from each, so the mean of the middle half stays between.
    low, high = stratified_bootstrap([[0.0, 1.0] * 5, [10.0, 11.0] * 5])
    assert 3.0 < low < 5.5 < high < 8.0
    sample = np.random.default_rng(0).normal(5.0, 2.0, 400)
    low, high = stratified_bootstrap([sample.tolist()])
    half = 1.96 * 2.0 * np.sqrt(1.195 / 400)  # a 25 % trimmed mean of a Gaussian has 1.195 times the variance of the mean
    assert (low, high) == pytest.approx((interquartile_mean(sample) - half, interquartile_mean(sample) + half), abs=0.05)


def test_when_the_published_number_was_passed():
    assert passed(row(), 9.0) == (2_000_000, 120.0)
    assert passed(row(), 13.0) is None
    assert passed(row(values=(3.0, 0.5)), 1.0, lower_is_better=True) == (2_000_000, 120.0)
    assert result(row(final=None)) == 12.0
    assert result(row(values=(), final=None)) is None


def test_the_table_by_hand():
    rows = [row(0), row(1, values=(1.0, 2.0, 10.9), final=13.0), row(2, values=(11.0, 12.0, 13.0), final=13.0)]
    (line,) = summary(grouped(rows)).splitlines()[2:]
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells[:3] == ["solo-bump", "ppo, rotor", "10.83"]
    assert cells[3].startswith("12.75 [11.5, 13]")  # (11.5 / 4 + 13 + 13 / 4) / (3 / 2)
    assert cells[4:] == ["3", "3 of 3", "3 (1 to 3)", "3 (1 to 3)", "3", "3"]


def test_groups_are_seeds_of_one_thing():
    rows = [row(1), row(0), row(0, actions="ctbr"), row(0, options={"physics": "fine"}), row(0, scenario="back-and-forth")]
    groups = grouped(rows)
    assert [(g.scenario, g.label, len(g.rows)) for g in groups] == [
        ("back-and-forth", "ppo, rotor", 1),
        ("solo-bump", "ppo, rotor", 2),
        ("solo-bump", "ppo, rotor, physics=fine", 1),
        ("solo-bump", "ppo, ctbr", 1),
    ]
    assert [r["seed"] for r in groups[1].rows] == [0, 1]
    assert "All 3 drills, rotor, result / published: " in report(rows)


def test_a_run_that_has_only_begun_is_told():
    text = report([row(values=(), final=None, frames=1000, scenario="mine")])
    assert "| mine | ppo, rotor | - | - | 1 | - | - | - | 0.001 | 3 |" in text
    assert "0.001 of 3" in text


def test_curves_are_averaged_where_all_seeds_have_been():
    x, mean, low, high = mean_curve([[(1.0, 0.0), (3.0, 2.0)], [(2.0, 3.0), (4.0, 5.0)]])
    assert (x[0], x[-1]) == (2.0, 3.0)
    assert (mean[0], mean[-1]) == (2.0, 3.0)
    assert (low[0], high[0]) == (1.0, 3.0)


def test_a_report_is_written_whole(tmp_path):
    pytest.importorskip("matplotlib")
    rows = [row(0), row(1, values=(2.0, 5.0)), row(0, scenario="hit-the-ball"), row(0, values=(), scenario="mine")]
    files, problem = write_report(rows, tmp_path / "out")
    assert not problem
    assert [file.name for file in files] == ["README.md", "curves.png"]
    assert files[1].read_bytes().startswith(b"\x89PNG")
    assert "![curves](curves.png)" in files[0].read_text()
    with pytest.raises(SkyrallyError, match="--force"):
        write_report(rows, tmp_path / "out")
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_without_matplotlib_there_is_a_report_and_a_word(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.figure", None)
    files, problem = write_report([row()], tmp_path)
    assert "pip install 'skyrally[report]'" in problem
    assert [file.name for file in tmp_path.iterdir()] == ["README.md"] == [file.name for file in files]
    assert "curves" not in files[0].read_text().replace("# Learning curves", "")


def test_kept_rows_are_read_again(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(row(0)))
    (tmp_path / "b.json").write_text(json.dumps(row(1)))
    assert read_rows([tmp_path]) == [row(0), row(1)]
    for text, message in (("{", "cannot be read"), ("[]", "no row")):
        (tmp_path / "c.json").write_text(text)
        with pytest.raises(SkyrallyError, match=message):
            read_rows([tmp_path])
    with pytest.raises(SkyrallyError, match="no training run"):
        read_rows([tmp_path / "none"])
