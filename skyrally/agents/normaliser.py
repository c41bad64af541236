"""What networks do with observations first: vectors into the drone's own frame if asked, minus the mean, over the spread, clipped."""

from __future__ import annotations

import torch
from torch import Tensor, nn

CLIP = 8.0  # standard deviations: what is seen beyond is cut off


class OwnFrame(nn.Module):
    """Turns the world's vectors in observations into the drone's own frame, and adds its third axis (left): nothing is lost.

    Hovering, flying to a place and meeting a ball are then nearly linear, whichever way the drone looks; in the published
    layouts, where it may look anywhere, they are products of an axis and a vector, which networks learn slowly.
    """

    def __init__(self, size: int, turned: tuple[int, ...]):
        """turned: where heading, up and the vectors start, heading and up being among the numbers that stay."""
        super().__init__()
        self.axes, starts = turned[:2], turned[2:]
        vectors = [start + k for start in starts for k in range(3)]
        self.register_buffer("vectors", torch.tensor(vectors), persistent=False)
        self.register_buffer("others", torch.tensor([k for k in range(size) if k not in vectors]), persistent=False)
        self.inputs, self.size = size, size + 3

    def forward(self, obs: Tensor) -> Tensor:
        """obs [..., size] to [..., size + 3]."""
        x, z = (obs[..., start : start + 3] for start in self.axes)
        y = torch.linalg.cross(z, x)
        to_own = torch.stack((x, y, z), -1)
        vectors = obs.index_select(-1, self.vectors).unflatten(-1, (-1, 3)) @ to_own  # type: ignore[arg-type]
        return torch.cat((obs.index_select(-1, self.others), vectors.flatten(-2), y), -1)  # type: ignore[arg-type]


class Normaliser(nn.Module):
    """What networks do with their input first: vectors into the own frame if asked, then (x - running mean) / std, clipped."""

    mean: Tensor
    var: Tensor
    count: Tensor

    def __init__(self, size: int, frame: OwnFrame | None = None, clip: float = CLIP, entities: tuple[int, ...] = ()):
        """size: of the input. frame: what turns each of the observations in it, which lie side by side. entities share mean and std."""
        super().__init__()
        self.frame, self.entities = frame, entities
        self.size = size // frame.inputs * frame.size if frame else size  # of what comes out
        self.clip = clip
        self.register_buffer("mean", torch.zeros(self.size))
        self.register_buffer("var", torch.ones(self.size))
        self.register_buffer("count", torch.zeros((), dtype=torch.float64))

    @torch.autocast("cpu", enabled=False)  # small differences of large numbers: always in float32
    def forward(self, x: Tensor) -> Tensor:
        return ((self._seen(x) - self.mean) * torch.rsqrt(self.var + 1e-6)).clamp(-self.clip, self.clip)

    def _seen(self, x: Tensor) -> Tensor:
        return self.frame(x.unflatten(-1, (-1, self.frame.inputs))).flatten(-2) if self.frame else x

    @torch.no_grad()
    def update(self, x: Tensor, longest: float = 1e8) -> None:
        """Takes rows [..., size] in, by the pairwise formula of Chan, Golub, LeVeque (1979).

        longest: rows that the past counts for at most.
        """
        rows = self._seen(x).flatten(0, -2)
        var, mean = torch.var_mean(rows, 0, correction=0)
        if self.entities:
            _tie(mean, var, *self.entities)
        share = len(rows) / float(self.count + len(rows))
        gap = mean - self.mean
        self.mean += gap * share
        self.var.lerp_(var, share).add_(gap * gap * (share * (1.0 - share)))
        self.count.add_(len(rows)).clamp_(max=longest)


def _tie(mean: Tensor, var: Tensor, start: int, count: int, each: int) -> None:
    """Gives all entities the mean and variance of their numbers taken together, in place."""
    slots = slice(start, start + count * each)
    means, squares = mean[slots].view(count, each), (var + mean * mean)[slots].view(count, each)
    centre = means.mean(0)
    var[slots] = (squares.mean(0) - centre * centre).clamp(min=0.0).repeat(count)
    mean[slots] = centre.repeat(count)
