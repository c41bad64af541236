"""Networks: actors (a diagonal Gaussian, or one score per choice), critics.

Sizes are data (`NetworkSpec`), so that weights can be loaded.

Letters: B any leading axes, n drones of a seat, O observation numbers, A action numbers, K choices, M memory numbers.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn

from ..errors import SkyrallyError, unknown
from ..scenarios.scenario import Layout
from .normaliser import CLIP, Normaliser, OwnFrame
from .sets import ENCODERS, WIDTH, EntityEncoder, pooled

ACTIVATIONS = {"elu": nn.ELU, "hardswish": nn.Hardswish, "relu": nn.ReLU, "silu": nn.SiLU, "tanh": nn.Tanh}
LOG_STD_RANGE = (-4.0, 1.0)  # actions live in [-1, 1]


@dataclass(frozen=True)
class NetworkSpec:
    """All that is needed to build an actor anew."""

    obs_size: int
    action_size: int = 4
    hidden: tuple[int, ...] = (256, 128, 128)
    activation: str = "elu"
    layer_norm: bool = False
    gru: int = 0  # memory numbers; 0: no memory
    std: str = "free"  # "free": one standard deviation per action number; "observed": a function of the observation
    std_init: float = 0.6
    heads: int = 1  # actors with weights of their own, one per drone of the seat; 1: shared by all
    choices: int = 0  # K scores of choices instead of a Gaussian over action numbers; 0: the Gaussian
    identity: int = 0  # drones that shared weights tell apart by a one-hot after the observation; 0: not
    input_norm: bool = False  # a layer norm of the whole observation first, as published policies have it; nothing is clipped then
    turned: tuple[int, ...] = ()  # starts of heading, up and the vectors to turn into the drone's own frame; (): none are
    encoder: str = "none"  # of the entities in an observation: see `sets`
    entities: tuple[int, ...] = ()  # where they are: first place, how many, numbers of each

    def __post_init__(self) -> None:
        if self.activation not in ACTIVATIONS:
            raise unknown("activation", self.activation, ACTIVATIONS)
        if self.std not in ("free", "observed"):
            raise unknown("std", self.std, ("free", "observed"))
        if self.encoder not in ENCODERS:
            raise unknown("encoder", self.encoder, ENCODERS)
        if self.turned and self.entities:
            raise SkyrallyError("frame=own and encoder= do not go together: leave one of them out")
        sizes, maybe = (self.obs_size, self.action_size, self.heads), (self.gru, self.choices, self.identity)
        if not self.hidden or min(self.hidden) < 1 or min(sizes) < 1 or min(maybe) < 0:
            raise SkyrallyError(f"network sizes are {asdict(self)}; expected whole numbers, 1 or more (gru, choices, identity: 0 or more)")

    @property
    def group(self) -> int:
        """Rows that belong together: the drones that are told apart."""
        return max(self.heads, self.identity)

    @classmethod
    def read(cls, data: dict[str, Any]) -> NetworkSpec:
        """From plain JSON."""
        try:
            return cls(**{**data, **{name: tuple(data.get(name, ())) for name in ("hidden", "turned", "entities")}})
        except (TypeError, KeyError) as error:
            raise SkyrallyError(f"the network's description cannot be read: {error}; it was written by another version") from None


def trunk(size: int, hidden: tuple[int, ...], activation: str, layer_norm: bool) -> nn.Sequential:
    """Linear layers with an activation (and layer norms) between, orthogonal weights."""
    layers: list[nn.Module] = []
    for width in hidden:
        layers += [_linear(size, width, math.sqrt(2.0), nn.Linear), ACTIVATIONS[activation]()]
        layers += [nn.LayerNorm(width)] if layer_norm else []
        size = width
    return nn.Sequential(*layers)


class Head(nn.Linear):
    """A last layer. It multiplies in float32 where the layers below do not (baselines/precision.py): what comes out is compared finely."""

    @torch.autocast("cpu", enabled=False)
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.float())


def _linear(inputs: int, outputs: int, gain: float, kind: type[nn.Linear] = Head) -> nn.Linear:
    layer = kind(inputs, outputs)
    nn.init.orthogonal_(layer.weight, gain)
    nn.init.zeros_(layer.bias)
    return layer


class Actor(nn.Module):
    """Observation to the mean and log standard deviation of a diagonal Gaussian over actions, or to scores of choices."""

    def __init__(self, spec: NetworkSpec, inputs: int):
        """inputs: numbers that come out of the normaliser."""
        super().__init__()
        self.norm = nn.LayerNorm(inputs + spec.identity) if spec.input_norm else nn.Identity()
        self.trunk = trunk(inputs + spec.identity, spec.hidden, spec.activation, spec.layer_norm)
        self.cell = nn.GRUCell(spec.hidden[-1], spec.gru) if spec.gru else None
        features = spec.gru or spec.hidden[-1]
        self.mean = _linear(features, spec.choices or spec.action_size, 0.01)
        self.log_std: nn.Parameter | nn.Linear | None = None
        start = math.log(spec.std_init)
        if spec.choices:
            return
        if spec.std == "free":
            self.log_std = nn.Parameter(torch.full((spec.action_size,), start))
        else:
            self.log_std = _linear(features, spec.action_size, 0.01)
            nn.init.constant_(self.log_std.bias, start)

    def features(self, x: Tensor, memory: Tensor, fresh: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Normalised x [T, B, O] and memory [B, M] to features [T, B, F] and the memory after.

        fresh [T, B]: memory is emptied before this step.
        """
        hidden = self.trunk(self.norm(x))
        if self.cell is None:
            return hidden, memory
        steps = []
        for t, h_t in enumerate(hidden):
            if fresh is not None:
                memory = memory * ~fresh[t, :, None]
            memory = self.cell(h_t, memory)
            steps.append(memory)
        return torch.stack(steps), memory

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """(mean, log_std), both [..., A]; of choices (scores [..., K], nothing [..., 0])."""
        mean = self.mean(features)
        if self.log_std is None:
            return mean, mean[..., :0]
        log_std = self.log_std(features) if isinstance(self.log_std, nn.Linear) else self.log_std.expand_as(mean)
        return mean, log_std.clamp(*LOG_STD_RANGE)


class Actors(nn.Module):
    """The actors of a seat's n drones: one that they share, or one each. The normaliser is shared."""

    def __init__(self, spec: NetworkSpec):
        super().__init__()
        self.spec = spec
        clip = math.inf if spec.input_norm else CLIP
        self.normaliser = Normaliser(spec.obs_size, own_frame(spec), clip, entities=spec.entities)
        self.encoder = EntityEncoder(self.normaliser.size, spec.entities, spec.encoder) if spec.entities else None
        inputs = self.encoder.size if self.encoder else self.normaliser.size
        self.each = nn.ModuleList(Actor(spec, inputs) for _ in range(spec.heads))

    def forward(self, obs: Tensor, memory: Tensor, fresh: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """obs [T, B, n, O], memory [B, n, M], fresh [T, B] to what an actor gives [T, B, n, ...] and the memory after."""
        x = self.normaliser(obs)
        if self.encoder is not None:
            x = self.encoder(x, obs)
        t, b, n, _ = obs.shape
        if self.spec.identity:
            x = torch.cat((x, torch.eye(self.spec.identity).expand(t, b, -1, -1)), -1)
        if len(self.each) == 1:
            again = None if fresh is None else fresh[:, :, None].expand(t, b, n).flatten(1)
            features, after = self.each[0].features(x.flatten(1, 2), memory.flatten(0, 1), again)  # type: ignore[operator]
            mean, log_std = self.each[0](features)
            return mean.unflatten(1, (b, n)), log_std.unflatten(1, (b, n)), after.view(memory.shape)
        if n != len(self.each):
            raise SkyrallyError(f"these weights are for {len(self.each)} drones; got {n}")
        parts = []
        for i, actor in enumerate(self.each):
            features, after = actor.features(x[:, :, i], memory[:, i], fresh)  # type: ignore[operator]
            parts.append((*actor(features), after))
        mean, log_std, memories = zip(*parts, strict=True)
        return torch.stack(mean, 2), torch.stack(log_std, 2), torch.stack(memories, 1)


class Critic(nn.Module):
    """Values of `heads` drones from one input: of one drone's observation (heads = 1) or of the state (heads = n)."""

    def __init__(
        self,
        inputs: int,
        hidden: tuple[int, ...],
        activation: str,
        layer_norm: bool,
        heads: int = 1,
        frame: OwnFrame | None = None,
    ):
        super().__init__()
        self.normaliser = Normaliser(inputs, frame)
        self.trunk = trunk(self.normaliser.size, hidden, activation, layer_norm)
        self.value = _linear(hidden[-1], heads, 1.0)

    def forward(self, x: Tensor) -> Tensor:
        """x [..., inputs] to values [..., heads]."""
        return self.value(self.trunk(self.normaliser(x)))


class PooledCritic(nn.Module):
    """Values of drones from their own observation and the mean of what is made of all drones': any number of them, in any order."""

    def __init__(self, inputs: int, hidden: tuple[int, ...], activation: str, layer_norm: bool):
        super().__init__()
        self.normaliser = Normaliser(inputs)
        self.embed = trunk(inputs, (WIDTH,), activation, False)
        self.trunk = trunk(inputs + WIDTH, hidden, activation, layer_norm)
        self.value = _linear(hidden[-1], 1, 1.0)

    def forward(self, obs: Tensor) -> Tensor:
        """obs [..., n, O] to values [..., n, 1]."""
        x = self.normaliser(obs)
        swarm = pooled(self.embed(x), obs)
        return self.value(self.trunk(torch.cat((x, swarm.expand(*x.shape[:-1], -1)), -1)))


def turned_of(view: Layout) -> tuple[int, ...]:
    """`NetworkSpec.turned` for a view: heading, up, then all other vectors in their frame; () for a view without these axes."""
    if not {"heading", "up"} <= view.slices.keys():
        return ()
    axes = [view["heading"].start, view["up"].start]
    frame = next(field.frame for field in view.fields if field.name == "heading")
    vectors = [field.name for field in view.fields if field.frame == frame and field.size % 3 == 0]
    return (*axes, *(start for name in vectors for start in range(view[name].start, view[name].stop, 3) if start not in axes))


def own_frame(spec: NetworkSpec) -> OwnFrame | None:
    """What turns the observations of a specification; None if nothing does."""
    return OwnFrame(spec.obs_size, spec.turned) if spec.turned else None
