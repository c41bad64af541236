"""The rule commander on hand-made moments of a match: who does what, and that mates agree."""

import numpy as np
import pytest

from skyrally.agents.commander import TACTICS
from skyrally.agents.hierarchy import team
from skyrally.agents.orders import APEX, CLEAR, HEIGHT, NOWHERE, ORDER, SKILLS, SOONEST, TARGET
from skyrally.envs.batch import BatchEnv
from skyrally.scenarios.registry import find

POSTS = [(3.0, -1.5, 2.0), (3.0, 1.5, 2.0), (5.0, 0.0, 2.0)]
SPEED = 5.0  # m/s, of balls that are thrown up


def moment(ball, vel, *, ours=True, touched=(), touches=0, serving=False, posts=POSTS, team_number=0):
    """[n, ORDER] the orders of red's (or blue's) drones in a world put together by hand, in that team's frame."""
    n = len(posts)
    scenario = find(f"volleyball-{n}v{n}")
    env, agent = BatchEnv(scenario, 1, seed=1, threads=1), team("team", scenario)
    env.assign(view=agent.view, action_mode=agent.action_mode)
    env.reset()
    world, turn = env.worlds[0], np.array([1.0 - 2.0 * team_number] * 2 + [1.0])
    for k, post in enumerate(posts):
        drone = world["drones"][team_number * n + k]
        drone["pos"], drone["vel"], drone["touched"] = np.array(post) * turn, 0.0, k in touched
        other = world["drones"][(1 - team_number) * n + k]
        other["pos"] = -np.array(post) * turn * (1.0, 1.0, -1.0)
    world["ball"]["pos"], world["ball"]["vel"] = np.array(ball) * turn, np.array(vel) * turn
    world["side"], world["team_touches"] = team_number if ours else 1 - team_number, touches
    world["serving"], world["serve_team"] = serving, team_number
    world["last_team"] = -1 if serving else (team_number if touches else 1 - team_number)
    world["server"] = team_number * n + n - 1
    rows = env.observe()[0, team_number * n : team_number * n + n]
    memory, actions = np.zeros((n, agent.memory_size), np.float32), np.zeros((n, 4), np.float32)
    agent.act(np.ascontiguousarray(rows), memory, actions)
    assert np.isfinite(actions).all()
    return memory[:, agent._parts[1]]


def skills(orders):
    return [SKILLS[int(k)] for k in orders[:, 0]]


def test_the_server_serves_and_its_mates_go_home():
    orders = moment((6.0, 0.0, 5.0), (0.0, 0.0, -0.2), serving=True, posts=[*POSTS[:2], (6.0, 0.0, 2.0)])
    assert skills(orders) == ["goto", "goto", "serve"]
    assert orders[2, TARGET] < -3.0
    assert orders[0, TARGET + 1] < 0.0 < orders[1, TARGET + 1]


def test_who_is_nearest_receives_and_the_next_waits_where_the_pass_comes_down():
    orders = moment((-3.0, 0.0, 3.0), (6.0, 0.0, 5.0), ours=False)
    assert skills(orders) == ["goto", "goto", "receive"]
    assert orders[2, APEX] == np.float32(TACTICS["pass_apex"])
    assert min(np.hypot(*(orders[k, TARGET : TARGET + 2] - orders[2, TARGET : TARGET + 2])) for k in (0, 1)) < 1e-6
    assert (orders[:, HEIGHT] == orders[0, HEIGHT]).all()  # all know where it is met
    assert orders[2, CLEAR] == NOWHERE
    assert orders[0, CLEAR] == orders[1, CLEAR] < NOWHERE


def test_the_second_touch_is_a_set_to_the_third():
    orders = moment((2.5, -1.0, 3.0), (0.0, 0.0, SPEED), touched=(2,), touches=1)
    assert skills(orders) == ["set", "goto", "cover"]
    assert orders[0, TARGET + 2] == np.float32(TACTICS["attack_height"])
    assert orders[1, TARGET + 1] == orders[0, TARGET + 1]  # the attacker runs up behind the place
    assert orders[1, TARGET] > orders[0, TARGET]


def test_the_third_touch_attacks_a_high_ball_far_from_the_opponents():
    orders = moment((2.2, 1.5, 5.0), (0.0, 0.0, SPEED), touched=(0, 2), touches=2)
    assert skills(orders) == ["cover", "attack", "cover"]
    assert orders[1, SOONEST] == np.float32(TACTICS["soonest"])
    assert orders[1, HEIGHT] > 2.4
    assert -6.0 < orders[1, TARGET] < -2.0
    assert abs(orders[1, TARGET + 1]) < 3.0


def test_a_low_third_touch_is_returned():
    orders = moment((3.2, 1.5, 2.4), (0.0, 0.0, 0.5), touched=(0, 2), touches=2)
    assert skills(orders) == ["cover", "return", "cover"]
    assert orders[1, TARGET] < 0.0


@pytest.mark.parametrize("block", [False, True])
def test_everybody_goes_home_while_the_opponents_build_but_one_who_blocks(monkeypatch, block):
    monkeypatch.setitem(TACTICS, "block", float(block))
    orders = moment((-3.0, 1.0, 3.0), (0.0, 0.0, SPEED), ours=False, posts=[(1.2, -1.5, 2.0), *POSTS[1:]])
    assert skills(orders) == ["goto", "goto", "goto"]
    assert (orders[0, TARGET] < 2.0) == block  # at the net, on the side of the ball
    assert 0.0 < orders[0, TARGET + 1] < 1.0 or not block
    assert orders[1:, TARGET].min() > 3.0
    assert np.hypot(*(orders[1, TARGET : TARGET + 2] - orders[2, TARGET : TARGET + 2])) > 1.5


STRUCK = ((-2.2, 0.5, 3.4), (5.5, -0.2, 2.2))  # an attack down the middle
AT_NET = [(1.85, 0.4, 2.5), (3.5, -1.5, 1.8), (4.0, 1.5, 1.8)]


def test_an_attack_is_blocked_out_of_whose_wake_mates_stay_until_it_has_passed(monkeypatch):
    monkeypatch.setitem(TACTICS, "block", 1.0)
    orders = moment(*STRUCK, ours=False, posts=AT_NET)
    assert skills(orders) == ["block", "goto", "goto"]
    assert orders[0, TARGET] < -2.0
    assert 2.6 <= orders[0, HEIGHT] <= 3.2
    assert (orders[:, HEIGHT] == orders[0, HEIGHT]).all()  # all are asked again when it is missed
    assert np.abs(orders[1:, TARGET + 1] - orders[0, TARGET + 1]).min() > 1.0
    passed = moment((2.4, 0.33, 2.3), (5.5, -0.2, -5.0), posts=AT_NET)
    assert skills(passed)[0] == "goto"  # it has missed, and another receives
    assert "receive" in skills(passed)[1:]


@pytest.mark.parametrize(("block", "y", "x"), [(0.0, 0.4, 1.85), (1.0, -1.5, 1.85), (1.0, 0.4, 2.9)])
def test_nobody_blocks_out_of_reach_or_unasked(monkeypatch, block, y, x):
    monkeypatch.setitem(TACTICS, "block", block)
    orders = moment(*STRUCK, ours=False, posts=[(x, y, 2.5), (3.5, -2.5, 1.8), (4.5, 2.0, 1.8)])
    assert "block" not in skills(orders)
    assert "receive" in skills(orders)


def test_roles_go_by_position_not_by_number():
    ball = ((-3.0, 0.0, 3.0), (6.0, 0.0, 5.0))
    turned = moment(*ball, ours=False, posts=[POSTS[2], *POSTS[:2]])
    plain = moment(*ball, ours=False)
    assert skills(turned)[0] == "receive"
    assert np.allclose(turned[[1, 2, 0]], plain, atol=1e-6)


def test_both_teams_see_the_same_in_their_own_frame():
    kwargs = {"touched": (2,), "touches": 1}
    red = moment((2.5, -1.0, 3.0), (0.0, 0.0, SPEED), **kwargs)
    blue = moment((2.5, -1.0, 3.0), (0.0, 0.0, SPEED), team_number=1, **kwargs)
    assert np.allclose(red, blue, atol=1e-5)


@pytest.mark.parametrize("n", [1, 2, 6])
def test_other_sizes_have_one_hitter_and_homes_apart(n):
    posts = {1: [(1.5, 0, 2)], 2: [(2.25, -1, 2), (4.5, 1, 2)], 6: [(3, -3, 2), (3, 0, 2), (3, 3, 2), (6, -3, 2), (6, 0, 2), (6, 3, 2)]}[n]
    orders = moment((-2.0, 0.3, 3.0), (3.0, 0.0, 4.0), ours=False, posts=posts)
    assert sum(skill in ("receive", "set", "attack", "return") for skill in skills(orders)) == 1
    home = moment((-2.0, 0.3, 3.0), (0.0, 0.0, SPEED), ours=False, posts=posts)[:, TARGET : TARGET + 2]
    gaps = [np.hypot(*(home[i] - home[j])) for i in range(n) for j in range(i)]
    assert all(gap > 1.5 for gap in gaps)
    assert orders.shape == (n, ORDER)


@pytest.mark.parametrize("across", [-1.0, 0.0, 0.7])
def test_the_third_keeps_its_downwash_off_the_receiver(across):
    orders = moment((-3.0, across, 3.0), (5.0, 0.0, 5.5), ours=False, posts=[(3.2, -1.7, 1.8), (3.2, 1.7, 1.8), (4.5, 0.0, 1.8)])
    receiver = skills(orders).index("receive")
    setter_at, met = orders[receiver, TARGET : TARGET + 2], next(row[CLEAR : CLEAR + 2] for row in orders if row[CLEAR] < NOWHERE)
    ways = [np.hypot(*(orders[k, TARGET : TARGET + 2] - setter_at)) for k in range(3)]
    third = next(k for k in range(3) if k != receiver and ways[k] > 1e-3)
    assert np.hypot(*(orders[third, TARGET : TARGET + 2] - met)) >= 1.9
    assert ways[third] >= 1.9
