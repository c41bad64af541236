"""PPO with a teacher beside: what it is told, that it learns it, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from skyrally.agents.spec import find_agent
from skyrally.baselines.config import configured
from skyrally.baselines.ppo import PPO, PPOConfig
from skyrally.envs.doors import make
from skyrally.errors import SkyrallyError

pytestmark = pytest.mark.jit
SMALL = {"worlds": 8, "steps": 16, "epochs": 2, "minibatches": 2, "hidden": (64, 64)}
TEACHER = "scripted:bump-and-pass"


def pupil(frames=10**9, mode="ctbr", **keys):
    torch.manual_seed(0)
    env = make("bump-and-pass", SMALL["worlds"], action_mode=mode, threads=1)
    return PPO(env, configured(PPOConfig, {**SMALL, **keys}), frames)


def learned(ppo, rollouts):
    for _ in range(rollouts):
        row = ppo.iterate()
    return [p.detach().clone() for p in ppo.actors.parameters()], row


def test_it_is_told_what_the_teacher_would_do_where_it_came_to():
    ppo = pupil(teacher=TEACHER)
    ppo.iterate()
    teacher, told = find_agent(TEACHER, ppo.env.scenario), np.zeros((16, 4), np.float32)
    for t in range(16):
        teacher.act(ppo.track.obs[t].flatten(0, 1).numpy(), np.zeros((16, 0), np.float32), told)
        assert np.array_equal(ppo.track.extras["lesson"][t].flatten(0, 1).numpy(), told.clip(-1, 1))
    assert not torch.equal(ppo.track.action, ppo.track.extras["lesson"])


def test_lessons_without_weight_change_nothing():
    alone, _ = learned(pupil(), 3)
    beside, row = learned(pupil(teacher=TEACHER, lesson=0.0), 3)
    heard, _ = learned(pupil(teacher=TEACHER), 3)
    assert row["loss/lesson"] > 0
    assert all(torch.equal(a, b) for a, b in zip(alone, beside, strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(alone, heard, strict=True))


def test_lessons_sink_in():
    ppo = pupil(teacher=TEACHER, lesson=10.0, learning_rate=3e-3)
    losses = [ppo.iterate().get("loss/lesson") for _ in range(60)]
    assert losses[0] is None  # the first rollout only tells how large observations are
    assert sum(losses[-10:]) < 0.5 * losses[1] * 10


def test_lessons_fade():
    """At the end of a training nothing is left of the lessons' weight: a last rollout changes the same as without them."""
    alone, _ = learned(pupil(frames=1), 2)  # 8 worlds by 16 steps: over after the first rollout
    faded, _ = learned(pupil(frames=1, teacher=TEACHER, final_lesson=0.0), 2)
    assert all(torch.equal(a, b) for a, b in zip(alone, faded, strict=True))
    ppo = pupil(frames=512, teacher=TEACHER, lesson=10.0, final_lesson=0.2)
    ppo.iterate()
    assert ppo.falling(10.0, 0.2) == pytest.approx(8.0)


@pytest.mark.parametrize(
    ("mode", "keys", "words"),
    [
        ("discrete", {}, "teaches numbers"),
        ("velocity", {}, "set action_mode=ctbr"),
        ("rotor", {"teacher": "scripted:serve"}, "plays serve only"),
        ("rotor", {"teacher": "", "truth": True}, "there is none; set teacher="),
    ],
)
def test_teachers_that_do_not_fit_are_refused(mode, keys, words):
    with pytest.raises(SkyrallyError, match=words):
        pupil(mode=mode, **{"teacher": TEACHER, **keys})


def test_a_teacher_may_see_the_truth_where_the_learner_sees_noise_and_delay():
    torch.manual_seed(0)
    disturb = {"position_noise": 0.05, "ball_noise": 0.1, "observation_delay": 2}
    env = make("bump-and-pass", SMALL["worlds"], action_mode="ctbr", threads=1, disturb=disturb)
    lessons = {}
    for truth in (True, False):
        ppo = PPO(env, configured(PPOConfig, {**SMALL, "teacher": TEACHER, "truth": truth}), 10**9)
        ppo.iterate()
        lessons[truth] = ppo.policy.teacher
    clear = make("bump-and-pass", SMALL["worlds"], action_mode="ctbr", threads=1)
    teacher, told = find_agent(TEACHER, env.scenario), np.zeros((3, 16, 4), np.float32)
    memory, blurred = np.zeros((16, 0), np.float32), env.observe().reshape(16, -1)
    teacher.act(clear.restore(env.worlds).reshape(16, -1), memory, told[0])
    lessons[True].act(blurred, memory, told[1])
    lessons[False].act(blurred, memory, told[2])
    assert np.array_equal(told[0], told[1])
    assert not np.allclose(told[1], told[2])
    with pytest.raises(SkyrallyError, match="all 16 drones; this one plays 8"):
        lessons[True].act(blurred[:8], memory[:8], told[1, :8])
