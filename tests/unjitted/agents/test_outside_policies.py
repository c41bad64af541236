"""Policies trained in Isaac Sim do here what they learned there: airframe `iris-isaac`, physics `isaac`.

The files are data beside the checkout (`../shared/data/volleybots`), never part of it.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from skyrally.agents.policy import MANIFEST, load_agent
from skyrally.agents.volleybots import import_volleybots
from skyrally.envs.doors import make
from skyrally.physics.records import RACKET
from skyrally.scenarios.registry import find
from skyrally.tournament.drills import play_drill
from skyrally.tournament.match import Format, MatchRunner

SHARED = Path(__file__).parents[4] / "shared/data/volleybots"
WORLDS = 4
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason=f"the published policies are not there: {SHARED}")


@pytest.fixture(scope="module")
def agents(tmp_path_factory):
    """name -> (spec, scenario, options) of an imported policy."""
    root = tmp_path_factory.mktemp("agents")

    def imported(name):
        folder = root / name
        if not folder.exists():
            import_volleybots(SHARED / f"{name}.pt", folder)
        manifest = json.loads((folder / MANIFEST).read_text())
        return f"file:{folder}", manifest["scenario"], manifest["options"]

    return imported


def test_the_self_play_policy_serves_aces_as_its_critic_expects(agents):
    """Its critic values the start at 74 to 81 for the servers and -58 to -60 for the others: an ace after 88 steps, 100 x 0.995^88 = 64."""
    spec, scenario, options = agents("sp")
    runner = MatchRunner(scenario, spec, spec, matches=1, form=Format(points=2, serve="alternate", max_rallies=2), **options)
    rallies = runner.play()
    assert [(r.winner == r.server, r.reason, r.touches, r.crossings, r.steps) for r in rallies] == [(True, "ball down", 1, 1, 88)] * 2


def test_with_swept_contacts_or_the_published_rotors_it_does_not(agents):
    spec, scenario, options = agents("sp")
    for other in ({"physics": "benchmark"}, {"airframe": "iris"}):
        runner = MatchRunner(scenario, spec, spec, matches=1, form=Format(points=1, max_rallies=1), **{**options, **other})
        assert runner.play()[0].crossings == 0


def test_goto_holds_its_target(agents):
    spec, scenario, options = agents("hier_goto")
    rows = play_drill(scenario, spec, 3, max_cycles=240, **options)
    assert max(row.metric for row in rows) < 0.15


@pytest.mark.parametrize(("name", "least"), [("hier_serve", 3), ("hier_firstpass", 2), ("hier_secpass", 2), ("hier_att", 3)])
def test_skills_hit_the_ball_with_the_racket(agents, name, least):
    spec, scenario, options = agents(name)
    agent = load_agent(Path(spec.removeprefix("file:")), find(scenario), name)
    env = make(scenario, WORLDS, seed=0, threads=1, view=agent.view, **options)
    obs, actions = env.reset(), np.zeros((WORLDS, 1, 4), np.float32)
    first: dict[int, int] = {}
    for _ in range(150):
        agent.act(np.ascontiguousarray(obs[:, 0]), np.zeros((WORLDS, 0), np.float32), actions[:, 0])
        step = env.step(actions)
        obs = step.obs
        for k in np.flatnonzero(env.worlds["n_events"]):
            first.setdefault(int(k), int(env.worlds["events"]["kind"][k, 0]))
        if step.done.all():
            break
    assert sum(kind == RACKET for kind in first.values()) >= least
