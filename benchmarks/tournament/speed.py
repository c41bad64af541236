"""How fast matches are played: world steps of 3v3 per second of process CPU time, points per second, mean length of a rally.

    python benchmarks/tournament/speed.py [--worlds 256] [--seconds 10]

`scripted` meets `scripted` and `network` meets `network` (untrained, 256-128-128, as training makes them), each on one core. Beside the
networks: the bare forward pass of the same rows, on one core; and the world's own step. Multiply by the cores that are free.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from skyrally.agents.networks import Actors, NetworkSpec
from skyrally.agents.policy import manifest_of, write_agent
from skyrally.agents.spec import find_agent
from skyrally.scenarios.registry import find
from skyrally.tournament.match import Fixture, Format, MatchRunner

SCENARIO = find("volleyball-3v3")
LENGTHY = Format(4, swap="rally", max_rallies=4)


def network(folder: Path, seed: int) -> str:
    """Untrained weights as an entrant."""
    torch.manual_seed(seed)
    spec = NetworkSpec(SCENARIO.views["match"].size)
    folder.mkdir()
    write_agent(folder, Actors(spec), manifest_of(SCENARIO, {}, "match", "ctbr", spec, {}))
    return f"file:{folder}"


def play(specs: list[str], worlds: int, seconds: float) -> MatchRunner:
    """Plays for so long and prints how fast."""
    agents = [find_agent(spec, SCENARIO, k) for k, spec in enumerate(specs)]
    fixtures = [Fixture(0, 1, seed, seed % 2) for seed in range(1_000_000)]
    runner = MatchRunner.of(SCENARIO, agents, fixtures, worlds=worlds, form=LENGTHY, threads=1)
    steps, start = 0, time.process_time()
    while (spent := time.process_time() - start) < seconds:
        if runner.step().any():
            runner.next_rallies()
        steps += worlds
    rows = runner.rows
    length = sum(row.steps for row in rows) * 0.02 / len(rows)
    names = " against ".join(spec.partition(":")[0] for spec in specs)
    print(f"{names}: {steps / spent / 1e6:.3f} M world steps/s, {len(rows) / spent:.0f} rallies/s, mean rally {length:.2f} s")
    return runner


def parts(runner: MatchRunner, seconds: float) -> None:
    """What the agents alone and the worlds alone take of it."""
    worlds, team = runner.env.num_worlds, SCENARIO.drones // 2
    obs = [np.ascontiguousarray(runner.obs[:, :team, : seat.size]).reshape(-1, seat.size) for seat in runner.seats]
    memory = [np.zeros((len(rows), seat.agent.memory_size), np.float32) for rows, seat in zip(obs, runner.seats, strict=True)]
    out = np.zeros((len(obs[0]), 4), np.float32)
    steps, start = 0, time.process_time()
    while (spent := time.process_time() - start) < seconds:
        for seat, rows, kept in zip(runner.seats, obs, memory, strict=True):
            seat.agent.act(rows, kept, out)
        steps += worlds
    print(f"  both sides' actions alone: {steps / spent / 1e6:.3f} M world steps/s")
    steps, start = 0, time.process_time()
    while (spent := time.process_time() - start) < seconds:
        runner.env.reset(runner.env.step(runner.actions).done)
        steps += worlds
    print(f"  the worlds alone: {steps / spent / 1e6:.3f} M world steps/s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", type=int, default=256)
    parser.add_argument("--seconds", type=float, default=10.0)
    given = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as home:
        networks = [network(Path(home) / str(k), k) for k in (1, 2)]
        for specs in (["scripted:rally", "scripted:rally"], ["scripted:rally", "hover"], networks):
            parts(play(specs, given.worlds, given.seconds), given.seconds / 3)


if __name__ == "__main__":
    main()
