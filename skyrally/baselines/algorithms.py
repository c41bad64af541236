"""The algorithms that `skyrally train` knows: learner, configuration, defaults."""

from __future__ import annotations

from typing import Any

from ..errors import SkyrallyError, unknown
from .imitation import Imitation, ImitationConfig
from .mean_field import FieldConfig, FieldMAPPO, MeanField, MeanFieldConfig
from .ppo import PPO, PPOConfig
from .qmix import KINDS, Q, QConfig
from .self_play import (
    Fictitious,
    FictitiousConfig,
    FictitiousQ,
    FictitiousQConfig,
    SelfPlay,
    SelfPlayConfig,
    SelfPlayQ,
    SelfPlayQConfig,
)

Kind = tuple[type, type, dict[str, Any]]  # learner, its configuration, defaults
ALGORITHMS: dict[str, Kind] = {
    "ppo": (PPO, PPOConfig, {}),
    "ippo": (PPO, PPOConfig, {}),
    "mappo": (PPO, PPOConfig, {"critic": "state"}),
    "sp": (SelfPlay, SelfPlayConfig, {}),
    "fsp": (Fictitious, FictitiousConfig, {}),
    "imitate": (Imitation, ImitationConfig, {}),
    "mean-field": (MeanField, MeanFieldConfig, {}),
    "mappo-field": (FieldMAPPO, FieldConfig, {}),
    **{name: (Q, QConfig, defaults) for name, defaults in KINDS.items()},
}
OF_VALUES = {"sp": (SelfPlayQ, SelfPlayQConfig), "fsp": (FictitiousQ, FictitiousQConfig)}  # with learner=iql and so on


def kind_of(algorithm: str, learner: str) -> Kind:
    """What an algorithm is, on top of a learner. SkyrallyError where it has only one."""
    if algorithm not in ALGORITHMS:
        raise unknown("algorithm", algorithm, ALGORITHMS)
    if learner == "ppo":
        return ALGORITHMS[algorithm]
    if algorithm not in OF_VALUES:
        raise SkyrallyError(f"learner is {learner}; {algorithm} has no other than its own: leave it out, or choose sp, fsp or psro")
    # With hold above 1 opponents, who hold choices of themselves, would hold them twice; a long replay is of opponents of long ago.
    return *OF_VALUES[algorithm], {"replay": 4, **KINDS[learner], "hold": 1}
