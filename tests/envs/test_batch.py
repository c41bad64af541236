"""The batch and `make`: what a careless or hostile caller gets is one clear error, never a crash or a silent guess."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import skyrally
from skyrally import SkyrallyError

pytestmark = pytest.mark.jit
NAMED = [
    (lambda: skyrally.make("volleyball-3v4"), "volleyball-3v3"),
    (lambda: skyrally.make("hover", engine="bullet"), "native"),
    (lambda: skyrally.make("hover", device="cuda"), "device is 'cuda'"),
    (lambda: skyrally.make("hover", action_mod="ctbr"), "action_mode"),
    (lambda: skyrally.make("hover", thread=2), "threads"),
    (lambda: skyrally.make("hover", gravty=1.0), "gravity"),
    (lambda: skyrally.make("hover", view="bench"), "benchmark"),
    (lambda: skyrally.make("hover", action_mode="cbtr"), "ctbr"),
    (lambda: skyrally.make("hover", physics="fin"), "fine"),
    (lambda: skyrally.make("hover", weights={"neer": 1.0}), "near"),
    (lambda: skyrally.make("hover", weights={"near": float("nan")}), "finite"),
    (lambda: skyrally.make("hover", max_cycles=0), "max_cycles is 0"),
    (lambda: skyrally.make("hover", worlds=-1), "worlds is -1"),
    (lambda: skyrally.make("hover", worlds=0), "worlds is 0"),
    (lambda: skyrally.make("hover", worlds=2.5), "worlds is 2.5"),
    (lambda: skyrally.make("hover", worlds=True), "worlds is True"),
    (lambda: skyrally.make("hover", seed=-1), "seed is -1"),
    (lambda: skyrally.make("hover", seed=2**64), "seed is"),
    (lambda: skyrally.make("hover", seed="x"), "seed is 'x'"),
    (lambda: skyrally.make("hover", threads=-1), "threads is -1"),
    (lambda: skyrally.make("hover", weights={"near": "a"}), "finite"),
    (lambda: skyrally.make("hover", weights=[1.0]), "mapping"),
    (lambda: skyrally.make("hover", substeps=0), "substeps is 0"),
]


@pytest.fixture(scope="module")
def env():
    """Three worlds of hover, reset."""
    made = skyrally.make("hover", worlds=3)
    made.reset()
    return made


@pytest.mark.parametrize(("call", "says"), NAMED, ids=[says for _, says in NAMED])
def test_a_wrong_name_or_number_is_named(call, says):
    with pytest.raises(SkyrallyError, match=says) as error:
        call()
    assert "\n" not in str(error.value)


@given(worlds=st.one_of(st.integers(max_value=0), st.floats(), st.text(), st.none()))
def test_only_whole_numbers_of_worlds(worlds):
    with pytest.raises(SkyrallyError, match="worlds is"):
        skyrally.make("hover", worlds=worlds)


def test_the_device_may_be_a_torch_device():
    torch = pytest.importorskip("torch")
    assert skyrally.make("hover", device=torch.device("cpu")).num_worlds == 1


def test_step_before_reset():
    made = skyrally.make("hover", worlds=3)
    with pytest.raises(SkyrallyError, match="3 of 3 worlds were never reset"):
        made.step(np.zeros((3, 1, 4), np.float32))
    made.reset(np.array([True, False, True]))
    with pytest.raises(SkyrallyError, match="1 of 3 worlds were never reset"):
        made.step(np.zeros((3, 1, 4), np.float32))


@given(shape=arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5))
def test_actions_of_another_shape_are_refused(env, shape):
    if shape != (3, 1, 4):
        with pytest.raises(SkyrallyError, match="actions have shape"):
            env.step(np.zeros(shape, np.float32))


@given(dtype=st.sampled_from([np.float16, np.float32, np.float64, np.int8, np.int64, np.uint8]))
def test_actions_of_any_number_kind_are_taken(env, dtype):
    assert np.isfinite(env.step(np.ones((3, 1, 4), dtype)).obs).all()


@pytest.mark.parametrize("dtype", [bool, complex, object, "U3", "datetime64[s]"])
def test_actions_that_are_no_numbers_are_refused(env, dtype):
    with pytest.raises(SkyrallyError, match="dtype"):
        env.step(np.zeros((3, 1, 4), dtype))


def test_ragged_actions_are_refused(env):
    with pytest.raises(SkyrallyError, match="expected an array"):
        env.step([[[0.0, 0.0]], [[0.0]], [[0.0]]])


@given(
    actions=arrays.arrays(
        np.float32, (3, 1, 4), elements=st.one_of(st.floats(-2, 2, width=32), st.sampled_from([np.nan, np.inf, -np.inf, 3e38]))
    )
)
def test_any_float_gives_a_finite_world_or_an_error(env, actions):
    env.reset()
    if np.isfinite(actions).all():
        assert np.isfinite(env.step(actions).obs).all()
    else:
        with pytest.raises(SkyrallyError, match=r"the action of drone_0 in world \d is not finite"):
            env.step(actions)


@given(
    actions=arrays.arrays(
        st.sampled_from([np.float32, np.float64, np.int64, np.bool_, np.complex64]), arrays.array_shapes(max_dims=4, max_side=4)
    )
)
def test_hostile_actions_are_refused_or_stepped(env, actions):
    before = env.snapshot()
    try:
        env.step(actions)
    except SkyrallyError:
        assert (env.worlds == before).all()
    else:
        assert actions.shape == (3, 1, 4)
        assert np.isfinite(actions).all()


@pytest.mark.parametrize("seeds", [-1, 1.5, [1, 2], [1, 2, -3], "a", [[1, 2, 3]], None])
def test_wrong_world_seeds_are_refused(env, seeds):
    if seeds is None:
        env.reset(seeds=None)
    else:
        with pytest.raises(SkyrallyError, match="seeds are"):
            env.reset(seeds=seeds)


def test_the_largest_world_seed_is_taken(env):
    env.reset(seeds=[2**64 - 1, 0, 1])
    assert env.worlds["seed"].tolist() == [2**64 - 1, 0, 1]


@pytest.mark.parametrize("mask", [[False, True, True], [0, 1, 1], np.array([0.0, 1.0, 1.0])])
def test_masks_reset_their_rows(env, mask):
    env.reset()
    before = env.worlds["episode"].copy()
    env.reset(mask)
    assert (env.worlds["episode"] - before).tolist() == [0, 1, 1]


@pytest.mark.parametrize("mask", [[0, 2, 256], [True, False], [[True, False, True]], ["a", "b", "c"], [0.5, 1.0, 0.0]])
def test_masks_of_another_kind_are_refused(env, mask):
    with pytest.raises(SkyrallyError, match="mask"):
        env.reset(mask)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("obs", np.zeros((3, 1, 10), np.float32)),
        ("obs", np.zeros((2, 1, 26), np.float32)),
        ("obs", np.zeros((3, 1, 26), np.float64)),
        ("obs", np.zeros((3, 1, 52), np.float32)[:, :, ::2]),
        ("reward", np.zeros(3, np.float32)),
        ("reward", np.zeros((3, 1), np.float64)),
        ("terminated", np.zeros(2, bool)),
        ("truncated", np.zeros(3, np.uint8)),
    ],
)
def test_memory_that_does_not_fit_is_refused(env, name, wrong):
    out = env.buffers()
    setattr(out, name, wrong)
    with pytest.raises(SkyrallyError, match="the buffer for"):
        env.step(np.zeros((3, 1, 4), np.float32), out=out)
    if name == "obs":
        with pytest.raises(SkyrallyError, match="the buffer for"):
            env.reset(out=wrong)


def test_torch_memory_is_written_in_place(env):
    torch = pytest.importorskip("torch")
    env.reset()
    out = env.buffers().torch()
    env.step(torch.zeros(3, 1, 4), out=out)
    assert torch.equal(out.obs, torch.from_numpy(env.observe()))


def test_state_is_of_the_last_step_wherever_it_was_written(env):
    env.reset()
    out = env.buffers()
    env.step(np.ones((3, 1, 4), np.float32), out=out)
    assert (env.state() == out.obs.reshape(3, -1)).all()


def test_a_snapshot_of_another_kind_is_refused(env):
    with pytest.raises(SkyrallyError, match="NoneType"):
        env.restore(None)
    with pytest.raises(SkyrallyError, match="snapshot"):
        env.restore(skyrally.make("hover", worlds=2).snapshot())
    with pytest.raises(SkyrallyError, match="snapshot"):
        env.restore(skyrally.make("solo-bump", worlds=3).snapshot())


def test_a_snapshot_with_wider_views_brings_its_own_memory():
    wide = skyrally.make("volleyball-1v1", view="match")
    wide.reset()
    narrow = skyrally.make("volleyball-1v1", view="benchmark")
    assert narrow.restore(wide.snapshot()).shape == wide.observe().shape
    assert (narrow.observe() == wide.observe()).all()


def test_a_snapshot_from_before_the_first_reset_cannot_be_stepped():
    fresh = skyrally.make("hover")
    fresh.restore(fresh.snapshot())
    with pytest.raises(SkyrallyError, match="step before reset"):
        fresh.step(np.zeros((1, 1, 4)))


def test_nan_in_a_match_loses_the_point_and_the_world_survives():
    match = skyrally.make("volleyball-3v3", worlds=2, threads=1)
    match.reset()
    actions = np.zeros((2, 6, 4), np.float32)
    actions[1, 4] = np.nan
    step = match.step(actions)
    assert step.terminated.tolist() == [False, True]
    assert match.info["winner"][1] == 0
    assert match.frame(1).lines[-1] == "point red: invalid action"
    assert np.isfinite(step.obs).all()
