"""What callers hand to a batch, checked: whole numbers, seeds, actions, and memory to write into."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import SkyrallyError
from .step import Step

Shape = tuple[int, ...]


def as_array(value: Any) -> np.ndarray:
    """A NumPy view of an array, list or CPU tensor."""
    if isinstance(value, np.ndarray):
        return value
    if hasattr(value, "detach"):
        value = value.detach()
        if value.device.type != "cpu":
            raise SkyrallyError(f"got a tensor on {value.device}; the worlds are on the CPU: pass tensor.cpu()")
        return value.numpy()
    try:
        return np.asarray(value)
    except ValueError:  # rows of unequal length
        raise SkyrallyError(f"got {value!r}; expected an array") from None


def whole(name: str, value: Any, least: int) -> int:
    """A whole number from `least` to 2^63 - 1."""
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or not least <= value < 2**63:
        raise SkyrallyError(f"{name} is {value!r}; expected a whole number, {least} or more (below 2^63)")
    return int(value)


def seed_row(seeds: Any, worlds: int) -> np.ndarray:
    """[W] uint64 world seeds from one number or one per world."""
    given = as_array(seeds)
    if given.dtype.kind == "f":  # a list that mixes numbers beyond 2^63 with others: look at each
        given = np.asarray(seeds, object)
    whole_numbers = given.dtype.kind in "iu" or all(type(seed) is int and seed < 2**64 for seed in given.ravel())
    if given.shape not in ((), (worlds,)) or not whole_numbers or (given < 0).any():
        raise SkyrallyError(f"seeds are {seeds!r}; expected a whole number, 0 or more, or {worlds} of them")
    return np.broadcast_to(given.astype(np.uint64), (worlds,))


def finite_actions(actions: Any, shape: Shape, agents: tuple[str, ...], check: bool) -> np.ndarray:
    """[W, N, A] float32, contiguous. SkyrallyError for another shape or kind and, if `check`, for numbers that are not finite."""
    a = as_array(actions)
    if a.shape != shape:
        raise SkyrallyError(f"actions have shape {a.shape}; expected (worlds, drones, {shape[2]}) = {shape}")
    if a.dtype != np.float32 or not a.flags.c_contiguous:
        if a.dtype.kind not in "fiu":
            raise SkyrallyError(f"actions have dtype {a.dtype}; expected floats in [-1, 1]")
        with np.errstate(over="ignore"):  # what float32 cannot hold is infinite
            a = np.ascontiguousarray(a, np.float32)
    if check and not np.isfinite(a).all():
        world, drone, _ = np.argwhere(~np.isfinite(a))[0]
        raise SkyrallyError(f"the action of {agents[drone]} in world {world} is not finite: {a[world, drone].tolist()}")
    return a


def memory(name: str, out: Any, shape: Shape, kind: Any, wider: bool = False) -> np.ndarray:
    """The caller's memory as an array. The compiled step checks nothing: what does not fit would be written past.

    `wider`: the last axis may be longer than needed.
    """
    array = as_array(out)
    fits = array.shape == shape or (wider and array.shape[:-1] == shape[:-1] and array.shape[-1] >= shape[-1])
    if not fits or array.dtype != kind or not array.flags.c_contiguous or not array.flags.writeable:
        raise SkyrallyError(
            f"the buffer for {name} has shape {array.shape}, dtype {array.dtype}; expected {shape}, {np.dtype(kind)}, "
            "contiguous and writeable: see buffers()"
        )
    return array


def step_memory(out: Step, obs: np.ndarray) -> Step:
    """The caller's memory for a step, as arrays. obs: [W, N, O] its observations, checked already."""
    return Step(
        obs=obs,
        reward=memory("reward", out.reward, obs.shape[:2], np.float32),
        terminated=memory("terminated", out.terminated, obs.shape[:1], np.bool_),
        truncated=memory("truncated", out.truncated, obs.shape[:1], np.bool_),
        alive=out.alive,
    )


def mask_row(mask: Any, worlds: int) -> np.ndarray:
    """[W] uint8 of a mask of worlds."""
    what = as_array(mask)
    if what.shape != (worlds,):
        raise SkyrallyError(f"mask has shape {what.shape}; expected ({worlds},)")
    if what.dtype != bool and not np.isin(what, (0, 1)).all():
        raise SkyrallyError("mask holds other values than true and false; expected one of them per world")
    return what.astype(np.uint8)
