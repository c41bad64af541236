"""How fast a hierarchy of learned skills is evaluated, beside the bare forward passes of the networks that it runs.

    python benchmarks/hierarchy/throughput.py --team zoo:learned-team

Plays rallies of the team against itself (3v3, `sport` rules, one thread) and notes how many rows every network was given in every
call. Then it plays them again, and makes the same forward passes alone, by turns. One line of JSON: seconds of processor time
(medians), and their quotient. A second quotient is by passes over full batches of as many rows in all.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from statistics import median
from time import process_time

import torch
from torch.nn.modules.module import register_module_forward_pre_hook

from skyrally.agents.networks import Actors
from skyrally.agents.spec import find_agent
from skyrally.scenarios.registry import find
from skyrally.tournament.match import Fixture, Format, MatchRunner

STEPS = 300  # control steps of all worlds: 6 s, in which most rallies end and others begin
FULL = 4096  # rows of a full batch
Passes = list[tuple[Actors, int]]  # which network was given how many rows


def seconds(work: Callable[[], object]) -> float:
    began = process_time()
    work()
    return process_time() - began


def forward(passes: Passes) -> None:
    """The same networks over as many rows."""
    with torch.no_grad():
        for actors, rows in passes:
            actors(torch.zeros(1, rows, 1, actors.spec.obs_size), torch.zeros(rows, 1, actors.spec.gru))


def in_full_batches(passes: Passes) -> Passes:
    found: Passes = []
    for actors in dict.fromkeys(actors for actors, _ in passes):
        rows = sum(count for one, count in passes if one is actors)
        found += [(actors, FULL)] * (rows // FULL) + ([(actors, rows % FULL)] if rows % FULL else [])
    return found


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--team", default="zoo:learned-team")
    words.add_argument("--worlds", type=int, default=256)
    words.add_argument("--repeats", type=int, default=5)
    given = words.parse_args()
    torch.set_num_threads(1)
    scenario = find("volleyball-3v3")
    team = find_agent(given.team, scenario)
    form = Format(points=4, serve="alternate", swap="rally", max_rallies=4)
    fixtures = [Fixture(0, 1, seed=k, red=k % 2, server=k // 2 % 2) for k in range(20 * given.worlds)]  # more than are played

    def begun() -> MatchRunner:
        return MatchRunner.of(scenario, [team, team], fixtures, worlds=given.worlds, form=form, threads=1)

    def play(runner: MatchRunner) -> None:
        for _ in range(STEPS):
            if runner.step().any():
                runner.next_rallies()

    passes: Passes = []
    hook = register_module_forward_pre_hook(
        lambda module, x: passes.append((module, x[0].shape[1])) if isinstance(module, Actors) else None
    )
    play(begun())
    hook.remove()
    times = []
    for _ in range(given.repeats):
        runner = begun()
        work = {
            "evaluation": lambda runner=runner: play(runner),
            "forward": lambda: forward(passes),
            "full_batches": lambda: forward(in_full_batches(passes)),
        }
        times.append({name: seconds(one) for name, one in work.items()})
    middle = {name: median(row[name] for row in times) for name in times[0]}
    line = {
        "team": given.team,
        "worlds": given.worlds,
        "world_steps": STEPS * given.worlds,
        "network_rows": sum(rows for _, rows in passes),
        "rows_per_pass": round(sum(rows for _, rows in passes) / max(len(passes), 1), 1),
        "seconds": {name: round(value, 3) for name, value in middle.items()},
        "all_seconds": [[round(value, 3) for value in row.values()] for row in times],
        "world_steps_per_cpu_second": round(STEPS * given.worlds / middle["evaluation"]),
        "of_forward": round(middle["forward"] / middle["evaluation"], 3),
        "of_full_batches": round(middle["full_batches"] / middle["evaluation"], 3),
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
