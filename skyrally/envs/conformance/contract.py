"""Checks of what a batch takes and gives: names, layouts, bounds, rewards, actions, memory, ends."""

from __future__ import annotations

import re

import numpy as np

from ...errors import SkyrallyError
from ..batch import BatchEnv, Step
from ..faults import badly_covered
from .compare import first_difference, record_difference
from .kit import Failure, Kit

PAD = 5  # numbers beyond a layout's end that must stay untouched


def agents(kit: Kit) -> None:
    """Names are distinct and of the form letters_number, one team number each; drones are numbered from 0 within their group."""
    scenario = kit.scenario
    counts: dict[str, int] = {}
    for name in scenario.agents:
        match = re.fullmatch(r"([a-z]+)_([0-9]+)", name)
        if match is None:
            raise Failure(f"agent name {name!r} is not of the form letters_number, which libraries group by")
        group = match[1]
        if int(match[2]) != counts.get(group, 0):
            raise Failure(f"agent name {name!r}: expected {group}_{counts.get(group, 0)} at this place")
        counts[group] = counts.get(group, 0) + 1
    drones = len(kit.make().worlds["drones"][0])
    if not len(scenario.teams) == len(scenario.agents) == drones:
        raise Failure(
            f"{len(scenario.agents)} agents, {len(scenario.teams)} teams and {drones} drones in the record; expected as many of each"
        )


def layout(kit: Kit) -> None:
    """In every view the named fields cover the observation: each number is written, none beyond, and no name comes twice."""
    for view, fields in kit.views.items():
        if len(fields.slices) != len(fields.fields):
            raise Failure(f"view {view!r}: a field name comes twice in {[part.name for part in fields.fields]}")
        env = kit.make(view=view)
        if env.layout.size != fields.size or env.observe().shape[2] != fields.size:
            raise Failure(f"view {view!r}: observations have {env.observe().shape[2]} numbers, its layout {fields.size}")
        wide = np.full((env.num_worlds, env.num_drones, fields.size + PAD), np.nan, np.float32)
        _covered(env, env.reset(out=wide), f"view {view!r}, reset")
        own = env.buffers()
        wide[:] = np.nan
        result = env.step(kit.actions(env, 1)[0], out=Step(wide, own.reward, own.terminated, own.truncated, own.alive))
        _covered(env, result.obs, f"view {view!r}, step")


def _covered(env: BatchEnv, wide: np.ndarray, what: str) -> None:
    wrong = badly_covered(env.layout, env.agents, wide)
    if wrong is not None:
        raise Failure(f"{what}: {wrong}")


def bounds(kit: Kit) -> None:
    """Observations are finite float32 within the layout's bounds, in every view, over whole episodes."""
    for view, fields in kit.views.items():
        env = kit.make(view=view)
        low, high = fields.bounds()
        trace = kit.play(env, kit.actions(env))
        for name, obs in (("start", trace.start), ("obs", trace.obs)):
            if obs.dtype != np.float32:
                raise Failure(f"view {view!r}: {name} has dtype {obs.dtype}, expected float32")
            wrong = np.argwhere(~(np.isfinite(obs) & (obs >= low) & (obs <= high)))
            if len(wrong):
                at = tuple(int(k) for k in wrong[0])
                raise Failure(
                    f"view {view!r}: {name} at {kit.place(at, fields)} is {obs[at]}, outside [{low[at[3]]}, {high[at[3]]}] or not finite"
                )


def rewards(kit: Kit) -> None:
    """Rewards are finite float32 and are the weighted sum of the named terms."""
    env = kit.make()
    env.reset()
    for t, action in enumerate(kit.actions(env)):
        result = env.step(action)
        if result.reward.dtype != np.float32 or not np.isfinite(result.reward).all():
            raise Failure(f"reward in step {t} is {result.reward.tolist()} ({result.reward.dtype}), expected finite float32")
        if env.reward_terms.shape[2] != len(env.terms):
            raise Failure(f"the record has {env.reward_terms.shape[2]} reward terms, the scenario names {env.terms}")
        total = (env.reward_terms @ env.params["weight"][0]).astype(np.float32)
        at = first_difference(result.reward, total, 1e-5)
        if at is not None:
            raise Failure(f"reward at {kit.place((t, *at))} is {result.reward[at]}, its terms add up to {total[at]}")
        if result.done.any():
            env.reset(result.done)


def info(kit: Kit) -> None:
    """Info fields and the metric are numbers of the world record."""
    env = kit.make()
    for name in (*kit.scenario.info, kit.scenario.metric.field):
        if name not in (env.worlds.dtype.names or ()):
            raise Failure(f"the world record has no field {name!r}, which info or metric names")
        values = env.worlds[name]
        if values.shape != (env.num_worlds,) or values.dtype.kind not in "iuf":
            raise Failure(f"info {name!r} has shape {values.shape}, dtype {values.dtype}; expected one number per world")


def actions(kit: Kit) -> None:
    """Actions beyond [-1, 1] count as the bounds; float64 does as float32; the caller's array is not changed."""
    one, two, three = kit.make(), kit.make(), kit.make()
    if one.seats.any_choosing:
        _choices(kit, one, two)
        return
    wild = 3.0 * kit.actions(one)
    kept = wild.copy()
    expected = kit.play(one, wild)
    kit.equal(wild, kept, "the caller's actions")
    kit.agree(expected, kit.play(two, np.clip(wild, -1.0, 1.0)), "actions beyond the bounds against clipped ones")
    kit.agree(expected, kit.play(three, wild.astype(np.float64)), "float32 actions against float64")


def _choices(kit: Kit, one: BatchEnv, two: BatchEnv) -> None:
    """Choices: whole numbers of any kind are the same, the mask has one flag for each, and there is none beyond the last."""
    moves, mask = kit.actions(one), one.action_mask()
    expected = (*moves.shape[1:3], len(one.seats.choices))
    if mask is None or mask.shape != expected or not mask.any(axis=2).all():
        raise Failure(f"the action mask is {None if mask is None else mask.shape}; expected {expected} with a choice for everybody")
    kit.agree(kit.play(one, moves), kit.play(two, moves.astype(np.float64)), "float32 actions against float64")
    wrong, before = moves[0].copy(), one.snapshot()
    wrong[one.seats.choosing, 0] = len(one.seats.choices)
    _refused(one, wrong, before, len(one.seats.choices))


def invalid_actions(kit: Kit) -> None:
    """NaN and infinity: a fault that ends that world's episode where `stop_invalid` says so, else an error that changes nothing."""
    for bad in (np.nan, np.inf, -np.inf):
        env, calm = kit.make(), kit.make()
        good = kit.actions(env, 1)[0]
        wrong = good.copy()
        wrong[0, -1, 0 if env.seats.choosing[0, -1] else 2] = bad
        env.reset()
        calm.reset()
        before = env.snapshot()
        if not kit.scenario.stop_invalid:
            _refused(env, wrong, before, bad)
            continue
        result, expected = env.step(wrong), calm.step(good)
        if not result.terminated[0]:
            raise Failure(f"{bad} in the action of {kit.names[-1]} did not end its world")
        if not np.isfinite(result.obs).all() or not np.isfinite(result.reward).all():
            raise Failure(f"{bad} in the action of {kit.names[-1]} made observations or rewards that are not finite")
        kit.equal(result.obs[None, 1:], expected.obs[None, 1:], f"{bad} in world 0's actions: the observation of another world")


def _refused(env: BatchEnv, wrong: np.ndarray, before: np.ndarray, bad: float) -> None:
    try:
        env.step(wrong)
    except SkyrallyError:
        found = record_difference(env.worlds, before)
        if found is not None:
            raise Failure(f"the refused action ({bad}) changed a world: {found}") from None
        return
    raise Failure(f"{bad} in an action was taken without an error, and stop_invalid is off")


def memory(kit: Kit) -> None:
    """Memory that a caller gave for one step is never written again, and holds what the batch's own would."""
    env, twin = kit.make(), kit.make()
    env.reset()
    twin.reset()
    moves = kit.actions(env, 4)
    given = env.buffers()
    if env.step(moves[0], out=given) is not given:
        raise Failure("step(out=...) gave back something else than `out`")
    expected = twin.step(moves[0])
    parts = ("obs", "reward", "terminated", "truncated")
    for name in parts:
        kit.equal(getattr(given, name)[None], getattr(expected, name)[None], f"step(out=...): {name}")
    kit.equal(env.state()[None], twin.state()[None], "state() after step(out=...)")
    kept = {name: getattr(given, name).copy() for name in parts}
    for move in moves[1:]:
        env.step(move)
    env.reset()
    for name, values in kept.items():
        kit.equal(getattr(given, name)[None], values[None], f"step(out=...): {name}, written again by a later call")


def horizon(kit: Kit) -> None:
    """Every world is truncated at `max_cycles` unless it terminated before; a reset clears both flags."""
    cycles = 6
    env = kit.make(max_cycles=cycles)
    env.reset()
    over = np.zeros(env.num_worlds, bool)
    for t, action in enumerate(kit.actions(env, cycles)):
        result = env.step(action)
        if (result.terminated & result.truncated).any():
            raise Failure(f"world {int((result.terminated & result.truncated).argmax())} is terminated and truncated at once in step {t}")
        if t + 1 < cycles and result.truncated.any():
            raise Failure(f"world {int(result.truncated.argmax())} is truncated after {t + 1} steps, max_cycles is {cycles}")
        over |= result.done
    if not over.all():
        raise Failure(f"world {int((~over).argmax())} goes on after {cycles} steps, max_cycles is {cycles}")
    env.reset()
    if env.step(kit.actions(env, 1)[0]).truncated.any():
        raise Failure("a world is truncated in the first step after a reset")


def ended_worlds(kit: Kit) -> None:
    """A world that ended and was not reset stands still, pays nothing and stays ended."""
    env = kit.make(max_cycles=3)
    env.reset()
    moves = kit.actions(env, 8)
    for move in moves[:3]:
        result = env.step(move)
    still, seen, flags = env.snapshot(), result.obs.copy(), (result.terminated.copy(), result.truncated.copy())
    for move in moves[3:]:
        result = env.step(move)
        found = record_difference(env.worlds, still)
        if found is not None:
            raise Failure(f"an ended world moved: {found}")
        kit.equal(result.obs[None], seen[None], "the observation of an ended world")
        kit.equal(result.reward[None], np.zeros_like(result.reward)[None], "the reward of an ended world")
        for name, flag, kept in (("terminated", result.terminated, flags[0]), ("truncated", result.truncated, flags[1])):
            kit.equal(flag[None], kept[None], f"the flag {name} of an ended world")
