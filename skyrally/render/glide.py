"""Frames between frames: games step a few times a second at most, pictures should move smoothly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from skyrally.scenarios.stage import Frame, Stage

SMOOTH = 0.04  # s: frames farther apart than this get others between them
JUMP = 5.0  # m in one step: it was put there, it did not go


def between(stage: Stage) -> int:
    """Frames to show for each step of a world of this stage."""
    return max(1, round(stage.dt / SMOOTH))


def slowed(stage: Stage) -> Stage:
    """The stage whose frames `glide` gives."""
    return replace(stage, dt=stage.dt / between(stage))


def glide(stage: Stage, frames: Iterator[Frame]) -> Iterator[Frame]:
    """The frames of one episode, evenly filled up: each thing goes straight from where it was to where it is."""
    n, last = between(stage), None
    jump = JUMP if stage.space is None else min(JUMP, *stage.space[:2])
    for frame in frames:
        if last is not None:
            yield from (_between(last, frame, k, n, jump) for k in range(1, n))
        last = frame
        yield replace(frame, step=frame.step * n)


def _between(a: Frame, b: Frame, k: int, n: int, jump: float) -> Frame:
    """Part k of n of the way from a to b, in which nothing happens."""
    return replace(
        a,
        step=a.step * n + k,
        pos=_part(a.pos, b.pos, k / n, jump, a.pos, b.pos),
        quat=_part(a.quat, _same_side(a.quat, b.quat), k / n, jump, a.pos, b.pos),
        discs=_part(a.discs, b.discs, k / n, jump, a.discs[:, :3], b.discs[:, :3]),
        contacts=[],
        lines=[],
    )


def _same_side(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """[N, 4] the quaternions b, each with the sign that is nearer to a: both signs mean the same attitude."""
    return np.where((a * b).sum(axis=1, keepdims=True) < 0.0, -b, b)


def _part(a: np.ndarray, b: np.ndarray, share: float, jump: float, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """[N, D] the share of the way from a to b, but a itself where the place [N, 3] jumps."""
    near = np.abs(end - start).max(axis=1, initial=0.0) < jump
    return np.where(near[:, None], a + share * (b - a), a)
