"""Checks that a world's future depends on its record and actions alone: not on its neighbours, history, threads or luck."""

from __future__ import annotations

import numpy as np

from .compare import record_difference
from .kit import Failure, Kit, Player


def determinism(kit: Kit) -> None:
    """The same seeds and actions give the same episodes: in a new instance, again in the old one, and after a reset in mid-episode."""
    one, two = kit.make(), kit.make()
    actions = kit.actions(one)
    seeds = one.worlds["seed"].copy()
    luck = repr(np.random.get_state())
    first = kit.play(one, actions, seeds)
    kit.agree(first, kit.play(two, actions, seeds), "a second instance")
    if repr(np.random.get_state()) != luck:
        raise Failure("NumPy's global random state was used; draw from physics.rng instead")
    for steps in (1, 7, len(actions) // 2):
        kit.play(one, kit.actions(one, steps, stream=steps), seeds)  # leaves episodes in mid-air
        again = kit.play(one, actions, seeds)
        # Records may keep what nobody reads (old events beyond n_events), so only what is seen must agree.
        kit.agree(first, again, f"the same instance, reset {steps} steps into an episode", records=False)


def instances(kit: Kit) -> None:
    """Two instances stepped in turns do what each does alone."""
    alone, other, third = kit.make(), kit.make(), kit.make(seed=kit.seed + 1)
    actions, noise = kit.actions(alone), kit.actions(third, stream=1)
    expected = kit.play(alone, actions)
    one, two = Player(other, other.reset().copy()), Player(third, third.reset().copy())
    for mine, theirs in zip(actions, noise, strict=True):
        one.step(mine)
        two.step(theirs)
    kit.agree(expected, one.trace(), "interleaved with another instance")


def clone(kit: Kit) -> None:
    """A snapshot taken in mid-episode goes on the same way in its own batch and in a new one of another seed."""
    one, two = kit.make(), kit.make(seed=kit.seed + 1)
    before, after = kit.actions(one, max(kit.steps // 3, 1)), kit.actions(one, stream=1)
    kit.play(one, before)
    saved = one.snapshot()
    kept = saved.copy()
    expected = kit.play(one, after, begin=False)
    found = record_difference(saved, kept)
    if found is not None:
        raise Failure(f"the snapshot changed while the batch went on: {found}")
    one.restore(saved)
    kit.agree(expected, kit.play(one, after, begin=False), "restored into the same batch")
    two.restore(saved)
    kit.agree(expected, kit.play(two, after, begin=False), "restored into another batch")


def batch(kit: Kit) -> None:
    """World k of W is what a single world with its seed is, bit for bit."""
    many = kit.make()
    actions = kit.actions(many)
    seeds = many.worlds["seed"].copy()
    expected = kit.play(many, actions, seeds)
    for k in range(many.num_worlds):
        single = kit.make(worlds=1)
        alone = kit.play(single, actions[:, k : k + 1], seeds[k])
        kit.agree(expected.world(k), alone, f"world {k} of {many.num_worlds} against a single world")


def threads(kit: Kit) -> None:
    """The number of threads changes nothing."""
    one, two = kit.make(threads=1), kit.make(threads=2)
    actions = kit.actions(one)
    kit.agree(kit.play(one, actions), kit.play(two, actions), "one thread against two")


def masks(kit: Kit) -> None:
    """A masked reset begins the masked worlds anew and leaves every bit of the others, their observations included."""
    env = kit.make()
    kit.play(env, kit.actions(env, max(kit.steps // 4, 2)))
    mask = np.arange(env.num_worlds) % 2 == 1
    worlds, obs = env.snapshot(), env.observe().copy()
    env.reset(mask)
    found = record_difference(env.worlds[~mask], worlds[~mask])
    if found is not None:
        raise Failure(f"reset(mask) changed a world outside the mask: {found}")
    kit.equal(env.observe()[None, ~mask], obs[None, ~mask], "reset(mask): the observation of a world outside the mask")
    for name, expected in (("episode", worlds["episode"][mask] + 1), ("step", 0), ("terminated", 0), ("truncated", 0)):
        if (env.worlds[name][mask] != expected).any():
            raise Failure(f"reset(mask): {name} of the masked worlds is {env.worlds[name][mask].tolist()}, expected {expected}")
    found = record_difference(env.worlds["seed"], worlds["seed"], path="seed")
    if found is not None:
        raise Failure(f"reset without seeds changed a world's seed: {found}")


def seeds(kit: Kit) -> None:
    """No two worlds of one batch, and of batches with neighbouring seeds, are the same."""
    seen: dict[int, str] = {}
    for seed in range(kit.seed, kit.seed + 3):
        for k, value in enumerate(kit.make(seed=seed, worlds=64).worlds["seed"].tolist()):
            if value in seen:
                raise Failure(f"world {k} of seed {seed} is {seen[value]}: both have the world seed {value}")
            seen[value] = f"world {k} of seed {seed}"
