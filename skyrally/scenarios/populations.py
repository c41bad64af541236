"""Populations by name: at how many drones policies for any number of them learn, and at how many they are tested.

After the reference (B4, C5); where it names a range, the numbers in it are ours. In every scenario of a swarm, `population="train"` draws
one of these numbers per world and episode, and `--over agents=test` measures at each of them (`test`: between and beyond; `all`: ten).

| split | what |
| --- | --- |
| train | what is learned with |
| between | not learned with, but no smaller and no larger |
| beyond | smaller or larger |
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import SkyrallyError, unknown

SWARM = {"train": (50, 100, 200), "beyond": (2, 5, 10, 20, 500, 1000, 5000)}
SPLITS: dict[str, dict[str, tuple[int, ...]]] = {
    "flock": SWARM,
    "kuramoto": {"train": (20, 36, 100), "between": (50, 70), "beyond": (5, 10, 200, 500, 2000)},
    "aggregate": {"train": (20, 50, 200), "between": (100,), "beyond": (2, 5, 10, 500, 1000, 5000)},
    "goal-swap": {"train": (4, 6, 8), "between": (5, 7), "beyond": (2, 12, 16, 32, 48)},
    "formation": {"train": (4, 7, 10), "between": (5, 8), "beyond": (2, 3, 16, 32, 64)},
    "cover-search": {"train": (8, 16, 24), "between": (12, 20), "beyond": (2, 4, 32, 64, 256)},
    "pursuit": {"train": (3, 5, 8), "between": (4, 6), "beyond": (2, 12, 16, 32, 128)},
    "payload": {"train": (3, 4, 6), "between": (5,), "beyond": (1, 2, 8, 10, 12, 16)},  # one load: with carriers=16
    "resource": {"train": (6, 9, 12), "between": (8, 10), "beyond": (3, 24, 48, 96)},  # MRA's, and what lies about them
    "comms-coverage": SWARM,
    "foraging": SWARM,
    "potential-field": SWARM,
}


def split(scenario: str, name: str) -> tuple[int, ...]:
    """The populations of a split: train, between, beyond, test, all. SkyrallyError for names that there are not."""
    if scenario not in SPLITS:
        raise SkyrallyError(f"{scenario} has no populations called {name!r}; give numbers of drones ({', '.join(SPLITS)} have named ones)")
    known = SPLITS[scenario]
    test = sorted(known.get("between", ()) + known["beyond"])
    whole = {**known, "test": tuple(test), "all": tuple(sorted((*known["train"], *test)))}
    if name not in whole:
        raise unknown(f"populations of {scenario}", name, whole)
    return whole[name]


def populated(scenario: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a scenario with a population that is a split's name exchanged for its numbers, if there is room for them."""
    name = options["population"]
    if not isinstance(name, str):
        return dict(options)
    sizes = split(scenario, name)
    if isinstance(options["agents"], int) and max(sizes) > options["agents"]:
        raise SkyrallyError(
            f"population {name} of {scenario} has up to {max(sizes)} drones and there is room for agents={options['agents']}; "
            f"set agents={max(sizes)}"
        )
    return {**options, "population": {"values": list(sizes)}}


def spelled_out(scenario: str, values: Iterable[Any]) -> list[Any]:
    """Numbers of agents to run over: names of splits exchanged for their numbers."""
    numbers: list[Any] = []
    for value in values:
        numbers += split(scenario, value) if isinstance(value, str) else [value]
    return numbers
