"""A match in words: what happened in the last step, for tickers and replays ("blue 2 sets")."""

from __future__ import annotations

import numpy as np

from ..physics.records import BALL_NET, BODY, RACKET
from .rulebook import DRAW, OPEN, REASONS
from .stage import Stage

TOUCH_WORDS = {1: "receives", 2: "sets", 3: "attacks"}
TEAM_WORDS = ("red", "blue")


def narrate(world: np.record, stage: Stage) -> list[str]:
    """The lines for the step that `world` has just made, in the order of events."""
    lines = []
    events = [world.events[k] for k in range(int(world.n_events))]
    touches = [e for e in events if e.kind in (RACKET, BODY)]
    number = int(world.team_touches) - len(touches)
    for event in events:
        if event.kind in (RACKET, BODY):
            number += 1
            lines.append(f"{_spoken(stage, int(event.who))} {_touch_word(world, number, event.kind == BODY)}")
        elif event.kind == BALL_NET:
            lines.append("net")
    if world.step == 0:
        lines.append(f"{TEAM_WORDS[int(world.serve_team)]} to serve")
    if world.winner != OPEN:
        reason = REASONS[int(world.reason)]
        lines.append(f"draw: {reason}" if world.winner == DRAW else f"point {TEAM_WORDS[int(world.winner)]}: {reason}")
    return lines


def _touch_word(world: np.record, number: int, airframe: bool) -> str:
    if airframe:
        return "touches with the airframe"
    if world.serving == 1 and world.touches <= 1:
        return "serves"
    if len(world.drones) == 2:
        return "returns"
    return TOUCH_WORDS.get(max(number, 1), "touches")


def _spoken(stage: Stage, i: int) -> str:
    """red_1 is spoken "red 2"."""
    team, _, number = stage.agents[i].rpartition("_")
    return f"{team} {int(number) + 1}"
