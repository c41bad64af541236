"""The engine genesis itself, in the smallest scenes: what moves, what touches, one truth, and what its pictures show."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from ctypes.util import find_library
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

import skyrally
from skyrally.envs.conformance import CHECKS, check
from skyrally.physics.genesis import MESA
from skyrally.physics.records import BALL_NET, DRONE_GROUND, DRONE_NET, RACKET
from skyrally.render import theme
from skyrally.render.camera import Camera
from skyrally.render.genesis import GenesisPainter

pytestmark = [
    pytest.mark.genesis,
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("genesis") is None, reason="genesis-world is not installed: pip install 'skyrally[genesis]'"),
    pytest.mark.skipif(sys.platform == "linux" and find_library("EGL") is None, reason=f"there is no OpenGL here: {MESA}"),
]
HOVER = 0.2377  # the rotor action that carries an Iris, roughly


@pytest.fixture(scope="module")
def bump() -> Iterator[Any]:
    env = skyrally.make("solo-bump", 3, engine="genesis", seed=1)
    yield env
    env.close()


@pytest.fixture(scope="module")
def match() -> Iterator[Any]:
    env = skyrally.make("volleyball-1v1", 1, engine="genesis", physics="fine", rules="sport", seed=1)
    yield env
    env.close()


def kinds(env: Any, world: int = 0) -> set[int]:
    """What happened in the last step."""
    row = env.worlds[world]
    return {int(event["kind"]) for event in row["events"][: row["n_events"]]}


def fly(env: Any, steps: int, action: Any = (HOVER,) * 4) -> set[int]:
    """All that happened to world 0 in so many steps."""
    told: set[int] = set()
    for _ in range(steps):
        env.step(np.broadcast_to(np.asarray(action, np.float32), (env.num_worlds, env.num_drones, 4)))
        told |= kinds(env)
    return told


class TestMotion:
    def test_it_flies_as_the_native_engine_does(self, bump: Any) -> None:
        native = skyrally.make("solo-bump", 3, seed=1, substeps=4)
        rng = np.random.default_rng(0)
        for env in (native, bump):
            env.reset(seeds=[1, 2, 3])
        for _ in range(20):
            actions = (HOVER + rng.uniform(-0.3, 0.3, (3, 1, 4))).astype(np.float32)
            for env in (native, bump):
                env.step(actions)
        # Genesis turns bodies with the mean of the old and the new rate, which is half a substep off (docs/fidelity.md).
        for field, atol in (("rate", 1e-4), ("quat", 5e-3), ("vel", 0.02), ("pos", 3e-3)):
            np.testing.assert_allclose(bump.worlds["drones"][field], native.worlds["drones"][field], atol=atol, err_msg=field)
        np.testing.assert_allclose(bump.worlds["ball"]["pos"], native.worlds["ball"]["pos"], atol=1e-9)

    def test_the_bodies_are_those_of_the_airframe_table(self, bump: Any) -> None:
        solver, frame = bump.scene.scene.rigid_solver, bump.params["airframe"][0]
        drone, ball = (bump.scene.entity.get_link(name).idx for name in ("drone_0", "ball"))
        masses, moments = solver.get_links_mass().numpy(), solver.get_links_inertia().numpy()
        assert masses[drone] == pytest.approx(frame["mass"])
        assert masses[ball] == pytest.approx(0.005)
        np.testing.assert_allclose(moments[drone], np.diag(frame["inertia"]), atol=1e-12)


class TestContacts:
    def test_a_racket_hit_is_an_event_and_the_bounce_is_ours(self, bump: Any) -> None:
        native = skyrally.make("solo-bump", 3, seed=1, substeps=4)
        for env in (native, bump):
            env.reset(seeds=[1, 2, 3])
            env.worlds["drones"]["quat"], env.worlds["drones"]["up"] = (1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 1.0)
            env.worlds["ball"]["pos"] = env.worlds["drones"]["pos"][:, 0] + (0.05, 0.0, 0.4)
            env.worlds["ball"]["vel"] = (0.3, 0.0, -6.0)
        assert fly(bump, 4) == fly(native, 4) == {RACKET}
        np.testing.assert_allclose(bump.worlds["ball"]["vel"], native.worlds["ball"]["vel"], atol=0.05)
        assert (bump.worlds["ball"]["vel"][:, 2] > 4.0).all()

    def test_drones_lie_on_the_ground(self, bump: Any) -> None:
        bump.reset(seeds=[1, 2, 3])
        bump.worlds["drones"]["pos"][:, 0, 2] = 0.15
        bump.worlds["drones"]["quat"], bump.worlds["drones"]["up"] = (1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 1.0)
        told: set[int] = set()
        for _ in range(30):
            bump.worlds["terminated"] = 0
            told |= fly(bump, 1, (-1.0,) * 4)
        assert DRONE_GROUND in told
        assert bump.worlds["drones"]["pos"][:, 0, 2] == pytest.approx(0.05, abs=0.01)

    def test_a_net_with_a_body_stops_ball_and_drone(self, match: Any) -> None:
        match.reset(seeds=1)
        match.worlds["ball"]["pos"], match.worlds["ball"]["vel"] = (0.3, 0.5, 1.5), (-5.0, 0.0, 0.0)
        match.worlds["drones"]["pos"][0, 0], match.worlds["drones"]["vel"][0, 0] = (0.6, -0.5, 1.5), (-4.0, 0.0, 0.0)
        told: set[int] = set()
        for _ in range(10):
            match.worlds["terminated"] = 0
            told |= fly(match, 1)
        assert {BALL_NET, DRONE_NET} <= told
        assert match.worlds["ball"]["pos"][0, 0] > 0.0
        assert match.worlds["drones"]["pos"][0, 0, 0] > 0.2


class TestContract:
    def test_it_passes_the_conformance_kit(self) -> None:
        checks = [name for name in CHECKS if name != "threads"]  # it runs on one
        assert check("solo-bump", worlds=2, steps=30, engine="genesis", only=checks) == checks


class TestTruth:
    def test_snapshots_masks_and_single_worlds(self, bump: Any) -> None:
        rng = np.random.default_rng(1)
        rows = (HOVER + rng.uniform(-0.3, 0.3, (6, 3, 1, 4))).astype(np.float32)
        bump.reset(seeds=[1, 2, 3])
        for row in rows[:3]:
            bump.step(row)
        kept = bump.snapshot()
        ends = []
        for _ in range(2):
            bump.restore(kept)
            for row in rows[3:]:
                obs = bump.step(row).obs.copy()
            ends.append(obs)
        assert (ends[0] == ends[1]).all()
        before = bump.worlds.copy()
        bump.reset(mask=np.array([False, True, False]))
        assert bump.worlds["episode"].tolist() == [1, 2, 1]
        assert (bump.worlds[[0, 2]] == before[[0, 2]]).all()

        alone = skyrally.make("solo-bump", 1, engine="genesis", seed=1)
        alone.reset(seeds=[2])
        for row in rows:
            obs = alone.step(row[1:2]).obs
        np.testing.assert_allclose(obs[0], ends[0][1], atol=1e-6)
        alone.close()


class TestPictures:
    def test_drones_and_ball_are_seen_where_they_are_in_their_colours(self, match: Any) -> None:
        match.reset(seeds=1)
        frame, painter = match.frame(0), GenesisPainter(match.stage, (640, 360))
        painter.observe(frame)
        picture = painter.rgb().astype(int)
        assert painter.rig.view is not None
        eye = Camera(painter.rig.view, painter.size)
        level = [np.array([0.0, 0.0, 0.05])] * 2 + [np.zeros(3)]  # the racket lies on the drone
        for at, off, colour in zip([*frame.pos, frame.ball], level, [theme.RED, theme.BLUE, theme.BALL], strict=True):
            x, y = eye.project(at + off)[0].round().astype(int)
            seen = picture[y - 1 : y + 2, x - 1 : x + 2].mean((0, 1))
            np.testing.assert_allclose(seen / seen.max(), np.array(colour) / max(colour), atol=0.25, err_msg=str(colour))


class TestSwarm:
    def test_drones_fly_as_natively_and_bounce_off_each_other(self) -> None:
        envs = [skyrally.make("goal-swap", 2, engine=engine, agents=2, seed=1, substeps=4) for engine in ("native", "genesis")]
        rng, struck = np.random.default_rng(0), []
        for env in envs:
            env.reset(seeds=[1, 2])
            pair = env.worlds["drones"][0]
            pair["pos"], pair["vel"] = ((-0.2, 0.0, 3.0), (0.2, 0.0, 3.0)), ((1.5, 0.0, 0.0), (-1.5, 0.0, 0.0))
            pair["quat"], pair["up"] = (1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 1.0)
        for _ in range(12):
            actions = rng.uniform(-0.3, 0.3, (2, 2, 4)).astype(np.float32)
            for env in envs:
                env.step(actions)
            struck.append(envs[1].worlds["drones"]["struck"].copy())
        native, ours = (env.worlds["drones"] for env in envs)
        np.testing.assert_allclose(ours["pos"][1], native["pos"][1], atol=5e-3)
        assert [env.worlds["hits"].tolist() for env in envs] == [[1, 0], [1, 0]]
        assert np.array(struck)[:, 0].sum(0).tolist() == [1, 1]
        assert (ours["vel"][0, :, 0] * (1.0, -1.0) < -0.1).all()  # thrown back, as natively
        np.testing.assert_allclose(ours["vel"][0], native["vel"][0], atol=0.2)
        envs[1].close()
