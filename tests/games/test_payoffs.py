"""Payoff tables: running sums against plain ones, growth, intervals that cover, files that are whole, wrong input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyrally.errors import SkyrallyError
from skyrally.games import PayoffTable, solve


def filled(sizes=(2, 3), episodes=30, seed=0, **options) -> PayoffTable:
    rng, table = np.random.default_rng(seed), PayoffTable(sizes, **options)
    for cell in np.ndindex(*sizes):
        if not table.symmetric or cell[0] <= cell[1]:
            table.add(cell, rng.uniform(0, 1, (len(sizes), episodes)), crashes=int(rng.integers(0, 5)), steps=100)
    return table


def same(a: PayoffTable, b: PayoffTable) -> bool:
    return (a.symmetric, a.bounds) == (b.symmetric, b.bounds) and all(
        np.array_equal(getattr(a, name), getattr(b, name)) for name in ("count", "mean", "squares", "least", "crashes", "steps")
    )


@given(st.integers(0, 10_000), st.lists(st.integers(0, 6), min_size=1, max_size=6), st.sampled_from((0.0, 1e6)))
def test_batches_merge_to_the_statistics_of_all(seed, batches, offset):
    rng = np.random.default_rng(seed)
    parts = [offset + rng.normal(size=(2, n)) for n in batches]
    one, whole = PayoffTable((1, 1)), np.concatenate(parts, axis=1)
    for part in parts:
        one.add((0, 0), part, steps=part.shape[1])
    assert one.count[0, 0] == one.steps[0, 0] == whole.shape[1]
    if whole.shape[1]:
        assert one.mean[:, 0, 0] == pytest.approx(whole.mean(axis=1))
        assert one.least[:, 0, 0] == pytest.approx(whole.min(axis=1))
    if whole.shape[1] > 1:
        assert one.variance[:, 0, 0] == pytest.approx(whole.var(axis=1, ddof=1), rel=1e-6)


def test_tables_of_several_processes_merge():
    rng = np.random.default_rng(0)
    parts = [PayoffTable((2, 2)) for _ in range(3)]
    whole = PayoffTable((2, 2))
    for part in parts:
        for cell in ((0, 0), (1, 0)):
            drawn = rng.normal(size=(2, 7))
            part.add(cell, drawn, crashes=1)
            whole.add(cell, drawn, crashes=1)
    parts[0].merge(parts[1])
    parts[0].merge(parts[2])
    for name in ("count", "mean", "squares", "least", "crashes"):
        assert getattr(parts[0], name) == pytest.approx(getattr(whole, name))
    with pytest.raises(SkyrallyError, match="cannot be merged"):
        parts[0].merge(PayoffTable((2, 3)))


def test_growing_keeps_what_is_known():
    table = filled()
    before = table.mean.copy()
    table.grow(0)
    table.grow(1, 2)
    assert table.sizes == (3, 5)
    assert np.array_equal(table.mean[:, :2, :3], before)
    assert not table.count[2].any()
    assert np.isinf(table.least[:, 2]).all()
    with pytest.raises(SkyrallyError, match=r"cell \(0, 3\) of the payoff table has no episode"):
        table.game()
    with pytest.raises(SkyrallyError, match="player 2 cannot grow"):
        table.grow(2)


def test_one_population_in_both_seats():
    table = filled((3, 3), symmetric=True)
    assert np.array_equal(table.mean[0], table.mean[1].T)
    assert np.array_equal(table.count, table.count.T)
    assert (table.count == 30).all()
    game = table.game()
    assert game.symmetric
    table.grow(0)
    assert table.sizes == (4, 4)
    table.add((1, 3), np.array([[1.0, 2.0], [5.0, 6.0]]))
    assert (table.mean[0, 1, 3], table.mean[0, 3, 1], table.mean[1, 3, 1]) == (1.5, 5.5, 1.5)
    assert {cell for cell, _ in table.neediest(0.01)} == {(i, j) for i in range(4) for j in range(i, 4)}


def test_both_seats_of_an_episode_against_oneself_count_as_one():
    drawn = np.random.default_rng(0).normal(size=(2, 500))
    table = PayoffTable((1, 1), symmetric=True)
    table.add((0, 0), drawn)
    assert table.count[0, 0] == 500
    assert table.mean[:, 0, 0] == pytest.approx([drawn.mean()] * 2)
    assert table.variance[0, 0, 0] == pytest.approx(drawn.var(), rel=0.01)


def test_intervals_cover_as_often_as_they_say():
    rng, runs = np.random.default_rng(1), 600
    table, sure = PayoffTable((runs, 1)), PayoffTable((runs, 1), bounds=(0.0, 1.0))
    for k in range(runs):
        table.add((k, 0), rng.normal(3.0, 2.0, (2, 12)))
        sure.add((k, 0), rng.random((2, 40)) < 0.04)
    for filled_table, truth, level in ((table, 3.0, 0.95), (table, 3.0, 0.8), (sure, 0.04, 0.95)):
        low, high = filled_table.interval(level)
        covered = float(((low <= truth) & (truth <= high)).mean())
        assert covered == pytest.approx(level, abs=0.03) if filled_table is table else covered > 0.93


def test_equal_payoffs_of_known_bounds_leave_doubt():
    table = PayoffTable((1, 1), bounds=(-1.0, 1.0))
    assert [float(side[0, 0, 0]) for side in table.interval()] == [-1.0, 1.0]
    table.add((0, 0), np.ones((2, 20)))
    low, high = table.interval()
    assert 0.5 < low[0, 0, 0] < 0.9
    assert high[0, 0, 0] == 1.0


def test_cells_ask_for_the_episodes_they_need():
    rng, table = np.random.default_rng(2), PayoffTable((1, 3))
    spreads = (0.1, 1.0, 3.0)
    for j, spread in enumerate(spreads[:2] + spreads[2:]):
        table.add((0, j), rng.normal(0, spread, (2, 50)))
    wanted = table.needs(0.2)
    assert wanted[0, 0] == 0
    assert table.neediest(0.2)[0] == ((0, 2), int(wanted[0, 2]))
    assert len(table.neediest(0.2, most=1)) == 1
    for (i, j), more in table.neediest(0.2):
        table.add((i, j), rng.normal(0, spreads[j], (2, more)))
    low, high = table.interval()
    assert (high - low).max() / 2 < 0.25
    assert PayoffTable((1, 1)).needs(0.1, least=20)[0, 0] == 20
    assert table.needs(np.array([[1.0, 1.0, 1e-3]]))[0].tolist()[:2] == [0, 0]


def test_a_table_comes_back_as_it_was(tmp_path):
    for k, table in enumerate((filled(bounds=(0.0, 1.0)), filled((2, 2), symmetric=True), PayoffTable((0, 3)), filled((2, 1, 2)))):
        path = tmp_path / f"{k}.npz"
        table.save(path)
        table.save(path)
        assert same(PayoffTable.load(path), table)
    assert not list(tmp_path.glob(".*"))


def test_files_that_are_no_tables(tmp_path):
    path = tmp_path / "table.npz"
    with pytest.raises(SkyrallyError, match="is no payoff table"):
        PayoffTable.load(path)
    filled().save(path)
    whole = path.read_bytes()
    for spoilt in (b"", b"nothing", whole[:200], whole[: len(whole) // 2]):
        path.write_bytes(spoilt)
        with pytest.raises(SkyrallyError, match="is no payoff table"):
            PayoffTable.load(path)
    np.savez(path, table=np.zeros(2))
    with pytest.raises(SkyrallyError, match="no payoff table of version"):
        PayoffTable.load(path)
    np.save(path.with_suffix(".npy"), np.zeros(3))
    with pytest.raises(SkyrallyError, match="no payoff table"):
        PayoffTable.load(path.with_suffix(".npy"))


def test_files_that_would_run_code_are_refused(tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "trapped"), "w"))

    np.savez(tmp_path / "trap.npz", count=np.array([Trap()], object))
    with pytest.raises(SkyrallyError, match="is no payoff table"):
        PayoffTable.load(tmp_path / "trap.npz")
    assert not (tmp_path / "trapped").exists()


@pytest.mark.parametrize("change", [{"mean": np.full((2, 2, 3), np.nan)}, {"mean": np.zeros((2, 2, 2))}, {"count": np.full((2, 3), -1)}])
def test_damaged_tables(tmp_path, change):
    filled().save(tmp_path / "t.npz")
    with np.load(tmp_path / "t.npz") as file:
        parts = dict(file)
    np.savez(tmp_path / "t.npz", **{**parts, **change})
    with pytest.raises(SkyrallyError, match="is damaged"):
        PayoffTable.load(tmp_path / "t.npz")


@pytest.mark.parametrize(
    ("cell", "payoffs", "options", "words"),
    [
        ((0,), [[1.0], [1.0]], {}, r"there is no cell \(0,\)"),
        ((0, 3), [[1.0], [1.0]], {}, "there is no cell"),
        ((-1, 0), [[1.0], [1.0]], {}, "there is no cell"),
        ((0, 0), [1.0, 1.0], {}, "expected .2 players, episodes"),
        ((0, 0), [[1.0]], {}, "expected .2 players, episodes"),
        ((0, 0), [[np.nan], [1.0]], {}, "hold nan"),
        ((0, 0), [[3.0], [0.0]], {}, "expected within"),
        ((0, 0), [[1.0], [1.0]], {"crashes": 2}, "2 crashes in 1 episodes"),
        ((0, 0), [[1.0], [1.0]], {"steps": -1}, "crashes"),
    ],
)
def test_wrong_episodes_leave_the_table_alone(cell, payoffs, options, words):
    table, before = filled(bounds=(-2.0, 2.0)), filled(bounds=(-2.0, 2.0))
    with pytest.raises(SkyrallyError, match=words):
        table.add(cell, payoffs, **options)
    assert same(table, before)


@pytest.mark.parametrize(("sizes", "options"), [((2,), {}), ((-1, 2), {}), ((2, 3), {"symmetric": True}), ((2, 2), {"bounds": (1.0, 1.0)})])
def test_wrong_tables(sizes, options):
    with pytest.raises(SkyrallyError):
        PayoffTable(sizes, **options)


def test_empty_populations_are_no_game():
    with pytest.raises(SkyrallyError, match="player 1 has no policy"):
        solve(PayoffTable((2, 0)), "uniform")


@pytest.mark.parametrize("call", [lambda t: t.needs(0.0), lambda t: t.interval(1.0), lambda t: t.crash_interval(0.0)])
def test_wrong_intervals(call):
    with pytest.raises(SkyrallyError):
        call(filled())
