"""Policies that VolleyBots published, as agents of ours: their networks number for number, where they belong, what is refused.

The files are data beside the checkout (`../shared/data/volleybots`), never part of it.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from skyrally.agents.foreign_pickle import Stub, read_archive
from skyrally.agents.policy import MANIFEST, load_agent
from skyrally.agents.volleybots import AIRFRAME, NAMES, PHYSICS, actor_weights, import_volleybots
from skyrally.errors import SkyrallyError
from skyrally.physics.airframes import AIRFRAMES
from skyrally.scenarios.registry import find

SHARED = Path(__file__).parents[3] / "shared/data/volleybots"
published = pytest.mark.skipif(not SHARED.is_dir(), reason=f"the published policies are not there: {SHARED}")
HOMES = {
    "sp": "volleyball-3v3",
    "hier_goto": "goto",
    "hier_serve": "serve",
    "hier_firstpass": "receive",
    "hier_secpass": "set",
    "hier_att": "attack",
    **{f"hier_{name}_hover": "goto" for name in ("serve", "firstpass", "secpass", "att")},
}


def their_network(weights, agent=None):
    """The published network, built of torch's own parts: LayerNorm, then Linear, ELU, LayerNorm three times, then Linear."""

    def filled(layer, name):
        for kind in ("weight", "bias"):
            value = weights[f"module.{name}.{kind}"]
            getattr(layer, kind).data = torch.tensor(value if agent is None else value[agent])
        return layer

    size, layers, width = weights["module.encoder.0.bias"].shape[-1], [], 0
    layers.append(filled(nn.LayerNorm(size), "encoder.0"))
    for k in (0, 3, 6):
        width = weights[f"module.encoder.1.layers.{k}.bias"].shape[-1]
        layers += [filled(nn.Linear(size, width), f"encoder.1.layers.{k}"), nn.ELU()]
        layers.append(filled(nn.LayerNorm(width), f"encoder.1.layers.{k + 2}"))
        size = width
    layers.append(filled(nn.Linear(width, 4), "act_dist.fc_mean"))
    return nn.Sequential(*layers)


class Params:
    """Pickles as the class that holds an actor's parameters there."""

    def __init__(self, state):
        self.state = state

    def __reduce__(self):
        return (dict, (), self.state)  # a call and a state: both go nowhere when it is read


def invented(path, obs_size=37, agents=None, hidden=(16, 8, 8), leave_out=None, seed=0):
    """A file of the published form with random weights."""
    rng = np.random.default_rng(seed)
    lead, sizes = (() if agents is None else (agents,)), (obs_size, *hidden)
    shapes = {"encoder.0": (obs_size,), "act_dist.fc_mean": (4, hidden[-1])}
    for k, (inputs, width) in enumerate(zip(sizes, hidden, strict=False)):
        shapes |= {f"encoder.1.layers.{3 * k}": (width, inputs), f"encoder.1.layers.{3 * k + 2}": (width,)}
    state = OrderedDict({"module.act_dist.log_std": torch.zeros(*lead, 4)})
    for name, shape in shapes.items():
        state[f"module.{name}.weight"] = torch.tensor(rng.normal(size=(*lead, *shape)) * 0.2, dtype=torch.float32)
        state[f"module.{name}.bias"] = torch.tensor(rng.normal(size=(*lead, shape[0])) * 0.2, dtype=torch.float32)
    state.pop(leave_out, None)
    torch.save({"critic": {}, "actor_params": Params({"training": True, "_parameters": state})}, path)
    return path


def actions(folder, scenario, obs):
    agent, out = load_agent(folder, find(scenario), "imported"), np.zeros((len(obs), 4), np.float32)
    agent.act(obs, np.zeros((len(obs), 0), np.float32), out)
    return out


def observations(size, rows=12):
    return (np.random.default_rng(1).normal(size=(rows, size)) * 8).astype(np.float32)


@pytest.mark.parametrize("agents", [None, 1])
def test_an_imported_network_acts_as_the_published_one(tmp_path, agents):
    path, obs = invented(tmp_path / "x.pt", agents=agents), observations(37)
    folder = import_volleybots(path, tmp_path / "agent")
    weights = actor_weights(read_archive(path), path)
    expected = their_network(weights, None if agents is None else 0)(torch.from_numpy(obs)).clamp(-1, 1)
    got = actions(folder, "serve", obs)
    assert np.allclose(got, expected.detach().numpy(), atol=1e-5)
    assert np.ptp(got, axis=0).min() > 0.0


def test_members_with_actors_of_their_own_keep_them(tmp_path):
    path, obs = invented(tmp_path / "x.pt", obs_size=57, agents=3), observations(57, rows=3)
    folder = import_volleybots(path, tmp_path / "agent")
    weights = actor_weights(read_archive(path), path)
    got = actions(folder, "volleyball-3v3", obs)
    for k in range(3):
        expected = their_network(weights, k)(torch.from_numpy(obs[k])).clamp(-1, 1)
        assert np.allclose(got[k], expected.detach().numpy(), atol=1e-5)


def test_files_of_another_kind_are_refused_in_one_line(tmp_path):
    torch.save({"weights": torch.zeros(3)}, tmp_path / "foreign.pt")
    torch.save(torch.zeros(3), tmp_path / "tensor.pt")
    invented(tmp_path / "size.pt", obs_size=41)
    invented(tmp_path / "lacks.pt", leave_out="module.encoder.1.layers.5.bias")
    words = {"foreign": "no actor_params", "tensor": "no actor_params", "size": "41 numbers", "lacks": "layers.5.bias"}
    for name, word in words.items():
        with pytest.raises(SkyrallyError, match=word) as told:
            import_volleybots(tmp_path / f"{name}.pt", tmp_path / name)
        assert "\n" not in str(told.value)
        assert not (tmp_path / name).exists()


def test_weights_that_do_not_fit_or_are_not_finite_are_refused(tmp_path):
    path = invented(tmp_path / "x.pt")
    opened = read_archive(path)
    state = opened["actor_params"].state["_parameters"]
    state["module.encoder.0.weight"] = state["module.encoder.0.weight"] * np.nan
    torch.save({"actor_params": Params({"_parameters": {k: torch.tensor(v) for k, v in state.items()}})}, path)
    with pytest.raises(SkyrallyError, match="not finite"):
        import_volleybots(path, tmp_path / "a")
    state["module.encoder.0.weight"] = np.ones(37, np.float32)
    state["module.encoder.1.layers.2.bias"] = np.zeros(5, np.float32)
    torch.save({"actor_params": Params({"_parameters": {k: torch.tensor(v) for k, v in state.items()}})}, path)
    with pytest.raises(SkyrallyError, match="fit together"):
        import_volleybots(path, tmp_path / "a")


def test_a_scenario_can_be_told_and_must_fit(tmp_path):
    path = invented(tmp_path / "secpass.pt", obs_size=34)
    assert json.loads((import_volleybots(path, tmp_path / "a") / MANIFEST).read_text())["scenario"] == "set"
    assert json.loads((import_volleybots(path, tmp_path / "b", "receive") / MANIFEST).read_text())["scenario"] == "receive"
    with pytest.raises(SkyrallyError, match="34 numbers"):
        import_volleybots(path, tmp_path / "c", "serve")
    with pytest.raises(SkyrallyError, match="exists already"):
        import_volleybots(path, tmp_path / "a")


def test_the_airframe_is_the_published_one_with_rotors_elsewhere():
    isaac, iris = AIRFRAMES[AIRFRAME], AIRFRAMES["iris"]
    assert (isaac.mass, isaac.max_force, isaac.lag_time) == (iris.mass, iris.max_force, iris.lag_time)
    level = np.linalg.solve(isaac.allocation, [isaac.mass * 9.81, 0, 0, 0])
    assert np.ptp(level) < 1e-9  # equal throttles hover level, unlike the table's


@published
@pytest.mark.parametrize("name", HOMES)
def test_published_files_become_agents_of_their_scenarios(tmp_path, name):
    path = SHARED / f"{name}.pt"
    folder = import_volleybots(path, tmp_path / name)
    manifest = json.loads((folder / MANIFEST).read_text())
    assert manifest["scenario"] == HOMES[name]
    assert manifest["options"].items() >= {"airframe": AIRFRAME, "physics": PHYSICS}.items()
    weights = actor_weights(read_archive(path), path)
    assert weights.keys() >= NAMES.keys()
    obs = observations(find(HOMES[name]).views["benchmark"].size)
    expected = their_network(weights, None if name == "sp" else 0)(torch.from_numpy(obs)).clamp(-1, 1)
    assert np.allclose(actions(folder, HOMES[name], obs), expected.detach().numpy(), atol=1e-4)


@published
def test_nothing_of_the_published_classes_is_built():
    read = read_archive(SHARED / "sp.pt")
    assert isinstance(read["actor_params"], Stub)
    assert type(read["actor_params"]).__module__.startswith("tensordict")
