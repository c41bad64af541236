"""A batch with a bucket of worlds for each number of drones: arrays without padding, for learners that keep populations apart.

`make(..., population="train")` mixes populations in one batch, with masks. Learners after MRA and EPC have instead one batch, one
buffer and one update per population, visited in turn. Both see the same worlds: they differ in how these are put together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import SkyrallyError
from ..physics.seeds import world_seeds
from ..scenarios.populations import split
from ..scenarios.registry import find
from ..scenarios.scenario import Scenario
from .arguments import whole
from .batch import BatchEnv
from .doors import make
from .step import Step


class Buckets(Mapping[int, BatchEnv]):
    """Number of drones N -> its batch, whose arrays are [W_N, N, ...]; in the order in which the numbers were given."""

    def __init__(self, batches: Mapping[int, BatchEnv]):
        self._batches = dict(batches)

    def __getitem__(self, drones: int) -> BatchEnv:
        return self._batches[drones]

    def __iter__(self) -> Iterator[int]:
        return iter(self._batches)

    def __len__(self) -> int:
        return len(self._batches)

    def reset(self) -> dict[int, np.ndarray]:
        """All worlds of all buckets anew: N -> obs [W_N, N, O]."""
        return {drones: env.reset() for drones, env in self.items()}

    def step(self, actions: Mapping[int, Any]) -> dict[int, Step]:
        """One step of the buckets that `actions` names, N -> [W_N, N, A]; the others stand. Worlds that ended are not reset."""
        strange = set(actions) - set(self)
        if strange:
            raise SkyrallyError(f"actions for {sorted(strange)} drones; expected some of {', '.join(map(str, self))}")
        return {drones: self[drones].step(row) for drones, row in actions.items()}

    def close(self) -> None:
        """Ends the worker threads of all."""
        for env in self.values():
            env.close()


def make_buckets(scenario: str | Scenario, worlds: int, population: str | Sequence[int], *, seed: int = 0, **options: Any) -> Buckets:
    """`worlds` worlds of a swarm, shared evenly between the numbers of drones of a population: a split's name (train ...), or numbers.

    The first numbers get the worlds that are over. Each world has the seed of its place in the whole batch, so no two buckets share
    one. Other options: see `make`. SkyrallyError for scenarios that are no swarms, numbers given twice, and fewer worlds than numbers.
    """
    found = find(scenario) if isinstance(scenario, str) else scenario
    if found.family != "swarm":
        raise SkyrallyError(f"{found.name} is no swarm: its number of drones is one; use make")
    if "agents" in options:
        raise SkyrallyError(f"agents is {options['agents']!r}, but each bucket has its own number of drones; leave it out")
    sizes = split(found.name, population) if isinstance(population, str) else tuple(population)
    if not sizes or len(set(sizes)) < len(sizes):
        raise SkyrallyError(f"population is {population!r}; expected a split's name, or numbers of drones, each once")
    if whole("worlds", worlds, 1) < len(sizes):
        raise SkyrallyError(f"worlds is {worlds}; expected {len(sizes)} or more, one to each number of drones")
    batches, first = {}, 0
    for k, size in enumerate(sizes):
        count = worlds // len(sizes) + (k < worlds % len(sizes))
        batches[size] = make(found, count, seed=seed, agents=size, **options)
        world_seeds(seed, first, batches[size].worlds["seed"])
        first += count
    return Buckets(batches)
