"""The one collector: worlds, players and memory in, T steps of experience out."""

from .collect import Carry, begin, collect
from .experience import Rollout, Track
from .replay import Replay
from .seats import ALL, Learner, Seat

__all__ = ["ALL", "Carry", "Learner", "Replay", "Rollout", "Seat", "Track", "begin", "collect"]
