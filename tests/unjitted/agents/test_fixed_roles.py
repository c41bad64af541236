"""The commander `fixed` on hand-made moments, skills that it alone orders, and the team that published skills make."""

from pathlib import Path

import numpy as np
import pytest

from skyrally.agents.fixed_roles import AIM, REST, WAIT, fixed_roles
from skyrally.agents.manifest import members, read_hierarchy
from skyrally.agents.orders import ORDER, SKILLS, TARGET
from skyrally.agents.recast import RECAST, Rows
from skyrally.agents.spec import find_agent, home
from skyrally.agents.volleybots import NINE, TEAM, import_folder
from skyrally.envs.batch import BatchEnv
from skyrally.errors import SkyrallyError
from skyrally.scenarios.registry import find

MATCH = "volleyball-3v3"
SHARED = Path(__file__).parents[4] / "shared/data/volleybots"


def moment(ball, vel, *, ours=True, touched=(), serving=False, team=0):
    """[3, ORDER] the orders of a team's drones, in its frame, in a world put together by hand."""
    scenario = find(MATCH)
    env, agent = BatchEnv(scenario, 1, seed=1, threads=1), fixed_roles(scenario)
    env.assign(view="match")
    env.reset()
    world, turn = env.worlds[0], np.array([1.0 - 2.0 * team] * 2 + [1.0])
    world["drones"]["touched"][3 * team : 3 * team + 3] = [k in touched for k in range(3)]
    world["ball"]["pos"], world["ball"]["vel"] = np.array(ball) * turn, np.array(vel) * turn
    world["side"], world["team_touches"] = team if ours else 1 - team, len(touched)
    world["serving"], world["serve_team"], world["server"] = serving, team, 3 * team + 2
    world["last_team"] = team if touched else -1 if serving else 1 - team
    rows = np.ascontiguousarray(env.observe()[0, 3 * team : 3 * team + 3])
    orders = np.zeros((3, ORDER), np.float32)
    agent.act(rows, np.zeros((3, 0), np.float32), orders)
    return orders


def skills(orders):
    return [SKILLS[int(k)] for k in orders[:, 0]]


@pytest.mark.parametrize("team", [0, 1])
@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (((-3.0, 0.0, 3.0), (6.0, 0.0, 5.0), False, ()), ["goto", "goto", "receive"]),
        (((4.0, 0.0, 2.0), (-2.0, -1.0, 5.0), True, (2,)), ["set", "goto", "after_receive"]),
        (((1.5, -1.5, 3.0), (0.0, 2.0, 5.0), True, (2, 0)), ["after_set", "attack", "after_receive"]),
        (((1.5, 1.5, 3.6), (-8.0, 2.0, 0.0), True, (2, 0, 1)), ["after_set", "after_attack", "after_receive"]),
        (((-3.0, 0.0, 3.0), (0.0, 1.0, 5.0), False, ()), ["goto", "goto", "goto"]),
        (((-3.0, 0.0, 3.0), (14.0, 0.0, 5.0), False, ()), ["goto", "goto", "goto"]),  # goes out
    ],
    ids=["receive", "set", "attack", "over", "theirs", "out"],
)
def test_roles_follow_upon_each_other_and_begin_anew(case, expected, team):
    ball, vel, ours, touched = case
    orders = moment(ball, vel, ours=ours, touched=touched, team=team)
    assert skills(orders) == expected
    for k, (name, order) in enumerate(zip(expected, orders, strict=True)):
        place = WAIT[k] if name == "goto" else REST[k] if name.startswith("after") else AIM[k]
        assert np.allclose(np.abs(order[TARGET : TARGET + 3]), np.abs(place))


def test_the_server_serves_into_the_far_court_and_rests_when_it_has():
    orders = moment((6.0, 0.0, 5.0), (0.0, 0.0, -0.2), serving=True)
    assert skills(orders) == ["goto", "goto", "serve"]
    assert -6.0 <= orders[2, TARGET] <= -4.2
    assert abs(orders[2, TARGET + 1]) <= 2.0
    assert skills(moment((5.0, 0.0, 3.0), (-9.0, 0.0, 3.0), serving=True, touched=(2,))) == ["goto", "goto", "after_serve"]


def test_other_teams_have_no_such_roles():
    with pytest.raises(SkyrallyError, match="is not 3v3"):
        fixed_roles(find("volleyball-2v2"))


def test_an_attack_to_the_left_looks_alike_in_the_drill_and_under_an_order():
    """The published `side` is (1, 0) for a target at y > 0, in the drill as under an order."""
    drill = BatchEnv(find("attack"), 8, seed=2, threads=1, view="benchmark", starts="published")
    seen = drill.reset()[:, 0, find("attack").views["benchmark"]["side"]]
    assert np.array_equal(RECAST["side"]({"order_target": drill.worlds["target"]}), seen)
    assert len(np.unique(seen[:, 0])) == 2


def test_skills_see_attitudes_as_their_drills_show_them_in_both_teams():
    """A drone that faces the net: w = 1, of whichever team it is."""
    env = BatchEnv(find(MATCH), 1, seed=1, threads=1, rules="benchmark")
    env.assign(view="match")
    made = RECAST["quaternion"](Rows(env.reset()[0], find(MATCH).views["match"]))
    assert np.allclose(made, [[1.0, 0.0, 0.0, 0.0]] * 6, atol=1e-6)


def test_a_manifest_names_its_options_and_the_rules_are_no_agent(tmp_path):
    path = tmp_path / "team.yaml"
    path.write_text("format: 1\ncommander: fixed\noptions: {physics: fine}\n")
    assert home(f"hierarchy:{path}") == (MATCH, {"physics": "fine"})
    assert members(path, "team") == [f"hierarchy:{path}"]
    path.write_text("format: 1\noptions: fine\n")
    with pytest.raises(SkyrallyError, match="options is 'fine'"):
        read_hierarchy(path, "team")


def test_a_folder_without_policies_is_an_error(tmp_path):
    with pytest.raises(SkyrallyError, match=r"holds no \.pt file"):
        import_folder(tmp_path, tmp_path / "out")


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"the published policies are not there: {SHARED}")
def test_the_nine_skills_make_a_team_that_serves_over_the_net(tmp_path):
    written = import_folder(SHARED, tmp_path / "agents")
    assert {path.name for path in written} == {*NINE.values(), "sp", TEAM}
    spec = f"hierarchy:{tmp_path / 'agents' / TEAM}"
    name, options = home(spec)
    agent = find_agent(spec, find(name))
    assert agent.action_mode == "rotor"
    env = BatchEnv(find(name), 1, seed=3, threads=1, rules="benchmark", **options)
    env.assign(view=agent.view, action_mode=agent.action_mode)
    env.worlds["next_serve"] = 1  # the far team, whose frame is turned
    obs, memory, actions = env.reset(), np.zeros((6, agent.memory_size), np.float32), np.zeros((1, 6, 4), np.float32)
    for _ in range(75):
        agent.act(np.ascontiguousarray(obs[0]), memory, actions[0])
        obs = env.step(actions).obs
    assert env.worlds["touches"][0] == 1
    assert env.worlds["crossings"][0] == 1
    assert env.worlds["winner"][0] == -1
