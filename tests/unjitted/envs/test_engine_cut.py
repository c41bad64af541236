"""The step that is cut open for a second engine: with an engine that moves bodies as ours does, it is the native step.

Drawn inertia turns by forces, its gyroscopic term explicitly: the one place where the two differ (by less than 1e-3 in these cases).
The engine here is twenty lines of Euler, so what is tested is ours: what is handed out, taken in and made of contacts.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

import skyrally
from skyrally import SkyrallyError
from skyrally.envs import genesis as door
from skyrally.envs import genesis_swarm
from skyrally.physics import native
from skyrally.physics.genesis import Found
from skyrally.physics.handover import AWAY, GROUND
from skyrally.physics.quadrotor import spin_up
from skyrally.physics.shapes import from_cylinder
from skyrally.physics.vec import to_body, to_world, turn


class EulerScene:
    """W worlds of free bodies: semi-implicit Euler, and the ball against drones (their cylinders) and the ground."""

    def __init__(self, params: Any, worlds: int, drones: int, ball: bool):
        self.params, self.drones, n = params, drones, drones + ball
        self.qpos, self.qvel, self.force = np.zeros((worlds, 7 * n)), np.zeros((worlds, 6 * n)), np.zeros((worlds, 6 * n))
        self.bodies = np.array([GROUND, *range(n)])
        self.ball = ball

    def move(self) -> Found:
        frame, dt, g = self.params["airframe"], self.params["dt"], self.params["gravity"]
        ix, iy, iz = frame["inertia"]
        nominal = {"inv_inertia": 1.0 / frame["inertia"], "gyro": ((iy - iz) / ix, (iz - ix) / iy, (ix - iy) / iz)}
        block = type("Nominal", (), nominal)
        for q, v, f in zip(self.qpos, self.qvel, self.force, strict=True):
            for i in range(len(q) // 7):
                mass = frame["mass"] if i < self.drones else 1.0 / self.params["ball"]["inv_mass"]
                v[6 * i : 6 * i + 3] += dt * (f[6 * i : 6 * i + 3] / mass - (0.0, 0.0, g))
                q[7 * i : 7 * i + 3] += dt * v[6 * i : 6 * i + 3]
                if i < self.drones:
                    v[6 * i + 3 : 6 * i + 6] = spin_up(v[6 * i + 3 : 6 * i + 6], tuple(f[6 * i + 3 : 6 * i + 6]), block, dt)
                    q[7 * i + 3 : 7 * i + 7] = turn(q[7 * i + 3 : 7 * i + 7], v[6 * i + 3 : 6 * i + 6], dt)
        return self._found([[] for _ in self.qpos])

    def detect(self) -> Found:
        """The ball in drones and ground, as an engine would tell it: geom a is the ball's, normals from b to a."""
        frame, radius, rows = self.params["airframe"], self.params["ball"]["radius"], []
        for q in self.qpos:
            rows.append([])
            ball = q[7 * self.drones :]
            for i in range(self.drones):
                quat = tuple(q[7 * i + 3 : 7 * i + 7])
                gap, normal = from_cylinder(to_body(quat, ball[:3] - q[7 * i : 7 * i + 3]), frame["body_radius"], frame["body_half_height"])
                if gap < radius:
                    rows[-1].append((i + 1, to_world(quat, normal), radius - gap))
            if ball[2] < radius:
                rows[-1].append((0, (0.0, 0.0, 1.0), radius - ball[2]))
        return self._found(rows)

    def _found(self, rows: list[list[Any]]) -> Found:
        w, most = len(rows), max(map(len, rows))
        a, b = np.full((w, most), self.drones + 1, np.int32), np.zeros((w, most), np.int32)
        normal, depth = np.zeros((w, most, 3)), np.zeros((w, most))
        for k, row in enumerate(rows):
            for c, one in enumerate(row):
                b[k, c], normal[k, c], depth[k, c] = one
        return Found(np.array([len(row) for row in rows], np.int32), a, b, normal, np.zeros_like(normal), depth, np.zeros_like(normal))

    def close(self) -> None:
        pass


class EulerEnv(door.GenesisEnv):
    def _scene(self, airframe: Any, device: str) -> Any:
        return EulerScene(self.params[0], self.num_worlds, self.num_drones, self._has_ball)


class EulerSwarm(genesis_swarm.GenesisSwarm):
    def _scene(self, airframe: Any, device: str) -> Any:
        return EulerScene(self.params[0], self.num_worlds, self.num_drones, False)


@pytest.fixture
def euler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "GenesisEnv", EulerEnv)
    monkeypatch.setattr(genesis_swarm, "GenesisSwarm", EulerSwarm)


def both(name: str, worlds: int, steps: int, atol: float = 1e-5, **options: Any) -> tuple[Any, Any]:
    """(native, cut) after the same actions."""
    options = {"substeps": 4, "seed": 3, **options}
    envs = [skyrally.make(name, worlds, engine=engine, **options) for engine in ("native", "genesis")]
    rng = np.random.default_rng(0)
    for env in envs:
        env.reset()
    for _ in range(steps):
        actions = rng.uniform(-0.2, 0.7, (worlds, envs[0].num_drones, 4)).astype(np.float32)
        steps_taken = [env.step(actions) for env in envs]
        np.testing.assert_allclose(steps_taken[1].obs, steps_taken[0].obs, atol=atol)
        np.testing.assert_allclose(steps_taken[1].reward, steps_taken[0].reward, atol=1e-4)
        assert (steps_taken[1].done == steps_taken[0].done).all()
    return envs[0], envs[1]


@pytest.mark.usefixtures("euler")
class TestCut:
    @pytest.mark.parametrize(
        "options", [{}, {"physics": "fine"}, {"disturb": {"preset": "hard", "wind": 4.0}}, {"action_mode": "velocity"}], ids=str
    )
    def test_flight_is_the_native_one(self, options: dict[str, Any]) -> None:
        atol = 2e-3 if "disturb" in options else 1e-5
        one, other = both("hover", 2, 6, atol, **options)
        for field in ("pos", "quat", "vel", "rate", "up", "rotor", "thrust", "torque"):
            np.testing.assert_allclose(other.worlds["drones"][field], one.worlds["drones"][field], rtol=0, atol=atol, err_msg=field)

    def test_drones_push_each_other_through_the_air_and_the_match_is_judged_alike(self) -> None:
        one, other = both("volleyball-2v2", 1, 6, rules="sport")
        np.testing.assert_allclose(other.worlds["drones"]["force"], one.worlds["drones"]["force"], atol=1e-9)
        np.testing.assert_allclose(other.worlds["ball"]["pos"], one.worlds["ball"]["pos"], atol=1e-9)

    @pytest.mark.parametrize("options", [{}, {"physics": "fine"}, {"disturb": {"ball_mass": 0.5, "restitution": 0.2}}], ids=str)
    def test_the_ball_bounces_off_a_racket_as_natively(self, options: dict[str, Any]) -> None:
        envs = [skyrally.make("solo-bump", 1, engine=engine, substeps=8, seed=1, **options) for engine in ("native", "genesis")]
        for env in envs:
            env.reset()
            drone, ball = env.worlds["drones"][0, 0], env.worlds["ball"][0]
            drone["quat"], drone["up"] = (np.cos(0.1), np.sin(0.1), 0.0, 0.0), (0.0, -np.sin(0.2), np.cos(0.2))
            ball["pos"], ball["vel"] = drone["pos"] + (0.05, 0.02, 0.3), (0.3, -0.2, -6.0)
        for _ in range(4):
            for env in envs:
                env.step(np.full((1, 1, 4), 0.25, np.float32))
        native_world, cut_world = (env.worlds[0] for env in envs)
        assert native_world["hits"] == cut_world["hits"] == 1
        np.testing.assert_allclose(cut_world["ball"]["vel"], native_world["ball"]["vel"], atol=0.03)
        np.testing.assert_allclose(cut_world["ball"]["pos"], native_world["ball"]["pos"], atol=0.005)
        np.testing.assert_allclose(cut_world["drones"]["rate"], native_world["drones"]["rate"], atol=0.02)

    def test_a_dead_ball_comes_to_rest_on_the_ground_and_ends_the_rally(self) -> None:
        env = skyrally.make("volleyball-1v1", 1, engine="genesis", rules="sport", seed=0)
        env.reset()
        env.worlds["ball"]["pos"], env.worlds["ball"]["vel"] = (1.0, 1.0, 0.15), (0.0, 0.0, -4.0)
        step = env.step(np.full((1, 2, 4), 0.25, np.float32))
        assert step.terminated[0]
        assert env.worlds["ball"]["pos"][0, 2] == pytest.approx(0.1, abs=0.005)

    def test_a_net_without_body_is_seen_and_stops_nothing(self) -> None:
        env = skyrally.make("volleyball-1v1", 1, engine="genesis", rules="sport", seed=0)
        env.reset()
        env.worlds["ball"]["pos"], env.worlds["ball"]["vel"] = (0.14, 0.0, 1.5), (-4.0, 0.0, 0.0)
        env.step(np.full((1, 2, 4), 0.25, np.float32))
        world = env.worlds[0]
        assert {int(event["kind"]) for event in world["events"][: world["n_events"]]} == {3}
        assert world["ball"]["vel"][0] == pytest.approx(-4.0)

    def test_ended_worlds_stand_still_and_masks_reset_them_alone(self) -> None:
        env = skyrally.make("solo-bump", 3, engine="genesis", seed=5)
        env.reset()
        env.worlds["terminated"][1] = 1
        before = env.worlds.copy()
        step = env.step(np.full((3, 1, 4), 0.25, np.float32))
        assert env.worlds[1] == before[1]
        assert not step.reward[1].any()
        env.reset(step.done)
        assert env.worlds["episode"].tolist() == [1, 2, 1]

    def test_snapshots_are_the_whole_truth(self) -> None:
        env = skyrally.make("solo-bump", 2, engine="genesis", seed=5, disturb="hard")
        env.reset()
        rows = [np.full((2, 1, 4), value, np.float32) for value in (0.2, 0.3, 0.25)]
        kept = env.snapshot()
        ends = []
        for _ in range(2):
            env.restore(kept)
            for row in rows:
                obs = env.step(row).obs.copy()
            ends.append((obs, env.worlds.copy()))
        assert (ends[0][0] == ends[1][0]).all()
        assert (ends[0][1] == ends[1][1]).all()

    @pytest.mark.parametrize("name", ["juggle", "set-and-spike-hard", "bump-and-pass", "serve"])
    def test_scenarios_with_parts_of_their_own_play_on(self, name: str) -> None:
        both(name, 1, 3)


SWARMS = ("goal-swap", "formation", "flock", "aggregate", "cover-search", "kuramoto")


@pytest.mark.usefixtures("euler")
class TestSwarms:
    @pytest.mark.parametrize("name", SWARMS)
    def test_without_touches_a_swarm_flies_as_natively(self, name: str) -> None:
        one, other = both(name, 2, 2, 2e-4, agents=4, collisions="none")
        for field in ("pos", "quat", "vel", "rate", "up", "rotor", "signal", "heading"):
            np.testing.assert_allclose(other.worlds["drones"][field], one.worlds["drones"][field], atol=2e-4, err_msg=field)
        assert (other.worlds["step"] == 2).all()

    def test_a_touch_that_the_engine_finds_is_told_once_of_both(self) -> None:
        env = skyrally.make("goal-swap", 2, engine="genesis", agents=3, seed=0)
        env.reset()
        env.scene.bodies = np.array([GROUND, 0, 1, 2, 2])
        contact = [(1, (0.0, 0.0, 1.0), 0.01)]  # geom 1, of drone 0, and geom 4, which is drone 2's
        move, told = env.scene.move, []
        for rows in ([contact, []], [contact, []], [[], []], [contact, []]):
            env.scene.move = lambda rows=rows: (move(), env.scene._found(rows))[1]
            env.step(np.full((2, 3, 4), 0.0, np.float32))
            told.append(env.worlds["drones"]["struck"].copy())
        assert [row[0].tolist() for row in told] == [[1, 0, 1], [0, 0, 0], [0, 0, 0], [1, 0, 1]]
        assert not any(row[1].any() for row in told)
        assert env.worlds["hits"].tolist() == [2, 0]
        assert env.frame(0).contacts[0][0] == "drone-drone"

    def test_who_takes_no_part_waits_far_away_and_ended_worlds_stand_still(self) -> None:
        env = skyrally.make("formation", 2, engine="genesis", agents=4, population=3, seed=0)
        env.reset()
        env.worlds["terminated"][1] = 1
        before = env.worlds.copy()
        for _ in range(3):
            env.step(np.zeros((2, 4, 4), np.float32))
        assert env.worlds[1] == before[1]
        assert env.worlds["step"].tolist() == [3, 0]
        places = env.scene.qpos.reshape(2, 4, 7)[..., :3]
        assert (places[0, 3, :2] == AWAY).all()
        assert (places[1, :, 2] > 90.0).all()
        assert np.linalg.norm(places[0, :3], axis=-1).max() < 20.0

    def test_snapshots_are_the_whole_truth(self) -> None:
        env = skyrally.make("goal-swap", 2, engine="genesis", agents=3, seed=5)
        env.reset()
        kept, ends = env.snapshot(), []
        for _ in range(2):
            env.restore(kept)
            for value in (0.1, 0.2, 0.0):
                env.step(np.full((2, 3, 4), value, np.float32))
            ends.append(env.worlds.copy())
        assert (ends[0] == ends[1]).all()


class TestRefusals:
    @pytest.mark.parametrize("name", ["payload", "pursuit", "resource", "matrix"])
    def test_what_has_no_bodies_to_move(self, name: str) -> None:
        with pytest.raises(SkyrallyError, match=f"engine genesis .* {name}.*engine='native'"):
            skyrally.make(name, engine="genesis")

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ({"mode": "point"}, "flock of points.*engine='native'"),
            ({"agents": 65}, "agents is 65; .* 64 drones"),
            ({"agents": 8, "collisions": "physical"}, "collisions='penalty'"),
        ],
        ids=str,
    )
    def test_swarms_that_it_cannot_step(self, options: dict[str, Any], said: str) -> None:
        with pytest.raises(SkyrallyError, match=said):
            skyrally.make("flock", engine="genesis", **{"agents": 4, **options})

    @pytest.mark.parametrize(("options", "said"), [({"threads": 4}, "threads is 4"), ({"device": "tpu"}, "device is 'tpu'")], ids=str)
    def test_options(self, options: dict[str, Any], said: str) -> None:
        with pytest.raises(SkyrallyError, match=said):
            skyrally.make("hover", engine="genesis", **options)

    def test_unknown_engines(self) -> None:
        with pytest.raises(SkyrallyError, match=r"'genesys'.*genesis"):
            skyrally.make("hover", engine="genesys")

    def test_a_missing_extra_names_the_line_that_installs_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "genesis", None)
        with pytest.raises(SkyrallyError, match=r"pip install 'skyrally\[genesis\]'"):
            skyrally.make("hover", engine="genesis")

    def test_an_advance_of_its_own_without_parts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from skyrally.physics.engine_batch import engine_batch
        from skyrally.scenarios import hover

        monkeypatch.setattr(hover, "advance", lambda world, params, actions: native.fly(world, params, actions))
        with pytest.raises(SkyrallyError, match="prepare"):
            engine_batch("hover", hover.__name__, False, False)
