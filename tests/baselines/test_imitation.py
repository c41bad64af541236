"""Imitation: rotors commanded as body rates are, lessons that sink in, exact resuming, and PPO that begins with what was learned."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from skyrally.agents.by_rotor import ByRotor
from skyrally.agents.spec import find_agent
from skyrally.baselines.losses import lesson_loss
from skyrally.baselines.run import resume, start
from skyrally.envs.batch import BatchEnv
from skyrally.errors import SkyrallyError
from skyrally.scenarios.registry import find

SMALL = {
    "worlds": 16,
    "steps": 16,
    "minibatches": 4,
    "hidden": (32,),
    "threads": 1,
    "evaluate_every": 10**9,
    "evaluate_episodes": 4,
    "save_seconds": 0.0,
    "action_mode": "ctbr",
}
FRAMES = 64 * 256


def started(folder: Path, algorithm: str = "imitate", frames: int = FRAMES, **keys):
    own = {"average": 0.9, "learning_rate": 1e-3} if algorithm == "imitate" else {}
    return start(algorithm, "solo-bump", {**SMALL, **own, **keys}, out=folder, frames=frames, seed=1)


@pytest.fixture(scope="module")
def taught(tmp_path_factory):
    threads = torch.get_num_threads()
    folder = tmp_path_factory.mktemp("taught") / "run"
    assert started(folder).go()
    torch.set_num_threads(threads)
    return folder


def rows_of(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


def test_rotors_fly_as_body_rates_do():
    """The same player in both modes: the same flight for 2 s, hits included, up to the rounding of what is observed."""
    scenario, paths = find("solo-bump"), []
    for mode in ("ctbr", "rotor"):
        env = BatchEnv(scenario, 4, seed=3, threads=1, action_mode=mode)
        player = find_agent("scripted:rally", scenario)
        if mode == "rotor":
            player = ByRotor(player, env.layout, env.params["airframe"][0])
        obs, actions = env.reset(), np.zeros((4, 4), np.float32)
        memory = np.zeros((4, player.memory_size), np.float32)
        path = []
        for _ in range(100):
            player.act(np.asarray(obs)[:, 0], memory, actions)
            obs = env.step(actions[:, None]).obs
            path.append(env.worlds["drones"]["pos"][:, 0].copy())
        paths.append(np.array(path))
    assert np.abs(paths[0] - paths[1]).max() < 0.02
    assert np.ptp(paths[0][:, :, 2]) > 0.1


def test_rotors_are_refused_to_who_does_not_fly_by_rates():
    scenario = find("hit-the-ball")
    with pytest.raises(SkyrallyError, match="flies by rotor"):
        ByRotor(find_agent("scripted:hit-the-ball", scenario), scenario.views[scenario.default_view], np.zeros(1)[0])


def test_beyond_the_bound_of_actions_is_as_good_as_at_it():
    mean, lesson = torch.tensor([[1.5, -1.5, 1.5, 0.5]]), torch.tensor([[1.0, -1.0, 0.5, 1.0]])
    assert lesson_loss(mean, lesson).item() == pytest.approx((0.0 + 0.0 + 1.0 + 0.25) / 4)


def test_lessons_sink_in(taught):
    """In states that the teacher comes to, it does more nearly what the teacher does than a hover, which it began as, would."""
    scenario = find("solo-bump")
    teacher, taught_one, hover = (find_agent(spec, scenario) for spec in ("scripted:rally", f"run:{taught}", "hover"))
    env = BatchEnv(scenario, 32, seed=9, threads=1, action_mode="ctbr")
    obs, off = env.reset(), {taught_one: 0.0, hover: 0.0}
    lesson, tried = np.zeros((2, 32, 4), np.float32)
    for _ in range(100):
        teacher.act(np.asarray(obs)[:, 0], np.zeros((32, teacher.memory_size), np.float32), lesson)
        for other in off:
            other.act(np.asarray(obs)[:, 0], np.zeros((32, other.memory_size), np.float32), tried)
            off[other] += float(np.square(tried - lesson).mean()) / 100
        obs = env.step(lesson[:, None]).obs
    assert off[taught_one] < 0.6 * off[hover]
    rows = rows_of(taught)
    assert rows[1]["led"] > 0.9
    assert rows[-1]["led"] == 0.0


def test_it_resumes_to_the_same_numbers(taught, tmp_path):
    class Stop:
        left = 10

        def show(self, row):
            self.left -= 1
            if self.left == 0:
                run._interrupt()

    run = started(tmp_path / "run")
    assert not run.go(Stop())
    torch.manual_seed(5)
    assert resume(tmp_path / "run").go()
    told = [[{k: v for k, v in row.items() if not k.startswith("seconds")} for row in rows_of(at)] for at in (taught, tmp_path / "run")]
    assert told[0] == told[1]


def test_ppo_begins_with_what_was_learned(taught, tmp_path):
    """While only the critic learns, the actor stays as it was taught; how much it explores is the new run's own."""
    run = started(tmp_path / "run", "ppo", 1024, initial=f"run:{taught}", critic_first=512, std_init=0.2, save_seconds=1e9)
    before = {name: value.clone() for name, value in run.learner.actors.state_dict().items() if "normaliser" not in name}
    lesson = find_agent(f"run:{taught}", find("solo-bump")).actors.state_dict()  # type: ignore[attr-defined]
    assert all(torch.equal(value, lesson[name]) for name, value in before.items() if "log_std" not in name)
    assert before["each.0.log_std"].exp().allclose(torch.tensor(0.2))

    def same() -> list[bool]:
        now = run.learner.actors.state_dict()
        return [torch.equal(value, now[name]) for name, value in before.items() if "log_std" not in name]

    run.learner.iterate()
    run.learner.iterate()
    assert all(same())
    run.learner.iterate()
    assert not any(same())


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"initial": "scripted:rally"}, "has no weights"),
        ({"hidden": (16,)}, r"hidden=\(32,\)"),
        ({"action_mode": "rotor"}, "action_mode='ctbr'"),
    ],
)
def test_weights_that_do_not_fit_are_refused(taught, tmp_path, keys, words):
    with pytest.raises(SkyrallyError, match=words):
        started(tmp_path / "run", "ppo", 256, **{"initial": f"run:{taught}", **keys})


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"action_mode": "velocity"}, "set action_mode=ctbr"),
        ({"action_mode": "discrete"}, "learns numbers"),
        ({"teacher": "scripted:nobody"}, "scripted player"),
    ],
)
def test_teachers_that_do_not_fit_are_refused(tmp_path, keys, words):
    with pytest.raises(SkyrallyError, match=words):
        started(tmp_path / "run", **keys)


def test_what_is_taught_may_be_held(tmp_path):
    """An action lasts for `hold` steps of the worlds, and whoever plays what was learned holds it as long."""
    run = started(tmp_path / "run", hold=4)
    run.learner.iterate()
    assert run.learner.carry.frames == 4 * 16 * 16
    assert run.learner.agent("held").hold == 4


def test_encoders_want_entities(tmp_path):
    with pytest.raises(SkyrallyError, match="no entities"):
        started(tmp_path / "run", encoder="mean")
