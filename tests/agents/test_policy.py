"""Trained networks as agents: written, read, refused."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from skyrally.agents.networks import Actors, NetworkSpec
from skyrally.agents.normaliser import Normaliser
from skyrally.agents.policy import MANIFEST, WEIGHTS, NetworkAgent, load_agent, manifest_of, write_agent
from skyrally.agents.spec import find_agent, home
from skyrally.envs.choices import Choices
from skyrally.errors import SkyrallyError
from skyrally.scenarios.registry import find

SCENARIO = find("solo-bump")
SIZE = SCENARIO.views["benchmark"].size


def actors(**kwargs):
    torch.manual_seed(0)
    made = Actors(NetworkSpec(SIZE, hidden=(16, 8), **kwargs))
    made.normaliser.update(torch.randn(50, SIZE) * 3 + 1)
    for actor in made.each:
        torch.nn.init.orthogonal_(actor.mean.weight, 1.0)
    return made


def written(folder, **kwargs):
    made = actors(**kwargs)
    write_agent(folder, made, manifest_of(SCENARIO, {"max_cycles": 9}, "benchmark", "rotor", made.spec, {"seed": 3}))
    return made


def played(agent, obs, steps=3):
    """Actions of some steps, memory carried."""
    memory, out = np.zeros((len(obs), agent.memory_size), np.float32), np.zeros((len(obs), 4), np.float32)
    rows = []
    for _ in range(steps):
        agent.act(obs, memory, out)
        rows.append(out.copy())
    return np.array(rows)


@pytest.mark.parametrize(
    "kwargs",
    [
        {},
        {"layer_norm": True, "activation": "relu"},
        {"std": "observed"},
        {"gru": 5},
        {"heads": 2},
        {"heads": 2, "gru": 3},
        {"turned": (13, 16, 0, 7, 23)},
    ],
)
def test_what_is_written_plays_the_same_when_read(tmp_path, kwargs):
    made = written(tmp_path, **kwargs)
    agent = find_agent(f"file:{tmp_path}", SCENARIO)
    obs = np.random.default_rng(0).normal(size=(6, SIZE)).astype(np.float32)
    heads = made.spec.heads
    mean, _, _ = made(torch.from_numpy(obs).view(1, 6 // heads, heads, SIZE), torch.zeros(6 // heads, heads, made.spec.gru))
    got = played(agent, obs)
    assert np.allclose(got[0], mean.detach().reshape(6, 4).clamp(-1, 1), atol=1e-6)
    assert np.ptp(got[0], axis=0).min() > 0.0
    if made.spec.gru:
        assert not np.allclose(got[0], got[1])
    else:
        assert np.array_equal(got[0], got[1])
    assert agent.provenance == {"seed": 3}


def test_drones_with_weights_of_their_own_differ():
    made = actors(heads=2)
    x = torch.randn(1, 3, 1, SIZE).expand(1, 3, 2, SIZE)
    mean = made(x, torch.zeros(3, 2, 0))[0]
    assert not torch.allclose(mean[:, :, 0], mean[:, :, 1])


def test_rows_are_independent(tmp_path):
    written(tmp_path)
    agent = load_agent(tmp_path, SCENARIO, "it")
    obs = np.random.default_rng(0).normal(size=(5, SIZE)).astype(np.float32)
    assert np.allclose(played(agent, obs)[:, 2:3], played(agent, obs[2:3]), atol=1e-6)


def test_memory_forgets_where_it_is_told():
    made = actors(gru=4)
    x, fresh = torch.randn(6, 1, 1, SIZE), torch.zeros(6, 1, dtype=torch.bool)
    fresh[3] = True
    whole, _, _ = made(x, torch.zeros(1, 1, 4), fresh)
    second, _, after = made(x[3:], torch.zeros(1, 1, 4))
    assert torch.allclose(whole[3:], second, atol=1e-6)
    assert not torch.allclose(whole[3:], made(x, torch.zeros(1, 1, 4))[0][3:])
    assert after.shape == (1, 1, 4)


def test_the_normaliser_has_the_moments_of_all_it_saw():
    parts = [torch.randn(n, 7) * scale + shift for n, scale, shift in ((40, 1, 0), (5, 9, -3), (300, 0.1, 8))]
    normaliser = Normaliser(7)
    for part in parts:
        normaliser.update(part)
    whole = torch.cat(parts)
    assert torch.allclose(normaliser.mean, whole.mean(0), atol=1e-4)
    assert torch.allclose(normaliser.var, whole.var(0, correction=0), rtol=1e-4)
    assert normaliser(whole * 1e6).abs().max() == normaliser.clip


def test_a_layout_that_differs_is_told_by_field(tmp_path):
    written(tmp_path)
    with pytest.raises(SkyrallyError, match=r"does not fit view benchmark of hover: position missing here; .*to_target not in the weights"):
        load_agent(tmp_path, find("hover"), "it")
    manifest = json.loads((tmp_path / MANIFEST).read_text())
    manifest["layout"][-1][1] = 2
    (tmp_path / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(SkyrallyError, match=r"ball_velocity is \[3, 'm/s', 'world'\] here, \[2, 'm/s', 'world'\] in the weights"):
        load_agent(tmp_path, SCENARIO, "it")


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        (MANIFEST, "{", "is no JSON"),
        (MANIFEST, "[]", "lacks action_mode"),
        (MANIFEST, '{"format": 9, "scenario": 0, "view": 0, "layout": 0, "action_mode": 0, "network": 0}', "format 9"),
        (WEIGHTS, "nothing", "cannot be read"),
    ],
)
def test_broken_files_are_refused_in_one_line(tmp_path, file, text, message):
    written(tmp_path)
    (tmp_path / file).write_text(text)
    with pytest.raises(SkyrallyError, match=message) as caught:
        load_agent(tmp_path, SCENARIO, "it")
    assert "\n" not in str(caught.value)


def test_weights_of_another_network_are_refused(tmp_path):
    written(tmp_path)
    manifest = json.loads((tmp_path / MANIFEST).read_text())
    manifest["network"]["hidden"] = [16, 9]
    (tmp_path / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(SkyrallyError, match="of another network"):
        load_agent(tmp_path, SCENARIO, "it")


def test_agents_name_where_they_learned(tmp_path):
    written(tmp_path)
    assert home(f"file:{tmp_path}") == ("solo-bump", {"max_cycles": 9})
    assert home("zoo:solo-bump") == ("solo-bump", {})
    assert home("scripted:back-and-forth") == ("back-and-forth", {})
    assert home("hover") == ("hover", {})
    for spec in ("random", "scripted:rally"):
        with pytest.raises(SkyrallyError, match="names no scenario"):
            home(spec)


def test_specs_that_name_nothing(tmp_path):
    young = tmp_path / "young"
    (young / "checkpoints").mkdir(parents=True)
    (young / "config.yaml").write_text("")
    for spec, message in (
        ("zoo:ace", "unknown trained agent 'ace'"),
        (f"run:{young}", "has no checkpoint yet"),
        (f"run:{tmp_path}", "no run's folder"),
        (f"run:{tmp_path}/none", "no folder"),
        (f"file:{tmp_path}", "expected a folder with agent.safetensors"),
    ):
        for ask in (lambda spec: find_agent(spec, SCENARIO), home):
            with pytest.raises(SkyrallyError, match=message):
                ask(spec)


@pytest.mark.parametrize("gru", [0, 3])
def test_an_action_is_held_until_it_is_due(gru):
    """Rows that begin later are due at other times; between, what they see changes nothing."""
    every, held = (NetworkAgent("x", actors(gru=gru), "benchmark", "rotor", hold=hold) for hold in (1, 3))
    rng = np.random.default_rng(0)
    rows = [rng.normal(size=(2, SIZE)).astype(np.float32) for _ in range(7)]
    memory, out, got = np.zeros((2, held.memory_size), np.float32), np.zeros((2, 4), np.float32), []
    for t, obs in enumerate(rows):
        if t == 2:
            memory[1] = 0.0  # its episode begins anew
        held.act(obs, memory, out)
        got.append(out.copy())
    for row, due in ((0, (0, 3, 6)), (1, (2, 5))):
        own = np.zeros((1, every.memory_size), np.float32)
        for t in due:
            alone = np.zeros((1, 4), np.float32)
            every.act(rows[t][row : row + 1], own, alone)
            for later in got[t : t + 3]:
                assert np.allclose(later[row], alone[0], atol=1e-6)


def test_choices_are_played_as_their_rows(tmp_path):
    """The manifest carries the rows, so the set need not be named again."""
    choices = Choices("rotors")
    made = actors(choices=16)
    write_agent(tmp_path, made, manifest_of(SCENARIO, {}, "benchmark", "discrete", made.spec, {}, choices, hold=2))
    agent = find_agent(f"file:{tmp_path}", SCENARIO)
    assert (agent.action_mode, agent.hold) == ("rotor", 2)
    obs = np.random.default_rng(0).normal(size=(6, SIZE)).astype(np.float32)
    scores, _, _ = made(torch.from_numpy(obs).view(1, 6, 1, SIZE), torch.zeros(6, 1, 0))
    got = played(agent, obs, 1)[0]
    assert np.array_equal(got, choices.rows[scores.detach().view(6, 16).argmax(1)])
    assert len(np.unique(got, axis=0)) > 1
