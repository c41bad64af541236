"""Rules of a mean-field swarm: a grid of centres over what a drone observes, and at each centre parameters of how to act there.

All drones share one rule; an upper level chooses its parameters xi (see baselines/mean_field.py). After the lower-level policies of
decentralised partially observable mean-field control (Cui, Hauck, Fabian, Koeppl 2024), as reconstructed in reference A3.

    w_b(y) = k(c_b, y) / sum_j k(c_j, y),   k(c, y) = exp(-d(c, y)^2 / (2 s^2)),   d geodesic on circles

| kind | an action u for the observation y |
| --- | --- |
| blend | sum_b w_b(y) m_b + [sum_b w_b(y) sd_b] eps: parameters are interpolated |
| mixture | b is drawn by w(y), then u = m_b + sd_b eps |
| histogram | b is the nearest centre, then u = m_b + sd_b eps |

Of the numbers xi [B, 2, A], unbounded: m = tanh(xi_0), sd = (tanh(xi_1) + 1) / 4, u clipped to [-1, 1]; so sd is below 0.5.
Blend and mixture are Lipschitz in y (with a constant of 2 diam(Y) / s^2), as the theory asks; the histogram is not.

Letters: B centres, A action numbers of the rule, O observation numbers, D coordinates.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ..errors import SkyrallyError, unknown
from ..scenarios.scenario import Field, Layout

KINDS = ("blend", "mixture", "histogram")
MOST = 1024  # centres


@dataclass(frozen=True)
class GridSpec:
    """A grid over some fields of an observation.

    reads: their names; (): all. bins: centres along a number, in the middles of so many equal parts of its range. sectors: of a field
    that is the cosine and sine of an angle, around the circle. box: the range of numbers without bounds is -box to box. width: s, in
    distances of centres.
    """

    reads: tuple[str, ...] = ()
    bins: int = 5
    sectors: int = 12
    box: float = 2.0
    width: float = 0.5

    @classmethod
    def read(cls, data: dict[str, Any]) -> GridSpec:
        """From plain JSON."""
        try:
            return cls(**{**data, "reads": tuple(data["reads"])})
        except (TypeError, KeyError) as error:
            raise SkyrallyError(f"the grid's description cannot be read: {error}; it was written by another version") from None


class Grid:
    """The centres c_b, and how near observations are to them. Kernels are products over coordinates, so one axis is done at a time."""

    def __init__(self, spec: GridSpec, layout: Layout):
        self.spec, self.obs_size = spec, layout.size
        fields = {field.name: field for field in layout.fields}
        for name in spec.reads:
            if name not in fields:
                raise unknown(f"field of view {layout.name}", name, fields)
        self._at: list[tuple[int, bool]] = []  # of each coordinate: its place in an observation, whether it is an angle
        self.axes: list[Tensor] = []  # its centres
        for field in (fields[name] for name in spec.reads or fields):
            self._add(field, layout[field.name].start)
        self.size = math.prod(len(axis) for axis in self.axes)  # B
        if not 2 <= self.size <= MOST:
            words = ", ".join(f"{field.name} ({field.size})" for field in layout.fields)
            raise SkyrallyError(f"the rule would have {self.size} centres, expected 2 to {MOST}: choose among {words} by reads=, or bins=")

    def _add(self, field: Field, start: int) -> None:
        if is_angle(field):
            self._at.append((start, True))
            self.axes.append(_middles(-math.pi, math.pi, self.spec.sectors))
            return
        low = field.low if math.isfinite(field.low) else -self.spec.box
        high = field.high if math.isfinite(field.high) else self.spec.box
        for k in range(field.size):
            self._at.append((start + k, False))
            self.axes.append(_middles(low, high, self.spec.bins))

    @property
    def centres(self) -> Tensor:
        """[B, D]."""
        return torch.cartesian_prod(*self.axes).reshape(self.size, len(self.axes))

    def _exponents(self, obs: Tensor) -> list[Tensor]:
        """-d^2 / (2 s^2) along each coordinate: [..., bins] each. obs [..., O]."""
        parts = []
        for (at, angle), axis in zip(self._at, self.axes, strict=True):
            y = torch.atan2(obs[..., at + 1], obs[..., at]) if angle else obs[..., at].clamp(axis[0], axis[-1])
            gap = y[..., None] - axis
            if angle:
                gap = torch.remainder(gap + math.pi, 2.0 * math.pi) - math.pi
            parts.append(-0.5 * (gap / (self.spec.width * (axis[1] - axis[0]))) ** 2 if len(axis) > 1 else 0.0 * gap)
        return parts

    def weights(self, obs: Tensor) -> Tensor:
        """w [..., B], sum 1: products of those along the coordinates, since the grid is a product."""
        return _product([part.softmax(-1) for part in self._exponents(obs)])

    def nearest(self, obs: Tensor) -> Tensor:
        """[..., B] 1 at the nearest centre, else 0."""
        return _product([torch.nn.functional.one_hot(part.argmax(-1), part.shape[-1]).float() for part in self._exponents(obs)])

    def kernels(self, obs: Tensor) -> Tensor:
        """k [..., B], not normalised."""
        return _product([part.exp() for part in self._exponents(obs)])

    def embedding(self, obs: Tensor, present: Tensor, histogram: bool = False) -> Tensor:
        """[..., B] the mean field as numbers: int k(c_b, y) mu(dy), or the shares of drones by their nearest centre.

        obs [..., N, O], present [..., N] bool: who takes part.
        """
        values = (self.nearest(obs) if histogram else self.kernels(obs)) * present[..., None]
        return values.sum(-2) / present.sum(-1, keepdim=True).clamp(min=1)


class Rule:
    """A lower-level rule over a grid."""

    def __init__(self, grid: Grid, kind: str, actions: int):
        if kind not in KINDS:
            raise unknown("rule", kind, KINDS)
        self.grid, self.kind, self.actions = grid, kind, actions
        self.size = grid.size * 2 * actions  # numbers of xi

    def act(self, xi: Tensor, obs: Tensor, noise: Tensor | None, pick: Tensor | None = None) -> Tensor:
        """u [W, n, A] of rules xi [W, B * 2 * A] for obs [W, n, O].

        noise [W, n, A]: eps, standard normal; None: u is its mean. pick [W, n]: uniform in [0, 1), which a mixture draws centres by.
        """
        table = xi.unflatten(-1, (self.grid.size, 2 * self.actions)).tanh()
        if self.kind == "blend":
            share = self.grid.weights(obs)
        elif self.kind == "histogram":
            share = self.grid.nearest(obs)
        else:
            assert pick is not None
            share = _drawn(self.grid.weights(obs), pick)
        mean, spread = (share @ table).split(self.actions, -1)
        # The weights sum to 1, so that (tanh + 1) / 4 may be taken after they were applied.
        return (mean if noise is None else mean + 0.25 * (spread + 1.0) * noise).clamp(-1.0, 1.0)


def is_angle(field: Field) -> bool:
    """Whether a field is the cosine and sine of an angle (its frame says so)."""
    return field.size == 2 and field.frame.startswith(("cos, sin", "mean cos"))


def _middles(low: float, high: float, parts: int) -> Tensor:
    """[parts] the middles of equal parts of a range."""
    return low + (torch.arange(parts) + 0.5) * ((high - low) / parts)


def _product(parts: list[Tensor]) -> Tensor:
    """[..., B] of [..., b_1], [..., b_2], ...: their outer product, the last coordinate running fastest."""
    whole = parts[0]
    for part in parts[1:]:
        whole = (whole[..., :, None] * part[..., None, :]).flatten(-2)
    return whole


def _drawn(weights: Tensor, pick: Tensor) -> Tensor:
    """[..., B] 1 at a centre drawn with these probabilities, by uniform numbers [...]."""
    edges = weights.cumsum(-1)
    at = torch.searchsorted(edges, pick[..., None] * edges[..., -1:], right=True).clamp(max=weights.shape[-1] - 1)
    return torch.zeros_like(weights).scatter_(-1, at, 1.0)
