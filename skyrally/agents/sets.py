"""Networks over sets: of the others that an observation shows, and of a swarm's drones. Their weights do not depend on how many there are.

The encoder of others is a mean of embeddings (Huettenrauch, Sosic, Neumann 2019) or attention with the own state as the query; whoever
is not there counts nothing. Letters: K entities that an observation has room for, E numbers of one, O observation numbers, n drones.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from ..errors import SkyrallyError
from ..scenarios.scenario import Layout

ENCODERS = ("none", "mean", "attention")
WIDTH = 64  # numbers of an embedding


def entities_of(layout: Layout) -> tuple[int, int, int]:
    """(first place, K, E) of the fields NAME_0, NAME_1, ... of a layout, of which the last number says whether there is one.

    SkyrallyError for a layout without such fields.
    """
    names = [field.name for field in layout.fields]
    for name in names:
        stem, _, number = name.rpartition("_")
        if stem and number == "0":
            count = next(k for k in range(len(names) + 1) if f"{stem}_{k}" not in names)
            first, size = layout[name].start, layout[name].stop - layout[name].start
            even = all(layout[f"{stem}_{k}"] == slice(first + k * size, first + (k + 1) * size) for k in range(count))
            if even and size > 1:
                return first, count, size
    raise SkyrallyError(f"view {layout.name} has no entities (fields NAME_0, NAME_1, ...): {', '.join(names)}; leave encoder out")


class EntityEncoder(nn.Module):
    """Observations [..., O] to [..., size]: what is no entity as it is, then one summary of the entities, whatever their order."""

    def __init__(self, inputs: int, entities: tuple[int, ...], kind: str):
        """entities: (first place, K, E). kind: mean or attention."""
        super().__init__()
        self.start, self.count, self.each = entities
        self.stop = self.start + self.count * self.each
        self.embed = nn.Sequential(nn.Linear(self.each, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH))
        rest = inputs - (self.stop - self.start)
        self.query = nn.Linear(rest, WIDTH) if kind == "attention" else None
        self.size = rest + WIDTH

    def forward(self, x: Tensor, obs: Tensor) -> Tensor:
        """x: normalised observations. obs: as they came, which tell who is there."""
        slots = x[..., self.start : self.stop].unflatten(-1, (self.count, self.each))
        present = (obs[..., self.start + self.each - 1 : self.stop : self.each] > 0.0).float()
        rest = torch.cat((x[..., : self.start], x[..., self.stop :]), -1)
        embedded = self.embed(slots)
        if self.query is None:
            share = present / present.sum(-1, keepdim=True).clamp(min=1.0)
        else:
            scores = (embedded @ self.query(rest)[..., None])[..., 0] / math.sqrt(WIDTH)
            share = scores.masked_fill(present == 0.0, -1e9).softmax(-1) * present
        return torch.cat((rest, (share[..., None, :] @ embedded)[..., 0, :]), -1)


def pooled(x: Tensor, obs: Tensor) -> Tensor:
    """[..., 1, F] the mean of x [..., n, F] over the drones that take part; observations [..., n, O] of the others are zeros."""
    present = (obs != 0.0).any(-1, keepdim=True).float()
    return (x * present).sum(-2, keepdim=True) / present.sum(-2, keepdim=True).clamp(min=1.0)
