"""MAPPO's agent frames per second of processor time, beside BenchMARL's on its football task.

    python benchmarks/learning/against_benchmarl.py [REPEATS]

Both with one thread, 600 worlds of 100 steps per rollout, 4 epochs, minibatches of 4,096 frames and its networks (two layers of 256,
tanh) for actor and critic. Its football has three learners against three that follow rules; of volleyball-3v3 all six drones learn. An
agent frame is one learner's step. Ours is measured a second time with `dtype=bfloat16`, which `dtype=auto` takes where the processor has
such products. BenchMARL is no dependency (pip install benchmarl vmas; it wants torchrl < 0.12): without it ours is measured.
"""

# pyright: reportMissingImports=false, reportGeneralTypeIssues=false
from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
from functools import partial
from itertools import pairwise
from time import process_time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch

from skyrally.baselines.config import configured
from skyrally.baselines.ppo import PPO, PPOConfig
from skyrally.envs.doors import make

try:
    from benchmarl.experiment import Callback  # pyright: ignore[reportMissingImports]
except ImportError:
    Callback = None

WORLDS, STEPS, EPOCHS, MINIBATCH = 600, 100, 4, 4096
FRAMES = WORLDS * STEPS
HIDDEN = (256, 256)


class Clock(Callback or object):
    """Marks the processor's time at the end of each of BenchMARL's iterations."""

    def __init__(self):
        self.marks: list[float] = []

    def on_train_end(self, training_td, group):
        self.marks.append(process_time())


def ours(repeats: int, dtype: str = "float32") -> list[float]:
    """Agent frames per CPU second of each iteration, after two that warm up."""
    env = make("volleyball-3v3", WORLDS, threads=1)
    keys = {"worlds": WORLDS, "steps": STEPS, "epochs": EPOCHS, "minibatches": round(FRAMES / MINIBATCH), "activation": "tanh"}
    config = configured(PPOConfig, {**keys, "hidden": HIDDEN, "critic": "state"})
    learner = PPO(env, config, 10**9)
    learner.dtype = dtype
    return [env.num_drones * FRAMES / seconds for seconds in timed(learner.iterate, repeats + 2)[2:]]


def theirs(repeats: int) -> list[float]:
    """The same of BenchMARL's."""
    from benchmarl.algorithms import MappoConfig
    from benchmarl.environments import VmasTask
    from benchmarl.experiment import Experiment, ExperimentConfig
    from benchmarl.models.mlp import MlpConfig

    config = ExperimentConfig.get_from_yaml()
    config.on_policy_n_envs_per_worker, config.on_policy_collected_frames_per_batch = WORLDS, FRAMES
    config.on_policy_minibatch_size, config.on_policy_n_minibatch_iters = MINIBATCH, EPOCHS
    config.max_n_iters, config.max_n_frames, config.loggers = repeats + 2, None, []
    config.evaluation = config.create_json = config.render = False
    config.save_folder = tempfile.mkdtemp()
    networks = MlpConfig.get_from_yaml()
    assert tuple(networks.num_cells) == HIDDEN, networks.num_cells
    task = VmasTask.FOOTBALL.get_from_yaml()
    algorithm = MappoConfig.get_from_yaml()
    clock = Clock()
    experiment = Experiment(task, algorithm, networks, seed=0, config=config, critic_model_config=networks, callbacks=[clock])
    agents = sum(map(len, experiment.group_map.values()))
    experiment.run()
    return [agents * FRAMES / (after - before) for before, after in pairwise(clock.marks[1:])]


def timed(function, count: int) -> list[float]:
    """CPU seconds of each call."""
    seconds = []
    for _ in range(count):
        began = process_time()
        function()
        seconds.append(process_time() - began)
    return seconds


if __name__ == "__main__":
    torch.set_num_threads(1)
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    suites = {"ours": ours, "ours, dtype=bfloat16": partial(ours, dtype="bfloat16"), **({"theirs": theirs} if Callback else {})}
    rates: dict[str, float] = {}
    for name, suite in suites.items():
        rows = suite(repeats)
        rates[name] = statistics.median(rows)
        row = {"suite": name, "agent frames per CPU second": round(rates[name]), "rows": [round(row) for row in rows]}
        print(json.dumps(row), flush=True)
    for name in [name for name in rates if Callback and name != "theirs"]:
        print(f"{name}: {rates[name] / rates['theirs']:.2f} times theirs")
