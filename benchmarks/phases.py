"""Where a 3v3 step's time goes: python benchmarks/phases.py. Each phase alone on one world in cache, CPU ns, best of seven."""

import time

import numba
import numpy as np

from skyrally.envs.batch import BatchEnv
from skyrally.physics import ball_contacts, control, drone_contacts, native, quadrotor
from skyrally.physics.ball import move_ball
from skyrally.physics.vec import fn
from skyrally.scenarios import volleyball, volleyball_views
from skyrally.scenarios.registry import find

numba.config.SLP_VECTORIZE = 1  # as worlds of several drones are compiled (physics.compile.announced)
PHASES = {
    "decode": "for i in range(6): control.decode(w.drones[i], p.airframe, actions[i])",
    "actuate": "for i in range(6): quadrotor.spin_rotors(w.drones[i], p.airframe)",
    "couple": "native.couple(w)",
    "move drones": "for i in range(6): quadrotor.move_drone(w.drones[i], p.airframe, p.gravity, 1e-9)",
    "move ball": "move_ball(w.ball, p)",
    "touch drones": "drone_contacts.touch_drones(w, p, 0)",
    "touch ball": "ball_contacts.touch_ball(w, p, 0)",
    "referee": "w.step = 1; volleyball.referee(w, p, reward)",
    "observe": "for i in range(6): volleyball_views.observe(w, p, i, obs[i])",
}
ROUNDS = 50_000
NAMES = [ball_contacts, control, drone_contacts, native, quadrotor, move_ball, volleyball, volleyball_views]

env = BatchEnv(find("volleyball-3v3"), 1, rules="benchmark")
env.reset()
rng = np.random.default_rng(0)
for _ in range(10):
    env.step((0.24 + 0.1 * rng.standard_normal((1, 6, 4))).astype(np.float32))
arrays = (env.worlds, env.params, np.full((6, 4), 0.24, np.float32), np.zeros(6, np.float32), np.zeros((6, 57), np.float32))
total = 0.0
for phase, body in PHASES.items():
    source = f"def run(worlds, params, actions, reward, obs, n):\n  w = worlds[0]; p = params[0]\n  for _ in range(n):\n    {body}\n"
    scope = dict(globals())
    exec(source, scope)
    run = fn(scope["run"])
    run(*arrays, 2)
    best = np.inf
    for _ in range(7):
        start = time.process_time()
        run(*arrays, ROUNDS)
        best = min(best, (time.process_time() - start) / ROUNDS * 1e9)
    total += best
    print(f"{phase:14s} {best:7.1f} ns", flush=True)
print(f"{'together':14s} {total:7.1f} ns: {1e3 / total:.2f} M steps/s if nothing waits for memory")
