"""Manifests of hierarchies: what they say comes true, what they say wrongly is one clear line."""

import json

import numpy as np
import pytest
import torch

from skyrally.agents.agent import Agent
from skyrally.agents.by_rotor import ByRotor
from skyrally.agents.hierarchy import Hierarchy
from skyrally.agents.manifest import hierarchy_path, members
from skyrally.agents.networks import Actors, NetworkSpec
from skyrally.agents.orders import APEX, CLEAR, HEIGHT, ORDER, SKILLS, SOONEST, TARGET, ordered
from skyrally.agents.policy import manifest_of, write_agent
from skyrally.agents.recast import RECAST, Recast, Rows
from skyrally.agents.spec import find_agent, home
from skyrally.envs.batch import BatchEnv
from skyrally.errors import SkyrallyError
from skyrally.scenarios.registry import find
from skyrally.tournament.plan import content_hash

MATCH = "volleyball-3v3"


def written(folder, text, name="team.yaml"):
    path = folder / name
    path.write_text(text)
    return f"hierarchy:{path}"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("format: 2\n", "format: 1"),
        ("skills: [", "no YAML"),
        ("format: 1\nskils: {}\n", "skills"),
        ("format: 1\nskills: {recieve: scripted}\n", "receive"),
        ("format: 1\ntactics: {sonest: 1.0}\n", "soonest"),
        ("format: 1\ntactics: {soonest: fast}\n", "expected a number"),
        ("format: 1\nevery: -1\n", "number of steps"),
        ("format: 1\nskills: {set: 3}\n", "spec"),
        ("format: 1\nskills: set\n", "names with values"),
        ("format: 1\nskills: {set: scripted:ralli}\n", "rally"),
        ("format: 1\nskills: {set: run:nowhere}\n", "no folder"),
        ("format: 1\nskills: {set: random}\n", "match"),
        ("format: 1\ncommander: scripted:rally\n", "order"),
        ("format: 1\nskills: {set: 'hierarchy:team.yaml'}\n", "names itself: team.yaml -> team.yaml"),
    ],
)
def test_what_is_wrong_is_one_line(tmp_path, text, says):
    with pytest.raises(SkyrallyError, match=says) as error:
        find_agent(written(tmp_path, text), find(MATCH))
    assert "\n" not in str(error.value)


def test_a_missing_file_and_a_drill_are_refused(tmp_path):
    with pytest.raises(SkyrallyError, match="there is no file"):
        find_agent(f"hierarchy:{tmp_path / 'none.yaml'}", find(MATCH))
    with pytest.raises(SkyrallyError, match="plays volleyball matches"):
        find_agent("zoo:hierarchy", find("hover"))


def test_cycles_over_two_files_are_found(tmp_path):
    written(tmp_path, "format: 1\nskills: {set: 'hierarchy:b.yaml'}\n", "a.yaml")
    b = written(tmp_path, "format: 1\nskills: {attack: 'hierarchy:a.yaml'}\n", "b.yaml")
    for ask in (lambda: find_agent(b, find(MATCH)), lambda: members(tmp_path / "b.yaml", b), lambda: content_hash(b)):
        with pytest.raises(SkyrallyError, match=r"b\.yaml -> a\.yaml -> b\.yaml"):
            ask()


def test_the_zoo_has_one_and_it_knows_its_home():
    assert home("zoo:hierarchy") == (MATCH, {})
    assert isinstance(find_agent("zoo:hierarchy", find("volleyball-6v6")), Hierarchy)
    assert content_hash("zoo:hierarchy") != content_hash("scripted:team")


def test_the_learned_team_of_the_zoo_flies_by_networks_and_names_them():
    team = find_agent("zoo:learned-team", find(MATCH))
    learned = {skill: agent.name for skill, agent in team.skills.items() if isinstance(agent, Recast)}
    assert learned == {**{skill: f"zoo:{skill}" for skill in ("goto", "serve", "receive", "set", "attack")}, "return": "zoo:return-ball"}
    assert set(learned.values()) <= set(members(*hierarchy_of("zoo:learned-team")))


def hierarchy_of(spec):
    return hierarchy_path(*spec.partition(":")[::2]), spec


def test_the_content_of_what_it_names_counts(tmp_path):
    inner = tmp_path / "inner.yaml"
    inner.write_text("format: 1\n")
    outer = written(tmp_path, "format: 1\nskills: {cover: 'hierarchy:inner.yaml'}\n")
    before = content_hash(outer)
    assert before == content_hash(outer)
    inner.write_text("format: 1\ntactics: {soonest: 1.0}\n")
    assert content_hash(outer) != before


class Recorder(Agent):
    """A commander of one order that counts how often it was asked."""

    name, view, action_mode = "recorder", "match", "order"

    def __init__(self, scenario=None):
        self.asked = 0

    def act(self, obs, memory, out):
        self.asked += len(obs)
        out[:] = (SKILLS.index("goto"), 3.0, 0.0, 2.0, 0.0, 0.0, 0.0, 99.0, 99.0)


@pytest.mark.parametrize(("every", "times"), [(0, 1), (5, 3), (1, 11)])
def test_a_commander_is_asked_at_events_or_every_k_steps(every, times):
    """A ball in free flight makes no event but the rally's beginning."""
    scenario, asked = find(MATCH), Recorder()
    team = find_agent("scripted:team", scenario)
    agent = Hierarchy("h", scenario, asked, team.skills, every=every)
    env = BatchEnv(scenario, 1, seed=1, threads=1)
    env.assign(view=agent.view, action_mode=agent.action_mode)
    obs, memory, actions = env.reset(), np.zeros((6, agent.memory_size), np.float32), np.zeros((1, 6, 4), np.float32)
    for _ in range(11):
        agent.act(np.ascontiguousarray(obs[0]), memory, actions[0])
        obs = env.step(actions).obs
    assert asked.asked == 6 * times


def drill_agent(folder, drill, mode="ctbr"):
    """Untrained weights of a drill in a folder."""
    scenario = find(drill)
    torch.manual_seed(0)
    spec = NetworkSpec(obs_size=scenario.views[scenario.default_view].size)
    manifest = manifest_of(scenario, {}, scenario.default_view, mode, spec, {})
    folder.mkdir()
    write_agent(folder, Actors(spec), manifest)
    return json.loads((folder / "agent.json").read_text())


@pytest.mark.parametrize(
    ("drill", "skill"), [*((name, name) for name in ("receive", "serve", "attack", "goto", "block")), ("cover-mate", "cover")]
)
@pytest.mark.parametrize("mode", ["ctbr", "rotor"])
def test_skills_learned_in_drills_play_with_their_own_view(tmp_path, drill, skill, mode):
    drill_agent(tmp_path / "net", drill, mode)
    agent = find_agent(written(tmp_path, f"format: 1\nskills: {{{skill}: 'file:net'}}\n"), find(MATCH))
    assert agent.action_mode == mode
    assert isinstance(agent.skills[skill], Recast)
    assert isinstance(agent.skills["set"], ByRotor) == (mode == "rotor")
    env = BatchEnv(find(MATCH), 2, seed=1, threads=1)
    env.assign(view=agent.view, action_mode=agent.action_mode)
    obs, memory, out = env.reset().reshape(12, -1), np.zeros((12, agent.memory_size), np.float32), np.zeros((12, 4), np.float32)
    agent.act(obs, memory, out)
    assert np.isfinite(out).all()


@pytest.mark.parametrize("home_drill", ["receive", "set", "attack"])
@pytest.mark.parametrize("view", ["ordered", "benchmark"])
def test_a_recast_row_says_what_the_drill_says(home_drill, view):
    """The same drone, ball and order, seen in the drill and through a match."""
    drill, match = BatchEnv(find(home_drill), 1, seed=3, threads=1, view=view), BatchEnv(find(MATCH), 1, seed=3, threads=1)
    match.assign(view="match")
    drill.reset()
    match.reset()
    drone, other = match.worlds[0]["drones"][0], drill.worlds[0]["drones"][0]
    other["rate"] = (0.7, -1.3, 2.1)
    seen = drill.observe()[0, 0]
    for name in ("pos", "quat", "vel", "rate", "up", "rotor"):
        drone[name] = other[name]
    drone["touched"] = 0
    for name in ("pos", "vel"):
        match.worlds[0]["ball"][name] = drill.worlds[0]["ball"][name]
    layout = find(MATCH).views["match"]
    world, order = drill.worlds[0], np.zeros((1, ORDER), np.float32)
    order[0, TARGET : TARGET + 3], order[0, HEIGHT] = world["target"], world["meet"][2]
    order[0, APEX], order[0, SOONEST] = world["order_apex"], world["order_soonest"]
    row = np.concatenate((match.observe()[0, :1], order), axis=1)
    skill = Recast(Recorder(), find(home_drill).views[view], layout)
    assert np.allclose(skill._made(row)[0], seen, atol=1e-5)
    assert ordered(layout).size == row.shape[1]


def test_a_recast_row_tells_the_order_and_the_nearest_mate_first():
    match = BatchEnv(find(MATCH), 1, seed=3, threads=1)
    match.assign(view="match")
    match.reset()
    for drone, pos in zip(match.worlds[0]["drones"][:3], [(2.0, 1.0, 2.0), (5.0, 1.0, 2.0), (3.0, 0.0, 1.5)], strict=True):
        drone["pos"] = pos
    order = np.zeros((1, ORDER), np.float32)
    order[0, HEIGHT], order[0, CLEAR : CLEAR + 2] = 2.9, (2.5, -1.0)
    rows = Rows(np.concatenate((match.observe()[0, :1], order), axis=1), ordered(find(MATCH).views["match"]))
    assert RECAST["keep_away"](rows)[0] == pytest.approx([1.0, -1.0, -0.5, 3.0, 0.0, 0.0])
    assert RECAST["to_clear"](rows)[0] == pytest.approx([0.5, -2.0])
    assert RECAST["order_height"](rows)[0] == pytest.approx([2.9])


def test_rotors_do_what_the_world_makes_of_rates():
    """One step by ctbr and one by the rotor actions made of it end in the same state (one substep)."""
    scenario = find(MATCH)
    rng = np.random.default_rng(0)
    actions = rng.uniform(-1.0, 1.0, (1, 6, 4)).astype(np.float32)
    kept = type(
        "Kept",
        (Agent,),
        {"name": "kept", "action_mode": "ctbr", "act": lambda self, obs, memory, out: out.__setitem__(slice(None), actions[0])},
    )()
    ends = []
    for mode in ("ctbr", "rotor"):
        env = BatchEnv(scenario, 1, seed=4, threads=1)
        env.assign(view="match", action_mode=mode)
        env.reset()
        env.worlds["drones"]["rate"] = rng.normal(size=(1, 6, 3)) if not ends else ends[0][1]
        rate, given = env.worlds["drones"]["rate"].copy(), actions.copy()
        if mode == "rotor":
            row = np.concatenate((env.observe()[0], np.zeros((6, ORDER), np.float32)), axis=1)
            ByRotor(kept, scenario.views["match"], env.params["airframe"][0]).act(row, np.zeros((6, 0), np.float32), given[0])
        env.step(given)
        ends.append((env.worlds["drones"]["rotor"].copy(), rate))
    assert np.allclose(ends[0][0], ends[1][0], atol=1e-5)


@pytest.mark.parametrize("airframe", ["iris", "iris-isaac"])
def test_scripted_skills_beside_one_of_rotors_know_the_manifests_airframe(tmp_path, airframe):
    """One step of the scripted crew by ctbr and by rotors ends with the same rotors in a match of that airframe."""
    drill_agent(tmp_path / "net", "goto", "rotor")
    text = f"format: 1\noptions: {{airframe: {airframe}}}\nskills: {{goto: 'file:net'}}\n"
    skills = [find_agent(spec, find(MATCH)).skills["cover"] for spec in ("scripted:team", written(tmp_path, text))]
    ends = []
    for skill in skills:
        env = BatchEnv(find(MATCH), 1, seed=4, threads=1, airframe=airframe)
        env.assign(view="match", action_mode=skill.action_mode)
        env.reset()
        env.worlds["drones"]["rate"] = np.random.default_rng(0).normal(size=(1, 6, 3))
        order = np.tile(np.float32((SKILLS.index("cover"), 3.0, 0.0, 2.0, 0.0, 0.0, 0.0, 99.0, 99.0)), (6, 1))
        row, actions = np.concatenate((env.observe()[0], order), axis=1), np.zeros((1, 6, 4), np.float32)
        skill.act(row, np.zeros((6, skill.memory_size), np.float32), actions[0])
        env.step(actions)
        ends.append(env.worlds["drones"]["rotor"].copy())
    assert [skill.action_mode for skill in skills] == ["ctbr", "rotor"]
    assert np.allclose(ends[0], ends[1], atol=1e-5)
