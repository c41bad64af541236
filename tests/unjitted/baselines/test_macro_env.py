"""Captains: matches as a semi-Markov process, against the same matches played step by step; weights that become commanders."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from skyrally.agents.captain import CHOICES, MOMENTS, RANGES, Captain, Still, as_captain, captain_layout, chosen, ranges_of
from skyrally.agents.commander import TACTICS
from skyrally.agents.hierarchy import Hierarchy, team
from skyrally.agents.policy import ZOO
from skyrally.agents.spec import find_agent, known_specs
from skyrally.baselines.config import configured
from skyrally.baselines.macro_env import MacroEnv, worlds_for
from skyrally.baselines.ppo import PPO, PPOConfig
from skyrally.baselines.self_play import SelfPlay, SelfPlayConfig
from skyrally.envs.batch import BatchEnv
from skyrally.errors import SkyrallyError
from skyrally.scenarios.registry import find

DUEL, GAMMA, SEED = find("volleyball-1v1"), 0.9, 3
SHORT = 55  # steps: the serve, its flight and the first touches
SMALL = {"worlds": 2, "steps": 3, "epochs": 1, "minibatches": 1, "hidden": (8,), "gamma": GAMMA}


def captains(worlds=1, every=0, rival=None, **options):
    env = MacroEnv(BatchEnv(DUEL, worlds, seed=SEED, threads=1, **options), GAMMA, every, rival)
    env.reset()
    return env


def zeros(env):
    return np.zeros((env.num_worlds, env.num_drones, env.action_size), np.float32)


def by_hand(every):
    """(rewards [tau, 2] of each decision, the worlds in the end) of SHORT steps that the team of rules plays against itself."""
    env, agent = BatchEnv(DUEL, 1, seed=SEED, threads=1, max_cycles=SHORT), team("rules", DUEL)
    env.assign(view=agent.view, action_mode=agent.action_mode)
    agent = Hierarchy("rules", DUEL, agent.commander, agent.skills, every)
    obs, memory, parts = env.reset(), np.zeros((2, agent.memory_size), np.float32), []
    while not env.worlds["truncated"][0]:
        rows = np.ascontiguousarray(obs[0])
        asked = np.flatnonzero(agent.asked(rows, memory))
        if len(asked):
            agent.command(rows, memory, asked)
            parts.append([])
        actions = np.zeros((2, 4), np.float32)
        agent.play(rows, memory, actions)
        step = env.step(actions[None])
        parts[-1].append(step.reward[0].copy())
        obs = step.obs
    return parts, env.worlds


@pytest.mark.parametrize("every", [0, 20])
def test_decisions_of_zeros_are_the_rules_and_pay_the_discounted_sum(every):
    parts, worlds = by_hand(every)
    env = captains(every=every, max_cycles=SHORT)
    for rewards in parts:
        step = env.step(zeros(env))
        assert step.lasted[0] == len(rewards)
        assert step.reward[0] == pytest.approx(sum(GAMMA**i * r for i, r in enumerate(rewards)), rel=1e-5)
        assert every == 0 or len(rewards) <= every
    assert step.truncated[0]
    assert len(parts) > 2
    assert env.worlds.tobytes() == worlds.tobytes()


def test_worlds_wait_for_each_other_without_harm():
    both, alone = captains(2), captains(1)
    counts = []
    for _ in range(3):
        step, single = both.step(zeros(both)), alone.step(zeros(alone))
        assert np.array_equal(step.obs[0], single.obs[0])
        assert np.array_equal(step.reward[0], single.reward[0])
        counts.append(step.lasted.copy())
    assert any(a != b for a, b in counts)  # one did wait
    assert both.worlds["step"].tolist() == np.sum(counts, axis=0).tolist()
    still = both.worlds["terminated"][0] == 0 and both.worlds["truncated"][0] == 0
    assert still == (not single.done[0])


def test_who_is_not_asked_is_not_heard_and_snapshots_hold_everything():
    env = captains()
    while env.alive.all():
        env.step(zeros(env))
    silent = int(np.flatnonzero(env.alive[0] == 0)[0])
    before, answers = env.snapshot(), zeros(env)
    first = env.step(answers)
    first = (first.obs.copy(), first.reward.copy(), first.lasted.copy())
    env.restore(before)
    answers[0, silent] = 1.0
    again = env.step(answers)
    assert all(np.array_equal(a, b) for a, b in zip(first, (again.obs, again.reward, again.lasted), strict=True))


def test_a_rival_leaves_one_captain_on_each_side():
    rival = find_agent("hover", DUEL)
    env = captains(2, rival=rival, max_cycles=6)
    assert env._side.tolist() == [[0], [1]]
    step = env.step(zeros(env))
    assert step.reward.shape == (2, 1)
    assert env.worlds["step"].tolist() == step.lasted.tolist()


def test_zero_is_what_the_rules_have_and_one_is_the_end():
    for answer, expected in (
        (0.0, TACTICS),
        (-1.0, {k: low for k, (low, _) in CHOICES.items()}),
        (9.0, {k: v[1] for k, v in CHOICES.items()}),
    ):
        found = chosen(np.full((2, len(CHOICES)), answer), ranges_of(TACTICS))
        assert {name: values[1] for name, values in found.items()} == pytest.approx({name: expected[name] for name in CHOICES})
    assert all(low <= TACTICS[name] <= high for name, (low, high) in CHOICES.items())


def test_mates_see_the_same_as_captains():
    scenario = find("volleyball-3v3")
    env = MacroEnv(BatchEnv(scenario, 1, seed=SEED, threads=1), GAMMA)
    assert env.reset().shape == (1, 2, captain_layout(scenario).size)
    moments = []
    for serving in (1, 0):  # the serve, then a ball that comes over the net to blue
        env.worlds["serving"], env.worlds["serve_team"], env.worlds["side"] = serving, 0, 0
        env.worlds["ball"]["pos"], env.worlds["ball"]["vel"] = (1.0, 0.5, 4.0), (-5.0, 0.3, 3.0)
        env.observe()
        rows = env._rows(np.arange(1))
        views = env._sight.see(rows.reshape(-1, rows.shape[3])).reshape(2, 3, -1)
        assert np.array_equal(views[:, 0], views[:, 1])
        assert np.array_equal(views[:, 0], views[:, 2])
        moments.append(views[:, 0, 6:11].argmax(axis=1).tolist())
        assert (views[:, :, 6:11].sum(axis=2) == 1.0).all()
    assert moments[0][0] == MOMENTS.index("serve")
    assert moments[1] == [MOMENTS.index("none"), MOMENTS.index("first")]


def test_what_is_learned_becomes_a_team_and_a_commander(tmp_path):
    torch.manual_seed(0)
    config = configured(SelfPlayConfig, SMALL)
    env = worlds_for(DUEL, 2, GAMMA, {"action_mode": "tactics"}, seed=1, threads=1, max_cycles=5)
    learner = SelfPlay(env, config, 10_000)
    learner.iterate()
    learner.iterate()
    assert learner.carry.frames > int(learner.carry.rollout.lasted.sum()) > SMALL["worlds"] * SMALL["steps"]
    learner.write(tmp_path, DUEL, {}, {})
    agent = find_agent(f"file:{tmp_path}", DUEL)
    assert isinstance(agent, Hierarchy)
    assert isinstance(agent.commander, Captain)
    assert as_captain(agent) is agent.commander.network
    assert isinstance(as_captain(find_agent("scripted:team", DUEL)), Still)
    (tmp_path / "team.yaml").write_text(f"format: 1\ncommander: file:{tmp_path}\ntactics: {{soonest: 1.2}}\n")
    led = find_agent(f"hierarchy:{tmp_path / 'team.yaml'}", DUEL)
    rows = np.ascontiguousarray(BatchEnv(DUEL, 1, seed=1, threads=1, view="match").reset()[0])
    for player in (agent, led):
        out, memory = np.zeros((2, 4), np.float32), np.zeros((2, player.memory_size), np.float32)
        player.act(rows, memory, out)
        assert np.isfinite(out).all()
        assert np.abs(out).sum() > 0.0
    manifest = json.loads((tmp_path / "agent.json").read_text())
    manifest[RANGES]["soonest"][1] = 1.3  # what 0 meant to it, whatever the rules have now
    (tmp_path / "agent.json").write_text(json.dumps(manifest))
    assert find_agent(f"file:{tmp_path}", DUEL).commander._ranges["soonest"] == (0.85, 1.3, 1.4)
    for strange, told in (({"sonest": [0.0, 0.5, 1.0]}, "known tactics"), (None, "does not say what")):
        (tmp_path / "agent.json").write_text(json.dumps({**manifest, RANGES: strange}))
        with pytest.raises(SkyrallyError, match=told):
            find_agent(f"file:{tmp_path}", DUEL)


@pytest.mark.parametrize(
    ("place", "gamma", "told"),
    [
        ({"every": 5}, 0.9, "set action_mode=tactics"),
        ({"action_mode": "tactics", "view": "match"}, 0.9, "leave view out"),
        ({"action_mode": "tactics"}, None, "is learned by ppo"),
        ({"action_mode": "tactics", "rival": "scripted:raly"}, 0.9, "rally"),
    ],
)
def test_keys_that_do_not_go_together_are_told(place, gamma, told):
    with pytest.raises(SkyrallyError, match=told):
        worlds_for(DUEL, 1, gamma, place, threads=1)


def test_only_matches_have_captains_and_undisturbed_ones():
    with pytest.raises(SkyrallyError, match="no match"):
        worlds_for(find("hover"), 1, 0.9, {"action_mode": "tactics"}, threads=1)
    with pytest.raises(SkyrallyError, match="without disturbances"):
        worlds_for(DUEL, 1, 0.9, {"action_mode": "tactics"}, threads=1, disturb="mild")
    with pytest.raises(SkyrallyError, match="no captain"):
        as_captain(find_agent("hover", DUEL))


def test_ppo_discounts_by_how_long_decisions_lasted():
    torch.manual_seed(0)
    env = worlds_for(DUEL, 2, GAMMA, {"action_mode": "tactics", "every": 4}, seed=1, threads=1)
    ppo = PPO(env, configured(PPOConfig, {**SMALL, "lambda": 1.0, "stagger": False}), 10_000)
    ppo.iterate()
    track = ppo.track
    tau = track.lasted
    assert tau.max() > 1.0
    _, returns = ppo._advantages(ppo.carry.rollout)
    ended = (track.terminated.float(), ppo._values(track.obs, track.state))
    last = track.reward[-1] + GAMMA ** tau[-1][:, None] * ended[1][-1] * (1.0 - ended[0][-1][:, None])
    assert torch.allclose(returns[-1], last, atol=1e-4)
    follows = torch.where(track.terminated[-2][:, None], torch.zeros(()), returns[-1])
    assert torch.allclose(returns[-2], track.reward[-2] + GAMMA ** tau[-2][:, None] * follows, atol=1e-4)


def test_the_zoo_has_a_captain_that_is_small_and_says_where_it_comes_from():
    agent = find_agent("zoo:captain", find("volleyball-3v3"))
    assert isinstance(agent.commander, Captain)
    folder = ZOO / "captain"
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 1_000_000
    told = json.loads((folder / "network" / "agent.json").read_text())["provenance"]
    assert {"command", "seed", "frames", "seconds", "machine", "result"} <= set(told)
    assert "zoo:captain" in known_specs()
