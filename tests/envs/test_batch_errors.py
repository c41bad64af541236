"""BatchEnv refuses what makes no sense in one line, and loses nothing by it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import skyrally
from skyrally.envs import conformance

pytestmark = pytest.mark.jit


@pytest.fixture(scope="module")
def env():
    env = skyrally.make("hover", worlds=3, threads=1)
    env.reset()
    return env


@settings(max_examples=40, deadline=None)
@given(hnp.arrays(st.sampled_from([np.float32, np.float64, np.int64, np.bool_, np.complex64]), hnp.array_shapes(max_dims=4, max_side=4)))
def test_hostile_actions_are_refused_or_stepped(env, actions):
    before = env.snapshot()
    try:
        env.step(actions)
    except skyrally.SkyrallyError:
        assert (env.worlds == before).all()
    else:
        assert actions.shape == (3, 1, 4)
        assert np.isfinite(actions).all()


@pytest.mark.parametrize(
    ("mistake", "says"),
    [
        (lambda e: skyrally.make("hover", worlds=0), "worlds is 0"),
        (lambda e: skyrally.make("hover", worlds=-3), "worlds is -3"),
        (lambda e: skyrally.make("hover", seed=-1), "seed is -1"),
        (lambda e: skyrally.make("hover", physic="fine"), "physics"),
        (lambda e: skyrally.make("hover", device="cuda"), "cpu"),
        (lambda e: skyrally.make("hover", engine="genesis"), "native"),
        (lambda e: skyrally.make("hover", action_mode="rotors"), "rotor"),
        (lambda e: skyrally.make("hover", view="match"), "benchmark"),
        (lambda e: skyrally.make("hover", weights={"nearr": 1.0}), "near"),
        (lambda e: skyrally.make("hover", weights={"near": "a"}), "finite"),
        (lambda e: skyrally.make("hover", weights=[1.0]), "mapping"),
        (lambda e: skyrally.make("hover", max_cycles=0), "max_cycles is 0"),
        (lambda e: skyrally.make("hover", substeps=0), "substeps is 0"),
        (lambda e: skyrally.make("hover").step(np.zeros((1, 1, 4))), "step before reset"),
        (lambda e: e.step(np.full((3, 1, 4), np.nan)), "drone_0 in world 0"),
        (lambda e: e.reset(mask=[True]), "mask has shape"),
        (lambda e: e.reset(mask=[0, 3, 1]), "true and false"),
        (lambda e: e.restore(None), "NoneType"),
        (lambda e: e.restore(skyrally.make("hover").snapshot()), "snapshot"),
    ],
)
def test_mistakes_are_one_clear_line(env, mistake, says):
    with pytest.raises(skyrally.SkyrallyError, match=says) as error:
        mistake(env)
    assert "\n" not in str(error.value)


def test_a_snapshot_from_before_the_first_reset_cannot_be_stepped():
    fresh = skyrally.make("hover")
    fresh.restore(fresh.snapshot())
    with pytest.raises(skyrally.SkyrallyError, match="step before reset"):
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


def test_torch_and_numpy_share_one_memory(env):
    import torch

    out = env.buffers()
    env.reset()
    tensors = out.torch()
    env.step(torch.zeros(3, 1, 4), out=out)
    assert tensors.obs.data_ptr() == out.obs.ctypes.data
    assert np.array_equal(tensors.obs.numpy(), out.obs)
    assert out.obs.any()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["volleyball-1v1", "volleyball-2v2", "volleyball-6v6"])
def test_conformance_of_the_other_matches(name):
    conformance.check(name)
